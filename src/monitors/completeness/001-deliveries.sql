-- Which buckets' requests came in which batch: with the ledger, when each bucket's log was delivered.
create table if not exists bucket_deliveries (
  bucket LowCardinality(String),
  batch_id UInt64 comment 'the batch: see batches',
  requests SimpleAggregateFunction(sum, UInt64) comment 'requests to the bucket in it',
  first_time SimpleAggregateFunction(min, DateTime('UTC')) comment 'time of the earliest',
  last_time SimpleAggregateFunction(max, DateTime('UTC')) comment 'time of the latest',
  stored_at SimpleAggregateFunction(max, DateTime('UTC')) materialized now()
)
engine = AggregatingMergeTree
order by (bucket, batch_id)
settings non_replicated_deduplication_window = 10000
comment 'one row: the requests to a bucket in a batch [shard by batch_id]';

create materialized view if not exists bucket_deliveries_from_requests to bucket_deliveries as
select
  bucket,
  batch_id,
  count() as requests,
  min(requests.time) as first_time,
  max(requests.time) as last_time
from requests
group by bucket, batch_id;
