/** Messages about objects as stores send them, made up for tests. */

export interface MadeEvent {
  readonly bucket: string;
  /** As the object has it. */
  readonly key: string;
  readonly etag?: string;
  readonly eventName?: string;
}

let made = 0;

function recordOf({ bucket, key, etag, eventName = 'ObjectCreated:Put' }: MadeEvent): object {
  made += 1;
  return {
    eventVersion: '2.1',
    eventSource: 'aws:s3',
    awsRegion: 'us-east-1',
    eventTime: new Date(Date.UTC(2026, 4, 3, 10) + made).toISOString(),
    eventName,
    userIdentity: { principalId: 'AWS:EXAMPLE' },
    requestParameters: { sourceIPAddress: '192.0.2.1' },
    responseElements: { 'x-amz-request-id': `R${made}` },
    s3: {
      s3SchemaVersion: '1.0',
      bucket: { name: bucket, arn: `arn:aws:s3:::${bucket}` },
      object: {
        key: encodeURIComponent(key).replaceAll('%20', '+').replaceAll('%2F', '/'),
        size: 10,
        ...(etag === undefined ? {} : { eTag: etag }),
        sequencer: made.toString(16).toUpperCase().padStart(16, '0'),
      },
    },
  };
}

/** A notification of S3; each call makes events that never happened before. */
export function notification(...events: readonly MadeEvent[]): string {
  return JSON.stringify({ Records: events.map(recordOf) });
}

/** The same as EventBridge sends it: the key as it is. */
export function bridgeEvent({ bucket, key, etag = 'e1' }: MadeEvent): string {
  made += 1;
  return JSON.stringify({
    version: '0',
    id: `17793124-05d4-b198-2fde-${made.toString(16).padStart(12, '0')}`,
    'detail-type': 'Object Created',
    source: 'aws.s3',
    account: '111122223333',
    time: '2026-05-03T10:00:01Z',
    region: 'us-east-1',
    detail: {
      version: '0',
      bucket: { name: bucket },
      object: { key, size: 5, etag, sequencer: made.toString(16).padStart(16, '0') },
      'request-id': `B${made}`,
      reason: 'PutObject',
    },
  });
}

export const TEST_EVENT = JSON.stringify({
  Service: 'Amazon S3',
  Event: 's3:TestEvent',
  Time: '2026-05-03T10:00:00.000Z',
  Bucket: 'shop',
});

/** The key of an access log of that number. */
export function logKey(number: number): string {
  return `access logs/a+b/2026-05-03-10-00-00-${number.toString(16).toUpperCase().padStart(16, '0')}`;
}
