-- Reads audit records of MinIO; the braced placeholder gives (batch_id, line_number, record, rows_before), see json-lines.ts.
-- Read from the innermost SELECT outwards: name the members; say what the record is; a row for each request and each key of
-- a multi-delete, as S3's own log has them; its columns. A row of a key has of the request who, where from and under which id.
with
  {redacted},
  {redacted_json},
  -- Nanoseconds, or text with a unit: servers before 2021 wrote "0.001s".
  (nanoseconds, text) -> if(
    nanoseconds != '',
    toFloat64OrNull(nanoseconds) / 1e6,
    toFloat64OrNull(extract(text, '^[0-9.]+'))
      * nullIf(transform(extract(text, '[^0-9.]+$'), ['ns', 'us', 'µs', 'ms', 's'], [0.000001, 0.001, 0.001, 1., 1000.], 0.), 0.)) as elapsed_ms,
  (ms -> if(ms >= 0 and ms < 4294967295, toUInt32(round(ms)), null)) as whole_ms,
  intDiv(status_code, 100) = 2 as is_success,
  toInt64OrZero(api.rx) as announced_bytes,
  headers['authorization'] as authorization,
  query['x-amz-algorithm'] as algorithm
select
  'minio-audit' as format,
  batch_id,
  line_number,
  multiIf(problem != '', 'reject', is_skipped, 'skipped', 'fact')::Enum8('fact' = 1, 'reject' = 2, 'skipped' = 3, 'odd' = 4) as outcome,
  problem as reject_reason,
  if(problem = '', '', redacted_json(substring(record, 1, 65536))) as line,
  toUInt32(rows_before + place) as record_number,
  '' as bucket_owner,
  api.bucket as bucket,
  assumeNotNull(moment) as time,
  audit.remotehost as remote_ip,
  multiIf(
    audit.parentUser != '', audit.parentUser,
    audit.accessKey != '', audit.accessKey,
    claims['accessKey'] != '', claims['accessKey'],
    is_success, coalesce(
      nullIf(extract(authorization, 'Credential=([^/]+)/'), ''),
      nullIf(extract(authorization, '^AWS ([^:]+):'), ''),
      nullIf(extract(query['x-amz-credential'], '^([^/]+)/'), ''),
      query['awsaccesskeyid']),
    '') as requester,
  if(audit.requestID != '', audit.requestID, replies['x-amz-request-id']) as request_id,
  row.1 as operation,
  row.2 as key,
  '' as key_encoded,
  if(is_key or audit.requestPath = '', '', redacted(concat(
    transform(splitByChar('.', row.1)[2], ['COPY', 'OTHER'], ['PUT ', ''], concat(splitByChar('.', row.1)[2], ' ')),
    replaceAll(encodeURLComponent(audit.requestPath), '%2F', '/'),
    if(empty(audit.requestQuery), '', concat('?', arrayStringConcat(
      arrayMap(
        (name, value) -> if(value = '', encodeURLComponent(name), concat(encodeURLComponent(name), '=', encodeURLComponent(value))),
        mapKeys(audit.requestQuery), mapValues(audit.requestQuery)),
      '&')))))) as request_uri,
  if(is_key, 0, status_code) as http_status,
  if(is_key, '', replies['x-minio-error-code']) as error_code,
  if(is_key, 0, toUInt64(greatest(toInt64OrZero(api.tx), 0))) as bytes_sent,
  multiIf(
    is_key or not is_success, 0,
    announced_bytes >= 0, toUInt64(announced_bytes),
    toUInt64OrZero(headers['x-amz-decoded-content-length'])) as bytes_received,
  multiIf(
    is_key, null,
    row.1 in ('REST.PUT.OBJECT', 'REST.PUT.PART') and headers['x-amz-decoded-content-length'] != '',
      toUInt64OrNull(headers['x-amz-decoded-content-length']),
    row.1 in ('REST.PUT.OBJECT', 'REST.PUT.PART') and announced_bytes >= 0, toUInt64(announced_bytes),
    row.1 in ('REST.GET.OBJECT', 'REST.HEAD.OBJECT') and status_code = 200, toUInt64OrNull(replies['content-length']),
    row.1 in ('REST.GET.OBJECT', 'REST.HEAD.OBJECT') and status_code = 206, toUInt64OrNull(extract(replies['content-range'], '/([0-9]+)$')),
    null) as object_size,
  if(is_key, null, whole_ms(elapsed_ms(api.timeToResponseInNS, api.timeToResponse))) as total_time_ms,
  if(is_key or announced_bytes != 0, null, whole_ms(elapsed_ms(api.timeToFirstByteInNS, api.timeToFirstByte))) as turn_around_time_ms,
  if(is_key, '', redacted(headers['referer'])) as referer,
  if(is_key, '', audit.userAgent) as user_agent,
  row.3 as version_id,
  replies['x-amz-id-2'] as host_id,
  multiIf(
    startsWith(authorization, 'AWS4-') or (authorization = '' and startsWith(algorithm, 'AWS4-')), 'SigV4',
    startsWith(authorization, 'AWS ') or (authorization = '' and query['awsaccesskeyid'] != ''), 'SigV2',
    '') as signature_version,
  '' as cipher_suite,
  multiIf(authorization != '', 'AuthHeader', algorithm != '' or query['awsaccesskeyid'] != '', 'QueryString', '') as authentication_type,
  audit.requestHost as host_header,
  if(is_lifecycle, '', 'unknown') as tls_version,
  '' as access_point_arn,
  '' as acl_required,
  '' as source_region,
  arrayFilter(field -> not endsWith(field, '='), [
    concat('api.name=', api.name),
    concat('deploymentid=', audit.deploymentid),
    concat('accessKey=', if(audit.parentUser = '', '', audit.accessKey)),
    concat('trigger=', if(is_lifecycle, trigger_name, '')),
    concat('ilm-action=', audit.tags['ilm-action']),
    concat('ilm-rule-id=', audit.tags['ilm-rule-id']),
    concat('error=', redacted(audit.error))]) as extra_fields
from (
  with
    upper(replaceRegexpAll(api.name, '([a-z0-9])([A-Z])', '\\1_\\2')) as words,
    splitByChar('_', words)[1] as verb,
    transform(verb, ['GET', 'LIST', 'HEAD', 'PUT', 'POST', 'DELETE'], ['GET', 'GET', 'HEAD', 'PUT', 'POST', 'DELETE'], 'OTHER') as method,
    if(method = 'OTHER', words, substring(words, length(verb) + 2)) as resource,
    {lifecycle} as lifecycle_operation,
    {known} as known_operation,
    multiIf(
      is_lifecycle, lifecycle_operation,
      known_operation != '', known_operation,
      concat('REST.', method, '.', if(resource = '', 'UNKNOWN', resource))) as operation
  select
    *,
    startsWith(trigger_name, 'ilm:') and lifecycle_operation != '' as is_lifecycle,
    multiIf(
      record = '', '',
      not startsWith(record, '{') or (api.name = '' and not isValidJSON(record)), if(isValidJSON(record), 'not a JSON object', 'not valid JSON'),
      is_internal and not is_lifecycle, '',
      api.name = '', 'no api.name',
      moment is null, 'no time that is a date',
      '') as problem,
    record = ''
      or (is_internal and not is_lifecycle)
      or (api.bucket = '' and known_operation != 'REST.GET.SERVICE')
      or startsWith(api.bucket, '.minio.sys')
      or startsWith(audit.requestPath, '/minio/') as is_skipped,
    multiIf(
      problem != '' or is_skipped, [('', '', '')],
      is_lifecycle and notEmpty(api.objects), arrayMap(object -> (operation, object.1, object.2), api.objects),
      operation = 'REST.POST.MULTI_OBJECT_DELETE' and intDiv(status_code, 100) = 2,
        arrayConcat([(operation, '', '')], arrayMap(object -> ('BATCH.DELETE.OBJECT', object.1, object.2), api.objects)),
      [(operation, api.object, query['versionid'])]) as rows
  from (
    select
      batch_id,
      line_number,
      record,
      rows_before,
      untuple(document) as audit,
      untuple(tupleElement(document, 'api')) as api,
      mapApply((name, value) -> (lower(name), value), tupleElement(document, 'requestHeader')) as headers,
      mapApply((name, value) -> (lower(name), value), tupleElement(document, 'responseHeader')) as replies,
      mapApply((name, value) -> (lower(name), value), tupleElement(document, 'requestQuery')) as query,
      tupleElement(document, 'requestClaims') as claims,
      toUInt16OrZero(tupleElement(tupleElement(document, 'api'), 'statusCode')) as status_code,
      trimBoth(if(tupleElement(document, 'trigger') != '', tupleElement(document, 'trigger'), tupleElement(document, 'event'))) as trigger_name,
      trigger_name not in ('', 'incoming') as is_internal,
      if(match(tupleElement(document, 'time'), '^20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:'), parseDateTimeBestEffortOrNull(tupleElement(document, 'time'), 'UTC'), null) as moment
    from (
      select batch_id, line_number, record, rows_before, JSONExtract(record, 'Tuple(
        deploymentid String, time String, event String, trigger String,
        api Tuple(
          name String, bucket String, object String, objects Array(Tuple(objectName String, versionId String)),
          statusCode String, rx String, tx String, timeToFirstByte String, timeToFirstByteInNS String,
          timeToResponse String, timeToResponseInNS String),
        remotehost String, requestID String, userAgent String, requestPath String, requestHost String,
        accessKey String, parentUser String, error String,
        requestQuery Map(String, String), requestHeader Map(String, String), responseHeader Map(String, String),
        requestClaims Map(String, String), tags Map(String, String))') as document
      from ({records_of_lines})
    )
  )
)
array join rows as row, arrayEnumerate(rows) as place, arrayMap(each -> each.1 = 'BATCH.DELETE.OBJECT', rows) as is_key
