/** What every engine must do, run against each of them: the library in this process and two real nodes. */
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openCluster } from '../src/engine/cluster.ts';
import { openEmbedded } from '../src/engine/embedded.ts';
import { Fault } from '../src/lib/fault.ts';
import type { Engine, FileLoad, RowEncoding } from '../src/engine/engine.ts';
import { migrate, statementsOf } from '../src/engine/migrate.ts';
import { accessLog } from '../src/formats/access-log/format.ts';
import { cloudtrail } from '../src/formats/cloudtrail/format.ts';
import { inventory } from '../src/formats/inventory/format.ts';
import { describe as describeReport, layoutOf } from '../src/formats/inventory/manifest.ts';
import { rgwOpsLog } from '../src/formats/rgw-ops-log/format.ts';
import { MIGRATIONS } from '../src/migrations.ts';
import { startNodes, unavailableReason } from './cluster-nodes/nodes.ts';
import { accessLogLines } from './log-lines.ts';
import { keptFolder, tempFolder } from './temp.ts';

interface Opened {
  readonly engine: Engine;
  close(): Promise<void>;
}

const ENGINES: readonly {
  readonly name: string;
  readonly missing: string | undefined;
  readonly open: () => Promise<Opened>;
}[] = [
  { name: 'embedded', missing: undefined, open: openOne },
  { name: 'cluster of two nodes', missing: unavailableReason(), open: openTwoNodes },
];

async function openOne(): Promise<Opened> {
  const folder = keptFolder();
  const engine = openEmbedded({ folder, memoryBytesMax: 1_200_000_000 });
  return {
    engine,
    close: async () => {
      await engine.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function openTwoNodes(): Promise<Opened> {
  const nodes = await startNodes(2);
  const engine = await openCluster({
    urls: nodes.urls,
    cluster: nodes.clusterName,
    database: 'contract',
    replicated: false,
  });
  return {
    engine,
    close: async () => {
      await engine.close();
      await nodes.stop();
    },
  };
}

/** Files of rows, written by an engine that is closed before the suites begin. */
const rowFiles = keptFolder();
const ROWS_MAX = 300_000;
beforeAll(async () => {
  const opened = await openOne();
  const rows = `select 'rows' as bucket, concat('key ', toString(number)) as key, number as size from numbers(${ROWS_MAX})`;
  for (const [encoding, name] of ROW_ENCODINGS) {
    await opened.engine.command(
      `insert into function file('${rowFiles}/${encoding}', '${name}', 'bucket String, key String, size UInt64') ${rows}`,
    );
  }
  await opened.close();
}, 60_000);
afterAll(() => rmSync(rowFiles, { recursive: true, force: true }));

describe.each(ENGINES)('engine: $name', ({ missing, open }) => {
  if (missing !== undefined) {
    test.skip(`left out: ${missing}`, () => {});
    return;
  }
  let opened: Opened;
  let engine: Engine;
  beforeAll(async () => {
    opened = await open();
    engine = opened.engine;
    await migrate(MIGRATIONS, engine);
  }, 60_000);
  afterAll(() => opened.close());

  test('query() binds parameters and gives rows', async () => {
    const rows = await engine.query('select {text:String} as text, {list:Array(UInt32)} as list', {
      params: { text: "it's \\ \n", list: [1, 2] },
    });
    expect(rows).toEqual([{ text: "it's \\ \n", list: [1, 2] }]);
  });

  test('query() keeps integers beyond 2^53 exact', async () => {
    expect(await engine.query('select toUInt64(18446744073709551615) as id, 12 as small')).toEqual([
      { id: '18446744073709551615', small: 12 },
    ]);
  });

  test('query() refuses wrong SQL as invalid', async () => {
    await expect(engine.query('selekt 1')).rejects.toMatchObject({ code: 'invalid', retry: false });
  });

  test('query() stops at the row limit', async () => {
    await expect(
      engine.query('select number from numbers(1000)', { limits: { resultRows: 10 } }),
    ).rejects.toMatchObject({ code: 'limit' });
  });

  test('a query that failed leaves nothing behind for the next one', async () => {
    for (let time = 0; time < 20; time += 1) {
      const tooLong = engine.query('select number from numbers(200000)', { limits: { resultRows: 100_000 } });
      await expect(tooLong).rejects.toMatchObject({ code: 'limit' });
      expect(await engine.query('select 1 as one')).toEqual([{ one: 1 }]);
    }
  });

  test('query() stops at the time limit', async () => {
    const slow = engine.query('select count() from numbers(1000000000000) where number % 7 = 3', {
      limits: { timeMs: 300 },
    });
    await expect(slow).rejects.toMatchObject({ code: 'limit' });
  });

  test('query() stops at the memory limit', async () => {
    const big = engine.query('select length(groupArray(number)) as n from numbers(50000000)', {
      limits: { memoryBytes: 20_000_000 },
    });
    await expect(big).rejects.toMatchObject({ code: 'limit' });
  });

  test('an abandoned call is released at once and the engine goes on', async () => {
    const stop = new AbortController();
    const abandoned = engine.query('select count() from numbers(3000000000) where number % 7 = 3', {
      signal: stop.signal,
    });
    setTimeout(() => stop.abort(new Error('gone')), 50);
    await expect(abandoned).rejects.toThrow();
    expect(await engine.query('select 1 as one')).toEqual([{ one: 1 }]);
  });

  test('migrate() twice applies nothing the second time', async () => {
    expect(await migrate(MIGRATIONS, engine)).toEqual([]);
  });

  test('a step that alters a table may run again, as after a crash amid it', async () => {
    const steps = MIGRATIONS.map(({ sql }) => statementsOf(sql));
    const altering = steps.filter((statements) => statements.some((one) => one.startsWith('alter')));
    for (const statement of altering.flat()) await engine.applyDdl(statement);
    const day = {
      bucket: 'stored',
      statistic: 'Average',
      period_seconds: 86_400,
      time: '2026-11-20 00:00:00',
    };
    const rows = ['StandardStorage', 'GlacierStorage'].map((storage_type) => ({ ...day, storage_type }));
    for (let time = 0; time < 2; time += 1) await engine.insertRows({ table: 'store_metrics', rows });
    expect(
      await engine.query("select storage_type from store_metrics where bucket = 'stored' order by all"),
    ).toEqual([{ storage_type: 'GlacierStorage' }, { storage_type: 'StandardStorage' }]);
  });

  test('migrate() refuses a step whose text has changed', async () => {
    const [first] = MIGRATIONS;
    const edited = MIGRATIONS.map((migration) =>
      migration === first ? { ...migration, sql: `${migration.sql}\nselect 1;` } : migration,
    );
    await expect(migrate(edited, engine)).rejects.toMatchObject({ code: 'conflict' });
  });

  test('migrate() refuses a store that has steps this version does not know', async () => {
    await expect(migrate(MIGRATIONS.slice(1), engine)).rejects.toMatchObject({ code: 'conflict' });
  });

  test('insertRows() with the same token twice inserts once', async () => {
    const row = {
      batch_id: '7',
      source: 's',
      origin: 'o',
      identity: 'i',
      format: 'f',
      state: 'loaded',
      loaded_at: '2026-01-01 00:00:00.000',
    };
    for (let time = 0; time < 2; time += 1)
      await engine.insertRows({ table: 'batches', rows: [row], token: 'once' });
    expect(await engine.query("select count() as n from batches where identity = 'i'")).toEqual([{ n: 1 }]);
  });

  test('loadFiles() of many small files, some compressed, twice loads every line once', async () => {
    const load = smallLoad(40, 25);
    for (let time = 0; time < 2; time += 1) await engine.loadFiles(load);
    expect(await totals(engine, 'small')).toEqual({ facts: 1000, rolled: 1000, tallied: 1000, batches: 40 });
  });

  test('loadFiles() binds the parameters of its parses', async () => {
    const folder = tempFolder();
    const record = { eventID: 'bound', eventTime: '2026-01-01T00:00:00Z', eventSource: 'x', eventName: 'X' };
    writeFileSync(join(folder, '78.batch'), JSON.stringify({ Records: [record] }));
    await engine.loadFiles({
      table: cloudtrail.parsedTable,
      parses: cloudtrail.parses,
      unit: cloudtrail.unit,
      folder,
      files: ['78.batch'],
      large: false,
      token: 'bound',
      params: { event_sources: ["it's \\", 'x'] },
    });
    expect(await engine.query("select event_source from api_calls where event_id = 'bound'")).toEqual([
      { event_source: 'x' },
    ]);
  });

  test('loadFiles() of a file of several blocks twice loads every line once', {
    timeout: 120_000,
  }, async () => {
    const load = largeLoad(420_000);
    for (let time = 0; time < 2; time += 1) await engine.loadFiles(load, { limits: { timeMs: 100_000 } });
    expect(await totals(engine, 'large')).toEqual({
      facts: 420_000,
      rolled: 420_000,
      tallied: 420_000,
      batches: 1,
    });
  });

  test('loadFiles() of a large file whose lines give several rows twice loads every row once', {
    timeout: 120_000,
  }, async () => {
    const folder = tempFolder();
    writeFileSync(join(folder, '79.batch'), opsLog(150_000));
    const load: FileLoad = {
      table: rgwOpsLog.parsedTable,
      parses: rgwOpsLog.parses,
      unit: rgwOpsLog.unit,
      folder,
      files: ['79.batch'],
      large: true,
      token: 'ops-log',
    };
    for (let time = 0; time < 2; time += 1) await engine.loadFiles(load, { limits: { timeMs: 100_000 } });
    const [row] = await engine.query(
      `select count() as facts, uniqExact(line_number, record_number) as places,
        (select sum(requests) from requests_1m where bucket = 'ops') as rolled,
        (select sum(facts) from batch_tallies where batch_id = 79) as tallied
       from requests where bucket = 'ops'`,
    );
    expect(row).toEqual({ facts: 210_000, places: 210_000, rolled: 210_000, tallied: 210_000 });
  });

  test.each(ROW_ENCODINGS)(
    'loadFiles() of rows in %s, several blocks, twice loads every row once',
    {
      timeout: 120_000,
    },
    async (encoding) => {
      const load = rowLoad({ encoding, bytes: readFileSync(join(rowFiles, encoding)), report: 'whole' });
      for (let time = 0; time < 2; time += 1) await engine.loadFiles(load, { limits: { timeMs: 100_000 } });
      expect(await rowTotals(engine, `${encoding}/whole`)).toEqual(wholeTotals());
    },
  );

  test.each(ROW_ENCODINGS)(
    'loadFiles() of rows in %s that was cut in the middle loads every row once',
    {
      timeout: 120_000,
    },
    async (encoding) => {
      const load = rowLoad({ encoding, bytes: readFileSync(join(rowFiles, encoding)), report: 'cut' });
      // Cut ever later, as fast machines come further: the first is too short for any.
      const codes: unknown[] = [];
      for (const timeMs of [10, 100, 200, 450]) {
        const cut = engine.loadFiles(load, { limits: { timeMs } });
        codes.push(
          await cut.then(
            () => 'loaded',
            (error: unknown) => (error instanceof Fault ? error.code : error),
          ),
        );
      }
      expect(codes[0]).toBe('limit');
      expect(codes.filter((code) => code !== 'limit' && code !== 'loaded')).toEqual([]);
      await engine.loadFiles(load, { limits: { timeMs: 100_000 } });
      expect(await rowTotals(engine, `${encoding}/cut`)).toEqual(wholeTotals());
    },
  );

  test.each(ROW_ENCODINGS)(
    'loadFiles() of rows in %s that break off is invalid and stores nothing',
    async (encoding, _name, breakOff) => {
      const bytes = breakOff(readFileSync(join(rowFiles, encoding)));
      const load = rowLoad({ encoding, bytes, report: 'broken' });
      await expect(engine.loadFiles(load)).rejects.toMatchObject({ code: 'invalid' });
      expect(await rowTotals(engine, `${encoding}/broken`)).toMatchObject({ facts: 0 });
    },
  );

  test('loadFiles() of CSV takes columns in the order it is told, compressed, short and long rows alike', async () => {
    const csv = '"1","x","a ""b""","left out"\n"2","x"\n"","x","c","","","more"\n';
    const order = ['size', '', 'key', ''];
    const load = rowLoad({
      encoding: 'csv',
      bytes: gzipSync(csv),
      report: 'order',
      order,
      name: '5.batch.gz',
    });
    await engine.loadFiles(load);
    const rows = await engine.query(
      "select record_number, bucket, key, size_bytes from inventory_objects where report = 'csv/order' order by record_number",
    );
    expect(rows).toEqual([
      { record_number: 1, bucket: 'csv', key: 'a "b"', size_bytes: 1 },
      { record_number: 3, bucket: 'csv', key: 'c', size_bytes: null },
    ]);
    expect(await engine.query('select line_number, reason from rejects where batch_id = 5')).toEqual([
      { line_number: 2, reason: 'no key' },
    ]);
  });

  test.each(ESCAPES)('untrusted SQL cannot %s', async (_what, sql) => {
    await expect(engine.query(sql, { untrusted: true })).rejects.toMatchObject({
      code: expect.stringMatching(/^(denied|invalid)$/) as string,
    });
  });

  test('untrusted SQL reads tables, joins and names them', async () => {
    expect(await engine.query('select count() as n from requests where 0', { untrusted: true })).toEqual([
      { n: 0 },
    ]);
    expect(await engine.query('show tables', { untrusted: true })).toContainEqual({ name: 'requests' });
    expect(
      await engine.query('with x as (select 1 as a) select a from x -- a comment', { untrusted: true }),
    ).toEqual([{ a: 1 }]);
  });
});

const ROW_ENCODINGS: readonly (readonly [RowEncoding, string, (bytes: Buffer) => Buffer])[] = [
  ['csv', 'CSV', (bytes) => Buffer.concat([bytes, Buffer.from('"rows"no comma\n')])],
  ['parquet', 'Parquet', (bytes) => bytes.subarray(0, bytes.length / 2)],
  ['orc', 'ORC', (bytes) => bytes.subarray(0, bytes.length / 2)],
];

interface RowFile {
  readonly encoding: RowEncoding;
  readonly bytes: Buffer;
  readonly report: string;
  readonly order?: readonly string[];
  readonly name?: string;
}

function rowLoad(file: RowFile): FileLoad {
  const { encoding, bytes, report, order = ['bucket', 'key', 'size'], name = '4.batch' } = file;
  const folder = tempFolder();
  writeFileSync(join(folder, name), bytes);
  const { rows, params } = describeReport(
    { sourceBucket: encoding, configId: report, createdMs: Date.UTC(2026, 0, 1) },
    layoutOf(encoding),
  );
  return {
    table: inventory.parsedTable,
    parses: inventory.parses,
    unit: inventory.unit,
    rows: encoding === 'csv' ? { ...rows, order } : rows,
    folder,
    files: [name],
    large: true,
    token: `${encoding}-${report}`,
    params: { ...params, is_key_encoded: 0, namespace: '' },
  };
}

/** Of what was loaded under a report, repeated rows counted: `final` would hide them. */
async function rowTotals(engine: Engine, report: string): Promise<unknown> {
  const [row] = await engine.query(
    `select count() as facts, uniqExact(record_number) as places, min(record_number) as first, max(record_number) as last,
       sum(size_bytes) as bytes
     from inventory_objects where report = {report:String} settings final = 0`,
    { params: { report } },
  );
  return row;
}

function wholeTotals(): object {
  const bytes = (ROWS_MAX * (ROWS_MAX - 1)) / 2;
  return { facts: ROWS_MAX, places: ROWS_MAX, first: 1, last: ROWS_MAX, bytes };
}

const ESCAPES: readonly (readonly [string, string])[] = [
  ['read a file through a table function', "select * from file('/etc/passwd', 'LineAsString')"],
  ['read a file through a function', "select file('/etc/passwd')"],
  ['read a file through a column transformer', "select * apply(file) from (select '/etc/passwd' as path)"],
  ['read a file in a lambda', "select arrayMap(path -> file(path), ['/etc/passwd'])"],
  ['describe a file', "describe file('/etc/passwd')"],
  ['reach a URL', "select * from url('http://127.0.0.1:1/', 'LineAsString')"],
  ['reach S3', "select * from s3('http://127.0.0.1:1/bucket/key', 'LineAsString')"],
  ['reach another server', "select * from remote('127.0.0.1', 'system.one')"],
  ['write a file', "select 1 into outfile '/tmp/bucketwatch-escape'"],
  [
    'close the brackets around it',
    "select 1) into outfile '/tmp/bucketwatch-escape'; select * from (select 1",
  ],
  ['run two statements', 'select 1; select 2'],
  ['insert', "insert into rejects (line) values ('x')"],
  ['drop', 'drop table requests'],
  ['kill queries', 'kill query where 1'],
  ['read system tables', 'select * from system.processes'],
  ['read system tables through merge', "select * from merge('system', '.*')"],
  ['read the information schema', 'select * from information_schema.tables'],
  ['lift its limits', 'select 1 settings readonly = 0'],
  ['lift its limits inside', 'select * from (select 1 settings max_execution_time = 0)'],
];

function smallLoad(files: number, linesEach: number): FileLoad {
  const folder = tempFolder();
  const names: string[] = [];
  for (let index = 0; index < files; index += 1) {
    const text = accessLogLines({ seed: index, count: linesEach }).replaceAll(' bucket-', ' small-');
    const name = `${1000 + index}.batch${index % 2 === 0 ? '' : '.gz'}`;
    writeFileSync(join(folder, name), index % 2 === 0 ? text : gzipSync(text));
    names.push(name);
  }
  return {
    table: accessLog.parsedTable,
    parses: accessLog.parses,
    unit: 'line',
    folder,
    files: names,
    large: false,
    token: 'small-load',
  };
}

function largeLoad(lines: number): FileLoad {
  const folder = tempFolder();
  mkdirSync(join(folder, 'origin'));
  writeFileSync(
    join(folder, 'origin', 'big.log'),
    accessLogLines({ seed: 9, count: lines }).replaceAll(' bucket-', ' large-'),
  );
  symlinkSync(join(folder, 'origin', 'big.log'), join(folder, '77.batch'));
  return {
    table: accessLog.parsedTable,
    parses: accessLog.parses,
    unit: 'line',
    folder,
    files: ['77.batch'],
    large: true,
    token: 'large-load',
  };
}

/** Entries of an ops log, a line each; every fifth deletes two keys and so gives three rows. */
function opsLog(lines: number): string {
  const entry = (operation: string, index: number, more: object = {}): string =>
    JSON.stringify({
      bucket: 'ops',
      object: `${index}.txt`,
      time: `2026-03-01T10:${String(index % 60).padStart(2, '0')}:00.5Z`,
      operation,
      http_status: '200',
      ...more,
    });
  const deleted = { op_data: { objects: [{ key: 'a' }, { key: 'b' }] } };
  return Array.from({ length: lines }, (_, index) =>
    index % 5 === 0 ? entry('multi_object_delete', index, deleted) : entry('get_obj', index),
  ).join('\n');
}

async function totals(engine: Engine, prefix: string): Promise<unknown> {
  const [row] = await engine.query(
    `select
       (select count() from requests where startsWith(bucket, '${prefix}')) as facts,
       (select sum(requests) from requests_1m where startsWith(bucket, '${prefix}')) as rolled,
       (select sum(facts) from batch_tallies where batch_id ${prefix === 'large' ? '= 77' : 'between 1000 and 2000'}) as tallied,
       (select count() from batch_tallies where batch_id ${prefix === 'large' ? '= 77' : 'between 1000 and 2000'}) as batches`,
  );
  return row;
}
