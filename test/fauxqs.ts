/** S3, SQS and SNS of this process, on loopback, and the keys of log objects to put into the store. */
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  PurgeQueueCommand,
  SendMessageBatchCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { buildApp } from 'fauxqs';
import { openS3, type S3Options } from '../src/s3/client.ts';
import type { S3 } from '../src/s3/s3.ts';

export interface Fauxqs {
  readonly endpoint: string;
  /** Options that reach it, with credentials that are good for nothing else. */
  readonly options: S3Options;
  connect(): S3;
  /** Makes a bucket of its own for a test; gives its name. Keys as for `put`. */
  bucketWith(keys: readonly string[]): Promise<string>;
  /** Puts all of them, several at a time. Keys may hold letters, digits and `/-_.` only. */
  put(bucket: string, keys: readonly string[], body?: string | Uint8Array): Promise<void>;
  remove(bucket: string, key: string): Promise<void>;
  /** Makes a queue of its own for a test. */
  queueWith(bodies: readonly string[], attributes?: Readonly<Record<string, string>>): Promise<TestQueue>;
  /** Publishes on a topic of its own that a queue subscribes to. */
  publish(queue: TestQueue, message: string, isRaw: boolean): Promise<void>;
  stop(): Promise<void>;
}

export interface TestQueue {
  readonly url: string;
  readonly arn: string;
  send(bodies: readonly string[]): Promise<void>;
  /** Messages waiting and given out. */
  depth(): Promise<{ waiting: number; inFlight: number }>;
  purge(): Promise<void>;
}

const AT_ONCE = 16;
const MINUTE_MS = 60_000;
const CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' };
/** Two hours before midnight. */
export const START_MS = Date.UTC(2026, 4, 3, 22);
export const TRAIL = 'AWSLogs/123456789012/CloudTrail/eu-west-1/';

/**
 * Starts the emulator on a free port of 127.0.0.1. It sorts keys as people would (`localeCompare`), not by their
 * bytes: a test's keys should not mix upper and lower case.
 */
export async function startFauxqs(): Promise<Fauxqs> {
  const app = buildApp({ logger: false });
  const endpoint = await app.listen({ host: '127.0.0.1', port: 0 });
  const options: S3Options = { endpoint, region: 'us-east-1', ...CREDENTIALS };
  const connections: S3[] = [];
  const send = async (method: string, path: string, body?: string | Uint8Array): Promise<void> => {
    const answer = await fetch(`${endpoint}/${path}`, { method, ...(body === undefined ? {} : { body }) });
    await answer.arrayBuffer();
    if (!answer.ok) throw new Error(`${method} ${path}: HTTP ${answer.status}`);
  };
  const put = async (
    bucket: string,
    keys: readonly string[],
    body: string | Uint8Array = 'a line\n',
  ): Promise<void> => {
    for (let first = 0; first < keys.length; first += AT_ONCE) {
      await Promise.all(
        keys.slice(first, first + AT_ONCE).map((key) => send('PUT', `${bucket}/${key}`, body)),
      );
    }
  };
  const sqs = new SQSClient({ endpoint, region: 'us-east-1', credentials: CREDENTIALS });
  const sns = async (action: string, parameters: Readonly<Record<string, string>>): Promise<string> => {
    const body = new URLSearchParams({ Action: action, Version: '2010-03-31', ...parameters });
    const authorization = 'AWS4-HMAC-SHA256 Credential=test/20260503/us-east-1/sns/aws4_request';
    const answer = await fetch(endpoint, { method: 'POST', body, headers: { authorization } });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${action}: HTTP ${answer.status} ${text}`);
    return /<TopicArn>([^<]*)/.exec(text)?.[1] ?? '';
  };
  let buckets = 0;
  let queues = 0;
  return {
    endpoint,
    options,
    connect: () => {
      const s3 = openS3(options);
      connections.push(s3);
      return s3;
    },
    bucketWith: async (keys) => {
      buckets += 1;
      const bucket = `logs-${buckets}`;
      await send('PUT', bucket);
      await put(bucket, keys);
      return bucket;
    },
    put,
    queueWith: async (bodies, attributes = {}) => {
      queues += 1;
      const queue = await openTestQueue(`queue-${queues}`, attributes, sqs);
      await queue.send(bodies);
      return queue;
    },
    publish: async (queue, message, isRaw) => {
      const name = `topic-${queue.arn.split(':').at(-1) ?? ''}-${isRaw ? 'raw' : 'wrapped'}`;
      const topic = await sns('CreateTopic', { Name: name });
      await sns('Subscribe', {
        TopicArn: topic,
        Protocol: 'sqs',
        Endpoint: queue.arn,
        'Attributes.entry.1.key': 'RawMessageDelivery',
        'Attributes.entry.1.value': String(isRaw),
      });
      await sns('Publish', { TopicArn: topic, Message: message });
    },
    remove: (bucket, key) => send('DELETE', `${bucket}/${key}`),
    stop: async () => {
      for (const s3 of connections) s3.close();
      sqs.destroy();
      await app.close();
    },
  };
}

/** `2026-05-03-22-00-00` */
export function dashed(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 19).replaceAll(/[T:]/g, '-');
}

function dayPath(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10).replaceAll('-', '/');
}

/** The key of a log object in each layout AWS writes. */
export const LAYOUTS = {
  classic: (timeMs: number, unique: string) => `std/app-${dashed(timeMs)}-${unique}`,
  'partitioned by delivery': (timeMs: number, unique: string) =>
    `part/123456789012/us-east-1/shop/${dayPath(timeMs)}/${dashed(timeMs)}-${unique}`,
  'partitioned by event': (timeMs: number, unique: string) =>
    `part/123456789012/us-east-1/shop/${dayPath(timeMs)}/${dashed(timeMs).slice(0, 10)}-00-00-00-${unique}`,
  CloudTrail: (timeMs: number, unique: string) => {
    const [day, time] = [dayPath(timeMs), dashed(timeMs).slice(11).replaceAll('-', '')];
    return `${TRAIL}${day}/123456789012_CloudTrail_eu-west-1_${day.replaceAll('/', '')}T${time.slice(0, 4)}Z_${unique}.json.gz`;
  },
} as const;

/** Keys of log objects in order of time, one a minute from `START_MS`. */
export function everyMinute(count: number, layout: keyof typeof LAYOUTS = 'classic'): string[] {
  return Array.from({ length: count }, (_, index) =>
    LAYOUTS[layout](START_MS + index * MINUTE_MS, `A${String(index).padStart(5, '0')}`),
  );
}

/** A queue of any service that speaks SQS. */
export async function openTestQueue(
  name: string,
  attributes: Readonly<Record<string, string>>,
  sqs: SQSClient,
): Promise<TestQueue> {
  const made = await sqs.send(new CreateQueueCommand({ QueueName: name, Attributes: { ...attributes } }));
  const url = made.QueueUrl ?? '';
  const attributesOf = async (): Promise<Partial<Record<string, string>>> =>
    (await sqs.send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] }))).Attributes ??
    {};
  return {
    url,
    arn: (await attributesOf())['QueueArn'] ?? '',
    send: async (bodies) => {
      for (let first = 0; first < bodies.length; first += 10) {
        const entries = bodies
          .slice(first, first + 10)
          .map((body, index) => ({ Id: String(index), MessageBody: body }));
        await sqs.send(new SendMessageBatchCommand({ QueueUrl: url, Entries: entries }));
      }
    },
    depth: async () => {
      const now = await attributesOf();
      return {
        waiting: Number(now['ApproximateNumberOfMessages']),
        inFlight: Number(now['ApproximateNumberOfMessagesNotVisible']),
      };
    },
    purge: async () => {
      await sqs.send(new PurgeQueueCommand({ QueueUrl: url }));
    },
  };
}
