-- How buckets are configured, as their stores answered.
create table if not exists bucket_configs (
  batch_id UInt64 comment 'the batch it came in: see batches',
  record_number UInt32 comment 'its line in the batch',
  store LowCardinality(String) comment 'name of the store in the configuration',
  account_id LowCardinality(String) comment 'of the account that owns the bucket; empty when the store does not say',
  endpoint LowCardinality(String) comment 'scheme, host and port; empty for AWS',
  region LowCardinality(String) comment 'of the bucket; empty when the store does not say',
  bucket LowCardinality(String) comment 'bucket id: with its namespace, if the store has one',
  aspect LowCardinality(String) comment 'what was asked for, e.g. replication; bucket for the bucket itself',
  state Enum8('present' = 1, 'absent' = 2, 'denied' = 3, 'unsupported' = 4, 'failed' = 5) comment 'what the store answered',
  document String comment 'JSON under the names of the API, members sorted; empty unless present',
  reason String comment 'why it is denied, unsupported or failed; names the IAM action that is missing',
  observed_at DateTime64(3, 'UTC') comment 'when the store answered',
  stored_at DateTime('UTC') materialized now() comment 'when it was stored: retention counts from here when that is later'
)
engine = ReplacingMergeTree
order by (bucket, aspect, observed_at)
settings non_replicated_deduplication_window = 10000
comment 'one row: an aspect of a bucket when it was first seen, changed, or a day old [shard by cityHash64(bucket)]';

create table if not exists bucket_config_parsed (
  batch_id UInt64,
  line_number UInt64,
  outcome Enum8('fact' = 1, 'reject' = 2, 'skipped' = 3),
  reject_reason LowCardinality(String),
  store LowCardinality(String),
  account_id LowCardinality(String),
  endpoint LowCardinality(String),
  region LowCardinality(String),
  bucket LowCardinality(String),
  aspect LowCardinality(String),
  state Enum8('present' = 1, 'absent' = 2, 'denied' = 3, 'unsupported' = 4, 'failed' = 5),
  document String,
  reason String,
  observed_at DateTime64(3, 'UTC'),
  raw String
)
engine = Null
comment 'one row: a line as parse.sql read it, on its way to bucket_configs and rejects';

create materialized view if not exists bucket_configs_from_bucket_config to bucket_configs as
select
  batch_id, toUInt32(line_number) as record_number, store, account_id, endpoint, region, bucket, aspect, state, document, reason,
  observed_at
from bucket_config_parsed
where outcome = 'fact';

create materialized view if not exists rejects_from_bucket_config to rejects as
select batch_id, line_number, 'bucket-config' as format, reject_reason as reason, substring(raw, 1, 65536) as line
from bucket_config_parsed
where outcome = 'reject';

create materialized view if not exists tallies_from_bucket_config to batch_tallies as
select
  batch_id,
  countIf(outcome = 'fact') as facts,
  countIf(outcome = 'reject') as rejects,
  countIf(outcome = 'skipped') as skipped,
  minOrNullIf(observed_at, outcome = 'fact') as first_event,
  maxOrNullIf(observed_at, outcome = 'fact') as last_event
from bucket_config_parsed
group by batch_id;
