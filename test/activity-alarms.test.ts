/** The alarms on requests there are without any configuration, over the real engine: when they are, when not, and why. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { AlarmStore } from '../src/alarms/alarm-store.ts';
import { openEvaluator } from '../src/alarms/evaluator.ts';
import type { Engine } from '../src/engine/engine.ts';
import { ACTIVITY_ALARMS } from '../src/monitors/activity/default-alarms.ts';
import { states } from './alarm-setting.ts';
import { metricsOf, type RequestFixture, storeRequests } from './metric-rows.ts';
import { openStore } from './replication-store.ts';

const NOW_MS = Date.parse('2026-11-21T12:00:00Z');
const MINUTE_MS = 60_000;
const WEEK_MS = 7 * 24 * 60 * MINUTE_MS;

let store: Awaited<ReturnType<typeof openStore>>;
let engine: Engine;
beforeAll(async () => {
  store = await openStore();
  ({ engine } = store);
});
afterAll(() => store.close());
beforeEach(async () => {
  for (const table of [
    'alarm_states',
    'alarm_transitions',
    'requests',
    'requests_1m',
    'requests_1h',
    'latency_1m',
  ])
    await engine.command(`truncate table ${table}`);
});

/** A pass of the evaluator at noon, of a program that has settled. */
async function evaluated(): Promise<Record<string, string>> {
  const clock = { nowMs: () => NOW_MS, sleep: async () => {} };
  const feed = { name: 'activity', definitions: ACTIVITY_ALARMS, readings: () => Promise.resolve([]) };
  const evaluator = openEvaluator(
    { definitions: ACTIVITY_ALARMS, settledMs: () => 0 },
    { feeds: [feed], metrics: metricsOf(engine, NOW_MS), store: new AlarmStore(engine), clock },
  );
  await evaluator.run(new AbortController().signal);
  return states(engine);
}

/** So many requests in each five minutes of the last half hour. */
function requests(count: number, request: Omit<RequestFixture, 'time'>): RequestFixture[] {
  return Array.from({ length: 6 * count }, (_, index) => {
    const time = new Date(NOW_MS - (1 + (index % 6)) * 5 * MINUTE_MS + 1000).toISOString();
    return { ...request, time };
  });
}

describe('activity', () => {
  test('a new store has no alarm of it', async () => {
    expect(await evaluated()).toEqual({});
  });

  test.each([
    ['one in twenty fails', 190, 10, 503, []],
    ['many fail', 150, 50, 503, ['activity/server-errors{bucket="media"}']],
    ['all of few fail', 0, 4, 503, []],
    ['some are denied', 150, 50, 403, []],
    ['half are denied', 100, 100, 403, ['activity/denied{bucket="media",http_status="403"}']],
    ['half are not there', 100, 100, 404, []],
  ] as const)('%s', async (_what, fine, wrong, status, expected) => {
    await storeRequests(
      [...requests(fine, { bucket: 'media' }), ...requests(wrong, { bucket: 'media', status })],
      engine,
    );
    const all = await evaluated();
    expect(Object.keys(all)).toContain('activity/server-errors{bucket="media"}');
    expect(Object.keys(all).filter((id) => all[id] !== 'OK')).toEqual(expected);
  });

  test('the requests that make it are its evidence, the most frequent last', async () => {
    await storeRequests(
      [
        ...requests(100, { bucket: 'media' }),
        ...requests(20, { bucket: 'media', status: 500 }),
        ...requests(40, { bucket: 'media', status: 503, operation: 'REST.PUT.OBJECT' }),
        ...requests(90, { bucket: 'other', status: 503 }),
      ],
      engine,
    );
    await evaluated();
    const [row] = await engine.query<{ evidence: string[] }>(
      `select evidence from alarm_transitions where alarm = 'activity/server-errors{bucket="media"}' and state = 'ALARM'`,
    );
    const rows = (row?.evidence ?? []).map((text) => JSON.parse(text) as Record<string, unknown>);
    expect(rows.filter(({ standing }) => standing === 'breaching')).not.toEqual([]);
    expect(rows.slice(-2)).toMatchObject([
      { matching: 20 * 5, operation: 'REST.GET.OBJECT', http_status: 500 },
      { matching: 40 * 5, operation: 'REST.PUT.OBJECT', http_status: 503 },
    ]);
  });

  test.each([
    ['as slow as in the weeks before', 1000, 'OK'],
    ['a little slower', 1100, 'OK'],
    ['three times as slow', 3000, 'ALARM'],
  ])('what is %s', async (_what, turnAroundMs, expected) => {
    const quarter = (startMs: number, ms: number): RequestFixture[] =>
      Array.from({ length: 20 }, (_, index) => ({
        bucket: 'media',
        time: new Date(startMs + index * 1000).toISOString(),
        turnAroundMs: ms + index,
      }));
    const hours = [8, 9, 10, 11].flatMap((hour) =>
      [0, 15, 30, 45].map((minute) => NOW_MS - 12 * 60 * MINUTE_MS + (hour * 60 + minute) * MINUTE_MS),
    );
    const before = [1, 2, 3, 4].flatMap((week) => hours.map((ms) => ms - week * WEEK_MS));
    await storeRequests(
      [...before.flatMap((ms) => quarter(ms, 1000)), ...hours.flatMap((ms) => quarter(ms, turnAroundMs))],
      engine,
    );
    const all = await evaluated();
    expect(all['activity/latency{bucket="media"}']).toBe(expected);
  });
});
