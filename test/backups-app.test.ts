/** Backups through the whole program: S3 and SQS that nobody here wrote, events and listings, a restart. */
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { type App, openApp } from '../src/app.ts';
import { configSchema } from '../src/config/schema.ts';
import { systemClock } from '../src/lib/clock.ts';
import { silentLog } from '../src/lib/log.ts';
import type { Backups } from '../src/serve/backup-api.ts';
import { type Fauxqs, startFauxqs, type TestQueue } from './fauxqs.ts';
import { notification } from './s3-messages.ts';
import { tempFolder } from './temp.ts';

const CREDENTIALS = { access_key_id: 'test', secret_access_key: 'test' };
const WAIT = { timeout: 30_000, interval: 100 };

let cloud: Fauxqs;
beforeAll(async () => {
  cloud = await startFauxqs();
});
afterAll(() => cloud.stop());

const running: App[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((app) => app.close()));
});

async function follow(
  data: string,
  { bucket, queue, backups }: { bucket: string; queue: TestQueue; backups: object },
): Promise<App> {
  const config = configSchema.parse({
    data,
    sources: [{ kind: 'queue', name: 'q', url: queue.url, endpoint: cloud.endpoint, ...CREDENTIALS }],
    estate: [{ name: 'store', endpoint: cloud.endpoint, buckets: [bucket], ...CREDENTIALS }],
    backups,
  });
  const app = await openApp(config, {}, { clock: systemClock, log: silentLog });
  running.push(app);
  app.follow();
  return app;
}

/** Puts files into the bucket, and gives one notification of all of them. */
async function written(bucket: string, keys: readonly string[]): Promise<string> {
  const s3 = cloud.connect();
  const { signal } = new AbortController();
  const events = [];
  for (const key of keys) {
    const { etag } = await s3.putObject({ bucket, key, body: 'ten bytes.', metadata: {} }, signal);
    events.push({ bucket, key, etag });
  }
  const now = new Date(systemClock.nowMs()).toISOString();
  return notification(...events).replaceAll(/"eventTime":"[^"]*"/g, `"eventTime":"${now}"`);
}

async function verdicts(app: App): Promise<Record<string, string>> {
  const answer = await app.api.fetch(new Request('http://localhost/api/v1/backups'));
  const { rows } = (await answer.json()) as Backups;
  return Object.fromEntries(rows.map(({ series, verdict, files }) => [series, `${verdict} ${files}`]));
}

test('what events tell and what listings tell are one picture, the same after a restart', async () => {
  const day = new Date(systemClock.nowMs()).toISOString().slice(0, 10);
  const bucket = await cloud.bucketWith([`listed/${day}.gz`, 'found/site.tar', 'found/site.tar.tmp']);
  // All records of a message count, and keys are decoded once: a literal % or + stays what it is.
  const keys = ['told/a+b', 'told/100%25', 'told/a b'].map((name) => `${name}-${day}.gz`);
  const queue = await cloud.queueWith([await written(bucket, keys)]);
  const series = ['told/a+b', 'told/100%25', 'told/a b', 'listed', 'never'].map((name) => ({
    name,
    bucket,
    pattern: name.startsWith('told') ? `${name}-{date}.gz` : `${name}/{date}.gz`,
    schedule: { every: '1d' },
  }));
  const backups = { series, discover: [{ bucket }] };
  const data = join(tempFolder(), 'data');
  const expected = {
    'told/a+b': 'ok 1',
    'told/100%25': 'ok 1',
    'told/a b': 'ok 1',
    listed: 'ok 1',
    never: 'missing 0',
    'found/site.tar': 'learning 1',
  };
  const app = await follow(data, { bucket, queue, backups });
  await vi.waitFor(async () => expect(await verdicts(app)).toEqual(expected), WAIT);
  running.splice(0);
  await app.close();
  const again = await follow(data, { bucket, queue, backups });
  await vi.waitFor(async () => expect(await verdicts(again)).toEqual(expected), WAIT);
}, 60_000);
