-- Messages that are neither announcements of logs nor events: kept here, so that they need not stay in the queue.
create table if not exists parked_messages (
  parked_id UInt64 comment 'first 8 bytes of the SHA-256 of source, message and reason',
  source LowCardinality(String) comment 'name of the source that received it',
  reason String comment 'why nothing could be made of it',
  body String comment 'as it arrived, up to 1,048,576 characters, secrets redacted',
  message_id String comment 'its id in the queue; the hash of the body when it came over HTTP',
  received_at DateTime64(3, 'UTC') comment 'when it was received, the last time'
)
engine = ReplacingMergeTree(received_at)
order by parked_id
settings non_replicated_deduplication_window = 10000
comment 'one row: a message that nothing could be made of [shard by parked_id]';
