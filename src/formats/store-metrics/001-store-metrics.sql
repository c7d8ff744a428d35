-- What the store itself counted: CloudWatch's request and replication metrics of S3.
create table if not exists store_metrics (
  batch_id UInt64 comment 'the batch it came in: see batches',
  time DateTime('UTC') comment 'start of the period',
  bucket LowCardinality(String) comment 'of replication the source',
  filter_id LowCardinality(String) comment 'name of the metrics configuration, which may count a part of the bucket',
  destination_bucket LowCardinality(String) comment 'of replication only',
  rule_id LowCardinality(String) comment 'of replication only',
  metric LowCardinality(String) comment 'AWS''s name, e.g. AllRequests, ReplicationLatency',
  statistic LowCardinality(String) comment 'Sum or Maximum',
  period_seconds UInt32,
  value Float64,
  read_at DateTime64(3, 'UTC') comment 'when it was read: the latest reading wins',
  stored_at DateTime('UTC') materialized now() comment 'when it was stored: retention counts from here when that is later'
)
engine = ReplacingMergeTree(read_at)
partition by toYYYYMM(time)
order by (bucket, metric, statistic, filter_id, destination_bucket, rule_id, period_seconds, time)
settings non_replicated_deduplication_window = 10000
comment 'one row: a metric of a period, as it was read last [shard by cityHash64(bucket)]';

create table if not exists store_metrics_parsed (
  batch_id UInt64,
  line_number UInt64,
  outcome Enum8('fact' = 1, 'reject' = 2, 'skipped' = 3),
  reject_reason LowCardinality(String),
  time DateTime('UTC'),
  bucket LowCardinality(String),
  filter_id LowCardinality(String),
  destination_bucket LowCardinality(String),
  rule_id LowCardinality(String),
  metric LowCardinality(String),
  statistic LowCardinality(String),
  period_seconds UInt32,
  value Float64,
  read_at DateTime64(3, 'UTC'),
  raw String
)
engine = Null
comment 'one row: a line as parse.sql read it, on its way to store_metrics and rejects';

create materialized view if not exists store_metrics_from_store_metrics to store_metrics as
select batch_id, time, bucket, filter_id, destination_bucket, rule_id, metric, statistic, period_seconds, value, read_at
from store_metrics_parsed
where outcome = 'fact';

create materialized view if not exists rejects_from_store_metrics to rejects as
select batch_id, line_number, 'store-metrics' as format, reject_reason as reason, substring(raw, 1, 65536) as line
from store_metrics_parsed
where outcome = 'reject';

create materialized view if not exists tallies_from_store_metrics to batch_tallies as
select
  batch_id,
  countIf(outcome = 'fact') as facts,
  countIf(outcome = 'reject') as rejects,
  countIf(outcome = 'skipped') as skipped,
  minOrNullIf(toDateTime64(time, 3, 'UTC'), outcome = 'fact') as first_event,
  maxOrNullIf(toDateTime64(time, 3, 'UTC'), outcome = 'fact') as last_event
from store_metrics_parsed
group by batch_id;
