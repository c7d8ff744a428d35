-- Data events of CloudTrail that write: events of objects too, where no notification tells. A multi-delete names no keys.
create materialized view if not exists object_events_from_cloudtrail to object_events as
with
  if(cloudtrail_parsed.version_id = 'null', '', cloudtrail_parsed.version_id) as version_asked_for,
  if(cloudtrail_parsed.created_version_id = 'null', '', cloudtrail_parsed.created_version_id) as version_made
select
  batch_id,
  line_number as record_number,
  toDateTime64(cloudtrail_parsed.event_time, 3, 'UTC') as event_time,
  multiIf(
    cloudtrail_parsed.event_name = 'PutObject', 'ObjectCreated:Put',
    cloudtrail_parsed.event_name = 'CopyObject', 'ObjectCreated:Copy',
    cloudtrail_parsed.event_name = 'CompleteMultipartUpload', 'ObjectCreated:CompleteMultipartUpload',
    cloudtrail_parsed.event_name = 'PutObjectTagging', 'ObjectTagging:Put',
    cloudtrail_parsed.event_name = 'DeleteObjectTagging', 'ObjectTagging:Delete',
    cloudtrail_parsed.event_name = 'PutObjectAcl', 'ObjectAcl:Put',
    version_asked_for = '' and version_made != '', 'ObjectRemoved:DeleteMarkerCreated',
    'ObjectRemoved:Delete') as event_name,
  cloudtrail_parsed.event_version as event_version,
  bucket,
  key,
  if(version_made = '', version_asked_for, version_made) as version_id,
  concat(toString(cloudtrail_parsed.event_time), ' ', if(request_id = '', cloudtrail_parsed.event_id, request_id)) as occurrence,
  toUInt8(0) as completeness,
  if(cloudtrail_parsed.event_name = 'PutObject' and invoked_by = '', bytes_in, null) as size_bytes,
  aws_region,
  principal_id,
  source_ip_address,
  request_id,
  host_id,
  'cloudtrail' as envelope
from cloudtrail_parsed
where outcome = 'fact'
  and error_code = ''
  and cloudtrail_parsed.event_name in ('PutObject', 'CopyObject', 'CompleteMultipartUpload', 'DeleteObject', 'PutObjectTagging', 'DeleteObjectTagging', 'PutObjectAcl')
  and event_source in ('s3.amazonaws.com', 's3express.amazonaws.com', 's3-outposts.amazonaws.com')
  and bucket != ''
  and key != '';
