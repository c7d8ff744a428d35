/** How soon a change of an alarm is told, as everything is set when nothing is configured, by a clock of its own. */
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { openAlarms } from '../src/alarm-watch.ts';
import type { AlarmDefinition } from '../src/alarms/definition.ts';
import type { AlarmFeed, FeedReading } from '../src/alarms/feed.ts';
import { SETTLE_MS } from '../src/alarms/state.ts';
import { type Config, configSchema } from '../src/config/schema.ts';
import type { Engine } from '../src/engine/engine.ts';
import { type Job, repeat } from '../src/lib/job.ts';
import { silentLog } from '../src/lib/log.ts';
import { openNotifications } from '../src/notify-watch.ts';
import { type ReceivingServer, startReceiver } from './notify-samples.ts';
import { bound, openStore } from './replication-store.ts';
import { testClock } from './test-clock.ts';

const SECOND_MS = 1000;
const START_MS = Date.parse('2026-11-21T12:00:00Z');
/** Nothing but the wait of the group is between the two; without being woken it would be up to five seconds. */
const SOON_MS = 2 * SECOND_MS;
const WAIT = { timeout: 60_000, interval: 2 };
vi.setConfig({ testTimeout: 180_000 });
const THINGS = ['a', 'b', 'c'];

let engine: Engine;
let store: Awaited<ReturnType<typeof openStore>>;
let hook: ReceivingServer;
beforeAll(async () => {
  [store, hook] = await Promise.all([openStore(), startReceiver()]);
  ({ engine } = store);
});
afterAll(() => Promise.all([store.close(), hook.stop()]));
beforeEach(async () => {
  for (const table of ['alarm_states', 'alarm_transitions', 'notifications'])
    await engine.command(`truncate table ${table}`);
  hook.received.length = 0;
});

const BASE = { severity: 'warning', firstStep: '', labels: {} } as const;
const BAD: AlarmDefinition = {
  ...BASE,
  id: 'things/bad',
  title: '{thing} is bad',
  rule: { kind: 'status', alarmOn: ['bad'], okOn: ['ok'] },
};
const DUE: AlarmDefinition = { ...BASE, id: 'things/due', title: '', rule: { kind: 'deadline', graceMs: 0 } };
const CAUSE = {
  id: 'cause',
  title: 'All of it is down',
  rule: 'FALSE',
  labels: { role: 'cause' },
};

/** The alarms of a feed and whoever is told of them, with all that is not given as it is by default. */
function running(given: { readonly alarms?: object; readonly notify?: object }) {
  const clock = testClock(START_MS);
  const parsed = configSchema.parse({
    data: '/nowhere',
    alarms: given.alarms ?? {},
    notify: { channels: [{ kind: 'webhook', name: 'hook', url: hook.url }], ...given.notify },
  });
  // The feed is of this test: the configuration does not know its alarms.
  const composites = parsed.alarms.composites.map((one) => ({ ...one, rule: `ALARM("${BAD.id}")` }));
  const config: Config = { ...parsed, alarms: { ...parsed.alarms, composites } };
  const setting = { readings: [] as FeedReading[] };
  const feed: AlarmFeed = {
    name: 'things',
    definitions: [BAD, DUE],
    readings: () => Promise.resolve(setting.readings),
  };
  let working = 0;
  const busy = async <Result>(work: Promise<Result>): Promise<Result> => {
    working += 1;
    return work.finally(() => {
      working -= 1;
    });
  };
  const counted: Engine = {
    ...bound(engine),
    query: (sql, options) => busy(engine.query(sql, options)),
    insertRows: (insert, options) => busy(engine.insertRows(insert, options)),
  };
  const parts = { engine: counted, clock, log: silentLog, linkKey: new Uint8Array(32) };
  const notifications = openNotifications(config, parts);
  const { job } = openAlarms(config, {
    ...parts,
    sources: [],
    spoolBytes: () => 0,
    feeds: [feed],
    isSettled: () => true,
    onTransitions: () => notifications.look(),
  });
  const stop = new AbortController();
  const jobs = [job, ...notifications.jobs].map(
    (one): Job => ({
      name: one.name,
      get everyMs() {
        return one.everyMs;
      },
      ...(one.bell === undefined ? {} : { bell: one.bell }),
      run: async (signal) => {
        await busy(one.run(signal));
      },
    }),
  );
  const repeating = jobs.map((one) => repeat(one, { clock, log: silentLog }, stop.signal));
  let seen = 0;
  const told: { readonly afterMs: number; readonly alarms: readonly string[] }[] = [];
  /** Until both jobs sleep, nothing is asked of the engine, and nothing waits for its answer, which would sleep as well. */
  const rested = async (): Promise<void> => {
    await vi.waitFor(() => {
      expect(working).toBe(0);
      expect(clock.asleep()).toHaveLength(jobs.length);
    }, WAIT);
    for (; seen < hook.received.length; seen += 1) {
      const { alarms } = JSON.parse(hook.received[seen]?.body ?? '') as { alarms: { id: string }[] };
      told.push({ afterMs: clock.nowMs() - START_MS, alarms: alarms.map(({ id }) => id).sort() });
    }
  };
  return {
    setting,
    told,
    ask: () => job.ask('things'),
    /** Second by second. */
    async pass(ms: number): Promise<void> {
      await rested();
      for (let passed = 0; passed < ms; passed += SECOND_MS) {
        clock.pass(SECOND_MS);
        await rested();
      }
    },
    async stopped(): Promise<void> {
      stop.abort();
      await Promise.all(repeating);
      await notifications.close();
    },
  };
}

function said(thing: string, status: string): FeedReading {
  return {
    definition: BAD.id,
    labels: { thing },
    reading: { status, sentence: `${thing} is ${status}.`, sinceMs: START_MS },
  };
}

function all(status: string): FeedReading[] {
  return THINGS.map((thing) => said(thing, status));
}

/** Times of the transitions into ALARM, milliseconds after the start. */
async function alarmedMs(): Promise<number[]> {
  const rows = await engine.query<{ ms: number }>(
    `select distinct toUnixTimestamp64Milli(at) as ms from alarm_transitions where state = 'ALARM' order by ms`,
  );
  return rows.map(({ ms }) => Number(ms) - START_MS);
}

const bad = (thing: string): string => `things/bad{thing="${thing}"}`;

test('alarms of one pass are one message two seconds after it', async () => {
  const it = running({});
  it.setting.readings = all('ok');
  await it.pass(15 * SECOND_MS);
  it.setting.readings = all('bad');
  await it.pass(65 * SECOND_MS);
  await it.stopped();
  const [evaluatedMs = Number.NaN, ...more] = await alarmedMs();
  expect(more).toEqual([]);
  expect(it.told).toEqual([{ afterMs: expect.any(Number) as number, alarms: THINGS.map(bad) }]);
  expect((it.told[0]?.afterMs ?? Number.NaN) - evaluatedMs).toBe(SOON_MS);
});

test('a feed that has changed is asked at once, and what it says is told two seconds later', async () => {
  const it = running({});
  it.setting.readings = all('ok');
  await it.pass(15 * SECOND_MS);
  it.setting.readings = all('bad');
  it.ask();
  await it.pass(SOON_MS);
  await it.stopped();
  expect(await alarmedMs()).toEqual([15 * SECOND_MS]);
  expect(it.told).toHaveLength(1);
});

test('a deadline that passes between two turns of its feed is noticed with the next pass', async () => {
  const it = running({});
  const dueMs = START_MS + SETTLE_MS + 12 * SECOND_MS;
  it.setting.readings = [{ definition: DUE.id, labels: { thing: 'a' }, reading: { dueMs } }];
  await it.pass(SETTLE_MS + 25 * SECOND_MS);
  await it.stopped();
  expect(await alarmedMs()).toEqual([SETTLE_MS + 20 * SECOND_MS]);
  expect(it.told).toHaveLength(1);
});

test('what a composite of the same pass explains is not told, though its group is another', async () => {
  const it = running({
    alarms: { composites: [CAUSE] },
    notify: { inhibit: [{ source: { role: 'cause' }, target: { monitor: 'things' } }] },
  });
  it.setting.readings = all('ok');
  await it.pass(15 * SECOND_MS);
  it.setting.readings = all('bad');
  await it.pass(90 * SECOND_MS);
  await it.stopped();
  expect(it.told.map(({ alarms }) => alarms)).toEqual([['cause']]);
});
