-- Small objects written to a source to see how long they take to each destination.
create table if not exists replication_canaries (
  pair_id String,
  key String,
  source LowCardinality(String) comment 'bucket',
  destination LowCardinality(String) comment 'bucket',
  match_by Enum8('version' = 1, 'key' = 2) comment 'how it is looked for at the destination',
  version_id String comment 'at the source, empty when unversioned',
  etag String comment 'as the source gave it; empty until it is written',
  sent_at DateTime64(3, 'UTC') comment 'when the source took it, by its own clock in whole seconds, or by ours where it does not say; when it was first tried until then',
  skew_ms Int64 comment 'clock of the source minus ours when it was written',
  expected_by DateTime64(3, 'UTC') comment 'by our clock: not there at a look after this, it is lost',
  state Enum8('under-way' = 1, 'arrived' = 2, 'lost' = 3, 'refused' = 4) comment 'refused: it may not be written, or not be looked for',
  problem String comment 'why it is not written, lost, not looked for or not removed; empty for none',
  arrived_at Nullable(DateTime64(3, 'UTC')) comment 'sent_at and the time, by our clock, until the first look that saw it',
  uncertainty_ms Nullable(UInt64) comment 'between the last look that did not see it and the first that did: it arrived in between',
  destination_version_id String comment 'as the destination gave it, empty when unversioned or not arrived',
  removed_at Nullable(DateTime64(3, 'UTC')) comment 'when it was deleted again, by our clock',
  revision UInt64 comment 'of two rows the higher one holds',
  stored_at DateTime('UTC') materialized now()
)
engine = ReplacingMergeTree(revision)
order by (pair_id, key)
comment 'one row: a canary and the destination it is looked for at [shard by cityHash64(pair_id)]';
