/** What we ask of an S3 store, in our words; everything that names the AWS SDK is behind it. */
import { Fault } from '../lib/fault.ts';

/** What reading logs takes. Failures are `Fault`s that name the bucket or key and never hold a secret. */
export interface S3Reader {
  /** One page of a bucket's keys, in order of their UTF-8 bytes. */
  listPage(request: ListRequest, signal: AbortSignal): Promise<ListPage>;
  /** The bytes of one object; its `body` must be read to the end or returned from. */
  getObject(request: ObjectRequest, signal: AbortSignal): Promise<S3Object>;
  /** Requests sent so far by kind, repeats included: `{ LIST: 3, GET: 120, HEAD: 7 }`. */
  readonly requests: Readonly<Record<string, number>>;
  close(): void;
}

/** A connection to one store. */
export interface S3 extends S3Reader {
  /** One page of all versions and delete markers, by key, newest first. `unsupported` where a store has none. */
  listVersionsPage(request: VersionsRequest, signal: AbortSignal): Promise<VersionsPage>;
  /**
   * What the store says of one version, or of the newest. Only an answer about the object is one: busy, silent, no such
   * bucket or wrong credentials are faults.
   */
  headObject(request: VersionRequest, signal: AbortSignal): Promise<HeadAnswer>;
  putObject(request: PutRequest, signal: AbortSignal): Promise<PutAnswer>;
  /** Deletes a version, or the newest; what is gone already is no fault. */
  deleteObject(request: VersionRequest, signal: AbortSignal): Promise<DeleteAnswer>;
}

export interface ListRequest {
  readonly bucket: string;
  readonly prefix: string;
  /** Only keys after this one; it need not exist. */
  readonly startAfter?: string;
  /** From the page before, instead of `startAfter`. */
  readonly continuationToken?: string;
  /** Keys with it after the prefix are given as one folder. */
  readonly delimiter?: string;
  /** 1 to 1,000, the default. */
  readonly maxKeys?: number;
}

export interface ListPage {
  readonly objects: readonly ListedObject[];
  /** Prefixes that end with the delimiter. */
  readonly folders: readonly string[];
  /** Present when there is more. */
  readonly continuationToken?: string;
  readonly isTruncated: boolean;
}

export interface ListedObject {
  readonly key: string;
  /** Without quotes; empty when the store gives none. */
  readonly etag: string;
  readonly sizeBytes: number;
  /** Milliseconds since 1970 UTC, 0 when the store does not say. */
  readonly modifiedMs: number;
  /** `STANDARD`, `GLACIER`, ... */
  readonly storageClass: string;
}

export interface ObjectRequest {
  readonly bucket: string;
  readonly key: string;
  /** Absent: the newest. */
  readonly versionId?: string;
  /** Read only while it still has this ETag; else see `isObjectReplaced`. */
  readonly etag?: string;
  /** Of its bytes only the first or the last so many; all when there are no more. */
  readonly part?: { readonly first: number } | { readonly last: number };
}

export interface S3Object {
  readonly body: AsyncIterable<Uint8Array>;
  /** Without quotes; empty when the store gives none. */
  readonly etag: string;
  readonly sizeBytes: number;
}

export interface VersionRequest {
  readonly bucket: string;
  readonly key: string;
  /** Absent: the newest. `null`: the one written while the bucket kept no versions. */
  readonly versionId?: string;
}

export type HeadAnswer =
  | {
      readonly kind: 'present';
      /** Empty when unversioned. */
      readonly versionId: string;
      readonly sizeBytes: number;
      /** Without quotes; empty for a delete marker. */
      readonly etag: string;
      /** Milliseconds since 1970 UTC, 0 when the store does not say. */
      readonly modifiedMs: number;
      /** `PENDING`, `COMPLETED`, `FAILED`, `REPLICA`; empty when the store says none. */
      readonly replicationStatus: string;
      /**
       * Absent when the store says none, which is no proof that there is none: S3 leaves it out for those without
       * s3:GetObjectRetention.
       */
      readonly lock?: ObjectLock;
      /** False also for those without s3:GetObjectLegalHold: S3 leaves it out for them. */
      readonly isLegalHold: boolean;
      readonly isDeleteMarker: boolean;
      readonly storeMs: StoreMs;
    }
  /** There is no such version, or, of the newest, a delete marker is before it. */
  | { readonly kind: 'missing'; readonly isBehindDeleteMarker: boolean; readonly storeMs: StoreMs }
  | { readonly kind: 'denied'; readonly reason: string; readonly storeMs: StoreMs };

/** Retention of one version. Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html */
export interface ObjectLock {
  /** Who has s3:BypassGovernanceRetention may lift `GOVERNANCE`; nobody may lift `COMPLIANCE`. */
  readonly mode: 'GOVERNANCE' | 'COMPLIANCE';
  /** Until when the version cannot be removed, milliseconds since 1970 UTC. */
  readonly untilMs: number;
}

/** The store's clock when it answered, milliseconds since 1970 UTC in whole seconds; 0 when it does not say. */
type StoreMs = number;

export interface PutRequest {
  readonly bucket: string;
  readonly key: string;
  readonly body: Uint8Array | string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly tagging?: Readonly<Record<string, string>>;
}

export interface PutAnswer {
  /** Empty when the bucket keeps no versions. */
  readonly versionId: string;
  readonly etag: string;
  readonly storeMs: StoreMs;
}

export interface DeleteAnswer {
  /** Of what was deleted, or of the delete marker that was put before it; empty when unversioned. */
  readonly versionId: string;
  readonly isDeleteMarker: boolean;
}

export interface VersionsRequest {
  readonly bucket: string;
  readonly prefix: string;
  /** From the page before; with an empty version id: only keys after this one. */
  readonly after?: VersionMarker;
  /** 1 to 1,000, the default. */
  readonly maxKeys?: number;
}

export interface VersionMarker {
  readonly key: string;
  readonly versionId: string;
}

export interface VersionsPage {
  readonly versions: readonly ListedVersion[];
  /** Present when there is more. */
  readonly next?: VersionMarker;
  readonly isTruncated: boolean;
}

export interface ListedVersion {
  readonly key: string;
  /** Empty when unversioned. */
  readonly versionId: string;
  readonly isLatest: boolean;
  readonly isDeleteMarker: boolean;
  /** Without quotes; empty for a delete marker. */
  readonly etag: string;
  readonly sizeBytes: number;
  /** Milliseconds since 1970 UTC, 0 when the store does not say. */
  readonly modifiedMs: number;
}

/** Whether a fault says that the object itself, or its version, is gone, and not its bucket. */
export function isObjectGone(error: unknown): boolean {
  return isCausedBy(error, 'NoSuchKey') || isCausedBy(error, 'NoSuchVersion');
}

/** Whether a fault says that the object no longer has the ETag that was asked for. */
export function isObjectReplaced(error: unknown): boolean {
  return isCausedBy(error, 'PreconditionFailed');
}

function isCausedBy(error: unknown, name: string): boolean {
  return error instanceof Fault && error.cause instanceof Error && error.cause.name === name;
}
