/** Canaries: written, looked for, removed, and told of; beside a store that does as the test says, and one that nobody here wrote. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { openEmbedded } from '../src/engine/embedded.ts';
import type { Engine } from '../src/engine/engine.ts';
import { migrate } from '../src/engine/migrate.ts';
import { type Clock, systemClock } from '../src/lib/clock.ts';
import type { Log } from '../src/lib/log.ts';
import { silentLog } from '../src/lib/log.ts';
import { MIGRATIONS } from '../src/migrations.ts';
import { canaryRows, canarySeries, canaryStatus } from '../src/monitors/replication/canaries.ts';
import { CanaryJob } from '../src/monitors/replication/canary.ts';
import type { CanarySettings } from '../src/monitors/replication/canary-target.ts';
import { openS3 } from '../src/s3/client.ts';
import type { S3 } from '../src/s3/s3.ts';
import { startFauxqs } from './fauxqs.ts';
import { keptFolder } from './temp.ts';

const START_MS = Date.UTC(2026, 10, 21, 13);
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const { signal } = new AbortController();

let engine: Engine;
let folder: string;
beforeEach(async () => {
  folder = keptFolder();
  engine = openEmbedded({ folder, memoryBytesMax: 1_000_000_000 });
  await migrate(MIGRATIONS, engine);
});
afterEach(async () => {
  await engine.close();
  rmSync(folder, { recursive: true, force: true });
});

class FakeClock implements Clock {
  ms = START_MS;
  nowMs(): number {
    return this.ms;
  }
  sleep(): Promise<void> {
    return Promise.resolve();
  }
}

/** Buckets in memory. What a test sets decides what is refused; every request is written down. */
interface ScriptedStore {
  readonly s3: S3;
  readonly asked: string[];
  /** `bucket/key` and its version id. */
  readonly objects: Map<string, string>;
  /** The status to answer a request such as `PUT media/key` with, instead of doing it. */
  refuse: (asked: string) => number | undefined;
}

/** `skewMs`: its clock minus ours; without it the store does not tell its time, which the SDK would compare with the real one. */
async function scriptedStore(clock: Clock, skewMs?: number): Promise<ScriptedStore> {
  const asked: string[] = [];
  const objects = new Map<string, string>();
  let versions = 0;
  const state: Pick<ScriptedStore, 'refuse'> = { refuse: () => undefined };
  const answer = (method: string, path: string, version: string | null): [number, Record<string, string>] => {
    const status = state.refuse(`${method} ${path}`);
    if (status !== undefined) return [status, {}];
    if (!path.includes('/')) return [200, {}];
    const there = objects.get(path);
    if (method === 'PUT') {
      versions += 1;
      objects.set(path, `v${versions}`);
      return [200, { etag: '"e"', 'x-amz-version-id': `v${versions}` }];
    }
    if (there === undefined || (version !== null && version !== there)) return [404, {}];
    if (method === 'DELETE') {
      objects.delete(path);
      return [204, {}];
    }
    const modified = new Date(clock.nowMs() + (skewMs ?? 0)).toUTCString();
    return [
      200,
      { etag: '"e"', 'content-length': '5', 'last-modified': modified, 'x-amz-version-id': there },
    ];
  };
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    request.resume().on('end', () => {
      const url = new URL(request.url ?? '', 'http://store');
      const path = decodeURIComponent(url.pathname.slice(1)).replace(/\/$/, '');
      asked.push(`${request.method ?? ''} ${path}`);
      const [status, headers] = answer(request.method ?? '', path, url.searchParams.get('versionId'));
      response.sendDate = false;
      const date = skewMs === undefined ? {} : { date: new Date(clock.nowMs() + skewMs).toUTCString() };
      response.writeHead(status, { ...date, ...headers });
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const credentials = { accessKeyId: 'test', secretAccessKey: 'topsecret' };
  const s3 = openS3({ endpoint: `http://127.0.0.1:${port}`, region: 'us-east-1', ...credentials });
  onTestFinished(() => {
    s3.close();
    server.closeAllConnections();
    server.close();
  });
  return Object.assign(state, { s3, asked, objects });
}

const SETTINGS: CanarySettings = {
  source: 'media',
  destination: 'copy',
  everyMs: 5 * MINUTE_MS,
  prefix: '.bucketwatch/canary/',
  isRemovedAtDestination: false,
  targetMs: 15 * MINUTE_MS,
};

function jobOf(
  s3: S3,
  clock: Clock,
  more: { settings?: Partial<CanarySettings>; log?: Log } = {},
): CanaryJob {
  const stores = {
    locate: (bucket: string) => Promise.resolve(bucket === 'nowhere' ? undefined : { store: { s3 }, bucket }),
  };
  const settings = { ...SETTINGS, ...more.settings };
  return new CanaryJob([settings], { engine, stores, clock, log: more.log ?? silentLog });
}

/** Runs the job once a second. */
async function runFor(ms: number, job: CanaryJob, clock: FakeClock): Promise<void> {
  for (const endMs = clock.ms + ms; clock.ms < endMs; clock.ms += 1000) await job.run(signal);
}

/** What replication does. */
function replicate({ objects }: ScriptedStore): void {
  for (const [path, version] of objects) {
    if (path.startsWith('media/')) objects.set(path.replace('media/', 'copy/'), version);
  }
}

async function declarePair(row: Readonly<Record<string, unknown>>): Promise<void> {
  const usual = {
    pair_id: 'media/copy/r1',
    source: 'media',
    destination: 'copy',
    is_enabled: 1,
    target_seconds: 900,
  };
  await engine.insertRows({ table: 'replication_pairs', rows: [{ ...usual, revision: 1, ...row }] });
}

const ALL = { startMs: 0, endMs: START_MS + 1000 * HOUR_MS };

test('a canary that arrives after 12 s is seen by the next look, with how exact that is', async () => {
  const clock = new FakeClock();
  clock.ms = Math.floor(systemClock.nowMs() / 1000) * 1000;
  const startMs = clock.ms;
  const store = await scriptedStore(clock, 90_000);
  const job = jobOf(store.s3, clock);
  await runFor(12_000, job, clock);
  replicate(store);
  await runFor(30_000, job, clock);
  const [row, ...others] = await canaryRows({ range: ALL, limit: 10 }, engine);
  expect(others).toEqual([]);
  expect(row).toMatchObject({
    pairId: 'media/copy/',
    state: 'arrived',
    sentMs: startMs + 90_000,
    skewMs: 90_000,
    arrivedMs: startMs + 90_000 + 18_000,
    uncertaintyMs: 10_000,
    problem: '',
  });
  const heads = store.asked.filter((request) => request.startsWith('HEAD copy/'));
  expect(heads).toHaveLength(4);
  expect(store.asked.filter((request) => request.startsWith('PUT'))).toEqual([`PUT media/${row?.key ?? ''}`]);
});

test('canaries of an hour: one every five minutes, gone an hour later, and nothing touched but keys below the prefix', async () => {
  const clock = new FakeClock();
  const store = await scriptedStore(clock);
  store.objects.set('media/photos/1.jpg', 'v0');
  store.objects.set('copy/photos/1.jpg', 'v0');
  const job = jobOf(store.s3, clock, { settings: { isRemovedAtDestination: true } });
  for (let minute = 0; minute < 120; minute += 1) {
    await job.run(signal);
    replicate(store);
    clock.ms += MINUTE_MS;
  }
  const written = store.asked.filter((request) => request.startsWith('PUT '));
  const deleted = store.asked.filter((request) => request.startsWith('DELETE '));
  expect(written).toHaveLength(24);
  const below =
    /^(?:PUT media|DELETE media|DELETE copy)\/\.bucketwatch\/canary\/copy-[\w-]*[0-9a-f]{8}\/2026112\dT[\d.]+Z$/;
  expect([...written, ...deleted].filter((request) => !below.test(request))).toEqual([]);
  expect(new Set(deleted)).toHaveLength(deleted.length);
  expect(deleted.length).toBeGreaterThanOrEqual(2 * 11);
  const left = [...store.objects.keys()].filter((path) => path.startsWith('media/'));
  expect(left).toContain('media/photos/1.jpg');
  expect(left).toHaveLength(1 + 24 - deleted.length / 2);
  expect(await canaryStatus(clock.ms, engine)).toMatchObject(
    new Map([['media/copy/', { lastLatencyMs: MINUTE_MS, waitingSeconds: null, problem: '' }]]),
  );
  const series = await canarySeries({ startMs: START_MS, endMs: clock.ms }, HOUR_MS / 1000, engine);
  expect(series.get('media/copy/')).toEqual([MINUTE_MS, MINUTE_MS]);
});

test('one under way goes on after a restart, one not seen in an hour is lost, and neither is written twice', async () => {
  const clock = new FakeClock();
  const store = await scriptedStore(clock);
  await runFor(10_000, jobOf(store.s3, clock), clock);
  const job = jobOf(store.s3, clock, { settings: { everyMs: 24 * HOUR_MS } });
  await runFor(20_000, job, clock);
  expect(store.asked.filter((request) => request.startsWith('PUT'))).toHaveLength(1);
  expect(await canaryStatus(clock.ms, engine)).toMatchObject(
    new Map([['media/copy/', { lastArrivedMs: null, waitingSeconds: 30 }]]),
  );
  clock.ms = START_MS + HOUR_MS - 1000;
  await runFor(60_000, job, clock);
  const [row] = await canaryRows({ range: ALL, limit: 10 }, engine);
  expect(row).toMatchObject({ state: 'lost', problem: 'It was not in copy after 60 min.', arrivedMs: null });
  expect(store.asked.filter((request) => request.startsWith('DELETE'))).toHaveLength(1);
  expect(store.objects.size).toBe(0);
});

test('a write that is refused names the permission, is told once, and is tried again when the next is due', async () => {
  const clock = new FakeClock();
  const store = await scriptedStore(clock);
  store.refuse = (request) => (request.startsWith('PUT') ? 403 : undefined);
  const told: object[] = [];
  const log = { ...silentLog, warn: (facts: object) => told.push(facts) };
  const job = jobOf(store.s3, clock, { log });
  await runFor(30 * MINUTE_MS, job, clock);
  const rows = await canaryRows({ range: ALL, limit: 10 }, engine);
  expect(rows).toMatchObject([
    { state: 'refused', problem: expect.stringContaining('s3:PutObject') as string },
  ]);
  expect(rows[0]?.problem).toContain('arn:aws:s3:::media/*');
  expect(told).toHaveLength(1);
  expect(store.asked.filter((request) => request.startsWith('PUT'))).toHaveLength(6);
  const [status] = (await canaryStatus(clock.ms, engine)).values();
  expect(status?.problem).toContain('s3:PutObject');
  store.refuse = () => undefined;
  await runFor(6 * MINUTE_MS, job, clock);
  replicate(store);
  await runFor(MINUTE_MS, job, clock);
  const [now] = (await canaryStatus(clock.ms, engine)).values();
  expect(now?.problem).toBe('');
  expect((await canaryRows({ range: ALL, limit: 10 }, engine)).map(({ state }) => state)).toContain(
    'arrived',
  );
});

test('killed after the write and before it was noted: found at the source, not written again', async () => {
  const clock = new FakeClock();
  const store = await scriptedStore(clock);
  const job = jobOf(store.s3, clock);
  store.refuse = (request) => {
    if (!request.startsWith('PUT')) return undefined;
    store.objects.set(request.slice('PUT '.length), 'v9');
    return 503;
  };
  await job.run(signal);
  store.refuse = () => undefined;
  clock.ms += 5 * MINUTE_MS;
  const before = store.asked.length;
  await jobOf(store.s3, clock).run(signal);
  expect(store.asked.slice(before).filter((request) => request.startsWith('PUT'))).toEqual([]);
  const rows = await canaryRows({ range: ALL, limit: 10 }, engine);
  expect(rows).toMatchObject([{ state: 'under-way', versionId: 'v9', etag: 'e' }]);
});

test('a destination that may not be looked at is refused, one that is silent is waited for, and what is there is seen', async () => {
  const clock = new FakeClock();
  const store = await scriptedStore(clock);
  const job = jobOf(store.s3, clock, { settings: { everyMs: 24 * HOUR_MS } });
  store.refuse = (request) => (request.startsWith('HEAD copy') ? 503 : undefined);
  await runFor(5000, job, clock);
  clock.ms = START_MS + 2 * HOUR_MS;
  await job.run(signal);
  const silent = await canaryRows({ range: ALL, limit: 10 }, engine);
  expect(silent).toMatchObject([{ state: 'under-way', problem: expect.stringContaining('busy') as string }]);
  store.refuse = (request) => (request.startsWith('HEAD copy') ? 403 : undefined);
  clock.ms += MINUTE_MS;
  await job.run(signal);
  const refused = await canaryRows({ range: ALL, limit: 10 }, engine);
  expect(refused).toMatchObject([
    { state: 'refused', problem: expect.stringContaining('s3:GetObject') as string },
  ]);
});

test('the key lies below the prefix of the rule, with its tags, and a rule that is disabled has none written', async () => {
  await declarePair({ prefix: 'uploads/', tags: { team: 'a&b' }, match_by: 'version' });
  const clock = new FakeClock();
  const store = await scriptedStore(clock);
  const { canary: sent, targetMs } = await jobOf(store.s3, clock).send('media/copy/r1', signal);
  expect(targetMs).toBe(15 * MINUTE_MS);
  expect(sent).toMatchObject({ pairId: 'media/copy/r1', matchBy: 'version', state: 'under-way' });
  expect(sent.key).toMatch(/^uploads\/\.bucketwatch\/canary\/copy-r1-[0-9a-f]{8}\/20261121T130000\.000Z$/);
  const { canary: within } = await jobOf(store.s3, clock, { settings: { prefix: 'uploads/canary/' } }).send(
    'media/copy',
    signal,
  );
  expect(within.key).toMatch(/^uploads\/canary\//);
  await declarePair({ is_enabled: 0, revision: 2 });
  const writes = store.asked.length;
  const { canary: refused } = await jobOf(store.s3, clock).send('media/copy/r1', signal);
  expect(refused).toMatchObject({ state: 'refused', problem: expect.stringContaining('disabled') as string });
  expect(store.asked).toHaveLength(writes);
  await expect(jobOf(store.s3, clock).send('media/other', signal)).rejects.toThrow(
    'no canaries are configured',
  );
});

test('canaries that cannot be removed are told of, and beyond a hundred no more are written', async () => {
  const clock = new FakeClock();
  const store = await scriptedStore(clock);
  store.refuse = (request) => (request.startsWith('DELETE') ? 403 : undefined);
  const job = jobOf(store.s3, clock, { settings: { everyMs: MINUTE_MS } });
  for (let minute = 0; minute < 180; minute += 1) {
    await job.run(signal);
    replicate(store);
    clock.ms += MINUTE_MS;
  }
  expect([...store.objects.keys()].filter((path) => path.startsWith('media/')).length).toBeLessThan(170);
  const [status] = (await canaryStatus(clock.ms, engine)).values();
  expect(status?.problem).toContain('s3:DeleteObject');
});

test('fauxqs: a canary in its bucket, copied by hand, arrives and goes', async () => {
  const fauxqs = await startFauxqs();
  try {
    const [media, copy] = [await fauxqs.bucketWith(['a']), await fauxqs.bucketWith(['b'])];
    const clock = new FakeClock();
    const s3 = fauxqs.connect();
    const job = jobOf(s3, clock, { settings: { source: media, destination: copy, everyMs: 24 * HOUR_MS } });
    const {
      canary: { key },
    } = await job.send(`${media}/${copy}`, signal);
    await runFor(3000, job, clock);
    await s3.putObject({ bucket: copy, key, body: 'copied', metadata: {} }, signal);
    await runFor(30_000, job, clock);
    const rows = await canaryRows(
      { range: { startMs: 0, endMs: 2 * systemClock.nowMs() }, limit: 10 },
      engine,
    );
    expect(rows).toMatchObject([{ key, state: 'arrived' }]);
    clock.ms += HOUR_MS;
    await job.run(signal);
    const keysOf = async (bucket: string): Promise<string[]> =>
      (await s3.listPage({ bucket, prefix: '' }, signal)).objects.map((object) => object.key);
    expect(await keysOf(media)).toEqual(['a']);
    expect(await keysOf(copy)).toEqual([key, 'b']);
  } finally {
    await fauxqs.stop();
  }
});

test('replication canary --once writes one, waits for it, and says with its exit code whether it came', async () => {
  const fauxqs = await startFauxqs();
  const home = keptFolder();
  try {
    const [media, copy] = [await fauxqs.bucketWith([]), await fauxqs.bucketWith([])];
    const s3 = fauxqs.connect();
    const estate = [
      {
        name: 'main',
        endpoint: fauxqs.endpoint,
        region: 'us-east-1',
        access_key_id: 'test',
        secret_access_key: 'file:secret',
      },
    ];
    const canaries = [{ source: media, destination: copy }];
    writeFileSync(join(home, 'secret'), 'test');
    // JSON is YAML.
    writeFileSync(join(home, 'bucketwatch.yaml'), JSON.stringify({ estate, replication: { canaries } }));
    const pair = `${media}/${copy}`;
    const late = await cli(['replication', 'canary', '--once', pair, '--timeout', '2s'], home);
    expect(late).toMatchObject({ code: 1, out: `It was not in ${copy} after 2 s.\n` });
    expect(late.err).toContain(`Waiting for it in ${copy}, at most 2 s.`);
    const running = cli(['replication', 'canary', '--once', pair, '--json'], home);
    await copiedOnce(s3, { media, copy, known: 1 });
    const ran = await running;
    expect(ran.code).toBe(0);
    expect(JSON.parse(ran.out)).toMatchObject({ pair_id: `${pair}/`, state: 'arrived' });
    const listed = await cli(['replication', 'canary', '--json'], home);
    expect(
      listed.out
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { state: string }).state),
    ).toEqual(['arrived', 'under-way']);
    const unknown = await cli(['replication', 'canary', '--once', 'a/b'], home);
    expect(unknown).toMatchObject({
      code: 2,
      err: expect.stringContaining('replication.canaries') as string,
    });
  } finally {
    rmSync(home, { recursive: true, force: true });
    await fauxqs.stop();
  }
}, 120_000);

/** Copies the next canary, as soon as there is one beside those that are known. */
async function copiedOnce(
  s3: S3,
  { media, copy, known }: { readonly media: string; readonly copy: string; readonly known: number },
): Promise<void> {
  for (;;) {
    const { objects } = await s3.listPage({ bucket: media, prefix: '.bucketwatch/canary/' }, signal);
    const newest = objects.at(-1);
    if (objects.length > known && newest !== undefined) {
      await s3.putObject({ bucket: copy, key: newest.key, body: '', metadata: {} }, signal);
      return;
    }
    await systemClock.sleep(50);
  }
}

const BIN = fileURLToPath(new URL('../bin/bucketwatch.js', import.meta.url));

async function cli(
  args: readonly string[],
  cwd: string,
): Promise<{ code: unknown; out: string; err: string }> {
  const child = spawn(process.execPath, [BIN, ...args], { cwd });
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { code, out, err };
}
