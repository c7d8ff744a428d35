-- Reads what decode.ts makes of messages, a JSON record a line; the braced placeholder gives (batch_id, line_number, line).
with
  text -> if(text = '', null, toDateTime64OrNull(text, 3, 'UTC')) as moment
select
  batch_id,
  line_number,
  multiIf(
    reject_reason != '', 'reject',
    record.skipped != '', 'skipped',
    'fact')::Enum8('fact' = 1, 'reject' = 2, 'skipped' = 3) as outcome,
  multiIf(
    record.reject_reason != '', record.reject_reason,
    record.skipped != '', '',
    not startsWith(line, '{') or record.key = '' or moment(record.event_time) is null, 'not a decoded record',
    '') as reject_reason,
  ifNull(moment(record.event_time), toDateTime64(0, 3, 'UTC')) as event_time,
  record.event_name as event_name,
  record.event_version as event_version,
  record.event_id as event_id,
  record.bucket as bucket,
  record.key as key,
  record.version_id as version_id,
  record.sequencer as sequencer,
  record.sequencer_padded as sequencer_padded,
  record.occurrence as occurrence,
  toUInt8OrZero(record.completeness) as completeness,
  toUInt64OrNull(record.size_bytes) as size_bytes,
  record.etag as etag,
  record.aws_region as aws_region,
  record.account_id as account_id,
  record.principal_id as principal_id,
  record.source_ip_address as source_ip_address,
  record.request_id as request_id,
  record.host_id as host_id,
  record.configuration_id as configuration_id,
  record.reason as reason,
  record.deletion_type as deletion_type,
  record.replication_rule_id as replication_rule_id,
  record.replication_destination_bucket as replication_destination_bucket,
  record.replication_operation as replication_operation,
  moment(record.replication_request_time) as replication_request_time,
  record.replication_failure_reason as replication_failure_reason,
  record.replication_threshold as replication_threshold,
  record.replication_time as replication_time,
  record.source_storage_class as source_storage_class,
  record.destination_storage_class as destination_storage_class,
  record.destination_access_tier as destination_access_tier,
  moment(record.restore_expiry_time) as restore_expiry_time,
  record.restore_storage_class as restore_storage_class,
  record.envelope as envelope,
  if(reject_reason = 'not a decoded record', line, record.raw) as raw
from (
  select
    batch_id,
    line_number,
    line,
    untuple(JSONExtract(line, 'Tuple(
      event_time String, event_name String, event_version String, event_id String, bucket String, key String,
      version_id String, sequencer String, sequencer_padded String, occurrence String, completeness String,
      size_bytes String, etag String, aws_region String, account_id String, principal_id String,
      source_ip_address String, request_id String, host_id String, configuration_id String, reason String,
      deletion_type String, replication_rule_id String, replication_destination_bucket String,
      replication_operation String, replication_request_time String, replication_failure_reason String,
      replication_threshold String, replication_time String, source_storage_class String,
      destination_storage_class String, destination_access_tier String, restore_expiry_time String,
      restore_storage_class String, envelope String, raw String, reject_reason String, skipped String)')) as record
  from {records}
)
