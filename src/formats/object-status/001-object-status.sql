-- What was seen of objects when they were looked up: rows of object_events beside what messages told.
create table if not exists object_status_parsed (
  batch_id UInt64,
  line_number UInt64,
  outcome Enum8('fact' = 1, 'reject' = 2, 'skipped' = 3),
  reject_reason LowCardinality(String),
  observed LowCardinality(String),
  observed_at DateTime64(3, 'UTC'),
  state LowCardinality(String),
  bucket LowCardinality(String),
  key String,
  version_id String,
  size_bytes Nullable(UInt64),
  etag String,
  last_modified Nullable(DateTime64(3, 'UTC')),
  replication_status LowCardinality(String),
  is_delete_marker UInt8,
  raw String
)
engine = Null
comment 'one row: a line as parse.sql read it, on its way to object_events and rejects';

create materialized view if not exists object_events_from_object_status to object_events as
select
  batch_id,
  line_number as record_number,
  observed_at as event_time,
  multiIf(
    state = 'present', 'ObjectObserved:Present',
    state = 'missing', 'ObjectObserved:Missing',
    'ObjectObserved:Denied') as event_name,
  bucket,
  key,
  version_id,
  toString(observed_at) as occurrence,
  toUInt8(2) as completeness,
  size_bytes,
  etag,
  replication_status,
  last_modified,
  is_delete_marker,
  observed as envelope,
  raw
from object_status_parsed
where outcome = 'fact';

create materialized view if not exists rejects_from_object_status to rejects as
select batch_id, line_number, 'object-status' as format, reject_reason as reason, substring(raw, 1, 65536) as line
from object_status_parsed
where outcome = 'reject';

create materialized view if not exists tallies_from_object_status to batch_tallies as
select
  batch_id,
  countIf(outcome = 'fact') as facts,
  countIf(outcome = 'reject') as rejects,
  countIf(outcome = 'skipped') as skipped,
  minOrNullIf(observed_at, outcome = 'fact') as first_event,
  maxOrNullIf(observed_at, outcome = 'fact') as last_event
from object_status_parsed
group by batch_id;
