/** The engine outside: ClickHouse servers, reached over HTTP, with every table spread over a cluster's shards. */
import { createHash, randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { Fault } from '../lib/fault.ts';
import { loadFault, readFault } from './clickhouse-error.ts';
import { clusterFault, isNotListening } from './cluster-fault.ts';
import {
  NEWER,
  ONE_BLOCK,
  READ,
  SAME_BLOCKS,
  BLOCK_BODIES,
  WRITE,
  type Settings,
} from './cluster-settings.ts';
import { baseName, clashingView, clusterDdl, viewEdge } from './ddl.ts';
import type { ViewEdge } from './ddl.ts';
import type { CallOptions, Engine, FileLoad, RowInsert } from './engine.ts';
import { DEFAULT_LIMITS } from './engine.ts';
import { blockRows, checkStatement, loadStatement } from './cluster-load.ts';
import { framesOf, rowBytesOf } from './frames.ts';
import { ROW_SETTINGS } from './records.ts';
import { guardPeopleSql } from './people-sql.ts';
import { parseRows } from './rows.ts';

export interface ClusterConfig {
  /** HTTP addresses of all nodes, every replica of every shard: each is told of the schema for itself. */
  readonly urls: readonly string[];
  /** Name of the cluster in the servers' `remote_servers`. */
  readonly cluster: string;
  readonly database: string;
  readonly username?: string;
  readonly password?: string;
  /** True when shards have replicas; see `ClusterLayout`. */
  readonly replicated: boolean;
  /** Longest silence of a node during a call, in milliseconds; default 11 minutes. */
  readonly requestTimeoutMs?: number;
  /** The user people's SQL runs as. It needs `select` on the database, nothing else, and no read-only profile. */
  readonly reader?: { readonly username: string; readonly password: string };
}

type Client = ReturnType<typeof createClient>;

/** Connects to every node, creates the database where it is missing and checks that the cluster is as configured. */
export async function openCluster(config: ClusterConfig): Promise<Engine> {
  for (const [what, name] of [
    ['cluster', config.cluster],
    ['database', config.database],
  ] as const) {
    if (!/^[\w-]+$/.test(name))
      throw new Fault('invalid', `Cannot use the ${what}: its name must be a word, got "${name}"`);
  }
  if (config.urls.length === 0)
    throw new Fault('invalid', 'Cannot use the cluster: no address of a node is given.');
  const clients = config.urls.map((url) => createClient(clientOptions(config, url)));
  try {
    for (const url of config.urls) await createDatabase(config, url);
    const [first] = clients;
    if (first !== undefined) await checkNodes(config, first);
    return new ClusterEngine(config, clients, first === undefined ? new Set() : await knownSettings(first));
  } catch (error) {
    await Promise.all(clients.map((client) => client.close()));
    throw clusterFault(error);
  }
}

const REQUEST_TIMEOUT_MS = 660_000;
/** How long a node may take beyond the call's time limit to say that it was reached. */
const GRACE_MS = 5_000;
const DDL_MS = 600_000;
class ClusterEngine implements Engine {
  readonly kind = 'cluster';
  readonly #config: ClusterConfig;
  readonly #clients: readonly Client[];
  readonly #newer: Settings;
  readonly #running = new Set<Promise<unknown>>();
  #turn = 0;
  #closed: Promise<void> | undefined;

  constructor(config: ClusterConfig, clients: readonly Client[], known: ReadonlySet<string>) {
    this.#config = config;
    this.#clients = clients;
    this.#newer = Object.fromEntries(Object.entries(NEWER).filter(([name]) => known.has(name)));
  }

  async query<Row>(sql: string, options: CallOptions = {}): Promise<Row[]> {
    this.#turn = (this.#turn + 1) % this.#clients.length;
    const first = this.#turn;
    if (options.untrusted !== true) return parseRows<Row>(await this.#read(sql, { ...options, first }));
    const params = options.params ?? {};
    const limits = { ...options.limits, resultRows: DEFAULT_LIMITS.resultRows };
    const guarded = await guardPeopleSql(sql, (statement, own = {}) =>
      this.#read(statement, { ...options, limits, params: { ...params, ...own }, first }),
    );
    return parseRows<Row>(await this.#read(guarded, { ...options, first }));
  }

  async command(sql: string, options: CallOptions = {}): Promise<void> {
    if (/^\s*(?:insert|select|with)\b/i.test(sql)) return this.#write(sql, { ...options, first: 0 });
    await this.#onEveryNode(sql, options);
  }

  async insertRows(insert: RowInsert, options: CallOptions = {}): Promise<void> {
    if (insert.rows.length === 0) return;
    const lines = insert.rows.map((row) => JSON.stringify(row)).join('\n');
    await this.#write(`insert into ${insert.table} format JSONEachRow`, {
      ...options,
      first: this.#nodeOf(insert.token ?? ''),
      body: () => Readable.from([Buffer.from(lines)]),
      settings: {
        ...SAME_BLOCKS,
        min_insert_block_size_rows: ONE_BLOCK,
        max_insert_block_size: ONE_BLOCK,
        date_time_input_format: 'best_effort',
        ...(insert.token === undefined ? {} : { insert_deduplication_token: insert.token }),
      },
    });
  }

  async loadFiles(load: FileLoad, options: CallOptions = {}): Promise<void> {
    const bytes = load.rows === undefined ? () => framesOf(load) : () => rowBytesOf(load);
    const body = (): Readable => Readable.from(bytes(), { objectMode: false });
    const settings = load.rows === undefined ? SAME_BLOCKS : { ...SAME_BLOCKS, ...ROW_SETTINGS };
    const first = this.#nodeOf(load.token);
    if (load.rows !== undefined) {
      const check = this.#write(checkStatement(load, load.rows), { ...options, first, body, settings });
      await check.catch((error: unknown) => {
        throw readFault(error);
      });
    }
    for (const [index, parse] of load.parses.entries()) {
      const fromFiles = parse.from === undefined;
      const insert = this.#write(loadStatement(load, parse), {
        ...options,
        ...(load.params === undefined ? {} : { params: load.params }),
        first,
        ...(fromFiles ? { body } : {}),
        settings: {
          ...settings,
          min_insert_block_size_rows: blockRows(load),
          max_insert_block_size: BLOCK_BODIES,
          insert_deduplication_token: `${load.token}/${index}`,
        },
      });
      await insert.catch((error: unknown) => {
        throw loadFault(error);
      });
    }
  }

  async applyDdl(statement: string): Promise<void> {
    const edge = viewEdge(statement);
    if (edge !== undefined) refuseClash(edge, await this.#viewEdges());
    await this.#onEveryNode(statement, { limits: { timeMs: DDL_MS } });
  }

  close(): Promise<void> {
    this.#closed ??= (async () => {
      // A call that ends by being aborted leaves its cancelling behind.
      while (this.#running.size > 0) await Promise.allSettled(this.#running);
      await Promise.all(this.#clients.map((client) => client.close()));
    })();
    return this.#closed;
  }

  /** The node a token's rows are sent through: always the same. */
  #nodeOf(token: string): number {
    return createHash('sha256').update(token).digest().readUInt32BE() % this.#clients.length;
  }

  async #onEveryNode(sql: string, options: CallOptions): Promise<void> {
    const isSimple = /^\s*create\b/i.test(sql);
    const sharded = isSimple ? new Set<string>() : await this.#shardedTables();
    for (const statement of clusterDdl(sql.trim(), { ...this.#config, sharded })) {
      for (const node of this.#clients.keys()) await this.#write(statement, { ...options, only: node });
    }
  }

  /** Tables that have rows of their own on some node. All are asked, as one may have been left half changed. */
  async #shardedTables(): Promise<ReadonlySet<string>> {
    const sql = 'select name from system.tables where database = currentDatabase()';
    const answers = await Promise.all([...this.#clients.keys()].map((only) => this.#read(sql, { only })));
    const names = answers.flatMap((answer) => parseRows<{ name: string }>(answer)).map(({ name }) => name);
    return new Set(names.flatMap((name) => baseName(name) ?? []));
  }

  async #viewEdges(): Promise<ViewEdge[]> {
    const rows = parseRows<ViewEdge>(await this.#read(VIEW_EDGES, { only: 0 }));
    return rows.filter((edge) => edge.to !== '');
  }

  #read(sql: string, call: Call): Promise<string> {
    const limits = { ...DEFAULT_LIMITS, ...call.limits };
    const settings = {
      ...READ,
      max_result_rows: limits.resultRows,
      ...(call.untrusted === true ? { readonly: 1 } : {}),
    };
    const auth = call.untrusted === true && this.#config.reader ? { auth: this.#config.reader } : {};
    return this.#run({ ...call, settings }, async (client, shared) => {
      const { stream } = await client.exec({ query: sql, ...shared, ...auth });
      return text(stream);
    });
  }

  async #write(sql: string, call: Call): Promise<void> {
    const settings = { ...this.#newer, ...(call.settings ?? WRITE) };
    await this.#run({ ...call, settings }, async (client, shared) => {
      if (call.body === undefined) {
        await client.command({ query: sql, ...shared });
        return;
      }
      const body = call.body();
      try {
        const { stream } = await client.exec({ query: sql, values: body, ...shared });
        await text(stream);
      } finally {
        body.destroy();
      }
    });
  }

  /** One bounded call. A node that nobody listens at hands over to the next, unless the call is for it `only`. */
  async #run<Result>(call: Call, send: Send<Result>): Promise<Result> {
    if (this.#closed !== undefined) {
      throw new Fault('unavailable', 'Cannot use the store: it is closing.', { retry: false });
    }
    const first = call.only ?? call.first ?? 0;
    const count = call.only === undefined ? this.#clients.length : 1;
    let failure: unknown;
    for (let index = 0; index < count; index += 1) {
      const client = this.#clients[(first + index) % this.#clients.length];
      if (client === undefined) break;
      try {
        return await this.#track(this.#runOn(client, call, send));
      } catch (error) {
        failure = error;
        if (!isNotListening(error)) break;
      }
    }
    throw failure;
  }

  async #runOn<Result>(client: Client, call: Call, send: Send<Result>): Promise<Result> {
    call.signal?.throwIfAborted();
    const { timeMs, memoryBytes } = { ...DEFAULT_LIMITS, ...call.limits };
    const timeout = AbortSignal.timeout(timeMs + GRACE_MS);
    const signal = call.signal === undefined ? timeout : AbortSignal.any([call.signal, timeout]);
    const queryId = randomUUID();
    try {
      return await send(client, {
        abort_signal: signal,
        query_id: queryId,
        ...(call.params === undefined ? {} : { query_params: { ...call.params } }),
        clickhouse_settings: {
          ...call.settings,
          max_execution_time: timeMs / 1000,
          max_memory_usage: `${memoryBytes}`,
        },
      });
    } catch (error) {
      if (!signal.aborted) throw clusterFault(error);
      void this.#track(cancel(client, queryId));
      call.signal?.throwIfAborted();
      throw new Fault('unavailable', `Cannot reach the engine: no answer within ${timeMs + GRACE_MS} ms.`);
    }
  }

  #track<Result>(run: Promise<Result>): Promise<Result> {
    this.#running.add(run);
    const forget = (): void => void this.#running.delete(run);
    run.then(forget, forget);
    return run;
  }
}

interface Call extends CallOptions {
  readonly settings?: Settings;
  /** The bytes behind the statement, made anew for each try. */
  readonly body?: () => Readable;
  /** The node that is tried first. */
  readonly first?: number;
  /** The node that is meant. */
  readonly only?: number;
}

interface Shared {
  readonly abort_signal: AbortSignal;
  readonly query_id: string;
  readonly query_params?: Record<string, unknown>;
  readonly clickhouse_settings: Record<string, string | number>;
}

type Send<Result> = (client: Client, shared: Shared) => Promise<Result>;

function clientOptions(config: ClusterConfig, url: string): NonNullable<Parameters<typeof createClient>[0]> {
  return {
    url,
    database: config.database,
    request_timeout: config.requestTimeoutMs ?? REQUEST_TIMEOUT_MS,
    application: 'bucketwatch',
    log: { level: ClickHouseLogLevel.OFF },
    ...(config.username === undefined ? {} : { username: config.username }),
    ...(config.password === undefined ? {} : { password: config.password }),
  };
}

async function createDatabase(config: ClusterConfig, url: string): Promise<void> {
  const client = createClient({ ...clientOptions(config, url), database: 'default' });
  try {
    await client.command({ query: `create database if not exists \`${config.database}\`` });
  } finally {
    await client.close();
  }
}

async function checkNodes(config: ClusterConfig, client: Client): Promise<void> {
  const [row] = await rowsOf<{ nodes: number; engine: string }>(
    client,
    `select (select count() from system.clusters where cluster = '${config.cluster}') as nodes,
      (select engine from system.databases where name = currentDatabase()) as engine`,
  );
  const nodes = row?.nodes ?? 0;
  const known = `Cannot use the cluster ${config.cluster}:`;
  if (nodes === 0)
    throw new Fault('invalid', `${known} the servers do not know it; see their remote_servers.`);
  const spreadsDdl = /^(?:Replicated|Shared)$/.test(row?.engine ?? '');
  if (nodes === config.urls.length || spreadsDdl) return;
  const message = `${known} it has ${nodes} nodes, and every one is needed, got ${config.urls.length} addresses`;
  throw new Fault('invalid', message);
}

async function knownSettings(client: Client): Promise<ReadonlySet<string>> {
  const rows = await rowsOf<{ name: string }>(client, 'select name from system.settings');
  return new Set(rows.map(({ name }) => name));
}

async function rowsOf<Row>(client: Client, query: string): Promise<Row[]> {
  const clickhouse_settings = { output_format_json_quote_64bit_integers: 0 } as const;
  const result = await client.query({ query, format: 'JSONEachRow', clickhouse_settings });
  return parseRows<Row>(await result.text());
}

/** Ends a call's work on the server. It may be done, or never have come there: both are as good. */
async function cancel(client: Client, queryId: string): Promise<void> {
  const query = 'kill query where query_id = {id:String} async';
  const abort_signal = AbortSignal.timeout(GRACE_MS);
  await client.command({ query, query_params: { id: queryId }, abort_signal }).catch(() => undefined);
}

/** Views of this database with the table whose inserts they see and the one they write to. */
const VIEW_EDGES = `select
  view,
  tables.name as from,
  extract(views.create_table_query, ' TO (?:\`?\\\\w+\`?\\\\.)?\`?(\\\\w+)') as to
from system.tables as tables
array join dependencies_table as view
join (select name as view, create_table_query from system.tables where database = currentDatabase()) as views using view
where tables.database = currentDatabase()`;

function refuseClash(edge: ViewEdge, edges: readonly ViewEdge[]): void {
  const clash = clashingView(edge, edges);
  if (clash === undefined) return;
  throw new Fault(
    'unsupported',
    `Cannot create the view ${edge.view}: an insert that it carries to ${edge.to} is also carried there by ${clash}, ` +
      'and a cluster would take the rows of one for a repetition of the other. Make one view of both.',
  );
}
