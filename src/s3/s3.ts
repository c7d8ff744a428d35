/** What we ask of an S3 store, in our words; everything that names the AWS SDK is behind it. */
import { Fault } from '../lib/fault.ts';

/** A connection to one store. Failures are `Fault`s that name the bucket or key and never hold a secret. */
export interface S3 {
  /** One page of a bucket's keys, in order of their UTF-8 bytes. */
  listPage(request: ListRequest, signal: AbortSignal): Promise<ListPage>;
  /** The bytes of one object; its `body` must be read to the end or returned from. */
  getObject(request: ObjectRequest, signal: AbortSignal): Promise<S3Object>;
  /** Requests sent so far by kind, repeats included: `{ LIST: 3, GET: 120 }`. */
  readonly requests: Readonly<Record<string, number>>;
  close(): void;
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
  /** Read only while it still has this ETag; else see `isObjectReplaced`. */
  readonly etag?: string;
}

export interface S3Object {
  readonly body: AsyncIterable<Uint8Array>;
  /** Without quotes; empty when the store gives none. */
  readonly etag: string;
  readonly sizeBytes: number;
}

/** Whether a fault says that the object itself is gone, and not its bucket. */
export function isObjectGone(error: unknown): boolean {
  return isCausedBy(error, 'NoSuchKey');
}

/** Whether a fault says that the object no longer has the ETag that was asked for. */
export function isObjectReplaced(error: unknown): boolean {
  return isCausedBy(error, 'PreconditionFailed');
}

function isCausedBy(error: unknown, name: string): boolean {
  return error instanceof Fault && error.cause instanceof Error && error.cause.name === name;
}
