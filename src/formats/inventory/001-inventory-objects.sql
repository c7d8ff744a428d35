-- What buckets held: rows of S3 Inventory's reports.
create table if not exists inventory_objects (
  batch_id UInt64 comment 'the data file it came in: see batches',
  record_number UInt32 comment 'its row there, from 1',
  report LowCardinality(String) comment 'source bucket and id of the inventory configuration, joined by /',
  report_time DateTime64(3, 'UTC') comment 'when S3 began to make the report: creationTimestamp of its manifest',
  bucket LowCardinality(String),
  key String comment 'object key, decoded',
  version_id String comment 'empty when unversioned, and in reports of current versions alone',
  is_latest UInt8 comment '1 for the current version; all are in reports of current versions alone',
  is_delete_marker UInt8,
  size_bytes Nullable(UInt64) comment 'null for delete markers and when the report leaves it out',
  last_modified Nullable(DateTime64(3, 'UTC')) comment 'of a multipart upload its start',
  etag String comment 'without quotes',
  storage_class LowCardinality(String),
  is_multipart_uploaded Nullable(UInt8) comment 'null when the report leaves it out',
  replication_status LowCardinality(String) comment 'PENDING, COMPLETED, FAILED or REPLICA; empty when not replicated or left out',
  encryption_status LowCardinality(String) comment 'SSE-S3, SSE-C, SSE-KMS, DSSE-KMS or NOT-SSE',
  object_lock_retain_until Nullable(DateTime64(3, 'UTC')),
  object_lock_mode LowCardinality(String) comment 'GOVERNANCE or COMPLIANCE',
  legal_hold LowCardinality(String) comment 'ON or OFF',
  tier LowCardinality(String) comment 'access tier of Intelligent-Tiering',
  bucket_key_status LowCardinality(String) comment 'ENABLED or DISABLED',
  checksum_algorithm LowCardinality(String),
  stored_at DateTime('UTC') materialized now() comment 'when it was stored: retention counts from here when that is later'
)
engine = ReplacingMergeTree
partition by toDate(report_time)
order by (bucket, report, report_time, key, version_id)
settings non_replicated_deduplication_window = 10000
comment 'one row: a version of an object in a report of S3 Inventory [shard by cityHash64(key)]';

create table if not exists inventory_parsed (
  batch_id UInt64,
  line_number UInt64,
  outcome Enum8('fact' = 1, 'reject' = 2),
  reject_reason LowCardinality(String),
  report LowCardinality(String),
  report_time DateTime64(3, 'UTC'),
  bucket LowCardinality(String),
  key String,
  version_id String,
  is_latest UInt8,
  is_delete_marker UInt8,
  size_bytes Nullable(UInt64),
  last_modified Nullable(DateTime64(3, 'UTC')),
  etag String,
  storage_class LowCardinality(String),
  is_multipart_uploaded Nullable(UInt8),
  replication_status LowCardinality(String),
  encryption_status LowCardinality(String),
  object_lock_retain_until Nullable(DateTime64(3, 'UTC')),
  object_lock_mode LowCardinality(String),
  legal_hold LowCardinality(String),
  tier LowCardinality(String),
  bucket_key_status LowCardinality(String),
  checksum_algorithm LowCardinality(String),
  raw String
)
engine = Null
comment 'one row: a row of a data file as parse.sql read it, on its way to inventory_objects and rejects';

create materialized view if not exists inventory_objects_from_inventory to inventory_objects as
select
  batch_id,
  line_number as record_number,
  report,
  report_time,
  bucket,
  key,
  version_id,
  is_latest,
  is_delete_marker,
  size_bytes,
  last_modified,
  etag,
  storage_class,
  is_multipart_uploaded,
  replication_status,
  encryption_status,
  object_lock_retain_until,
  object_lock_mode,
  legal_hold,
  tier,
  bucket_key_status,
  checksum_algorithm
from inventory_parsed
where outcome = 'fact';

create materialized view if not exists rejects_from_inventory to rejects as
select batch_id, line_number, 'inventory' as format, reject_reason as reason, substring(raw, 1, 65536) as line
from inventory_parsed
where outcome = 'reject';

create materialized view if not exists tallies_from_inventory to batch_tallies as
select
  batch_id,
  countIf(outcome = 'fact') as facts,
  countIf(outcome = 'reject') as rejects,
  toUInt64(0) as skipped,
  minOrNullIf(inventory_parsed.report_time, outcome = 'fact') as first_event,
  maxOrNullIf(inventory_parsed.report_time, outcome = 'fact') as last_event
from inventory_parsed
group by batch_id;
