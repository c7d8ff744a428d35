/**
 * Rows of the CSV manifest that S3 Batch Operations reads: bucket, key, perhaps version id; keys percent-encoded.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-create-job.html#specify-batchjob-manifest
 */
import { isMendedByCopying } from './classify.ts';
import type { Difference } from './difference.ts';

export interface ManifestRequest {
  readonly bucket: string;
  /** Whether rows have a third column; then every row needs it, and `null` is the version of an unversioned object. */
  readonly hasVersions: boolean;
}

/** The row for a difference that copying the source's object mends; empty for others. */
export function manifestRow(difference: Difference, { bucket, hasVersions }: ManifestRequest): string {
  if (!isMendedByCopying(difference.answer)) return '';
  const key = encodeURIComponent(difference.key)
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%2F', '/');
  const version = hasVersions ? `,${difference.source_version_id ?? 'null'}` : '';
  return `${bucket},${key}${version}\n`;
}
