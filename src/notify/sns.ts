/** Amazon SNS: a text for people, published to a topic. */
import { Fault } from '../lib/fault.ts';
import type { Topic } from '../s3/topic.ts';
import type { Channel, Delivery } from './channel.ts';
import { markedUp, PLAIN } from './markup.ts';
import { fitted, headlineOf } from './message.ts';
import { bytesOf } from './text.ts';

export interface SnsSettings {
  readonly kind: 'sns';
  readonly name: string;
}

export interface SnsParts {
  readonly topic: Topic;
}

const BYTES_MAX = 200_000;
/** Of a subject, which is ASCII. Source: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
const SUBJECT_MAX = 100;

export function openSns({ name }: SnsSettings, { topic }: SnsParts): Channel {
  return {
    name,
    kind: 'sns',
    send: async (notification, signal) => {
      signal.throwIfAborted();
      const [first] = notification.alarms;
      const limit = { sizeMax: BYTES_MAX, sizeOf: bytesOf };
      const message = {
        id: notification.id,
        group: first?.id ?? notification.id,
        subject: headlineOf(notification, SUBJECT_MAX).replace(/[^ -~]/g, '?'),
        text: fitted(notification, limit, (parts) => markedUp(parts, PLAIN)),
        attributes: {
          kind: notification.kind,
          state: first?.state ?? 'ALARM',
          severity: first?.severity ?? 'info',
        },
      };
      try {
        return { kind: 'delivered', id: await topic.publish(message, signal) };
      } catch (error) {
        signal.throwIfAborted();
        return failureOf(error);
      }
    },
  };
}

function failureOf(error: unknown): Delivery {
  if (!(error instanceof Fault)) return { kind: 'failed', reason: 'no answer' };
  return { kind: error.retry ? 'failed' : 'refused', reason: error.message };
}
