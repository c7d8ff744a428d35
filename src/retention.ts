/** How long each table keeps its rows, as time-to-live in the engine. */
import type { Config } from './config/schema.ts';
import type { Engine } from './engine/engine.ts';

type Retention = Config['retention'];

interface Kept {
  readonly table: string;
  /** From when rows are kept. */
  readonly column: string;
  readonly as: keyof Retention;
  /** Rows that are of no more use, and until when those are kept. */
  readonly unless?: { readonly rows: string; readonly until: string };
}

/** Rows are kept from when they happened or from when they were stored, whichever is later: old logs loaded today stay. */
const KEPT: readonly Kept[] = [
  { table: 'requests', column: 'greatest(time, stored_at)', as: 'facts' },
  { table: 'api_calls', column: 'greatest(toDateTime(event_time), stored_at)', as: 'facts' },
  { table: 'object_events', column: 'greatest(toDateTime(event_time), stored_at)', as: 'facts' },
  { table: 'inventory_objects', column: 'greatest(toDateTime(report_time), stored_at)', as: 'inventory' },
  { table: 'store_metrics', column: 'greatest(time, stored_at)', as: 'rollups' },
  { table: 'bucket_configs', column: 'greatest(toDateTime(observed_at), stored_at)', as: 'rollups' },
  { table: 'trail_digests', column: 'greatest(end_time, stored_at)', as: 'facts' },
  { table: 'trail_digest_files', column: 'greatest(digest_end_time, stored_at)', as: 'facts' },
  { table: 'api_calls_1m', column: 'greatest(time, stored_at)', as: 'rollups' },
  { table: 'batches', column: 'loaded_at', as: 'rollups' },
  { table: 'batch_tallies', column: 'stored_at', as: 'rollups' },
  { table: 'requests_1m', column: 'greatest(time, stored_at)', as: 'rollups' },
  { table: 'requests_1h', column: 'greatest(time, stored_at)', as: 'rollups' },
  { table: 'latency_1m', column: 'greatest(time, stored_at)', as: 'rollups' },
  { table: 'latency_1h', column: 'greatest(time, stored_at)', as: 'rollups' },
  { table: 'principals_1h', column: 'greatest(time, stored_at)', as: 'rollups' },
  { table: 'principals_1d', column: 'greatest(time, stored_at)', as: 'rollups' },
  { table: 'first_seen', column: 'greatest(last_seen, stored_at)', as: 'rollups' },
  { table: 'first_addresses', column: 'greatest(last_seen, stored_at)', as: 'rollups' },
  { table: 'request_sample', column: 'greatest(time, stored_at)', as: 'facts' },
  { table: 'bucket_deliveries', column: 'stored_at', as: 'rollups' },
  { table: 'object_versions', column: 'greatest(ifNull(last_write, stored_at), stored_at)', as: 'rollups' },
  { table: 'replication_reports', column: 'stored_at', as: 'rollups' },
  { table: 'replication_touched', column: 'stored_at', as: 'rejects' },
  { table: 'replication_units', column: 'stored_at', as: 'rejects' },
  { table: 'replication_progress', column: 'judged_at', as: 'rejects' },
  { table: 'replications', column: 'written_at', as: 'rollups' },
  {
    table: 'replication_open',
    column: 'written_at',
    as: 'rollups',
    unless: { rows: 'not is_open', until: 'judged_at + toIntervalDay(7)' },
  },
  { table: 'bucket_feeds', column: 'last_event', as: 'rollups' },
  { table: 'replication_5m', column: 'time', as: 'rollups' },
  { table: 'replication_1h', column: 'time', as: 'rollups' },
  { table: 'replication_audits', column: 'ended_at', as: 'rollups' },
  { table: 'replication_canaries', column: 'greatest(toDateTime(sent_at), stored_at)', as: 'rollups' },
  { table: 'replication_archive_runs', column: 'planned_at', as: 'rollups' },
  { table: 'backup_files', column: 'greatest(at, stored_at)', as: 'rollups' },
  { table: 'backup_runs', column: 'due', as: 'rollups' },
  { table: 'backup_series', column: 'judged_at', as: 'rollups' },
  { table: 'backup_looks', column: 'at', as: 'rejects' },
  { table: 'alarm_transitions', column: 'at', as: 'rollups' },
  { table: 'alarm_states', column: 'evaluated_at', as: 'rollups' },
  { table: 'silences', column: 'ends_at', as: 'rollups' },
  { table: 'alarm_acknowledgements', column: 'at', as: 'rollups' },
  { table: 'notifications', column: 'at', as: 'rollups' },
  { table: 'access_log_odd', column: 'stored_at', as: 'rejects' },
  { table: 'rejects', column: 'loaded_at', as: 'rejects' },
  { table: 'parked_messages', column: 'received_at', as: 'rejects' },
];

/** Gives every table the time-to-live of the configuration. */
export async function applyRetention(retention: Retention, engine: Engine): Promise<void> {
  for (const { table, column, as, unless } of KEPT) {
    const seconds = Math.round(retention[as] / 1000);
    const kept = `toDateTime(${column}) + toIntervalSecond(${seconds})`;
    const ttl = unless === undefined ? kept : `if(${unless.rows}, ${unless.until}, ${kept})`;
    await engine.applyDdl(`alter table ${table} modify ttl ${ttl} settings materialize_ttl_after_modify = 0`);
  }
}
