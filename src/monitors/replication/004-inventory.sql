-- What inventory reports tell of versions. A row without a version id but with a replication status is of a versioned bucket
-- whose report has current versions alone: nobody can say which version it is, so it is evidence of none. The version id
-- null is what events leave empty.
create materialized view if not exists object_versions_from_inventory to object_versions as
select
  bucket,
  key,
  if(inventory_objects.version_id = 'null', '', inventory_objects.version_id) as version_id,
  (toUInt8(255), toDateTime64(0, 3, 'UTC')) as created,
  last_modified as modified,
  report_time as seen_at,
  report_time as last_seen_at,
  if(size_bytes is null, (toDateTime64(0, 3, 'UTC'), toUInt64(0)), (report_time, assumeNotNull(size_bytes))) as size,
  if(inventory_objects.etag = '', (toDateTime64(0, 3, 'UTC'), ''), (report_time, inventory_objects.etag)) as etag,
  if(inventory_objects.replication_status = '', (toDateTime64(0, 3, 'UTC'), ''), (report_time, toString(inventory_objects.replication_status))) as replication_status,
  is_delete_marker,
  toUInt8(8) as feeds
from inventory_objects
where inventory_objects.version_id != '' or inventory_objects.replication_status = '';

create materialized view if not exists replication_touched_from_inventory to replication_touched as
select
  batch_id as unit,
  bucket,
  key,
  if(inventory_objects.version_id = 'null', '', inventory_objects.version_id) as version_id
from inventory_objects
where inventory_objects.version_id != '' and replication_status != '';
