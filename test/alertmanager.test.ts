/** Alarms at a real Alertmanager: what fires, what ends, what is kept, what it never gets. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Clock, systemClock } from '../src/lib/clock.ts';
import { silentLog } from '../src/lib/log.ts';
import { openAlertmanager, RENEW_MS } from '../src/notify/alertmanager.ts';
import type { Channel, Notification, NotifiedAlarm } from '../src/notify/channel.ts';
import { Notifier } from '../src/notify/deliver.ts';
import { shown } from '../src/notify/text.ts';
import { freePort, type LocalServer, startLocalServer } from './local-server.ts';
import { HOUR_MS, MemoryStore, MINUTE_MS, route, rules } from './notify-book.ts';
import {
  ALARM_NOTIFICATION,
  HOSTILE,
  HOSTILE_NOTIFICATION,
  hostileNotification,
  type ReceivingServer,
  startReceiver,
} from './notify-samples.ts';
import { alertmanagerPath, partners } from './partners.ts';
import { keptFolder } from './temp.ts';

const NEVER = new AbortController().signal;
const HOLD_MS = 24 * HOUR_MS;
const AGE_MS = 48 * HOUR_MS;
/** Alertmanager has a clock of its own: times are around the present one. */
const NOW_MS = Date.now();
const clock: Clock = { ...systemClock, nowMs: () => NOW_MS };

interface Alert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly generatorURL?: string;
  readonly status: unknown;
}

const missing = partners().find(({ suite }) => suite === 'alarms at Alertmanager')?.missing;

describe.skipIf(missing !== undefined)(`Alertmanager${missing === undefined ? '' : `: ${missing}`}`, () => {
  let alertmanager: LocalServer;
  let receiver: ReceivingServer;
  let folder: string;

  beforeAll(async () => {
    folder = keptFolder();
    receiver = await startReceiver();
    const webhook = { url: receiver.url, send_resolved: true };
    // JSON is YAML too.
    writeFileSync(
      join(folder, 'alertmanager.yml'),
      JSON.stringify({
        route: { receiver: 'hook', group_by: ['...'], group_wait: '0s', group_interval: '1s' },
        receivers: [{ name: 'hook', webhook_configs: [webhook] }],
      }),
    );
    alertmanager = await start(await freePort());
  });
  afterAll(async () => {
    await alertmanager.stop();
    await receiver.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  function start(port: number): Promise<LocalServer> {
    return startLocalServer(
      {
        path: alertmanagerPath() ?? '',
        args: () => [
          `--config.file=${join(folder, 'alertmanager.yml')}`,
          `--storage.path=${join(folder, `data-${port}`)}`,
          `--web.listen-address=127.0.0.1:${port}`,
          '--cluster.listen-address=',
        ],
        probe: '/-/ready',
      },
      port,
    );
  }

  function channel(url = alertmanager.url): Channel {
    return openAlertmanager({ kind: 'alertmanager', name: 'am', url, holdMs: HOLD_MS }, { clock });
  }

  /** An alarm of that id, two days old, as it is told then. */
  function told(id: string, given: Partial<NotifiedAlarm> = {}, createdMs = NOW_MS): Notification {
    const sinceMs = NOW_MS - AGE_MS;
    return {
      ...ALARM_NOTIFICATION,
      createdMs,
      alarms: ALARM_NOTIFICATION.alarms.map((alarm) => ({
        ...alarm,
        id,
        sinceMs,
        passed: [{ state: 'ALARM', atMs: sinceMs }],
        ...given,
      })),
    };
  }

  function recovered(id: string, endMs: number): Notification {
    return told(id, {
      state: 'OK',
      previousState: 'ALARM',
      sinceMs: endMs,
      passed: [{ state: 'OK', atMs: endMs }],
    });
  }

  /** What fires there, by name. */
  async function firing(name: string, url = alertmanager.url): Promise<Alert[]> {
    const filter = encodeURIComponent(`alertname=${JSON.stringify(name)}`);
    const response = await fetch(`${url}/api/v2/alerts?filter=${filter}`);
    expect(response.status).toBe(200);
    return (await response.json()) as Alert[];
  }

  /** What it has told its own receiver of this name: `firing`, `resolved <when>`. */
  function heard(name: string): string[] {
    return receiver.received.flatMap(({ body }) =>
      (JSON.parse(body) as { alerts: (Alert & { status: string })[] }).alerts
        .filter(({ labels }) => labels['alertname'] === name)
        .map(({ status, endsAt }) =>
          // It leaves out zeros at the end of a second's parts.
          status === 'resolved' ? `resolved ${iso(Date.parse(endsAt))}` : status,
        ),
    );
  }

  const iso = (ms: number): string => new Date(ms).toISOString();

  test('fires what is in ALARM, with its labels, texts, beginning and page', async () => {
    expect(await channel().send(told('fires'), NEVER)).toEqual({ kind: 'delivered', id: '' });
    const [alarm] = ALARM_NOTIFICATION.alarms;
    expect(await firing('fires')).toMatchObject([
      {
        labels: {
          alertname: 'fires',
          severity: 'critical',
          monitor: 'backups',
          bucket: 'vault',
          tag_team: 'data & storage',
        },
        annotations: {
          summary: alarm?.title,
          description: alarm?.sentence,
          first_step: shown(alarm?.firstStep ?? '', 1000),
          evidence: alarm?.evidence.join('\n'),
        },
        startsAt: iso(NOW_MS - AGE_MS),
        endsAt: iso(NOW_MS + HOLD_MS),
        generatorURL: alarm?.links.open,
        status: { state: 'active' },
      },
    ]);
  });

  test('what is sent again is one, that ends later', async () => {
    await channel().send(told('kept', {}, NOW_MS - HOLD_MS), NEVER);
    expect(await firing('kept')).toEqual([]);
    await channel().send(told('kept', {}, NOW_MS - HOUR_MS), NEVER);
    await channel().send(told('kept'), NEVER);
    expect(await firing('kept')).toMatchObject([
      { startsAt: iso(NOW_MS - AGE_MS), endsAt: iso(NOW_MS + HOLD_MS) },
    ]);
  });

  test('a recovery ends it, when it was', async () => {
    const endMs = NOW_MS - MINUTE_MS;
    await channel().send(told('ends'), NEVER);
    await expect.poll(() => heard('ends'), { timeout: 20_000 }).toContain('firing');
    expect(await channel().send(recovered('ends', endMs), NEVER)).toMatchObject({ kind: 'delivered' });
    expect(await firing('ends')).toEqual([]);
    await expect.poll(() => heard('ends'), { timeout: 20_000 }).toContain(`resolved ${iso(endMs)}`);
  });

  test('it takes what was over, by the data, before it was noticed', async () => {
    const over = told('late', {
      state: 'OK',
      sinceMs: NOW_MS - HOUR_MS,
      passed: [
        { state: 'ALARM', atMs: NOW_MS - MINUTE_MS },
        { state: 'OK', atMs: NOW_MS },
      ],
    });
    expect(await channel().send(over, NEVER)).toEqual({ kind: 'delivered', id: '' });
    expect(await firing('late')).toEqual([]);
  });

  test('hostile text is there as it was sent, however long and much', async () => {
    const hostile = { ...HOSTILE_NOTIFICATION, createdMs: NOW_MS };
    expect(await channel().send(hostile, NEVER)).toMatchObject({ kind: 'delivered' });
    const all = (await (await fetch(`${alertmanager.url}/api/v2/alerts`)).json()) as Alert[];
    const text = shown(HOSTILE, 1000);
    expect(all.filter(({ annotations }) => annotations['summary'] === text)).toMatchObject([
      {
        labels: { bucket: text, severity: 'critical' },
        annotations: { description: text, first_step: text },
      },
    ]);
    const many = { ...hostileNotification(20), createdMs: NOW_MS };
    expect(await channel().send(many, NEVER)).toMatchObject({ kind: 'delivered' });
    const after = (await (await fetch(`${alertmanager.url}/api/v2/alerts`)).json()) as Alert[];
    expect(after).toHaveLength(all.length + 20);
  });

  test('refuses at a wrong path, and where an end is before the beginning', async () => {
    const wrong = await channel(`${alertmanager.url}/elsewhere`).send(told('x'), NEVER);
    expect(wrong).toMatchObject({ kind: 'refused', reason: expect.stringContaining('404') });
    const backwards = await fetch(`${alertmanager.url}/api/v2/alerts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify([
        { labels: { alertname: 'x' }, startsAt: iso(NOW_MS), endsAt: iso(NOW_MS - MINUTE_MS) },
      ]),
    });
    expect(backwards.status).toBe(400);
  });

  test('what it was not there for is told when it is, and told again after it was started anew', async () => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    let nowMs = NOW_MS;
    const store = new MemoryStore();
    store.change('lasts', 'ALARM', { atMs: NOW_MS - HOUR_MS });
    const notifier = new Notifier(
      rules({ routes: [route({ channels: ['am'], repeatIntervalMs: 0, groupIntervalMs: 0 })] }),
      {
        store,
        channels: [channel(url)],
        clock: { ...clock, nowMs: () => nowMs },
        log: silentLog,
      },
    );
    const passAfter = async (ms: number): Promise<void> => {
      nowMs += ms;
      await notifier.pass(NEVER);
      await notifier.idle();
    };
    await passAfter(0);
    expect(store.entries.at(-1)).toMatchObject({ kind: 'failed', reason: 'no answer (ECONNREFUSED)' });
    let own = await start(port);
    onTestFinished(() => own.stop());
    await passAfter(10_000);
    expect(store.entries.at(-1)).toMatchObject({ kind: 'delivered' });
    expect(await firing('lasts', url)).toHaveLength(1);
    await own.stop();
    own = await start(port);
    expect(await firing('lasts', url)).toEqual([]);
    const recorded = store.entries.length;
    await passAfter(RENEW_MS);
    expect(await firing('lasts', url)).toMatchObject([{ startsAt: iso(NOW_MS - HOUR_MS) }]);
    expect(store.entries).toHaveLength(recorded);
    store.change('lasts', 'OK', { atMs: NOW_MS - MINUTE_MS });
    await passAfter(RENEW_MS);
    expect(await firing('lasts', url)).toEqual([]);
    await passAfter(RENEW_MS);
    expect(await firing('lasts', url)).toEqual([]);
  });
});
