-- Reads observations, a JSON object a line; the braced placeholder gives (batch_id, line_number, line).
with
  'Tuple(
    observed String, observed_at String, bucket String, key String, version_id String, state String,
    size Nullable(UInt64), etag String, last_modified String, replication_status String, is_delete_marker Bool)' as observation_type,
  text -> if(match(text, '^20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:'), parseDateTime64BestEffortOrNull(text, 3, 'UTC'), null) as moment
select
  batch_id,
  line_number,
  if(reason = '', 'fact', 'reject')::Enum8('fact' = 1, 'reject' = 2, 'skipped' = 3) as outcome,
  reason as reject_reason,
  seen.observed as observed,
  ifNull(at, toDateTime64(0, 3, 'UTC')) as observed_at,
  seen.state as state,
  seen.bucket as bucket,
  seen.key as key,
  seen.version_id as version_id,
  seen.size as size_bytes,
  seen.etag as etag,
  modified as last_modified,
  seen.replication_status as replication_status,
  toUInt8(seen.is_delete_marker) as is_delete_marker,
  line as raw
from (
  select
    batch_id,
    line_number,
    line,
    JSONExtract(line, observation_type) as seen,
    moment(seen.observed_at) as at,
    moment(seen.last_modified) as modified,
    multiIf(
      not isValidJSON(line), 'not valid JSON',
      seen.observed not in ('head', 'listing'), 'not observed by head or listing',
      seen.bucket = '' or seen.key = '', 'no bucket and key',
      seen.state not in ('present', 'missing', 'denied'), 'no state that is present, missing or denied',
      at is null, 'no observed_at that is a date',
      seen.last_modified != '' and modified is null, 'a last_modified that is no date',
      '') as reason
  from {records}
)
