-- What arrived, what came of it, and what could not be read.
create table if not exists batches (
  batch_id UInt64 comment 'first 8 bytes of the SHA-256 of the identity',
  source LowCardinality(String) comment 'name of the source that offered it',
  origin String comment 'where it was: a file:// or s3:// URI',
  identity String comment 'what makes it the same batch: origin and ETag, or the hash of its bytes',
  namespace LowCardinality(String) comment 'of the store whose buckets its records name; empty for a store without',
  format LowCardinality(String) comment 'how it was read; empty when nothing recognised it',
  state Enum8('loaded' = 1, 'rejected' = 2),
  reason String comment 'why it was rejected',
  size_bytes UInt64 comment 'bytes as they arrived, compressed or not',
  content_sha256 String comment 'SHA-256 of the uncompressed content in hex, for CloudTrail; else empty',
  facts UInt64 comment 'records that became facts',
  rejects UInt64 comment 'records that no rule could read',
  skipped UInt64 comment 'records left out on purpose',
  first_event Nullable(DateTime64(3, 'UTC')) comment 'time of its earliest fact',
  last_event Nullable(DateTime64(3, 'UTC')) comment 'time of its latest fact',
  delivered_at Nullable(DateTime64(3, 'UTC')) comment 'when the store got it: LastModified of an object, mtime of a file',
  received_at DateTime64(3, 'UTC') comment 'when it was in the spool',
  loaded_at DateTime64(3, 'UTC') comment 'when its facts were stored',
  load_ms UInt32 comment 'how long its load took, all batches of the load together',
  load_id String comment 'the insert it was part of'
)
engine = ReplacingMergeTree(loaded_at)
order by batch_id
settings non_replicated_deduplication_window = 10000
comment 'one row: a batch, the latest outcome [shard by batch_id]';

create table if not exists batch_tallies (
  batch_id UInt64,
  facts SimpleAggregateFunction(sum, UInt64),
  rejects SimpleAggregateFunction(sum, UInt64),
  skipped SimpleAggregateFunction(sum, UInt64),
  first_event SimpleAggregateFunction(min, Nullable(DateTime64(3, 'UTC'))),
  last_event SimpleAggregateFunction(max, Nullable(DateTime64(3, 'UTC'))),
  stored_at SimpleAggregateFunction(max, DateTime('UTC')) materialized now()
)
engine = AggregatingMergeTree
order by batch_id
settings non_replicated_deduplication_window = 10000
comment 'one row: what the records of a batch became, counted as they were inserted [shard by batch_id]';

create table if not exists rejects (
  batch_id UInt64,
  line_number UInt64 comment 'from 1; 1 for a whole document',
  format LowCardinality(String),
  reason LowCardinality(String) comment 'why no rule could read it',
  line String comment 'the record as it arrived, secrets in query strings redacted',
  loaded_at DateTime('UTC') default now()
)
engine = MergeTree
partition by toYYYYMM(loaded_at)
order by (batch_id, line_number)
settings non_replicated_deduplication_window = 10000
comment 'one row: a record that no rule could read, kept whole [shard by batch_id]';
