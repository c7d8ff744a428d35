/** The engine in this process: chdb, ClickHouse as a library, with its data in one folder. */
import { Session, drainPending } from 'chdb';
import { Fault, reasonOf } from '../lib/fault.ts';
import { engineFault, loadFault, readFault } from './clickhouse-error.ts';
import { mendDeduplicationLogs } from './deduplication-log.ts';
import type { CallOptions, Engine, FileLoad, Limits, Parse, RowInsert, RowLayout } from './engine.ts';
import {
  ENCODINGS,
  ROWS_AT_ONCE,
  ROW_SETTINGS,
  recordsOfRows,
  recordsOfTable,
  rowCheck,
  rowStructure,
} from './records.ts';
import { DEFAULT_LIMITS } from './engine.ts';
import { Pool } from './pool.ts';
import { guardPeopleSql } from './people-sql.ts';
import { parseRows } from './rows.ts';

interface EmbeddedOptions {
  readonly folder: string;
  /** Ceiling for everything the engine allocates. */
  readonly memoryBytesMax: number;
}

/** Rows of a large file go to two streams in stretches of this many rows: the blocks that are inserted. */
const BLOCK_ROWS = 8192;
const STRETCH_ROWS = 16 * BLOCK_ROWS;
const STREAMS = 2;
const ONE_BLOCK = 1_000_000_000;
/** Connections: dashboards must not wait behind loads, and people's SQL is kept apart from both. */
const READERS = 3;
const WRITERS = 2;

/**
 * Opens the store in `folder`, which the caller must have claimed: what a kill left is mended first.
 * Throws `conflict` when another process holds it all the same.
 */
export function openEmbedded(options: EmbeddedOptions): Engine {
  mendDeduplicationLogs(options.folder);
  return new EmbeddedEngine(options);
}

class EmbeddedEngine implements Engine {
  readonly kind = 'embedded';
  readonly #readers: Pool<Connection>;
  readonly #writers: Pool<Connection>;
  readonly #people: Pool<Connection>;
  #closed: Promise<void> | undefined;

  constructor(options: EmbeddedOptions) {
    const open = (): Connection => new Connection(options);
    const writer = open();
    this.#writers = new Pool(WRITERS, open, [writer]);
    this.#readers = new Pool(READERS, open);
    this.#people = new Pool(1, open);
  }

  async query<Row>(sql: string, options: CallOptions = {}): Promise<Row[]> {
    if (options.untrusted === true) return this.#queryUntrusted<Row>(sql, options);
    return this.#readers.use(options.signal, async (connection) => {
      await connection.setLimits(limitsOf(options));
      return parseRows<Row>(await connection.run(sql, options.params));
    });
  }

  async command(sql: string, options: CallOptions = {}): Promise<void> {
    await this.#writers.use(options.signal, async (connection) => {
      await connection.setLimits(limitsOf(options));
      await connection.run(sql, options.params);
    });
  }

  async insertRows(insert: RowInsert, options: CallOptions = {}): Promise<void> {
    if (insert.rows.length === 0) return;
    await this.#writers.use(options.signal, async (connection) => {
      await connection.setLimits(limitsOf(options));
      await connection.insert(insert);
    });
  }

  async loadFiles(load: FileLoad, options: CallOptions = {}): Promise<void> {
    if (load.rows !== undefined) {
      await this.command(checkStatement(load, load.rows), options).catch((error: unknown) => {
        throw readFault(error);
      });
    }
    for (const [index, parse] of load.parses.entries()) {
      const statements = parseStatements(load, parse, index);
      const runs = statements.map((statement) =>
        this.#writers.use(options.signal, async (connection) => {
          await connection.setLimits(limitsOf(options));
          await connection.run(statement, load.params);
        }),
      );
      const failed = (await Promise.allSettled(runs)).find((result) => result.status === 'rejected');
      if (failed !== undefined) throw loadFault(failed.reason);
    }
  }

  async applyDdl(statement: string): Promise<void> {
    await this.command(statement, { limits: { timeMs: 600_000 } });
  }

  close(): Promise<void> {
    this.#closed ??= (async () => {
      await Promise.all([this.#readers.drain(), this.#writers.drain(), this.#people.drain()]);
      await drainPending();
    })();
    return this.#closed;
  }

  async #queryUntrusted<Row>(sql: string, options: CallOptions): Promise<Row[]> {
    return this.#people.use(options.signal, async (connection) => {
      await connection.restrict(limitsOf(options));
      const guarded = await guardPeopleSql(sql, (text, params) => connection.run(text, params));
      return parseRows<Row>(await connection.run(guarded, options.params));
    });
  }
}

/** One connection to the engine: settings are its own, and it runs one statement at a time. */
class Connection {
  readonly #session: Session;
  #limits = '';
  #isRestricted = false;

  constructor(options: EmbeddedOptions) {
    this.#session = openSession(options);
  }

  async run(sql: string, params?: Readonly<Record<string, unknown>>): Promise<string> {
    try {
      const format = { format: 'JSONEachRow' };
      const result =
        params === undefined
          ? await this.#session.queryAsync(sql, format)
          : await this.#session.queryBindAsync(sql, params, format);
      return result.text();
    } catch (error) {
      throw engineFault(error);
    }
  }

  async insert(insert: RowInsert): Promise<void> {
    const lines = insert.rows.map((row) => JSON.stringify(row)).join('\n');
    const settings: Record<string, string | number> = {
      ...DEDUPLICATION,
      date_time_input_format: 'best_effort',
    };
    if (insert.token !== undefined) settings['insert_deduplication_token'] = insert.token;
    try {
      await this.#session.insert({
        table: insert.table,
        values: Buffer.from(lines),
        format: 'JSONEachRow',
        settings,
      });
    } catch (error) {
      throw engineFault(error);
    }
  }

  async setLimits(limits: Limits): Promise<void> {
    const statement = `set ${settingsText({
      max_execution_time: limits.timeMs / 1000,
      max_memory_usage: limits.memoryBytes,
      max_result_rows: limits.resultRows,
      result_overflow_mode: 'throw',
      final: 1,
      storage_file_read_method: 'pread',
      max_partitions_per_insert_block: 0,
    })}`;
    if (statement === this.#limits) return;
    await this.run(statement);
    this.#limits = statement;
  }

  /** Takes away for good what people's SQL must not do; the limits are fixed with it. */
  async restrict(limits: Limits): Promise<void> {
    if (this.#isRestricted) return;
    await this.setLimits(limits);
    await this.run('set readonly = 1');
    this.#isRestricted = true;
  }

  close(): void {
    this.#session.close();
  }
}

function openSession(options: EmbeddedOptions): Session {
  try {
    return new Session(options.folder, {
      connectionArgs: [
        `--max_server_memory_usage=${options.memoryBytesMax}`,
        '--mark_cache_size=67108864',
        '--session_timezone=UTC',
      ],
    });
  } catch (error) {
    const reason = reasonOf(error);
    if (!/lock/i.test(reason)) throw engineFault(error);
    throw new Fault('conflict', `Cannot open the store in ${options.folder}: another process holds it.`, {
      cause: error,
    });
  }
}

const DEDUPLICATION = {
  insert_deduplicate: 1,
  deduplicate_blocks_in_dependent_materialized_views: 1,
} as const;

function limitsOf(options: CallOptions): Limits {
  return { ...DEFAULT_LIMITS, ...options.limits };
}

function settingsText(settings: Readonly<Record<string, string | number>>): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name} = ${typeof value === 'number' ? value : quoted(value)}`)
    .join(', ');
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

/**
 * A load that fits one block is one block: all of it is stored or nothing. A large file is read by two streams,
 * each taking every second stretch of rows and inserting each stretch as a block; one thread a stream and blocks cut
 * by row number make the same blocks of the same file every time, which is what deduplication by token needs.
 */
function parseStatements(load: FileLoad, parse: Parse, index: number): string[] {
  if (parse.from !== undefined) {
    const records = recordsOfTable(parse.from, load);
    return [insertStatement(load, { select: parse.select, records, token: `${index}/0`, threads: 1 })];
  }
  if (load.rows !== undefined) {
    const records = recordsOfRowFile(load, load.rows);
    return [insertStatement(load, { select: parse.select, records, token: `${index}/0`, threads: 1 })];
  }
  if (!load.large) {
    const records = recordsOfMany(load);
    return [insertStatement(load, { select: parse.select, records, token: `${index}/0`, threads: STREAMS })];
  }
  return Array.from({ length: STREAMS }, (_, stream) =>
    insertStatement(load, {
      select: parse.select,
      records: recordsOfOne(load, stream),
      token: `${index}/${stream}`,
      threads: 1,
    }),
  );
}

interface Insert {
  readonly select: string;
  readonly records: string;
  readonly token: string;
  readonly threads: number;
}

function insertStatement(load: FileLoad, insert: Insert): string {
  const settings = {
    ...DEDUPLICATION,
    input_format_parallel_parsing: 0,
    max_block_size: BLOCK_ROWS,
    max_threads: insert.threads,
    max_insert_threads: 1,
    min_insert_block_size_rows: blockRows(load),
    min_insert_block_size_bytes: 0,
    // Merging inside a block before it is written costs more than the merge later (ReplacingMergeTree: row by row).
    optimize_on_insert: 0,
    insert_deduplication_token: `${load.token}/${insert.token}`,
    ...(load.rows === undefined ? {} : ROW_SETTINGS),
  };
  const rows = insert.select.replace('{records}', () => `(${insert.records})`);
  return `insert into ${load.table} ${rows} settings ${settingsText(settings)}`;
}

const BATCH_ID = "toUInt64(splitByChar('.', _file)[1])";

function recordsOfMany(load: FileLoad): string {
  const path = quoted(`${load.folder}/${load.files.length === 1 ? load.files[0] : '*.batch*'}`);
  const files = `file(${path}, 'RawBLOB', 'body String')`;
  if (load.unit === 'document') {
    return `select ${BATCH_ID} as batch_id, toUInt64(1) as line_number, body as line from ${files}`;
  }
  return `select batch_id, line_number, line from (
    select ${BATCH_ID} as batch_id, splitByChar('\\n', body) as lines from ${files}
  ) array join arrayMap(piece -> trimRight(piece, '\\r'), lines) as line, arrayEnumerate(lines) as line_number
  where trimBoth(line) != ''`;
}

function recordsOfOne(load: FileLoad, stream: number): string {
  const path = quoted(`${load.folder}/${load.files[0]}`);
  return `select batch_id, line_number, line from (
    select ${BATCH_ID} as batch_id, _row_number + 1 as line_number, trimRight(record, '\\r') as line
    from file(${path}, 'LineAsString', 'record String')
    where intDiv(_row_number, ${STRETCH_ROWS}) % ${STREAMS} = ${stream}
  ) where trimBoth(line) != ''`;
}

function recordsOfRowFile(load: FileLoad, rows: RowLayout): string {
  const path = quoted(`${load.folder}/${load.files[0]}`);
  const reader = `file(${path}, '${ENCODINGS[rows.encoding]}', '${rowStructure(rows)}')`;
  return recordsOfRows(load, rows, reader);
}

function checkStatement(load: FileLoad, rows: RowLayout): string {
  const settings = { ...ROW_SETTINGS, input_format_parallel_parsing: 0, max_threads: 1 };
  return `${rowCheck(recordsOfRowFile(load, rows))} settings ${settingsText(settings)}`;
}

/** Rows that are inserted at a time. */
function blockRows(load: FileLoad): number {
  if (load.rows !== undefined) return ROWS_AT_ONCE;
  return load.large ? STRETCH_ROWS : ONE_BLOCK;
}
