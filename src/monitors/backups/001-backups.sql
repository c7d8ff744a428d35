-- Files that count for a series, each time they were written: what runs are made of.
create table if not exists backup_files (
  bucket LowCardinality(String) comment 'bucket id',
  key String,
  at DateTime64(3, 'UTC') comment 'when the store had all of it: the time of the event; of a listing LastModified',
  feed Enum8('event' = 1, 'listing' = 2) comment 'which of the two told it',
  series String comment 'the series it is of: see backup_series',
  member String comment 'the member of its run, from the pattern',
  stamp String comment 'what its name says of the run it is of: its date',
  version_id String comment 'empty when unversioned, and when a listing told it',
  etag String comment 'without quotes',
  size_bytes UInt64,
  removed_at Nullable(DateTime64(3, 'UTC')) comment 'when it was removed, or first seen to be gone',
  looked_at Nullable(DateTime64(3, 'UTC')) comment 'when its headers, or its ends, were last looked at',
  content LowCardinality(String) comment 'what its ends say: whole, wrong or unknown; empty when not read',
  content_note String comment 'why',
  lock_mode LowCardinality(String) comment 'GOVERNANCE or COMPLIANCE; empty when it has no lock, or nobody looked',
  lock_until Nullable(DateTime64(3, 'UTC')) comment 'until when it cannot be removed',
  legal_hold UInt8,
  replication_status LowCardinality(String) comment 'header x-amz-replication-status; empty when there is none, or nobody looked',
  look_problem String comment 'why its last look gave nothing; empty when it did',
  is_deleted UInt8 comment '1 when a better report of the same writing stands in its place',
  stored_at DateTime64(3, 'UTC') default now64(3)
)
engine = ReplacingMergeTree(stored_at, is_deleted)
partition by toYYYYMM(at)
order by (bucket, key, at, feed)
settings non_replicated_deduplication_window = 1000
comment 'one row: a file of a backup series, as it was written once';

-- What became of each run of each series; runs that a change of schedule undid are taken back.
create table if not exists backup_runs (
  bucket LowCardinality(String) comment 'bucket id',
  series String,
  due DateTime64(3, 'UTC') comment 'when it was due',
  opens DateTime64(3, 'UTC') comment 'what came before it is of the run before',
  deadline DateTime64(3, 'UTC') comment 'due time and grace',
  verdict LowCardinality(String) comment 'expected, ok, late, missing, too-small, too-large, incomplete, duplicate or wrong-content',
  sentence String comment 'why, with the numbers',
  since DateTime64(3, 'UTC') comment 'from when on the verdict holds',
  arrived Nullable(DateTime64(3, 'UTC')) comment 'when the file came that made it right, or the last file at all',
  size_bytes UInt64 comment 'sum of its files',
  usual_bytes Nullable(UInt64) comment 'median of the good runs before it, where there were enough',
  files UInt32,
  keys Array(String) comment 'of its files, at most 20',
  members UInt32,
  members_expected Nullable(UInt32),
  judged_at DateTime64(3, 'UTC'),
  is_deleted UInt8 comment '1 when it is no run any more'
)
engine = ReplacingMergeTree(judged_at, is_deleted)
partition by toYYYYMM(due)
order by (bucket, series, due)
settings non_replicated_deduplication_window = 1000
comment 'one row: a run of a backup series';

-- How each series stands.
create table if not exists backup_series (
  bucket LowCardinality(String) comment 'bucket id',
  series String comment 'name of the declaration, with the values of its named parts; else bucket and stem, or bucket and folder',
  is_declared UInt8 comment '0 when it was found by its keys',
  pattern String comment 'of its keys',
  schedule String comment 'in words; empty while none is known',
  next_dues Array(DateTime64(3, 'UTC')) comment 'the next five times a run is due',
  next_deadline Nullable(DateTime64(3, 'UTC')) comment 'by when the next run has to be there',
  rule String comment 'what runs have to be, as JSON: the section of the configuration, or what its history proposes',
  verdict LowCardinality(String) comment 'new, learning, ok, late, missing, too-small, too-large, incomplete, duplicate, wrong-content, paused or retired',
  sentence String comment 'why, with the numbers',
  since Nullable(DateTime64(3, 'UTC')) comment 'from when on the verdict holds',
  newest_due Nullable(DateTime64(3, 'UTC')) comment 'of the run that decides',
  files UInt64 comment 'known and not removed',
  first_at Nullable(DateTime64(3, 'UTC')) comment 'of the oldest of them',
  last_at Nullable(DateTime64(3, 'UTC')) comment 'of the newest file ever',
  keep_seconds Nullable(UInt64) comment 'how long runs are promised to be kept',
  proposal_fit Nullable(Float64) comment 'of a proposal: share of due times with exactly one run, 0 to 1',
  proposal_fired UInt32 comment 'of a proposal: runs of the last 90 days it calls wrong',
  evidence String comment 'why the bucket could not be listed when it had to be; empty when it was, or did not have to be',
  judged_at DateTime64(3, 'UTC'),
  is_deleted UInt8 comment '1 when there is no such series any more'
)
engine = ReplacingMergeTree(judged_at, is_deleted)
order by (bucket, series)
settings non_replicated_deduplication_window = 1000
comment 'one row: a backup series';

-- What people said of a series; the newest of a kind counts.
create table if not exists backup_acts (
  bucket LowCardinality(String) comment 'bucket id',
  series String,
  at DateTime64(3, 'UTC'),
  act LowCardinality(String) comment 'pause, resume, retire, expect, accept-size or renew-link',
  until Nullable(DateTime64(3, 'UTC')) comment 'when a pause ends by itself',
  author String,
  reason String
)
engine = ReplacingMergeTree
order by (bucket, series, at, act)
settings non_replicated_deduplication_window = 1000
comment 'one row: something a person said of a backup series';

-- Looks at buckets: what was listed, why, and what it cost.
create table if not exists backup_looks (
  bucket LowCardinality(String) comment 'bucket id',
  at DateTime64(3, 'UTC'),
  prefix String,
  cause LowCardinality(String) comment 'first, regular, deadline, recovery or asked',
  requests UInt32 comment 'LIST requests sent',
  keys UInt64 comment 'listed',
  files UInt64 comment 'that were not known before',
  left_out UInt64 comment 'files of more series than are kept',
  problem String comment 'why it could not be listed; empty when it was'
)
engine = ReplacingMergeTree
order by (bucket, at, prefix)
settings non_replicated_deduplication_window = 1000
comment 'one row: a look at a bucket or a part of it';
