-- What happened to objects, one row for each event that S3 sent, however often and in whatever envelope; what was seen of
-- objects when they were looked up stands beside it.
create table if not exists object_events (
  batch_id UInt64 comment 'the batch it came in: see batches',
  record_number UInt32 comment 'its place in that batch, from 1',
  event_time DateTime64(3, 'UTC') comment 'when S3 finished with the request; whole seconds from EventBridge',
  event_name LowCardinality(String) comment 'as in notifications, without s3:, e.g. ObjectCreated:Put; ObjectObserved:Present, :Missing or :Denied for what was looked up',
  event_version LowCardinality(String) comment 'version of the message format',
  event_id String comment 'id of the EventBridge event',
  bucket LowCardinality(String),
  key String comment 'object key, decoded',
  version_id String comment 'version of the object, empty when unversioned',
  sequencer String comment 'order of events of one key, as logged; only for creations and removals',
  sequencer_padded String comment 'the sequencer in upper case with zeros up to 64 digits: sorts in order',
  occurrence String comment 'tells events without a sequencer apart: time, request, destination',
  completeness UInt8 comment 'of two deliveries of one event the one with more wins: 2 from notifications, 1 from EventBridge, 0 from CloudTrail',
  size_bytes Nullable(UInt64) comment 'bytes of the object',
  etag String comment 'without quotes',
  aws_region LowCardinality(String),
  account_id LowCardinality(String) comment 'bucket owner, from EventBridge only',
  principal_id LowCardinality(String) comment 'who caused the event',
  source_ip_address String,
  request_id String comment 'as in the access log and in CloudTrail',
  host_id String comment 'x-amz-id-2, the extended request id',
  configuration_id LowCardinality(String) comment 'id of the notification configuration',
  reason LowCardinality(String) comment 'from EventBridge only, e.g. PutObject, Lifecycle Expiration',
  deletion_type LowCardinality(String) comment 'Permanently Deleted or Delete Marker Created',
  replication_rule_id LowCardinality(String),
  replication_destination_bucket LowCardinality(String) comment 'name, without arn:aws:s3:::',
  replication_operation LowCardinality(String) comment 'e.g. OBJECT_PUT',
  replication_request_time Nullable(DateTime64(3, 'UTC')) comment 'when the object was written at the source',
  replication_failure_reason LowCardinality(String) comment 'e.g. DstKmsKeyNotFound',
  replication_threshold LowCardinality(String) comment 'as logged',
  replication_time String comment 'as logged',
  source_storage_class LowCardinality(String),
  destination_storage_class LowCardinality(String),
  destination_access_tier LowCardinality(String),
  restore_expiry_time Nullable(DateTime64(3, 'UTC')) comment 'when the restored copy goes',
  restore_storage_class LowCardinality(String),
  replication_status LowCardinality(String) comment 'of an observation: the header x-amz-replication-status, e.g. PENDING',
  last_modified Nullable(DateTime64(3, 'UTC')) comment 'of an observation: what the store gives as LastModified',
  is_delete_marker UInt8 comment 'of an observation: whether the version is a delete marker',
  envelope LowCardinality(String) comment 'what it came in, outermost first, e.g. sqs/sns/s3; cloudtrail, head or listing for what no message told',
  raw String comment 'the record without its envelopes' codec(ZSTD(1)),
  stored_at DateTime('UTC') materialized now() comment 'when it was stored: retention counts from here when that is later'
)
engine = ReplacingMergeTree(completeness)
partition by toYYYYMM(event_time)
order by (bucket, key, version_id, sequencer_padded, event_name, occurrence)
settings non_replicated_deduplication_window = 10000
comment 'one row: an event of an object [shard by cityHash64(bucket, key)]';

create table if not exists s3_event_parsed (
  batch_id UInt64,
  line_number UInt64,
  outcome Enum8('fact' = 1, 'reject' = 2, 'skipped' = 3),
  reject_reason LowCardinality(String),
  event_time DateTime64(3, 'UTC'),
  event_name LowCardinality(String),
  event_version LowCardinality(String),
  event_id String,
  bucket LowCardinality(String),
  key String,
  version_id String,
  sequencer String,
  sequencer_padded String,
  occurrence String,
  completeness UInt8,
  size_bytes Nullable(UInt64),
  etag String,
  aws_region LowCardinality(String),
  account_id LowCardinality(String),
  principal_id LowCardinality(String),
  source_ip_address String,
  request_id String,
  host_id String,
  configuration_id LowCardinality(String),
  reason LowCardinality(String),
  deletion_type LowCardinality(String),
  replication_rule_id LowCardinality(String),
  replication_destination_bucket LowCardinality(String),
  replication_operation LowCardinality(String),
  replication_request_time Nullable(DateTime64(3, 'UTC')),
  replication_failure_reason LowCardinality(String),
  replication_threshold LowCardinality(String),
  replication_time String,
  source_storage_class LowCardinality(String),
  destination_storage_class LowCardinality(String),
  destination_access_tier LowCardinality(String),
  restore_expiry_time Nullable(DateTime64(3, 'UTC')),
  restore_storage_class LowCardinality(String),
  envelope LowCardinality(String),
  raw String
)
engine = Null
comment 'one row: a decoded record of S3 messages on its way to object_events and rejects';

create materialized view if not exists object_events_from_s3_event to object_events as
select
  batch_id,
  line_number as record_number,
  event_time,
  event_name,
  event_version,
  event_id,
  bucket,
  key,
  version_id,
  sequencer,
  sequencer_padded,
  occurrence,
  completeness,
  size_bytes,
  etag,
  aws_region,
  account_id,
  principal_id,
  source_ip_address,
  request_id,
  host_id,
  configuration_id,
  reason,
  deletion_type,
  replication_rule_id,
  replication_destination_bucket,
  replication_operation,
  replication_request_time,
  replication_failure_reason,
  replication_threshold,
  replication_time,
  source_storage_class,
  destination_storage_class,
  destination_access_tier,
  restore_expiry_time,
  restore_storage_class,
  envelope,
  raw
from s3_event_parsed
where outcome = 'fact';

create materialized view if not exists rejects_from_s3_event to rejects as
select
  batch_id,
  line_number,
  's3-event' as format,
  reject_reason as reason,
  replaceRegexpAll(raw, '(?i)((?:^|["?&]|\\\\u0026)(?:x(?:-|%2d)amz(?:-|%2d)(?:signature|security(?:-|%2d)token)|signature|sig|(?:access_|id_|refresh_|auth_)?token|api_?key|password|passwd|(?:client_)?secret)=)[^&\\s"\\\\]*', '\\1REDACTED') as line
from s3_event_parsed
where outcome = 'reject';

create materialized view if not exists tallies_from_s3_event to batch_tallies as
select
  batch_id,
  countIf(outcome = 'fact') as facts,
  countIf(outcome = 'reject') as rejects,
  countIf(outcome = 'skipped') as skipped,
  minOrNullIf(event_time, outcome = 'fact') as first_event,
  maxOrNullIf(event_time, outcome = 'fact') as last_event
from s3_event_parsed
group by batch_id;
