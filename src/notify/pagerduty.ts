/** PagerDuty: Events API v2. An alarm is an incident; its recovery resolves it. */
import type { Channel, Notification, NotifiedAlarm } from './channel.ts';
import { detailsOf, keyOf, sendEach } from './each-alarm.ts';
import { type HttpParts, JSON_TYPE, memberOf, sendHttp } from './http.ts';
import { messageOf } from './message.ts';
import { shown } from './text.ts';

export interface PagerDutySettings {
  readonly kind: 'pagerduty';
  readonly name: string;
  readonly routingKey: string;
  /** Other than that of PagerDuty in the US. */
  readonly url?: string;
}

const EVENTS = 'https://events.pagerduty.com/v2/enqueue';
const KEY_MAX = 255;
const SUMMARY_MAX = 1024;
const SEVERITIES = { critical: 'critical', warning: 'warning', info: 'info' } as const;

export function openPagerDuty(
  { name, routingKey, url = EVENTS }: PagerDutySettings,
  parts: HttpParts,
): Channel {
  const post = (event: object, signal: AbortSignal) =>
    sendHttp(
      {
        url,
        headers: JSON_TYPE,
        body: JSON.stringify({ routing_key: routingKey, ...event }),
        secrets: [routingKey],
      },
      { ...parts, read: ({ text }) => ({ kind: 'delivered', id: memberOf(text, 'dedup_key') }) },
      signal,
    );
  return {
    name,
    kind: 'pagerduty',
    send: (notification, signal) =>
      sendEach(notification, async (alarm) => {
        const acknowledge = () =>
          post({ event_action: 'acknowledge', dedup_key: keyOf(alarm, KEY_MAX) }, signal);
        if (notification.kind === 'acknowledgement') return acknowledge();
        const delivery = await post(eventOf(alarm, notification), signal);
        if (delivery.kind !== 'delivered' || alarm.acknowledgedBy === undefined || alarm.state === 'OK')
          return delivery;
        return acknowledge();
      }),
  };
}

function eventOf(alarm: NotifiedAlarm, notification: Notification): object {
  const dedupKey = { dedup_key: keyOf(alarm, KEY_MAX) };
  if (alarm.state === 'OK') return { event_action: 'resolve', ...dedupKey };
  const message = messageOf({ ...notification, alarms: [alarm] }, { alarms: 1, rows: 5, textMax: 300 });
  const [part] = message.parts;
  return {
    event_action: 'trigger',
    ...dedupKey,
    client: 'Bucketwatch',
    ...(message.home === '' ? {} : { client_url: message.home }),
    payload: {
      summary: shown(`${alarm.title}: ${alarm.sentence}`, SUMMARY_MAX),
      source: labelOr(alarm, 'bucket', labelOr(alarm, 'monitor', 'bucketwatch')),
      severity: alarm.state === 'ALARM' ? SEVERITIES[alarm.severity] : 'warning',
      timestamp: new Date(alarm.sinceMs).toISOString(),
      component: labelOr(alarm, 'monitor', 'bucketwatch'),
      class: alarm.state,
      custom_details: {
        ...detailsOf(alarm, { count: 20, textMax: 200 }),
        evidence: part?.evidence ?? [],
        first_step: shown(alarm.firstStep, 300),
      },
    },
    links: (part?.links ?? []).map(({ label, url }) => ({ href: url, text: label })),
  };
}

/** PagerDuty refuses an event whose source is empty. */
function labelOr({ labels }: NotifiedAlarm, name: string, otherwise: string): string {
  const value = labels[name] ?? '';
  return value === '' ? otherwise : shown(value, 200);
}
