/** What an answer to HEAD means. */
import type { HeadAnswer, ObjectLock } from './s3.ts';
import type { Spoken } from './spoken.ts';
import { storeMsOf } from './spoken.ts';

/** The IAM actions the question needs, to say which may be missing. */
export interface HeadRights {
  readonly action: string;
  readonly objects: string;
  readonly bucket: string;
}

/**
 * Reads the answer; nothing when it says nothing about the object: busy, redirected, not of an S3 store.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
 */
export function readHead(spoken: Spoken, rights: HeadRights): HeadAnswer | undefined {
  const storeMs = storeMsOf(spoken);
  const isDeleteMarker = spoken.headers['x-amz-delete-marker'] === 'true';
  switch (spoken.status) {
    case 200:
      return spoken.headers['etag'] === undefined ? undefined : presentOf(spoken, false);
    case 405:
      return isDeleteMarker ? presentOf(spoken, true) : undefined;
    case 404:
      return { kind: 'missing', isBehindDeleteMarker: isDeleteMarker, storeMs };
    case 401:
    case 403:
      return { kind: 'denied', reason: deniedReason(spoken.status, rights), storeMs };
    default:
      return undefined;
  }
}

/** Version ids as they are in notifications: none for the one S3 calls `null`. */
export function versionIdOf(text: string | undefined): string {
  return text === undefined || text === 'null' ? '' : text;
}

function presentOf(spoken: Spoken, isDeleteMarker: boolean): HeadAnswer {
  const { headers } = spoken;
  return {
    kind: 'present',
    versionId: versionIdOf(headers['x-amz-version-id']),
    sizeBytes: isDeleteMarker ? 0 : Number(headers['content-length'] ?? 0),
    etag: isDeleteMarker ? '' : (headers['etag'] ?? '').replaceAll('"', ''),
    modifiedMs: Date.parse(headers['last-modified'] ?? '') || 0,
    replicationStatus: replicationStatusOf(headers['x-amz-replication-status']),
    ...lockOf(headers),
    isLegalHold: headers['x-amz-object-lock-legal-hold']?.toUpperCase() === 'ON',
    isDeleteMarker,
    storeMs: storeMsOf(spoken),
  };
}

/** A mode that is not known, or no time until when, is no lock that could be told. */
function lockOf(headers: Spoken['headers']): { readonly lock?: ObjectLock } {
  const mode = headers['x-amz-object-lock-mode']?.toUpperCase();
  const untilMs = Date.parse(headers['x-amz-object-lock-retain-until-date'] ?? '');
  const isLock = (mode === 'GOVERNANCE' || mode === 'COMPLIANCE') && !Number.isNaN(untilMs);
  return isLock ? { lock: { mode, untilMs } } : {};
}

/** The API's list of values and its documentation spell it differently. */
function replicationStatusOf(text = ''): string {
  const status = text.toUpperCase();
  return status === 'COMPLETE' ? 'COMPLETED' : status;
}

function deniedReason(status: number, rights: HeadRights): string {
  return (
    `access denied (HTTP ${status}); it needs ${rights.action} on ${rights.objects}; ` +
    `without s3:ListBucket on ${rights.bucket} the store says the same of what is not there`
  );
}
