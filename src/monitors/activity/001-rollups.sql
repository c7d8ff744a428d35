-- Requests by the minute and by the hour. The hours are made of the minutes of each insert, not of the requests again.
create table if not exists requests_1m (
  bucket LowCardinality(String),
  time DateTime('UTC') comment 'start of the minute',
  operation LowCardinality(String),
  http_status UInt16,
  error_code LowCardinality(String),
  requests SimpleAggregateFunction(sum, UInt64),
  bytes_sent SimpleAggregateFunction(sum, UInt64) comment 'bytes of the responses',
  bytes_sent_requests SimpleAggregateFunction(sum, UInt64) comment 'requests with any',
  bytes_sent_min SimpleAggregateFunction(min, Nullable(UInt64)) comment 'the fewest of those',
  bytes_sent_max SimpleAggregateFunction(max, UInt64),
  bytes_received SimpleAggregateFunction(sum, UInt64) comment 'bytes uploaded',
  bytes_received_requests SimpleAggregateFunction(sum, UInt64) comment 'requests with any',
  bytes_received_min SimpleAggregateFunction(min, Nullable(UInt64)) comment 'the fewest of those',
  bytes_received_max SimpleAggregateFunction(max, UInt64),
  stored_at SimpleAggregateFunction(max, DateTime('UTC')) materialized now()
)
engine = AggregatingMergeTree
partition by toYYYYMM(time)
order by (bucket, time, operation, http_status, error_code)
settings non_replicated_deduplication_window = 10000
comment 'one row: the requests of a minute alike in bucket, operation, status and error [shard by cityHash64(bucket, time)]';

create table if not exists requests_1h (
  bucket LowCardinality(String),
  time DateTime('UTC') comment 'start of the hour',
  operation LowCardinality(String),
  http_status UInt16,
  error_code LowCardinality(String),
  requests SimpleAggregateFunction(sum, UInt64),
  bytes_sent SimpleAggregateFunction(sum, UInt64) comment 'bytes of the responses',
  bytes_sent_requests SimpleAggregateFunction(sum, UInt64) comment 'requests with any',
  bytes_sent_min SimpleAggregateFunction(min, Nullable(UInt64)) comment 'the fewest of those',
  bytes_sent_max SimpleAggregateFunction(max, UInt64),
  bytes_received SimpleAggregateFunction(sum, UInt64) comment 'bytes uploaded',
  bytes_received_requests SimpleAggregateFunction(sum, UInt64) comment 'requests with any',
  bytes_received_min SimpleAggregateFunction(min, Nullable(UInt64)) comment 'the fewest of those',
  bytes_received_max SimpleAggregateFunction(max, UInt64),
  stored_at SimpleAggregateFunction(max, DateTime('UTC')) materialized now()
)
engine = AggregatingMergeTree
partition by toYYYYMM(time)
order by (bucket, time, operation, http_status, error_code)
settings non_replicated_deduplication_window = 10000
comment 'one row: the requests of an hour alike in bucket, operation, status and error [shard by cityHash64(bucket, time)]';

create materialized view if not exists requests_1m_from_requests to requests_1m as
select
  bucket,
  toStartOfMinute(requests.time) as time,
  operation,
  http_status,
  error_code,
  count() as requests,
  sum(requests.bytes_sent) as bytes_sent,
  countIf(requests.bytes_sent > 0) as bytes_sent_requests,
  minOrNullIf(requests.bytes_sent, requests.bytes_sent > 0) as bytes_sent_min,
  max(requests.bytes_sent) as bytes_sent_max,
  sum(requests.bytes_received) as bytes_received,
  countIf(requests.bytes_received > 0) as bytes_received_requests,
  minOrNullIf(requests.bytes_received, requests.bytes_received > 0) as bytes_received_min,
  max(requests.bytes_received) as bytes_received_max
from requests
group by bucket, time, operation, http_status, error_code;

create materialized view if not exists requests_1h_from_requests_1m to requests_1h as
select
  bucket,
  toStartOfHour(requests_1m.time) as time,
  operation,
  http_status,
  error_code,
  sum(requests_1m.requests) as requests,
  sum(requests_1m.bytes_sent) as bytes_sent,
  sum(requests_1m.bytes_sent_requests) as bytes_sent_requests,
  min(requests_1m.bytes_sent_min) as bytes_sent_min,
  max(requests_1m.bytes_sent_max) as bytes_sent_max,
  sum(requests_1m.bytes_received) as bytes_received,
  sum(requests_1m.bytes_received_requests) as bytes_received_requests,
  min(requests_1m.bytes_received_min) as bytes_received_min,
  max(requests_1m.bytes_received_max) as bytes_received_max
from requests_1m
group by bucket, time, operation, http_status, error_code;

-- Latencies are kept as histograms of log2(1 + milliseconds) in 32 bins an octave: any percentile within 1.1 %, and sums of
-- histograms are the same in whatever order they are added.
create table if not exists latency_1m (
  kind Enum8('total_time' = 1, 'turn_around_time' = 2),
  bucket LowCardinality(String),
  time DateTime('UTC') comment 'start of the minute',
  requests SimpleAggregateFunction(sum, UInt64) comment 'requests for which it was measured',
  ms SimpleAggregateFunction(sum, UInt64),
  ms_min SimpleAggregateFunction(min, UInt32),
  ms_max SimpleAggregateFunction(max, UInt32),
  histogram SimpleAggregateFunction(sumMap, Tuple(Array(UInt16), Array(UInt64))) comment 'bins round(32 * log2(1 + ms)), and requests in each',
  stored_at SimpleAggregateFunction(max, DateTime('UTC')) materialized now()
)
engine = AggregatingMergeTree
partition by toYYYYMM(time)
order by (kind, bucket, time)
settings non_replicated_deduplication_window = 10000
comment 'one row: one kind of latency of the requests of a minute and bucket [shard by cityHash64(bucket, time)]';

create table if not exists latency_1h (
  kind Enum8('total_time' = 1, 'turn_around_time' = 2),
  bucket LowCardinality(String),
  time DateTime('UTC') comment 'start of the hour',
  requests SimpleAggregateFunction(sum, UInt64) comment 'requests for which it was measured',
  ms SimpleAggregateFunction(sum, UInt64),
  ms_min SimpleAggregateFunction(min, UInt32),
  ms_max SimpleAggregateFunction(max, UInt32),
  histogram SimpleAggregateFunction(sumMap, Tuple(Array(UInt16), Array(UInt64))) comment 'bins round(32 * log2(1 + ms)), and requests in each',
  stored_at SimpleAggregateFunction(max, DateTime('UTC')) materialized now()
)
engine = AggregatingMergeTree
partition by toYYYYMM(time)
order by (kind, bucket, time)
settings non_replicated_deduplication_window = 10000
comment 'one row: one kind of latency of the requests of an hour and bucket [shard by cityHash64(bucket, time)]';

-- Bins are collected, sorted, and runs of the same bin counted: a third of the time of grouping by bin.
create materialized view if not exists latency_1m_from_requests to latency_1m as
with
  arraySort(measured.2) as bins,
  arrayFilter((place, bin, next) -> bin != next, arrayEnumerate(bins), bins, arrayPushBack(arrayPopFront(bins), 65535)) as ends
select
  measured.1 as kind,
  bucket,
  time,
  toUInt64(length(bins)) as requests,
  measured.3 as ms,
  assumeNotNull(measured.4) as ms_min,
  assumeNotNull(measured.5) as ms_max,
  (arrayCompact(bins), arrayMap(step -> toUInt64(step), arrayPopFront(arrayDifference(arrayPushFront(ends, 0))))) as histogram
from (
  select
    bucket,
    toStartOfMinute(requests.time) as time,
    [
      ('total_time', groupArray(toUInt16(round(32 * log2(1 + total_time_ms)))), sum(ifNull(total_time_ms, 0)), min(total_time_ms), max(total_time_ms)),
      ('turn_around_time', groupArray(toUInt16(round(32 * log2(1 + turn_around_time_ms)))), sum(ifNull(turn_around_time_ms, 0)), min(turn_around_time_ms), max(turn_around_time_ms))
    ] as kinds
  from requests
  group by bucket, time
)
array join kinds as measured
where notEmpty(measured.2);

create materialized view if not exists latency_1h_from_latency_1m to latency_1h as
select
  kind,
  bucket,
  toStartOfHour(latency_1m.time) as time,
  sum(latency_1m.requests) as requests,
  sum(latency_1m.ms) as ms,
  min(latency_1m.ms_min) as ms_min,
  max(latency_1m.ms_max) as ms_max,
  sumMap(latency_1m.histogram) as histogram
from latency_1m
group by kind, bucket, time;
