/** Failures as they stand, by pair and reason. */
import type { Engine } from '../../engine/engine.ts';
import { conditionsOf } from './objects.ts';
import { ADDED_UP, type Range } from './range.ts';

export interface FailuresQuery {
  /** Of versions written in it. */
  readonly range: Range;
  readonly pair?: string;
  readonly bucket?: string;
}

export interface FailureRow {
  readonly pair_id: string;
  readonly reason: string;
  readonly operation: string;
  readonly objects: number;
  readonly bytes: number;
  /** Milliseconds since 1970 UTC; null when no time of failure is known. */
  readonly first_ms: number | null;
  readonly last_ms: number | null;
  readonly example_key: string;
  readonly example_version_id: string;
}

const ROWS_MAX = 1000;

/** The most frequent first. */
export async function replicationFailures(query: FailuresQuery, engine: Engine): Promise<FailureRow[]> {
  const { table, candidates, params } = conditionsOf({ ...query, statuses: ['FAILED'] });
  return engine.query<FailureRow>(
    `select
       pair_id, state.2 as reason, state.3 as operation, count() as objects, sum(state.4) as bytes,
       min(if(state.5 is null, null, toUnixTimestamp64Milli(assumeNotNull(state.5)))) as first_ms,
       max(if(state.5 is null, null, toUnixTimestamp64Milli(assumeNotNull(state.5)))) as last_ms,
       argMax(key, (state.6, key, version_id)) as example_key,
       argMax(version_id, (state.6, key, version_id)) as example_version_id
     from (
       select
         pair_id, key, version_id,
         argMax(tuple(toString(status), reason, operation, size_bytes, failed_at, written_at), tick) as state
       from ${table}
       where (source, pair_id, key, version_id) in (
         select source, pair_id, key, version_id from ${table} where ${candidates}
       )
       group by source, pair_id, key, version_id
     )
     where state.1 = 'FAILED' and state.6 >= fromUnixTimestamp64Milli({startMs:Int64}, 'UTC')
       and state.6 < fromUnixTimestamp64Milli({endMs:Int64}, 'UTC')
     group by pair_id, reason, operation
     order by objects desc, pair_id, reason, operation
     limit ${ROWS_MAX}
     ${ADDED_UP}`,
    { params },
  );
}
