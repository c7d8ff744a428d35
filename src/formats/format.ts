import type { Migration } from '../engine/migrate.ts';
import type { Parse, RecordUnit, RowLayout } from '../engine/engine.ts';

/** Names of all formats, as configuration, command line and API take them. */
export const FORMAT_NAMES = [
  'access-log',
  'cloudtrail',
  'cloudtrail-digest',
  's3-event',
  'minio-audit',
  'rgw-ops-log',
  'store-metrics',
  'bucket-config',
  'inventory',
  'object-status',
] as const;

export type FormatName = (typeof FORMAT_NAMES)[number];

/**
 * How the raw bytes of a batch read. One folder per format, listed in `all.ts`:
 * `NNN-*.sql` (the fact table, the parsed Null table, one view each into facts, rejects and tallies; formats of requests
 * share those in `requests.ts`),
 * one or more SELECTs over `{records}` that give the parsed table's columns, and fixtures in pairs.
 *
 * The SELECTs never throw, whatever the bytes: a record it cannot read comes out with a `reject_reason`.
 */
export interface Format {
  readonly name: FormatName;
  /** For people: "server access log". */
  readonly title: string;
  readonly unit: RecordUnit;
  /** The Null table that takes the rows of `parses`. */
  readonly parsedTable: string;
  /** What reads the records, in order: the fast way first, then the careful one over what the fast way left. */
  readonly parses: readonly Parse[];
  readonly migrations: readonly Migration[];
  /** The format in whose folders it lies: it is also recognised where that one is named. */
  readonly beside?: FormatName;
  /** Whether the SHA-256 of the uncompressed content goes into the ledger: somebody vouches for it. */
  readonly isHashed?: boolean;
  /** Whether a batch that begins like this (decompressed, up to 64 KiB) and has this name is of this format. */
  recognises(sample: BatchSample): boolean;
  /**
   * For message-sized formats: turns the whole batch into one JSON record a line before it is loaded.
   * Absent for bulk formats, whose bytes go to the engine as they are. Buckets are those of the namespace, if one is given.
   */
  readonly decode?: (bytes: Buffer, namespace?: string) => Buffer;
}

/** What the SELECTs of `parses` may ask for as query parameters. */
export interface ParseParams {
  /** Services whose CloudTrail events become facts, e.g. `s3.amazonaws.com`; `*` for all. */
  readonly event_sources: readonly string[];
}

export const DEFAULT_PARSE_PARAMS: ParseParams = {
  event_sources: ['s3.amazonaws.com', 's3express.amazonaws.com', 's3-outposts.amazonaws.com'],
};

/**
 * What is known of a batch from beside its bytes: what a manifest says of a file that it lists. Formats of unit `row` need
 * one; it goes with the batch until the ledger has it.
 */
export interface BatchDescription {
  readonly rows: RowLayout;
  /** Values for parameters of the format's SELECTs. */
  readonly params: Readonly<Record<string, string | number>>;
  /** What its bytes must be as they arrive, as far as somebody says. */
  readonly md5?: string;
  readonly sizeBytes?: number;
}

export interface BatchSample {
  /** File name or object key, without `.gz`. */
  readonly name: string;
  readonly head: Buffer;
}
