/** Versions of which it is not known whether they arrived: which are to be looked up now. */
import type { Engine } from '../../engine/engine.ts';

export interface Candidate {
  readonly source: string;
  readonly pair_id: string;
  readonly key: string;
  readonly version_id: string;
  readonly destination: string;
  /** Milliseconds since 1970 UTC. */
  readonly written_ms: number;
  /** How often the source was asked about it, or the destination when it was asked more often. */
  readonly asks: number;
  /** When it was asked last, milliseconds since 1970 UTC by the stores' clocks; 0 for never. */
  readonly asked_ms: number;
}

/** Where a page ended, in the order of pages. */
export interface CandidatePlace {
  readonly written_at: string;
  readonly key: string;
  readonly version_id: string;
  readonly pair_id: string;
}

export interface CandidatePage {
  readonly candidates: readonly Candidate[];
  /** Absent when it was the last page. */
  readonly next?: CandidatePlace;
}

const MINUTE_MS = 60_000;
/** After the first, second, ... look the next one waits so long; after the last there is none. */
const PAUSES_MS = [15 * MINUTE_MS, 60 * MINUTE_MS, 360 * MINUTE_MS, 1_440 * MINUTE_MS];
const PAGE = 2_000;
/** What a look cannot change. */
const SETTLED = ['removed', 'gone-at-source'];
const START: CandidatePlace = { written_at: '1970-01-01 00:00:00.000', key: '', version_id: '', pair_id: '' };

/** Whether it is time to ask again: with pauses that grow, and not for ever. */
export function isDue(
  { asks, asked_ms: askedMs }: Pick<Candidate, 'asks' | 'asked_ms'>,
  nowMs: number,
): boolean {
  if (asks === 0) return true;
  const pauseMs = PAUSES_MS[asks - 1];
  return pauseMs !== undefined && nowMs - askedMs >= pauseMs;
}

interface Row extends Omit<Candidate, 'written_ms'>, CandidatePlace {
  readonly is_open: number;
  readonly written_ms: number;
}

/**
 * Pending and unknown versions written before a time, oldest first, a page of them. Rows that say so are found by an index;
 * then the newest row of each decides.
 */
export async function openCandidates(
  ask: { readonly writtenBeforeMs: number; readonly after?: CandidatePlace | undefined },
  engine: Engine,
): Promise<CandidatePage> {
  const { written_at, key, version_id, pair_id } = ask.after ?? START;
  const rows = await engine.query<Row>(QUERY, {
    params: {
      before: ask.writtenBeforeMs,
      written_at,
      key,
      version_id,
      pair_id,
      settled: SETTLED,
      limit: PAGE,
    },
  });
  const last = rows.at(-1);
  return {
    candidates: rows.filter((row) => row.is_open === 1),
    ...(last === undefined || rows.length < PAGE ? {} : { next: last }),
  };
}

/** Looks before a version was written were at the one before it. Copies recognised by key are asked about without a version. */
const QUERY = `
  with
    found as (
      select distinct toString(replications.written_at) as written_at, source, pair_id, key, version_id,
        if(pair_id in (select pair_id from replication_pairs where match_by = 'key'), '', version_id) as copy_version
      from replications
      where status in ('PENDING', 'UNKNOWN') and pair_id != ''
        and replications.written_at < fromUnixTimestamp64Milli({before:Int64}, 'UTC')
        and (replications.written_at, key, version_id, pair_id)
          > (toDateTime64({written_at:String}, 3, 'UTC'), {key:String}, {version_id:String}, {pair_id:String})
      order by written_at, key, version_id, pair_id
      limit {limit:UInt32}
    ),
    newest as (
      select source, pair_id, key, version_id, argMax((destination, status, reason, replications.written_at), tick) as row
      from replications
      where (source, pair_id, key, version_id) global in (select source, pair_id, key, version_id from found)
      group by source, pair_id, key, version_id
    ),
    at_source as (
      select bucket, key, version_id, groupArray(event_time) as times
      from object_events
      where envelope = 'head' and (bucket, key, version_id) global in (select source, key, version_id from found)
      group by bucket, key, version_id
    ),
    at_destination as (
      select bucket, key,
        if(bucket in (select destination from replication_pairs where match_by = 'key'), '', version_id) as copy_version,
        groupArray(event_time) as times
      from object_events
      where envelope = 'head' and bucket in (select destination from replication_pairs)
        and key global in (select key from found)
      group by bucket, key, copy_version
    )
  select
    found.written_at as written_at,
    found.source as source,
    found.pair_id as pair_id,
    found.key as key,
    found.version_id as version_id,
    newest.row.1 as destination,
    newest.row.2 in ('PENDING', 'UNKNOWN') and newest.row.3 not in {settled:Array(String)}
      and toString(newest.row.4) = found.written_at as is_open,
    toUnixTimestamp64Milli(newest.row.4) as written_ms,
    arrayFilter(time -> time >= newest.row.4, at_source.times) as source_times,
    arrayFilter(time -> time >= newest.row.4, at_destination.times) as destination_times,
    greatest(length(source_times), length(destination_times)) as asks,
    toUnixTimestamp64Milli(greatest(arrayMax(arrayPushBack(source_times, ZERO)), arrayMax(arrayPushBack(destination_times, ZERO)))) as asked_ms
  from found
  global any left join newest using (source, pair_id, key, version_id)
  global any left join at_source
    on at_source.bucket = found.source and at_source.key = found.key and at_source.version_id = found.version_id
  global any left join at_destination
    on at_destination.bucket = newest.row.1 and at_destination.key = found.key and at_destination.copy_version = found.copy_version
  order by written_at, key, version_id, pair_id
  settings final = 0`.replaceAll('ZERO', "toDateTime64(0, 3, 'UTC')");
