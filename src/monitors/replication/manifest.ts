/** A manifest for S3 Batch Operations: which versions to replicate again. */
import type { Engine } from '../../engine/engine.ts';
import { conditionsOf, IN_FORCE, ROW, type Status } from './objects.ts';
import { ADDED_UP, type Range } from './range.ts';

export interface ManifestQuery {
  /** Versions written in it. */
  readonly range: Range;
  readonly statuses: readonly Status[];
  /** Bucket the versions are in, as the store names it: without a namespace. */
  readonly bucketName: string;
  readonly source: string;
  readonly pair?: string;
  readonly reason?: string;
}

const PAGE_VERSIONS = 20_000;

/**
 * Lines `bucket,key,versionId`, no heading, the key URL-encoded, a version once however many destinations lack it. In
 * parts of many lines, by key.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-create-job.html#specify-batchjob-manifest
 */
export async function* manifestParts(
  query: ManifestQuery,
  engine: Engine,
  signal: AbortSignal,
): AsyncGenerator<string> {
  let after: Version = { key: '', version_id: '' };
  for (;;) {
    const found = await candidatesBehind(after, query, { engine, signal });
    const lines = found
      .filter(({ is_wanted: isWanted }) => isWanted === 1)
      .map((version) => `${manifestLine({ ...version, bucket: query.bucketName })}\n`);
    if (lines.length > 0) yield lines.join('');
    const last = found.at(-1);
    if (last === undefined || found.length < PAGE_VERSIONS) return;
    after = last;
  }
}

interface Version {
  readonly key: string;
  readonly version_id: string;
}

/** The next versions of which some row says what is asked for, and whether what is in force says so too. */
function candidatesBehind(
  after: Version,
  query: ManifestQuery,
  parts: { readonly engine: Engine; readonly signal: AbortSignal },
): Promise<(Version & { readonly is_wanted: number })[]> {
  const { source, pair } = query;
  const { table, candidates, inForce, params } = conditionsOf(query);
  const behind = `source = {source:String} and (key, version_id) > ({afterKey:String}, {afterVersion:String})
    ${pair === undefined ? '' : 'and pair_id = {pair:String}'}`;
  return parts.engine.query(
    `select key, version_id, max(${inForce}) as is_wanted
     from (
       select ${ROW}
       from (
         select ${IN_FORCE}
         from replications
         where ${behind} and (key, version_id) in (
           select key, version_id
           from ${table}
           where ${behind} and ${candidates}
           group by key, version_id
           order by key, version_id
           limit ${PAGE_VERSIONS}
         )
         group by source, pair_id, key, version_id
       )
     )
     group by key, version_id
     order by key, version_id
     ${ADDED_UP}`,
    {
      params: { ...params, source, afterKey: after.key, afterVersion: after.version_id },
      signal: parts.signal,
    },
  );
}

/** One line, e.g. `media,a%20b/c.jpg,3HL4kqtJvjVBH40Nrjfkd`. An object without versions has the version `null`. */
export function manifestLine(version: Version & { readonly bucket: string }): string {
  const { bucket, key, version_id: versionId } = version;
  return `${bucket},${encoded(key)},${versionId === '' ? 'null' : encodeURIComponent(versionId)}`;
}

function encoded(key: string): string {
  return encodeURIComponent(key)
    .replaceAll('%2F', '/')
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}
