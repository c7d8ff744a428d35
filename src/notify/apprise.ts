/** Apprise API: one server that passes on to any service that Apprise knows. */
import type { Channel, Delivery } from './channel.ts';
import { type Answer, type HttpParts, JSON_TYPE, sendHttp } from './http.ts';
import { markedUp, PLAIN } from './markup.ts';
import { fitted, headlineOf, type Tone, toneOf } from './message.ts';

export interface AppriseSettings {
  readonly kind: 'apprise';
  readonly name: string;
  /** `https://host/notify/<key>`, or `https://host/notify` with `urls`. */
  readonly url: string;
  /** Addresses of services in Apprise's form, comma between them. */
  readonly urls?: string;
  /** Which of the addresses kept under the key. */
  readonly tag?: string;
}

const TEXT_MAX = 10_000;
const TITLE_MAX = 200;
const TYPES: Readonly<Record<Tone, string>> = {
  bad: 'failure',
  warn: 'warning',
  good: 'success',
  unknown: 'info',
};

export function openApprise({ name, url, urls, tag }: AppriseSettings, parts: HttpParts): Channel {
  return {
    name,
    kind: 'apprise',
    send: (notification, signal) => {
      const [alarm] = notification.alarms;
      const limit = { sizeMax: TEXT_MAX, sizeOf: (text: string) => text.length };
      const body = {
        ...(urls === undefined ? {} : { urls }),
        ...(tag === undefined ? {} : { tag }),
        title: headlineOf(notification, TITLE_MAX),
        body: fitted(notification, limit, (message) => markedUp(message, PLAIN, { withHeadline: false })),
        type: alarm === undefined ? 'info' : TYPES[toneOf(alarm)],
        format: 'text',
      };
      return sendHttp(
        {
          url,
          headers: { ...JSON_TYPE, accept: 'application/json' },
          body: JSON.stringify(body),
          secrets: urls === undefined ? [] : [urls, ...urls.split(/[\s,]+/), ...urls.split(/[\s,/:@]+/)],
        },
        // 424: a service it passes on to did not take it.
        { ...parts, read, retried: [424] },
        signal,
      );
    },
  };
}

/** 204: nothing is kept under the key. */
function read({ status }: Answer): Delivery {
  return status === 204
    ? { kind: 'refused', reason: 'HTTP 204: Apprise has no addresses under this key' }
    : { kind: 'delivered', id: '' };
}
