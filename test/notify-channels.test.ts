/** One contract for all channels: what is delivered, refused, tried again, told, escaped and capped. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from 'vitest';
import { type Clock, systemClock } from '../src/lib/clock.ts';
import { CHANNEL_KINDS, type Delivery, type Notification } from '../src/notify/channel.ts';
import { CASES, type ChannelCase, openCase, SECRET } from './notify-cases.ts';
import {
  ALARM_NOTIFICATION,
  HOME,
  HOSTILE_NOTIFICATION,
  hostileNotification,
  RECOVERY_NOTIFICATION,
  type Received,
  type ReceivingServer,
  startReceiver,
} from './notify-samples.ts';

const NEVER = new AbortController().signal;
let server: ReceivingServer;
beforeAll(async () => {
  server = await startReceiver();
});
afterAll(() => server.stop());
beforeEach(() => {
  server.received.length = 0;
});

/** A time of day that stands still, and waits that end when they are told to. */
function stillClock(): Clock & { fire(): void } {
  const waits: (() => void)[] = [];
  return {
    nowMs: () => Date.UTC(2026, 10, 21, 2, 31),
    sleep: (_ms, signal) =>
      new Promise((resolve, reject) => {
        waits.push(resolve);
        signal?.addEventListener('abort', () => reject(new Error('aborted')));
      }),
    fire: () => {
      for (const wake of waits.splice(0)) wake();
    },
  };
}

async function sendTo(one: ChannelCase, notification: Notification = ALARM_NOTIFICATION): Promise<Delivery> {
  return openCase(one, server.url, stillClock()).send(notification, NEVER);
}

/** Every text in a body, taken out of its JSON or form. */
function textsOf(body: string): string[] {
  if (!body.startsWith('{') && !body.startsWith('[')) return [...new URLSearchParams(body).values()];
  const texts: string[] = [];
  JSON.parse(body, (name, value: unknown) => {
    texts.push(name);
    if (typeof value === 'string') texts.push(value);
    return value;
  });
  return texts;
}

test('every kind but e-mail, which has no HTTP, is among the cases', () => {
  const kinds = new Set(CASES.map((one) => one.settings(server.url).kind));
  expect([...kinds, 'email'].sort()).toEqual([...CHANNEL_KINDS].sort());
});

describe.each(CASES)('$name', (one) => {
  it('is delivered with the id of the provider', async () => {
    server.answer(one.taken);
    expect(await sendTo(one)).toEqual({ kind: 'delivered', id: one.id });
    expect(server.received).toHaveLength(1);
  });

  it.each([
    ['alarm', ALARM_NOTIFICATION],
    ['recovery', RECOVERY_NOTIFICATION],
  ] as const)('sends the golden %s', async (what, notification) => {
    server.answer(one.taken);
    await sendTo(one, notification);
    const path = new URL(`../src/notify/fixtures/${one.name}.${what}.json`, import.meta.url);
    const sent = `${JSON.stringify(server.received.map(asGolden), undefined, 2)}\n`;
    if (process.env['UPDATE'] === '1') writeFileSync(path, sent);
    expect(existsSync(path), 'no golden file: run with UPDATE=1 and review it').toBe(true);
    expect(sent).toBe(readFileSync(path, 'utf8'));
  });

  it.each([400, 401, 403, 404, 410, 413, 422])('is refused by HTTP %i, and asked once', async (status) => {
    server.answer({ status, body: 'no' });
    expect(await sendTo(one)).toMatchObject({ kind: 'refused' });
    expect(server.received).toHaveLength(1);
  });

  it.each([408, 425, 429, 500, 502, 503, 504])('may be tried again after HTTP %i', async (status) => {
    server.answer({ status, headers: { 'retry-after': '7' }, body: 'later' });
    const delivery = await sendTo(one);
    expect(delivery).toMatchObject({ kind: 'failed' });
    if (one.name !== 'sns') expect(delivery).toMatchObject({ retryAfterMs: 7_000 });
    expect(server.received).toHaveLength(1);
  });

  it('follows no redirection', async () => {
    server.answer({ status: 307, headers: { location: `${server.url}/elsewhere` } });
    expect((await sendTo(one)).kind).not.toBe('delivered');
    expect(server.received.map(({ path }) => path)).not.toContain('/elsewhere');
  });

  it('may be tried again when nobody answers', async () => {
    const closed = await startReceiver();
    await closed.stop();
    const delivery = await openCase(one, closed.url, stillClock()).send(ALARM_NOTIFICATION, NEVER);
    expect(delivery.kind).toBe('failed');
    expect(JSON.stringify(delivery)).toContain('ECONNREFUSED');
  });

  it('ends at once when it is aborted, with the reason', async () => {
    server.answer(undefined);
    const controller = new AbortController();
    const arrived = server.next();
    const sending = openCase(one, server.url, stillClock()).send(ALARM_NOTIFICATION, controller.signal);
    await arrived;
    const reason = new Error('stopping');
    controller.abort(reason);
    await expect(sending).rejects.toBe(reason);
    await expect(
      openCase(one, server.url, systemClock).send(ALARM_NOTIFICATION, controller.signal),
    ).rejects.toBe(reason);
    expect(server.received).toHaveLength(1);
  });

  it.skipIf(one.name === 'sns')(
    'may be tried again after silence (of SNS the SDK keeps the time)',
    async () => {
      server.answer(undefined);
      const clock = stillClock();
      const arrived = server.next();
      const sending = openCase(one, server.url, clock).send(ALARM_NOTIFICATION, NEVER);
      await arrived;
      clock.fire();
      expect(await sending).toEqual({ kind: 'failed', reason: 'no answer (TimeoutError)' });
    },
  );

  it.each([400, 302, 429, 500])('tells no secret that an answer of HTTP %i repeats', async (status) => {
    const echo = (received: Received) =>
      `${received.path} ${JSON.stringify(received.headers)} ${received.body}`;
    server.answer((received) => ({
      status,
      headers: { location: `/x/${encodeURIComponent(SECRET)}` },
      body: `${SECRET} ${encodeURIComponent(SECRET)} ${echo(received)}`,
    }));
    const delivery = await sendTo(one);
    expect(delivery.kind).toMatch(/refused|failed/);
    expectNoSecret(delivery);
  });

  it.skipIf(one.name === 'sns')(
    'keeps no secret and no long text as an id (of SNS the SDK reads it)',
    async () => {
      for (const id of [`-${SECRET}-`, 'x'.repeat(60_000)]) {
        const told = { id, ts: id, dedup_key: id, requestId: id, result: { message_id: id } };
        server.answer({ status: 200, body: JSON.stringify(told) });
        const delivery = await sendTo(one);
        expectNoSecret(delivery);
        expect(JSON.stringify(delivery).length).toBeLessThan(400);
      }
    },
  );

  it.skipIf(one.name === 'sns')(
    'is refused by an address that is none (of SNS it cannot be opened)',
    async () => {
      const delivery = await openCase(one, 'no address', stillClock()).send(ALARM_NOTIFICATION, NEVER);
      expect(delivery).toEqual({ kind: 'refused', reason: 'its address is none' });
    },
  );

  it('shows hostile text as text', async () => {
    server.answer(one.taken);
    expect(await sendTo(one, HOSTILE_NOTIFICATION)).toMatchObject({ kind: 'delivered' });
    const [{ body } = { body: '' }] = server.received;
    for (const text of textsOf(body)) {
      expect(text.replaceAll('\n', '').replaceAll('\u200b', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}]/u);
      expect(text).not.toMatch(/(?:javascript|mailto):|www\./i);
      for (const [url] of text.matchAll(/https?:\/\/[^\s)"]*/g))
        expect(url.startsWith(HOME) || url.startsWith('http://adaptivecards.io/')).toBe(true);
    }
    for (const expected of one.escaped) expect(body).toContain(expected);
    for (const forbidden of one.unescaped) expect(body).not.toContain(forbidden);
  });

  it.each([1, 100])('is within the cap of the provider, whatever the length of %i alarms', async (alarms) => {
    server.answer(one.taken);
    expect(await sendTo(one, hostileNotification(alarms))).toMatchObject({ kind: 'delivered' });
    for (const { body } of server.received) expect(one.cap.size(body)).toBeLessThanOrEqual(one.cap.max);
  });

  it('sends the same when it is tried again', async () => {
    server.answer(one.taken);
    await sendTo(one);
    await sendTo(one);
    const [first, second] = server.received.map(asGolden);
    expect(second).toEqual(first);
  });
});

/** Also not a large piece of it. */
function expectNoSecret(delivery: Delivery): void {
  const told = JSON.stringify(delivery);
  for (const form of [SECRET, encodeURIComponent(SECRET), Buffer.from(`bw:${SECRET}`).toString('base64')])
    for (let start = 0; start + 12 <= form.length; start += 1)
      expect(told).not.toContain(form.slice(start, start + 12));
}

const SHOWN_HEADERS = [
  'content-type',
  'idempotency-key',
  'x-bucketwatch-timestamp',
  'x-bucketwatch-signature',
];

/** What is stable of a request; the secret spelled out by name. */
function asGolden({ method, path, headers, body }: Received): object {
  const named = (text: string) =>
    text.replaceAll(SECRET, '<secret>').replaceAll(encodeURIComponent(SECRET), '<secret>');
  return {
    method,
    path: named(path),
    headers: Object.fromEntries(
      SHOWN_HEADERS.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]])),
    ),
    body: /^[{[]/.test(body)
      ? (JSON.parse(named(body)) as unknown)
      : Object.fromEntries(new URLSearchParams(body)),
  };
}
