/** How replication went, in steps of five minutes or more. */
import type { Engine } from '../../engine/engine.ts';
import { type Latency, percentilesMs } from './pair-sums.ts';
import type { Pair } from './pairs.ts';
import { ADDED_UP, type Range } from './range.ts';

const STEPS_S = [300, 900, 1800, 3600, 10_800, 21_600, 43_200, 86_400, 604_800];
const STEPS_MAX = 300;

export interface Step {
  readonly startS: number;
  /** False before the first of the pairs was there: then nothing is known. */
  readonly isKnown: boolean;
  readonly replicatedObjects: number;
  readonly replicatedBytes: number;
  /** Sum over the arrivals of whole seconds since they were written. */
  readonly elapsedSeconds: number;
  /** Versions that failed for the first time. */
  readonly failures: number;
  /** Under way at the end of the step: of what arrived later or waits now. */
  readonly pendingObjects: number;
  readonly pendingBytes: number;
  readonly latency: Latency | null;
}

export interface ReplicationSteps {
  readonly stepSeconds: number;
  readonly steps: readonly Step[];
}

interface SumsRow {
  readonly start_s: number;
  readonly replicated_objects: number;
  readonly replicated_bytes: number;
  readonly elapsed_seconds: number;
  readonly failures: number;
  /** Of the versions written then, those that arrived or wait: objects and bytes. */
  readonly alive_objects: number;
  readonly alive_bytes: number;
}

/** Steps over the range up to now, of the pairs together. */
export async function replicationSteps(
  pairs: readonly Pair[],
  times: { readonly range: Range; readonly nowMs: number },
  engine: Engine,
): Promise<ReplicationSteps> {
  const stepSeconds = stepOf(times.range);
  const startS = Math.floor(times.range.startMs / 1000 / stepSeconds) * stepSeconds;
  const endS = Math.ceil(Math.min(times.range.endMs, times.nowMs) / 1000);
  if (pairs.length === 0 || startS >= endS) return { stepSeconds, steps: [] };
  const ask = { pairs, stepSeconds, startS, endS };
  const [sums, latencies, standing] = await Promise.all([
    sumsFrom(ask, engine),
    latenciesOf(ask, engine),
    standingOf(pairs, engine),
  ]);
  const knownFromS = Math.min(
    ...pairs.map(({ activeFromMs }) => activeFromMs / 1000).filter((fromS) => fromS > 0),
    standing.first_s,
  );
  const starts = Array.from(
    { length: Math.ceil((endS - startS) / stepSeconds) },
    (_, index) => startS + index * stepSeconds,
  );
  return { stepSeconds, steps: stepsOf(starts, { sums, latencies, standing, knownFromS, stepSeconds }) };
}

interface Found {
  readonly sums: readonly SumsRow[];
  readonly latencies: ReadonlyMap<number, Latency>;
  readonly standing: Standing;
  readonly knownFromS: number;
  readonly stepSeconds: number;
}

/** What is under way at the end of a step is what waits now, more what arrived since, less what was written since. */
function stepsOf(starts: readonly number[], found: Found): Step[] {
  const rows = new Map(found.sums.map((row) => [row.start_s, row]));
  const lastS = starts.at(-1) ?? 0;
  let pendingObjects = found.standing.pending_objects;
  let pendingBytes = found.standing.pending_bytes;
  for (const row of found.sums.filter(({ start_s: startS }) => startS > lastS)) {
    pendingObjects += row.replicated_objects - row.alive_objects;
    pendingBytes += row.replicated_bytes - row.alive_bytes;
  }
  const steps = starts.toReversed().map((startS): Step => {
    const row = rows.get(startS);
    const step = {
      startS,
      isKnown: startS + found.stepSeconds > found.knownFromS,
      replicatedObjects: row?.replicated_objects ?? 0,
      replicatedBytes: row?.replicated_bytes ?? 0,
      elapsedSeconds: row?.elapsed_seconds ?? 0,
      failures: row?.failures ?? 0,
      pendingObjects: Math.max(0, pendingObjects),
      pendingBytes: Math.max(0, pendingBytes),
      latency: found.latencies.get(startS) ?? null,
    };
    pendingObjects += (row?.replicated_objects ?? 0) - (row?.alive_objects ?? 0);
    pendingBytes += (row?.replicated_bytes ?? 0) - (row?.alive_bytes ?? 0);
    return step;
  });
  return steps.toReversed();
}

/** The shortest step that makes no more than so many of the range. */
function stepOf({ startMs, endMs }: Range): number {
  const wanted = (endMs - startMs) / 1000 / STEPS_MAX;
  return STEPS_S.find((step) => step >= wanted) ?? Math.ceil(wanted / 604_800) * 604_800;
}

interface Ask {
  readonly pairs: readonly Pair[];
  readonly stepSeconds: number;
  readonly startS: number;
  readonly endS: number;
}

const OF_PAIRS = 'source in {sources:Array(String)} and pair_id in {pairs:Array(String)}';

function paramsOf(pairs: readonly Pair[]) {
  return {
    sources: [...new Set(pairs.map(({ source }) => source))],
    pairs: pairs.map(({ id }) => id),
  };
}

function stepStart(stepSeconds: number): string {
  return `intDiv(toUnixTimestamp(time), ${stepSeconds}) * ${stepSeconds}`;
}

/** From the start of the range until now, as what waited then is counted back from what waits now. */
function sumsFrom({ pairs, stepSeconds, startS }: Ask, engine: Engine): Promise<SumsRow[]> {
  const alive = (unit: 'objects' | 'bytes') =>
    `sum(written_${unit} - untracked_${unit} - failed_${unit} - unknown_${unit}) as alive_${unit}`;
  const summed = ['replicated_objects', 'replicated_bytes', 'elapsed_seconds', 'failures'];
  return engine.query<SumsRow>(
    `select
       ${stepStart(stepSeconds)} as start_s,
       ${summed.map((name) => `sum(replication_5m.${name}) as ${name}`).join(', ')},
       ${alive('objects')},
       ${alive('bytes')}
     from replication_5m
     where ${OF_PAIRS} and time >= toDateTime(${startS}, 'UTC')
     group by start_s
     order by start_s
     ${ADDED_UP}`,
    { params: paramsOf(pairs) },
  );
}

async function latenciesOf(ask: Ask, engine: Engine): Promise<Map<number, Latency>> {
  const rows = await engine.query<{ start_s: number; percentiles: [number, number, number, number] }>(
    `select start_s, ${percentilesMs('n > 0')} as percentiles
     from (
       select ${stepStart(ask.stepSeconds)} as start_s, bin, sum(counted) as n
       from (
         select time, latency_histogram.1 as bins, latency_histogram.2 as counts
         from replication_5m
         where ${OF_PAIRS} and time >= toDateTime(${ask.startS}, 'UTC') and time < toDateTime(${ask.endS}, 'UTC')
       )
       array join bins as bin, counts as counted
       group by start_s, bin
       having n > 0
     )
     group by start_s
     ${ADDED_UP}`,
    { params: paramsOf(ask.pairs) },
  );
  return new Map(
    rows.map(({ start_s: startS, percentiles: [p50, p95, p99, max] }) => [startS, { p50, p95, p99, max }]),
  );
}

interface Standing {
  readonly pending_objects: number;
  readonly pending_bytes: number;
  /** The first five minutes there is anything of; beyond all times when there is none. */
  readonly first_s: number;
}

async function standingOf(pairs: readonly Pair[], engine: Engine): Promise<Standing> {
  const [row] = await engine.query<Standing>(
    `select
       sum(replication_5m.pending_objects) as pending_objects,
       sum(replication_5m.pending_bytes) as pending_bytes,
       toUnixTimestamp(minOrDefault(time)) as first_s
     from replication_5m
     where ${OF_PAIRS}
     ${ADDED_UP}`,
    { params: paramsOf(pairs) },
  );
  const known = row ?? { pending_objects: 0, pending_bytes: 0, first_s: 0 };
  return known.first_s === 0 ? { ...known, first_s: Number.MAX_SAFE_INTEGER } : known;
}

/** The mean rate of an object as the CRR Monitor has it, in kibibits a second; null when nothing arrived. */
export function replicationSpeed(
  step: Pick<Step, 'replicatedBytes' | 'replicatedObjects' | 'elapsedSeconds'>,
): number | null {
  if (step.replicatedObjects === 0) return null;
  return (step.replicatedBytes * 8) / 1024 / (step.elapsedSeconds + FASTEST_S);
}

/** The CRR Monitor adds a second to what elapsed, so that nothing is divided by 0. */
const FASTEST_S = 1;
