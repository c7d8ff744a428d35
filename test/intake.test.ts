/** From files to ledger with the real engine: what is damaged, known, too large, changed, or offered again. */
import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { type App, openApp } from '../src/app.ts';
import { bornOf } from '../src/claim.ts';
import { configSchema } from '../src/config/schema.ts';
import { systemClock } from '../src/lib/clock.ts';
import { fileStamp, Spool } from '../src/intake/spool.ts';
import { silentLog } from '../src/lib/log.ts';
import type { Batch } from '../src/serve/api.ts';
import { openFiles } from '../src/sources/files.ts';
import { accessLogLines } from './log-lines.ts';
import { tempFolder } from './temp.ts';

const opened: App[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((app) => app.close()));
});

async function open(data: string, intake: Record<string, string> = {}): Promise<App> {
  const app = await openApp(configSchema.parse({ data, intake }), {}, { clock: systemClock, log: silentLog });
  opened.push(app);
  return app;
}

function ingest(app: App, path: string) {
  return app.ingest(
    openFiles({ name: 'test', path, pollMs: 0 }, { clock: systemClock }),
    new AbortController().signal,
  );
}

async function ledger(app: App): Promise<Batch[]> {
  const response = await app.api.request('/api/v1/batches');
  return ((await response.json()) as { rows: Batch[] }).rows;
}

async function count(app: App, table: string): Promise<number> {
  const [row] = await app.engine.query<{ n: number }>(`select count() as n from ${table}`);
  return row?.n ?? -1;
}

describe('damaged input is a rejected batch with its reason:', () => {
  const good = accessLogLines({ seed: 1, count: 2000 });
  test.each<readonly [what: string, name: string, bytes: Buffer, reason: RegExp]>([
    ['truncated gzip', 'a.gz', gzipSync(good).subarray(0, 5000), /^damaged gzip: unexpected end of file/],
    [
      'gzip with rubbish behind it',
      'a.gz',
      Buffer.concat([gzipSync(good), Buffer.from('rubbish')]),
      /^damaged gzip: /,
    ],
    ['empty file', 'a.log', Buffer.alloc(0), /^empty$/],
    ['wrong format', 'a.log', Buffer.from('<html>not a log</html>\n'), /of no known format/],
    [
      'one endless line',
      'a.log',
      Buffer.from(`${good.slice(0, 400).trim()}\n${'x'.repeat(2_000_000)}`),
      /line longer than the limit/,
    ],
    ['larger than the limit', 'a.log', Buffer.from(good.repeat(4)), /larger than the limit for one batch/],
    ['a zip bomb', 'a.gz', gzipSync(Buffer.alloc(80_000_000, 'x')), /expands beyond the limit/],
  ])('%s', async (_what, name, bytes, reason) => {
    const folder = tempFolder();
    const logs = join(folder, 'logs');
    mkdirSync(logs);
    writeFileSync(join(logs, name), bytes);
    writeFileSync(join(logs, 'good.log'), accessLogLines({ seed: 2, count: 10 }));
    const app = await open(join(folder, 'data'), { batch: '2MiB', expanded: '16MiB' });
    expect(await ingest(app, logs)).toMatchObject({ loaded: 1, rejected: 1, facts: 10 });
    const rejected = (await ledger(app)).filter((batch) => batch.state === 'rejected');
    expect(rejected).toHaveLength(1);
    expect(rejected[0]?.reason).toMatch(reason);
    expect(await count(app, 'requests')).toBe(10);
  });
});

test('the same bytes again change nothing, under any name', async () => {
  const folder = tempFolder();
  const path = join(folder, 'a.log');
  writeFileSync(path, accessLogLines({ seed: 3, count: 50 }));
  copyFileSync(path, join(folder, 'b.log'));
  const app = await open(join(folder, 'data'));
  expect(await ingest(app, path)).toMatchObject({ loaded: 1, known: 0, facts: 50 });
  expect(await ingest(app, path)).toMatchObject({ loaded: 0, known: 1, facts: 0 });
  expect(await ingest(app, join(folder, '*.log'))).toMatchObject({ loaded: 0, known: 2 });
  expect(await count(app, 'requests')).toBe(50);
});

test('two copies offered at the same time are loaded once', async () => {
  const folder = tempFolder();
  for (const name of ['a.log', 'b.log', 'c.log'])
    writeFileSync(join(folder, name), accessLogLines({ seed: 3, count: 50 }));
  const app = await open(join(folder, 'data'));
  expect(await ingest(app, join(folder, '*.log'))).toMatchObject({ loaded: 1, known: 2, facts: 50 });
});

test('a record no rule can read is kept with its reason, line number and origin', async () => {
  const folder = tempFolder();
  const path = join(folder, 'a.log');
  writeFileSync(
    path,
    `${accessLogLines({ seed: 4, count: 2 })}\n  \nnot a record?X-Amz-Signature=abc\r\n${accessLogLines({ seed: 5, count: 1 })}`,
  );
  const app = await open(join(folder, 'data'));
  expect(await ingest(app, path)).toMatchObject({ facts: 3, rejects: 1 });
  const response = await app.api.request('/api/v1/rejects');
  expect(await response.json()).toMatchObject({
    rows: [
      {
        line_number: 5,
        origin: `file://${path}`,
        reason: expect.stringMatching(/fields/) as string,
        line: 'not a record?X-Amz-Signature=REDACTED',
      },
    ],
  });
});

test('the ledger has when a file was delivered, and nothing for a time that cannot be', async () => {
  const folder = tempFolder();
  mkdirSync(join(folder, 'logs'));
  const times = { 'a.log': 1_777_888_999, 'b.log': 0, 'c.log': 9_999_999_999 };
  for (const [index, [name, second]] of Object.entries(times).entries()) {
    writeFileSync(join(folder, 'logs', name), accessLogLines({ seed: 20 + index, count: 2 }));
    utimesSync(join(folder, 'logs', name), second, second);
  }
  const app = await open(join(folder, 'data'));
  expect(await ingest(app, join(folder, 'logs'))).toMatchObject({ loaded: 3 });
  const rows = await ledger(app);
  expect(
    Object.fromEntries(rows.map(({ origin, delivered_at }) => [origin.slice(-5), delivered_at])),
  ).toEqual({
    'a.log': '2026-05-04T10:03:19Z',
    'b.log': null,
    'c.log': null,
  });
});

test('a mended file is loaded by a retry, and its rejection is no longer in the ledger', async () => {
  const folder = tempFolder();
  const path = join(folder, 'a.log');
  writeFileSync(path, 'not a log yet\n');
  const app = await open(join(folder, 'data'));
  expect(await ingest(app, path)).toMatchObject({ rejected: 1 });
  writeFileSync(path, accessLogLines({ seed: 6, count: 4 }));
  expect(await app.retryRejected(new AbortController().signal)).toMatchObject({ loaded: 1, facts: 4 });
  expect(await count(app, 'requests')).toBe(4);
  expect((await ledger(app)).map(({ state }) => state)).toEqual(['loaded']);
});

test('kept bytes of a rejected batch keep their identity in a retry', async () => {
  const folder = tempFolder();
  const app = await open(join(folder, 'data'));
  const offered = {
    origin: 's3://logs/a',
    etag: 'e1',
    deliveredMs: 1_777_888_999_123,
    content: { kind: 'stream', open: async () => Readable.from([Buffer.from('not a log yet\n')]) },
    acknowledge: async () => {},
    failed: () => {},
  } as const;
  const source = openFiles({ name: 'test', path: folder, pollMs: 0 }, { clock: systemClock });
  const once = {
    ...source,
    name: 'test',
    status: () => source.status(),
    batches: () => Readable.from([offered]),
  };
  expect(await app.ingest(once, new AbortController().signal)).toMatchObject({ rejected: 1 });
  const [before] = await ledger(app);
  writeFileSync(
    join(folder, 'data', 'spool', 'rejected', before?.batch_id ?? ''),
    accessLogLines({ seed: 12, count: 4 }),
  );
  expect(await app.retryRejected(new AbortController().signal)).toMatchObject({ loaded: 1, facts: 4 });
  expect(await ledger(app)).toMatchObject([
    {
      batch_id: before?.batch_id,
      identity: 's3://logs/a#e1',
      state: 'loaded',
      delivered_at: '2026-05-04T10:03:19.123Z',
    },
  ]);
  expect(await app.ingest(once, new AbortController().signal)).toMatchObject({ known: 1, loaded: 0 });
  expect(readdirSync(join(folder, 'data', 'spool', 'rejected'))).toEqual([]);
});

test('rejected records are read again by a retry and stay rejected when they still cannot be read', async () => {
  const folder = tempFolder();
  const path = join(folder, 'a.log');
  writeFileSync(path, `${accessLogLines({ seed: 7, count: 2 })}still no record\n`);
  const app = await open(join(folder, 'data'));
  await ingest(app, path);
  await app.engine.insertRows({
    table: 'rejects',
    rows: [
      {
        batch_id: '12',
        line_number: 3,
        format: 'access-log',
        reason: 'an older version could not',
        line: accessLogLines({ seed: 8, count: 1 }).trim(),
      },
    ],
  });
  expect(await app.retryRejected(new AbortController().signal)).toMatchObject({ facts: 1, rejects: 1 });
  expect(await count(app, 'requests')).toBe(3);
  expect(await count(app, 'rejects')).toBe(1);
});

/** Leaves a load in the spool as a kill between sealing and loading does. */
async function leaveLoad(data: string, path: string): Promise<void> {
  const app = await open(data);
  const stamp = await fileStamp(path);
  const batch = {
    batchId: '42',
    source: 'test',
    origin: `file://${path}`,
    identity: 'sha256:42',
    sizeBytes: 1,
    expandedBytes: 1,
    isCompressed: false,
    receivedMs: 0,
    path,
    spoolBytes: 0,
    ...(stamp === undefined ? {} : { fileStamp: stamp }),
  };
  await new Spool(join(data, 'spool')).seal({ format: 'access-log', isLarge: false, batches: [batch] });
  await app.close();
  opened.splice(opened.indexOf(app), 1);
}

test('a load left in the spool is finished at the next start', async () => {
  const folder = tempFolder();
  const path = join(folder, 'a.log');
  writeFileSync(path, accessLogLines({ seed: 9, count: 30 }));
  await leaveLoad(join(folder, 'data'), path);
  const app = await open(join(folder, 'data'));
  expect(await count(app, 'requests')).toBe(30);
  expect(await ledger(app)).toMatchObject([{ batch_id: '42', state: 'loaded', facts: 30 }]);
});

test('a file that changed between inspection and load is not loaded as what it was', async () => {
  const folder = tempFolder();
  const path = join(folder, 'a.log');
  writeFileSync(path, accessLogLines({ seed: 10, count: 5 }));
  await leaveLoad(join(folder, 'data'), path);
  appendFileSync(path, 'more\n');
  const app = await open(join(folder, 'data'));
  expect(await count(app, 'requests')).toBe(0);
  expect(await ledger(app)).toMatchObject([
    { state: 'rejected', reason: expect.stringMatching(/changed or vanished/) as string },
  ]);
});

test('a second process is told who has the folder and how to reach it', async () => {
  const data = join(tempFolder(), 'data');
  const app = await open(data);
  await app.claim.announce('http://127.0.0.1:8484');
  const told = { ...JSON.parse(readFileSync(join(data, 'server.json'), 'utf8')), pid: process.ppid } as {
    born: string;
  };
  writeFileSync(join(data, 'server.json'), JSON.stringify({ ...told, born: bornOf(process.ppid) }));
  await expect(open(data)).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringMatching(/process \d+ has it.*http:\/\/127\.0\.0\.1:8484/) as string,
  });
});

test('a folder whose owner is gone, its pid now another process, is taken', async () => {
  const data = join(tempFolder(), 'data');
  mkdirSync(data);
  writeFileSync(
    join(data, 'server.json'),
    JSON.stringify({ pid: process.ppid, born: 'long ago', started_at: '' }),
  );
  await expect(open(data)).resolves.toBeDefined();
});

describe('CloudTrail events of other services', () => {
  const trail = JSON.stringify({
    Records: ['s3', 'iam', 'ec2'].map((service, index) => ({
      eventVersion: '1.09',
      eventID: `00000000-0000-4000-8000-00000000000${index}`,
      eventTime: '2026-04-01T10:00:00Z',
      eventSource: `${service}.amazonaws.com`,
      eventName: 'Describe',
      userIdentity: { type: 'Root' },
    })),
  });

  test.each<readonly [what: string, cloudtrail: Record<string, unknown>, facts: number]>([
    ['are skipped by default', {}, 1],
    ['become facts when named', { event_sources: ['iam.amazonaws.com', 'ec2.amazonaws.com'] }, 2],
    ['become facts when all are asked for', { event_sources: ['*'] }, 3],
  ])('%s', async (_, cloudtrail, facts) => {
    const folder = tempFolder();
    const path = join(folder, 'trail.json');
    writeFileSync(path, trail);
    const config = configSchema.parse({ data: join(folder, 'data'), cloudtrail });
    const app = await openApp(config, {}, { clock: systemClock, log: silentLog });
    opened.push(app);
    expect(await ingest(app, path)).toMatchObject({ facts, skipped: 3 - facts, rejects: 0 });
    expect(await count(app, 'api_calls')).toBe(facts);
  });
});
