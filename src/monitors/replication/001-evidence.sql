-- Everything known of each version of an object, merged: in any order, however often, from however many feeds.
create table if not exists object_versions (
  bucket LowCardinality(String),
  key String,
  version_id String comment 'empty when unversioned: then of the newest write',
  created SimpleAggregateFunction(min, Tuple(UInt8, DateTime64(3, 'UTC'))) default (255, toDateTime64(0, 3, 'UTC')) comment 'when its writing was reported: 1 by a notification, 2 by EventBridge, 3 by CloudTrail, the best wins; 255 when by none',
  last_write SimpleAggregateFunction(max, Nullable(DateTime64(3, 'UTC'))) comment 'the newest reported write',
  modified SimpleAggregateFunction(max, Nullable(DateTime64(3, 'UTC'))) comment 'LastModified as the store gave it; of a multipart upload its start',
  seen_at SimpleAggregateFunction(min, Nullable(DateTime64(3, 'UTC'))) comment 'when it was first seen there',
  last_seen_at SimpleAggregateFunction(max, Nullable(DateTime64(3, 'UTC'))) comment 'when it was last seen there',
  missing_at SimpleAggregateFunction(max, Nullable(DateTime64(3, 'UTC'))) comment 'when the store last said that there is no such version',
  denied_at SimpleAggregateFunction(max, Nullable(DateTime64(3, 'UTC'))) comment 'when the store last refused to say',
  removed_at SimpleAggregateFunction(max, Nullable(DateTime64(3, 'UTC'))) comment 'when its permanent removal was reported',
  size SimpleAggregateFunction(max, Tuple(DateTime64(3, 'UTC'), UInt64)) comment 'bytes, and as of when',
  etag SimpleAggregateFunction(max, Tuple(DateTime64(3, 'UTC'), String)) comment 'and as of when',
  replication_status SimpleAggregateFunction(max, Tuple(DateTime64(3, 'UTC'), String)) comment 'header x-amz-replication-status, and as of when',
  failed_at SimpleAggregateFunction(min, Nullable(DateTime64(3, 'UTC'))) comment 'when the header was first seen to say FAILED',
  is_delete_marker SimpleAggregateFunction(max, UInt8),
  feeds SimpleAggregateFunction(groupBitOr, UInt8) comment '1 notifications, 2 EventBridge, 4 CloudTrail, 8 inventory, 16 listing, 32 HEAD',
  stored_at SimpleAggregateFunction(max, DateTime('UTC')) materialized now()
)
engine = AggregatingMergeTree
order by (bucket, key, version_id)
settings non_replicated_deduplication_window = 10000, index_granularity = 1024
comment 'one row: a version of an object in a bucket [shard by cityHash64(key)]';

-- What S3 reported of the replication of a version to one destination.
create table if not exists replication_reports (
  bucket LowCardinality(String) comment 'the source',
  key String,
  version_id String,
  destination LowCardinality(String),
  failed SimpleAggregateFunction(max, Tuple(DateTime64(3, 'UTC'), String, String)) comment 'the last failure: when, failure reason, operation',
  first_failed_at SimpleAggregateFunction(min, Nullable(DateTime64(3, 'UTC'))),
  missed_at SimpleAggregateFunction(min, Nullable(DateTime64(3, 'UTC'))) comment 'OperationMissedThreshold',
  replicated_at SimpleAggregateFunction(min, Nullable(DateTime64(3, 'UTC'))) comment 'OperationReplicatedAfterThreshold',
  untracked_at SimpleAggregateFunction(max, Nullable(DateTime64(3, 'UTC'))) comment 'OperationNotTracked',
  requested_at SimpleAggregateFunction(min, Nullable(DateTime64(3, 'UTC'))) comment 'when the operation was asked for at the source',
  stored_at SimpleAggregateFunction(max, DateTime('UTC')) materialized now()
)
engine = AggregatingMergeTree
order by (bucket, key, version_id, destination)
settings non_replicated_deduplication_window = 10000, index_granularity = 1024
comment 'one row: the replication of a version to a destination, as S3 reported it [shard by cityHash64(key)]';

-- Versions of which something new is known, until they are judged.
create table if not exists replication_touched (
  unit UInt64 comment 'the batch that told it, or the change of pairs that asks to judge again',
  bucket LowCardinality(String),
  key String,
  version_id String,
  stored_at DateTime('UTC') default now()
)
engine = ReplacingMergeTree
order by (unit, bucket, key, version_id)
settings non_replicated_deduplication_window = 10000
comment 'one row: a version that a batch told something about [shard by cityHash64(key)]';

create materialized view if not exists object_versions_from_object_events to object_versions as
with
  startsWith(event_name, 'ObjectCreated:') or endsWith(event_name, ':DeleteMarkerCreated') as is_written,
  event_name = 'ObjectObserved:Present' as is_present,
  event_name in ('ObjectRemoved:Delete', 'LifecycleExpiration:Delete') as is_removed
select
  bucket,
  key,
  version_id,
  min(if(is_written, (toUInt8(3 - least(object_events.completeness, 2)), event_time), (toUInt8(255), toDateTime64(0, 3, 'UTC')))) as created,
  maxOrNullIf(event_time, is_written) as last_write,
  maxOrNullIf(last_modified, is_present) as modified,
  minOrNullIf(event_time, is_present) as seen_at,
  maxOrNullIf(event_time, is_present) as last_seen_at,
  maxOrNullIf(event_time, event_name = 'ObjectObserved:Missing') as missing_at,
  maxOrNullIf(event_time, event_name = 'ObjectObserved:Denied') as denied_at,
  maxOrNullIf(event_time, is_removed) as removed_at,
  max(if(size_bytes is null, (toDateTime64(0, 3, 'UTC'), toUInt64(0)), (event_time, assumeNotNull(size_bytes)))) as size,
  max(if(object_events.etag = '', (toDateTime64(0, 3, 'UTC'), ''), (event_time, object_events.etag))) as etag,
  max(if(object_events.replication_status = '', (toDateTime64(0, 3, 'UTC'), ''), (event_time, toString(object_events.replication_status)))) as replication_status,
  minOrNullIf(event_time, object_events.replication_status = 'FAILED') as failed_at,
  max(object_events.is_delete_marker or endsWith(event_name, ':DeleteMarkerCreated')) as is_delete_marker,
  groupBitOr(multiIf(
    envelope = 'cloudtrail', 4,
    envelope = 'listing', 16,
    envelope = 'head', 32,
    object_events.completeness = 1, 2,
    1)::UInt8) as feeds
from object_events
where is_written or is_removed or startsWith(event_name, 'ObjectObserved:')
group by bucket, key, version_id;

create materialized view if not exists replication_reports_from_object_events to replication_reports as
select
  bucket,
  key,
  version_id,
  replication_destination_bucket as destination,
  max(if(event_name = 'Replication:OperationFailedReplication',
    (event_time, toString(replication_failure_reason), toString(replication_operation)),
    (toDateTime64(0, 3, 'UTC'), '', ''))) as failed,
  minOrNullIf(event_time, event_name = 'Replication:OperationFailedReplication') as first_failed_at,
  minOrNullIf(event_time, event_name = 'Replication:OperationMissedThreshold') as missed_at,
  minOrNullIf(event_time, event_name = 'Replication:OperationReplicatedAfterThreshold') as replicated_at,
  maxOrNullIf(event_time, event_name = 'Replication:OperationNotTracked') as untracked_at,
  min(replication_request_time) as requested_at
from object_events
where startsWith(event_name, 'Replication:')
group by bucket, key, version_id, destination;

create materialized view if not exists replication_touched_from_object_events to replication_touched as
select distinct batch_id as unit, bucket, key, version_id
from object_events
where startsWith(event_name, 'ObjectCreated:')
  or startsWith(event_name, 'Replication:')
  or startsWith(event_name, 'ObjectObserved:')
  or endsWith(event_name, ':DeleteMarkerCreated')
  or event_name in ('ObjectRemoved:Delete', 'LifecycleExpiration:Delete');
