/** The pairs looks are for, and which buckets tell of their objects themselves. */
import type { Engine } from '../../engine/engine.ts';

export interface ConfirmPair {
  readonly pair_id: string;
  readonly source: string;
  readonly destination: string;
  readonly prefix: string;
  readonly is_declared: number;
  readonly is_by_key: number;
  /** Milliseconds since 1970 UTC. */
  readonly active_from_ms: number;
}

const PAIRS_MAX = 10_000;

/** Every pair in force, by its id. */
export function pairsInForce(engine: Engine): Promise<ConfirmPair[]> {
  return engine.query<ConfirmPair>(
    `select pair_id, source, destination, prefix, is_declared, match_by = 'key' as is_by_key,
       toUnixTimestamp64Milli(active_from) as active_from_ms
     from replication_pairs
     where is_enabled and not is_gone
     order by pair_id
     limit ${PAIRS_MAX}`,
  );
}

/** Buckets of which anything but our own looks told something. */
export async function tellingBuckets(buckets: readonly string[], engine: Engine): Promise<Set<string>> {
  const telling = new Set<string>();
  for (const bucket of new Set(buckets)) {
    const rows = await engine.query(
      `select 1 from object_events
       where bucket = {bucket:String} and envelope not in ('head', 'listing')
         and not startsWith(event_name, 'Replication:')
       limit 1
       settings final = 0`,
      { params: { bucket } },
    );
    if (rows.length > 0) telling.add(bucket);
  }
  return telling;
}
