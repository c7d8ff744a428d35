/** Sums of pairs: as things stand, over a range, and over the windows of the shares within the target. */
import type { Engine } from '../../engine/engine.ts';
import type { Pair } from './pairs.ts';
import { ADDED_UP, type Range, within } from './range.ts';
import { sumsFor } from './sums.ts';

export const WINDOWS = { hour: 3_600_000, day: 86_400_000, month: 30 * 86_400_000 } as const;
export type WindowName = keyof typeof WINDOWS;

/** Milliseconds; a bin is about 2 % wide. */
export interface Latency {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

export interface PairSums {
  /** As things stand, of everything that is kept. */
  readonly writtenObjects: number;
  readonly pendingObjects: number;
  readonly pendingBytes: number;
  readonly failedObjects: number;
  readonly failedBytes: number;
  readonly unknownObjects: number;
  readonly untrackedObjects: number;
  /** In the range. */
  readonly writtenInRange: number;
  readonly replicatedObjects: number;
  readonly replicatedBytes: number;
  readonly failures: number;
  readonly skewedObjects: number;
  readonly latency: Latency | null;
  /** Of the windows that end now. */
  readonly windows: Readonly<
    Record<WindowName, { readonly arrived: number; readonly inTime: number; readonly failures: number }>
  >;
}

type Counts = Readonly<
  Record<Exclude<keyof PairSums, 'latency' | 'windows'> | `${WindowName}Failures`, number>
>;

type Histograms = Readonly<Record<`${WindowName}${'Arrived' | 'InTime'}`, number>> & {
  readonly percentiles: readonly (number | null)[];
};

const NOTHING: PairSums = {
  writtenObjects: 0,
  pendingObjects: 0,
  pendingBytes: 0,
  failedObjects: 0,
  failedBytes: 0,
  unknownObjects: 0,
  untrackedObjects: 0,
  writtenInRange: 0,
  replicatedObjects: 0,
  replicatedBytes: 0,
  failures: 0,
  skewedObjects: 0,
  latency: null,
  windows: {
    hour: { arrived: 0, inTime: 0, failures: 0 },
    day: { arrived: 0, inTime: 0, failures: 0 },
    month: { arrived: 0, inTime: 0, failures: 0 },
  },
};

/** The sums of each pair by its id. */
export async function pairSums(
  pairs: readonly Pair[],
  times: { readonly range: Range; readonly nowMs: number },
  engine: Engine,
): Promise<Map<string, PairSums>> {
  if (pairs.length === 0) return new Map();
  const [counts, histograms] = await Promise.all([
    countsOf(pairs, times, engine),
    histogramsOf(pairs, times, engine),
  ]);
  return new Map(
    pairs.map(({ id }) => {
      const count = counts.get(id);
      return [id, count === undefined ? NOTHING : joined(count, histograms.get(id))];
    }),
  );
}

function joined(counts: Counts, found: Histograms | undefined): PairSums {
  const { hourFailures, dayFailures, monthFailures, ...sums } = counts;
  const [p50, p95, p99, max] = found?.percentiles ?? [];
  const window = (name: WindowName, failures: number) => ({
    arrived: found?.[`${name}Arrived`] ?? 0,
    inTime: found?.[`${name}InTime`] ?? 0,
    failures,
  });
  return {
    ...sums,
    latency:
      typeof p50 === 'number' && typeof p95 === 'number' && typeof p99 === 'number' && typeof max === 'number'
        ? { p50, p95, p99, max }
        : null,
    windows: {
      hour: window('hour', hourFailures),
      day: window('day', dayFailures),
      month: window('month', monthFailures),
    },
  };
}

interface Times {
  readonly range: Range;
  readonly nowMs: number;
}

function windowOf(name: WindowName, nowMs: number): string {
  return within({ startMs: nowMs - WINDOWS[name], endMs: nowMs });
}

/** The range asked for, and the windows. */
function rangesOf({ range, nowMs }: Times): Range[] {
  return [range, ...Object.values(WINDOWS).map((windowMs) => ({ startMs: nowMs - windowMs, endMs: nowMs }))];
}

const OF_PAIRS = 'source in {sources:Array(String)} and pair_id in {pairs:Array(String)}';
const COUNTED = [
  'written_objects',
  'pending_objects',
  'pending_bytes',
  'failed_objects',
  'failed_bytes',
  'unknown_objects',
  'untracked_objects',
  'replicated_objects',
  'replicated_bytes',
  'failures',
  'skewed_objects',
];

async function countsOf(pairs: readonly Pair[], times: Times, engine: Engine): Promise<Map<string, Counts>> {
  const inRange = within(times.range);
  const rows = await engine.query<Counts & { pair_id: string }>(
    `select
       pair_id,
       sum(written_objects) as writtenObjects,
       sum(pending_objects) as pendingObjects,
       sum(pending_bytes) as pendingBytes,
       sum(failed_objects) as failedObjects,
       sum(failed_bytes) as failedBytes,
       sum(unknown_objects) as unknownObjects,
       sum(untracked_objects) as untrackedObjects,
       sumIf(written_objects, ${inRange}) as writtenInRange,
       sumIf(replicated_objects, ${inRange}) as replicatedObjects,
       sumIf(replicated_bytes, ${inRange}) as replicatedBytes,
       sumIf(sums.failures, ${inRange}) as failures,
       sumIf(skewed_objects, ${inRange}) as skewedObjects,
       sumIf(sums.failures, ${windowOf('hour', times.nowMs)}) as hourFailures,
       sumIf(sums.failures, ${windowOf('day', times.nowMs)}) as dayFailures,
       sumIf(sums.failures, ${windowOf('month', times.nowMs)}) as monthFailures
     from ${sumsFor(rangesOf(times), { columns: COUNTED, where: OF_PAIRS })} as sums
     group by pair_id
     ${ADDED_UP}`,
    { params: paramsOf(pairs) },
  );
  return new Map(rows.map(({ pair_id: id, ...counts }) => [id, counts]));
}

/** Bins are `round(32 * log2(1 + ms))`. */
async function histogramsOf(
  pairs: readonly Pair[],
  times: Times,
  engine: Engine,
): Promise<Map<string, Histograms>> {
  const month = { startMs: times.nowMs - WINDOWS.month, endMs: times.nowMs };
  const inTime = 'bin <= target_bin';
  const rows = await engine.query<Histograms & { pair_id: string }>(
    `with toUInt16(round(32 * log2(1 + 1000 * transform(pair_id, {pairs:Array(String)}, {targets:Array(UInt64)}, toUInt64(0))))) as target_bin
     select
       pair_id,
       sum(hour) as hourArrived,
       sumIf(hour, ${inTime}) as hourInTime,
       sum(day) as dayArrived,
       sumIf(day, ${inTime}) as dayInTime,
       sum(month) as monthArrived,
       sumIf(month, ${inTime}) as monthInTime,
       ${percentilesMs('n > 0')} as percentiles
     from (
       select
         pair_id,
         bin,
         sumIf(counted, ${within(times.range)}) as n,
         sumIf(counted, ${windowOf('hour', times.nowMs)}) as hour,
         sumIf(counted, ${windowOf('day', times.nowMs)}) as day,
         sumIf(counted, ${windowOf('month', times.nowMs)}) as month
       from (
         select pair_id, time, latency_histogram.1 as bins, latency_histogram.2 as counts
         from ${sumsFor(rangesOf(times), { columns: ['latency_histogram'], where: OF_PAIRS })}
         where ${within(times.range)} or ${within(month)}
       )
       array join bins as bin, counts as counted
       group by pair_id, bin
     )
     group by pair_id
     ${ADDED_UP}`,
    { params: { ...paramsOf(pairs), targets: pairs.map(({ targetSeconds }) => targetSeconds) } },
  );
  return new Map(rows.map(({ pair_id: id, ...found }) => [id, found]));
}

/** p50, p95, p99 and the largest, in milliseconds, of rows `bin` and `n` for which the condition holds; null when none. */
export function percentilesMs(condition: string): string {
  return `arrayMap(
    place -> if(isNaN(place), null, round(exp2(place / 32) - 1)),
    arrayPushBack(
      quantilesTimingWeightedIf(0.5, 0.95, 0.99)(bin, toUInt64(n), ${condition}),
      toFloat32(if(countIf(${condition}) = 0, nan, maxIf(bin, ${condition})))))`;
}

function paramsOf(pairs: readonly Pair[]) {
  return {
    sources: [...new Set(pairs.map(({ source }) => source))],
    pairs: pairs.map(({ id }) => id),
  };
}

/** Versions of each source that no rule is for, as things stand. */
export async function ruleless(sources: readonly string[], engine: Engine): Promise<Map<string, number>> {
  if (sources.length === 0) return new Map();
  const rows = await engine.query<{ source: string; objects: number }>(
    `select source, sum(untracked_objects) as objects
     from replication_1h
     where source in {sources:Array(String)} and pair_id = ''
     group by source
     ${ADDED_UP}`,
    { params: { sources: [...new Set(sources)] } },
  );
  return new Map(rows.map(({ source, objects }) => [source, objects]));
}
