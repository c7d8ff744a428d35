/** ntfy: a message to a topic. */
import type { Channel, Notification, NotifiedAlarm } from './channel.ts';
import { type HttpParts, JSON_TYPE, memberOf, sendHttp } from './http.ts';
import { markedUp, PLAIN } from './markup.ts';
import { fitted, type Message, messageOf } from './message.ts';
import { bytesOf } from './text.ts';

export interface NtfySettings {
  readonly kind: 'ntfy';
  readonly name: string;
  /** Of the server, without the topic. */
  readonly url: string;
  readonly topic: string;
  readonly token?: string;
}

/** Longer ones become files. */
const BYTES_MAX = 4096;
const TITLE_MAX = 200;
const PRIORITIES = { critical: 5, warning: 4, info: 2 } as const;
const TAGS = { ALARM: 'rotating_light', OK: 'white_check_mark', INSUFFICIENT_DATA: 'grey_question' } as const;

export function openNtfy({ name, url, topic, token }: NtfySettings, parts: HttpParts): Channel {
  return {
    name,
    kind: 'ntfy',
    send: (notification, signal) => {
      const limit = { sizeMax: BYTES_MAX, sizeOf: bytesOf };
      const text = fitted(notification, limit, (message) =>
        markedUp(message, PLAIN, { withHeadline: false }),
      );
      return sendHttp(
        {
          url,
          headers: { ...JSON_TYPE, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
          body: JSON.stringify(bodyOf(notification, topic, text)),
          // Whoever knows a topic of a public server reads it.
          secrets: [topic, ...(token === undefined ? [] : [token])],
        },
        { ...parts, read: (answer) => ({ kind: 'delivered', id: memberOf(answer.text, 'id') }) },
        signal,
      );
    },
  };
}

function bodyOf(notification: Notification, topic: string, text: string): object {
  const message = messageOf(notification, { alarms: 1, rows: 1, textMax: TITLE_MAX });
  const [alarm] = notification.alarms;
  const url = openUrl(message);
  return {
    topic,
    title: message.headline,
    message: text,
    priority: alarm === undefined ? 3 : priorityOf(alarm),
    tags: alarm === undefined ? [] : [TAGS[alarm.state]],
    ...(url === undefined ? {} : { click: url }),
    actions: (message.parts[0]?.links ?? []).map(({ label, url: target }) => ({
      action: 'view',
      label,
      url: target,
    })),
  };
}

function openUrl({ parts, home, omitted }: Message): string | undefined {
  const url = omitted > 0 && home !== '' ? home : parts[0]?.links[0]?.url;
  return url ?? (home === '' ? undefined : home);
}

function priorityOf({ state, severity }: NotifiedAlarm): number {
  return state === 'ALARM' ? PRIORITIES[severity] : 3;
}
