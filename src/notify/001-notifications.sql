-- What became of every change of an alarm on every channel, and of every message: rows that are only ever added.
create table if not exists notifications (
  number UInt64 comment 'grows from row to row; the order in which they were added',
  first_number UInt64 comment 'of the rows that were added together with it: all of them are there, or none',
  at DateTime64(3, 'UTC'),
  channel LowCardinality(String) comment 'empty where no route takes the alarms',
  kind LowCardinality(String) comment 'claimed before it is sent, then delivered, refused or failed; settled: nothing is to be sent',
  id String comment 'of the message, the same on every try; empty when nothing is sent',
  told LowCardinality(String) comment 'changes, reminder or digest; of what is claimed',
  headline String comment 'of what is claimed',
  group_key String comment 'route and common labels: what waits and fails together',
  attempt UInt32 comment '1 for the first try',
  reason String comment 'why it was refused, failed or settled',
  retry_after_ms UInt64 comment 'how long the provider asked to wait',
  provider_id String comment 'that the provider gave it',
  covers Array(Tuple(alarm String, up_to UInt64, state LowCardinality(String))) comment 'transitions of an alarm up to this sequence, and what the channel then believes'
)
engine = MergeTree
order by number
settings non_replicated_deduplication_window = 1000
comment 'one row: a step on the way of a message, or why there is none [shard by first_number]'
