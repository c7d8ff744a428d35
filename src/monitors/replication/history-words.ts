/** Events of an object in words. */

export interface ObjectEvent {
  /** Milliseconds since 1970 UTC. */
  readonly time_ms: number;
  readonly bucket: string;
  readonly version_id: string;
  /** As in notifications, without `s3:`. */
  readonly event_name: string;
  readonly envelope: string;
  /** 2 from notifications, 1 from EventBridge, 0 from CloudTrail. */
  readonly completeness: number;
  readonly request_id: string;
  readonly reason: string;
  readonly principal_id: string;
  readonly destination: string;
  readonly failure: string;
  readonly replication_status: string;
}

const WORDS: Readonly<Record<string, string>> = {
  'ObjectCreated:Put': 'written by PutObject',
  'ObjectCreated:Post': 'written by a form (POST)',
  'ObjectCreated:Copy': 'written by CopyObject',
  'ObjectCreated:CompleteMultipartUpload': 'written by a multipart upload',
  'ObjectRemoved:Delete': 'removed for good',
  'ObjectRemoved:DeleteMarkerCreated': 'deleted: a delete marker was written',
  'LifecycleExpiration:Delete': 'removed for good by a lifecycle rule',
  'LifecycleExpiration:DeleteMarkerCreated': 'expired by a lifecycle rule: a delete marker was written',
  'ObjectTagging:Put': 'tags set',
  'ObjectTagging:Delete': 'tags removed',
  'ObjectAcl:Put': 'ACL changed',
  'ObjectObserved:Missing': 'looked up: not there',
  'ObjectObserved:Denied': 'looked up: the store refused to say',
};

/** What happened, e.g. `written by PutObject`, `replication to media-copy failed: DstKmsKeyNotFound`. */
export function wordsOf(event: ObjectEvent): string {
  const { event_name: name, destination, failure, replication_status: status } = event;
  switch (name) {
    case 'Replication:OperationFailedReplication':
      return `replication to ${destination} failed${failure === '' ? '' : `: ${failure}`}`;
    case 'Replication:OperationMissedThreshold':
      return `replication to ${destination} took longer than 15 minutes`;
    case 'Replication:OperationReplicatedAfterThreshold':
      return `replicated to ${destination} after more than 15 minutes`;
    case 'Replication:OperationNotTracked':
      return `replication to ${destination} is no longer tracked by S3`;
    case 'ObjectObserved:Present':
      return `looked up: there${status === '' ? '' : `, replication status ${status}`}`;
    default:
      return WORDS[name] ?? (name.startsWith('ObjectCreated:') ? 'written' : name);
  }
}

/** Who told it. */
export function feedName(event: ObjectEvent): string {
  if (event.envelope === 'cloudtrail') return 'CloudTrail';
  if (event.envelope === 'head') return 'HEAD';
  if (event.envelope === 'listing') return 'listing';
  return event.completeness === 1 ? 'EventBridge' : 'notification';
}
