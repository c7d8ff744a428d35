-- Reads rows of S3 Inventory's data files; the braced placeholder gives (batch_id, line_number) and the fields under the names
-- they have in Parquet and ORC, each the text of its value, null where the report leaves it out.
-- Parameters: report and report_time (milliseconds since 1970), source_bucket, is_key_encoded (1 for CSV), namespace (of the
-- store that was listed; empty for one without).
with
  text -> if(match(text, '^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:'), parseDateTime64BestEffortOrNull(text, 3, 'UTC'), null) as moment,
  text -> multiIf(lower(text) in ('true', '1'), 1, lower(text) in ('false', '0'), 0, null)::Nullable(UInt8) as yes_or_no
select
  batch_id,
  line_number,
  if(reason = '', 'fact', 'reject')::Enum8('fact' = 1, 'reject' = 2) as outcome,
  reason as reject_reason,
  {report:String} as report,
  fromUnixTimestamp64Milli({report_time:Int64}, 'UTC') as report_time,
  if({namespace:String} = '', fields.bucket, concat({namespace:String}, ':', fields.bucket)) as bucket,
  if({is_key_encoded:UInt8} = 1, decodeURLFormComponent(fields.key), fields.key) as key,
  fields.version_id as version_id,
  ifNull(yes_or_no(fields.is_latest), 1) as is_latest,
  ifNull(yes_or_no(fields.is_delete_marker), 0) as is_delete_marker,
  toUInt64OrNull(fields.size) as size_bytes,
  moment(fields.last_modified_date) as last_modified,
  replaceAll(fields.e_tag, '"', '') as etag,
  fields.storage_class as storage_class,
  yes_or_no(fields.is_multipart_uploaded) as is_multipart_uploaded,
  fields.replication_status as replication_status,
  fields.encryption_status as encryption_status,
  moment(fields.object_lock_retain_until_date) as object_lock_retain_until,
  fields.object_lock_mode as object_lock_mode,
  fields.object_lock_legal_hold_status as legal_hold,
  fields.intelligent_tiering_access_tier as tier,
  fields.bucket_key_status as bucket_key_status,
  fields.checksum_algorithm as checksum_algorithm,
  if(reason = '', '', toJSONString(map(
    'bucket', fields.bucket, 'key', fields.key, 'version_id', fields.version_id, 'size', fields.size,
    'last_modified_date', fields.last_modified_date, 'is_latest', fields.is_latest,
    'is_delete_marker', fields.is_delete_marker))) as raw
from (
  select
    *,
    multiIf(
      fields.key = '', 'no key',
      fields.size != '' and toUInt64OrNull(fields.size) is null, 'the size is not a number',
      fields.last_modified_date != '' and moment(fields.last_modified_date) is null, 'the date of the last change is not a date',
      fields.object_lock_retain_until_date != '' and moment(fields.object_lock_retain_until_date) is null, 'the date of the retention is not a date',
      fields.is_latest != '' and yes_or_no(fields.is_latest) is null, 'IsLatest is neither true nor false',
      fields.is_delete_marker != '' and yes_or_no(fields.is_delete_marker) is null, 'IsDeleteMarker is neither true nor false',
      '') as reason
  from (
    select
      batch_id,
      line_number,
      if(ifNull(records.bucket, '') = '', {source_bucket:String}, assumeNotNull(records.bucket)) as `fields.bucket`,
      ifNull(records.key, '') as `fields.key`,
      ifNull(records.version_id, '') as `fields.version_id`,
      ifNull(records.is_latest, '') as `fields.is_latest`,
      ifNull(records.is_delete_marker, '') as `fields.is_delete_marker`,
      ifNull(records.size, '') as `fields.size`,
      ifNull(records.last_modified_date, '') as `fields.last_modified_date`,
      ifNull(records.e_tag, '') as `fields.e_tag`,
      ifNull(records.storage_class, '') as `fields.storage_class`,
      ifNull(records.is_multipart_uploaded, '') as `fields.is_multipart_uploaded`,
      ifNull(records.replication_status, '') as `fields.replication_status`,
      ifNull(records.encryption_status, '') as `fields.encryption_status`,
      ifNull(records.object_lock_retain_until_date, '') as `fields.object_lock_retain_until_date`,
      ifNull(records.object_lock_mode, '') as `fields.object_lock_mode`,
      ifNull(records.object_lock_legal_hold_status, '') as `fields.object_lock_legal_hold_status`,
      ifNull(records.intelligent_tiering_access_tier, '') as `fields.intelligent_tiering_access_tier`,
      ifNull(records.bucket_key_status, '') as `fields.bucket_key_status`,
      ifNull(records.checksum_algorithm, '') as `fields.checksum_algorithm`
    from {records} as records
  )
)
