-- Every change of every alarm's state, stored before anybody is told.
create table if not exists alarm_transitions (
  alarm String comment 'id of the alarm: definition and labels',
  revision UInt32 comment 'counts the transitions of this alarm from 1',
  sequence UInt64 comment 'grows from transition to transition over all alarms',
  at DateTime64(3, 'UTC') comment 'when it was noticed',
  since DateTime64(3, 'UTC') comment 'from when on it is so, by the data',
  from_state LowCardinality(String) comment 'OK, ALARM or INSUFFICIENT_DATA; empty when the alarm is new',
  state LowCardinality(String) comment 'OK, ALARM or INSUFFICIENT_DATA',
  definition LowCardinality(String),
  kind LowCardinality(String) comment 'metric, deadline, status or composite',
  title String,
  severity LowCardinality(String) comment 'critical, warning or info',
  labels Map(String, String) comment 'monitor, bucket and the like',
  sentence String comment 'why, with the numbers',
  numbers Map(String, Float64),
  evidence Array(String) comment 'rows that explain it, as JSON, newest last',
  first_step String comment 'what to do first; empty where nothing is to be done',
  as_of DateTime64(3, 'UTC') comment 'up to when data was looked at'
)
engine = ReplacingMergeTree
order by (alarm, revision)
settings non_replicated_deduplication_window = 1000
comment 'one row: a change of state of an alarm';

-- What is said of each alarm now: a state that stays as it was is said again.
create table if not exists alarm_states (
  alarm String comment 'id of the alarm: definition and labels',
  definition LowCardinality(String),
  kind LowCardinality(String) comment 'metric, deadline, status or composite',
  title String,
  severity LowCardinality(String) comment 'critical, warning or info',
  labels Map(String, String),
  state LowCardinality(String) comment 'OK, ALARM or INSUFFICIENT_DATA',
  since DateTime64(3, 'UTC') comment 'from when on it is so, by the data',
  revision UInt32 comment 'of its newest transition; 0 when there is none',
  sequence UInt64 comment 'of its newest transition; 0 when there is none',
  sentence String,
  numbers Map(String, Float64),
  evidence Array(String) comment 'rows that explain it, as JSON, newest last',
  first_step String,
  as_of DateTime64(3, 'UTC') comment 'up to when data was looked at',
  evaluated_at DateTime64(3, 'UTC'),
  is_deleted UInt8 comment '1 when there is no such alarm any more'
)
engine = ReplacingMergeTree(evaluated_at, is_deleted)
order by alarm
settings non_replicated_deduplication_window = 1000
comment 'one row: an alarm';

-- Alarms that somebody muted for a time; evaluation and history go on.
create table if not exists silences (
  id String,
  matchers Array(Tuple(label String, values Array(String))) comment 'all of them have to fit; values: * stands for anything, a leading ! excludes',
  starts_at DateTime64(3, 'UTC'),
  ends_at DateTime64(3, 'UTC') comment 'exclusive; earlier than it was to be when somebody ended it',
  author String,
  reason String,
  created_at DateTime64(3, 'UTC'),
  changed_at DateTime64(3, 'UTC')
)
engine = ReplacingMergeTree(changed_at)
order by id
settings non_replicated_deduplication_window = 1000
comment 'one row: a silence';

-- Who has taken an alarm on; it ends when the alarm recovers.
create table if not exists alarm_acknowledgements (
  alarm String comment 'id of the alarm',
  sequence UInt64 comment 'of the transition that was the last when it was said',
  at DateTime64(3, 'UTC'),
  ends_at DateTime64(3, 'UTC') comment 'exclusive',
  author String,
  reason String
)
engine = ReplacingMergeTree
order by (alarm, sequence, at)
settings non_replicated_deduplication_window = 1000
comment 'one row: an acknowledgement of an alarm';
