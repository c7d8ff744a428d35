-- Reads entries of the ops log; the braced placeholder gives (batch_id, line_number, record, rows_before), see json-lines.ts.
-- Read from the innermost SELECT outwards: name the members; say what the entry is; a row for each request and each key of
-- a multi-delete, as S3's own log has them; its columns. A row of a key has of the request who, where from and under which id.
with
  {redacted},
  {redacted_json},
  match(entry.uri, '(?i)[?&]x-amz-algorithm=') as is_presigned_v4,
  match(entry.uri, '(?i)[?&]awsaccesskeyid=') as is_presigned_v2
select
  'rgw-ops-log' as format,
  batch_id,
  line_number,
  multiIf(problem != '', 'reject', is_skipped, 'skipped', 'fact')::Enum8('fact' = 1, 'reject' = 2, 'skipped' = 3, 'odd' = 4) as outcome,
  problem as reject_reason,
  if(problem = '', '', redacted_json(substring(record, 1, 65536))) as line,
  toUInt32(rows_before + place) as record_number,
  '' as bucket_owner,
  entry.bucket as bucket,
  assumeNotNull(moment) as time,
  trimBoth(splitByChar(',', entry.remote_addr)[1]) as remote_ip,
  if(is_anonymous, '', entry.user) as requester,
  entry.trans_id as request_id,
  row.1 as operation,
  row.2 as key,
  '' as key_encoded,
  if(is_key, '', redacted(entry.uri)) as request_uri,
  if(is_key, row.4, toUInt16OrZero(entry.http_status)) as http_status,
  if(is_key, '', entry.error_code) as error_code,
  if(is_key, 0, toUInt64OrZero(entry.bytes_sent)) as bytes_sent,
  if(is_key, 0, toUInt64OrZero(entry.bytes_received)) as bytes_received,
  if(
    row.1 in ('REST.GET.OBJECT', 'REST.HEAD.OBJECT', 'REST.PUT.OBJECT', 'REST.PUT.PART', 'REST.POST.OBJECT'),
    toUInt64OrNull(entry.object_size),
    null) as object_size,
  if(is_key, null, toUInt32OrNull(entry.total_time)) as total_time_ms,
  null as turn_around_time_ms,
  if(is_key, '', redacted(entry.referrer)) as referer,
  if(is_key, '', entry.user_agent) as user_agent,
  row.3 as version_id,
  '' as host_id,
  multiIf(is_presigned_v4, 'SigV4', is_presigned_v2, 'SigV2', '') as signature_version,
  '' as cipher_suite,
  multiIf(
    is_presigned_v4 or is_presigned_v2 or entry.temp_url = 'true', 'QueryString',
    is_anonymous or row.1 = 'REST.POST.OBJECT', '',
    'AuthHeader') as authentication_type,
  arrayStringConcat(arrayMap(header -> header['HTTP_HOST'], entry.http_x_headers)) as host_header,
  'unknown' as tls_version,
  '' as access_point_arn,
  '' as acl_required,
  '' as source_region,
  arrayConcat(
    arrayFilter(field -> not endsWith(field, '='), [
      concat('operation=', entry.operation),
      concat('remote_addr=', if(position(entry.remote_addr, ',') = 0, '', entry.remote_addr)),
      concat('object_owner=', entry.object_owner),
      concat('authentication_type=', entry.authentication_type),
      concat('access_key_id=', entry.access_key_id),
      concat('subuser=', entry.subuser),
      concat('role_name=', entry.sts_info['role_name']),
      concat('role_session=', entry.sts_info['role_session']),
      concat('temp_url=', if(entry.temp_url = 'true', 'true', '')),
      concat('error_message=', redacted(row.5))]),
    arrayFlatten(arrayMap(
      header -> arrayMap(
        (header_name, value) -> concat(header_name, '=', if(match(header_name, '(?i)auth|token|signature|secret|passw|key|cookie'), 'REDACTED', redacted(value))),
        mapKeys(header), mapValues(header)),
      entry.http_x_headers))) as extra_fields
from (
  with
    extract(entry.uri, '^([A-Z]+) ') as method,
    {known} as known_operation,
    multiIf(
      entry.operation = 'put_obj' and match(entry.uri, '[?&]partNumber='), 'REST.PUT.PART',
      entry.operation = 'list_bucket' and match(entry.uri, '[?&]versions(?:[=& ]|$)'), 'REST.GET.BUCKETVERSIONS',
      known_operation != '' and method = 'HEAD', replaceOne(known_operation, 'REST.GET.', 'REST.HEAD.'),
      known_operation != '', known_operation,
      concat('REST.', if(method = '', 'OTHER', method), '.', upper(replaceRegexpAll(entry.operation, '[^A-Za-z0-9]+', '_')))) as operation_name,
    concat(method, ' /', arrayElement(splitByChar('/', entry.bucket), -1), '/') as opening,
    multiIf(
      entry.object = '-', '',
      entry.object is not null, assumeNotNull(entry.object),
      startsWith(entry.uri, opening), decodeURLComponent(extract(substring(entry.uri, length(opening) + 1), '^[^? ]*')),
      '') as object_key
  select
    *,
    entry.user in ('', 'anonymous') as is_anonymous,
    multiIf(
      record = '', '',
      not startsWith(record, '{') or (entry.operation = '' and not isValidJSON(record)), if(isValidJSON(record), 'not a JSON object', 'not valid JSON'),
      entry.operation = '', 'no operation',
      moment is null, 'no time that is a date',
      '') as problem,
    record = '' or (entry.bucket = '' and known_operation != 'REST.GET.SERVICE') as is_skipped,
    multiIf(
      problem != '' or is_skipped, [('', '', '', toUInt16(0), '')],
      operation_name = 'REST.POST.MULTI_OBJECT_DELETE',
        arrayConcat(
          [(operation_name, '', '', toUInt16(0), '')],
          arrayMap(object -> ('BATCH.DELETE.OBJECT', object.1, object.2, toUInt16OrZero(object.3), object.4), objects)),
      [(operation_name, object_key, extract(entry.uri, '[?&]versionId=([^& ]*)'), toUInt16(0), '')]) as rows
  from (
    select
      batch_id,
      line_number,
      record,
      rows_before,
      untuple(document) as entry,
      tupleElement(tupleElement(document, 'op_data'), 'objects') as objects,
      if(match(tupleElement(document, 'time'), '^20[0-9]{2}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:'), parseDateTimeBestEffortOrNull(tupleElement(document, 'time'), 'UTC'), null) as moment
    from (
      select batch_id, line_number, record, rows_before, JSONExtract(record, 'Tuple(
        bucket String, object Nullable(String), time String, remote_addr String, object_owner String, user String,
        operation String, uri String, http_status String, error_code String, bytes_sent String, bytes_received String,
        object_size String, total_time String, user_agent String, referrer String, trans_id String,
        authentication_type String, access_key_id String, subuser String, temp_url String,
        http_x_headers Array(Map(String, String)), sts_info Map(String, String),
        op_data Tuple(objects Array(Tuple(key String, version_id String, http_status String, error_message String))))') as document
      from ({records_of_lines})
    )
  )
)
array join rows as row, arrayEnumerate(rows) as place, arrayMap(each -> each.1 = 'BATCH.DELETE.OBJECT', rows) as is_key
