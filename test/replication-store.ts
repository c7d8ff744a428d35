/** A store for tests of replication: events and pairs in, what was judged out. */
import { rmSync } from 'node:fs';
import { openEmbedded } from '../src/engine/embedded.ts';
import type { Engine } from '../src/engine/engine.ts';
import { migrate } from '../src/engine/migrate.ts';
import { systemClock } from '../src/lib/clock.ts';
import { MIGRATIONS } from '../src/migrations.ts';
import { openJudge } from '../src/monitors/replication/judge.ts';
import { keptFolder } from './temp.ts';

/** An event of `object_events`; what is not given is empty. */
export interface StoredEvent {
  readonly bucket: string;
  readonly event_name: string;
  readonly event_time: string;
  readonly key: string;
  readonly version_id: string;
  readonly replication_destination_bucket?: string;
  readonly [column: string]: unknown;
}

export interface StoredPair {
  readonly source: string;
  readonly destination: string;
  readonly rule_id?: string;
  readonly [column: string]: unknown;
}

/** An engine with the whole schema in a folder of its own. */
export async function openStore(): Promise<{ readonly engine: Engine; close(): Promise<void> }> {
  const folder = keptFolder();
  const engine = openEmbedded({ folder, memoryBytesMax: 3_000_000_000 });
  await migrate(MIGRATIONS, engine);
  return {
    engine,
    close: async () => {
      await engine.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export async function storePairs(pairs: readonly StoredPair[], engine: Engine): Promise<void> {
  const rows = pairs.map((pair) => ({
    rule_id: 'r',
    pair_id: pairId(pair),
    prefix: '',
    tags: {},
    priority: 1,
    is_enabled: 1,
    is_declared: 0,
    match_by: 'version',
    takes_delete_markers: 0,
    takes_existing: 0,
    active_from: '2026-01-01 00:00:00.000',
    target_seconds: 900,
    is_gone: 0,
    revision: 1,
    ...pair,
  }));
  await engine.insertRows({ table: 'replication_pairs', rows });
}

export function pairId({ source, destination, rule_id = 'r' }: StoredPair): string {
  return `${source}/${destination}/${rule_id}`;
}

/** Stores the events as one batch, and the batch in the ledger. */
export async function storeBatch(
  batchId: number,
  events: readonly StoredEvent[],
  engine: Engine,
): Promise<void> {
  await storeEvents(batchId, events, engine);
  await storeLoaded(batchId, engine);
}

/** Stores the events of a batch that is not in the ledger yet. */
export async function storeEvents(
  batchId: number,
  events: readonly StoredEvent[],
  engine: Engine,
): Promise<void> {
  const rows = events.map((event, index) => ({
    batch_id: batchId,
    record_number: index + 1,
    completeness: 2,
    occurrence: `${event.event_time} ${event.replication_destination_bucket ?? ''}`,
    ...event,
  }));
  await engine.insertRows({ table: 'object_events', rows, token: `batch-${batchId}` });
}

export async function storeLoaded(batchId: number, engine: Engine): Promise<void> {
  const loaded_at = '2026-05-02 00:00:00.000';
  await engine.insertRows({ table: 'batches', rows: [{ batch_id: batchId, state: 'loaded', loaded_at }] });
}

/** Judges all that is in the ledger, as a judge that was just started. */
export function judgeOnce(engine: Engine, signal = new AbortController().signal): Promise<void> {
  return openJudge({ engine, clock: systemClock }).run(signal);
}

const SUMS = [
  'written_objects',
  'written_bytes',
  'pending_objects',
  'pending_bytes',
  'failed_objects',
  'failed_bytes',
  'unknown_objects',
  'unknown_bytes',
  'untracked_objects',
  'untracked_bytes',
  'failures',
  'replicated_objects',
  'replicated_bytes',
  'elapsed_seconds',
  'skewed_objects',
];

/** The sums as they stand, and as they follow from the states; rows of nothing left out. */
export async function sumsBothWays(engine: Engine): Promise<{ stored: unknown[]; recomputed: unknown[] }> {
  const summed = SUMS.map((name) => `sum(${name}) as ${name}`);
  const isSomething = `(${SUMS.join(' != 0 or ')} != 0)`;
  const limits = { timeMs: 120_000 };
  const stored = await engine.query(
    `select * from (
       select source, pair_id, time, ${summed.map((sum) => sum.replace('sum(', 'sum(replication_5m.')).join(', ')},
         arraySort(arrayFilter(pair -> pair.2 != 0, arrayZip(histogram.1, histogram.2))) as bins,
         sumMap(latency_histogram.1, latency_histogram.2) as histogram
       from replication_5m group by source, pair_id, time)
     where ${isSomething} order by source, pair_id, time settings final = 0`,
    { limits },
  );
  const at = (moment: string): string => `toDateTime(intDiv(toUnixTimestamp(${moment}), 300) * 300, 'UTC')`;
  const zeros = (but: Readonly<Record<string, string>>): string =>
    SUMS.map((name) => `${but[name] ?? '0'}::Int64 as ${name}`).join(', ');
  const counted = "from replications where status not in ('NONE', 'REPLICA')";
  const recomputed = await engine.query(
    `select * from (
       select source, pair_id, time, ${summed.map((sum) => sum.replace('sum(', 'sum(parts.')).join(', ')},
         arraySort(arrayFilter(pair -> pair.2 != 0, arrayZip(histogram.1, histogram.2))) as bins,
         sumMap(if(bin is null, [], [assumeNotNull(bin)]), if(bin is null, [], [1])) as histogram
       from (
         select source, pair_id, ${at('written_at')} as time, null as bin, ${zeros({
           written_objects: '1',
           written_bytes: 'size_bytes',
           pending_objects: "(status = 'PENDING')",
           pending_bytes: "((status = 'PENDING') * size_bytes)",
           failed_objects: "(status = 'FAILED')",
           failed_bytes: "((status = 'FAILED') * size_bytes)",
           unknown_objects: "(status = 'UNKNOWN')",
           unknown_bytes: "((status = 'UNKNOWN') * size_bytes)",
           untracked_objects: "(status = 'NOT_TRACKED')",
           untracked_bytes: "((status = 'NOT_TRACKED') * size_bytes)",
         })} ${counted}
         union all
         select source, pair_id, ${at('assumeNotNull(failed_at)')}, null, ${zeros({ failures: '1' })}
         ${counted} and failed_at is not null
         union all
         select source, pair_id, ${at('assumeNotNull(ifNull(replicated_at, seen_at))')},
           toUInt16(round(32 * log2(1 + latency_ms))), ${zeros({
             replicated_objects: '1',
             replicated_bytes: 'size_bytes',
             elapsed_seconds: 'intDiv(ifNull(latency_ms, 0), 1000)',
             skewed_objects: 'is_skewed',
           })} ${counted} and (replicated_at is not null or seen_at is not null)
       ) as parts
       group by source, pair_id, time)
     where ${isSomething} order by source, pair_id, time settings final = 1`,
    { limits },
  );
  const plain = (rows: readonly unknown[]): unknown[] =>
    rows.map((row) => ({ ...(row as object), histogram: undefined }));
  return { stored: plain(stored), recomputed: plain(recomputed) };
}

/** The engine's own calls as an object that can be spread. */
export function bound(engine: Engine): Engine {
  return {
    kind: engine.kind,
    query: (sql, options) => engine.query(sql, options),
    command: (sql, options) => engine.command(sql, options),
    insertRows: (insert, options) => engine.insertRows(insert, options),
    loadFiles: (load, options) => engine.loadFiles(load, options),
    applyDdl: (statement) => engine.applyDdl(statement),
    close: () => engine.close(),
  };
}

/** The engine, until the call of that number: there it fails, before or after it is done, and at each one from then. */
export function dyingEngine(engine: Engine, calls: number, when: 'before' | 'after'): Engine {
  let made = 0;
  const mortal = async <Result>(call: () => Promise<Result>): Promise<Result> => {
    made += 1;
    if (made > calls + 1 || (made === calls + 1 && when === 'before')) throw new Error('dead');
    const result = await call();
    if (made === calls + 1) throw new Error('dead');
    return result;
  };
  return {
    ...bound(engine),
    query: (sql, options) => mortal(() => engine.query(sql, options)),
    command: (sql, options) => mortal(() => engine.command(sql, options)),
    insertRows: (insert, options) => mortal(() => engine.insertRows(insert, options)),
  };
}
