/** Reports of S3 Inventory, written by PyArrow and Python, from their folders to facts and evidence. */
import { appendFileSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type App, openApp } from '../src/app.ts';
import { configSchema } from '../src/config/schema.ts';
import { systemClock } from '../src/lib/clock.ts';
import { silentLog } from '../src/lib/log.ts';
import type { Batch, IngestResult } from '../src/serve/api.ts';
import { openSource } from '../src/sources/all.ts';
import {
  FIELDS,
  type Field,
  installPyArrow,
  type ReportSpec,
  type WrittenReport,
  type WrittenRow,
  writeReport,
} from './inventory/reports.ts';
import { keptFolder, tempFolder } from './temp.ts';

const FORMATS = ['CSV', 'Parquet', 'ORC'] as const;
const CURRENT: readonly Field[] = FIELDS.filter(
  (field) => !['VersionId', 'IsLatest', 'IsDeleteMarker'].includes(field),
);

/** One store for all: every test has an inventory configuration of its own. */
const data = keptFolder();
let app: App;
beforeAll(async () => {
  app = await openApp(configSchema.parse({ data }), {}, { clock: systemClock, log: silentLog });
});
afterAll(async () => {
  await app.close();
  rmSync(data, { recursive: true, force: true });
});

let written = 0;

function write(
  spec: Omit<ReportSpec, 'root' | 'config'> & { root?: string },
): WrittenReport & { config: string } {
  written += 1;
  const config = `config-${written}`;
  return { ...writeReport({ root: tempFolder(), config, ...spec }), config };
}

async function ingest(...paths: string[]): Promise<IngestResult> {
  const response = await app.api.request('/api/v1/ingest', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ paths }),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(JSON.stringify(answer));
  return answer as IngestResult;
}

async function rejectedReasons(config: string): Promise<string[]> {
  const response = await app.api.request('/api/v1/batches?state=rejected');
  const { rows } = (await response.json()) as { rows: Batch[] };
  return rows.filter(({ origin }) => origin.includes(`/${config}/`)).map(({ reason }) => reason);
}

/** What the store has, in the words of the report. */
function storedRows(config: string): Promise<object[]> {
  return app.engine.query(
    `select bucket as Bucket, key as Key, version_id as VersionId, is_latest as IsLatest, is_delete_marker as IsDeleteMarker,
       size_bytes as Size, last_modified as LastModifiedDate, etag as ETag, storage_class as StorageClass,
       is_multipart_uploaded as IsMultipartUploaded, replication_status as ReplicationStatus,
       encryption_status as EncryptionStatus, object_lock_retain_until as ObjectLockRetainUntilDate,
       object_lock_mode as ObjectLockMode, legal_hold as ObjectLockLegalHoldStatus, tier as IntelligentTieringAccessTier,
       bucket_key_status as BucketKeyStatus, checksum_algorithm as ChecksumAlgorithm, report, report_time
     from inventory_objects where report = {report:String}
     order by inventory_objects.key, inventory_objects.version_id`,
    { params: { report: `media/${config}` } },
  );
}

/** The same of what was written; a field that the report leaves out has its default. */
function expectedRows({ rows, config }: { rows: readonly WrittenRow[]; config: string }): object[] {
  const flag = (text: string | undefined): number | null => (text ? Number(text === 'true') : null);
  const time = (text: string | undefined): string | null =>
    text ? text.replace('T', ' ').replace('Z', '') : null;
  return rows
    .map((row) => ({
      ...Object.fromEntries(FIELDS.map((field) => [field, row[field] ?? ''])),
      Bucket: 'media',
      IsLatest: flag(row.IsLatest) ?? 1,
      IsDeleteMarker: flag(row.IsDeleteMarker) ?? 0,
      IsMultipartUploaded: flag(row.IsMultipartUploaded),
      Size: row.Size ? Number(row.Size) : null,
      LastModifiedDate: time(row.LastModifiedDate),
      ObjectLockRetainUntilDate: time(row.ObjectLockRetainUntilDate),
      report: `media/${config}`,
      report_time: '2026-05-03 01:00:00.000',
    }))
    .sort((left, right) => Buffer.compare(Buffer.from(keyOf(left)), Buffer.from(keyOf(right))));
}

function keyOf(row: object): string {
  return (row as { Key: string }).Key;
}

const missing = installPyArrow();

describe.skipIf(missing !== undefined)(`inventory reports of PyArrow${missing ? `: ${missing}` : ''}`, () => {
  describe.each(FORMATS)('%s', (format) => {
    test.each<readonly [what: string, fields: readonly Field[], future: boolean]>([
      ['all versions, every field', FIELDS, false],
      ['current versions, every field', CURRENT, false],
      ['keys alone', ['Bucket', 'Key'], false],
      [
        'all versions, no optional field',
        ['Bucket', 'Key', 'VersionId', 'IsLatest', 'IsDeleteMarker'],
        false,
      ],
      ['a column of the future', FIELDS, true],
    ])('has every row as it was written: %s', async (_what, fields, future) => {
      const report = write({ format, fields, future });
      expect(await ingest(report.folder)).toMatchObject({ batches: 2, facts: 50, rejects: 0, notes: [] });
      expect(await storedRows(report.config)).toEqual(expectedRows(report));
    });

    test('with no rows is loaded and has no facts', async () => {
      const { manifestPath } = write({ format, rows: 0, files: 1 });
      expect(await ingest(manifestPath)).toMatchObject({ batches: 1, facts: 0, rejected_batches: 0 });
    });

    test('again changes nothing, from the manifest, its folder and its symlink.txt', async () => {
      const { folder, manifestPath, ...report } = write({ format });
      expect(await ingest(manifestPath)).toMatchObject({ batches: 2, known: 0 });
      const symlink = join(folder, 'hive/dt=2026-05-03-01-00/symlink.txt');
      for (const path of [manifestPath, dirname(manifestPath), symlink]) {
        expect(await ingest(path)).toMatchObject({ batches: 0, known: 2, facts: 0 });
      }
      expect(await storedRows(report.config)).toEqual(expectedRows(report));
    });

    test('with a damaged data file rejects that file alone, and takes it once it is mended', async () => {
      const { folder, manifestPath, config } = write({ format });
      const [first = ''] = readdirSync(join(folder, 'data')).sort();
      const path = join(folder, 'data', first);
      const good = readFileSync(path);
      const bad = Buffer.from(good);
      bad.writeUInt8(bad.readUInt8(40) ^ 1, 40);
      writeFileSync(path, bad);
      expect(await ingest(manifestPath)).toMatchObject({ batches: 1, rejected_batches: 1, facts: 25 });
      expect(await rejectedReasons(config)).toEqual([
        expect.stringMatching(/^its MD5 is [0-9a-f]{32}, and its manifest says [0-9a-f]{32}$/),
      ]);
      writeFileSync(path, good);
      expect(await ingest(manifestPath)).toMatchObject({ batches: 1, known: 1, facts: 25 });
    });

    test('with a data file cut short says how long it should be', async () => {
      const { folder, manifestPath, config } = write({ format, files: 1 });
      const [name = ''] = readdirSync(join(folder, 'data'));
      truncateSync(join(folder, 'data', name), 100);
      expect(await ingest(manifestPath)).toMatchObject({ rejected_batches: 1, facts: 0 });
      expect(await rejectedReasons(config)).toEqual([
        expect.stringMatching(/^has 100 bytes, and its manifest says \d+$/),
      ]);
    });

    test('whose bytes are as the manifest says and cannot be read stores nothing of them', async () => {
      const { folder, manifestPath, config } = write({ format, files: 1 });
      const [name = ''] = readdirSync(join(folder, 'data'));
      truncateSync(join(folder, 'data', name), 400);
      const manifest = JSON.parse(readFileSync(manifestPath, 'utf8')) as { files: [{ key: string }] };
      manifest.files = [{ key: manifest.files[0].key }];
      writeFileSync(manifestPath, JSON.stringify(manifest));
      rmSync(join(dirname(manifestPath), 'manifest.checksum'));
      expect(await ingest(manifestPath)).toMatchObject({ rejected_batches: 1, facts: 0 });
      expect(await rejectedReasons(config)).toEqual([
        expect.stringMatching(/^(?:damaged gzip|Cannot read the file): /),
      ]);
    });

    test('with a data file that is not there is a failure, and is taken once it is', async () => {
      const { folder, manifestPath } = write({ format });
      const [first = ''] = readdirSync(join(folder, 'data')).sort();
      const path = join(folder, 'data', first);
      const bytes = readFileSync(path);
      rmSync(path);
      const result = await ingest(manifestPath);
      expect(result).toMatchObject({ batches: 1, failed: 1, facts: 25 });
      expect(result.notes).toEqual([expect.stringContaining('the report names it and it is not there')]);
      writeFileSync(path, bytes);
      expect(await ingest(manifestPath)).toMatchObject({ batches: 1, known: 1, failed: 0, facts: 25 });
    });
  });

  test('a manifest that is not what manifest.checksum says is rejected, and nothing of its report is loaded', async () => {
    const { manifestPath, config } = write({ format: 'Parquet' });
    appendFileSync(manifestPath, ' ');
    expect(await ingest(manifestPath)).toMatchObject({ rejected_batches: 1, facts: 0 });
    expect(await rejectedReasons(config)).toEqual([
      expect.stringMatching(/^its MD5 is [0-9a-f]{32}, and manifest\.checksum says "[0-9a-f]{32}"$/),
    ]);
  });

  test('data files without a manifest beside them are left alone and told', async () => {
    const { folder } = write({ format: 'Parquet', manifest: false });
    rmSync(join(folder, 'hive'), { recursive: true });
    const result = await ingest(folder);
    expect(result).toMatchObject({ batches: 0, rejected_batches: 0 });
    expect(result.notes).toEqual([expect.stringMatching(/^2 files \(first .*\) are left alone: /)]);
  });

  test.each(['Parquet', 'ORC'] as const)('a symlink.txt alone is enough for %s', async (format) => {
    const { folder, ...report } = write({ format, manifest: false });
    expect(await ingest(join(folder, 'hive'))).toMatchObject({ batches: 2, facts: 50 });
    expect(await storedRows(report.config)).toEqual(expectedRows(report));
  });

  test('a symlink.txt alone is refused for CSV, with the reason', async () => {
    const { folder, config } = write({ format: 'CSV', manifest: false });
    expect(await ingest(join(folder, 'hive'))).toMatchObject({ rejected_batches: 1, facts: 0 });
    expect(await rejectedReasons(config)).toEqual([
      expect.stringContaining('CSV reads only with the manifest.json'),
    ]);
  });

  test('a rejected data file is read again as its manifest says', async () => {
    const { folder, manifestPath, config } = write({ format: 'CSV', files: 1 });
    const [name = ''] = readdirSync(join(folder, 'data'));
    const path = join(folder, 'data', name);
    const good = readFileSync(path);
    truncateSync(path, 200);
    expect(await ingest(manifestPath)).toMatchObject({ rejected_batches: 1 });
    writeFileSync(path, good);
    const signal = new AbortController().signal;
    expect(await app.retryRejected(signal)).toMatchObject({ loaded: 1, facts: 50 });
    expect(await rejectedReasons(config)).toEqual([]);
  });

  test('reports of two days with the same bytes are two reports', async () => {
    const { folder, config } = write({ format: 'Parquet' });
    writeReport({ root: join(folder, '../../..'), config, format: 'Parquet', time: '2026-05-04T01:00' });
    expect(await ingest(folder)).toMatchObject({ batches: 4, facts: 100 });
    const days = await app.engine.query(
      'select report_time, count() as n from inventory_objects where report = {report:String} group by report_time order by 1',
      { params: { report: `media/${config}` } },
    );
    expect(days).toEqual([
      { report_time: '2026-05-03 01:00:00.000', n: 50 },
      { report_time: '2026-05-04 01:00:00.000', n: 50 },
    ]);
  });

  test('of a store with a namespace has bucket ids', async () => {
    const { folder, config } = write({ format: 'CSV', source: 'named' });
    const source = openSource(
      { kind: 'files', name: 'b', path: folder, format: 'inventory', namespace: 'siteB', poll: 1000 },
      { clock: systemClock, folder: data, parking: { park: async () => {} } },
    );
    expect(await app.ingest(source, new AbortController().signal)).toMatchObject({ loaded: 2, facts: 50 });
    const rows = await app.engine.query(
      'select distinct bucket from inventory_objects where report = {report:String}',
      { params: { report: `named/${config}` } },
    );
    expect(rows).toEqual([{ bucket: 'siteB:named' }]);
  });

  test('versions become evidence of replication, and those with a status are to be judged', async () => {
    const { manifestPath, rows } = write({ format: 'ORC', source: 'evidence' });
    await ingest(manifestPath);
    const withStatus = rows.filter(({ ReplicationStatus }) => ReplicationStatus !== '').length;
    expect(
      await app.engine.query("select count() as n from replication_touched where bucket = 'evidence'"),
    ).toEqual([{ n: withStatus }]);
    const [row] = await app.engine.query(
      `select created.1 as precision, modified, seen_at, last_seen_at, size, etag, replication_status, is_delete_marker, feeds
       from object_versions where bucket = 'evidence' and key = {key:String}`,
      { params: { key: rows[1]?.Key } },
    );
    const at = '2026-05-03 01:00:00.000';
    expect(row).toEqual({
      precision: 255,
      modified: '2026-05-01 23:59:59.998',
      seen_at: at,
      last_seen_at: at,
      size: [at, 1_000_003],
      etag: [at, rows[1]?.ETag],
      replication_status: [at, 'COMPLETED'],
      is_delete_marker: 0,
      feeds: 8,
    });
    expect(
      await app.engine.query("select count() as n from object_versions where bucket = 'evidence'"),
    ).toEqual([{ n: 50 }]);
  });

  test('a report of current versions is no evidence of versions it does not name', async () => {
    const { manifestPath, rows } = write({ format: 'CSV', fields: CURRENT, source: 'current' });
    await ingest(manifestPath);
    const without = rows.filter(({ ReplicationStatus }) => ReplicationStatus === '').length;
    expect(
      await app.engine.query("select count() as n from object_versions where bucket = 'current'"),
    ).toEqual([{ n: without }]);
    expect(
      await app.engine.query("select count() as n from replication_touched where bucket = 'current'"),
    ).toEqual([{ n: 0 }]);
  });
});
