-- Who did what, by the hour and by the day, and when each was seen first. Addresses are not in it: with them nearly every
-- request would be a row of its own.
create table if not exists principals_1h (
  bucket LowCardinality(String),
  time DateTime('UTC') comment 'start of the hour',
  principal LowCardinality(String) comment 'requester without the name of its session; empty when anonymous',
  operation LowCardinality(String),
  access UInt8 comment 'sum of: 1 anonymous, 2 presigned, 4 SigV2, 8 TLS before 1.2, 16 no TLS, 32 allowed by an ACL only',
  program LowCardinality(String) comment 'product of the user agent, without its version',
  requests SimpleAggregateFunction(sum, UInt64),
  bytes_sent SimpleAggregateFunction(sum, UInt64),
  bytes_sent_outside SimpleAggregateFunction(sum, UInt64) comment 'of these to addresses that are not private',
  errors SimpleAggregateFunction(sum, UInt64) comment 'requests with a status of 400 or more',
  denied SimpleAggregateFunction(sum, UInt64) comment 'requests with the status 403',
  failed SimpleAggregateFunction(sum, UInt64) comment 'requests with a status of 500 or more',
  first_seen SimpleAggregateFunction(min, DateTime('UTC')),
  last_seen SimpleAggregateFunction(max, DateTime('UTC')),
  stored_at SimpleAggregateFunction(max, DateTime('UTC')) materialized now()
)
engine = AggregatingMergeTree
partition by toYYYYMM(time)
order by (bucket, time, principal, operation, access, program)
settings non_replicated_deduplication_window = 10000
comment 'one row: the requests of an hour alike in bucket, principal, operation, kind of access and program [shard by cityHash64(bucket, time)]';

create table if not exists principals_1d (
  bucket LowCardinality(String),
  time DateTime('UTC') comment 'start of the day, UTC',
  principal LowCardinality(String) comment 'requester without the name of its session; empty when anonymous',
  operation LowCardinality(String),
  access UInt8 comment 'sum of: 1 anonymous, 2 presigned, 4 SigV2, 8 TLS before 1.2, 16 no TLS, 32 allowed by an ACL only',
  program LowCardinality(String) comment 'product of the user agent, without its version',
  requests SimpleAggregateFunction(sum, UInt64),
  bytes_sent SimpleAggregateFunction(sum, UInt64),
  bytes_sent_outside SimpleAggregateFunction(sum, UInt64) comment 'of these to addresses that are not private',
  errors SimpleAggregateFunction(sum, UInt64) comment 'requests with a status of 400 or more',
  denied SimpleAggregateFunction(sum, UInt64) comment 'requests with the status 403',
  failed SimpleAggregateFunction(sum, UInt64) comment 'requests with a status of 500 or more',
  stored_at SimpleAggregateFunction(max, DateTime('UTC')) materialized now()
)
engine = AggregatingMergeTree
partition by toYYYYMM(time)
order by (bucket, time, principal, operation, access, program)
settings non_replicated_deduplication_window = 10000
comment 'one row: the requests of a day alike in bucket, principal, operation, kind of access and program [shard by cityHash64(bucket, time)]';

create table if not exists first_seen (
  bucket LowCardinality(String),
  principal LowCardinality(String) comment 'requester without the name of its session; empty when anonymous',
  kind Enum8('action' = 1, 'user_agent' = 3),
  value LowCardinality(String) comment 'operation, or product of the user agent without its version',
  first_seen SimpleAggregateFunction(min, DateTime('UTC')),
  last_seen SimpleAggregateFunction(max, DateTime('UTC')),
  requests SimpleAggregateFunction(sum, UInt64),
  stored_at SimpleAggregateFunction(max, DateTime('UTC')) materialized now()
)
engine = AggregatingMergeTree
order by (bucket, principal, kind, value)
settings non_replicated_deduplication_window = 10000
comment 'one row: what a principal did, or with what program, in a bucket';

create table if not exists first_addresses (
  bucket LowCardinality(String),
  remote_ip String comment 'address of requests that were signed',
  first_seen SimpleAggregateFunction(min, DateTime('UTC')),
  last_seen SimpleAggregateFunction(max, DateTime('UTC')),
  requests SimpleAggregateFunction(sum, UInt64),
  stored_at SimpleAggregateFunction(max, DateTime('UTC')) materialized now()
)
engine = AggregatingMergeTree
order by (bucket, remote_ip)
settings non_replicated_deduplication_window = 10000
comment 'one row: an address that signed requests to a bucket came from';

create materialized view if not exists principals_1h_from_requests to principals_1h as
select
  bucket,
  toStartOfHour(requests.time) as time,
  if(position(requester, ':assumed-role/') > 0, extract(requester, '^(arn:[^/]*:assumed-role/[^/]*)'), requester) as principal,
  operation,
  (requester = '' and remote_ip != '' and not startsWith(operation, 'BATCH.') and not startsWith(operation, 'S3.'))
    + 2 * (authentication_type = 'QueryString')
    + 4 * (signature_version = 'SigV2')
    + 8 * (lower(tls_version) in ('tlsv1', 'tlsv1.0', 'tlsv1.1'))
    + 16 * (tls_version = '' and cipher_suite = '' and host_header != '' and remote_ip != '')
    + 32 * (lower(acl_required) = 'yes') as access,
  if(startsWith(user_agent, 'Mozilla/'),
    multiIf(
      position(user_agent, 'Edg') > 0, 'Edge',
      position(user_agent, 'Firefox/') > 0, 'Firefox',
      position(user_agent, 'Chrome/') > 0, 'Chrome',
      position(user_agent, 'Safari/') > 0, 'Safari',
      'Mozilla'),
    substring(extract(user_agent, '^\\[?([^/ ]*)'), 1, 64)) as program,
  count() as requests,
  sum(requests.bytes_sent) as bytes_sent,
  sumIf(requests.bytes_sent, remote_ip != '' and not startsWith(remote_ip, '10.') and not startsWith(remote_ip, '192.168.')
    and not match(substring(remote_ip, 1, 7), '^(172[.](1[6-9]|2[0-9]|3[01])[.]|f[cd])')) as bytes_sent_outside,
  countIf(http_status >= 400) as errors,
  countIf(http_status = 403) as denied,
  countIf(http_status >= 500) as failed,
  min(requests.time) as first_seen,
  max(requests.time) as last_seen
from requests
group by bucket, time, principal, operation, access, program;

create materialized view if not exists principals_1d_from_principals_1h to principals_1d as
select
  bucket,
  toStartOfDay(principals_1h.time) as time,
  principal,
  operation,
  access,
  program,
  sum(principals_1h.requests) as requests,
  sum(principals_1h.bytes_sent) as bytes_sent,
  sum(principals_1h.bytes_sent_outside) as bytes_sent_outside,
  sum(principals_1h.errors) as errors,
  sum(principals_1h.denied) as denied,
  sum(principals_1h.failed) as failed
from principals_1h
group by bucket, time, principal, operation, access, program;

create materialized view if not exists first_seen_from_principals_1h to first_seen as
select
  bucket,
  principal,
  seen.1 as kind,
  seen.2 as value,
  min(principals_1h.first_seen) as first_seen,
  max(principals_1h.last_seen) as last_seen,
  sum(principals_1h.requests) as requests
from principals_1h
array join [('action', operation), ('user_agent', program)] as seen
where seen.2 != '' and not startsWith(operation, 'BATCH.') and not startsWith(operation, 'S3.')
group by bucket, principal, kind, value;

create materialized view if not exists first_addresses_from_requests to first_addresses as
select
  bucket,
  remote_ip,
  min(requests.time) as first_seen,
  max(requests.time) as last_seen,
  count() as requests
from requests
where requester != '' and remote_ip != ''
group by bucket, remote_ip;
