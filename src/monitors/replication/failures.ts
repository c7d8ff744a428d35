/** Failures as they stand, by pair and reason. */
import type { Engine } from '../../engine/engine.ts';
import { conditionsOf, IN_FORCE, ROW } from './objects.ts';
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
  const { table, candidates, inForce, params } = conditionsOf({ ...query, statuses: ['FAILED'] });
  return engine.query<FailureRow>(
    `select
       pair_id, reason, operation, count() as objects, sum(size_bytes) as bytes,
       min(failed_ms) as first_ms, max(failed_ms) as last_ms,
       argMax(key, (written_ms, key, version_id)) as example_key,
       argMax(version_id, (written_ms, key, version_id)) as example_version_id
     from (
       select ${ROW}
       from (
         select ${IN_FORCE}
         from replications
         where (source, pair_id, key, version_id) in (
           select source, pair_id, key, version_id from ${table} where ${candidates}
         )
         group by source, pair_id, key, version_id
       )
       where ${inForce}
     )
     group by pair_id, reason, operation
     order by objects desc, pair_id, reason, operation
     limit ${ROWS_MAX}
     ${ADDED_UP}`,
    { params },
  );
}
