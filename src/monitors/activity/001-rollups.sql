-- Requests by the minute. Latencies are kept as histograms of log2(1 + milliseconds) in 32 bins an octave: any percentile
-- within 1.1 %, the same whatever order the parts are merged in (source: the bins of quantileTiming, exact below 1,024).
create table if not exists requests_1m (
  bucket LowCardinality(String),
  time DateTime('UTC') comment 'start of the minute',
  operation LowCardinality(String),
  http_status UInt16,
  error_code LowCardinality(String),
  requests UInt64,
  bytes_sent UInt64,
  stored_at SimpleAggregateFunction(max, DateTime('UTC')) materialized now()
)
engine = SummingMergeTree
partition by toYYYYMM(time)
order by (bucket, time, operation, http_status, error_code)
settings non_replicated_deduplication_window = 10000
comment 'one row: the requests of a minute alike in bucket, operation, status and error [shard by cityHash64(bucket, time)]';

create materialized view if not exists requests_1m_from_requests to requests_1m as
select
  bucket,
  toStartOfMinute(requests.time) as time,
  operation,
  http_status,
  error_code,
  count() as requests,
  sum(bytes_sent) as bytes_sent
from requests
group by bucket, time, operation, http_status, error_code;

create table if not exists latency_1m (
  bucket LowCardinality(String),
  time DateTime('UTC') comment 'start of the minute',
  operation LowCardinality(String),
  total_time AggregateFunction(quantilesTiming(0.5), UInt16) comment 'round(32 * log2(1 + total_time_ms))',
  turn_around_time AggregateFunction(quantilesTiming(0.5), UInt16) comment 'round(32 * log2(1 + turn_around_time_ms))',
  stored_at SimpleAggregateFunction(max, DateTime('UTC')) materialized now()
)
engine = AggregatingMergeTree
partition by toYYYYMM(time)
order by (bucket, time, operation)
settings non_replicated_deduplication_window = 10000
comment 'one row: latency histograms of a minute, bucket and operation [shard by cityHash64(bucket, time)]';

create materialized view if not exists latency_1m_from_requests to latency_1m as
select
  bucket,
  toStartOfMinute(requests.time) as time,
  operation,
  quantilesTimingStateIf(0.5)(toUInt16(round(32 * log2(1 + assumeNotNull(total_time_ms)))), total_time_ms is not null) as total_time,
  quantilesTimingStateIf(0.5)(toUInt16(round(32 * log2(1 + assumeNotNull(turn_around_time_ms)))), turn_around_time_ms is not null) as turn_around_time
from requests
where total_time_ms is not null
group by bucket, time, operation;
