-- Requests to buckets, one row for each record of the server access log.
create table if not exists requests (
  batch_id UInt64 comment 'the batch it came in: see batches',
  line_number UInt32 comment 'its line in that batch, from 1',
  bucket_owner LowCardinality(String) comment 'canonical user id of the bucket owner',
  bucket LowCardinality(String) comment 'name of the bucket',
  time DateTime('UTC') comment 'when S3 received the request',
  remote_ip String comment 'address of the requester; empty for internal actions',
  requester LowCardinality(String) comment 'canonical id or ARN; empty when anonymous',
  request_id String comment 'shared by all rows of a multi-delete and by both rows of a copy',
  operation LowCardinality(String) comment 'e.g. REST.GET.OBJECT',
  key String comment 'object key, decoded',
  key_encoded String comment 'the key as logged, where it differs from key',
  request_uri String comment 'method, path and version; secrets in the query redacted',
  http_status UInt16 comment '0 where the log has none: lifecycle actions',
  error_code LowCardinality(String) comment 'S3 error code, empty for none',
  bytes_sent UInt64 comment 'bytes of the response',
  bytes_received UInt64 comment 'bytes uploaded: for access logs the object size of what was put with success',
  object_size Nullable(UInt64) comment 'bytes of the object, null when the log has none',
  total_time_ms Nullable(UInt32) comment 'from the request received to the last byte sent',
  turn_around_time_ms Nullable(UInt32) comment 'from the last byte of the request to the first of the response',
  referer LowCardinality(String) comment 'Referer header; secrets in its query redacted',
  user_agent LowCardinality(String) comment 'User-Agent header',
  version_id String comment 'version asked for in the request',
  host_id String comment 'x-amz-id-2, the extended request id',
  signature_version LowCardinality(String) comment 'SigV2, SigV4 or empty',
  cipher_suite LowCardinality(String) comment 'TLS cipher, empty for HTTP',
  authentication_type LowCardinality(String) comment 'AuthHeader, QueryString (presigned) or empty',
  host_header LowCardinality(String) comment 'endpoint used',
  tls_version LowCardinality(String) comment 'e.g. TLSv1.3, as logged',
  access_point_arn LowCardinality(String),
  acl_required LowCardinality(String) comment 'Yes when only an ACL allowed the request',
  source_region LowCardinality(String) comment 'region the request came from',
  extra_fields Array(String) comment 'fields behind the ones known',
  stored_at DateTime('UTC') materialized now() comment 'when it was stored: retention counts from here when that is later'
)
engine = MergeTree
partition by toYYYYMM(time)
order by (bucket, time)
settings non_replicated_deduplication_window = 10000, min_bytes_for_wide_part = 268435456
comment 'one row: a record of the server access log [shard by batch_id]';

create table if not exists access_log_odd (
  batch_id UInt64,
  line_number UInt64,
  line String,
  stored_at DateTime('UTC') materialized now()
)
engine = MergeTree
order by (batch_id, line_number)
settings non_replicated_deduplication_window = 10000
comment 'one row: a line that is not ordinary, waiting to be read carefully within its load [shard by batch_id]';

create table if not exists access_log_parsed (
  batch_id UInt64,
  line_number UInt64,
  bucket_owner LowCardinality(String),
  bucket LowCardinality(String),
  time DateTime('UTC'),
  remote_ip String,
  requester LowCardinality(String),
  request_id String,
  operation LowCardinality(String),
  key String,
  key_encoded String,
  request_uri String,
  http_status UInt16,
  error_code LowCardinality(String),
  bytes_sent UInt64,
  bytes_received UInt64,
  object_size Nullable(UInt64),
  total_time_ms Nullable(UInt32),
  turn_around_time_ms Nullable(UInt32),
  referer LowCardinality(String),
  user_agent LowCardinality(String),
  version_id String,
  host_id String,
  signature_version LowCardinality(String),
  cipher_suite LowCardinality(String),
  authentication_type LowCardinality(String),
  host_header LowCardinality(String),
  tls_version LowCardinality(String),
  access_point_arn LowCardinality(String),
  acl_required LowCardinality(String),
  source_region LowCardinality(String),
  extra_fields Array(String),
  reject_reason LowCardinality(String) comment 'why the record could not be read, empty when it could',
  line String comment 'the record itself when it could not be read',
  odd_line String comment 'the record itself when it has yet to be read carefully'
)
engine = Null
comment 'one row: a record of an access log as ordinary.sql or careful.sql read it, on its way to requests, rejects or access_log_odd';

create materialized view if not exists requests_from_access_log to requests as
select * except (reject_reason, line, odd_line)
from access_log_parsed
where reject_reason = '' and odd_line = '';

create materialized view if not exists odd_lines_from_access_log to access_log_odd as
select
  batch_id,
  line_number,
  odd_line as line
from access_log_parsed
where odd_line != '';

create materialized view if not exists rejects_from_access_log to rejects as
select
  batch_id,
  line_number,
  'access-log' as format,
  reject_reason as reason,
  line
from access_log_parsed
where reject_reason != '';

create materialized view if not exists tallies_from_access_log to batch_tallies as
select
  batch_id,
  countIf(reject_reason = '' and odd_line = '') as facts,
  countIf(reject_reason != '') as rejects,
  0 as skipped,
  minOrNullIf(toDateTime64(access_log_parsed.time, 3, 'UTC'), reject_reason = '' and odd_line = '') as first_event,
  maxOrNullIf(toDateTime64(access_log_parsed.time, 3, 'UTC'), reject_reason = '' and odd_line = '') as last_event
from access_log_parsed
group by batch_id;
