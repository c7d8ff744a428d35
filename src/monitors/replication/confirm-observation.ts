/** What was seen of an object, as a line of the format `object-status`. */
import type { HeadAnswer, ListedVersion } from '../../s3/s3.ts';

export interface Observed {
  /** Bucket id. */
  readonly bucket: string;
  readonly key: string;
  readonly versionId: string;
}

/** `atMs`: when it was seen, milliseconds since 1970 UTC; the store's own clock is taken where it told it. */
export function headLine(observed: Observed, answer: HeadAnswer, atMs: number): string {
  const seen = { ...placeOf('head', observed, answer.storeMs || atMs), state: answer.kind };
  if (answer.kind !== 'present') return lineOf(seen);
  return lineOf({
    ...seen,
    version_id: answer.versionId,
    size: answer.sizeBytes,
    etag: answer.etag,
    last_modified: isoOrEmpty(answer.modifiedMs),
    replication_status: answer.replicationStatus,
    is_delete_marker: answer.isDeleteMarker,
  });
}

export function listedLine(bucket: string, found: ListedVersion, atMs: number): string {
  return lineOf({
    ...placeOf('listing', { bucket, key: found.key, versionId: found.versionId }, atMs),
    state: 'present',
    size: found.sizeBytes,
    etag: found.etag,
    last_modified: isoOrEmpty(found.modifiedMs),
    replication_status: '',
    is_delete_marker: found.isDeleteMarker,
    is_latest: found.isLatest,
  });
}

/** The first member is what tells the format. */
function placeOf(observed: 'head' | 'listing', { bucket, key, versionId }: Observed, atMs: number) {
  return { observed, observed_at: new Date(atMs).toISOString(), bucket, key, version_id: versionId };
}

function lineOf(seen: object): string {
  return `${JSON.stringify(seen)}\n`;
}

function isoOrEmpty(ms: number): string {
  return ms === 0 ? '' : new Date(ms).toISOString();
}
