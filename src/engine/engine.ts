/**
 * The port to the engine: ClickHouse in this process (`embedded.ts`) or a ClickHouse cluster (`cluster.ts`).
 * One contract suite (`test/engine-contract.ts`) runs against both.
 *
 * Every call is bounded by `Limits`. A call whose signal aborts rejects at once; the engine finishes or
 * cancels the work behind it and is never left in a state where closing it would lose data.
 * Failures are `Fault`s: `invalid` for SQL it refuses, `limit` for a limit reached, `unavailable` for the rest.
 */
export interface Engine {
  readonly kind: 'embedded' | 'cluster';
  /** Rows of a SELECT. Integers beyond 2^53 arrive as strings, DateTime as `YYYY-MM-DD hh:mm:ss` in UTC. */
  query<Row>(sql: string, options?: CallOptions): Promise<Row[]>;
  /** Runs a statement that returns nothing: DDL, INSERT ... SELECT, ALTER. */
  command(sql: string, options?: CallOptions): Promise<void>;
  /** Inserts rows as one block; the same `token` twice changes nothing. */
  insertRows(insert: RowInsert, options?: CallOptions): Promise<void>;
  /**
   * Loads files through a format's parses; the same `token` with the same files twice changes nothing. A file of rows is read
   * to its end before anything of it is stored, so one that cannot be read (`invalid`) leaves nothing behind.
   */
  loadFiles(load: FileLoad, options?: CallOptions): Promise<void>;
  /** Runs one statement of a migration, in this engine's variant (see `ddl.ts`). */
  applyDdl(statement: string): Promise<void>;
  /** Waits for what runs, then lets go. Idempotent. */
  close(): Promise<void>;
}

export interface CallOptions {
  /** Values for `{name:Type}` placeholders. */
  readonly params?: Readonly<Record<string, unknown>>;
  readonly limits?: Partial<Limits>;
  readonly signal?: AbortSignal;
  /** The text comes from a person: read-only, no files, URLs, servers or system secrets (see `people-sql.ts`). */
  readonly untrusted?: boolean;
}

export interface Limits {
  readonly timeMs: number;
  readonly memoryBytes: number;
  readonly resultRows: number;
}

export const DEFAULT_LIMITS: Limits = { timeMs: 30_000, memoryBytes: 1_000_000_000, resultRows: 100_000 };

export interface RowInsert {
  readonly table: string;
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  readonly token?: string;
}

export interface Parse {
  /**
   * A SELECT over `{records}`, which stands for a subquery with the columns `batch_id UInt64`,
   * `line_number UInt64` (from 1) and `line String` (without its end; the whole text for a document).
   * Blank lines are left out. Of unit `row` it has `batch_id`, `line_number` and the layout's columns instead of `line`.
   */
  readonly select: string;
  /** A table with these columns in which a parse before left records of the load; absent: the records of the files. */
  readonly from?: string;
}

/** How a file reads: every line a record, the whole file one document, or a table of rows, as its layout says. */
export type RecordUnit = 'line' | 'document' | 'row';

/** How a file of rows reads. */
export interface RowLayout {
  readonly encoding: RowEncoding;
  /** What is read, each `Nullable(String)` of its text; null where the file has no such column. Words of a-z and _. */
  readonly columns: readonly string[];
  /** Of CSV, the columns in the order of the file: names among `columns`, anything else is passed over. */
  readonly order?: readonly string[];
}

export type RowEncoding = 'csv' | 'parquet' | 'orc';

export interface FileLoad {
  /** The Null table the rows are inserted into; its views do the rest. */
  readonly table: string;
  /** Inserted one after the other. */
  readonly parses: readonly Parse[];
  readonly unit: RecordUnit;
  readonly folder: string;
  /** Names of files in `folder`: `<batch id in decimal>.batch`, with `.gz` behind it when compressed. */
  readonly files: readonly string[];
  /** Present for unit `row`; then there is exactly one file, and it is stored in as many blocks as it needs. */
  readonly rows?: RowLayout;
  /** True when the load is too big for one block; then there is exactly one file, not a document. */
  readonly large: boolean;
  readonly token: string;
  /** Query parameters of the parses. */
  readonly params?: Readonly<Record<string, unknown>>;
}
