/** Looks at files of backups: against fauxqs, and against stores that answer as a test says. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Clock } from '../src/lib/clock.ts';
import { Budget, type RequestBudget, UNLIMITED } from '../src/lib/request-budget.ts';
import { HEAD_BYTES, TAIL_BYTES } from '../src/monitors/backups/content.ts';
import { openFileLooker } from '../src/monitors/backups/file-looker.ts';
import type { FileLooker, FileToLookAt } from '../src/monitors/backups/look.ts';
import { openS3 } from '../src/s3/client.ts';
import type { S3 } from '../src/s3/s3.ts';
import { type Fauxqs, startFauxqs } from './fauxqs.ts';
import { tempFolder } from './temp.ts';

const NOW_MS = Date.parse('2026-11-21T12:00Z');
const signal = (): AbortSignal => AbortSignal.timeout(20_000);

interface TestClock extends Clock {
  ms: number;
}

function clockAt(ms: number): TestClock {
  return {
    ms,
    nowMs() {
      return this.ms;
    },
    sleep: () => Promise.resolve(),
  };
}

function lookerAt(
  s3: S3,
  { budget = UNLIMITED, clock = clockAt(NOW_MS) }: { budget?: RequestBudget; clock?: Clock } = {},
): FileLooker {
  const estate = {
    locate: async (id: string) =>
      id === 'elsewhere' ? undefined : { store: { name: 'main', s3 }, bucket: id },
  };
  return openFileLooker({ estate, budget, clock });
}

function fileOf(more: Partial<FileToLookAt> = {}): FileToLookAt {
  return { bucket: 'dumps', key: 'a.gz', versionId: '', sizeBytes: 5, ...more };
}

describe('look() at fauxqs', () => {
  let store: Fauxqs;
  let s3: S3;
  let bucket: string;
  /** Gzip of noise: as long as what is in it, so that its end can tell. */
  const whole = gzipSync(randomBytes(300_000));
  /** What a file of its size cannot hold, as noise may say of itself by chance. */
  const cut = Buffer.concat([whole.subarray(0, 200_000), Buffer.alloc(4, 0xff)]);
  beforeAll(async () => {
    store = await startFauxqs();
    s3 = store.connect();
    bucket = await store.bucketWith([]);
    await store.put(bucket, ['whole.gz'], whole);
    await store.put(bucket, ['cut.gz'], cut);
    await store.put(bucket, ['small.gz'], gzipSync('hello'));
    await store.put(bucket, ['page.gz'], '<html>not found</html>');
    await store.put(bucket, ['dump.sql'], `-- PostgreSQL database dump\n${'x\n'.repeat(100_000)}`);
    await store.put(bucket, ['empty.gz'], '');
  });
  afterAll(() => store.stop());

  test.each([
    ['whole.gz', 'whole', 2],
    ['cut.gz', 'wrong', 2],
    ['small.gz', 'whole', 1],
    ['page.gz', 'wrong', 1],
    ['dump.sql', 'wrong', 2],
    ['empty.gz', 'wrong', 0],
  ])('the ends of %s are %s, by %i reads', async (key, result, reads) => {
    const before = s3.requests['GET'] ?? 0;
    const look = await lookerAt(s3).look(fileOf({ bucket, key, content: 'auto' }), signal());
    expect(look).toMatchObject({ atMs: NOW_MS, isGone: false, problem: '', content: { result } });
    expect((s3.requests['GET'] ?? 0) - before).toBe(reads);
  });

  test('nothing is read when nothing is asked for, and what is not there is gone', async () => {
    const before = s3.requests['GET'] ?? 0;
    const look = await lookerAt(s3).look(fileOf({ bucket, key: 'page.gz' }), signal());
    expect(look).toEqual({
      atMs: NOW_MS,
      isGone: false,
      problem: '',
      isLegalHold: false,
      replicationStatus: '',
    });
    expect(await lookerAt(s3).look(fileOf({ bucket, key: 'no', content: 'auto' }), signal())).toMatchObject({
      isGone: true,
      problem: '',
    });
    expect(s3.requests['GET'] ?? 0).toBe(before);
  });

  test('requests are taken off the budget before they are sent; without room for all of them none is', async () => {
    const clock = clockAt(NOW_MS);
    const budget = new Budget({ perHour: 5, path: join(tempFolder(), 'budget.json') }, { clock });
    const looker = lookerAt(s3, { budget, clock });
    const file = fileOf({ bucket, key: 'whole.gz', content: 'auto' });
    expect(await looker.look(file, signal())).toMatchObject({ content: { result: 'whole' } });
    expect(await budget.left()).toBe(2);
    const before = { ...s3.requests };
    expect(await looker.look(file, signal())).toBeUndefined();
    expect(s3.requests).toEqual(before);
    expect(await looker.look(fileOf({ bucket, key: 'whole.gz' }), signal())).toMatchObject({ problem: '' });
    clock.ms += 3_600_000;
    expect(await looker.look(file, signal())).toMatchObject({ content: { result: 'whole' } });
  });
});

interface Scripted {
  readonly s3: S3;
  readonly asked: string[];
  /** Bytes of bodies the store could get rid of. */
  sentBytes: number;
}

/** A store of files of 10 MiB that answers GET as a test says. */
async function storeWith(
  get: (request: IncomingMessage, response: ServerResponse, store: Scripted) => void,
  head: { readonly status: number; readonly headers?: Record<string, string> } = { status: 200 },
): Promise<Scripted> {
  const server = createServer((request, response) => {
    store.asked.push(`${request.method ?? ''} ${request.url ?? ''} ${request.headers.range ?? ''}`.trim());
    if (request.method === 'GET') return get(request, response, store);
    if (/^\/dumps\/?$/.test(request.url ?? '')) return void response.writeHead(200).end();
    response.writeHead(head.status, { etag: '"e"', 'content-length': SIZE_BYTES, ...head.headers }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const key = { accessKeyId: 'a', secretAccessKey: 'b' };
  const s3 = openS3({ endpoint: `http://127.0.0.1:${port}`, region: 'us-east-1', ...key });
  onTestFinished(() => {
    s3.close();
    server.closeAllConnections();
    server.close();
  });
  const store: Scripted = { s3, asked: [], sentBytes: 0 };
  return store;
}

/** A store without a bucket. */
async function emptyStore(): Promise<string> {
  const server = createServer((_request, response) => void response.writeHead(404).end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
}

const SIZE_BYTES = 10 * 2 ** 20;
const refuse =
  (status: number, code: string) =>
  (_request: IncomingMessage, response: ServerResponse): void => {
    response.writeHead(status, { 'content-type': 'application/xml' });
    response.end(`<Error><Code>${code}</Code></Error>`);
  };

describe('look() at stores that answer otherwise', () => {
  test('both ends are asked for as ranges, of the version and bytes the headers were of', async () => {
    const ifMatch: unknown[] = [];
    const store = await storeWith((request, response) => {
      ifMatch.push(request.headers['if-match']);
      const size = (request.headers.range ?? '').startsWith('bytes=0-') ? HEAD_BYTES : TAIL_BYTES;
      const body = Buffer.alloc(size);
      if (size === HEAD_BYTES) body.write('\x1f\x8b\x08', 'latin1');
      else body.writeUInt32LE(SIZE_BYTES, size - 4);
      response.writeHead(206, { etag: '"e"', 'content-length': size }).end(body);
    });
    const look = await lookerAt(store.s3).look(fileOf({ versionId: 'v1', content: 'auto' }), signal());
    expect(look).toMatchObject({ content: { kind: 'gzip' } });
    expect(store.asked).toEqual([
      'HEAD /dumps/a.gz?versionId=v1',
      `GET /dumps/a.gz?versionId=v1&x-id=GetObject bytes=0-${HEAD_BYTES - 1}`,
      `GET /dumps/a.gz?versionId=v1&x-id=GetObject bytes=-${TAIL_BYTES}`,
    ]);
    expect(ifMatch).toEqual(['"e"', '"e"']);
  });

  test('a store that ignores ranges is not downloaded', async () => {
    const store = await storeWith((_request, response, counted) => {
      response.writeHead(200, { etag: '"e"', 'content-length': SIZE_BYTES });
      const chunk = Buffer.alloc(64 * 1024);
      const send = (): void => {
        while (counted.sentBytes < SIZE_BYTES && !response.destroyed) {
          counted.sentBytes += chunk.length;
          if (!response.write(chunk)) return void response.once('drain', send);
        }
        response.end();
      };
      send();
    });
    const look = await lookerAt(store.s3).look(fileOf({ content: 'gzip' }), signal());
    expect(look).toMatchObject({ problem: '', content: { result: 'unknown' } });
    expect(look?.content?.sentence).toContain('the store sends all of a file');
    expect(store.asked.filter((line) => line.startsWith('GET'))).toHaveLength(1);
    expect(store.sentBytes).toBeLessThan(SIZE_BYTES / 2);
  });

  test('a part that comes short is no file that is cut off', async () => {
    const store = await storeWith((_request, response) => {
      response.writeHead(206, { etag: '"e"', 'content-length': 3 }).end('\x1f\x8b\x08', 'latin1');
    });
    const look = await lookerAt(store.s3).look(fileOf({ content: 'auto' }), signal());
    expect(look?.content).toMatchObject({ result: 'unknown' });
    expect(look?.content?.sentence).toContain(`the store sent 3 of ${HEAD_BYTES} bytes`);
  });

  test.each([
    ['replaced meanwhile', 412, 'PreconditionFailed', 'it was replaced meanwhile'],
    ['archived', 403, 'InvalidObjectState', 'it is archived; restore it first'],
    ['removed meanwhile', 404, 'NoSuchKey', 'there is no such object'],
  ])('%s: its content is unknown, and why; the next file is read', async (_what, status, code, why) => {
    const store = await storeWith(refuse(status, code));
    const looker = lookerAt(store.s3);
    const look = await looker.look(fileOf({ content: 'auto' }), signal());
    expect(look).toMatchObject({ problem: '', content: { result: 'unknown' } });
    expect(look?.content?.sentence).toContain(why);
    const before = store.asked.length;
    await looker.look(fileOf({ key: 'b.gz', content: 'auto' }), signal());
    expect(store.asked.length).toBe(before + 2);
  });

  test('locks are seen', async () => {
    const headers = {
      'x-amz-object-lock-mode': 'COMPLIANCE',
      'x-amz-object-lock-retain-until-date': '2026-12-21T00:00:00Z',
      'x-amz-object-lock-legal-hold': 'ON',
      'x-amz-replication-status': 'COMPLETED',
    };
    const store = await storeWith(refuse(500, 'x'), { status: 200, headers });
    expect(await lookerAt(store.s3).look(fileOf(), signal())).toMatchObject({
      lock: { mode: 'COMPLIANCE', untilMs: Date.parse('2026-12-21T00:00Z') },
      isLegalHold: true,
      replicationStatus: 'COMPLETED',
    });
  });

  test('a file that may not be asked about is no file that is gone', async () => {
    const store = await storeWith(refuse(500, 'x'), { status: 403 });
    const look = await lookerAt(store.s3).look(fileOf({ content: 'auto' }), signal());
    expect(look).toMatchObject({ isGone: false });
    expect(look?.problem).toContain('it needs s3:GetObject on');
  });

  test('a busy store gives nothing and is left alone, a minute at first and longer each time', async () => {
    const store = await storeWith(refuse(500, 'x'), { status: 503 });
    const clock = clockAt(NOW_MS);
    const looker = lookerAt(store.s3, { clock });
    const isAskedAfter = async (ms: number): Promise<boolean> => {
      clock.ms += ms;
      const before = store.asked.length;
      expect(await looker.look(fileOf(), signal())).toBeUndefined();
      return store.asked.length > before;
    };
    expect(await isAskedAfter(0)).toBe(true);
    expect(await isAskedAfter(59_000)).toBe(false);
    expect(await isAskedAfter(1_000)).toBe(true);
    expect(await isAskedAfter(119_000)).toBe(false);
    expect(await isAskedAfter(1_000)).toBe(true);
  });

  test('a store that falls silent between headers and ends gives nothing, so that both are asked for again', async () => {
    const store = await storeWith(refuse(503, 'SlowDown'));
    expect(await lookerAt(store.s3).look(fileOf({ content: 'auto' }), signal())).toBeUndefined();
  });

  test('bytes that may not be read are asked for once an hour, headers each time', async () => {
    const store = await storeWith(refuse(403, 'AccessDenied'));
    const clock = clockAt(NOW_MS);
    const looker = lookerAt(store.s3, { clock });
    const readsAfter = async (ms: number): Promise<number> => {
      clock.ms += ms;
      const before = store.asked.filter((line) => line.startsWith('GET')).length;
      const look = await looker.look(fileOf({ content: 'auto' }), signal());
      expect(look).toMatchObject({ problem: '', content: { result: 'unknown' } });
      expect(look?.content?.sentence).toContain('it needs s3:GetObject on');
      return store.asked.filter((line) => line.startsWith('GET')).length - before;
    };
    expect([await readsAfter(0), await readsAfter(60_000), await readsAfter(3_540_000)]).toEqual([1, 0, 1]);
  });

  test('a bucket that is not there is a problem, and no file that is gone', async () => {
    const s3 = openS3({
      endpoint: await emptyStore(),
      region: 'us-east-1',
      accessKeyId: 'a',
      secretAccessKey: 'b',
    });
    onTestFinished(() => s3.close());
    const look = await lookerAt(s3).look(fileOf(), signal());
    expect(look).toMatchObject({ isGone: false });
    expect(look?.problem).toContain('there is no such bucket');
  });

  test('a bucket no store has gives nothing', async () => {
    const store = await storeWith(refuse(500, 'x'));
    expect(await lookerAt(store.s3).look(fileOf({ bucket: 'elsewhere' }), signal())).toBeUndefined();
    expect(store.asked).toEqual([]);
  });
});
