-- Calls by the minute. An event delivered twice, by two trails or in two files, is one call.
create table if not exists api_calls_1m (
  bucket LowCardinality(String),
  time DateTime('UTC') comment 'start of the minute',
  event_name LowCardinality(String),
  error_code LowCardinality(String),
  calls AggregateFunction(uniqExact, UInt64) comment 'cityHash64(event_id): count with uniqExactMerge(calls)',
  stored_at SimpleAggregateFunction(max, DateTime('UTC')) materialized now()
)
engine = AggregatingMergeTree
partition by toYYYYMM(time)
order by (bucket, time, event_name, error_code)
settings non_replicated_deduplication_window = 10000
comment 'one row: the calls of a minute alike in bucket, name and error [shard by cityHash64(bucket, time)]';

create materialized view if not exists api_calls_1m_from_api_calls to api_calls_1m as
select
  bucket,
  toStartOfMinute(api_calls.event_time) as time,
  event_name,
  error_code,
  uniqExactState(cityHash64(event_id)) as calls
from api_calls
group by bucket, time, event_name, error_code;
