-- Reads configurations of buckets, a JSON object a line; the braced placeholder gives (batch_id, line_number, line).
with
  'Tuple(
    aspect String, bucket String, store String, account_id String, endpoint String, region String, state String,
    document String, reason String, observed_at String)' as answer_type,
  text -> if(match(text, '^20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:'), parseDateTime64BestEffortOrNull(text, 3, 'UTC'), null) as moment,
  'Enum8(\'present\' = 1, \'absent\' = 2, \'denied\' = 3, \'unsupported\' = 4, \'failed\' = 5)' as state_type
select
  batch_id,
  line_number,
  if(problem = '', 'fact', 'reject')::Enum8('fact' = 1, 'reject' = 2, 'skipped' = 3) as outcome,
  problem as reject_reason,
  answer.store as store,
  answer.account_id as account_id,
  answer.endpoint as endpoint,
  answer.region as region,
  answer.bucket as bucket,
  answer.aspect as aspect,
  cast(if(is_state, answer.state, 'failed'), state_type) as state,
  if(answer.state = 'present', answer.document, '') as document,
  answer.reason as reason,
  ifNull(at, toDateTime64(0, 3, 'UTC')) as observed_at,
  if(problem = '', '', line) as raw
from (
  select
    batch_id,
    line_number,
    line,
    JSONExtract(line, answer_type) as answer,
    moment(answer.observed_at) as at,
    answer.state in ('present', 'absent', 'denied', 'unsupported', 'failed') as is_state,
    multiIf(
      not isValidJSON(line), 'not valid JSON',
      answer.bucket = '' or answer.aspect = '', 'no bucket and aspect',
      not is_state, 'no state that is known',
      answer.state = 'present' and not isValidJSON(answer.document), 'present, and no document that is JSON',
      at is null, 'no observed_at that is a date',
      '') as problem
  from {records}
)
