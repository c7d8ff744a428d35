/** What single providers do of their own, and e-mail, which has no HTTP. */
import { createHmac } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, test } from 'vitest';
import { systemClock } from '../src/lib/clock.ts';
import type { Channel, Delivery, Notification } from '../src/notify/channel.ts';
import { type Mail, type MailTransport, mailOf, openEmail } from '../src/notify/email.ts';
import { openSns } from '../src/notify/sns.ts';
import { testNotifications } from '../src/notify/try-out.ts';
import { openWebhook } from '../src/notify/webhook.ts';
import { openQueue } from '../src/s3/queue-client.ts';
import { openTopic } from '../src/s3/topic-client.ts';
import { startFauxqs } from './fauxqs.ts';
import { CASES, openCase, SECRET } from './notify-cases.ts';
import {
  ALARM_NOTIFICATION,
  HOSTILE_NOTIFICATION,
  hostileNotification,
  RECOVERY_NOTIFICATION,
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

function channel(name: string): Channel {
  const found = CASES.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no case ${name}`);
  return openCase(found, server.url, systemClock);
}

const TWO: Notification = {
  ...ALARM_NOTIFICATION,
  alarms: [
    ...ALARM_NOTIFICATION.alarms.map((alarm) => ({ ...alarm, acknowledgedBy: 'ada' })),
    ...RECOVERY_NOTIFICATION.alarms.map((alarm) => ({ ...alarm, id: 'backups/vault/db-weekly' })),
  ],
};

test.each<readonly [name: string, status: number, body: string, delivery: Partial<Delivery>]>([
  [
    'slack-bot',
    200,
    '{"ok":false,"error":"channel_not_found"}',
    { kind: 'refused', reason: 'Slack says channel_not_found' },
  ],
  ['slack-bot', 200, '{"ok":false,"error":"ratelimited"}', { kind: 'failed' }],
  [
    'teams',
    200,
    'Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429',
    { kind: 'failed' },
  ],
  [
    'teams',
    200,
    'Microsoft Teams endpoint returned HTTP error 404 with ContextId',
    { kind: 'refused', reason: 'Teams says HTTP 404' },
  ],
  ['discord', 429, '{"message":"slow","retry_after":1.25}', { kind: 'failed', retryAfterMs: 1250 }],
  ['telegram', 429, '{"ok":false,"parameters":{"retry_after":35}}', { kind: 'failed', retryAfterMs: 35_000 }],
  ['apprise', 424, '', { kind: 'failed' }],
  ['apprise', 204, '', { kind: 'refused' }],
])('%s: what HTTP %i %s means', async (name, status, body, delivery) => {
  server.answer({ status, ...(status === 204 ? {} : { body }) });
  expect(await channel(name).send(ALARM_NOTIFICATION, NEVER)).toMatchObject(delivery);
});

test('a date in Retry-After is read against our clock', async () => {
  server.answer({ status: 503, headers: { 'retry-after': 'Sat, 21 Nov 2026 02:33:00 GMT' } });
  const clock = { ...systemClock, nowMs: () => Date.UTC(2026, 10, 21, 2, 31) };
  const [slack] = CASES;
  if (slack === undefined) throw new Error('no cases');
  const delivery = await openCase(slack, server.url, clock).send(ALARM_NOTIFICATION, NEVER);
  expect(delivery).toMatchObject({ kind: 'failed', retryAfterMs: 120_000 });
});

test('what tries a channel is told as a test, and leaves nothing open', async () => {
  server.answer({ status: 202 });
  for (const notification of testNotifications({ nowMs: 1_000, home: 'https://bw.example/' })) {
    await channel('pagerduty').send(notification, NEVER);
    await channel('slack-webhook').send(notification, NEVER);
  }
  const bodies = server.received.map(({ body }) => JSON.parse(body) as Record<string, unknown>);
  expect(bodies.map((body) => body['event_action'] ?? body['text'])).toEqual([
    'trigger',
    'Test: ALARM: Notifications of Bucketwatch arrive here',
    'resolve',
    'Test: Recovered: Notifications of Bucketwatch arrive here',
  ]);
  expect(bodies[2]?.['dedup_key']).toBe(bodies[0]?.['dedup_key']);
});

test.each(['a', '*', '😀', '😀x😀'])(
  'Discord: a title of many %s is whole characters, and fits',
  async (text) => {
    server.answer({ status: 200 });
    const alarms = ALARM_NOTIFICATION.alarms.map((alarm) => ({ ...alarm, title: text.repeat(200) }));
    await channel('discord').send({ ...ALARM_NOTIFICATION, alarms }, NEVER);
    const { embeds } = JSON.parse(server.received[0]?.body ?? '') as { embeds: { title: string }[] };
    const [{ title } = { title: '' }] = embeds;
    expect(title.length).toBeLessThanOrEqual(256);
    expect(title.length).toBeGreaterThan(120);
    expect(title.isWellFormed()).toBe(true);
  },
);

describe('channels that take one alarm at a time', () => {
  it('PagerDuty triggers, acknowledges and resolves, each under the key of its alarm', async () => {
    server.answer({ status: 202, body: '{"dedup_key":"k"}' });
    await channel('pagerduty').send(TWO, NEVER);
    const events = server.received.map(({ body }) => JSON.parse(body) as Record<string, unknown>);
    expect(events.map((event) => [event['event_action'], event['dedup_key']])).toEqual([
      ['trigger', 'bucketwatch/backups/vault/db-nightly'],
      ['acknowledge', 'bucketwatch/backups/vault/db-nightly'],
      ['resolve', 'bucketwatch/backups/vault/db-weekly'],
    ]);
  });

  it('Opsgenie creates, acknowledges and closes by alias', async () => {
    server.answer({ status: 202, body: '{"requestId":"r"}' });
    await channel('opsgenie').send(TWO, NEVER);
    expect(server.received.map(({ path }) => path)).toEqual([
      '/v2/alerts',
      '/v2/alerts/bucketwatch%2Fbackups%2Fvault%2Fdb-nightly/acknowledge?identifierType=alias',
      '/v2/alerts/bucketwatch%2Fbackups%2Fvault%2Fdb-weekly/close?identifierType=alias',
    ]);
  });

  it('that somebody has taken an alarm on is told without raising it again', async () => {
    server.answer({ status: 202 });
    const said = { acknowledgedBy: 'ada', acknowledgedFor: 'on it' };
    const taken: Notification = {
      ...ALARM_NOTIFICATION,
      kind: 'acknowledgement',
      alarms: ALARM_NOTIFICATION.alarms.map((alarm) => ({ ...alarm, ...said })),
    };
    await channel('pagerduty').send(taken, NEVER);
    await channel('opsgenie').send(taken, NEVER);
    expect(server.received.map(({ path, body }) => [path, JSON.parse(body) as unknown])).toEqual([
      [
        '/v2/enqueue',
        {
          routing_key: SECRET,
          event_action: 'acknowledge',
          dedup_key: 'bucketwatch/backups/vault/db-nightly',
        },
      ],
      [
        '/v2/alerts/bucketwatch%2Fbackups%2Fvault%2Fdb-nightly/acknowledge?identifierType=alias',
        { source: 'Bucketwatch', user: 'ada', note: 'on it' },
      ],
    ]);
  });

  it('an incident has a source, whatever labels are empty', async () => {
    server.answer({ status: 202 });
    const alarms = ALARM_NOTIFICATION.alarms.map((alarm) => ({
      ...alarm,
      labels: { bucket: '', monitor: '' },
    }));
    await channel('pagerduty').send({ ...ALARM_NOTIFICATION, alarms }, NEVER);
    expect(JSON.parse(server.received[0]?.body ?? '')).toMatchObject({
      payload: { source: 'bucketwatch', component: 'bucketwatch' },
    });
  });

  it('each alarm has an id that does not hang on what is sent with it', async () => {
    server.answer({ status: 204 });
    const [first, second] = TWO.alarms.map((alarm, index) => ({ ...alarm, newsId: `news-${index}` }));
    if (first === undefined || second === undefined) throw new Error('no alarms');
    await channel('webhook-template').send({ ...TWO, alarms: [first, second] }, NEVER);
    await channel('webhook-template').send({ ...TWO, id: 'later', alarms: [second] }, NEVER);
    expect(server.received.map(({ headers }) => headers['idempotency-key'])).toEqual([
      'news-0',
      'news-1',
      'news-1',
    ]);
  });

  it('a failure ends it, and says what was taken before; a refusal of one leaves the others', async () => {
    server.answer({ status: 503 });
    expect(await channel('pagerduty').send(TWO, NEVER)).toEqual({ kind: 'failed', reason: 'HTTP 503' });
    expect(server.received).toHaveLength(1);
    server.answer(({ body }) => ({ status: body.includes('resolve') ? 429 : 202 }));
    expect(await channel('pagerduty').send(TWO, NEVER)).toEqual({
      kind: 'failed',
      reason: 'HTTP 429 (after 1 of 2 alarms)',
      taken: 1,
    });
    server.answer(({ body }) => ({ status: body.includes('resolve') ? 202 : 400 }));
    expect(await channel('pagerduty').send(TWO, NEVER)).toMatchObject({ kind: 'refused' });
    expect(server.received.at(-1)?.body).toContain('resolve');
  });
});

test('SNS: subscribers of a topic get it', async () => {
  const fauxqs = await startFauxqs();
  onTestFinished(() => fauxqs.stop());
  const queue = await fauxqs.queueWith([]);
  await fauxqs.publish(queue, 'the first', true);
  const arn = queue.arn.replace(':sqs:', ':sns:').replace(/[^:]+$/, (name) => `topic-${name}-raw`);
  const { endpoint } = fauxqs;
  const topic = openTopic({ arn, endpoint, accessKeyId: 'test', secretAccessKey: 'test' });
  const sns = openSns({ kind: 'sns', name: 'topic' }, { topic });
  expect(await sns.send(ALARM_NOTIFICATION, NEVER)).toMatchObject({
    kind: 'delivered',
    id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
  });
  const received = openQueue({
    url: queue.url,
    endpoint,
    region: 'us-east-1',
    accessKeyId: 'test',
    secretAccessKey: 'test',
  });
  const bodies = (await received.receive(30, NEVER)).map(({ body }) => body);
  expect(bodies).toContainEqual(
    expect.stringMatching(/^ALARM, critical: Backup db-nightly in vault is missing\n/),
  );
  const nowhere = openTopic({ arn: `${arn}-2`, endpoint, accessKeyId: 'test', secretAccessKey: 'test' });
  expect(
    await openSns({ kind: 'sns', name: 'topic' }, { topic: nowhere }).send(ALARM_NOTIFICATION, NEVER),
  ).toMatchObject({ kind: 'refused' });
  for (const open of [topic, nowhere, received]) open.close();
});

describe('webhook', () => {
  const settings = {
    kind: 'webhook',
    name: 'in',
    method: 'POST',
    headers: {},
    isPerAlarm: false,
  } as const;

  it('signs the time and the body', async () => {
    server.answer({ status: 200 });
    await channel('webhook').send(ALARM_NOTIFICATION, NEVER);
    const [received] = server.received;
    if (received === undefined) throw new Error('nothing was sent');
    const { headers, body } = received;
    const expected = createHmac('sha256', SECRET)
      .update(`${String(headers['x-bucketwatch-timestamp'])}.${body}`)
      .digest('hex');
    expect(headers['x-bucketwatch-signature']).toBe(`sha256=${expected}`);
    expect(headers['idempotency-key']).toBe(ALARM_NOTIFICATION.id);
  });

  it('a template keeps its shape whatever is put in', async () => {
    server.answer({ status: 200 });
    const body =
      '{"a": "<{{alarm.title}}>", "b": ["{{alarm.labels.bucket}}", "{{alarm.labels.none}}"], "c": "{{alarm.numbers}}", "{{d}}": true}';
    const webhook = openWebhook(
      { ...settings, url: server.url, body: body.replace('{{d}}', 'd') },
      { clock: systemClock },
    );
    const [alarm] = ALARM_NOTIFICATION.alarms;
    if (alarm === undefined) throw new Error('no alarm');
    const sly = { ...alarm, title: '", "b": "{{alarm.id}}', labels: { bucket: '"],"e":1,"' } };
    await webhook.send({ ...ALARM_NOTIFICATION, alarms: [sly] }, NEVER);
    expect(JSON.parse(server.received[0]?.body ?? '')).toEqual({
      a: '<", "b": "{{alarm.id}}>',
      b: ['"],"e":1,"', ''],
      c: alarm.numbers,
      d: true,
    });
  });

  it.each([
    ['{"a": ', /it is not JSON/],
    ['{"a": "{{alarm.titel}}"}', /there is no \{\{alarm\.titel\}\}/],
    ['{"a": "{{alarm.constructor}}"}', /there is no/],
    ['{"a": "{{__proto__.x}}"}', /there is no/],
  ])('the template %s is refused', (body, message) => {
    expect(() => openWebhook({ ...settings, url: server.url, body }, { clock: systemClock })).toThrow(
      message,
    );
  });
});

describe('e-mail', () => {
  const address = { from: 'Bucketwatch <bw@example.org>', to: ['ops@example.org'] } as const;

  function email(transport: MailTransport): Channel {
    return openEmail({ kind: 'email', name: 'mail', ...address }, { transport });
  }

  function refusing(fields: object): MailTransport {
    return {
      sendMail: async () => Promise.reject(Object.assign(new Error(`AUTH PLAIN ${SECRET} failed`), fields)),
    };
  }

  it.each([
    ['alarm', ALARM_NOTIFICATION],
    ['recovery', RECOVERY_NOTIFICATION],
  ] as const)('sends the golden %s', async (what, notification) => {
    const mails: Mail[] = [];
    const transport: MailTransport = {
      sendMail: async (mail) => {
        mails.push(mail);
        return { messageId: mail.messageId };
      },
    };
    const delivery = await email(transport).send(notification, NEVER);
    expect(delivery).toEqual({ kind: 'delivered', id: `<${notification.id}@example.org>` });
    const [mail] = mails;
    if (mail === undefined) throw new Error('nothing was sent');
    for (const [ending, text] of [
      ['json', `${JSON.stringify({ ...mail, text: '', html: '' }, undefined, 2)}\n`],
      ['txt', mail.text],
      ['html', mail.html],
    ] as const) {
      const path = new URL(`../src/notify/fixtures/email.${what}.${ending}`, import.meta.url);
      if (process.env['UPDATE'] === '1') writeFileSync(path, text);
      expect(existsSync(path), 'no golden file: run with UPDATE=1 and review it').toBe(true);
      expect(text).toBe(readFileSync(path, 'utf8'));
    }
  });

  it('alarm and recovery are one thread, another alarm is another', () => {
    const [alarm, recovery] = [ALARM_NOTIFICATION, RECOVERY_NOTIFICATION].map((one) => mailOf(one, address));
    expect(recovery?.references).toBe(alarm?.references);
    expect(recovery?.messageId).not.toBe(alarm?.messageId);
    const other = {
      ...ALARM_NOTIFICATION,
      alarms: ALARM_NOTIFICATION.alarms.map((one) => ({ ...one, id: 'x' })),
    };
    expect(mailOf(other, address).references).not.toBe(alarm?.references);
  });

  it('hostile text stays in its place', () => {
    for (const notification of [HOSTILE_NOTIFICATION, hostileNotification(100)]) {
      const mail = mailOf(notification, address);
      expect(mail.subject).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      expect(mail.subject.length).toBeLessThanOrEqual(180);
      expect(mail.html).not.toMatch(/<script|<at>|evil\.example\/a"/);
      expect(mail.html).toContain('&lt;script&gt;');
      const targets = [...mail.html.matchAll(/href="([^"]*)"/g)].map((match) => match[1] ?? '');
      expect(targets.filter((target) => !target.startsWith('https://bw.example/'))).toEqual([]);
      expect(Buffer.byteLength(mail.html)).toBeLessThanOrEqual(100_000);
      expect(Buffer.byteLength(mail.text)).toBeLessThanOrEqual(100_000);
    }
  });

  it.each([
    [{ code: 'EENVELOPE', responseCode: 550 }, 'refused'],
    [{ code: 'EAUTH', responseCode: 535 }, 'refused'],
    [{ code: 'EAUTH' }, 'refused'],
    [{ code: 'EENVELOPE', responseCode: 451 }, 'failed'],
    [{ code: 'EMESSAGE', responseCode: 421 }, 'failed'],
    [{ code: 'ECONNECTION' }, 'failed'],
    [{ code: 'ETIMEDOUT' }, 'failed'],
    [{}, 'failed'],
  ] as const)('%o is %s, and tells no secret', async (fields, kind) => {
    const delivery = await email(refusing(fields)).send(ALARM_NOTIFICATION, NEVER);
    expect(delivery.kind).toBe(kind);
    expect(JSON.stringify(delivery)).not.toContain(SECRET.slice(0, 12));
  });

  it('ends with the reason when it is aborted', async () => {
    const controller = new AbortController();
    const reason = new Error('stopping');
    const transport: MailTransport = {
      sendMail: (_mail, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(new Error('closed')));
        }),
    };
    const sending = email(transport).send(ALARM_NOTIFICATION, controller.signal);
    controller.abort(reason);
    await expect(sending).rejects.toBe(reason);
  });
});
