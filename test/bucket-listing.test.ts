/** The bucket listing against a store that pages as S3 does. */
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Clock, systemClock } from '../src/lib/clock.ts';
import { Fault } from '../src/lib/fault.ts';
import { openS3 } from '../src/s3/client.ts';
import type { S3Reader } from '../src/s3/s3.ts';
import {
  type BucketListingParts,
  type BucketListingRequest,
  openBucketListing,
} from '../src/sources/bucket-listing.ts';
import { type CursorStore, openCursorFiles } from '../src/sources/bucket-listing-cursor.ts';
import type { OfferedBatch, Source } from '../src/sources/source.ts';
import { dashed, everyMinute, type Fauxqs, LAYOUTS, START_MS, startFauxqs, TRAIL } from './fauxqs.ts';
import { tempFolder } from './temp.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 1440 * MINUTE_MS;

let store: Fauxqs;
beforeAll(async () => {
  store = await startFauxqs();
});
afterAll(() => store.stop());

interface ManualClock extends Clock {
  advance(ms: number): void;
  /** Resolves with the length of the next sleep once it has begun. */
  asleep(): Promise<number>;
}

/** A clock that stands still; a sleep ends when `advance` is called. */
function clockAt(startMs: number): ManualClock {
  let nowMs = startMs;
  let wake = (): void => undefined;
  let noticed = (_ms: number): void => undefined;
  return {
    nowMs: () => nowMs,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        wake = resolve;
        if (signal?.aborted === true) reject(new Error('aborted'));
        signal?.addEventListener('abort', () => reject(new Error('aborted')), { once: true });
        noticed(ms);
      }),
    advance: (ms) => {
      nowMs += ms;
      wake();
    },
    asleep: () =>
      new Promise((resolve) => {
        noticed = resolve;
      }),
  };
}

function cursorsInMemory(): CursorStore {
  let stored: string | undefined;
  return {
    read: async () => stored,
    write: async (_source, text) => {
      stored = text;
    },
  };
}

function sourceOver(
  uri: string,
  parts: Partial<BucketListingParts> = {},
  request: Partial<BucketListingRequest> = {},
): Source {
  return openBucketListing(
    { name: 'logs', uri, pollMs: MINUTE_MS, ...request },
    {
      s3: parts.s3 ?? store.connect(),
      clock: parts.clock ?? clockAt(START_MS + 30 * DAY_MS),
      cursors: parts.cursors ?? cursorsInMemory(),
    },
  );
}

/** One look: everything that is offered, acknowledged unless `keep` says otherwise. Gives keys. */
async function look(source: Source, keep: (key: string) => boolean = () => false): Promise<string[]> {
  const offered: OfferedBatch[] = [];
  for await (const batch of source.batches({ follow: false, signal: AbortSignal.timeout(20_000) })) {
    offered.push(batch);
    if (!keep(keyOf(batch))) await batch.acknowledge();
  }
  return offered.map(keyOf);
}

function keyOf(batch: OfferedBatch): string {
  return batch.origin.replace(/^s3:\/\/[^/]+\//, '');
}

async function textOf(batch: OfferedBatch): Promise<string> {
  if (batch.content.kind !== 'stream') throw new Error('not a stream');
  return text(await batch.content.open(AbortSignal.timeout(5_000)));
}

async function faultOf(work: Promise<unknown>): Promise<Fault> {
  const error: unknown = await work.then(String, (thrown: unknown) => thrown);
  if (error instanceof Fault) return error;
  throw new Error('no fault', { cause: error });
}

describe('paging', () => {
  test.each([
    { count: 0, lists: 1 },
    { count: 1, lists: 1 + 1 },
    { count: 1_000, lists: 1 + 1 },
    { count: 1_001, lists: 2 + 2 },
    { count: 2_500, lists: 2 + 3 },
  ])('$count objects are offered once each, in order, with $lists LISTs', async ({ count, lists }) => {
    const keys = everyMinute(count);
    const source = sourceOver(`s3://${await store.bucketWith(keys)}/std/`);
    expect(await look(source)).toEqual(keys);
    expect(source.status()).toMatchObject({ state: 'done', message: '', requests: { LIST: lists, GET: 0 } });
  });

  test('a look with nothing new at 2,500 objects is one LIST', async () => {
    const source = sourceOver(`s3://${await store.bucketWith(everyMinute(2_500))}/`);
    await look(source);
    const before = source.status().requests['LIST'] ?? 0;
    expect(await look(source)).toEqual([]);
    expect((source.status().requests['LIST'] ?? 0) - before).toBe(1);
  });

  test('a page is not listed before the one before it is taken', async () => {
    const source = sourceOver(`s3://${await store.bucketWith(everyMinute(1_001))}/`);
    const batches = source
      .batches({ follow: false, signal: AbortSignal.timeout(20_000) })
      [Symbol.asyncIterator]();
    for (let taken = 0; taken < 1_000; taken += 1) await batches.next();
    const before = source.status().requests['LIST'] ?? 0;
    expect((await batches.next()).done).toBe(false);
    expect((source.status().requests['LIST'] ?? 0) - before).toBe(1);
    await batches.return?.();
  });
});

describe.each(Object.keys(LAYOUTS) as (keyof typeof LAYOUTS)[])('layout: %s', (layout) => {
  const at = LAYOUTS[layout];
  const keys = everyMinute(300, layout).sort();

  test('everything is offered once, then only what is new', async () => {
    const bucket = await store.bucketWith(keys);
    const source = sourceOver(`s3://${bucket}/`);
    expect(await look(source)).toEqual(keys);
    expect(await look(source)).toEqual([]);
    const next = at(START_MS + 301 * MINUTE_MS, 'B1');
    await store.put(bucket, [next]);
    expect(await look(source)).toEqual([next]);
    expect(await look(source)).toEqual([]);
  });

  test('a late key within the overlap is found, and offered once', async () => {
    const bucket = await store.bucketWith(keys);
    const source = sourceOver(`s3://${bucket}/`);
    await look(source);
    const late = at(START_MS + 290 * MINUTE_MS, '0LATE');
    await store.put(bucket, [late]);
    expect(await look(source)).toEqual([late]);
    expect(await look(source)).toEqual([]);
  });

  test('a restart offers only what was not acknowledged', async () => {
    const bucket = await store.bucketWith(keys);
    const cursors = openCursorFiles(tempFolder());
    const unacknowledged = [keys[120], keys[297]];
    await look(sourceOver(`s3://${bucket}/`, { cursors }), (key) => unacknowledged.includes(key));
    expect(await look(sourceOver(`s3://${bucket}/`, { cursors }))).toEqual(unacknowledged);
    expect(await look(sourceOver(`s3://${bucket}/`, { cursors }))).toEqual([]);
  });

  test('a next look is one LIST', async () => {
    const source = sourceOver(`s3://${await store.bucketWith(keys)}/`);
    await look(source);
    const before = source.status().requests['LIST'] ?? 0;
    await look(source);
    expect((source.status().requests['LIST'] ?? 0) - before).toBe(1);
  });
});

describe('streams', () => {
  test('names of several buckets in one folder are followed apart', async () => {
    const keys = ['a-', 'app-', 'app-2-', 'app-3-'].flatMap((prefix) =>
      [0, 1, 2].map((day) => `std/${prefix}${dashed(START_MS + day * DAY_MS)}-X`),
    );
    const bucket = await store.bucketWith(keys);
    const source = sourceOver(`s3://${bucket}/`);
    expect((await look(source)).sort()).toEqual(keys.sort());
    await store.put(bucket, [`std/a-${dashed(START_MS + 2 * DAY_MS + MINUTE_MS)}-X`]);
    expect(await look(source)).toEqual([`std/a-${dashed(START_MS + 2 * DAY_MS + MINUTE_MS)}-X`]);
  });

  test('a new region is found when streams are looked for again, and not before', async () => {
    const clock = clockAt(START_MS + DAY_MS);
    const bucket = await store.bucketWith(everyMinute(3, 'CloudTrail'));
    const source = sourceOver(`s3://${bucket}/`, { clock }, { discoverMs: 10 * MINUTE_MS });
    await look(source);
    const elsewhere = everyMinute(2, 'CloudTrail').map((key) => key.replaceAll('eu-west-1', 'us-west-2'));
    await store.put(bucket, elsewhere);
    expect(await look(source)).toEqual([]);
    clock.advance(10 * MINUTE_MS);
    expect(await look(source)).toEqual(elsewhere);
  });

  test('digests are read beside the log files they vouch for', async () => {
    const [log = ''] = everyMinute(1, 'CloudTrail');
    const digest = `AWSLogs/123456789012/CloudTrail-Digest/eu-west-1/2026/05/03/123456789012_CloudTrail-Digest_x.json.gz`;
    expect(await look(sourceOver(`s3://${await store.bucketWith([digest, log])}/`))).toEqual([digest, log]);
  });

  test('a prefix within the year is a stream all the same', async () => {
    const keys = everyMinute(200, 'CloudTrail');
    const bucket = await store.bucketWith(keys);
    const source = sourceOver(`s3://${bucket}/${TRAIL}2026/`);
    expect(await look(source)).toEqual(keys);
    await store.put(bucket, [LAYOUTS.CloudTrail(START_MS + 2 * DAY_MS, 'X')]);
    expect(await look(source)).toEqual([LAYOUTS.CloudTrail(START_MS + 2 * DAY_MS, 'X')]);
  });

  test('a key from the future does not hide the others', async () => {
    const bucket = await store.bucketWith(['std/app-2099-01-01-00-00-00-X', ...everyMinute(2)]);
    const source = sourceOver(`s3://${bucket}/`);
    await look(source);
    await store.put(bucket, [LAYOUTS.classic(START_MS + DAY_MS, 'X')]);
    expect(await look(source)).toEqual([LAYOUTS.classic(START_MS + DAY_MS, 'X')]);
  });

  test('keys without a time are offered once, and again when their content has changed', async () => {
    const bucket = await store.bucketWith(['one.log', 'two/three.log']);
    const source = sourceOver(`s3://${bucket}/`);
    expect(await look(source)).toEqual(['one.log', 'two/three.log']);
    expect(await look(source)).toEqual([]);
    await store.put(bucket, ['two/three.log'], 'another line\n');
    expect(await look(source)).toEqual(['two/three.log']);
  });
});

describe('objects', () => {
  test('a batch is the object: its key as it is, its etag without quotes, its bytes', async () => {
    const bucket = await store.bucketWith([]);
    await store.put(bucket, ['std/app-2026-05-03-10-00-00-X'], 'hello\n');
    const source = sourceOver(`s3://${bucket}/`, {}, { format: 'access-log' });
    for await (const batch of source.batches({ follow: false, signal: AbortSignal.timeout(20_000) })) {
      expect(batch).toMatchObject({
        origin: `s3://${bucket}/std/app-2026-05-03-10-00-00-X`,
        etag: 'b1946ac92492d2347c6235b4d2611184',
        format: 'access-log',
      });
      expect(Math.abs((batch.deliveredMs ?? 0) - systemClock.nowMs())).toBeLessThan(60_000);
      expect(await textOf(batch)).toBe('hello\n');
    }
    expect(source.status().requests).toMatchObject({ GET: 1 });
  });

  test('directory markers are passed over, empty objects are offered', async () => {
    const bucket = await store.bucketWith([]);
    await store.put(bucket, ['std/', 'std/app-2026-05-03-10-00-00-X'], '');
    expect(await look(sourceOver(`s3://${bucket}/`))).toEqual(['std/app-2026-05-03-10-00-00-X']);
  });

  test('objects last modified before `since` are left alone', async () => {
    const bucket = await store.bucketWith(everyMinute(3));
    const sinceMs = Date.now() + MINUTE_MS;
    expect(
      await look(sourceOver(`s3://${bucket}/`, { clock: clockAt(sinceMs) }, { since: sinceMs })),
    ).toEqual([]);
  });

  test('archived objects are not fetched, and the status says so', async () => {
    const bucket = await store.bucketWith(everyMinute(3));
    const s3 = store.connect();
    const archived: S3Reader = {
      ...faced(s3),
      listPage: async (request, signal) => {
        const page = await s3.listPage(request, signal);
        const [first, ...rest] = page.objects;
        return first === undefined
          ? page
          : { ...page, objects: [{ ...first, storageClass: 'GLACIER' }, ...rest] };
      },
    };
    const source = sourceOver(`s3://${bucket}/std/`, { s3: archived });
    expect(await look(source)).toEqual(everyMinute(3).slice(1));
    expect(source.status()).toMatchObject({
      state: 'done',
      message: expect.stringContaining(everyMinute(1)[0] ?? ''),
    });
  });

  test('an object deleted after it was listed is passed over with a note', async () => {
    const keys = everyMinute(2);
    const bucket = await store.bucketWith(keys);
    const source = sourceOver(`s3://${bucket}/`);
    for await (const batch of source.batches({ follow: false, signal: AbortSignal.timeout(20_000) })) {
      await store.remove(bucket, keyOf(batch));
      const fault = await faultOf(textOf(batch));
      expect(fault.code).toBe('not_found');
      batch.failed(fault.message);
    }
    expect(source.status()).toMatchObject({ state: 'done', message: expect.stringContaining('2 objects') });
    expect(await look(source)).toEqual([]);
  });

  test('one that failed is offered again at the next look and after a restart, and stops no other', async () => {
    const keys = everyMinute(5);
    const bucket = await store.bucketWith(keys);
    const cursors = cursorsInMemory();
    const source = sourceOver(`s3://${bucket}/`, { cursors });
    for await (const batch of source.batches({ follow: false, signal: AbortSignal.timeout(20_000) })) {
      if (keyOf(batch) === keys[1]) batch.failed('access denied');
      else await batch.acknowledge();
    }
    expect(source.status()).toMatchObject({
      state: 'failing',
      message: expect.stringContaining('access denied'),
    });
    expect(await look(sourceOver(`s3://${bucket}/`, { cursors: { ...cursors } }))).toEqual([keys[1]]);
    expect(await look(source)).toEqual([keys[1]]);
    expect(source.status()).toMatchObject({ state: 'done', message: '' });
  });
});

/** An S3 whose methods can be replaced one by one. */
function faced(s3: S3Reader): S3Reader {
  return {
    listPage: (request, signal) => s3.listPage(request, signal),
    getObject: (request, signal) => s3.getObject(request, signal),
    requests: s3.requests,
    close: () => s3.close(),
  };
}

describe('following', () => {
  test('looks again after the poll, keeps going when a listing fails, and saves when it is stopped', async () => {
    const bucket = await store.bucketWith(everyMinute(2));
    const clock = clockAt(START_MS + DAY_MS);
    const cursors = cursorsInMemory();
    const s3 = store.connect();
    let isDown = false;
    const flaky: S3Reader = {
      ...faced(s3),
      listPage: async (request, signal) => {
        if (isDown) throw new Fault('unavailable', 'Cannot list: down.');
        return s3.listPage(request, signal);
      },
    };
    const stop = new AbortController();
    const source = sourceOver(`s3://${bucket}/`, { clock, cursors, s3: flaky });
    const batches = source.batches({ follow: true, signal: stop.signal })[Symbol.asyncIterator]();
    const take = async (): Promise<string> => {
      const next = await batches.next();
      if (next.done === true) return 'end';
      await next.value.acknowledge();
      return keyOf(next.value);
    };
    expect([await take(), await take()]).toEqual(everyMinute(2));

    let asleep = clock.asleep();
    const third = take();
    expect(await asleep).toBe(MINUTE_MS);
    expect(source.status()).toMatchObject({ state: 'waiting', message: '' });

    isDown = true;
    asleep = clock.asleep();
    clock.advance(MINUTE_MS);
    expect(await asleep).toBe(MINUTE_MS);
    expect(source.status()).toMatchObject({ state: 'failing', message: 'Cannot list: down.' });

    isDown = false;
    await store.put(bucket, [LAYOUTS.classic(START_MS + 5 * MINUTE_MS, 'X')]);
    clock.advance(MINUTE_MS);
    expect(await third).toBe(LAYOUTS.classic(START_MS + 5 * MINUTE_MS, 'X'));
    expect(source.status()).toMatchObject({ state: 'reading', message: '' });

    const last = take();
    stop.abort();
    expect(await last).toBe('end');
    expect(await look(sourceOver(`s3://${bucket}/`, { cursors }))).toEqual([]);
  });
});

describe('failures', () => {
  test('a bucket that does not exist is not found', async () => {
    const fault = await faultOf(look(sourceOver('s3://no-such-bucket/logs/')));
    const message = expect.stringContaining('Cannot list s3://no-such-bucket/logs/: there is no such bucket');
    expect(fault).toMatchObject({ code: 'not_found', message });
  });

  test('an endpoint that does not answer is unavailable', async () => {
    const s3 = openS3({ ...store.options, endpoint: 'http://user:hidden@127.0.0.1:9' });
    onTestFinished(() => s3.close());
    const fault = await faultOf(look(sourceOver('s3://logs/', { s3 })));
    const message = 'Cannot list s3://logs/: http://127.0.0.1:9 does not answer (ECONNREFUSED).';
    expect(fault).toMatchObject({ code: 'unavailable', retry: true, message });
  });

  test('a URI that is none is invalid', () => {
    expect(() => sourceOver('https://logs')).toThrow('got "https://logs"');
  });
});
