/** Notifications through the whole program: rows of alarms in, messages at a webhook out, over restarts. */
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { type App, openApp } from '../src/app.ts';
import { configSchema } from '../src/config/schema.ts';
import type { Clock } from '../src/lib/clock.ts';
import { type Job, repeat } from '../src/lib/job.ts';
import { silentLog } from '../src/lib/log.ts';
import type { OwnHealth } from '../src/serve/health-api.ts';
import type { Notifications, NotifyChannels, NotifyTargets } from '../src/serve/notify-api.ts';
import { storeAcknowledgement, storeSilence, storeTransition } from './alarm-table-rows.ts';
import { type ReceivingServer, startReceiver } from './notify-samples.ts';
import { tempFolder } from './temp.ts';

const PASS_MS = 5_000;
const HOUR_MS = 3_600_000;
const WAIT = { timeout: 60_000, interval: 5 };
vi.setConfig({ testTimeout: 180_000 });

/** A time that goes on when it is told to, and wakes who has slept long enough. */
class SetClock implements Clock {
  ms = Math.floor(Date.now() / 1000) * 1000;
  #sleepers: { readonly forMs: number; readonly untilMs: number; readonly wake: () => void }[] = [];

  nowMs(): number {
    return this.ms;
  }

  sleep(forMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const sleeper = { forMs, untilMs: this.ms + forMs, wake: resolve };
      this.#sleepers.push(sleeper);
      const leave = (): void => {
        this.#sleepers = this.#sleepers.filter((one) => one !== sleeper);
        reject(new Error('aborted'));
      };
      if (signal?.aborted === true) leave();
      else signal?.addEventListener('abort', leave, { once: true });
    });
  }

  sleeping(forMs: number): number {
    return this.#sleepers.filter((one) => one.forMs === forMs).length;
  }

  advance(ms: number): void {
    this.ms += ms;
    const due = this.#sleepers.filter(({ untilMs }) => untilMs <= this.ms);
    this.#sleepers = this.#sleepers.filter(({ untilMs }) => untilMs > this.ms);
    for (const { wake } of due) wake();
  }
}

let hook: ReceivingServer;
beforeAll(async () => {
  hook = await startReceiver();
});
afterAll(() => hook.stop());
afterEach(async () => {
  for (const app of running.keys()) await stopped(app);
});
/** What stops each that runs. */
const running = new Map<App, () => Promise<void>>();
const clock = new SetClock();

async function started(data: string, channel: object = { kind: 'webhook' }): Promise<App> {
  const channels = [{ name: 'hook', url: `${hook.url}/in`, ...channel }];
  const route = {
    name: 'all',
    channels: ['hook'],
    group_by: ['alarm'],
    group_wait: '0s',
    group_interval: '1s',
  };
  const config = configSchema.parse({
    data,
    public_url: 'https://bw.example',
    notify: { channels, routes: [{ ...route, match: { monitor: 'backups' } }] },
  });
  const app = await openApp(config, {}, { clock, log: silentLog });
  const stop = new AbortController();
  // Alone: what evaluates alarms would end those that only a test has put there.
  const following = notifying(app).map((job) => repeat(job, { clock, log: silentLog }, stop.signal));
  running.set(app, async () => {
    stop.abort();
    await Promise.all(following);
    await app.close();
  });
  return app;
}

function notifying(app: App): readonly Job[] {
  return app.jobs.all.filter(({ name }) => name === 'notifications');
}

async function stopped(app: App): Promise<void> {
  const stop = running.get(app);
  running.delete(app);
  await stop?.();
}

/** Until every job that comes as often has had its pass, and sleeps. */
async function rested(app: App): Promise<void> {
  await vi.waitFor(() => expect(clock.sleeping(PASS_MS)).toBe(notifying(app).length), WAIT);
}

/** One more pass, from beginning to end. */
async function pass(app: App): Promise<void> {
  await rested(app);
  clock.advance(PASS_MS);
  await rested(app);
}

function told(): string[] {
  return hook.received.map(({ body }) => {
    const { kind, alarms } = JSON.parse(body) as {
      readonly kind: string;
      readonly alarms: readonly {
        readonly id: string;
        readonly state: string;
        readonly previous_state: string;
      }[];
    };
    return `${kind}: ${alarms.map((one) => `${one.id} ${one.previous_state} ${one.state}`).join(', ')}`;
  });
}

async function receivedSoon(count: number): Promise<void> {
  await vi.waitFor(() => expect(told()).toHaveLength(count), WAIT);
}

function change(sequence: number, alarm: string, to: 'ALARM' | 'OK') {
  const from = to === 'OK' ? 'ALARM' : 'OK';
  return {
    sequence,
    alarm,
    from,
    to,
    atMs: clock.ms,
    labels: { monitor: 'backups', bucket: alarm },
  } as const;
}

async function ask<Answer>(app: App, path: string): Promise<Answer> {
  const response = await app.api.request(`/api/v1${path}`);
  expect(response.status).toBe(200);
  return (await response.json()) as Answer;
}

test('an alarm and its recovery are told once each, whatever is restarted in between', async () => {
  const data = tempFolder();
  let app = await started(data);
  await pass(app);
  const beganMs = clock.ms;
  await storeTransition(change(1, 'vault', 'ALARM'), app.engine);
  await pass(app);
  await receivedSoon(1);
  expect(clock.ms - beganMs).toBeLessThan(10_000);
  await pass(app);
  await stopped(app);
  app = await started(data);
  await pass(app);
  await storeTransition(change(2, 'vault', 'OK'), app.engine);
  await pass(app);
  await receivedSoon(2);
  await pass(app);
  expect(told()).toEqual(['changes: vault OK ALARM', 'changes: vault ALARM OK']);
});

test('links in a message lead to the alarm', async () => {
  const [first] = hook.received;
  const { alarm } = JSON.parse(first?.body ?? '') as {
    readonly alarm: { readonly links: { readonly open: string } };
  };
  expect(alarm.links.open).toMatch(/^https:\/\/bw\.example\/alarm\/open\//);
});

test('a channel that refuses is an illness until it takes a message again, whatever is restarted in between', async () => {
  const data = tempFolder();
  const delivery = async (app: App) => {
    const { items } = await ask<OwnHealth>(app, '/health');
    return items.find(({ check }) => check === 'delivery');
  };
  const stored = async (app: App, outcome: string, count: number) =>
    vi.waitFor(async () => {
      const { rows } = await ask<Notifications>(app, '/notifications');
      expect(rows.filter((row) => row.outcome === outcome)).toHaveLength(count);
    }, WAIT);
  let app = await started(data);
  await pass(app);
  expect(await delivery(app)).toMatchObject({ of: 'hook', verdict: 'good' });
  hook.answer({ status: 403, body: 'no' });
  for (const [index, alarm] of ['a', 'b', 'c'].entries())
    await storeTransition(change(index + 1, alarm, 'ALARM'), app.engine);
  await pass(app);
  await stored(app, 'refused', 3);
  await stopped(app);
  app = await started(data);
  hook.answer({ status: 200 });
  await pass(app);
  const ill = await delivery(app);
  expect(ill).toMatchObject({ verdict: 'bad', numbers: { failures_in_row: 3 } });
  expect(ill?.sentence).toMatch(/hook failed to deliver 3 times in a row.*403/);
  expect(ill?.sentence).not.toContain(hook.url);
  const scraped = await (await app.api.request('/metrics')).text();
  expect(scraped).toContain('bucketwatch_health_delivery_failures_in_row{of="hook"} 3\n');
  expect(scraped).toContain('bucketwatch_health_state{check="delivery",of="hook"} 2\n');
  await storeTransition(change(4, 'd', 'ALARM'), app.engine);
  await pass(app);
  await stored(app, 'delivered', 1);
  clock.advance(2_000);
  expect(await delivery(app)).toMatchObject({ verdict: 'good', numbers: { failures_in_row: 0 } });
});

test('the log says what failed and is told page by page; routes say who is told', async () => {
  const app = await started(tempFolder());
  const before = hook.received.length;
  hook.answer({ status: 503, body: 'no' });
  await storeTransition(change(1, 'a', 'ALARM'), app.engine);
  await storeTransition({ ...change(2, 'b', 'ALARM'), labels: { monitor: 'posture' } }, app.engine);
  await pass(app);
  await receivedSoon(before + 1);
  hook.answer({ status: 200 });
  const failed = await vi.waitFor(async () => {
    const { rows } = await ask<Notifications>(app, '/notifications?alarm=a');
    const [row] = rows.filter(({ told: what }) => what !== null);
    expect(row?.outcome).toBe('failed');
    return row;
  }, WAIT);
  expect(failed?.reason).toMatch(/503/);
  const ofHook = async () => (await ask<NotifyChannels>(app, '/notifications/channels')).rows;
  expect(await ofHook()).toMatchObject([
    {
      channel: 'hook',
      kind: 'webhook',
      routes: ['all'],
      last_delivered_at: null,
      failures_in_row: 1,
      failing_since: failed?.ended_at,
      reason: failed?.reason,
      waiting: 1,
    },
  ]);
  expect((await ask<NotifyChannels>(app, '/notifications/channels')).waiting).toEqual([
    { alarm: 'a', title: 'a', channel: 'hook', why: 'it failed a moment ago' },
  ]);
  clock.advance(30_000);
  await pass(app);
  await receivedSoon(before + 2);
  const whole = await vi.waitFor(async () => {
    const answer = await ask<Notifications>(app, '/notifications');
    expect(answer.rows.map(({ outcome }) => outcome)).toContain('delivered');
    return answer;
  }, WAIT);
  const tries = whole.rows.filter(({ told: what }) => what !== null);
  expect(tries.map(({ attempt, outcome }) => [attempt, outcome])).toEqual([
    [2, 'delivered'],
    [1, 'failed'],
  ]);
  expect(new Set(tries.map(({ id }) => id)).size).toBe(1);
  expect(tries[0]?.text).toMatch(/^ALARM, warning: a\na is ALARM\n/);
  expect(tries[0]?.text).not.toContain('http');
  const [standing] = await ofHook();
  expect(standing).toMatchObject({
    last_delivered_at: tries[0]?.ended_at,
    failures_in_row: 0,
    failing_since: null,
    reason: '',
    waiting: 0,
  });
  const outcomesOf = async (outcome: string) => {
    const { rows } = await ask<Notifications>(app, `/notifications?outcome=${encodeURIComponent(outcome)}`);
    return rows.map((row) => row.outcome);
  };
  expect(await outcomesOf('failed')).toEqual(['failed']);
  expect(await outcomesOf('!settled')).toEqual(['delivered', 'failed']);
  expect(await outcomesOf('claimed')).toEqual([]);
  expect(await outcomesOf('!delivered')).toEqual(
    whole.rows.map(({ outcome }) => outcome).filter((outcome) => outcome !== 'delivered'),
  );
  expect((await app.api.request('/api/v1/notifications?outcome=lost')).status).toBe(400);
  expect(whole.rows.find(({ channel }) => channel === '')).toMatchObject({
    outcome: 'settled',
    reason: 'no route takes it',
    alarms: [{ alarm: 'b' }],
    kind: null,
  });

  const paged: string[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const next: Notifications = await ask(
      app,
      `/notifications?limit=1${cursor === '' ? '' : `&cursor=${cursor}`}`,
    );
    paged.push(...next.rows.map(({ number }) => number));
    cursor = next.next_cursor;
  }
  expect(paged).toEqual(whole.rows.map(({ number }) => number));

  expect(await ask<NotifyTargets>(app, '/notifications/routes?alarm=a')).toMatchObject({
    labels: { monitor: 'backups', bucket: 'a' },
    rows: [
      {
        route: 'all',
        channel: 'hook',
        kind: 'webhook',
        after_seconds: 0,
        digest: null,
        told: { state: 'ALARM', at: tries[0]?.ended_at },
        quiet: [],
        waits: null,
      },
    ],
  });
  expect((await ask<NotifyTargets>(app, '/notifications/routes?alarm=b')).rows).toEqual([]);
  expect((await app.api.request('/api/v1/notifications/routes?alarm=none')).status).toBe(404);
});

test('a silence holds it until it ends', async () => {
  const app = await started(tempFolder());
  const before = hook.received.length;
  const silence = { id: 's', bucket: 'quiet', startMs: clock.ms - 1000, endMs: clock.ms + HOUR_MS };
  await storeSilence(silence, app.engine);
  await storeTransition(change(1, 'quiet', 'ALARM'), app.engine);
  await storeTransition(change(2, 'loud', 'ALARM'), app.engine);
  await pass(app);
  await receivedSoon(before + 1);
  await pass(app);
  const { rows } = await ask<NotifyTargets>(app, '/notifications/routes?alarm=quiet');
  expect(rows).toMatchObject([{ told: null, quiet: ['silenced by alice'], waits: 'silenced by alice' }]);
  clock.advance(HOUR_MS);
  await pass(app);
  await receivedSoon(before + 2);
  expect(told().slice(before)).toEqual(['changes: loud OK ALARM', 'changes: quiet OK ALARM']);
});

test('who takes an alarm on acknowledges its incident within a pass, over restarts once', async () => {
  const data = tempFolder();
  const pager = { kind: 'pagerduty', routing_key: 'key' };
  const actions = () =>
    hook.received
      .slice(before)
      .map(({ body }) => (JSON.parse(body) as Record<string, unknown>)['event_action']);
  let app = await started(data, pager);
  const before = hook.received.length;
  // Others read what is there as messages of ours.
  onTestFinished(() => void hook.received.splice(before));
  await storeTransition(change(1, 'vault', 'ALARM'), app.engine);
  await pass(app);
  await vi.waitFor(() => expect(actions()).toEqual(['trigger']), WAIT);
  await pass(app);
  const times = { atMs: clock.ms, endMs: clock.ms + HOUR_MS };
  await storeAcknowledgement({ alarm: 'vault', sequence: 1, ...times }, app.engine);
  await pass(app);
  await vi.waitFor(() => expect(actions()).toEqual(['trigger', 'acknowledge']), WAIT);
  const { rows } = await vi.waitFor(async () => {
    const answer = await ask<Notifications>(app, '/notifications?alarm=vault');
    expect(answer.rows[0]?.outcome).toBe('delivered');
    return answer;
  }, WAIT);
  expect(rows[0]).toMatchObject({ told: 'acknowledgement', kind: 'pagerduty' });
  await stopped(app);
  app = await started(data, pager);
  await pass(app);
  await pass(app);
  expect(actions()).toEqual(['trigger', 'acknowledge']);
});

test('what is being sent when the program ends is finished and recorded', async () => {
  const data = tempFolder();
  let app = await started(data);
  const before = hook.received.length;
  hook.answer(undefined);
  await storeTransition(change(1, 'late', 'ALARM'), app.engine);
  await pass(app);
  await receivedSoon(before + 1);
  const closing = stopped(app);
  hook.answerWaiting({ status: 200 });
  await closing;
  hook.answer({ status: 200 });
  app = await started(data);
  clock.advance(60_000);
  await pass(app);
  await pass(app);
  expect(told().slice(before)).toEqual(['changes: late OK ALARM']);
});
