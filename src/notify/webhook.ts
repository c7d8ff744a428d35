/** Any other program: JSON of ours, or of a template, signed. */
import { createHmac } from 'node:crypto';
import { Fault } from '../lib/fault.ts';
import type { Channel, Delivery, Notification, NotifiedAlarm } from './channel.ts';
import { sendEach } from './each-alarm.ts';
import { type HttpParts, JSON_TYPE, memberOf, sendHttp } from './http.ts';
import { fitted, headlineOf } from './message.ts';
import { type Json, placesOf, templateOf, valueAt } from './template.ts';
import { bytesOf, link, shown } from './text.ts';

export interface WebhookSettings {
  readonly kind: 'webhook';
  readonly name: string;
  readonly url: string;
  readonly method: 'POST' | 'PUT';
  /** Of the signature; absent: none is sent. */
  readonly secret?: string;
  readonly headers: Readonly<Record<string, string>>;
  /** A JSON text with places such as `{{alarm.title}}`; absent: everything there is. */
  readonly body?: string;
  /** A request for each alarm, instead of one for all. */
  readonly isPerAlarm: boolean;
}

const BYTES_MAX = 256 * 1024;
const HEADLINE_MAX = 300;

/** Throws `invalid` for a template that is no JSON or asks for what there is not. */
export function openWebhook(settings: WebhookSettings, parts: HttpParts): Channel {
  const { name, body } = settings;
  const fill = body === undefined ? undefined : templateOf(body);
  for (const place of placesOf(body ?? '')) refuseUnknown(place);
  const post = (notification: Notification, signal: AbortSignal): Promise<Delivery> => {
    const limit = { sizeMax: BYTES_MAX, sizeOf: bytesOf };
    const text = fitted(notification, limit, ({ parts: { length: count } }) => {
      const values = valuesOf(notification, count);
      return JSON.stringify(fill === undefined ? values : fill(values));
    });
    return request(settings, { id: notification.id, text, parts }, signal);
  };
  return {
    name,
    kind: 'webhook',
    send: (notification, signal) =>
      settings.isPerAlarm
        ? sendEach(notification, (alarm) =>
            post({ ...notification, id: alarm.newsId, alarms: [alarm] }, signal),
          )
        : post(notification, signal),
  };
}

function request(
  { url, method, secret, headers }: WebhookSettings,
  { id, text, parts }: { readonly id: string; readonly text: string; readonly parts: HttpParts },
  signal: AbortSignal,
): Promise<Delivery> {
  const secrets = [...Object.values(headers), ...(secret === undefined ? [] : [secret])];
  return sendHttp(
    {
      url,
      method,
      headers: {
        ...JSON_TYPE,
        ...headers,
        'idempotency-key': id,
        ...signature(secret, text, parts.clock.nowMs()),
      },
      body: text,
      secrets,
    },
    { ...parts, read: (answer) => ({ kind: 'delivered', id: memberOf(answer.text, 'id') }) },
    signal,
  );
}

/** HMAC-SHA256 over `<seconds since 1970>.<body>`, so that what is caught on the way is worth nothing later. */
function signature(secret: string | undefined, text: string, nowMs: number): Record<string, string> {
  if (secret === undefined) return {};
  const seconds = String(Math.floor(nowMs / 1000));
  const digest = createHmac('sha256', secret).update(`${seconds}.${text}`).digest('hex');
  return { 'x-bucketwatch-timestamp': seconds, 'x-bucketwatch-signature': `sha256=${digest}` };
}

/** What a template may name; `alarm` is the first. Texts are shown as everywhere. */
function valuesOf(notification: Notification, count: number): Json {
  const textMax = count >= 20 ? 2000 : 400;
  const alarms = notification.alarms.slice(0, count).map((alarm) => alarmValues(alarm, textMax));
  return {
    version: 1,
    id: notification.id,
    kind: notification.kind,
    group: shown(notification.group, textMax),
    headline: headlineOf(notification, HEADLINE_MAX),
    created: new Date(notification.createdMs).toISOString(),
    home: link(notification.home),
    alarm: alarms[0] ?? '',
    alarms,
    omitted: notification.alarms.length - alarms.length,
  };
}

function alarmValues(alarm: NotifiedAlarm, textMax: number): Json {
  const cut = (text: string): string => shown(text, textMax);
  const name = (text: string): string => shown(text, 100);
  return {
    id: cut(alarm.id),
    title: cut(alarm.title),
    state: alarm.state,
    previous_state: alarm.previousState,
    severity: alarm.severity,
    labels: Object.fromEntries(
      Object.entries(alarm.labels)
        .slice(0, 30)
        .map(([label, value]) => [name(label), cut(value)]),
    ),
    sentence: cut(alarm.sentence),
    numbers: alarm.numbers
      .slice(0, 30)
      .map((number) => ({ name: name(number.name), value: cut(number.value) })),
    evidence: alarm.evidence.slice(-20).map(cut),
    first_step: cut(alarm.firstStep),
    since: new Date(alarm.sinceMs).toISOString(),
    passed: alarm.passed.slice(-20).map(({ state, atMs }) => ({ state, at: new Date(atMs).toISOString() })),
    acknowledged_by: cut(alarm.acknowledgedBy ?? ''),
    links: {
      open: link(alarm.links.open),
      acknowledge: link(alarm.links.acknowledge),
      silence: link(alarm.links.silence),
    },
  };
}

/** Labels differ from alarm to alarm; every other name has to be there always. */
function refuseUnknown(place: string): void {
  if (/^alarm\.labels\.[\w.-]+$/.test(place) || valueAt(SAMPLE, place) !== undefined) return;
  throw new Fault('invalid', `Cannot read the body of the webhook: there is no {{${shown(place, 100)}}}.`);
}

const SAMPLE = valuesOf(
  {
    id: 'sample',
    kind: 'test',
    group: '',
    createdMs: 0,
    home: '',
    alarms: [
      {
        id: '',
        newsId: '',
        title: '',
        state: 'OK',
        previousState: 'OK',
        severity: 'info',
        labels: {},
        sentence: '',
        numbers: [],
        evidence: [],
        firstStep: '',
        sinceMs: 0,
        passed: [],
        links: { open: '', acknowledge: '', silence: '' },
      },
    ],
  },
  1,
);
