/** When what the sources had at the start counts as known: verdicts about pairs wait for it. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type App, openApp } from '../src/app.ts';
import { configSchema } from '../src/config/schema.ts';
import { NO_COUNTS } from '../src/intake/counts.ts';
import { openJobs } from '../src/jobs.ts';
import { systemClock } from '../src/lib/clock.ts';
import { silentLog } from '../src/lib/log.ts';
import type { Source, SourceStatus } from '../src/sources/source.ts';
import { keptFolder } from './temp.ts';

let app: App;
beforeAll(async () => {
  app = await openApp(configSchema.parse({ data: keptFolder() }), {}, { clock: systemClock, log: silentLog });
}, 60_000);
afterAll(async () => app.close());

test('pairs are settled once all that was offered in the first looks is in the ledger and judged, and stay so', async () => {
  let status: SourceStatus = { state: 'idle', message: '', lastCheckedMs: 0, requests: {} };
  let counts = NO_COUNTS;
  const source: Source = {
    name: 'logs',
    kind: 'files',
    location: '/logs',
    batches: async function* () {},
    status: () => status,
  };
  const { engine, estate, config } = app;
  const parts = { engine, estate, clock: systemClock, log: silentLog, linkKey: new Uint8Array(32) };
  let isWhole = false;
  const jobs = openJobs(config, {
    ...parts,
    sources: [source],
    progress: () => counts,
    spoolBytes: () => 0,
    isWhole: () => isWhole,
  });
  const judging = jobs.all.find(({ name }) => name === 'replication judge');
  const judge = async (): Promise<boolean> => {
    await judging?.run(new AbortController().signal);
    return jobs.isSettled();
  };
  expect(jobs.isSettled(), 'nobody follows the sources').toBe(true);
  expect(await judge(), 'not begun').toBe(false);
  status = { ...status, state: 'reading' };
  expect(await judge(), 'reading').toBe(false);
  status = { ...status, state: 'waiting', lastCheckedMs: 1 };
  expect(await judge(), 'what is to be there is still being written').toBe(false);
  isWhole = true;
  counts = { ...NO_COUNTS, offered: 10, loaded: 3 };
  expect(await judge(), 'all offered, three loaded').toBe(false);
  counts = { ...NO_COUNTS, offered: 25, loaded: 7, known: 1, rejected: 1, failed: 1 };
  expect(await judge(), 'the ten of the first look have an end').toBe(true);
  counts = { ...NO_COUNTS, offered: 100, loaded: 10 };
  status = { ...status, state: 'reading' };
  expect(await judge(), 'later').toBe(true);
});
