/** Records of the archive: versions and destinations in a final state, as rows under plain names. */
import type { Engine } from '../../engine/engine.ts';

/** A range of the judge's ticks, both inclusive, and how many objects an hour of it is cut into. */
export interface ArchiveRun {
  readonly firstTick: number;
  readonly lastTick: number;
  readonly slices: number;
}

/** Times are ISO 8601 in UTC with milliseconds. Names follow the CRR Monitor, units last. */
export interface ArchiveRecord {
  readonly source_bucket: string;
  readonly destination_bucket: string;
  readonly rule_id: string;
  readonly key: string;
  readonly version_id: string;
  readonly size_bytes: number;
  readonly is_delete_marker: boolean;
  readonly status: 'COMPLETED' | 'FAILED';
  readonly failure_reason: string;
  readonly operation: string;
  readonly written_at: string;
  readonly replicated_at: string | null;
  readonly seen_at: string | null;
  readonly failed_at: string | null;
  readonly latency_ms: number | null;
  readonly is_skewed: boolean;
  /** Of two records of a version and destination the one with the higher revision holds. */
  readonly revision: number;
}

type Flag = 0 | 1;

interface Row extends Omit<ArchiveRecord, 'is_delete_marker' | 'is_skewed' | 'rule_id'> {
  readonly pair_id: string;
  readonly is_delete_marker: Flag;
  readonly is_skewed: Flag;
  readonly hour: string;
}

/** The records of an hour, in order of source, pair, key and version. */
export interface ArchiveHour {
  /** `2026-11-21 13:00:00`. */
  readonly hour: string;
  readonly records: readonly ArchiveRecord[];
}

const FINAL = "status in ('COMPLETED', 'FAILED')";
const ROWS_MAX = 1_000_000;
const READ_MS_MAX = 300_000;

/**
 * The records of one slice by the hour in which they came to their state. A row that changed again in the range is there
 * once; one that changed after it is there as it was, or is left to a later run that has what it became.
 */
export async function archiveHours(run: ArchiveRun, slice: number, engine: Engine): Promise<ArchiveHour[]> {
  const rows = await engine.query<Row>(
    `select
       source as source_bucket, destination as destination_bucket, pair_id, key, version_id, size_bytes,
       is_delete_marker, status, reason as failure_reason, operation,
       written_at, replicated_at, seen_at, failed_at, latency_ms, is_skewed, tick as revision,
       toStartOfHour(coalesce(replicated_at, seen_at, failed_at, written_at)) as hour
     from (
       select * from replications
       where tick between ${run.firstTick} and ${run.lastTick}
         and cityHash64(key, version_id) % ${run.slices} = ${slice}
       order by tick desc
       limit 1 by source, pair_id, key, version_id
     )
     where ${FINAL}
     order by hour, source, pair_id, key, version_id
     settings final = 0`,
    { limits: { resultRows: ROWS_MAX, timeMs: READ_MS_MAX } },
  );
  const hours = Map.groupBy(rows, ({ hour }) => hour);
  return [...hours].map(([hour, ofHour]) => ({ hour, records: ofHour.map(recordOf) }));
}

export interface FinalTick {
  readonly tick: number;
  /** In a final state. */
  readonly rows: number;
}

/** Ticks beyond `tick` that left rows and are applied, in order. */
export async function finalTicks(tick: number, engine: Engine): Promise<FinalTick[]> {
  return engine.query<FinalTick>(
    `select tick, countIf(${FINAL}) as rows from replications
     where tick > ${tick} and tick < (select ifNull(minOrNull(tick), 18446744073709551615) from (select tick, max(is_applied) as applied from replication_progress group by tick) where not applied)
     group by tick order by tick
     settings final = 0`,
    { limits: { resultRows: ROWS_MAX, timeMs: READ_MS_MAX } },
  );
}

function recordOf(row: Row): ArchiveRecord {
  return {
    source_bucket: row.source_bucket,
    destination_bucket: row.destination_bucket,
    rule_id: row.pair_id.split('/').slice(2).join('/'),
    key: row.key,
    version_id: row.version_id,
    size_bytes: row.size_bytes,
    is_delete_marker: row.is_delete_marker === 1,
    status: row.status,
    failure_reason: row.failure_reason,
    operation: row.operation,
    written_at: isoOf(row.written_at),
    replicated_at: row.replicated_at === null ? null : isoOf(row.replicated_at),
    seen_at: row.seen_at === null ? null : isoOf(row.seen_at),
    failed_at: row.failed_at === null ? null : isoOf(row.failed_at),
    latency_ms: row.latency_ms,
    is_skewed: row.is_skewed === 1,
    revision: row.revision,
  };
}

/** The engine's `2026-11-21 13:00:00.000`, in UTC. */
function isoOf(time: string): string {
  return `${time.replace(' ', 'T')}Z`;
}
