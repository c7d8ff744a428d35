import { ACCOUNT_ID, type Bucket, BUCKET_NAMES, BUCKETS, type BucketName, REGION } from './company.ts';
import { PAIRS, type ReplicationPlan } from './replication-plans.ts';
import { isoMs } from './times.ts';

/** What was learned of one aspect of a bucket's configuration, as the estate source writes it. */
interface ConfigLine {
  readonly aspect: string;
  readonly bucket: string;
  readonly store: string;
  readonly account_id: string;
  readonly endpoint: string;
  readonly region: string;
  readonly state: 'present' | 'absent';
  /** JSON; empty when absent. */
  readonly document: string;
  readonly reason: string;
  readonly observed_at: string;
}

/** One look at the configuration of all buckets, replicas included: a JSON object a line. */
export function configLines(lookMs: number): readonly string[] {
  const looks = [
    ...BUCKET_NAMES.map((name) => ({
      name: BUCKETS[name].name,
      region: REGION,
      aspects: aspectsOfBucket(name),
    })),
    ...PAIRS.map((plan) => ({
      name: plan.destination,
      region: plan.destinationRegion,
      aspects: aspectsOfReplica(plan),
    })),
  ];
  return looks.flatMap(({ name, region, aspects }) =>
    Object.entries(aspects).map(([aspect, document]) =>
      JSON.stringify({
        aspect,
        bucket: name,
        store: 'aws',
        account_id: ACCOUNT_ID,
        endpoint: '',
        region,
        state: document === undefined ? 'absent' : 'present',
        document: document === undefined ? '' : JSON.stringify(document),
        reason: '',
        observed_at: isoMs(lookMs),
      } satisfies ConfigLine),
    ),
  );
}

type Aspects = Readonly<Record<string, object | undefined>>;

const CLOSED = {
  BlockPublicAcls: true,
  IgnorePublicAcls: true,
  BlockPublicPolicy: true,
  RestrictPublicBuckets: true,
};

function aspectsOfBucket(bucket: BucketName): Aspects {
  const { name, isVersioned, notifies } = BUCKETS[bucket];
  const rules = PAIRS.filter((plan) => plan.source === bucket);
  return {
    bucket: { Name: name },
    location: { LocationConstraint: REGION },
    versioning: isVersioned ? { Status: 'Enabled' } : {},
    replication: rules.length === 0 ? undefined : replicationOf(rules),
    encryption: encryptionOf(''),
    notification: notifies === undefined ? {} : notificationOf(name, notifies, rules.length > 0),
    public_access_block: bucket === 'web' ? undefined : CLOSED,
    ownership_controls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
    logging: { LoggingEnabled: { TargetBucket: BUCKETS.logs.name, TargetPrefix: `access-logs/${name}/` } },
    lifecycle: lifecycleOf(bucket),
    object_lock: bucket === 'backups' ? LOCKED : undefined,
    cors: undefined,
  };
}

function aspectsOfReplica(plan: ReplicationPlan): Aspects {
  const arn = `arn:aws:sqs:${plan.destinationRegion}:${ACCOUNT_ID}:nimbus-replicas-events`;
  const queue = { Id: 'replicas', QueueArn: arn, Events: ['s3:ObjectCreated:*', 's3:ObjectRemoved:*'] };
  return {
    bucket: { Name: plan.destination },
    location: { LocationConstraint: plan.destinationRegion },
    versioning: { Status: 'Enabled' },
    replication: undefined,
    encryption: encryptionOf(plan.kmsKey),
    notification: { QueueConfigurations: [queue] },
    public_access_block: CLOSED,
    ownership_controls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
    logging: {},
    lifecycle: undefined,
    object_lock: undefined,
    cors: undefined,
  };
}

/** What is written cannot be removed for so long. */
const LOCKED = {
  ObjectLockConfiguration: {
    ObjectLockEnabled: 'Enabled',
    Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Days: 35 } },
  },
};

const INFREQUENT = { StorageClass: 'STANDARD_IA', Days: 30 };

/** Of each bucket its rules; those of the mail archive come from a time when it was made every night. */
const LIFECYCLES: Partial<Record<BucketName, readonly object[]>> = {
  lake: [lifecycleRule('staging', 'tmp/', { Expiration: { Days: 7 } })],
  media: [lifecycleRule('old-photos', 'photos/', { Transitions: [INFREQUENT] })],
  backups: [
    lifecycleRule('old-backups', '', {
      Expiration: { Days: 90 },
      NoncurrentVersionExpiration: { NoncurrentDays: 7 },
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: 3 },
    }),
    lifecycleRule('mail-three-nights', 'mail-archive/', { Expiration: { Days: 3 } }),
  ],
  logs: [lifecycleRule('old-logs', 'AWSLogs/', { Transitions: [INFREQUENT], Expiration: { Days: 400 } })],
};

function lifecycleRule(id: string, prefix: string, actions: object): object {
  return { ID: id, Filter: { Prefix: prefix }, Status: 'Enabled', ...actions };
}

/** Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLifecycleConfiguration.html */
function lifecycleOf(bucket: BucketName): object | undefined {
  const rules = LIFECYCLES[bucket];
  return rules === undefined ? undefined : { Rules: rules };
}

function encryptionOf(kmsKey: string): object {
  const byDefault =
    kmsKey === '' ? { SSEAlgorithm: 'AES256' } : { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: kmsKey };
  return {
    ServerSideEncryptionConfiguration: {
      Rules: [{ ApplyServerSideEncryptionByDefault: byDefault, BucketKeyEnabled: kmsKey !== '' }],
    },
  };
}

/** Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketReplication.html */
function replicationOf(plans: readonly ReplicationPlan[]): object {
  return {
    ReplicationConfiguration: {
      Role: `arn:aws:iam::${ACCOUNT_ID}:role/nimbus-replication`,
      Rules: plans.map(ruleOf),
    },
  };
}

/** Replication Time Control, which reports what takes longer than 15 minutes. */
const TIMED = {
  ReplicationTime: { Status: 'Enabled', Time: { Minutes: 15 } },
  Metrics: { Status: 'Enabled', EventThreshold: { Minutes: 15 } },
};

function ruleOf(plan: ReplicationPlan, index: number): object {
  const encryption = { EncryptionConfiguration: { ReplicaKmsKeyID: plan.kmsKey } };
  const selection = { SourceSelectionCriteria: { SseKmsEncryptedObjects: { Status: 'Enabled' } } };
  return {
    ID: plan.ruleId,
    Priority: index + 1,
    Status: 'Enabled',
    Filter: { Prefix: plan.prefix },
    ...(plan.kmsKey === '' ? {} : selection),
    Destination: {
      Bucket: `arn:aws:s3:::${plan.destination}`,
      ...TIMED,
      ...(plan.kmsKey === '' ? {} : encryption),
    },
    DeleteMarkerReplication: { Status: 'Disabled' },
  };
}

function notificationOf(
  name: string,
  notifies: NonNullable<Bucket['notifies']>,
  isReplicated: boolean,
): object {
  const filter = { Key: { FilterRules: [{ Name: 'Prefix', Value: notifies.prefix }] } };
  const events = ['s3:ObjectCreated:*', 's3:ObjectRemoved:*'];
  const arn = (service: string): string => `arn:aws:${service}:${REGION}:${ACCOUNT_ID}:${name}-events`;
  const own = { Id: notifies.configurationId, Events: events, Filter: filter };
  const reports = { Id: 'replication', QueueArn: arn('sqs'), Events: ['s3:Replication:*'] };
  const queues = [
    ...(notifies.envelope === 'none' ? [{ ...own, QueueArn: arn('sqs') }] : []),
    ...(isReplicated ? [reports] : []),
  ];
  return {
    ...(queues.length > 0 ? { QueueConfigurations: queues } : {}),
    ...(notifies.envelope === 'sns' ? { TopicConfigurations: [{ ...own, TopicArn: arn('sns') }] } : {}),
    ...(notifies.envelope === 'event-bridge' ? { EventBridgeConfiguration: {} } : {}),
  };
}
