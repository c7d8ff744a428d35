/** The few ways to read what was judged that stay fast with tens of millions of versions. */
import type { Engine } from '../../engine/engine.ts';

export interface Replication {
  readonly source: string;
  /** Empty for a version that no rule is for. */
  readonly pair_id: string;
  readonly key: string;
  readonly version_id: string;
  readonly destination: string;
  readonly status: string;
  readonly reason: string;
  readonly operation: string;
  /** Times are `YYYY-MM-DD hh:mm:ss.SSS` in UTC. */
  readonly written_at: string;
  readonly replicated_at: string | null;
  readonly seen_at: string | null;
  readonly failed_at: string | null;
  readonly latency_ms: number | null;
  readonly is_skewed: number;
  readonly is_delete_marker: number;
  readonly size_bytes: number;
}

/** A place in the order of `openVersions`. */
export interface VersionPlace {
  readonly key: string;
  readonly version_id: string;
}

export interface OpenVersions {
  readonly pairId: string;
  /** The bucket; needed for versions that no rule is for, as their `pairId` is empty. */
  readonly source?: string | undefined;
  readonly status: string;
  readonly limit: number;
  /** Only what comes behind it. */
  readonly after?: VersionPlace | undefined;
  /** Only versions written from then, milliseconds since 1970. */
  readonly writtenFromMs?: number | undefined;
  /** Only versions written before, milliseconds since 1970. */
  readonly writtenBeforeMs?: number | undefined;
}

interface Reads {
  readonly engine: Engine;
}

const COLUMNS = [
  'destination',
  'status',
  'reason',
  'operation',
  'written_at',
  'replicated_at',
  'seen_at',
  'failed_at',
  'latency_ms',
  'is_skewed',
  'is_delete_marker',
  'size_bytes',
] as const;

/** At least as many rows that say a status, outdated ones among them, are looked at with one query. */
const CANDIDATES = 2_000;

/**
 * Versions of a pair with a status, by key and version id, up to `limit`; fewer only when there are no more.
 * Rows that say the status are found by an index, and then the newest row of each is looked up: reading the pair
 * with `final` would read every version there ever was.
 */
export async function openVersions(ask: OpenVersions, parts: Reads): Promise<Replication[]> {
  const found: Replication[] = [];
  const candidates = Math.max(CANDIDATES, ask.limit);
  let after = ask.after;
  for (;;) {
    const page = await newestOf({ ...ask, after }, candidates, parts);
    found.push(...page.filter((row) => row.status === ask.status && isWrittenIn(row, ask)));
    after = page.at(-1);
    if (found.length >= ask.limit || page.length < candidates || after === undefined) {
      return found.slice(0, ask.limit);
    }
  }
}

/** The newest row of each of the next versions of which some row says the status. */
function newestOf(ask: OpenVersions, limit: number, { engine }: Reads): Promise<Replication[]> {
  const ofPair = 'replications.source = {source:String} and replications.pair_id = {pair_id:String}';
  const newest = COLUMNS.map((column, index) => `row.${index + 1} as ${column}`);
  return engine.query<Replication>(
    `select source, pair_id, key, version_id, ${newest.join(', ')}
     from (
       select source, pair_id, key, version_id, argMax((${COLUMNS.join(', ')}), tick) as row
       from replications
       where ${ofPair} and (key, version_id) in (
         select distinct key, version_id
         from replications
         where ${ofPair} and status = {status:String}
           and (key, version_id) > ({key:String}, {version_id:String})
           and written_at >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
           and written_at < fromUnixTimestamp64Milli({before:Int64}, 'UTC')
         order by key, version_id
         limit {limit:UInt32})
       group by source, pair_id, key, version_id
     )
     order by key, version_id
     settings final = 0`,
    {
      params: {
        source: sourceOf(ask),
        pair_id: ask.pairId,
        status: ask.status,
        key: ask.after?.key ?? '',
        version_id: ask.after?.version_id ?? '',
        from: ask.writtenFromMs ?? 0,
        before: ask.writtenBeforeMs ?? FOREVER_MS,
        limit,
      },
    },
  );
}

const FOREVER_MS = 9_000_000_000_000;

/** Ids of pairs begin with the source, and names of buckets hold no slash. */
function sourceOf({ source, pairId }: Pick<OpenVersions, 'source' | 'pairId'>): string {
  return source ?? pairId.split('/', 1)[0] ?? '';
}

function isWrittenIn(row: Replication, { writtenFromMs, writtenBeforeMs }: OpenVersions): boolean {
  const writtenMs = Date.parse(`${row.written_at.replace(' ', 'T')}Z`);
  return writtenMs >= (writtenFromMs ?? 0) && writtenMs < (writtenBeforeMs ?? FOREVER_MS);
}
