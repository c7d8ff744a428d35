/** Versions of which it is not known whether they arrived: which are to be looked up now. */
import { engineTime } from '../../lib/engine-time.ts';
import type { Engine } from '../../engine/engine.ts';
import type { ConfirmPair } from './confirm-pairs.ts';

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
/** Their keys are parameters of queries, of a kilobyte each at most. */
const PAGE = 200;
/** Stretches of five minutes that are looked through together. */
const WINDOWS = 200;
const WINDOW_S = 300;
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

/** A version as some row says that it is open. */
interface Found extends CandidatePlace {
  readonly source: string;
}

interface Newest extends Omit<Found, 'written_at'> {
  readonly destination: string;
  readonly is_open: number;
  readonly written_at: string;
  readonly written_ms: number;
}

/** When a version was looked up, milliseconds since 1970 UTC. */
interface Looked {
  readonly bucket: string;
  readonly key: string;
  readonly version_id: string;
  readonly times_ms: readonly number[];
}

/**
 * Pending, unknown and failed versions written before a time, oldest first, a page of them: what failed may have been copied since. The sums say in which five minutes such
 * versions were written, so that only those are looked through; then the newest row of each version decides.
 */
export async function openCandidates(
  ask: { readonly writtenBeforeMs: number; readonly after?: CandidatePlace | undefined },
  parts: { readonly engine: Engine; readonly pairs: ReadonlyMap<string, ConfirmPair> },
): Promise<CandidatePage> {
  const after = ask.after ?? START;
  const windows = await openWindows(after, ask.writtenBeforeMs, parts.engine);
  if (windows.length === 0) return { candidates: [] };
  const found = await parts.engine.query<Found>(FOUND, {
    params: { ...after, before: ask.writtenBeforeMs, windows, limit: PAGE },
  });
  const candidates = await stillOpen(found, parts);
  const last = found.at(-1);
  if (last !== undefined && found.length === PAGE) return { candidates, next: placeOf(last) };
  return windows.length < WINDOWS ? { candidates } : { candidates, next: behind(windows) };
}

/** Those whose newest row says so too, with how often they were looked up since they were written. */
async function stillOpen(
  found: readonly Found[],
  { engine, pairs }: { readonly engine: Engine; readonly pairs: ReadonlyMap<string, ConfirmPair> },
): Promise<Candidate[]> {
  if (found.length === 0) return [];
  const ids = {
    sources: [...new Set(found.map(({ source }) => source))],
    pair_ids: [...new Set(found.map(({ pair_id }) => pair_id))],
    keys: found.map(({ key }) => key),
    version_ids: found.map(({ version_id }) => version_id),
  };
  const rows = await engine.query<Newest>(NEWEST, { params: { ...ids, settled: SETTLED } });
  const newest = new Map(rows.map((row) => [idOf(row), row]));
  const open = found.flatMap((one) => {
    const row = newest.get(idOf(one));
    return row?.is_open === 1 && row.written_at === one.written_at ? [row] : [];
  });
  const buckets = [...new Set(open.flatMap(({ source, destination }) => [source, destination]))];
  const looked = await engine.query<Looked>(LOOKED, { params: { buckets, keys: ids.keys } });
  return open.map((row) => ({ ...row, ...asksOf(row, pairs.get(row.pair_id)?.is_by_key === 1, looked) }));
}

/** Looks before the version was written were at the one before it. Copies recognised by key have other version ids. */
function asksOf(
  { source, destination, key, version_id, written_ms }: Newest,
  isByKey: boolean,
  looked: readonly Looked[],
): Pick<Candidate, 'asks' | 'asked_ms'> {
  const timesIn = (bucket: string, isAny: boolean): number[] =>
    looked
      .filter((one) => one.bucket === bucket && one.key === key && (isAny || one.version_id === version_id))
      .flatMap(({ times_ms }) => times_ms.filter((ms) => ms >= written_ms));
  const [atSource, atDestination] = [timesIn(source, false), timesIn(destination, isByKey)];
  return {
    asks: Math.max(atSource.length, atDestination.length),
    asked_ms: Math.max(0, ...atSource, ...atDestination),
  };
}

/** The next five minutes, by their start in seconds since 1970, in which versions were written that are open. */
async function openWindows(
  { written_at }: CandidatePlace,
  writtenBeforeMs: number,
  engine: Engine,
): Promise<number[]> {
  const rows = await engine.query<{ start_s: number }>(
    `select distinct toUnixTimestamp(time) as start_s
     from (
       select pair_id, time, sum(pending_objects) + sum(unknown_objects) + sum(failed_objects) as open
       from replication_5m
       where pair_id != ''
         and time >= toStartOfFiveMinutes(toDateTime64({written_at:String}, 3, 'UTC'))
         and time < fromUnixTimestamp64Milli({before:Int64}, 'UTC')
       group by pair_id, time
     )
     where open > 0
     order by start_s
     limit ${WINDOWS}
     settings final = 0`,
    { params: { written_at, before: writtenBeforeMs } },
  );
  return rows.map((row) => row.start_s);
}

function placeOf({ written_at, key, version_id, pair_id }: Found): CandidatePlace {
  return { written_at, key, version_id, pair_id };
}

function idOf({ pair_id, key, version_id }: Omit<CandidatePlace, 'written_at'>): string {
  return JSON.stringify([pair_id, key, version_id]);
}

function behind(windows: readonly number[]): CandidatePlace {
  const endMs = ((windows.at(-1) ?? 0) + WINDOW_S) * 1000;
  return { ...START, written_at: engineTime(endMs) };
}

const FOUND = `
  select distinct toString(replication_open.written_at) as written_at, source, pair_id, key, version_id
  from replication_open
  where status in ('PENDING', 'UNKNOWN', 'FAILED') and pair_id != ''
    and toUnixTimestamp(toStartOfFiveMinutes(replication_open.written_at)) in {windows:Array(UInt32)}
    and replication_open.written_at < fromUnixTimestamp64Milli({before:Int64}, 'UTC')
    and (replication_open.written_at, key, version_id, pair_id)
      > (toDateTime64({written_at:String}, 3, 'UTC'), {key:String}, {version_id:String}, {pair_id:String})
  order by written_at, key, version_id, pair_id
  limit {limit:UInt32}
  settings final = 0`;

const NEWEST = `
  select source, pair_id, key, version_id,
    row.1 as destination,
    row.2 in ('PENDING', 'UNKNOWN', 'FAILED') and row.3 not in {settled:Array(String)} as is_open,
    toString(row.4) as written_at,
    toUnixTimestamp64Milli(row.4) as written_ms
  from (
    select source, pair_id, key, version_id, argMax((destination, status, reason, replications.written_at), tick) as row
    from replications
    where source in {sources:Array(String)} and pair_id in {pair_ids:Array(String)}
      and (key, version_id) in (select arrayJoin(arrayZip({keys:Array(String)}, {version_ids:Array(String)})))
    group by source, pair_id, key, version_id
  )
  settings final = 0`;

const LOOKED = `
  select bucket, key, version_id, groupArray(toUnixTimestamp64Milli(event_time)) as times_ms
  from object_events
  where envelope = 'head' and bucket in {buckets:Array(String)}
    and key in (select arrayJoin({keys:Array(String)}))
  group by bucket, key, version_id
  settings final = 0`;
