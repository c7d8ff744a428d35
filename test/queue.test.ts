/** The queue source against SQS, SNS and S3 that nobody here wrote, through the whole program. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { type App, openApp } from '../src/app.ts';
import { configSchema } from '../src/config/schema.ts';
import { openParking } from '../src/intake/parked.ts';
import { systemClock } from '../src/lib/clock.ts';
import { silentLog } from '../src/lib/log.ts';
import { openS3 } from '../src/s3/client.ts';
import type { Queue } from '../src/s3/queue.ts';
import { openQueue } from '../src/s3/queue-client.ts';
import type { Batch, ParkedPage, Sources } from '../src/serve/api.ts';
import { openBucketListing } from '../src/sources/bucket-listing.ts';
import { openCursorFiles } from '../src/sources/bucket-listing-cursor.ts';
import { openQueueSource, type QueueRequest } from '../src/sources/queue.ts';
import type { Parking, Source } from '../src/sources/source.ts';
import { type Fauxqs, startFauxqs, type TestQueue } from './fauxqs.ts';
import { accessLogLines } from './log-lines.ts';
import { bridgeEvent, logKey, notification, TEST_EVENT } from './s3-messages.ts';
import { tempFolder } from './temp.ts';

const BIN = fileURLToPath(new URL('../bin/bucketwatch.js', import.meta.url));
let cloud: Fauxqs;
beforeAll(async () => {
  cloud = await startFauxqs();
});
afterAll(() => cloud.stop());

const opened: App[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((app) => app.close()));
});

const CREDENTIALS = { access_key_id: 'test', secret_access_key: 'test' };
const WAIT = { timeout: 30_000, interval: 50 };

/** The program with the queue as its only source, followed. */
async function follow(
  queue: TestQueue,
  settings: object = {},
  data = join(tempFolder(), 'data'),
): Promise<App> {
  const source = {
    kind: 'queue',
    name: 'q',
    url: queue.url,
    endpoint: cloud.endpoint,
    ...CREDENTIALS,
    ...settings,
  };
  const config = configSchema.parse({ data, sources: [source] });
  return started(await openApp(config, {}, { clock: systemClock, log: silentLog }));
}

function started(app: App): App {
  opened.push(app);
  app.follow();
  return app;
}

/** The program with a source that has settings the configuration does not let be so small. */
async function followWith(
  queue: TestQueue,
  made: { request?: Partial<QueueRequest>; s3Endpoint?: string; queue?: (queue: Queue) => Queue },
  data = join(tempFolder(), 'data'),
): Promise<{ app: App; source: Source }> {
  let parking: Parking | undefined;
  const connection = openQueue({ ...cloud.options, url: queue.url });
  const source = openQueueSource(
    { name: 'q', messages: 'auto', logs: [], receivers: 2, visibilityMs: 30_000, ...made.request },
    {
      queue: made.queue?.(connection) ?? connection,
      s3: openS3({
        ...cloud.options,
        ...(made.s3Endpoint === undefined ? {} : { endpoint: made.s3Endpoint }),
      }),
      clock: systemClock,
      parking: { park: async (message) => parking?.park(message) },
    },
  );
  const config = configSchema.parse({ data });
  const app = await openApp(config, { extraSources: [source] }, { clock: systemClock, log: silentLog });
  parking = openParking({ engine: app.engine, clock: systemClock });
  return { app: started(app), source };
}

async function get<Answer>(app: App, path: string): Promise<Answer> {
  return (await (await app.api.request(`/api/v1${path}`)).json()) as Answer;
}

async function row(app: App): Promise<Sources['rows'][number]> {
  const { rows } = await get<Sources>(app, '/sources');
  const [source] = rows;
  if (source === undefined) throw new Error('no source');
  return source;
}

async function count(app: App, table: string): Promise<number> {
  const [counted] = await app.engine.query<{ n: number }>(`select count() as n from ${table}`);
  return counted?.n ?? -1;
}

async function empty(queue: TestQueue): Promise<void> {
  await vi.waitFor(async () => expect(await queue.depth()).toEqual({ waiting: 0, inFlight: 0 }), WAIT);
}

function etagOf(body: string): string {
  return createHash('md5').update(body).digest('hex');
}

/** Log objects of 10 lines each, and what announces them. */
async function logObjects(
  numbers: readonly number[],
): Promise<{ bucket: string; key: string; etag: string }[]> {
  const bucket = await cloud.bucketWith([]);
  return Promise.all(
    numbers.map(async (number) => {
      const body = accessLogLines({ seed: number, count: 10 });
      const key = logKey(number);
      await cloud.put(bucket, [key.split('/').map(encodeURIComponent).join('/')], body);
      return { bucket, key, etag: etagOf(body) };
    }),
  );
}

test('announced objects are loaded once, whatever the envelope, and listing the bucket loads none again', async () => {
  const [first, second, third] = await logObjects([1, 2, 3]);
  if (first === undefined || second === undefined || third === undefined) throw new Error('no objects');
  const queue = await cloud.queueWith([notification(first, second), bridgeEvent(second)]);
  await cloud.publish(queue, notification(third), false);
  await cloud.publish(queue, notification(third), true);
  const data = join(tempFolder(), 'data');
  const app = await follow(queue, {}, data);
  await empty(queue);
  expect(await count(app, 'requests')).toBe(30);
  expect(await count(app, 'object_events')).toBe(0);
  const listing = openBucketListing(
    { name: 'listing', uri: `s3://${first.bucket}/`, pollMs: 0 },
    { s3: cloud.connect(), clock: systemClock, cursors: openCursorFiles(join(data, 'cursors')) },
  );
  const listed = await app.ingest(listing, new AbortController().signal);
  expect(listed).toMatchObject({ offered: 3, known: 3, loaded: 0 });
});

test('an announcement without an ETag gets the identity that listing gives', async () => {
  const [object] = await logObjects([4]);
  if (object === undefined) throw new Error('no object');
  const { bucket, key, etag } = object;
  const queue = await cloud.queueWith([
    JSON.stringify({ s3Bucket: bucket, s3ObjectKey: [key] }),
    notification({ bucket, key, etag: 'of-an-older-content' }),
  ]);
  const app = await follow(queue);
  await empty(queue);
  const { rows } = await get<{ rows: Batch[] }>(app, '/batches');
  expect(rows.map(({ identity }) => identity)).toEqual([`s3://${bucket}/${key}#${etag}`]);
  expect(await count(app, 'requests')).toBe(10);
});

test('events become facts in every envelope, test events are left out, the queue is empty afterwards', async () => {
  const object = (key: string) => ({ bucket: 'shop', key });
  const lambda = {
    Records: [{ eventSource: 'aws:sqs', messageId: 'm', body: notification(object('e.jpg')) }],
  };
  const queue = await cloud.queueWith([
    notification(object('a b+c.jpg')),
    bridgeEvent(object('b.jpg')),
    JSON.stringify(lambda),
    TEST_EVENT,
  ]);
  await cloud.publish(queue, notification(object('c.jpg')), false);
  await cloud.publish(queue, notification(object('d.jpg')), true);
  const app = await follow(queue);
  await empty(queue);
  const keys = await app.engine.query<{ key: string; envelope: string }>(
    'select key, envelope from object_events order by key',
  );
  expect(keys).toEqual([
    { key: 'a b+c.jpg', envelope: 's3' },
    { key: 'b.jpg', envelope: 'eventbridge' },
    { key: 'c.jpg', envelope: 'sns/s3' },
    { key: 'd.jpg', envelope: 's3' },
    { key: 'e.jpg', envelope: 'sqs/s3' },
  ]);
  expect(await row(app)).toMatchObject({ parked: 0, message: 'Left out on purpose: 1 × TestEvent.' });
});

test('what is foreign is parked with its reason, without its secrets, and never comes again', async () => {
  const queue = await cloud.queueWith([
    'hello',
    '{"order":1,"callback":"https://example.com/?token=abc123&x=1","Signature":"def456"}',
    notification({ bucket: 'shop', key: 'a.jpg' }),
  ]);
  const app = await follow(queue);
  await empty(queue);
  const first = await get<ParkedPage>(app, '/parked?source=q&limit=1');
  const second = await get<ParkedPage>(app, `/parked?limit=1&cursor=${first.next_cursor ?? ''}`);
  expect(second.next_cursor).toBeNull();
  const parked = [...first.rows, ...second.rows].sort((a, b) => a.reason.localeCompare(b.reason));
  expect(parked.map(({ reason, source }) => ({ reason, source }))).toEqual([
    { reason: 'not a message of S3', source: 'q' },
    { reason: 'not valid JSON', source: 'q' },
  ]);
  expect(parked[0]?.body).toBe(
    '{"order":1,"callback":"https://example.com/?token=REDACTED&x=1","Signature":"REDACTED"}',
  );
  expect(parked[1]).toMatchObject({
    body: 'hello',
    message_id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
  });
  expect(await row(app)).toMatchObject({ parked: 2, rejected_batches: 0, state: 'reading' });
});

test('an announced object that is gone is parked, one that is no log is rejected and kept', async () => {
  const bucket = await cloud.bucketWith([]);
  await cloud.put(bucket, ['notes.txt'], 'hello\n');
  const queue = await cloud.queueWith([
    notification({ bucket, key: 'gone', etag: 'e1' }),
    notification({ bucket, key: 'gone too' }),
    notification({ bucket, key: 'notes.txt', etag: etagOf('hello\n') }),
  ]);
  const app = await follow(queue, { messages: 'announcements' });
  await empty(queue);
  const { rows } = await get<ParkedPage>(app, '/parked');
  expect(rows.map(({ reason }) => reason).sort()).toEqual([
    `the announced object is gone: s3://${bucket}/gone`,
    `the announced object is gone: s3://${bucket}/gone too`,
  ]);
  expect(await row(app)).toMatchObject({ rejected_batches: 1, parked: 2 });
});

interface StrangeStore {
  readonly endpoint: string;
  /** Paths asked for. */
  readonly asked: string[];
}

/** A store that answers as the test wants. */
async function storeThat(answer: (path: string, response: ServerResponse) => void): Promise<StrangeStore> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    answer(request.url ?? '', response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

const DENIED = '<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>no</Message></Error>';

test('a denied object keeps its message in the queue and the source failing, until it may be read', async () => {
  let isAllowed = false;
  const store = await storeThat((_path, response) => {
    if (isAllowed) response.end(accessLogLines({ seed: 5, count: 10 }));
    else response.writeHead(403, { 'content-type': 'application/xml' }).end(DENIED);
  });
  const queue = await cloud.queueWith([notification({ bucket: 'logs', key: logKey(5), etag: 'e5' })]);
  const { app } = await followWith(queue, { request: { backoffMs: 1_000 }, s3Endpoint: store.endpoint });
  await vi.waitFor(() => expect(store.asked.length).toBeGreaterThan(1), WAIT);
  expect(await row(app)).toMatchObject({
    state: 'failing',
    message: expect.stringMatching(/^1 messages .*access denied .*s3:GetObject/) as string,
    parked: 0,
  });
  expect(await queue.depth()).not.toEqual({ waiting: 0, inFlight: 0 });
  isAllowed = true;
  await empty(queue);
  expect(await count(app, 'requests')).toBe(10);
  expect((await row(app)).state).not.toBe('failing');
});

test('a message that announces two objects is deleted only when both are stored; meanwhile it is held', async () => {
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const store = await storeThat((path, response) => {
    const body = accessLogLines({ seed: path.includes('0007') ? 7 : 6, count: 10 });
    if (path.includes('0007')) void released.then(() => response.end(body));
    else response.end(body);
  });
  const queue = await cloud.queueWith([
    notification(
      { bucket: 'logs', key: logKey(6), etag: 'e6' },
      { bucket: 'logs', key: logKey(7), etag: 'e7' },
    ),
  ]);
  const { app, source } = await followWith(queue, {
    request: { visibilityMs: 1_500 },
    s3Endpoint: store.endpoint,
  });
  await vi.waitFor(async () => expect(await count(app, 'requests')).toBe(10), WAIT);
  await vi.waitFor(() => expect(source.status().requests['HOLD']).toBeGreaterThan(3), WAIT);
  expect(await queue.depth()).toEqual({ waiting: 0, inFlight: 1 });
  release();
  await empty(queue);
  expect(await count(app, 'requests')).toBe(20);
  // Held longer than its visibility, it was never given out again.
  expect(store.asked).toHaveLength(2);
});

test('a message whose receipt has run out is not held any longer, and is stored all the same', async () => {
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const store = await storeThat((_path, response) => {
    void released.then(() => response.end(accessLogLines({ seed: 8, count: 10 })));
  });
  const queue = await cloud.queueWith([notification({ bucket: 'logs', key: logKey(8), etag: 'e8' })]);
  const { app, source } = await followWith(queue, {
    request: { visibilityMs: 900 },
    s3Endpoint: store.endpoint,
  });
  await vi.waitFor(() => expect(source.status().requests['HOLD']).toBeGreaterThan(0), WAIT);
  await queue.purge();
  const held = (): number => source.status().requests['HOLD'] ?? 0;
  const atPurge = held();
  await systemClock.sleep(2_000);
  expect(held()).toBeLessThanOrEqual(atPurge + 1);
  release();
  await vi.waitFor(async () => expect(await count(app, 'requests')).toBe(10), WAIT);
  expect(source.status().state).not.toBe('failing');
});

test('a message that was stored but not deleted comes again after a restart and loads nothing twice', async () => {
  const objects = await logObjects([9, 10]);
  const queue = await cloud.queueWith([
    notification(...objects),
    notification({ bucket: 'shop', key: 'x.jpg' }),
    'hello',
  ]);
  const data = join(tempFolder(), 'data');
  const first = await followWith(
    queue,
    { request: { visibilityMs: 2_000 }, queue: (real) => ({ ...bound(real), remove: async () => [] }) },
    data,
  );
  await vi.waitFor(async () => {
    expect(await count(first.app, 'requests')).toBe(20);
    expect(await count(first.app, 'object_events')).toBe(1);
    expect(await count(first.app, 'parked_messages')).toBe(1);
  }, WAIT);
  opened.splice(0);
  await first.app.close();
  expect(await queue.depth()).not.toEqual({ waiting: 0, inFlight: 0 });
  const second = await follow(queue, {}, data);
  await empty(queue);
  expect(await count(second, 'requests')).toBe(20);
  expect(await count(second, 'object_events')).toBe(1);
  expect(await count(second, 'batches')).toBe(3);
  expect(await count(second, 'parked_messages final')).toBe(1);
});

test('killed while messages are under way, a restart stores each once', { timeout: 90_000 }, async () => {
  const objects = await logObjects(Array.from({ length: 20 }, (_, index) => 100 + index));
  const events = Array.from({ length: 400 }, (_, index) => ({ bucket: 'shop', key: `killed/${index}` }));
  const queue = await cloud.queueWith([...objects, ...events].map((event) => notification(event)));
  const data = join(tempFolder(), 'data');
  const settings = { url: queue.url, endpoint: cloud.endpoint, visibility: '10s' };
  const source = {
    kind: 'queue',
    name: 'q',
    ...settings,
    ...CREDENTIALS,
    secret_access_key: '${QUEUE_SECRET}',
  };
  const file = join(tempFolder(), 'bucketwatch.yaml');
  writeFileSync(file, JSON.stringify({ sources: [source] }));
  const server = spawn(
    process.execPath,
    [BIN, '--config', file, '--data', data, 'serve', '--listen', '127.0.0.1:0'],
    { stdio: 'ignore', env: { ...process.env, QUEUE_SECRET: 'test' } },
  );
  const exit = once(server, 'exit');
  await vi.waitFor(async () => expect((await queue.depth()).inFlight).toBeGreaterThan(100), WAIT);
  server.kill('SIGKILL');
  await exit;
  const { waiting, inFlight } = await queue.depth();
  expect(waiting + inFlight).toBeGreaterThan(0);
  const app = await follow(queue, { visibility: '10s' }, data);
  await empty(queue);
  expect(await count(app, 'requests')).toBe(200);
  expect(await count(app, 'object_events')).toBe(400);
  expect(await count(app, 'batches final')).toBe(420);
});

function bound(queue: Queue): Queue {
  return {
    location: queue.location,
    requests: queue.requests,
    receive: (seconds, signal) => queue.receive(seconds, signal),
    glance: (signal) => queue.glance(signal),
    find: (signal) => queue.find(signal),
    remove: (receipts) => queue.remove(receipts),
    hold: (receipts, seconds) => queue.hold(receipts, seconds),
    depth: (signal) => queue.depth(signal),
    close: () => queue.close(),
  };
}

test('depth and dead letters of the queue are shown', async () => {
  const dead = await cloud.queueWith(['old', 'older']);
  const policy = JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: '5' });
  const queue = await cloud.queueWith([], { RedrivePolicy: policy });
  const app = await follow(queue);
  await vi.waitFor(async () => {
    expect((await row(app)).queue).toEqual({
      waiting: 0,
      in_flight: 0,
      delayed: 0,
      oldest_age_seconds: null,
      dead_letter_queue: dead.arn.split(':').at(-1),
      dead_letters: 2,
    });
  }, WAIT);
});

test('a queue is found by its name, and one that is not there makes the source fail', async () => {
  const queue = await cloud.queueWith([notification({ bucket: 'shop', key: 'n.jpg' })]);
  const byName = {
    kind: 'queue',
    name: 'named',
    queue: queue.arn.split(':').at(-1),
    endpoint: cloud.endpoint,
  };
  const absent = { ...byName, name: 'absent', queue: 'nowhere' };
  const config = configSchema.parse({
    data: join(tempFolder(), 'data'),
    sources: [byName, absent].map((source) => ({ ...source, ...CREDENTIALS })),
  });
  const app = started(await openApp(config, {}, { clock: systemClock, log: silentLog }));
  await empty(queue);
  const { rows } = await get<Sources>(app, '/sources');
  expect(rows.find(({ name }) => name === 'named')).toMatchObject({ facts: 1, location: queue.url });
  expect(rows.find(({ name }) => name === 'absent')).toMatchObject({
    state: 'failing',
    message: expect.stringMatching(/there is no such queue/) as string,
  });
});

test('thousands of messages are each stored once', { timeout: 120_000 }, async () => {
  const bodies = Array.from({ length: 2_000 }, (_, index) =>
    notification({ bucket: 'shop', key: `many/${index}` }),
  );
  const queue = await cloud.queueWith(bodies);
  const app = await follow(queue, { receivers: 8 });
  await vi.waitFor(async () => expect(await queue.depth()).toEqual({ waiting: 0, inFlight: 0 }), {
    timeout: 90_000,
    interval: 200,
  });
  expect(await count(app, 'object_events')).toBe(2_000);
  expect(await count(app, 'batches')).toBe(2_000);
});
