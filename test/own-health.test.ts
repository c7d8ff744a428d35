/** What a real program says of itself: over HTTP, with and without a token, and as alarms. */
import { createServer, request as httpRequest } from 'node:http';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type App, openApp } from '../src/app.ts';
import { configSchema } from '../src/config/schema.ts';
import type { Engine } from '../src/engine/engine.ts';
import { withErrorsCounted } from '../src/health/engine-errors.ts';
import { healthFeed } from '../src/health/health-feed.ts';
import { HealthWatch } from '../src/health/health-watch.ts';
import { diskOf, processMemory, readHealth } from '../src/health/readings.ts';
import { systemClock } from '../src/lib/clock.ts';
import { Fault } from '../src/lib/fault.ts';
import { repeat } from '../src/lib/job.ts';
import { JobRecords } from '../src/lib/job-records.ts';
import { silentLog } from '../src/lib/log.ts';
import { readOpenMetrics } from './open-metrics-reader.ts';
import { listen, type Server } from '../src/serve/listen.ts';
import { keptFolder } from './temp.ts';
import { testClock } from './test-clock.ts';

const TOKEN = 'a-token-of-some-length';
const folder = keptFolder();
let app: App;
let guarded: Server;
let open: Server;
const pings: string[] = [];
const deadMan = createServer((request, response) => {
  pings.push(request.url ?? '');
  response.end();
});
beforeAll(async () => {
  await new Promise<void>((resolve) => deadMan.listen(0, '127.0.0.1', resolve));
  const address = deadMan.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const ping = { url: `http://127.0.0.1:${port}/well`, every: '10s' };
  const config = configSchema.parse({ data: join(folder, 'data'), health: { ping } });
  app = await openApp(config, {}, { clock: systemClock, log: silentLog });
  guarded = await listen({ api: app.api, address: '127.0.0.1:0', token: TOKEN });
  open = await listen({ api: app.api, address: '127.0.0.1:0', token: undefined });
}, 60_000);
afterAll(async () => {
  await guarded.close();
  await open.close();
  await app.close();
  deadMan.closeAllConnections();
  deadMan.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Asked {
  readonly method?: string;
  readonly host?: string;
}

/** With a host name of the test's choice, which fetch does not allow. */
function ask(url: string, { method = 'GET', host }: Asked = {}): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const headers = host === undefined ? {} : { host };
    const sent = httpRequest(url, { method, headers }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
    sent.on('error', reject).end();
  });
}

test('/readyz says what is missing until the sources are followed', async () => {
  expect(await ask(`${guarded.url}/readyz`)).toEqual({
    status: 503,
    body: '{"ready":false,"reason":"The sources are not followed yet."}',
  });
  app.follow();
  expect(await ask(`${guarded.url}/readyz`)).toEqual({ status: 200, body: '{"ready":true,"reason":""}' });
});

test('once the sources are followed the configured switch is asked', async () => {
  await vi.waitUntil(() => pings.length > 0, { interval: 5, timeout: 25_000 });
  expect(pings[0]).toBe('/well');
});

test('/healthz and /readyz need no token and no loopback name; nothing beside them is let through', async () => {
  for (const server of [guarded, open]) {
    for (const path of ['/healthz', '/readyz']) {
      const asked = await ask(`${server.url}${path}`, { host: 'watch.example' });
      expect([path, asked.status]).toEqual([path, 200]);
      expect((await ask(`${server.url}${path}`, { method: 'HEAD', host: '10.1.2.3' })).status).toBe(200);
    }
    for (const path of ['/api/v1/health', '/api/v1/status', '/healthz/x', '/readyz/', '/healthzz', '/'])
      expect((await ask(`${server.url}${path}`, { host: 'watch.example' })).status, path).toBeGreaterThan(
        400,
      );
    for (const method of ['POST', 'PUT', 'DELETE'])
      expect((await ask(`${server.url}/healthz`, { method, host: 'watch.example' })).status).toBeGreaterThan(
        400,
      );
  }
});

test('/healthz says no more than that it lives', async () => {
  expect(await ask(`${guarded.url}/healthz`)).toEqual({ status: 200, body: '{"alive":true}' });
});

test('GET /api/v1/health of a program at work has no engine, job, disk or spool that is bad', async () => {
  const answer = await fetch(`${guarded.url}/api/v1/health`, {
    headers: { authorization: `Bearer ${TOKEN}` },
  });
  const health = (await answer.json()) as { items: { check: string; of: string; verdict: string }[] };
  const known = health.items.filter(({ check }) => check !== 'memory' && check !== 'disk');
  expect(known.filter(({ verdict }) => verdict === 'bad')).toEqual([]);
  expect(known.map(({ check }) => check)).toEqual(
    expect.arrayContaining(['engine', 'engine-errors', 'spool', 'job']),
  );
  expect(known.filter(({ check }) => check === 'job').map(({ of }) => of)).toContain('replication judge');
});

test('GET /metrics has each number that a check is told from, in base units', async () => {
  const answer = await fetch(`${guarded.url}/metrics`, {
    headers: { authorization: `Bearer ${TOKEN}`, accept: 'application/openmetrics-text' },
  });
  const families = readOpenMetrics(await answer.text());
  const ofAll = (name: string) => families.get(`bucketwatch_health_${name}`)?.samples ?? [];
  const [disk] = ofAll('disk_free_bytes');
  expect(disk).toMatchObject({ labels: { of: '' } });
  expect(disk?.value).toBeGreaterThan(0);
  expect(ofAll('spool_bytes')).toEqual([{ labels: { of: '' }, value: 0 }]);
  expect(ofAll('engine_errors_errors')).toHaveLength(1);
  expect(ofAll('job_last_run_seconds').map(({ labels }) => labels['of'])).toContain('replication judge');
  expect([...families.keys()].filter((name) => name.endsWith('_ms'))).toEqual([]);
});

function watchOver(engine: Engine, clock = testClock(Date.UTC(2026, 10, 1))): HealthWatch {
  return new HealthWatch({
    engine,
    errors: { recent: () => ({ errors: 0, lastError: '' }) },
    folder,
    sources: [],
    spool: () => ({ bytes: 0, bytesMax: 1, loadsWaiting: 0 }),
    jobs: () => [],
    deliveries: () => [],
    memory: () => ({ residentBytes: 1, availableBytes: 2 ** 40 }),
    clock,
  });
}

test('HealthWatch keeps since when an item is as it is, and asks the engine once for all who ask in a second', async () => {
  const clock = testClock(Date.UTC(2026, 10, 1));
  let isAway = false;
  let asked = 0;
  const engine: Engine = {
    ...app.engine,
    query: (sql, options) => {
      asked += 1;
      return isAway ? Promise.reject(new Fault('unavailable', 'away')) : app.engine.query(sql, options);
    },
  };
  const watch = watchOver(engine, clock);
  const since = async () => {
    const { items, atMs } = await watch.look();
    const { state, sinceMs } = items.find(({ check }) => check === 'engine') ?? { state: '', sinceMs: 0 };
    return [state, atMs - sinceMs];
  };
  expect(await since()).toEqual(['good', 0]);
  clock.pass(60_000);
  expect(await since()).toEqual(['good', 60_000]);
  isAway = true;
  asked = 0;
  await Promise.all([watch.answer(), watch.answer(), watch.answer()]);
  expect(asked).toBe(1);
  expect(await watch.answer()).toMatchObject({ isAnswering: false, reason: 'away' });
  clock.pass(60_000);
  expect(await since()).toEqual(['bad', 0]);
  clock.pass(60_000);
  expect(await since()).toEqual(['bad', 60_000]);
});

test('an engine that never answers is bad after a second, and says so without waiting longer', async () => {
  const engine: Engine = {
    ...app.engine,
    query: (_sql, options) =>
      new Promise((_resolve, reject) => {
        options?.signal?.addEventListener('abort', () => reject(new Fault('limit', 'no answer')));
      }),
  };
  const { state, items } = await watchOver(engine).look();
  expect(state).toBe('bad');
  expect(items[0]).toMatchObject({ check: 'engine', sentence: expect.stringContaining('within a second') });
});

test('readHealth() counts rejects and lag of the last hour from the ledger', async () => {
  const nowMs = Date.UTC(2026, 10, 1, 12);
  const at = (minute: number): string => new Date(nowMs + minute * 60_000).toISOString().replace('Z', '');
  const batch = (id: number, minute: number, lateMin: number, state: string) => ({
    batch_id: id,
    source: 'shelf',
    state,
    facts: state === 'loaded' ? 90 : 0,
    rejects: state === 'loaded' ? 10 : 0,
    delivered_at: at(minute - lateMin),
    received_at: at(minute),
    loaded_at: at(minute),
  });
  await app.engine.insertRows({
    table: 'batches',
    rows: [
      batch(1, -600, 0, 'loaded'),
      batch(2, -30, 10, 'loaded'),
      batch(3, -20, 10, 'loaded'),
      batch(4, -10, 0, 'rejected'),
      batch(5, -120, 90, 'loaded'),
    ],
  });
  const source = {
    name: 'shelf',
    kind: 'files' as const,
    location: '/shelf',
    batches: async function* () {},
    status: () => ({ state: 'waiting' as const, message: '', lastCheckedMs: 1, requests: {} }),
  };
  const readings = await readHealth({
    engine: app.engine,
    errors: { recent: () => ({ errors: 0, lastError: '' }) },
    folder,
    sources: [source],
    spool: () => ({ bytes: 0, bytesMax: 1, loadsWaiting: 0 }),
    jobs: () => [],
    deliveries: () => [],
    memory: processMemory,
    clock: testClock(nowMs),
  });
  expect(readings.sources).toEqual([
    {
      name: 'shelf',
      isFailing: false,
      message: '',
      records: 180,
      rejects: 20,
      rejectedBatches: 1,
      lagSeconds: 600,
    },
  ]);
});

test('diskOf() gives the space of a folder, and a reason for one that is not there', async () => {
  const disk = await diskOf(folder);
  expect('freeBytes' in disk && disk.freeBytes > 0 && disk.freeBytes <= disk.totalBytes).toBe(true);
  expect(await diskOf(join(folder, 'none'))).toMatchObject({ reason: expect.stringContaining('ENOENT') });
});

test("withErrorsCounted() counts what fails for 15 minutes, but neither people's SQL nor what was wrongly asked", async () => {
  const clock = testClock(0);
  const broken = (): Promise<never> => Promise.reject(new Fault('unavailable', 'out of memory'));
  const wrong = (): Promise<never> => Promise.reject(new Fault('invalid', 'no such column'));
  const { engine, errors } = withErrorsCounted(
    { ...app.engine, query: broken, command: wrong, insertRows: broken },
    { clock },
  );
  await engine.query('select 1', { untrusted: true }).catch(() => {});
  await engine.command('nonsense').catch(() => {});
  expect(errors.recent()).toEqual({ errors: 0, lastError: '' });
  await expect(engine.query('select 1')).rejects.toThrow('out of memory');
  await expect(engine.insertRows({ table: 't', rows: [] })).rejects.toThrow('out of memory');
  expect(errors.recent()).toEqual({ errors: 2, lastError: 'out of memory' });
  clock.pass(900_000);
  expect(errors.recent()).toEqual({ errors: 0, lastError: '' });
});

test('repeat() records runs, failures, how long they took and the last success', async () => {
  const clock = testClock(1_000_000);
  const records = new JobRecords({ clock });
  const stop = new AbortController();
  let run = 0;
  const job = {
    name: 'counting',
    everyMs: 1000,
    run: async () => {
      run += 1;
      clock.pass(50);
      if (run > 1) throw new Error(`no ${run}`);
    },
  };
  const repeating = repeat(job, { clock, log: silentLog, records }, stop.signal);
  const settled = async (): Promise<void> => {
    while (clock.asleep().length === 0) await Promise.resolve();
  };
  await settled();
  expect(records.all()).toMatchObject([
    { runs: 1, failures: 0, lastSuccessMs: 1_000_050, lastRunMs: 50, reason: '' },
  ]);
  for (let times = 0; times < 2; times += 1) {
    clock.pass(1000);
    await settled();
  }
  expect(records.all()).toEqual([
    {
      name: 'counting',
      everyMs: 1000,
      runs: 3,
      failures: 2,
      failuresInRow: 2,
      lastSuccessMs: 1_000_050,
      lastFailureMs: 1_002_150,
      lastRunMs: 50,
      reason: 'no 3',
    },
  ]);
  stop.abort();
  await repeating;
});

test('the alarms of a healthy program have a reading for each of its items', async () => {
  const watch = watchOver(app.engine);
  const readings = await healthFeed({ health: watch }).readings(0);
  expect(readings.map(({ definition }) => definition)).toEqual([
    'health/engine',
    'health/engine-errors',
    'health/disk',
    'health/disk-low',
    'health/memory',
  ]);
});
