-- CloudTrail's digests: every hour, what it delivered in that hour, in a chain of hashes and signatures.
create table if not exists trail_digests (
  batch_id UInt64 comment 'the batch it came in: see batches',
  account_id LowCardinality(String) comment 'account whose log files it vouches for',
  region LowCardinality(String) comment 'region whose log files it vouches for, from its name',
  trail LowCardinality(String) comment 'name of the trail, from its name',
  home_region LowCardinality(String) comment 'region of the trail itself, whose keys sign, from its name',
  bucket String comment 'bucket it was delivered to',
  key String comment 'key it was delivered under',
  start_time DateTime('UTC') comment 'log files delivered from here ...',
  end_time DateTime('UTC') comment '... until here',
  oldest_event_time Nullable(DateTime('UTC')) comment 'of the events in those files',
  newest_event_time Nullable(DateTime('UTC')),
  public_key_fingerprint LowCardinality(String) comment 'which key signed it',
  signature_algorithm LowCardinality(String) comment 'SHA256withRSA',
  previous_bucket String comment 'empty for the first of a chain',
  previous_key String comment 'key of the digest before it, empty for the first of a chain',
  previous_hash_value String comment 'SHA-256 of the content of the digest before it, in hex',
  previous_signature String comment 'signature of the digest before it, in hex',
  files UInt32 comment 'log files it vouches for',
  stored_at DateTime('UTC') materialized now() comment 'when it was stored: retention counts from here when that is later'
)
engine = ReplacingMergeTree
partition by toYYYYMM(end_time)
order by (end_time, key, batch_id)
settings non_replicated_deduplication_window = 10000
comment 'one row: a digest of CloudTrail [shard by cityHash64(key)]';

create table if not exists trail_digest_files (
  batch_id UInt64 comment 'the batch of the digest: see batches',
  digest_key String comment 'key of the digest',
  digest_end_time DateTime('UTC') comment 'end of the digest',
  bucket String,
  key String comment 'key of the log file',
  file_name String comment 'the key behind its last slash, without .gz',
  hash_value String comment 'SHA-256 of the uncompressed content of the log file, in hex',
  oldest_event_time Nullable(DateTime('UTC')),
  newest_event_time Nullable(DateTime('UTC')),
  stored_at DateTime('UTC') materialized now() comment 'when it was stored: retention counts from here when that is later'
)
engine = ReplacingMergeTree
partition by toYYYYMM(digest_end_time)
order by (digest_end_time, digest_key, key, batch_id)
settings non_replicated_deduplication_window = 10000
comment 'one row: a log file that a digest of CloudTrail vouches for [shard by cityHash64(digest_key)]';

create table if not exists cloudtrail_digest_parsed (
  batch_id UInt64,
  line_number UInt64 comment 'the digest in its batch, from 1',
  outcome Enum8('fact' = 1, 'reject' = 2, 'skipped' = 3, 'file' = 4),
  reject_reason LowCardinality(String),
  account_id LowCardinality(String),
  region LowCardinality(String),
  trail LowCardinality(String),
  home_region LowCardinality(String),
  bucket String,
  key String,
  start_time DateTime('UTC'),
  end_time DateTime('UTC'),
  oldest_event_time Nullable(DateTime('UTC')),
  newest_event_time Nullable(DateTime('UTC')),
  public_key_fingerprint LowCardinality(String),
  signature_algorithm LowCardinality(String),
  previous_bucket String,
  previous_key String,
  previous_hash_value String,
  previous_signature String,
  files UInt32,
  digest_key String,
  hash_value String,
  raw String
)
engine = Null
comment 'one row: a digest or one of its files as parse.sql read it, on its way to trail_digests and trail_digest_files';

create materialized view if not exists trail_digests_from_cloudtrail_digest to trail_digests as
select
  batch_id,
  account_id,
  region,
  trail,
  home_region,
  bucket,
  key,
  start_time,
  end_time,
  oldest_event_time,
  newest_event_time,
  public_key_fingerprint,
  signature_algorithm,
  previous_bucket,
  previous_key,
  previous_hash_value,
  previous_signature,
  files
from cloudtrail_digest_parsed
where outcome = 'fact';

create materialized view if not exists trail_digest_files_from_cloudtrail_digest to trail_digest_files as
select
  batch_id,
  digest_key,
  end_time as digest_end_time,
  bucket,
  key,
  replaceRegexpOne(arrayElement(splitByChar('/', key), -1), '\\.gz$', '') as file_name,
  hash_value,
  oldest_event_time,
  newest_event_time
from cloudtrail_digest_parsed
where outcome = 'file';

create materialized view if not exists rejects_from_cloudtrail_digest to rejects as
select
  batch_id,
  line_number,
  'cloudtrail-digest' as format,
  reject_reason as reason,
  substring(raw, 1, 65536) as line
from cloudtrail_digest_parsed
where outcome = 'reject';

create materialized view if not exists tallies_from_cloudtrail_digest to batch_tallies as
select
  batch_id,
  countIf(outcome = 'fact') as facts,
  countIf(outcome = 'reject') as rejects,
  countIf(outcome = 'skipped') as skipped,
  minOrNullIf(toDateTime64(end_time, 3, 'UTC'), outcome = 'fact') as first_event,
  maxOrNullIf(toDateTime64(end_time, 3, 'UTC'), outcome = 'fact') as last_event
from cloudtrail_digest_parsed
group by batch_id;
