import { engineTime } from '../../lib/engine-time.ts';
import { decodeKey } from './key.ts';
import { textAt } from './member.ts';
import { padSequencer } from './sequencer.ts';

/** One event as a row of `object_events`, without its place in the batch; '' and null stand for what it does not say. */
export interface ObjectEvent {
  /** UTC, `YYYY-MM-DD hh:mm:ss.SSS`. */
  readonly event_time: string;
  readonly event_name: string;
  readonly event_version: string;
  readonly event_id: string;
  readonly bucket: string;
  readonly key: string;
  readonly version_id: string;
  readonly sequencer: string;
  readonly sequencer_padded: string;
  /** Tells events of one object apart that have no sequencer. */
  readonly occurrence: string;
  /** Of two deliveries of one event the one with more wins. */
  readonly completeness: number;
  readonly size_bytes: string | null;
  readonly etag: string;
  readonly aws_region: string;
  readonly account_id: string;
  readonly principal_id: string;
  readonly source_ip_address: string;
  readonly request_id: string;
  readonly host_id: string;
  readonly configuration_id: string;
  readonly reason: string;
  readonly deletion_type: string;
  readonly replication_rule_id: string;
  readonly replication_destination_bucket: string;
  readonly replication_operation: string;
  readonly replication_request_time: string | null;
  readonly replication_failure_reason: string;
  readonly replication_threshold: string;
  readonly replication_time: string;
  readonly source_storage_class: string;
  readonly destination_storage_class: string;
  readonly destination_access_tier: string;
  readonly restore_expiry_time: string | null;
  readonly restore_storage_class: string;
  readonly envelope: string;
  readonly raw: string;
}

/** What a message holds: an event, something of S3 that is no event, or something not understood. */
export type Outcome =
  | { readonly kind: 'event'; readonly event: ObjectEvent }
  | { readonly kind: 'skipped'; readonly what: string }
  /** CloudTrail's own message that it has written files. */
  | { readonly kind: 'delivery'; readonly bucket: string; readonly keys: readonly string[] }
  | { readonly kind: 'reject'; readonly reason: string; readonly raw: string };

/** The reason for an event that is not for this format but for CloudTrail's. */
export const CLOUDTRAIL_EVENT = 'an event of CloudTrail, not of S3';

/** A record or message and the envelopes it came in, outermost first. */
export interface Wrapped {
  readonly value: unknown;
  readonly envelope: string;
  readonly raw: string;
}

/**
 * Reads one record of a notification. Any minor version is accepted, unknown members are ignored.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 */
export function readNotification({ value, envelope, raw }: Wrapped): Outcome {
  const at = (path: string): string => textAt(value, path);
  const version = at('eventVersion');
  if (!/^2(?:\.\d+)*$/.test(version)) {
    return {
      kind: 'reject',
      reason: version === '' ? 'no eventVersion' : 'an eventVersion other than 2',
      raw,
    };
  }
  const name = at('eventName').replace(/^s3:/, '');
  const restore = 'glacierEventData.restoreEventData';
  return completed({
    ...EMPTY,
    event_time: at('eventTime'),
    event_name: name,
    event_version: version,
    bucket: at('s3.bucket.name'),
    key: decodeKey(at('s3.object.key')).toWellFormed(),
    version_id: at('s3.object.versionId'),
    sequencer: at('s3.object.sequencer'),
    completeness: 2,
    size_bytes: at('s3.object.size'),
    etag: unquoted(at('s3.object.eTag')),
    aws_region: at('awsRegion'),
    principal_id: at('userIdentity.principalId'),
    source_ip_address: at('requestParameters.sourceIPAddress'),
    request_id: at('responseElements.x-amz-request-id'),
    host_id: at('responseElements.x-amz-id-2'),
    configuration_id: at('s3.configurationId'),
    deletion_type: DELETION_TYPES[name] ?? '',
    replication_rule_id: at('replicationEventData.replicationRuleId'),
    replication_destination_bucket: at('replicationEventData.destinationBucket').replace(
      /^arn:[^:]*:s3:::/,
      '',
    ),
    replication_operation: at('replicationEventData.s3Operation'),
    replication_request_time: at('replicationEventData.requestTime'),
    replication_failure_reason: at('replicationEventData.failureReason'),
    replication_threshold: at('replicationEventData.threshold'),
    replication_time: at('replicationEventData.replicationTime'),
    destination_storage_class: at('lifecycleEventData.transitionEventData.destinationStorageClass'),
    destination_access_tier: at('intelligentTieringEventData.destinationAccessTier'),
    restore_expiry_time: at(`${restore}.lifecycleRestorationExpiryTime`),
    restore_storage_class: at(`${restore}.lifecycleRestoreStorageClass`),
    envelope,
    raw,
  });
}

/**
 * Reads an event of EventBridge; its key is not encoded.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html and ev-mapping-troubleshooting.html
 */
export function readBridgeEvent({ value, envelope, raw }: Wrapped): Outcome {
  const at = (path: string): string => textAt(value, path);
  const type = at('detail-type');
  if (type.endsWith(' via CloudTrail')) {
    return { kind: 'reject', reason: CLOUDTRAIL_EVENT, raw };
  }
  const name = bridgeEventName(type, at('detail.reason'), at('detail.deletion-type'));
  if (name === '') return { kind: 'reject', reason: 'an unknown detail-type', raw };
  return completed({
    ...EMPTY,
    event_time: at('time'),
    event_name: name,
    event_version: at('detail.version'),
    event_id: at('id'),
    bucket: at('detail.bucket.name'),
    key: at('detail.object.key'),
    version_id: at('detail.object.version-id'),
    sequencer: at('detail.object.sequencer'),
    completeness: 1,
    size_bytes: at('detail.object.size'),
    etag: unquoted(at('detail.object.etag')),
    aws_region: at('region'),
    account_id: at('account'),
    principal_id: at('detail.requester'),
    source_ip_address: at('detail.source-ip-address'),
    request_id: at('detail.request-id'),
    reason: at('detail.reason'),
    deletion_type: at('detail.deletion-type'),
    source_storage_class: at('detail.source-storage-class'),
    destination_storage_class: at('detail.destination-storage-class'),
    destination_access_tier: at('detail.destination-access-tier'),
    restore_expiry_time: at('detail.restore-expiry-time'),
    envelope,
    raw,
  });
}

const DELETION_TYPES: Readonly<Record<string, string>> = {
  'ObjectRemoved:Delete': 'Permanently Deleted',
  'ObjectRemoved:DeleteMarkerCreated': 'Delete Marker Created',
  'LifecycleExpiration:Delete': 'Permanently Deleted',
  'LifecycleExpiration:DeleteMarkerCreated': 'Delete Marker Created',
};

const CREATIONS: Readonly<Record<string, string>> = {
  PutObject: 'Put',
  'POST Object': 'Post',
  CopyObject: 'Copy',
  CompleteMultipartUpload: 'CompleteMultipartUpload',
};

const BRIDGE_NAMES: Readonly<Record<string, string>> = {
  'Object Restore Initiated': 'ObjectRestore:Post',
  'Object Restore Completed': 'ObjectRestore:Completed',
  'Object Restore Expired': 'ObjectRestore:Delete',
  'Object Storage Class Changed': 'LifecycleTransition',
  'Object Access Tier Changed': 'IntelligentTiering',
  'Object ACL Updated': 'ObjectAcl:Put',
  'Object Tags Added': 'ObjectTagging:Put',
  'Object Tags Deleted': 'ObjectTagging:Delete',
};

function bridgeEventName(type: string, reason: string, deletion: string): string {
  if (type === 'Object Created') return ['ObjectCreated', CREATIONS[reason] ?? []].flat().join(':');
  if (type === 'Object Deleted') {
    const family = reason === 'Lifecycle Expiration' ? 'LifecycleExpiration' : 'ObjectRemoved';
    return `${family}:${deletion === 'Delete Marker Created' ? 'DeleteMarkerCreated' : 'Delete'}`;
  }
  return BRIDGE_NAMES[type] ?? '';
}

const EMPTY = {
  event_id: '',
  account_id: '',
  host_id: '',
  configuration_id: '',
  reason: '',
  replication_rule_id: '',
  replication_destination_bucket: '',
  replication_operation: '',
  replication_request_time: '',
  replication_failure_reason: '',
  replication_threshold: '',
  replication_time: '',
  source_storage_class: '',
  restore_storage_class: '',
} as const;

/** Times and numbers as they were written, and nothing yet of what is worked out from the rest. */
type Draft = {
  readonly [Name in Exclude<keyof ObjectEvent, 'completeness' | 'occurrence' | 'sequencer_padded'>]: string;
} & Pick<ObjectEvent, 'completeness'>;

function completed(draft: Draft): Outcome {
  const time = timeOf(draft.event_time);
  const missing = [
    [draft.event_name, 'no eventName'],
    [time ?? '', 'no event time that is a date'],
    [draft.bucket, 'no bucket name'],
    [draft.key, 'no object key'],
  ].find(([text]) => text === '');
  if (missing?.[1] !== undefined) return { kind: 'reject', reason: missing[1], raw: draft.raw };
  const event: ObjectEvent = {
    ...draft,
    event_time: time ?? '',
    sequencer_padded: padSequencer(draft.sequencer),
    occurrence: occurrenceOf(draft, time ?? ''),
    size_bytes: /^\d{1,19}$/.test(draft.size_bytes) ? draft.size_bytes : null,
    replication_request_time: timeOf(draft.replication_request_time),
    restore_expiry_time: timeOf(draft.restore_expiry_time),
  };
  return { kind: 'event', event };
}

/** EventBridge cuts times to seconds: where the request is known, so is the moment, whatever the envelope. */
function occurrenceOf(draft: Draft, time: string): string {
  if (draft.sequencer !== '') return '';
  const moment = draft.request_id === '' ? time : `${time.slice(0, 19)} ${draft.request_id}`;
  return `${moment} ${draft.replication_destination_bucket} ${draft.replication_rule_id}`.trim();
}

/** The ISO time in UTC as the engine reads it; null when it is not a date after 2000 and before 2100. */
function timeOf(text: string): string | null {
  if (!/^20\d\d-\d\d-\d\dT\d\d:\d\d/.test(text)) return null;
  const timeMs = Date.parse(text);
  return Number.isNaN(timeMs) ? null : engineTime(timeMs);
}

/** Some stores put the quotes of the ETag header around it. */
function unquoted(etag: string): string {
  return etag.replace(/^"(.*)"$/, '$1');
}
