/** What a look at one file of a backup gives beside its listing. */
import type { ContentCheck, ContentKind } from './content.ts';

/** What the store said of a file when its headers, and where that is wanted its ends, were read. */
export interface FileLook {
  /** Milliseconds since 1970 UTC. */
  readonly atMs: number;
  /** The store says it is not there. */
  readonly isGone: boolean;
  /** Why the store said nothing; empty when it did. */
  readonly problem: string;
  /** Absent when its ends were not to be read. */
  readonly content?: ContentCheck;
  /** Absent when it has no lock. */
  readonly lock?: { readonly mode: 'GOVERNANCE' | 'COMPLIANCE'; readonly untilMs: number };
  readonly isLegalHold: boolean;
  /** Header x-amz-replication-status; empty when there is none. */
  readonly replicationStatus: string;
}

export interface FileToLookAt {
  /** Bucket id. */
  readonly bucket: string;
  readonly key: string;
  /** Empty: the newest. */
  readonly versionId: string;
  readonly sizeBytes: number;
  /** What its ends are read for; absent: they are not. */
  readonly content?: ContentKind | 'auto';
}

/** Looks at files; nothing when no store has the bucket or no request may be sent now. */
export interface FileLooker {
  look(file: FileToLookAt, signal: AbortSignal): Promise<FileLook | undefined>;
}
