import { describe, expect, it, test } from 'vitest';
import { logTest } from './queue-logs.ts';
import { type MessageMode, planOf } from './queue-message.ts';

const LOG = 'access/2026-05-03-10-00-00-0123456789ABCDEF';
const TRAIL =
  'AWSLogs/111122223333/CloudTrail/eu-west-1/2026/05/03/111122223333_CloudTrail_eu-west-1_20260503T1000Z_AbCd.json.gz';

function record(key: string, eventName = 'ObjectCreated:Put'): object {
  return {
    eventVersion: '2.1',
    eventSource: 'aws:s3',
    eventTime: '2026-05-03T10:00:01.000Z',
    eventName,
    s3: { bucket: { name: 'logs' }, object: { key, size: 10, eTag: '"e1"', sequencer: '0A' } },
  };
}

function notification(...keys: string[]): string {
  return JSON.stringify({ Records: keys.map((key) => record(key)) });
}

function plan(body: string, mode: MessageMode = 'auto', logs: readonly string[] = []) {
  return planOf(body, { mode, isLog: logTest(logs) });
}

const bridge = (key: string): string =>
  JSON.stringify({
    version: '0',
    id: '17793124-05d4-b198-2fde-7ededc63b103',
    'detail-type': 'Object Created',
    source: 'aws.s3',
    account: '111122223333',
    time: '2026-05-03T10:00:01Z',
    region: 'eu-west-1',
    detail: {
      version: '0',
      bucket: { name: 'logs' },
      object: { key, size: 5, etag: 'e1' },
      reason: 'PutObject',
    },
  });
const sns = (message: string): string =>
  JSON.stringify({
    Type: 'Notification',
    MessageId: 'm',
    TopicArn: 'arn:aws:sns:eu-west-1:1:t',
    Message: message,
  });

describe('planOf()', () => {
  const envelopes: Readonly<Record<string, (key: string) => string>> = {
    bare: (key) => notification(key),
    'SNS envelope': (key) => sns(notification(key)),
    EventBridge: bridge,
    'EventBridge over SNS': (key) => sns(bridge(key)),
    Lambda: (key) =>
      JSON.stringify({ Records: [{ eventSource: 'aws:sqs', messageId: 'm', body: notification(key) }] }),
    'a list': (key) => JSON.stringify([JSON.parse(notification(key))]),
    CloudEvents: (key) =>
      JSON.stringify({
        specversion: '1.0',
        type: 'com.amazonaws.s3.objectcreated',
        id: '1',
        data: record(key),
      }),
  };

  test.each(Object.entries(envelopes))(
    '%s: a log is an announcement, another object an event',
    (_name, wrap) => {
      expect(plan(wrap(LOG))).toEqual({
        announced: [{ bucket: 'logs', key: LOG, etag: 'e1' }],
        skipped: [],
      });
      const body = wrap('photo.jpg');
      expect(plan(body)).toEqual({ announced: [], batch: { format: 's3-event', text: body }, skipped: [] });
    },
  );

  test.each<readonly [MessageMode, string, number, boolean, number]>([
    ['auto', LOG, 1, false, 0],
    ['auto', 'photo.jpg', 0, true, 0],
    ['announcements', LOG, 1, false, 0],
    ['announcements', 'photo.jpg', 0, false, 1],
    ['events', LOG, 0, true, 0],
    ['events', 'photo.jpg', 0, true, 0],
    ['both', LOG, 1, true, 0],
    ['both', 'photo.jpg', 0, true, 0],
  ])('mode %s with %s: %i announced, event %s, %i left out', (mode, key, announced, isEvent, skipped) => {
    const made = plan(notification(key), mode);
    expect(made.announced).toHaveLength(announced);
    expect(made.batch !== undefined).toBe(isEvent);
    expect(made.skipped).toHaveLength(skipped);
    expect(made.parked).toBeUndefined();
  });

  it('takes each object of a message once, and the message as events when one is no log', () => {
    const made = plan(notification(LOG, TRAIL, LOG, 'photo.jpg'));
    expect(made.announced.map(({ key }) => key)).toEqual([LOG, TRAIL]);
    expect(made.batch?.format).toBe('s3-event');
  });

  it('decodes keys of notifications once, and keys of EventBridge not at all', () => {
    const logs = ['s3://logs/'];
    expect(plan(notification('a+b%2Bc%2520d'), 'auto', logs).announced[0]?.key).toBe('a b+c%20d');
    expect(plan(bridge('a+b%2Bc'), 'auto', logs).announced[0]?.key).toBe('a+b%2Bc');
  });

  it('lets the configured places alone say what a log is', () => {
    const logs = ['s3://logs/access/', 's3://other/'];
    expect(plan(notification('access/anything'), 'auto', logs).announced).toHaveLength(1);
    expect(plan(notification(TRAIL), 'auto', logs).announced).toHaveLength(0);
  });

  it('announces nothing that was removed, and no folder', () => {
    const removed = JSON.stringify({ Records: [record(LOG, 'ObjectRemoved:Delete')] });
    expect(plan(removed)).toMatchObject({ announced: [], batch: { format: 's3-event' } });
    expect(plan(notification('access/'), 'announcements', ['s3://logs/access/']).announced).toEqual([]);
  });

  it("reads CloudTrail's own message about its files", () => {
    const delivery = JSON.stringify({ s3Bucket: 'trail', s3ObjectKey: [TRAIL, `${TRAIL}2`] });
    const announced = [
      { bucket: 'trail', key: TRAIL },
      { bucket: 'trail', key: `${TRAIL}2` },
    ];
    expect(plan(sns(delivery))).toEqual({ announced, skipped: [] });
    expect(plan(delivery, 'events')).toEqual({ announced: [], skipped: ['delivery of CloudTrail'] });
  });

  it('takes an event of CloudTrail for what it is, out of its envelopes', () => {
    const call = {
      version: '0',
      source: 'aws.s3',
      'detail-type': 'AWS API Call via CloudTrail',
      detail: { eventID: '1' },
    };
    expect(plan(sns(JSON.stringify(call))).batch).toEqual({
      format: 'cloudtrail',
      text: JSON.stringify(call),
    });
  });

  test.each([
    [
      '{"Service":"Amazon S3","Event":"s3:TestEvent","Time":"2026-05-03T10:00:00Z","Bucket":"logs"}',
      'TestEvent',
    ],
    [sns('{"Service":"Amazon S3","Event":"s3:TestEvent"}'), 'TestEvent'],
    ['{"Type":"SubscriptionConfirmation","Token":"t"}', 'SubscriptionConfirmation'],
    ['[]', 'empty list'],
    [' ', 'empty message'],
  ])('leaves out %s', (body, what) => {
    expect(plan(body)).toEqual({ announced: [], skipped: [what] });
  });

  test.each([
    ['hello', 'not valid JSON'],
    ['{"order":1}', 'not a message of S3'],
    ['{"Records":[{"eventSource":"aws:dynamodb","dynamodb":{}}]}', 'not a message of S3'],
    [sns('hello'), 'an envelope around something that is not JSON'],
    ['42', 'not a JSON object'],
  ])('parks %s', (body, reason) => {
    expect(plan(body)).toEqual({ announced: [], parked: reason, skipped: [] });
  });

  it('parks what is foreign beside an announcement, too', () => {
    const mixed = JSON.stringify([JSON.parse(notification(LOG)), { order: 1 }]);
    expect(plan(mixed)).toMatchObject({ announced: [{ key: LOG }], parked: 'not a message of S3' });
  });
});

describe('logTest()', () => {
  test.each([
    [LOG, true],
    ['part/111122223333/eu-west-1/shop/2026/05/03/2026-05-03-10-00-00-0123456789ABCDEF', true],
    [TRAIL, true],
    [TRAIL.replaceAll('CloudTrail', 'CloudTrail-Digest'), true],
    ['backup-2026-05-03-10-00-00.tar', false],
    ['CloudTrail.json.gz', false],
    ['photo.jpg', false],
  ])('by its key: %s %s', (key, expected) => {
    expect(logTest([])({ bucket: 'any', key })).toBe(expected);
  });
});
