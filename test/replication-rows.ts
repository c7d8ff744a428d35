/** Rows of replication as the judge leaves them, for tests of what is read of them. */
import type { Engine } from '../src/engine/engine.ts';

export interface JudgedRow {
  readonly source: string;
  readonly pair: string;
  readonly key: string;
  readonly version?: string;
  readonly destination: string;
  readonly status: string;
  readonly reason?: string;
  readonly operation?: string;
  /** ISO 8601, here and below. */
  readonly written: string;
  readonly replicated?: string;
  readonly seen?: string;
  readonly failed?: string;
  readonly bytes?: number;
  /** What was judged before, when this is not the first time. */
  readonly was?: {
    readonly status: string;
    readonly written: string;
    readonly replicated?: string;
    readonly failed?: string;
  };
}

/** `YYYY-MM-DD hh:mm:ss.SSS`, as the engine takes it. */
export function engineTime(iso: string): string {
  return new Date(iso).toISOString().replace('T', ' ').replace('Z', '');
}

let ticks = 0;

/** Inserts judgements as one tick: states and sums follow by the views. */
export async function judged(rows: readonly JudgedRow[], engine: Engine): Promise<void> {
  ticks += 1;
  const timeOf = (iso: string | undefined) => (iso === undefined ? null : engineTime(iso));
  const latencyOf = (written: string, replicated: string | undefined) =>
    replicated === undefined ? null : Math.max(0, Date.parse(replicated) - Date.parse(written));
  await engine.insertRows({
    table: 'replications_judged',
    token: `tick-${ticks}`,
    rows: rows.map((row) => ({
      tick: ticks,
      source: row.source,
      pair_id: row.pair,
      key: row.key,
      version_id: row.version ?? 'v1',
      destination: row.destination,
      status: row.status,
      reason: row.reason ?? '',
      operation: row.operation ?? '',
      written_at: engineTime(row.written),
      replicated_at: timeOf(row.replicated),
      seen_at: timeOf(row.seen),
      failed_at: timeOf(row.failed),
      latency_ms: latencyOf(row.written, row.replicated),
      is_skewed: 0,
      is_delete_marker: 0,
      size_bytes: row.bytes ?? 1000,
      was_status: row.was?.status ?? 'NONE',
      was_written_at: engineTime(row.was?.written ?? '1970-01-01T00:00:00Z'),
      was_replicated_at: timeOf(row.was?.replicated),
      was_seen_at: null,
      was_failed_at: timeOf(row.was?.failed),
      was_latency_ms: row.was === undefined ? null : latencyOf(row.was.written, row.was.replicated),
      was_skewed: 0,
      was_size_bytes: row.was === undefined ? 0 : (row.bytes ?? 1000),
    })),
  });
}

export interface PairFixture {
  readonly source: string;
  readonly destination: string;
  readonly rule: string;
  readonly isEnabled?: boolean;
  readonly isGone?: boolean;
  readonly targetSeconds?: number;
  readonly activeFrom?: string;
}

/** Inserts pairs; gives their ids. */
export async function paired(pairs: readonly PairFixture[], engine: Engine): Promise<string[]> {
  const ids = pairs.map(({ source, destination, rule }) => `${source}/${destination}/${rule}`);
  await engine.insertRows({
    table: 'replication_pairs',
    rows: pairs.map((pair, index) => ({
      pair_id: ids[index],
      rule_id: pair.rule,
      source: pair.source,
      destination: pair.destination,
      prefix: '',
      tags: {},
      priority: 1,
      is_enabled: pair.isEnabled === false ? 0 : 1,
      is_declared: 0,
      match_by: 'version',
      takes_delete_markers: 0,
      takes_existing: 0,
      active_from: engineTime(pair.activeFrom ?? '2026-01-01T00:00:00Z'),
      target_seconds: pair.targetSeconds ?? 900,
      is_gone: pair.isGone === true ? 1 : 0,
      revision: 1,
    })),
  });
  return ids;
}

/** Inserts that a feed told of a bucket. */
export async function fed(bucket: string, feed: string, last: string, engine: Engine): Promise<void> {
  const time = engineTime(last);
  await engine.insertRows({
    table: 'bucket_feeds',
    rows: [{ bucket, feed, first_event: time, last_event: time }],
  });
}
