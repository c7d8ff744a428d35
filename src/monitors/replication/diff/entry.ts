/** What is compared: the entries of two sides, each in order of the UTF-8 bytes of their keys. */

export interface Entry {
  /** Below the side's prefix. */
  readonly key: string;
  readonly sizeBytes: number;
  /** Without quotes; empty when unknown. */
  readonly etag: string;
  /** Milliseconds since 1970 UTC, 0 when unknown. */
  readonly modifiedMs: number;
  readonly versionId?: string;
  /** As inventories say it: `SSE-S3`, `SSE-KMS`, ... */
  readonly encryption?: string;
}

/** One of the two places compared. */
export interface Side {
  /** For messages: `s3://bucket/prefix`. */
  readonly name: string;
  /** Keys of entries stand behind it in the bucket. */
  readonly prefix: string;
  /** Entries after the key `after` (empty: all), page by page. Throws a `Fault` when it cannot go on. */
  pages(after: string, signal: AbortSignal): AsyncGenerator<readonly Entry[]>;
}

/** A key with what each side has of it; one of them at least. */
export interface Pairing {
  readonly key: string;
  readonly source: Entry | undefined;
  readonly destination: Entry | undefined;
}
