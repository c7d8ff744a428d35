import type { BatchDescription, FormatName } from '../formats/format.ts';

/**
 * A place facts come from. A source offers batches; it learns through `acknowledge` that a batch is stored
 * (or rejected and kept), and only then forgets it: deletes the message, advances the cursor.
 * It may offer the same batch again at any time; loading is idempotent.
 */
export interface Source {
  /** Unique in the configuration; shown to people. */
  readonly name: string;
  readonly kind: SourceKind;
  /** What it watches, for people: a path, an `s3://` URI. */
  readonly location: string;
  /**
   * Offers what is new, oldest first, waits, and goes on until the signal aborts, or until nothing is left
   * when `follow` is false. Pausing the iteration is the back-pressure: a source never reads ahead more than
   * its own bounded number of fetches.
   */
  batches(run: SourceRun): AsyncIterable<OfferedBatch>;
  /** What the source knows about itself, for the page and the CLI. */
  status(): SourceStatus;
  /** Present when bytes are sent to it over HTTP. */
  readonly inlet?: Inlet;
  /** Says what is still to be said after the last acknowledgement. */
  close?(): Promise<void>;
}

export type SourceKind =
  | 'files'
  | 'bucket-listing'
  | 'queue'
  | 'webhook'
  | 'cloudwatch'
  | 'estate'
  | 'replication-check';

export interface SourceRun {
  readonly follow: boolean;
  readonly signal: AbortSignal;
}

export interface OfferedBatch {
  /** Where it is: a `file://` or `s3://` URI; shown, and part of the identity when `etag` is known. */
  readonly origin: string;
  /** What tells its content apart without reading it; absent when only the bytes can tell. */
  readonly etag?: string;
  /** Its identity in the ledger, for a rejected batch whose same bytes are offered again. */
  readonly identity?: string;
  /** When the store got it, milliseconds since 1970 UTC: an object's LastModified, a file's mtime; absent when unknown. */
  readonly deliveredMs?: number;
  /** Named by the configuration or the user; guessed from the bytes when absent. */
  readonly format?: FormatName;
  /** Of the store whose events these are: bucket ids become `<namespace>:<bucket>`. Absent for a store without. */
  readonly namespace?: string;
  /** What is known of it from beside its bytes: what a manifest says. */
  readonly description?: BatchDescription;
  /** Why it cannot be loaded, when its source knows already: it is rejected with this reason and its bytes are kept. */
  readonly refusal?: string;
  readonly content: BatchContent;
  /** Called once the batch is stored, was stored before, or is rejected and kept. */
  acknowledge(): Promise<void>;
  /** Called when it could not be fetched; the source says so in its status and offers it again later. */
  failed(reason: string): void;
}

export type BatchContent =
  /** A regular file that stays where it is until the batch is acknowledged: read in place, never copied. */
  | { readonly kind: 'file'; readonly path: string }
  /** Bytes that have to be fetched: written to the spool and synced before they count as arrived. */
  | { readonly kind: 'stream'; open(signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> };

export interface SourceStatus {
  readonly state: 'idle' | 'reading' | 'waiting' | 'failing' | 'done';
  /** Why it fails, when it does. */
  readonly message: string;
  /** Milliseconds since 1970 UTC of the last time the source looked, 0 before the first. */
  readonly lastCheckedMs: number;
  /** What the source has cost so far: requests by kind, e.g. `{ LIST: 3, GET: 120 }`. Empty for local files. */
  readonly requests: Readonly<Record<string, number>>;
  /** How many messages wait, once it is known. */
  readonly queue?: QueueStatus;
}

/** Messages of a queue, approximate. */
export interface QueueStatus {
  readonly waiting: number;
  readonly inFlight: number;
  readonly delayed: number;
  /** Age of the oldest message that is received and not stored yet; absent when there is none. */
  readonly oldestAgeMs?: number;
  /** Name of the dead-letter queue; absent when there is none. */
  readonly deadLetterQueue?: string;
  /** Messages in it; absent when we may not ask. */
  readonly deadLetters?: number;
}

/** A message that is neither an announcement nor events: kept, so that the queue need not. */
export interface ParkedMessage {
  readonly source: string;
  readonly messageId: string;
  readonly reason: string;
  readonly body: string;
  readonly receivedMs: number;
}

export interface Parking {
  /** Resolves when it is stored. The same message parked again for the same reason changes nothing. */
  park(message: ParkedMessage): Promise<void>;
}

/** Where a source takes in what is sent to it over HTTP. */
export interface Inlet {
  /** Header with the HMAC-SHA256 of the body; absent when senders show the secret itself. */
  readonly signatureHeader?: string;
  /** Compares in constant time. */
  isSecret(given: string): boolean;
  /** The signature in hexadecimal digits, `sha256=` before it or not. Compares in constant time. */
  isSignature(given: string, body: Uint8Array): boolean;
  /** Offers a body and waits until it is in the ledger or parked. */
  take(body: Uint8Array): Promise<InletAnswer>;
}

export type InletAnswer =
  /** The ledger has it, loaded or rejected, under this identity. */
  | { readonly kind: 'settled'; readonly identity: string }
  /** It is for nobody here: kept among the parked messages, with the reason. */
  | { readonly kind: 'parked'; readonly reason: string }
  /** Not taken in: to be sent again later. */
  | { readonly kind: 'refused'; readonly reason: string };
