-- What is replicated where: rules of buckets and pairs of the configuration.
create table if not exists replication_pairs (
  pair_id String comment 'source, destination and rule id, joined by /',
  rule_id String,
  source LowCardinality(String) comment 'bucket',
  destination LowCardinality(String) comment 'bucket',
  prefix String comment 'keys the rule is for begin with it',
  tags Map(String, String) comment 'tags the rule asks for',
  priority Int32 comment 'of two rules to one destination that match a key, the higher one replicates it',
  is_enabled UInt8,
  is_declared UInt8 comment 'declared in the configuration, not found at the store',
  match_by Enum8('version' = 1, 'key' = 2) comment 'how a copy is recognised: by its version id, or by its key when the store gives copies new versions',
  takes_delete_markers UInt8,
  takes_existing UInt8 comment 'whether objects older than the rule are replicated too',
  active_from DateTime64(3, 'UTC') comment 'objects written before are older than the rule',
  target_seconds UInt32 comment 'within this a version is expected at the destination',
  is_gone UInt8 comment 'the rule is no more',
  revision UInt64 comment 'of two rows the higher one is in force: milliseconds since 1970'
)
engine = ReplacingMergeTree(revision)
order by pair_id
comment 'one row: a rule, its source and one destination [shard by 1]';

-- What was judged of each version and destination last.
create table if not exists replications (
  source LowCardinality(String),
  pair_id LowCardinality(String) comment 'empty for a version that no rule is for',
  key String,
  version_id String,
  destination LowCardinality(String),
  status Enum8('NONE' = 0, 'PENDING' = 1, 'COMPLETED' = 2, 'FAILED' = 3, 'REPLICA' = 4, 'NOT_TRACKED' = 5, 'UNKNOWN' = 6) comment 'NONE when it is no longer the pair''s',
  reason LowCardinality(String) comment 'why it is what it is: a failure reason of S3, or a word of ours such as older-than-rule, no-rule, denied',
  operation LowCardinality(String) comment 'of a failure, e.g. OBJECT_PUT',
  written_at DateTime64(3, 'UTC') comment 'at the source; of what is known the best',
  replicated_at Nullable(DateTime64(3, 'UTC')) comment 'at the destination, when its arrival was reported',
  seen_at Nullable(DateTime64(3, 'UTC')) comment 'when it was first seen at the destination: it arrived no later',
  failed_at Nullable(DateTime64(3, 'UTC')) comment 'the first failure',
  latency_ms Nullable(UInt64) comment 'replicated_at - written_at, never below 0',
  is_skewed UInt8 comment 'the copy is reported earlier than the original: clocks differ',
  is_delete_marker UInt8,
  size_bytes UInt64,
  tick UInt64 comment 'of two rows the higher one was judged later'
)
engine = ReplacingMergeTree(tick)
order by (source, pair_id, key, version_id)
settings non_replicated_deduplication_window = 10000, index_granularity = 1024
comment 'one row: a version of an object and a destination it is or is not replicated to [shard by cityHash64(key)]';

-- Sums of replications by five minutes, kept up by what each judgement changes: what was is taken off, what is is added.
create table if not exists replication_5m (
  source LowCardinality(String),
  pair_id LowCardinality(String) comment 'empty for versions that no rule is for',
  time DateTime('UTC') comment 'start of the five minutes',
  written_objects SimpleAggregateFunction(sum, Int64) comment 'versions written at the source then',
  written_bytes SimpleAggregateFunction(sum, Int64),
  pending_objects SimpleAggregateFunction(sum, Int64) comment 'of those written then, still pending',
  pending_bytes SimpleAggregateFunction(sum, Int64),
  failed_objects SimpleAggregateFunction(sum, Int64) comment 'of those written then, failed as things stand',
  failed_bytes SimpleAggregateFunction(sum, Int64),
  unknown_objects SimpleAggregateFunction(sum, Int64) comment 'of those written then, UNKNOWN',
  untracked_objects SimpleAggregateFunction(sum, Int64) comment 'of those written then, NOT_TRACKED',
  failures SimpleAggregateFunction(sum, Int64) comment 'versions that failed for the first time then',
  replicated_objects SimpleAggregateFunction(sum, Int64) comment 'versions that arrived then',
  replicated_bytes SimpleAggregateFunction(sum, Int64),
  elapsed_seconds SimpleAggregateFunction(sum, Int64) comment 'sum over those of whole seconds since they were written',
  latency_histogram SimpleAggregateFunction(sumMap, Tuple(Array(UInt16), Array(Int64))) comment 'of those: bins round(32 * log2(1 + ms)), and versions in each',
  skewed_objects SimpleAggregateFunction(sum, Int64) comment 'of those, reported earlier than written'
)
engine = AggregatingMergeTree
partition by toYYYYMM(time)
order by (source, pair_id, time)
settings non_replicated_deduplication_window = 10000
comment 'one row: five minutes of a pair [shard by cityHash64(source, pair_id)]';
