/** Prometheus Alertmanager, API v2: what is in ALARM fires there, and is resolved when it recovers. */
import type { Channel, Notification, NotifiedAlarm } from './channel.ts';
import { keyOf } from './each-alarm.ts';
import { type HttpParts, JSON_TYPE, sendHttp } from './http.ts';
import { link, shown } from './text.ts';

export interface AlertmanagerSettings {
  readonly kind: 'alertmanager';
  readonly name: string;
  /** Without `/api/v2/alerts`. */
  readonly url: string;
  readonly token?: string;
  readonly username?: string;
  readonly password?: string;
  /** How long it fires there without another word from us. */
  readonly holdMs: number;
}

/** As often as Prometheus: Alertmanager keeps alarms in memory, and loses them when it is started again. */
export const RENEW_MS = 60_000;
const VALUE_MAX = 1000;
const LABELS_MAX = 30;
const ROWS_MAX = 10;
/** Labels that we give ourselves. */
const OWN = ['alertname', 'severity'];

export function openAlertmanager(settings: AlertmanagerSettings, parts: HttpParts): Channel {
  const { name, url, token, password } = settings;
  return {
    name,
    kind: 'alertmanager',
    renewMs: RENEW_MS,
    send: (notification, signal) =>
      sendHttp(
        {
          url: `${url.replace(/\/$/, '')}/api/v2/alerts`,
          headers: { ...JSON_TYPE, ...authorizationOf(settings) },
          body: JSON.stringify(
            notification.alarms.map((alarm) => alertOf(alarm, notification, settings.holdMs)),
          ),
          secrets: [token, password].filter((secret) => secret !== undefined),
        },
        parts,
        signal,
      ),
  };
}

function authorizationOf({ token, username, password }: AlertmanagerSettings): Record<string, string> {
  if (token !== undefined) return { authorization: `Bearer ${token}` };
  if (password === undefined) return {};
  return { authorization: `Basic ${Buffer.from(`${username ?? ''}:${password}`).toString('base64')}` };
}

/** Labels are its identity there, so nothing that changes is among them. */
function alertOf(alarm: NotifiedAlarm, { createdMs }: Notification, holdMs: number): object {
  const isOver = alarm.state === 'OK';
  const url = link(alarm.links.open);
  const startsMs = isOver ? (alarm.passed.at(-2)?.atMs ?? alarm.sinceMs) : alarm.sinceMs;
  const endsMs = isOver ? Math.min(alarm.sinceMs, createdMs) : createdMs + holdMs;
  return {
    labels: labelsOf(alarm),
    annotations: {
      summary: shown(alarm.title, VALUE_MAX),
      description: shown(alarm.sentence, VALUE_MAX),
      state: alarm.state,
      first_step: shown(alarm.firstStep, VALUE_MAX),
      evidence: alarm.evidence
        .slice(-ROWS_MAX)
        .map((row) => shown(row, 300))
        .join('\n'),
    },
    // It refuses an end before the beginning, which is one noticed later than it ended.
    startsAt: new Date(Math.min(startsMs, createdMs, endsMs)).toISOString(),
    endsAt: new Date(endsMs).toISOString(),
    ...(url === '' ? {} : { generatorURL: url }),
  };
}

function labelsOf(alarm: NotifiedAlarm): Record<string, string> {
  const given = Object.entries(alarm.labels)
    .map(([name, value]) => [labelName(name), shown(value, VALUE_MAX)] as const)
    .filter(([name, value]) => value !== '' && !OWN.includes(name))
    .slice(0, LABELS_MAX);
  return {
    ...Object.fromEntries(given),
    // Not the title, which may change.
    alertname: keyOf(alarm, VALUE_MAX).slice('bucketwatch/'.length),
    severity: alarm.severity,
  };
}

/** As every version of it reads labels. */
function labelName(name: string): string {
  return name
    .slice(0, 60)
    .replace(/[^A-Za-z0-9_]/g, '_')
    .replace(/^(?=\d)|^__/, '_');
}
