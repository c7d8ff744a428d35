/** Whether the log files of each trail are all here and as CloudTrail delivered them. */
import type { Engine } from '../../engine/engine.ts';

import { type ChainBreak, checkChain, type Digest, type SignatureCounts } from './chain.ts';
import { type Range, timeLiteral } from './range.ts';
import type { TrailKeyring } from './signature.ts';

/** Who fetches the public keys CloudTrail signs with. */
export interface TrailKeys {
  /** Keys valid in the range, by fingerprint; empty when there are none or they cannot be had. */
  keysOf(homeRegions: readonly string[], range: Range): Promise<TrailKeyring>;
  /** Why keys could not be had; empty otherwise. */
  readonly problem: string;
}

export interface TrailCheck {
  readonly accountId: string;
  readonly region: string;
  readonly trail: string;
  readonly digests: number;
  readonly filesListed: number;
  readonly filesLoaded: number;
  /** Listed so recently that they may still be on their way. */
  readonly filesAwaited: number;
  /** `s3://` URIs of log files that a digest lists and that never came; 1,000 at most. */
  readonly missing: readonly string[];
  /** Of those whose content is not what CloudTrail delivered; 1,000 at most. */
  readonly altered: readonly string[];
  readonly breaks: readonly ChainBreak[];
  readonly signatures: SignatureCounts;
  /** End of its newest digest, in milliseconds since 1970 UTC: what is after it nobody vouches for. */
  readonly untilMs: number;
}

export interface TrailQuery {
  readonly range: Range;
  readonly nowMs: number;
}

/** A digest so young may have come before the log files it lists. */
const AWAITED_MS = 15 * 60_000;
/** Digests before the range that its first ones are linked to. */
const BEFORE_MS = 7 * 86_400_000;
const NAMED_MAX = 1_000;

interface DigestRow {
  readonly account_id: string;
  readonly region: string;
  readonly trail: string;
  readonly home_region: string;
  readonly bucket: string;
  readonly key: string;
  readonly start_s: number;
  readonly end_s: number;
  readonly public_key_fingerprint: string;
  readonly previous_key: string;
  readonly previous_hash_value: string;
  readonly previous_signature: string;
  readonly content_sha256: string;
}

interface FilesRow {
  readonly stream: string;
  readonly listed: number;
  readonly loaded: number;
  readonly awaited: number;
  readonly missing: readonly string[];
  readonly altered: readonly string[];
}

/** Every trail, account and region with a digest in the range. */
export async function checkTrails(
  query: TrailQuery,
  parts: { readonly engine: Engine; readonly keys: TrailKeys },
): Promise<TrailCheck[]> {
  const [rows, files] = await Promise.all([
    parts.engine.query<DigestRow>(digestQuery(query.range)),
    parts.engine.query<FilesRow>(filesQuery(query)),
  ]);
  const homes = [...new Set(rows.map((row) => row.home_region))].sort();
  const keyring: TrailKeyring =
    rows.length === 0 ? new Map() : await parts.keys.keysOf(homes, reachBack(query.range));
  const filesOf = new Map(files.map((row) => [row.stream, row]));
  const streams = Map.groupBy(rows, streamOf);
  return [...streams].flatMap(([stream, of]) => checkTrail(of, filesOf.get(stream), { query, keyring }));
}

function checkTrail(
  rows: readonly DigestRow[],
  files: FilesRow | undefined,
  { query, keyring }: { readonly query: TrailQuery; readonly keyring: TrailKeyring },
): TrailCheck[] {
  const { startMs, endMs } = query.range;
  const digests = rows.map(digestOf);
  const within = digests.filter((digest) => digest.endMs > startMs && digest.startMs < endMs);
  const [first] = rows;
  if (first === undefined || within.length === 0) return [];
  // One before the range, so that its first digest has one to be linked to.
  const before = digests.filter((digest) => digest.endMs <= startMs).slice(-1);
  const { breaks } = checkChain([...before, ...within], keyring);
  return [
    {
      accountId: first.account_id,
      region: first.region,
      trail: first.trail,
      digests: within.length,
      filesListed: files?.listed ?? 0,
      filesLoaded: files?.loaded ?? 0,
      filesAwaited: files?.awaited ?? 0,
      missing: files?.missing ?? [],
      altered: files?.altered ?? [],
      breaks,
      signatures: checkChain(within, keyring).signatures,
      untilMs: Math.max(...within.map((digest) => digest.endMs)),
    },
  ];
}

function digestOf(row: DigestRow): Digest {
  return {
    bucket: row.bucket,
    key: row.key,
    startMs: row.start_s * 1000,
    endMs: row.end_s * 1000,
    fingerprint: row.public_key_fingerprint,
    previousKey: row.previous_key,
    previousHash: row.previous_hash_value,
    previousSignature: row.previous_signature,
    contentSha256: row.content_sha256,
  };
}

function streamOf(row: Pick<DigestRow, 'account_id' | 'region' | 'trail' | 'bucket'>): string {
  return `${row.account_id} ${row.region} ${row.trail} ${row.bucket}`;
}

const STREAM = "concat(account_id, ' ', region, ' ', trail, ' ', bucket)";

function reachBack({ startMs, endMs }: Range): Range {
  return { startMs: startMs - BEFORE_MS, endMs };
}

function digestQuery(range: Range): string {
  return `
select
  account_id, region, trail, home_region, bucket, key,
  toUnixTimestamp(start_time) as start_s,
  toUnixTimestamp(end_time) as end_s,
  public_key_fingerprint, previous_key, previous_hash_value, previous_signature, content_sha256
from trail_digests
global left join (
  select batch_id, content_sha256 from batches where format = 'cloudtrail-digest'
) as ledger using (batch_id)
where ${endsIn(reachBack(range), 'end_time')}
order by end_time, key, batch_id
limit 100000`;
}

/** A log file is told by its name, which no other has: it may have been copied elsewhere before it was read. */
function filesQuery({ range, nowMs }: TrailQuery): string {
  const young = timeLiteral(nowMs - AWAITED_MS);
  const files = `
  select digest_key, bucket, key, file_name, hash_value, stored_at
  from trail_digest_files
  where ${endsIn(range, 'digest_end_time')}`;
  return `
with
  empty(hashes) as is_absent,
  stored_at > ${young} as is_young
select
  stream,
  count() as listed,
  countIf(not is_absent) as loaded,
  countIf(is_absent and is_young) as awaited,
  groupArrayIf(${NAMED_MAX})(uri, is_absent and not is_young) as missing,
  groupArrayIf(${NAMED_MAX})(uri, not is_absent and (not has(hashes, hash_value) or arrayExists(hash -> hash not in ('', hash_value), hashes))) as altered
from (
  select distinct digest_key, concat('s3://', bucket, '/', key) as uri, file_name, hash_value, stored_at, hashes, stream
  from (${files}) as files
  global left join (
    select
      replaceRegexpOne(arrayElement(splitByChar('/', origin), -1), '\\\\.gz$', '') as file_name,
      groupUniqArray(content_sha256) as hashes
    from batches
    where format = 'cloudtrail' and state = 'loaded'
    group by file_name
  ) as ledger using (file_name)
  global any left join (
    select key as digest_key, ${STREAM} as stream
    from trail_digests
    where ${endsIn(range, 'end_time')}
  ) as digests using (digest_key)
  order by uri
)
group by stream
limit 100000`;
}

/** A range of ends: digests that have begun in the range end within two hours of it. */
function endsIn({ startMs, endMs }: Range, column: string): string {
  return `${column} > ${timeLiteral(startMs)} and ${column} < ${timeLiteral(endMs + 2 * 3_600_000)}`;
}
