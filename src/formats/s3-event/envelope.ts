import { isJsonObject, type JsonObject, textAt } from './member.ts';
import { type Outcome, readBridgeEvent, readNotification, type Wrapped } from './object-event.ts';

/** SQS around SNS around Lambda's is three; more is somebody's mistake. */
const ENVELOPES_MAX = 5;

/**
 * What a message holds, out of whatever envelopes it came in: nothing of S3's, SNS's, SQS's (received or passed to
 * Lambda), EventBridge's, CloudEvents' or MinIO's webhook. Every part of the message gives at least one outcome; never throws.
 */
export function openMessage(message: unknown): Outcome[] {
  return opened({ value: message, envelopes: [] });
}

interface Sealed {
  readonly value: unknown;
  readonly envelopes: readonly string[];
}

function opened({ value, envelopes }: Sealed): Outcome[] {
  if (!isJsonObject(value)) return [reject(value, 'not a JSON object')];
  if (envelopes.length > ENVELOPES_MAX) return [reject(value, 'more than five envelopes')];
  const within = (name: string): string[] => [...envelopes, name];
  const wrapped = (name: string): Wrapped => ({ value, envelope: within(name).join('/'), raw: rawOf(value) });

  if (Array.isArray(value['Records'])) return openedRecords(value, value['Records'], envelopes);
  if (Array.isArray(value['Messages'])) {
    return orEmpty(value['Messages'].flatMap((inner: unknown) => opened({ value: inner, envelopes })));
  }
  const notice = noticeOf(value);
  if (notice !== '') return [{ kind: 'skipped', what: notice }];
  if (typeof value['Message'] === 'string') return parsed(value['Message'], within('sns'));
  const body = value['body'] ?? value['Body'];
  if (typeof body === 'string') return parsed(body, within('sqs'));
  if (isJsonObject(value['Sns'])) return opened({ value: value['Sns'], envelopes });
  if (isJsonObject(value['detail']) && value['source'] === 'aws.s3') {
    return [readBridgeEvent(wrapped('eventbridge'))];
  }
  if (isJsonObject(value['data']) && typeof value['specversion'] === 'string') {
    return opened({ value: value['data'], envelopes: within('cloudevents') });
  }
  const delivery = deliveryOf(value);
  if (delivery !== undefined) return [delivery];
  if (isJsonObject(value['s3'])) return [readNotification(wrapped('s3'))];
  return [reject(value, 'not a message of S3')];
}

function openedRecords(
  message: JsonObject,
  records: readonly unknown[],
  envelopes: readonly string[],
): Outcome[] {
  const name = typeof message['EventName'] === 'string' ? 'minio' : 's3';
  return orEmpty(
    records.flatMap((record) =>
      isJsonObject(record) && isJsonObject(record['s3'])
        ? [readNotification({ value: record, envelope: [...envelopes, name].join('/'), raw: rawOf(record) })]
        : opened({ value: record, envelopes: [...envelopes] }),
    ),
  );
}

/** Messages about the subscription itself: S3's test of a destination, SNS's handshakes. */
function noticeOf(value: JsonObject): string {
  if (value['Event'] === 's3:TestEvent') return 'TestEvent';
  const type = textAt(value, 'Type');
  return type === 'SubscriptionConfirmation' || type === 'UnsubscribeConfirmation' ? type : '';
}

/**
 * Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/configure-sns-notifications-for-cloudtrail.html
 */
function deliveryOf(value: JsonObject): Outcome | undefined {
  const keys: unknown = value['s3ObjectKey'];
  const bucket = textAt(value, 's3Bucket');
  if (bucket === '' || !Array.isArray(keys) || keys.length === 0) return undefined;
  return keys.every((key) => typeof key === 'string') ? { kind: 'delivery', bucket, keys } : undefined;
}

function parsed(text: string, envelopes: readonly string[]): Outcome[] {
  try {
    return opened({ value: JSON.parse(text), envelopes });
  } catch {
    return [{ kind: 'reject', reason: 'an envelope around something that is not JSON', raw: text }];
  }
}

function orEmpty(outcomes: readonly Outcome[]): Outcome[] {
  return outcomes.length === 0 ? [{ kind: 'skipped', what: 'empty list' }] : [...outcomes];
}

function reject(value: unknown, reason: string): Outcome {
  return { kind: 'reject', reason, raw: rawOf(value) };
}

/** Values nested deeper than the stack allows have no text. */
function rawOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    return '(nested too deep to show)';
  }
}
