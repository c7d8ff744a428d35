/** Reports of S3 Inventory in a bucket: found by listing, named to a command, announced to a queue. */
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type App, openApp } from '../src/app.ts';
import { configSchema } from '../src/config/schema.ts';
import { systemClock } from '../src/lib/clock.ts';
import { silentLog } from '../src/lib/log.ts';
import { openQueue } from '../src/s3/queue-client.ts';
import { openBucketListing } from '../src/sources/bucket-listing.ts';
import { openCursorFiles } from '../src/sources/bucket-listing-cursor.ts';
import { openQueueSource } from '../src/sources/queue.ts';
import type { Source } from '../src/sources/source.ts';
import { type Fauxqs, startFauxqs } from './fauxqs.ts';
import { installPyArrow, type ReportSpec, writeReport } from './inventory/reports.ts';
import { notification } from './s3-messages.ts';
import { keptFolder, tempFolder } from './temp.ts';

const CONFIG = 'reports/media/daily/';
const REPORT = `${CONFIG}2026-05-03T01-00Z/`;

const missing = installPyArrow();

describe.skipIf(missing !== undefined)(
  `inventory reports in a bucket${missing ? `: ${missing}` : ''}`,
  () => {
    const data = keptFolder();
    let cloud: Fauxqs;
    let app: App;
    beforeAll(async () => {
      cloud = await startFauxqs();
      app = await openApp(configSchema.parse({ data }), {}, { clock: systemClock, log: silentLog });
    });
    afterAll(async () => {
      await app.close();
      await cloud.stop();
      rmSync(data, { recursive: true, force: true });
    });

    /** Puts a report into a bucket of its own; gives the bucket and the keys. */
    async function bucketWith(
      spec: Omit<ReportSpec, 'root'>,
      without: RegExp = /^$/,
    ): Promise<{ bucket: string; files: Map<string, Buffer> }> {
      const root = tempFolder();
      writeReport({ root, ...spec });
      const paths = readdirSync(root, { recursive: true, encoding: 'utf8' });
      const files = new Map(
        paths
          .map((path) => join(root, path))
          .filter((path) => statSync(path).isFile())
          .map((path) => [relative(root, path), readFileSync(path)]),
      );
      const bucket = await cloud.bucketWith([]);
      for (const [key, bytes] of files) if (!without.test(key)) await put(bucket, key, bytes);
      return { bucket, files };
    }

    const put = (bucket: string, key: string, bytes: Buffer): Promise<void> =>
      cloud.put(bucket, [key.replaceAll('=', '%3D')], bytes);

    function listing(uri: string): Source {
      return openBucketListing(
        { name: uri, uri, pollMs: 0, discoverMs: 0 },
        { s3: cloud.connect(), clock: systemClock, cursors: openCursorFiles(tempFolder()) },
      );
    }

    const ingest = (source: Source) => app.ingest(source, new AbortController().signal);

    test.each(['CSV', 'Parquet', 'ORC'] as const)(
      '%s: found below a prefix, named by its folder and its manifest',
      async (format) => {
        const { bucket } = await bucketWith({ format });
        expect(await ingest(listing(`s3://${bucket}/reports/`))).toMatchObject({
          loaded: 2,
          facts: 50,
          offered: 2,
        });
        for (const location of [REPORT, `${REPORT}manifest.json`, `${CONFIG}hive/`]) {
          expect(await ingest(listing(`s3://${bucket}/${location}`))).toMatchObject({ offered: 2, known: 2 });
        }
        const [row] = await app.engine.query(
          `select count() as batches, countIf(delivered_at is null) as undated from batches where origin like 's3://${bucket}/${CONFIG}data/%'`,
        );
        expect(row).toEqual({ batches: 2, undated: 0 });
      },
    );

    test('a report that is in the ledger is not looked into again', async () => {
      const { bucket } = await bucketWith({ format: 'ORC' });
      const source = listing(`s3://${bucket}/reports/`);
      await ingest(source);
      const before = { ...source.status().requests };
      expect(await ingest(source)).toMatchObject({ offered: 0 });
      const { LIST = 0, GET = 0 } = source.status().requests;
      expect({ GET: GET - (before['GET'] ?? 0) }).toEqual({ GET: 0 });
      // reports/, media/, daily/, hive/
      expect({ LIST: LIST - (before['LIST'] ?? 0) }).toEqual({ LIST: 4 });
    });

    test('a data file that is not there yet is said, and the report is offered again', async () => {
      const { bucket, files } = await bucketWith({ format: 'Parquet' }, /-1\.parquet$/);
      const source = listing(`s3://${bucket}/reports/`);
      expect(await ingest(source)).toMatchObject({ loaded: 1, failed: 1 });
      expect(source.status()).toMatchObject({
        state: 'failing',
        message: expect.stringContaining('the report names it and it is not there') as string,
      });
      const late = [...files].find(([key]) => key.endsWith('-1.parquet'));
      if (late !== undefined) await put(bucket, ...late);
      expect(await ingest(source)).toMatchObject({ loaded: 1, known: 1, failed: 0 });
      expect(source.status()).toMatchObject({ state: 'done', message: '' });
    });

    test('data files without a manifest are left alone and told', async () => {
      const { bucket } = await bucketWith({ format: 'CSV', manifest: false }, /hive/);
      const source = listing(`s3://${bucket}/reports/`);
      expect(await ingest(source)).toMatchObject({ offered: 0 });
      expect(source.status().message).toMatch(/^2 files \(first .*\) are left alone: /);
    });

    test('a manifest leads nowhere but below its own folder', async () => {
      const { bucket, files } = await bucketWith({ format: 'Parquet', files: 1 });
      const manifest = JSON.parse(files.get(`${REPORT}manifest.json`)?.toString() ?? '') as object;
      const foreign = {
        ...manifest,
        files: [{ key: '../../../../etc/passwd' }, { key: 'media/x/../../secret.parquet' }],
      };
      await put(bucket, `${REPORT}manifest.json`, Buffer.from(JSON.stringify(foreign)));
      await cloud.remove(bucket, `${REPORT}manifest.checksum`);
      const source = listing(`s3://${bucket}/${REPORT}`);
      expect(await ingest(source)).toMatchObject({ offered: 2, failed: 2, loaded: 0 });
      // The last to fail is told: they are read at the same time.
      expect(source.status().message).toMatch(/(?:data\/passwd|secret\.parquet): the report names it/);
      expect(source.status().message).toContain(`s3://${bucket}/${CONFIG}`);
    });

    test('announced to a queue it is loaded by its manifest; its data files wait for that', async () => {
      const { bucket, files } = await bucketWith({ format: 'CSV' });
      const keys = [...files.keys()].filter((key) => !key.includes('hive'));
      const queue = await cloud.queueWith(keys.map((key) => notification({ bucket, key })));
      const connection = openQueue({ ...cloud.options, url: queue.url });
      const source = openQueueSource(
        { name: 'q', messages: 'announcements', logs: [], receivers: 1, visibilityMs: 30_000 },
        {
          queue: connection,
          s3: cloud.connect(),
          clock: systemClock,
          parking: { park: (message) => Promise.reject(new Error(message.reason)) },
        },
      );
      expect(await ingest(source)).toMatchObject({ loaded: 2, known: 2, facts: 50, rejected: 0, failed: 0 });
      expect(source.status().message).toBe(
        'Left out on purpose: 2 × data file of an inventory report, which its manifest offers.',
      );
      await source.close?.();
      expect(await queue.depth()).toEqual({ waiting: 0, inFlight: 0 });
    });
  },
);
