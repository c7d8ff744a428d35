import { ACCOUNT_ID, BUCKETS, REGION } from './company.ts';
import { uniqueIdOf } from './identity.ts';
import {
  alphanumeric,
  hexLower,
  hexUpper,
  mixSeeds,
  type Random,
  randomOf,
  seedOfText,
  uuid,
} from './random.ts';
import { callerOf, eventNameOf, type S3Request } from './request.ts';
import { isoMs, isoSeconds } from './times.ts';
import { formEncodeKey } from './uri.ts';

/**
 * The message S3 sends about the request, as JSON on one line, in the envelope of its bucket;
 * empty when it sends none.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html and ev-events.html
 */
export function notificationOf(request: S3Request): string {
  const eventName = eventNameOf(request);
  const notifies = BUCKETS[request.bucket].notifies;
  if (eventName === '' || notifies === undefined) return '';
  const random = randomOfMessage(request);
  const subject = { request, eventName, object: versionedObject(request, random) };
  switch (notifies.envelope) {
    case 'none':
      return JSON.stringify(messageOfRequest(subject, notifies.configurationId));
    case 'sns':
      return JSON.stringify(
        snsEnvelope(messageOfRequest(subject, notifies.configurationId), request, random),
      );
    case 'event-bridge':
      return JSON.stringify(eventBridgeEvent(subject, random));
  }
}

interface VersionedObject {
  readonly key: string;
  readonly size?: number;
  readonly etag?: string;
  readonly versionId?: string;
  readonly sequencer?: string;
}

interface Subject {
  readonly request: S3Request;
  readonly eventName: string;
  readonly object: VersionedObject;
}

/** What the notification about a request says of its object: the same at every call. */
export function notifiedObject(request: S3Request): VersionedObject {
  return versionedObject(request, randomOfMessage(request));
}

function randomOfMessage(request: S3Request): Random {
  return randomOf(mixSeeds(seedOfText(request.requestId), seedOfText(request.key)));
}

function versionedObject(request: S3Request, random: Random): VersionedObject {
  const isCreated = eventNameOf(request).startsWith('ObjectCreated:');
  const isRemoved = eventNameOf(request).startsWith('ObjectRemoved:');
  const seconds = Math.floor(doneMs(request) / 1000)
    .toString(16)
    .toUpperCase();
  return {
    key: request.key,
    ...(isCreated ? { size: request.objectSizeBytes } : {}),
    ...(isRemoved ? {} : { etag: hexLower(random, 32) }),
    ...(BUCKETS[request.bucket].isVersioned ? { versionId: alphanumeric(random, 32) } : {}),
    ...(isCreated || isRemoved ? { sequencer: `00${seconds}${hexUpper(random, 8)}` } : {}),
  };
}

/** What S3 tells of one event, before it is put into a message. */
export interface Notice {
  readonly eventName: string;
  readonly timeMs: number;
  readonly bucket: string;
  readonly region: string;
  readonly configurationId: string;
  readonly principalId: string;
  readonly sourceIp: string;
  readonly requestId: string;
  readonly hostId: string;
  readonly object: VersionedObject;
  /** `replicationEventData` of an event about replication. */
  readonly replication?: Readonly<Record<string, unknown>>;
}

/** The message of one event, without an envelope. */
export function messageOf(notice: Notice): object {
  const { key, etag, ...rest } = notice.object;
  const isReplication = notice.replication !== undefined;
  return {
    Records: [
      {
        eventVersion: isReplication ? '2.2' : '2.5',
        eventSource: 'aws:s3',
        awsRegion: notice.region,
        eventTime: isoMs(notice.timeMs),
        eventName: notice.eventName,
        userIdentity: { principalId: notice.principalId },
        requestParameters: { sourceIPAddress: notice.sourceIp },
        responseElements: { 'x-amz-request-id': notice.requestId, 'x-amz-id-2': notice.hostId },
        s3: {
          s3SchemaVersion: '1.0',
          configurationId: notice.configurationId,
          bucket: {
            name: notice.bucket,
            ownerIdentity: { principalId: 'A1NIMBUSTIDES' },
            arn: `arn:aws:s3:::${notice.bucket}`,
          },
          object: { key: formEncodeKey(key), ...(etag === undefined ? {} : { eTag: etag }), ...rest },
        },
        ...(isReplication ? { replicationEventData: notice.replication } : {}),
      },
    ],
  };
}

function messageOfRequest(subject: Subject, configurationId: string): object {
  const { request, eventName, object } = subject;
  const isLifecycle = request.caller === 'lifecycle';
  return messageOf({
    eventName,
    timeMs: doneMs(request),
    bucket: BUCKETS[request.bucket].name,
    region: REGION,
    configurationId,
    principalId: isLifecycle ? 's3.amazonaws.com' : principalIdOf(request),
    sourceIp: isLifecycle ? 's3.amazonaws.com' : request.remoteIp,
    requestId: request.requestId,
    hostId: request.hostId,
    object,
  });
}

function snsEnvelope(message: object, request: S3Request, random: Random): object {
  const topic = `arn:aws:sns:${REGION}:${ACCOUNT_ID}:${BUCKETS[request.bucket].name}-events`;
  const endpoint = `https://sns.${REGION}.amazonaws.com/`;
  return {
    Type: 'Notification',
    MessageId: uuid(random),
    TopicArn: topic,
    Subject: 'Amazon S3 Notification',
    Message: JSON.stringify(message),
    Timestamp: isoMs(doneMs(request) + 800),
    SignatureVersion: '1',
    Signature: `EXAMPLE${alphanumeric(random, 48)}==`,
    SigningCertURL: `${endpoint}SimpleNotificationService-0123456789abcdef0123456789abcdef.pem`,
    UnsubscribeURL: `${endpoint}?Action=Unsubscribe&SubscriptionArn=${topic}:2f5a1d0c-9b7e-4c31-a2d4-6e8f01b3c579`,
  };
}

function eventBridgeEvent(subject: Subject, random: Random): object {
  const { request, eventName, object } = subject;
  const bucket = BUCKETS[request.bucket].name;
  const isCreated = eventName.startsWith('ObjectCreated:');
  const { versionId, ...rest } = object;
  return {
    version: '0',
    id: uuid(random),
    'detail-type': isCreated ? 'Object Created' : 'Object Deleted',
    source: 'aws.s3',
    account: ACCOUNT_ID,
    time: isoSeconds(doneMs(request)),
    region: REGION,
    resources: [`arn:aws:s3:::${bucket}`],
    detail: {
      version: '0',
      bucket: { name: bucket },
      object: { ...rest, ...(versionId === undefined ? {} : { 'version-id': versionId }) },
      'request-id': request.requestId,
      requester: ACCOUNT_ID,
      'source-ip-address': request.remoteIp,
      reason: isCreated ? (eventName.endsWith(':Copy') ? 'CopyObject' : 'PutObject') : 'DeleteObject',
      ...(isCreated ? {} : { 'deletion-type': 'Delete Marker Created' }),
    },
  };
}

/** When S3 finished with the request. */
export function doneMs(request: S3Request): number {
  return request.timeMs + Math.max(0, request.totalTimeMs);
}

function principalIdOf(request: S3Request): string {
  const caller = callerOf(request);
  const id = uniqueIdOf(caller);
  return caller.kind === 'role' ? `AWS:${id}:${request.session}` : `AWS:${id}`;
}
