-- What comparing a source with a destination, key by key, came to.
create table if not exists replication_audits (
  source LowCardinality(String) comment 'as it was named: s3://bucket/prefix, bucket id and prefix, or a file',
  destination LowCardinality(String) comment 'as it was named',
  source_bucket LowCardinality(String) comment 'bucket id; empty for a file, and for a store named by its endpoint',
  destination_bucket LowCardinality(String) comment 'the same of the destination',
  started_at DateTime64(3, 'UTC') comment 'when the audit began; going on with it does not change it',
  ended_at DateTime64(3, 'UTC') comment 'when its last run ended',
  ending Enum8('complete' = 1, 'interrupted' = 2, 'max-requests' = 3, 'failed' = 4) comment 'how its last run ended: only a complete one has seen every key',
  problem String comment 'why it failed',
  objects Map(LowCardinality(String), UInt64) comment 'keys by answer: same, missing, extra, ...',
  bytes Map(LowCardinality(String), UInt64) comment 'bytes by answer: of the object at the source, of the one at the destination when there is no other',
  source_objects UInt64,
  destination_objects UInt64,
  ignores_extra UInt8 comment 'whether what only the destination has was no drift',
  grace_seconds UInt32 comment 'what was written later than this before the start is in flight',
  requests UInt64 comment 'requests sent to both stores, repeats included'
)
engine = ReplacingMergeTree(ended_at)
order by (source, destination, started_at)
comment 'one row: a drift audit, as its last run left it [shard by 1]';
