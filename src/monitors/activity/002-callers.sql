-- Who did what from where, by the hour and by the day, and when each was seen first.
create table if not exists callers_1h (
  bucket LowCardinality(String),
  time DateTime('UTC') comment 'start of the hour',
  requester LowCardinality(String) comment 'canonical id or ARN; empty when anonymous',
  remote_ip LowCardinality(String),
  user_agent LowCardinality(String),
  operation LowCardinality(String),
  access UInt8 comment 'sum of: 1 anonymous, 2 presigned, 4 SigV2, 8 TLS before 1.2, 16 no TLS, 32 allowed by an ACL only',
  requests SimpleAggregateFunction(sum, UInt64),
  bytes_sent SimpleAggregateFunction(sum, UInt64),
  errors SimpleAggregateFunction(sum, UInt64) comment 'requests with a status of 400 or more',
  denied SimpleAggregateFunction(sum, UInt64) comment 'requests with the status 403',
  failed SimpleAggregateFunction(sum, UInt64) comment 'requests with a status of 500 or more',
  first_seen SimpleAggregateFunction(min, DateTime('UTC')),
  last_seen SimpleAggregateFunction(max, DateTime('UTC')),
  stored_at SimpleAggregateFunction(max, DateTime('UTC')) materialized now()
)
engine = AggregatingMergeTree
partition by toYYYYMM(time)
order by (bucket, time, requester, remote_ip, user_agent, operation, access)
settings non_replicated_deduplication_window = 10000
comment 'one row: the requests of an hour alike in bucket, caller, operation and kind of access [shard by cityHash64(bucket, time)]';

create table if not exists callers_1d (
  bucket LowCardinality(String),
  time DateTime('UTC') comment 'start of the day, UTC',
  requester LowCardinality(String) comment 'canonical id or ARN; empty when anonymous',
  remote_ip LowCardinality(String),
  user_agent LowCardinality(String),
  operation LowCardinality(String),
  access UInt8 comment 'sum of: 1 anonymous, 2 presigned, 4 SigV2, 8 TLS before 1.2, 16 no TLS, 32 allowed by an ACL only',
  requests SimpleAggregateFunction(sum, UInt64),
  bytes_sent SimpleAggregateFunction(sum, UInt64),
  errors SimpleAggregateFunction(sum, UInt64) comment 'requests with a status of 400 or more',
  denied SimpleAggregateFunction(sum, UInt64) comment 'requests with the status 403',
  failed SimpleAggregateFunction(sum, UInt64) comment 'requests with a status of 500 or more',
  stored_at SimpleAggregateFunction(max, DateTime('UTC')) materialized now()
)
engine = AggregatingMergeTree
partition by toYYYYMM(time)
order by (bucket, time, requester, remote_ip, user_agent, operation, access)
settings non_replicated_deduplication_window = 10000
comment 'one row: the requests of a day alike in bucket, caller, operation and kind of access [shard by cityHash64(bucket, time)]';

create table if not exists first_seen (
  bucket LowCardinality(String),
  principal LowCardinality(String) comment 'requester without the name of its session; empty when anonymous',
  kind Enum8('action' = 1, 'remote_ip' = 2, 'user_agent' = 3),
  value LowCardinality(String) comment 'operation, address, or product of the user agent without its version',
  first_seen SimpleAggregateFunction(min, DateTime('UTC')),
  last_seen SimpleAggregateFunction(max, DateTime('UTC')),
  requests SimpleAggregateFunction(sum, UInt64),
  stored_at SimpleAggregateFunction(max, DateTime('UTC')) materialized now()
)
engine = AggregatingMergeTree
order by (bucket, principal, kind, value)
settings non_replicated_deduplication_window = 10000
comment 'one row: what a principal did, or where it came from, in a bucket';

create materialized view if not exists callers_1h_from_requests to callers_1h as
select
  bucket,
  toStartOfHour(requests.time) as time,
  requester,
  remote_ip,
  user_agent,
  operation,
  (requester = '' and remote_ip != '' and not startsWith(operation, 'BATCH.') and not startsWith(operation, 'S3.'))
    + 2 * (authentication_type = 'QueryString')
    + 4 * (signature_version = 'SigV2')
    + 8 * (lower(tls_version) in ('tlsv1', 'tlsv1.0', 'tlsv1.1'))
    + 16 * (tls_version = '' and cipher_suite = '' and host_header != '' and remote_ip != '')
    + 32 * (lower(acl_required) = 'yes') as access,
  count() as requests,
  sum(requests.bytes_sent) as bytes_sent,
  countIf(http_status >= 400) as errors,
  countIf(http_status = 403) as denied,
  countIf(http_status >= 500) as failed,
  min(requests.time) as first_seen,
  max(requests.time) as last_seen
from requests
group by bucket, time, requester, remote_ip, user_agent, operation, access;

create materialized view if not exists callers_1d_from_callers_1h to callers_1d as
select
  bucket,
  toStartOfDay(callers_1h.time) as time,
  requester,
  remote_ip,
  user_agent,
  operation,
  access,
  sum(callers_1h.requests) as requests,
  sum(callers_1h.bytes_sent) as bytes_sent,
  sum(callers_1h.errors) as errors,
  sum(callers_1h.denied) as denied,
  sum(callers_1h.failed) as failed
from callers_1h
group by bucket, time, requester, remote_ip, user_agent, operation, access;

create materialized view if not exists first_seen_from_callers_1h to first_seen as
select
  bucket,
  if(position(requester, ':assumed-role/') > 0, extract(requester, '^(arn:[^/]*:assumed-role/[^/]*)'), requester) as principal,
  seen.1 as kind,
  seen.2 as value,
  min(callers_1h.first_seen) as first_seen,
  max(callers_1h.last_seen) as last_seen,
  sum(callers_1h.requests) as requests
from callers_1h
array join [
  ('action', operation),
  ('remote_ip', remote_ip),
  ('user_agent', if(startsWith(user_agent, 'Mozilla/'),
    multiIf(
      position(user_agent, 'Edg') > 0, 'Edge',
      position(user_agent, 'Firefox/') > 0, 'Firefox',
      position(user_agent, 'Chrome/') > 0, 'Chrome',
      position(user_agent, 'Safari/') > 0, 'Safari',
      'Mozilla'),
    substring(extract(user_agent, '^\\[?([^/ ]*)'), 1, 64)))
] as seen
where seen.2 != '' and not startsWith(operation, 'BATCH.') and not startsWith(operation, 'S3.')
group by bucket, principal, kind, value;
