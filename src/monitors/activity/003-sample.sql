-- An even sample of the requests, in levels that halve: a question too big for the facts reads as many levels as it can
-- afford. A request is in it or not by its batch and place in it alone, so the sample is the same however it was loaded.
create table if not exists request_sample (
  level UInt8 comment 'all rows with a level of at least n are one in 2 to the n of the requests; 4 to 20',
  bucket LowCardinality(String),
  time DateTime('UTC') comment 'when S3 received the request',
  remote_ip String,
  requester LowCardinality(String),
  operation LowCardinality(String),
  key String,
  http_status UInt16,
  error_code LowCardinality(String),
  bytes_sent UInt64,
  bytes_received UInt64 comment 'bytes uploaded',
  user_agent LowCardinality(String),
  version_id String,
  signature_version LowCardinality(String),
  authentication_type LowCardinality(String),
  host_header LowCardinality(String),
  tls_version LowCardinality(String),
  acl_required LowCardinality(String),
  stored_at DateTime('UTC') materialized now()
)
engine = MergeTree
partition by toYYYYMM(time)
order by (level, bucket, time)
settings non_replicated_deduplication_window = 10000
comment 'one row: a request of the sample [shard by cityHash64(bucket, time)]';

create materialized view if not exists request_sample_from_requests to request_sample as
select
  toUInt8(least(20, bitCount(bitXor(hash, hash - 1)) - 1)) as level,
  bucket,
  time,
  remote_ip,
  requester,
  operation,
  key,
  http_status,
  error_code,
  bytes_sent,
  bytes_received,
  user_agent,
  version_id,
  signature_version,
  authentication_type,
  host_header,
  tls_version,
  acl_required
from (
  select *, bitOr(cityHash64(batch_id, line_number, record_number), toUInt64(1048576)) as hash
  from requests
  where bitAnd(cityHash64(batch_id, line_number, record_number), 15) = 0
) as requests;
