-- Reads metrics, a JSON object a line; the braced placeholder gives (batch_id, line_number, line).
with
  'Tuple(
    namespace String, metric String, bucket String, filter_id String, destination_bucket String, rule_id String, storage_type String,
    statistic String, period_seconds UInt32, time String, value Nullable(Float64), read_at String)' as point_type,
  text -> if(match(text, '^20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:'), parseDateTime64BestEffortOrNull(text, 3, 'UTC'), null) as moment
select
  batch_id,
  line_number,
  if(reason = '', 'fact', 'reject')::Enum8('fact' = 1, 'reject' = 2, 'skipped' = 3) as outcome,
  reason as reject_reason,
  toDateTime(ifNull(at, toDateTime64(0, 3, 'UTC')), 'UTC') as time,
  point.bucket as bucket,
  point.filter_id as filter_id,
  point.destination_bucket as destination_bucket,
  point.rule_id as rule_id,
  point.storage_type as storage_type,
  point.metric as metric,
  point.statistic as statistic,
  point.period_seconds as period_seconds,
  ifNull(point.value, 0) as value,
  ifNull(seen, toDateTime64(0, 3, 'UTC')) as read_at,
  if(reason = '', '', line) as raw
from (
  select
    batch_id,
    line_number,
    line,
    JSONExtract(line, point_type) as point,
    moment(point.time) as at,
    moment(point.read_at) as seen,
    multiIf(
      not isValidJSON(line), 'not valid JSON',
      point.metric = '' or point.bucket = '' or point.statistic = '', 'no metric, bucket and statistic',
      point.value is null or isNaN(assumeNotNull(point.value)), 'no value that is a number',
      point.period_seconds = 0, 'no period_seconds',
      at is null or seen is null, 'no time and read_at that are dates',
      '') as reason
  from {records}
)
