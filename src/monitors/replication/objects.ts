/** Versions and the destinations they are, or are not, replicated to. */
import type { Engine } from '../../engine/engine.ts';
import { Fault } from '../../lib/fault.ts';
import { ADDED_UP, type Range } from './range.ts';

/** What can be asked for; `NONE` stands in the table alone. */
export type Status = 'PENDING' | 'COMPLETED' | 'FAILED' | 'REPLICA' | 'NOT_TRACKED' | 'UNKNOWN';

export interface ObjectsQuery {
  /** Versions written in it. */
  readonly range: Range;
  readonly statuses?: readonly Status[];
  readonly pair?: string;
  /** Source or destination. */
  readonly bucket?: string;
  readonly key?: string;
  readonly reason?: string;
  /** Only what has waited, or stood failed, for at least so long; seconds. */
  readonly olderThanSeconds?: number;
  readonly limit: number;
  readonly cursor?: string;
}

export interface ReplicationRow {
  readonly source: string;
  readonly destination: string;
  readonly pair_id: string;
  readonly key: string;
  readonly version_id: string;
  readonly status: Status;
  readonly reason: string;
  readonly operation: string;
  /** Milliseconds since 1970 UTC, here and below. */
  readonly written_ms: number;
  readonly replicated_ms: number | null;
  readonly seen_ms: number | null;
  readonly failed_ms: number | null;
  readonly latency_ms: number | null;
  readonly is_skewed: number;
  readonly is_delete_marker: number;
  readonly size_bytes: number;
}

export interface ReplicationPage {
  readonly rows: readonly ReplicationRow[];
  readonly nextCursor: string | null;
}

/** Columns of what is in force, of a subquery grouped by version and pair; `final` would merge every row there is. */
export const IN_FORCE = `
  source, pair_id, key, version_id,
  argMax(tuple(
    destination, toString(status), reason, operation, toUnixTimestamp64Milli(written_at),
    if(replicated_at is null, null, toUnixTimestamp64Milli(assumeNotNull(replicated_at))),
    if(seen_at is null, null, toUnixTimestamp64Milli(assumeNotNull(seen_at))),
    if(failed_at is null, null, toUnixTimestamp64Milli(assumeNotNull(failed_at))),
    latency_ms, is_skewed, is_delete_marker, size_bytes), tick) as state`;

export const ROW = `
  source, state.1 as destination, pair_id, key, version_id, state.2 as status, state.3 as reason, state.4 as operation,
  state.5 as written_ms, state.6 as replicated_ms, state.7 as seen_ms, state.8 as failed_ms, state.9 as latency_ms,
  state.10 as is_skewed, state.11 as is_delete_marker, state.12 as size_bytes`;

/** Statuses whose versions stand in a table of their own as well: few among many. */
const OPEN: readonly Status[] = ['PENDING', 'FAILED', 'UNKNOWN'];

/** What is asked for, as a condition on the rows of the table and as one on what is in force. */
interface Conditions {
  /** The table in which candidates are sought. */
  readonly table: 'replications' | 'replication_open';
  readonly candidates: string;
  readonly inForce: string;
  readonly params: Readonly<Record<string, unknown>>;
}

export function conditionsOf(query: Omit<ObjectsQuery, 'limit' | 'cursor'>): Conditions {
  const { range, statuses, pair, bucket, key, reason, olderThanSeconds } = query;
  const endMs =
    olderThanSeconds === undefined
      ? range.endMs
      : Math.min(range.endMs, range.endMs - olderThanSeconds * 1000);
  const fixed = [
    ...(pair === undefined ? [] : ['pair_id = {pair:String}']),
    ...(bucket === undefined ? [] : ['(source = {bucket:String} or destination = {bucket:String})']),
    ...(key === undefined ? [] : ['key = {key:String}']),
  ];
  const candidates = [
    ...fixed,
    "status != 'NONE'",
    ...(statuses === undefined ? [] : ['has({statuses:Array(String)}, toString(status))']),
    ...(statuses?.length === 1 ? [`status = '${statuses[0]}'`] : []),
    ...(reason === undefined ? [] : ['reason = {reason:String}']),
    `written_at >= fromUnixTimestamp64Milli({startMs:Int64}, 'UTC')`,
    `written_at < fromUnixTimestamp64Milli({endMs:Int64}, 'UTC')`,
  ];
  const inForce = [
    "status != 'NONE'",
    'written_ms >= {startMs:Int64}',
    'written_ms < {endMs:Int64}',
    ...(statuses === undefined ? [] : ['has({statuses:Array(String)}, status)']),
    ...(reason === undefined ? [] : ['reason = {reason:String}']),
  ];
  const isOpen = statuses !== undefined && statuses.every((status) => OPEN.includes(status));
  return {
    table: isOpen ? 'replication_open' : 'replications',
    candidates: candidates.join(' and '),
    inForce: inForce.join(' and '),
    params: { startMs: range.startMs, endMs, ...definedOf({ pair, bucket, key, reason, statuses }) },
  };
}

function definedOf(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

interface Place {
  readonly writtenMs: number;
  readonly tie: string;
}

/**
 * Versions and destinations, those written first come first when they wait, otherwise the newest first. Candidates are
 * sought by what any row says, then what is in force is asked of them; candidates that are no more make the search go on.
 * Throws `invalid` for a cursor that is not one of ours.
 */
export async function replicationObjects(query: ObjectsQuery, engine: Engine): Promise<ReplicationPage> {
  const isOldestFirst = query.statuses?.length === 1 && query.statuses[0] === 'PENDING';
  let place = query.cursor === undefined ? undefined : placeOf(query.cursor);
  const rows: Found[] = [];
  for (let round = 0; round < ROUNDS_MAX && rows.length <= query.limit; round += 1) {
    const found = await step(query, { place, isOldestFirst }, engine);
    rows.push(...found.rows);
    place = found.last;
    if (place === undefined) break;
  }
  const last = rows.length > query.limit ? rows[query.limit - 1] : undefined;
  return {
    rows: rows.slice(0, query.limit).map(({ tie: _tie, ...row }) => row),
    nextCursor:
      last === undefined ? cursorOf(place) : cursorOf({ writtenMs: last.written_ms, tie: last.tie }),
  };
}

/** Each round asks for more candidates than are wanted, so a second one is rare. */
const ROUNDS_MAX = 20;

async function step(
  query: ObjectsQuery,
  from: { readonly place: Place | undefined; readonly isOldestFirst: boolean },
  engine: Engine,
): Promise<{ rows: Found[]; last: Place | undefined }> {
  const { table, candidates, inForce, params } = conditionsOf(query);
  const candidatesMax = query.limit + SPARE_CANDIDATES;
  const [than, order] = from.isOldestFirst ? ['>', ''] : ['<', 'desc'];
  const { place } = from;
  const after =
    place === undefined
      ? ''
      : `and (toUnixTimestamp64Milli(written_at), ${TIE}) ${than} ({placeMs:Int64}, {placeTie:UInt64})`;
  const found = await engine.query<Found & { is_in_force: number; at_ms: number; times: number }>(
    `with candidates as (
       select source, pair_id, key, version_id, toUnixTimestamp64Milli(written_at) as at_ms, ${TIE} as place
       from ${table}
       where ${candidates} ${after}
       order by at_ms ${order}, place ${order}
       limit ${candidatesMax}
     )
     select ${ROW}, at_ms, times, toString(place) as tie, at_ms = written_ms and ${inForce} as is_in_force
     from (
       select source, pair_id, key, version_id, at_ms, place, count() as times
       from candidates
       group by source, pair_id, key, version_id, at_ms, place
     ) as candidate
     inner join (
       select ${IN_FORCE}
       from replications
       where (source, pair_id, key, version_id) in (select source, pair_id, key, version_id from candidates)
       group by source, pair_id, key, version_id
     ) as latest using (source, pair_id, key, version_id)
     order by at_ms ${order}, place ${order}
     ${ADDED_UP}`,
    {
      params: {
        ...params,
        ...(place === undefined ? {} : { placeMs: place.writtenMs, placeTie: place.tie }),
      },
    },
  );
  const candidatesFound = found.reduce((sum, { times }) => sum + times, 0);
  const edge = candidatesFound < candidatesMax ? undefined : found.at(-1);
  return {
    rows: found
      .filter(({ is_in_force: isInForce }) => isInForce === 1)
      .map(({ is_in_force: _is, at_ms: _at, times: _times, ...row }) => row),
    last: edge === undefined ? undefined : { writtenMs: edge.at_ms, tie: edge.tie },
  };
}

type Found = ReplicationRow & { readonly tie: string };

/** More candidates than are wanted: some are no more what is in force. */
const SPARE_CANDIDATES = 1000;

const TIE = 'cityHash64(source, pair_id, key, version_id)';

function cursorOf(place: Place | undefined): string | null {
  return place === undefined ? null : `${place.writtenMs}.${place.tie}`;
}

function placeOf(cursor: string): Place {
  const match = /^(\d{1,15})\.(\d{1,20})$/.exec(cursor);
  if (match === null)
    throw new Fault('invalid', `Cannot go on from the cursor "${cursor}": it is not one of this API.`);
  return { writtenMs: Number(match[1]), tie: match[2] ?? '' };
}
