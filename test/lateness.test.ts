/** How late records come, from a ledger in the real engine: what counts, what does not, what the API says. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { join } from 'node:path';
import { rmSync } from 'node:fs';
import { type App, openApp } from '../src/app.ts';
import { configSchema } from '../src/config/schema.ts';
import { systemClock } from '../src/lib/clock.ts';
import { silentLog } from '../src/lib/log.ts';
import { type Arrivals, sourceArrivals } from '../src/monitors/completeness/arrivals.ts';
import type { Sources } from '../src/serve/api.ts';
import { keptFolder } from './temp.ts';

const NOW_S = Math.floor(systemClock.nowMs() / 1000);
const DAY_S = 86_400;
const folder = keptFolder();
let app: App;
let batches = 0;

/** When a batch came and what it held, in seconds before now. */
interface Came {
  readonly source: string;
  readonly agoS: number;
  /** From the oldest record to the delivery, and from the newest. */
  readonly lateS: readonly [oldest: number, newest: number];
  readonly facts?: number;
  readonly format?: string;
}

function rowOf({ source, agoS, lateS, facts = 100, format = 'access-log' }: Came): Record<string, unknown> {
  const at = (beforeS: number): string =>
    new Date((NOW_S - agoS - beforeS) * 1000).toISOString().slice(0, 19).replace('T', ' ');
  batches += 1;
  return {
    batch_id: batches,
    source,
    origin: `file:///${batches}`,
    identity: String(batches),
    format,
    state: 'loaded',
    facts,
    first_event: at(lateS[0]),
    last_event: at(lateS[1]),
    delivered_at: at(0),
    received_at: at(-5),
    loaded_at: at(-10),
  };
}

/** A batch every ten minutes for two days, a tenth of them late by 30 minutes, one by a day. */
const STEADY: Came[] = Array.from({ length: 288 }, (_, index) => ({
  source: 'steady',
  agoS: index * 600 + 30,
  lateS: index === 20 ? [DAY_S, 60] : index % 10 === 0 ? [1800, 900] : [600, 60],
  facts: index === 20 ? 1 : 100,
}));
/** Ten days of hourly files, all copied within the last hour. */
const copied = (source: string): Came[] =>
  Array.from({ length: 240 }, (_, index) => ({
    source,
    agoS: 1900 + index,
    lateS: [(index + 1) * 3600, index * 3600],
  }));

beforeAll(async () => {
  const data = join(folder, 'data');
  app = await openApp(configSchema.parse({ data }), {}, { clock: systemClock, log: silentLog });
  const all = [
    ...STEADY,
    ...copied('copied'),
    ...STEADY.map((came) => ({ ...came, source: 'both' })),
    ...copied('both'),
    { source: 'old', agoS: 60, lateS: [40 * DAY_S, 39 * DAY_S] as const },
  ];
  await app.engine.insertRows({ table: 'batches', rows: all.map(rowOf), token: 'lateness' });
});
afterAll(async () => {
  await app.close();
  rmSync(folder, { recursive: true, force: true });
});

async function arrivalsOf(source: string): Promise<Arrivals | undefined> {
  return (await sourceArrivals(NOW_S * 1000, app.engine)).find((row) => row.source === source);
}

const EXPECTED = { p50_seconds: 600, p95_seconds: 1800, p99_seconds: 1800, max_seconds: DAY_S };

test('a record counts as late as the oldest of its batch, and a batch by its records', async () => {
  const arrivals = await arrivalsOf('steady');
  expect(arrivals?.lateness).toEqual({ ...EXPECTED, typical_seconds: 330, batches: 288 });
  expect(arrivals?.byFormat.get('access-log')).toEqual(arrivals?.lateness);
  expect(arrivals?.deliveriesS).toHaveLength(288);
  expect(arrivals?.lastDeliveryMs).toBe((NOW_S - 30) * 1000);
  expect(arrivals?.intakeLagS).toBe(10);
});

test('history that was copied says nothing of lateness and of gaps, and does not spoil what is known', async () => {
  expect((await arrivalsOf('copied'))?.lateness).toBeUndefined();
  expect((await arrivalsOf('copied'))?.deliveriesS).toEqual([]);
  expect((await arrivalsOf('old'))?.lateness).toBeUndefined();
  expect((await arrivalsOf('both'))?.lateness).toMatchObject(EXPECTED);
});

test('GET /sources has lateness, lag and verdict; what is not followed is unknown', async () => {
  const { rows } = (await (await app.api.request('/api/v1/sources')).json()) as Sources;
  expect(rows.find(({ name }) => name === 'steady')).toMatchObject({
    lateness: EXPECTED,
    intake_lag_seconds: 10,
    quiet_since: null,
    verdict: 'unknown',
    verdict_reason: 'It is not followed: only what was loaded is known.',
  });
  expect(rows.find(({ name }) => name === 'old')).toMatchObject({ lateness: null });
});

test('answers about facts say up to when they are complete', async () => {
  const answer = async (path: string) =>
    ((await (await app.api.request(`/api/v1/${path}`)).json()) as { coverage: Record<string, unknown> })
      .coverage;
  const until = new Date((NOW_S - 30 - 1800) * 1000).toISOString().replace('.000Z', 'Z');
  expect(await answer('activity/series')).toMatchObject({ complete_until: until });
  const early = new Date((NOW_S - 7200) * 1000).toISOString().replace('.000Z', 'Z');
  expect(await answer(`requests?until=${early}`)).toMatchObject({ complete_until: early });
  expect(await answer('calls')).toMatchObject({ complete_until: null });
});
