/** Shapes of the API's answers about replication. Times are ISO 8601 in UTC, null where there is none. */
import { z } from '@hono/zod-openapi';
import { Coverage } from './api.ts';

export const REPLICATION_STATUSES = [
  'PENDING',
  'COMPLETED',
  'FAILED',
  'REPLICA',
  'NOT_TRACKED',
  'UNKNOWN',
] as const;

/** Id of a pair: source, destination and rule. */
export const pairId = z.string().max(1024).openapi({ description: 'Id of a pair.' });

/** Statuses joined by commas. */
export const statuses = z
  .string()
  .max(100)
  .transform((text) => text.split(','))
  .pipe(z.array(z.enum(REPLICATION_STATUSES)))
  .openapi({ type: 'string', description: 'Statuses, joined by commas, e.g. `PENDING,FAILED`.' });

export const PAIR_VERDICTS = ['ok', 'lagging', 'failing', 'unknown', 'disabled', 'idle'] as const;

const time = z.string();
const count = z.number().int().min(0);
const share = z.number().min(0).max(1).nullable();

/** Milliseconds from the write at the source to the arrival; null when nothing arrived in the range. */
const Latency = z
  .strictObject({ p50: z.number(), p95: z.number(), p99: z.number(), max: z.number() })
  .nullable();

const Canary = z
  .strictObject({
    last_sent: time.nullable(),
    last_arrived: time.nullable(),
    last_latency_ms: z.number().nullable().openapi({ description: 'Of the newest canary that arrived.' }),
    waiting_seconds: z
      .number()
      .nullable()
      .openapi({ description: 'Age of the oldest canary under way; null when none is.' }),
    problem: z.string().openapi({ description: 'Why none can be written; empty when they can.' }),
  })
  .nullable();

export const Pair = z
  .strictObject({
    id: z.string(),
    rule_id: z.string(),
    source: z.string().openapi({ description: 'Bucket.' }),
    destination: z.string().openapi({ description: 'Bucket.' }),
    prefix: z.string(),
    tags: z.record(z.string(), z.string()),
    priority: z.number().int(),
    declared: z.boolean().openapi({ description: 'From the configuration, not from the store.' }),
    match_by: z.enum(['version', 'key']),
    active_from: time.nullable(),
    target_seconds: count,
    verdict: z.enum(PAIR_VERDICTS),
    sentence: z
      .string()
      .openapi({ description: 'The verdict in words, e.g. `RPO now 4 min, target 15 min.`' }),
    rpo_seconds: z.number().nullable().openapi({
      description: 'Age of the oldest version that is pending; 0 when none is; null when unknown.',
    }),
    oldest_pending: time.nullable(),
    pending_objects: count,
    pending_bytes: count,
    overdue_objects: count.openapi({ description: 'Pending for longer than the target.' }),
    failed_objects: count.openapi({ description: 'Failed as things stand.' }),
    failed_bytes: count,
    unknown_objects: count,
    untracked_objects: count,
    replicated_objects: count.openapi({ description: 'Arrived in the range.' }),
    replicated_bytes: count,
    failures: count.openapi({ description: 'Versions that failed for the first time in the range.' }),
    latency_ms: Latency,
    within_target: z.strictObject({ hour: share, day: share, month: share }).openapi({
      description:
        'Of the versions that arrived, failed or fell due in the last 1 h, 24 h and 30 days the share within the target.',
    }),
    coverage: z.strictObject({
      covered_objects: count,
      no_rule_objects: count.openapi({ description: "The source's versions that no rule is for." }),
      older_objects: count.openapi({ description: 'Older than the rule.' }),
      share,
    }),
    skewed_objects: count.openapi({ description: 'Arrivals reported earlier than the write.' }),
    canary: Canary,
    feeds: z
      .array(z.string())
      .openapi({ description: 'What tells of the pair, e.g. `notifications of nimbus-media`.' }),
    notes: z.array(z.string()).openapi({ description: 'What keeps the answer from being whole.' }),
  })
  .openapi('ReplicationPair');
export type Pair = z.infer<typeof Pair>;

export const Pairs = z
  .strictObject({
    coverage: Coverage,
    sentence: z.string(),
    judged_until: time.nullable().openapi({ description: 'Events stored up to then are in the answer.' }),
    rows: z.array(Pair),
  })
  .openapi('ReplicationPairs');
export type Pairs = z.infer<typeof Pairs>;

/** The names of the five-minute series: AWS's, then those of the CRR Monitor, then ours. */
export const REPLICATION_METRICS = [
  'ReplicationLatency',
  'BytesPendingReplication',
  'OperationsPendingReplication',
  'OperationsFailedReplication',
  'ReplicationObjects',
  'ReplicationSpeed',
  'FailedReplications',
  'ReplicatedBytes',
  'CanaryLatency',
] as const;

export const ReplicationSeries = z
  .strictObject({
    coverage: Coverage,
    step_seconds: count,
    times: z.array(time),
    latency_ms: z.strictObject({
      p50: z.array(z.number().nullable()),
      p95: z.array(z.number().nullable()),
      p99: z.array(z.number().nullable()),
      max: z.array(z.number().nullable()),
    }),
    series: z
      .array(
        z.strictObject({
          metric: z.enum(REPLICATION_METRICS),
          unit: z.string().openapi({ description: 'Seconds, Bytes, Count, Kilobits/Second.' }),
          statistic: z.string().openapi({ description: 'Sum, Maximum, Average.' }),
          values: z.array(z.number().nullable()),
        }),
      )
      .openapi({ description: 'Null where nothing is known; 0 only where nothing happened.' }),
  })
  .openapi('ReplicationSeries');
export type ReplicationSeries = z.infer<typeof ReplicationSeries>;

export const ReplicationObject = z
  .strictObject({
    pair_id: z.string(),
    source: z.string(),
    destination: z.string(),
    key: z.string(),
    version_id: z.string(),
    status: z.enum(REPLICATION_STATUSES),
    reason: z.string().openapi({ description: 'Failure reason of S3, or a word of ours; empty for none.' }),
    operation: z.string(),
    written_at: time,
    replicated_at: time.nullable(),
    seen_at: time.nullable().openapi({ description: 'First seen at the destination: it arrived no later.' }),
    failed_at: time.nullable(),
    latency_ms: z.number().nullable(),
    age_seconds: z.number().openapi({ description: 'Since it was written.' }),
    skewed: z.boolean(),
    delete_marker: z.boolean(),
    size_bytes: count,
  })
  .openapi('ReplicationObject');
export type ReplicationObject = z.infer<typeof ReplicationObject>;

export const ReplicationObjects = z
  .strictObject({ rows: z.array(ReplicationObject), next_cursor: z.string().nullable() })
  .openapi('ReplicationObjects');
export type ReplicationObjects = z.infer<typeof ReplicationObjects>;

export const ReplicationFailures = z
  .strictObject({
    rows: z.array(
      z.strictObject({
        pair_id: z.string(),
        reason: z.string().openapi({ description: 'Failure reason of S3, e.g. `DstKmsKeyNotFound`.' }),
        operation: z.string(),
        cause: z.string().openapi({ description: 'In plain words.' }),
        fix: z.string().openapi({ description: 'What mends it.' }),
        permission: z.string().openapi({ description: 'The missing IAM action; empty when it is none.' }),
        objects: count,
        bytes: count,
        first_failed: time.nullable(),
        last_failed: time.nullable(),
        example: z.strictObject({ key: z.string(), version_id: z.string() }),
      }),
    ),
  })
  .openapi('ReplicationFailures');
export type ReplicationFailures = z.infer<typeof ReplicationFailures>;

export const ObjectHistory = z
  .strictObject({
    bucket: z.string(),
    key: z.string(),
    versions: z.array(
      z.strictObject({
        version_id: z.string(),
        size_bytes: count,
        written_at: time.nullable(),
        delete_marker: z.boolean(),
        removed_at: time.nullable(),
        destinations: z.array(ReplicationObject),
        steps: z
          .array(
            z.strictObject({
              time,
              bucket: z.string(),
              what: z.string().openapi({ description: 'In words, e.g. `written by PutObject`.' }),
              feed: z.string().openapi({ description: 'Who told it, e.g. `notification`.' }),
              event_name: z.string(),
            }),
          )
          .openapi({ description: 'In order of time, of source and destinations.' }),
      }),
    ),
    has_more: z.boolean(),
  })
  .openapi('ObjectHistory');
export type ObjectHistory = z.infer<typeof ObjectHistory>;

const CanaryRow = z.strictObject({
  pair_id: z.string(),
  source: z.string().openapi({ description: 'Bucket.' }),
  destination: z.string().openapi({ description: 'Bucket.' }),
  key: z.string(),
  version_id: z.string(),
  sent: time.openapi({
    description: 'By the clock of the source; when it was first tried until it is written.',
  }),
  arrived: time.nullable(),
  latency_ms: z.number().nullable().openapi({ description: 'Until the first look that saw it.' }),
  uncertainty_ms: z
    .number()
    .nullable()
    .openapi({ description: 'It arrived up to so much earlier: the look before did not see it.' }),
  state: z.enum(['under-way', 'arrived', 'lost', 'refused']),
  problem: z.string(),
  removed: time.nullable().openapi({ description: 'When it was deleted again.' }),
});
export type CanaryRow = z.infer<typeof CanaryRow>;

export const Canaries = z.strictObject({ rows: z.array(CanaryRow) }).openapi('ReplicationCanaries');
export type Canaries = z.infer<typeof Canaries>;

export const CanaryRequest = z
  .strictObject({
    pair: z
      .string()
      .min(1)
      .max(1000)
      .openapi({ description: 'Id of a pair that canaries are configured for, or <source>/<destination>.' }),
  })
  .openapi('ReplicationCanaryRequest');

export const CanarySent = z
  .strictObject({
    canary: CanaryRow,
    target_seconds: count.openapi({ description: 'Within this it is expected at the destination.' }),
  })
  .openapi('ReplicationCanarySent');
export type CanarySent = z.infer<typeof CanarySent>;
