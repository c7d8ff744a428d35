-- Who tells of which bucket.
create table if not exists bucket_feeds (
  bucket LowCardinality(String),
  feed LowCardinality(String) comment 'notifications, EventBridge, CloudTrail, listing, HEAD or S3 replication events',
  first_event SimpleAggregateFunction(min, DateTime64(3, 'UTC')) comment 'time of the first event it told',
  last_event SimpleAggregateFunction(max, DateTime64(3, 'UTC')) comment 'time of the last event it told'
)
engine = AggregatingMergeTree
order by (bucket, feed)
settings non_replicated_deduplication_window = 10000
comment 'one row: a bucket and something that told of objects in it [shard by cityHash64(bucket)]';

create materialized view if not exists bucket_feeds_from_object_events to bucket_feeds as
select
  bucket,
  multiIf(
    startsWith(event_name, 'Replication:'), 'S3 replication events',
    envelope = 'cloudtrail', 'CloudTrail',
    envelope = 'listing', 'listing',
    envelope = 'head', 'HEAD',
    object_events.completeness = 1, 'EventBridge',
    'notifications') as feed,
  min(event_time) as first_event,
  max(event_time) as last_event
from object_events
group by bucket, feed;
