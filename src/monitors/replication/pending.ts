/** What waits: how much of each pair, since when, and how much of it for too long. */
import type { Engine } from '../../engine/engine.ts';
import type { Pair } from './pairs.ts';
import { ADDED_UP, FIVE_MINUTES_S } from './range.ts';

export interface Waiting {
  /** When the oldest was written, milliseconds since 1970 UTC. */
  readonly oldestMs: number;
  /** Versions that have waited for longer than the pair's target. */
  readonly overdueObjects: number;
}

interface Buckets {
  readonly pair_id: string;
  readonly source: string;
  readonly oldest_s: number;
  readonly overdue: number;
  /** Versions written in the five minutes of which a part is overdue. */
  readonly partly: number;
  readonly partly_s: number;
}

interface Exact {
  readonly pair_id: string;
  readonly oldest_ms: string | number;
  readonly partly_overdue: string | number;
}

/**
 * The waiting versions of pairs by their id; pairs for which none waits are not in it. The sums say in which five
 * minutes to look, the versions themselves when exactly.
 */
export async function waitingOf(
  pairs: readonly Pair[],
  nowMs: number,
  engine: Engine,
): Promise<Map<string, Waiting>> {
  if (pairs.length === 0) return new Map();
  const params = {
    sources: [...new Set(pairs.map(({ source }) => source))],
    pairs: pairs.map(({ id }) => id),
    due: pairs.map(({ targetSeconds }) => Math.floor(nowMs / 1000) - targetSeconds),
  };
  const buckets = await engine.query<Buckets>(
    `with toInt64(transform(pair_id, {pairs:Array(String)}, {due:Array(Int64)}, toInt64(0))) as due_s
     select
       pair_id,
       any(source) as source,
       min(start_s) as oldest_s,
       sumIf(objects, start_s + ${FIVE_MINUTES_S} <= due_s) as overdue,
       sumIf(objects, start_s <= due_s and start_s + ${FIVE_MINUTES_S} > due_s) as partly,
       intDiv(any(due_s), ${FIVE_MINUTES_S}) * ${FIVE_MINUTES_S} as partly_s
     from (
       select source, pair_id, toInt64(toUnixTimestamp(time)) as start_s, sum(pending_objects) as objects
       from replication_5m
       where source in {sources:Array(String)} and pair_id in {pairs:Array(String)}
         and (source, pair_id, toStartOfHour(time)) in (
           select source, pair_id, time
           from replication_1h
           where source in {sources:Array(String)} and pair_id in {pairs:Array(String)}
           group by source, pair_id, time
           having sum(pending_objects) > 0
         )
       group by source, pair_id, time
       having objects > 0
     )
     group by pair_id
     ${ADDED_UP}`,
    { params },
  );
  const exact = buckets.length === 0 ? new Map<string, Exact>() : await exactly(buckets, params, engine);
  return new Map(
    buckets.map(({ pair_id: id, oldest_s: oldestS, overdue }) => {
      const found = exact.get(id);
      return [
        id,
        {
          oldestMs: found === undefined ? oldestS * 1000 : Number(found.oldest_ms),
          overdueObjects: overdue + Number(found?.partly_overdue ?? 0),
        },
      ];
    }),
  );
}

/** Versions of the oldest five minutes, and of those that are overdue in part: candidates first, then what is in force. */
async function exactly(
  buckets: readonly Buckets[],
  params: Readonly<Record<string, unknown>>,
  engine: Engine,
): Promise<Map<string, Exact>> {
  const places = buckets.flatMap(({ pair_id: id, oldest_s: oldestS, partly, partly_s: partlyS }) => [
    { id, startS: oldestS },
    ...(partly > 0 && partlyS !== oldestS ? [{ id, startS: partlyS }] : []),
  ]);
  const starts = places.map(({ startS }) => startS);
  const rows = await engine.query<Exact>(
    `with
       toInt64(transform(pair_id, {pairs:Array(String)}, {due:Array(Int64)}, toInt64(0))) as due_s,
       candidates as (
         select source, pair_id, key, version_id
         from replication_open
         where source in {sources:Array(String)}
           and status = 'PENDING'
           and written_at >= toDateTime64({first:Int64}, 3, 'UTC')
           and (pair_id, intDiv(toUnixTimestamp(written_at), ${FIVE_MINUTES_S}) * ${FIVE_MINUTES_S}) in (
             select arrayJoin(arrayZip({ids:Array(String)}, {starts:Array(Int64)})) as place
           )
       )
     select
       pair_id,
       toUnixTimestamp64Milli(min(written)) as oldest_ms,
       countIf(toUnixTimestamp64Milli(written) < due_s * 1000
         and toUnixTimestamp64Milli(written) >= intDiv(due_s, ${FIVE_MINUTES_S}) * ${FIVE_MINUTES_S * 1000}) as partly_overdue
     from (
       select source, pair_id, key, version_id, argMax(status, tick) as state, argMax(written_at, tick) as written
       from replication_open
       where (source, pair_id, key, version_id) in candidates
       group by source, pair_id, key, version_id
     )
     where state = 'PENDING'
     group by pair_id
     ${ADDED_UP}`,
    {
      params: {
        ...params,
        first: Math.min(...starts),
        ids: places.map(({ id }) => id),
        starts,
      },
    },
  );
  return new Map(rows.map((row) => [row.pair_id, row]));
}
