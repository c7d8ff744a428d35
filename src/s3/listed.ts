/** Pages of listings, in our words. */
import type { ListObjectsV2CommandOutput, ListObjectVersionsCommandOutput } from '@aws-sdk/client-s3';
import { versionIdOf } from './head.ts';
import type { ListedVersion, ListPage, VersionsPage } from './s3.ts';

export function pageOf(page: ListObjectsV2CommandOutput): ListPage {
  const decode = page.EncodingType === 'url' ? urlDecoded : (text: string) => text;
  const token = page.NextContinuationToken;
  return {
    objects: (page.Contents ?? []).map((found) => ({
      key: decode(found.Key ?? ''),
      etag: unquoted(found.ETag),
      sizeBytes: found.Size ?? 0,
      modifiedMs: found.LastModified?.getTime() ?? 0,
      storageClass: found.StorageClass ?? 'STANDARD',
    })),
    folders: (page.CommonPrefixes ?? []).map((found) => decode(found.Prefix ?? '')),
    isTruncated: page.IsTruncated ?? false,
    ...(token === undefined ? {} : { continuationToken: token }),
  };
}

/** Versions and delete markers come apart in an answer; here they are in order again: by key, newest first. */
export function versionsPageOf(page: ListObjectVersionsCommandOutput): VersionsPage {
  const decode = page.EncodingType === 'url' ? urlDecoded : (text: string) => text;
  const common = (found: Found) => ({
    key: decode(found.Key ?? ''),
    versionId: versionIdOf(found.VersionId),
    isLatest: found.IsLatest ?? false,
    modifiedMs: found.LastModified?.getTime() ?? 0,
  });
  const versions = (page.Versions ?? []).map((found) => ({
    ...common(found),
    isDeleteMarker: false,
    etag: unquoted(found.ETag),
    sizeBytes: found.Size ?? 0,
  }));
  const markers = (page.DeleteMarkers ?? []).map((found) => ({
    ...common(found),
    isDeleteMarker: true,
    etag: '',
    sizeBytes: 0,
  }));
  const { NextKeyMarker: key, NextVersionIdMarker: versionId = '' } = page;
  return {
    versions: [...versions, ...markers].sort(byKeyNewestFirst),
    isTruncated: page.IsTruncated ?? false,
    ...(key === undefined ? {} : { next: { key: decode(key), versionId } }),
  };
}

interface Found {
  readonly Key?: string | undefined;
  readonly VersionId?: string | undefined;
  readonly IsLatest?: boolean | undefined;
  readonly LastModified?: Date | undefined;
}

function byKeyNewestFirst(one: ListedVersion, other: ListedVersion): number {
  if (one.key !== other.key) return Buffer.compare(Buffer.from(one.key), Buffer.from(other.key));
  return Number(other.isLatest) - Number(one.isLatest) || other.modifiedMs - one.modifiedMs;
}

/** S3's `encoding-type=url` writes a space as `+`. */
function urlDecoded(text: string): string {
  return decodeURIComponent(text.replaceAll('+', '%20'));
}

function unquoted(etag: string | undefined): string {
  return (etag ?? '').replaceAll('"', '');
}
