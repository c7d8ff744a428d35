/** Pairs from what stores and configuration say, and what is judged of objects by them: from files to the API. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type App, openApp } from '../src/app.ts';
import { configSchema } from '../src/config/schema.ts';
import { systemClock } from '../src/lib/clock.ts';
import { silentLog } from '../src/lib/log.ts';
import type { Pairs } from '../src/serve/replication-api.ts';
import { openFiles } from '../src/sources/files.ts';
import { configLine, eventLine } from './replication-lines.ts';
import { keptFolder } from './temp.ts';

const NOW_MS = Date.UTC(2026, 2, 2, 12, 0, 0);
const folder = keptFolder();
const logs = join(folder, 'logs');
let app: App;
let files = 0;
let isLoading = false;

beforeAll(async () => {
  mkdirSync(logs);
  app = await openApp(
    configSchema.parse({
      data: join(folder, 'data'),
      replication: {
        pairs: [{ source: 'media', destination: 'siteB:media', match_by: 'key', target: '1h' }],
      },
    }),
    {},
    // Loads are formed in the time of day; questions are asked at a time of the test's own.
    { clock: { ...systemClock, nowMs: () => (isLoading ? systemClock.nowMs() : NOW_MS) }, log: silentLog },
  );
}, 60_000);
afterAll(async () => {
  await app.close();
  rmSync(folder, { recursive: true, force: true });
});

async function load(...lines: readonly string[]): Promise<void> {
  files += 1;
  const path = join(logs, String(files));
  writeFileSync(path, `${lines.join('\n')}\n`);
  const { signal } = new AbortController();
  isLoading = true;
  const counts = await app.ingest(
    openFiles({ name: 'logs', path, pollMs: 0 }, { clock: systemClock }),
    signal,
  );
  expect(counts).toMatchObject({ loaded: 1, rejects: 0 });
  await app.jobs.catchUp(signal);
  isLoading = false;
}

async function pairs(): Promise<Pairs['rows']> {
  const response = await app.api.request('/api/v1/replication/pairs?since=2026-03-01T12:00:00Z');
  expect(response.status).toBe(200);
  return ((await response.json()) as Pairs).rows;
}

const rule = (change: object = {}) => ({
  ID: 'all',
  Status: 'Enabled',
  Priority: 1,
  Filter: {},
  DeleteMarkerReplication: { Status: 'Disabled' },
  Destination: { Bucket: 'arn:aws:s3:::media-copy' },
  ...change,
});

test('a declared pair is there without any store', async () => {
  await app.jobs.catchUp(new AbortController().signal);
  expect(await pairs()).toMatchObject([
    {
      id: 'media/siteB:media/declared',
      declared: true,
      match_by: 'key',
      target_seconds: 3600,
      verdict: 'unknown',
      rpo_seconds: null,
    },
  ]);
});

test('a rule is found when its bucket is looked at, and objects are judged by it', async () => {
  await load(configLine({ bucket: 'media', observedAt: '2026-03-02T08:00:00Z', rules: [rule()] }));
  await load(
    eventLine({
      bucket: 'media',
      key: 'arrives',
      versionId: 'v1',
      at: '2026-03-02T11:00:00.000Z',
      size: 100,
    }),
    eventLine({
      bucket: 'media-copy',
      key: 'arrives',
      versionId: 'v1',
      at: '2026-03-02T11:00:07.000Z',
      size: 100,
    }),
    eventLine({ bucket: 'media', key: 'waits', versionId: 'v2', at: '2026-03-02T11:26:00.000Z', size: 2048 }),
  );
  const found = (await pairs()).find(({ id }) => id === 'media/media-copy/all');
  expect(found).toMatchObject({
    active_from: '2026-03-02T08:00:00Z',
    verdict: 'lagging',
    sentence: 'RPO now 34 min, target 15 min: 1 object, 2.0 KiB waits.',
    replicated_objects: 1,
    pending_objects: 1,
    overdue_objects: 1,
    feeds: ['notifications of media', 'notifications of media-copy'],
  });
  // 7 s, in a bin that is 2.2 % wide.
  expect(found?.latency_ms?.max).toBeGreaterThan(6920);
  expect(found?.latency_ms?.max).toBeLessThan(7080);
});

test('a narrower prefix takes the objects away that it is not for, without a restart', async () => {
  await load(
    configLine({
      bucket: 'media',
      observedAt: '2026-03-02T11:40:00Z',
      rules: [rule({ Filter: { Prefix: 'arr' } })],
    }),
  );
  expect((await pairs()).find(({ id }) => id === 'media/media-copy/all')).toMatchObject({
    prefix: 'arr',
    active_from: '2026-03-02T08:00:00Z',
    verdict: 'ok',
    pending_objects: 0,
    replicated_objects: 1,
  });
});

test('a store that refuses changes nothing; a rule that is gone is no pair any more', async () => {
  await load(configLine({ bucket: 'media', observedAt: '2026-03-02T11:45:00Z', state: 'denied' }));
  expect((await pairs()).map(({ id }) => id)).toContain('media/media-copy/all');
  await load(configLine({ bucket: 'media', observedAt: '2026-03-02T11:50:00Z', state: 'absent' }));
  expect((await pairs()).map(({ id }) => id)).not.toContain('media/media-copy/all');
});

test('nothing is written, and nothing judged again, when nothing changed', async () => {
  const count = async () =>
    (
      await app.engine.query<{ n: number }>('select count() as n from replication_pairs settings final = 0')
    )[0]?.n;
  const before = await count();
  await app.jobs.catchUp(new AbortController().signal);
  expect(await count()).toBe(before);
});
