/** Opsgenie: an alarm is an alert there, known by its alias; its recovery closes it. */
import type { Channel, Delivery, Notification, NotifiedAlarm } from './channel.ts';
import { detailsOf, keyOf, sendEach } from './each-alarm.ts';
import { type HttpParts, JSON_TYPE, memberOf, sendHttp } from './http.ts';
import { markedUp, PLAIN } from './markup.ts';
import { fitted } from './message.ts';
import { shown } from './text.ts';

export interface OpsgenieSettings {
  readonly kind: 'opsgenie';
  readonly name: string;
  readonly apiKey: string;
  /** `https://api.eu.opsgenie.com` for accounts in the EU. */
  readonly url?: string;
}

const API = 'https://api.opsgenie.com';
/** Source: https://docs.opsgenie.com/docs/alert-api */
const MESSAGE_MAX = 130;
const ALIAS_MAX = 512;
const DESCRIPTION_MAX = 15_000;
const TAGS_MAX = 20;
const TAG_MAX = 50;
const PRIORITIES = { critical: 'P1', warning: 'P3', info: 'P5' } as const;

export function openOpsgenie({ name, apiKey, url = API }: OpsgenieSettings, parts: HttpParts): Channel {
  const post = (path: string, body: object, signal: AbortSignal): Promise<Delivery> =>
    sendHttp(
      {
        url: `${url.replace(/\/$/, '')}/v2/alerts${path}`,
        headers: { ...JSON_TYPE, authorization: `GenieKey ${apiKey}` },
        body: JSON.stringify(body),
        secrets: [apiKey],
      },
      { ...parts, read: ({ text }) => ({ kind: 'delivered', id: memberOf(text, 'requestId') }) },
      signal,
    );
  return {
    name,
    kind: 'opsgenie',
    send: (notification, signal) =>
      sendEach(notification, async (alarm) => {
        const about = `/${encodeURIComponent(keyOf(alarm, ALIAS_MAX))}`;
        const act = (what: 'close' | 'acknowledge', said: object) =>
          post(`${about}/${what}?identifierType=alias`, { source: 'Bucketwatch', ...said }, signal);
        if (alarm.state === 'OK') return act('close', { note: shown(alarm.sentence, 1000) });
        if (notification.kind === 'acknowledgement') return act('acknowledge', takenOn(alarm));
        const delivery = await post('', alertOf(alarm, notification), signal);
        if (delivery.kind !== 'delivered' || alarm.acknowledgedBy === undefined) return delivery;
        return act('acknowledge', takenOn(alarm));
      }),
  };
}

function takenOn({ acknowledgedBy: by = '', acknowledgedFor: why = '' }: NotifiedAlarm): object {
  return { user: shown(by, 100), note: shown(why === '' ? `Acknowledged by ${by}.` : why, 1000) };
}

function alertOf(alarm: NotifiedAlarm, notification: Notification): object {
  const limit = { sizeMax: DESCRIPTION_MAX, sizeOf: (text: string) => text.length };
  return {
    message: shown(alarm.title, MESSAGE_MAX),
    alias: keyOf(alarm, ALIAS_MAX),
    description: fitted({ ...notification, alarms: [alarm] }, limit, (message) => markedUp(message, PLAIN)),
    priority: alarm.state === 'ALARM' ? PRIORITIES[alarm.severity] : 'P4',
    source: 'Bucketwatch',
    entity: shown(alarm.labels['bucket'] ?? '', 200),
    tags: Object.entries(alarm.labels)
      .slice(0, TAGS_MAX)
      .map(([label, value]) => shown(`${label}:${value}`.replaceAll(',', ' '), TAG_MAX)),
    details: detailsOf(alarm, { count: 20, textMax: 200 }),
  };
}
