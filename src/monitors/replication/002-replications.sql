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
  tick UInt64 comment 'of two rows the higher one was judged later',
  index status_index status type set(8) granularity 1,
  index written_index written_at type minmax granularity 1
)
engine = ReplacingMergeTree(tick)
order by (source, pair_id, key, version_id)
settings non_replicated_deduplication_window = 10000, index_granularity = 1024
comment 'one row: a version of an object and a destination it is or is not replicated to [shard by cityHash64(key)]';

-- Versions that wait, failed or are unknown, and for a week those that were: few among many, so that they are found at once.
create table if not exists replication_open (
  source LowCardinality(String),
  pair_id LowCardinality(String) comment 'empty for a version that no rule is for',
  key String,
  version_id String,
  destination LowCardinality(String),
  status Enum8('NONE' = 0, 'PENDING' = 1, 'COMPLETED' = 2, 'FAILED' = 3, 'REPLICA' = 4, 'NOT_TRACKED' = 5, 'UNKNOWN' = 6),
  reason LowCardinality(String),
  operation LowCardinality(String),
  written_at DateTime64(3, 'UTC'),
  failed_at Nullable(DateTime64(3, 'UTC')),
  size_bytes UInt64,
  is_open UInt8 comment 'whether the status is PENDING, FAILED or UNKNOWN',
  judged_at DateTime('UTC'),
  tick UInt64 comment 'of two rows the higher one was judged later'
)
engine = ReplacingMergeTree(tick)
order by (source, pair_id, key, version_id)
settings non_replicated_deduplication_window = 10000, index_granularity = 1024
comment 'one row: a version and destination that waits, failed or is unknown, or did a week ago [shard by cityHash64(key)]';

-- Sums of replications by five minutes, kept up by what each judgement changes: what was is taken off, what is is added.
create table if not exists replication_5m (
  source LowCardinality(String),
  pair_id LowCardinality(String) comment 'empty for versions that no rule is for',
  time DateTime('UTC') comment 'start of the five minutes',
  written_objects SimpleAggregateFunction(sum, Int64) comment 'versions written at the source then, copies from elsewhere left out',
  written_bytes SimpleAggregateFunction(sum, Int64),
  pending_objects SimpleAggregateFunction(sum, Int64) comment 'of those written then, still pending',
  pending_bytes SimpleAggregateFunction(sum, Int64),
  failed_objects SimpleAggregateFunction(sum, Int64) comment 'of those written then, failed as things stand',
  failed_bytes SimpleAggregateFunction(sum, Int64),
  unknown_objects SimpleAggregateFunction(sum, Int64) comment 'of those written then, UNKNOWN',
  unknown_bytes SimpleAggregateFunction(sum, Int64),
  untracked_objects SimpleAggregateFunction(sum, Int64) comment 'of those written then, NOT_TRACKED',
  untracked_bytes SimpleAggregateFunction(sum, Int64),
  failures SimpleAggregateFunction(sum, Int64) comment 'versions that failed for the first time then',
  replicated_objects SimpleAggregateFunction(sum, Int64) comment 'versions that arrived then, or were first seen then when no arrival was reported',
  replicated_bytes SimpleAggregateFunction(sum, Int64),
  elapsed_seconds SimpleAggregateFunction(sum, Int64) comment 'sum over those whose arrival was reported of whole seconds since they were written',
  latency_histogram SimpleAggregateFunction(sumMap, Tuple(Array(UInt16), Array(Int64))) comment 'of those: bins round(32 * log2(1 + ms)), and versions in each',
  skewed_objects SimpleAggregateFunction(sum, Int64) comment 'of those, reported earlier than written'
)
engine = AggregatingMergeTree
partition by toYYYYMM(time)
order by (source, pair_id, time)
settings non_replicated_deduplication_window = 10000
comment 'one row: five minutes of a pair [shard by cityHash64(source, pair_id)]';

create table if not exists replication_1h (
  source LowCardinality(String),
  pair_id LowCardinality(String) comment 'empty for versions that no rule is for',
  time DateTime('UTC') comment 'start of the hour',
  written_objects SimpleAggregateFunction(sum, Int64) comment 'versions written at the source then, copies from elsewhere left out',
  written_bytes SimpleAggregateFunction(sum, Int64),
  pending_objects SimpleAggregateFunction(sum, Int64) comment 'of those written then, still pending',
  pending_bytes SimpleAggregateFunction(sum, Int64),
  failed_objects SimpleAggregateFunction(sum, Int64) comment 'of those written then, failed as things stand',
  failed_bytes SimpleAggregateFunction(sum, Int64),
  unknown_objects SimpleAggregateFunction(sum, Int64) comment 'of those written then, UNKNOWN',
  unknown_bytes SimpleAggregateFunction(sum, Int64),
  untracked_objects SimpleAggregateFunction(sum, Int64) comment 'of those written then, NOT_TRACKED',
  untracked_bytes SimpleAggregateFunction(sum, Int64),
  failures SimpleAggregateFunction(sum, Int64) comment 'versions that failed for the first time then',
  replicated_objects SimpleAggregateFunction(sum, Int64) comment 'versions that arrived then, or were first seen then when no arrival was reported',
  replicated_bytes SimpleAggregateFunction(sum, Int64),
  elapsed_seconds SimpleAggregateFunction(sum, Int64) comment 'sum over those whose arrival was reported of whole seconds since they were written',
  latency_histogram SimpleAggregateFunction(sumMap, Tuple(Array(UInt16), Array(Int64))) comment 'of those: bins round(32 * log2(1 + ms)), and versions in each',
  skewed_objects SimpleAggregateFunction(sum, Int64) comment 'of those, reported earlier than written'
)
engine = AggregatingMergeTree
partition by toYYYYMM(time)
order by (source, pair_id, time)
settings non_replicated_deduplication_window = 10000
comment 'one row: an hour of a pair [shard by cityHash64(source, pair_id)]';

-- Batches and changes of pairs that touched versions. One is to be judged once it is asked for or in the ledger.
create table if not exists replication_units (
  unit UInt64,
  versions SimpleAggregateFunction(sum, UInt64) comment 'versions touched, some counted twice when the unit was stored in several blocks',
  asked_at SimpleAggregateFunction(max, Nullable(DateTime64(3, 'UTC'))) comment 'of a change of pairs: when all its versions were touched',
  stored_at SimpleAggregateFunction(max, DateTime('UTC'))
)
engine = AggregatingMergeTree
order by unit
settings non_replicated_deduplication_window = 10000, index_granularity = 1024
comment 'one row: a batch or a change of pairs that touched versions';

create materialized view if not exists replication_units_from_touched to replication_units as
select unit, count() as versions, now() as stored_at
from replication_touched
group by unit;

-- What the judge looks at in a tick.
create table if not exists replication_subjects (
  tick UInt64,
  source LowCardinality(String),
  key String,
  version_id String
)
engine = MergeTree
order by tick
comment 'one row: a version that may be of a pair of the bucket, while a tick is computed [shard by cityHash64(key)]';

-- What the judge works at: the outcome beside what was judged before, until both are applied.
create table if not exists replication_ticks (
  tick UInt64,
  source LowCardinality(String),
  pair_id LowCardinality(String),
  key String,
  version_id String,
  destination LowCardinality(String),
  status Enum8('NONE' = 0, 'PENDING' = 1, 'COMPLETED' = 2, 'FAILED' = 3, 'REPLICA' = 4, 'NOT_TRACKED' = 5, 'UNKNOWN' = 6),
  reason LowCardinality(String),
  operation LowCardinality(String),
  written_at DateTime64(3, 'UTC'),
  replicated_at Nullable(DateTime64(3, 'UTC')),
  seen_at Nullable(DateTime64(3, 'UTC')),
  failed_at Nullable(DateTime64(3, 'UTC')),
  latency_ms Nullable(UInt64),
  is_skewed UInt8,
  is_delete_marker UInt8,
  size_bytes UInt64,
  was_status Enum8('NONE' = 0, 'PENDING' = 1, 'COMPLETED' = 2, 'FAILED' = 3, 'REPLICA' = 4, 'NOT_TRACKED' = 5, 'UNKNOWN' = 6) comment 'as judged before',
  was_written_at DateTime64(3, 'UTC') comment 'as judged before',
  was_replicated_at Nullable(DateTime64(3, 'UTC')) comment 'as judged before',
  was_seen_at Nullable(DateTime64(3, 'UTC')) comment 'as judged before',
  was_failed_at Nullable(DateTime64(3, 'UTC')) comment 'as judged before',
  was_latency_ms Nullable(UInt64) comment 'as judged before',
  was_skewed UInt8 comment 'as judged before',
  was_size_bytes UInt64 comment 'as judged before'
)
engine = MergeTree
order by tick
comment 'one row: a version and pair whose outcome differs from what was judged before, while that is applied [shard by cityHash64(key)]';

-- Ticks of the judge: what each took, and whether it is applied.
create table if not exists replication_progress (
  tick UInt64 comment 'milliseconds since 1970, or one more than the last',
  is_applied UInt8 comment '0: computed, and to be applied before any other; 1: states and sums have it',
  units Array(UInt64) comment 'what was judged',
  slice UInt32 comment 'of a unit too big for a tick the part, by hash of the key, from 0',
  slices UInt32,
  judged_until DateTime64(3, 'UTC') comment 'when the newest of the units was stored',
  judged_at DateTime64(3, 'UTC')
)
engine = ReplacingMergeTree(is_applied)
order by tick
settings non_replicated_deduplication_window = 10000
comment 'one row: a tick of the judge';

create table if not exists replications_judged (
  tick UInt64,
  source LowCardinality(String),
  pair_id LowCardinality(String),
  key String,
  version_id String,
  destination LowCardinality(String),
  status Enum8('NONE' = 0, 'PENDING' = 1, 'COMPLETED' = 2, 'FAILED' = 3, 'REPLICA' = 4, 'NOT_TRACKED' = 5, 'UNKNOWN' = 6),
  reason LowCardinality(String),
  operation LowCardinality(String),
  written_at DateTime64(3, 'UTC'),
  replicated_at Nullable(DateTime64(3, 'UTC')),
  seen_at Nullable(DateTime64(3, 'UTC')),
  failed_at Nullable(DateTime64(3, 'UTC')),
  latency_ms Nullable(UInt64),
  is_skewed UInt8,
  is_delete_marker UInt8,
  size_bytes UInt64,
  was_status Enum8('NONE' = 0, 'PENDING' = 1, 'COMPLETED' = 2, 'FAILED' = 3, 'REPLICA' = 4, 'NOT_TRACKED' = 5, 'UNKNOWN' = 6),
  was_written_at DateTime64(3, 'UTC'),
  was_replicated_at Nullable(DateTime64(3, 'UTC')),
  was_seen_at Nullable(DateTime64(3, 'UTC')),
  was_failed_at Nullable(DateTime64(3, 'UTC')),
  was_latency_ms Nullable(UInt64),
  was_skewed UInt8,
  was_size_bytes UInt64
)
engine = Null
comment 'one row: a row of replication_ticks on its way to replications and replication_5m';

create materialized view if not exists replications_from_judged to replications as
select
  source, pair_id, key, version_id, destination, status, reason, operation, written_at, replicated_at, seen_at,
  failed_at, latency_ms, is_skewed, is_delete_marker, size_bytes, tick
from replications_judged;

create materialized view if not exists replication_open_from_judged to replication_open as
select
  source, pair_id, key, version_id, destination, status, reason, operation, written_at, failed_at, size_bytes,
  status in ('PENDING', 'FAILED', 'UNKNOWN') as is_open, now() as judged_at, tick
from replications_judged
where status in ('PENDING', 'FAILED', 'UNKNOWN') or was_status in ('PENDING', 'FAILED', 'UNKNOWN');

-- A row gives what was, taken off, and what is, added; each by when it was written, failed for the first time and arrived.
create materialized view if not exists replication_5m_from_judged to replication_5m as
select
  source,
  pair_id,
  toDateTime(toStartOfInterval(assumeNotNull(moment), interval 5 minute), 'UTC') as time,
  sum(if(kind = 'written', sign, 0)) as written_objects,
  sum(if(kind = 'written', sign * bytes, 0)) as written_bytes,
  sum(if(kind = 'written' and state = 'PENDING', sign, 0)) as pending_objects,
  sum(if(kind = 'written' and state = 'PENDING', sign * bytes, 0)) as pending_bytes,
  sum(if(kind = 'written' and state = 'FAILED', sign, 0)) as failed_objects,
  sum(if(kind = 'written' and state = 'FAILED', sign * bytes, 0)) as failed_bytes,
  sum(if(kind = 'written' and state = 'UNKNOWN', sign, 0)) as unknown_objects,
  sum(if(kind = 'written' and state = 'UNKNOWN', sign * bytes, 0)) as unknown_bytes,
  sum(if(kind = 'written' and state = 'NOT_TRACKED', sign, 0)) as untracked_objects,
  sum(if(kind = 'written' and state = 'NOT_TRACKED', sign * bytes, 0)) as untracked_bytes,
  sum(if(kind = 'failed', sign, 0)) as failures,
  sum(if(kind = 'arrived', sign, 0)) as replicated_objects,
  sum(if(kind = 'arrived', sign * bytes, 0)) as replicated_bytes,
  sum(if(kind = 'arrived', sign * intDiv(ifNull(latency, 0), 1000), 0)) as elapsed_seconds,
  sumMap(
    if(kind = 'arrived' and latency is not null, [toUInt16(round(32 * log2(1 + assumeNotNull(latency))))], []),
    if(kind = 'arrived' and latency is not null, [sign], [])) as latency_histogram,
  sum(if(kind = 'arrived', sign * skewed, 0)) as skewed_objects
from (
  select
    source,
    pair_id,
    side.1 as sign,
    side.2 as state,
    arrayJoin(['written', 'failed', 'arrived']) as kind,
    multiIf(kind = 'written', side.3, kind = 'failed', side.4, side.5) as moment,
    side.6 as bytes,
    side.7 as latency,
    side.8 as skewed
  from (
    select
      source,
      pair_id,
      arrayJoin([
        (toInt64(-1), was_status, toNullable(was_written_at), was_failed_at, ifNull(was_replicated_at, was_seen_at),
          toInt64(was_size_bytes), toNullable(toInt64(was_latency_ms)), toInt64(was_skewed)),
        (toInt64(1), status, toNullable(written_at), failed_at, ifNull(replicated_at, seen_at),
          toInt64(size_bytes), toNullable(toInt64(latency_ms)), toInt64(is_skewed))
      ]) as side
    from replications_judged
  )
  where state not in ('NONE', 'REPLICA') and moment is not null
)
group by source, pair_id, time;

create materialized view if not exists replication_1h_from_replication_5m to replication_1h as
select
  source,
  pair_id,
  toStartOfHour(replication_5m.time) as time,
  sum(replication_5m.written_objects) as written_objects,
  sum(replication_5m.written_bytes) as written_bytes,
  sum(replication_5m.pending_objects) as pending_objects,
  sum(replication_5m.pending_bytes) as pending_bytes,
  sum(replication_5m.failed_objects) as failed_objects,
  sum(replication_5m.failed_bytes) as failed_bytes,
  sum(replication_5m.unknown_objects) as unknown_objects,
  sum(replication_5m.unknown_bytes) as unknown_bytes,
  sum(replication_5m.untracked_objects) as untracked_objects,
  sum(replication_5m.untracked_bytes) as untracked_bytes,
  sum(replication_5m.failures) as failures,
  sum(replication_5m.replicated_objects) as replicated_objects,
  sum(replication_5m.replicated_bytes) as replicated_bytes,
  sum(replication_5m.elapsed_seconds) as elapsed_seconds,
  sumMap(replication_5m.latency_histogram) as latency_histogram,
  sum(replication_5m.skewed_objects) as skewed_objects
from replication_5m
group by source, pair_id, time;
