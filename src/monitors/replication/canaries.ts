/** What canaries tell of each pair: how it stands now, how long they took over time, and each of them. */
import type { Engine } from '../../engine/engine.ts';
import { type Canary, CANARY_COLUMNS } from './canary-rows.ts';

/** Times in milliseconds since 1970 UTC, by the clock of the source. */
export interface CanaryStatus {
  readonly lastSentMs: number | null;
  readonly lastArrivedMs: number | null;
  /** Of the newest that arrived, from its writing to the first look that saw it. */
  readonly lastLatencyMs: number | null;
  /** Age of the oldest under way; null when none is. */
  readonly waitingSeconds: number | null;
  /** Why none can be written; empty when they can. */
  readonly problem: string;
}

interface Range {
  readonly startMs: number;
  readonly endMs: number;
}

interface StatusRow extends Omit<CanaryStatus, 'waitingSeconds'> {
  readonly pairId: string;
  readonly oldestOwnMs: number | null;
}

/** How the canaries of each pair stand, by the pair's id; `nowMs` is our clock. */
export async function canaryStatus(nowMs: number, engine: Engine): Promise<Map<string, CanaryStatus>> {
  const rows = await engine.query<StatusRow>(
    `select
       pair_id as pairId,
       maxOrNullIf(sent_ms, is_written) as lastSentMs,
       argMaxOrNullIf(arrived_ms, sent_ms, has_arrived) as lastArrivedMs,
       argMaxOrNullIf(arrived_ms - sent_ms, sent_ms, has_arrived) as lastLatencyMs,
       minOrNullIf(sent_ms - skew_ms, is_written and canaries.state = 'under-way') as oldestOwnMs,
       argMaxIf(problem, revision, not is_written) as problem
     from (
       select
         pair_id, skew_ms, state, revision,
         toUnixTimestamp64Milli(sent_at) as sent_ms,
         toUnixTimestamp64Milli(assumeNotNull(arrived_at)) as arrived_ms,
         arrived_at is not null as has_arrived,
         etag != '' as is_written,
         replication_canaries.problem as problem
       from replication_canaries
     ) as canaries
     group by pair_id`,
  );
  return new Map(
    rows.map(({ pairId, oldestOwnMs, ...row }) => {
      const waitingSeconds = oldestOwnMs === null ? null : Math.round((nowMs - oldestOwnMs) / 1000);
      return [pairId, { ...row, waitingSeconds }];
    }),
  );
}

/**
 * `CanaryLatency`: the longest time a canary took, in milliseconds, of those sent in each step of the range, by the pair's
 * id; null for a step in which none was sent that arrived.
 */
export async function canarySeries(
  { startMs, endMs }: Range,
  stepSeconds: number,
  engine: Engine,
): Promise<Map<string, (number | null)[]>> {
  const stepMs = stepSeconds * 1000;
  const rows = await engine.query<{ pairId: string; step: number; latencyMs: number }>(
    `select
       pair_id as pairId,
       intDiv(toUnixTimestamp64Milli(sent_at) - ${startMs}, ${stepMs}) as step,
       max(dateDiff('millisecond', sent_at, assumeNotNull(arrived_at))) as latencyMs
     from replication_canaries
     where arrived_at is not null
       and sent_at >= fromUnixTimestamp64Milli(${startMs}) and sent_at < fromUnixTimestamp64Milli(${endMs})
     group by pairId, step`,
  );
  const steps = Math.ceil((endMs - startMs) / stepMs);
  const series = new Map<string, (number | null)[]>();
  for (const { pairId, step, latencyMs } of rows) {
    const values = series.get(pairId) ?? Array.from({ length: steps }, () => null);
    values[step] = latencyMs;
    series.set(pairId, values);
  }
  return series;
}

/**
 * The canaries sent in the range, newest first; of one pair, or of the pairs of a bucket, where that is asked. With
 * `unwritten` also those that were to be sent before it and are not written yet.
 */
export function canaryRows(
  query: {
    readonly range: Range;
    readonly unwritten?: boolean;
    readonly pair?: string | undefined;
    readonly bucket?: string | undefined;
    readonly limit: number;
  },
  engine: Engine,
): Promise<Canary[]> {
  const { range, unwritten, pair, bucket, limit } = query;
  const isLeft = unwritten === true ? `etag = '' and removed_at is null` : 'false';
  const ours = [
    `(sent_at >= fromUnixTimestamp64Milli(${range.startMs}) or ${isLeft})`,
    `sent_at < fromUnixTimestamp64Milli(${range.endMs})`,
    ...(pair === undefined ? [] : ['pair_id = {pair:String}']),
    ...(bucket === undefined ? [] : ['(source = {bucket:String} or destination = {bucket:String})']),
  ];
  return engine.query<Canary>(
    `select ${CANARY_COLUMNS} from replication_canaries as canaries
     where ${ours.join(' and ')}
     order by sent_at desc, pair_id limit ${limit}`,
    { params: { ...(pair === undefined ? {} : { pair }), ...(bucket === undefined ? {} : { bucket }) } },
  );
}
