-- Reads CloudTrail's documents; the braced placeholder gives (batch_id, line_number, line), a row for each document.
-- Parameter event_sources: the services whose events become facts; * for all of them.
-- A document as CloudTrail writes it is cut at the seams between its records, twice as fast as by JSON functions: as many
-- pieces as event ids. Anything else is taken apart with care: other spacing, a bare array, JSON lines, EventBridge's events.
-- Read from the innermost SELECT outwards: cut the document; take odd ones apart; a row for each record; its columns.
with
  source -> has({event_sources:Array(String)}, source) or has({event_sources:Array(String)}, '*') as is_wanted,
  'Tuple(
    eventVersion String, eventTime String, eventSource String, eventName String, awsRegion String,
    sourceIPAddress String, userAgent String, errorCode String, errorMessage String, requestID String, eventID String,
    readOnly String, managementEvent String, eventCategory String, eventType String, recipientAccountId String,
    sharedEventID String, vpcEndpointId String, vpcEndpointAccountId String, sessionCredentialFromConsole String,
    userIdentity Tuple(
      type String, principalId String, arn String, accountId String, accessKeyId String, userName String, invokedBy String,
      sessionContext Tuple(
        sessionIssuer Tuple(type String, arn String, userName String),
        attributes Tuple(mfaAuthenticated String))),
    requestParameters Tuple(
      bucketName String, bucket String, key String, prefix String, versionId String, Host String,
      `x-amz-copy-source` String, `x-amz-acl` String),
    responseElements Tuple(`x-amz-version-id` String),
    additionalEventData Tuple(
      SignatureVersion String, CipherSuite String, AuthenticationMethod String, aclRequired String, SSEApplied String,
      bytesTransferredIn Nullable(Float64), bytesTransferredOut Nullable(Float64), `x-amz-id-2` String),
    resources Array(Tuple(ARN String)),
    tlsDetails Tuple(tlsVersion String, cipherSuite String, clientProvidedHostHeader String),
    digestS3Bucket String)' as record_type,
  text -> multiIf(text = 'true', true, text = 'false', false, null) as yes_or_no,
  (size -> if(size >= 0 and size < 1e15, toUInt64(size), null)) as byte_count,
  text -> if(
    multiSearchAnyCaseInsensitive(text, ['signature=', 'token=', 'key=', 'sig=', 'secret', 'passw', 'signature"', 'token"', 'customer-key"']),
    replaceRegexpAll(
      replaceRegexpAll(text, '(?i)((?:["?&]|\\\\u0026)(?:x(?:-|%2d)amz(?:-|%2d)(?:signature|security(?:-|%2d)token)|signature|sig|(?:access_|id_|refresh_|auth_)?token|api_?key|password|passwd|(?:client_)?secret)=)[^&\\s"\\\\]*', '\\1REDACTED'),
      '(?i)("(?:x-amz-signature|x-amz-security-token|x-amz-s3session-token|signature|(?:session|security|access_|id_|refresh_|auth_)?token|secretaccesskey|password|passwd|(?:client_)?secret|x-amz-(?:copy-source-)?server-side-encryption-customer-key)"\\s*:\\s*")(?:[^"\\\\]|\\\\.)*', '\\1REDACTED'),
    text) as redacted

select
  batch_id,
  record_number as line_number,
  multiIf(
    reject_reason != '', 'reject',
    event.digestS3Bucket != '' or event.eventCategory = 'Insight' or not is_wanted(event.eventSource), 'skipped',
    'fact')::Enum8('fact' = 1, 'reject' = 2, 'skipped' = 3) as outcome,
  multiIf(
    not startsWith(record, '{') or (event.eventID = '' and not isValidJSON(record)), 'not valid JSON',
    event.digestS3Bucket != '' or event.eventCategory = 'Insight', '',
    not is_wanted(event.eventSource) and event.eventSource != '', '',
    event.eventID = '', 'no eventID',
    time is null, 'no eventTime that is a date',
    event.eventSource = '', 'no eventSource',
    event.eventName = '', 'no eventName',
    '') as reject_reason,
  event.eventID as event_id,
  assumeNotNull(time) as event_time,
  event.eventVersion as event_version,
  event.eventName as event_name,
  event.eventSource as event_source,
  event.eventType as event_type,
  event.eventCategory as event_category,
  yes_or_no(event.managementEvent) as management_event,
  yes_or_no(event.readOnly) as read_only,
  event.awsRegion as aws_region,
  event.recipientAccountId as recipient_account_id,
  event.requestID as request_id,
  event.sharedEventID as shared_event_id,
  event.errorCode as error_code,
  redacted(event.errorMessage) as error_message,
  event.sourceIPAddress as source_ip_address,
  if(startsWith(event.userAgent, '[') and endsWith(event.userAgent, ']'), substring(event.userAgent, 2, length(event.userAgent) - 2), event.userAgent) as user_agent,
  event.vpcEndpointId as vpc_endpoint_id,
  event.vpcEndpointAccountId as vpc_endpoint_account_id,
  identity.type as principal_type,
  identity.principalId as principal_id,
  identity.arn as principal_arn,
  identity.accountId as account_id,
  identity.accessKeyId as access_key_id,
  identity.userName as user_name,
  identity.invokedBy as invoked_by,
  issuer.type as session_issuer_type,
  issuer.arn as session_issuer_arn,
  issuer.userName as session_issuer_user_name,
  if(identity.type in ('AssumedRole', 'FederatedUser'), splitByChar(':', identity.principalId)[2], '') as session_name,
  yes_or_no(attributes.mfaAuthenticated) as mfa_authenticated,
  yes_or_no(event.sessionCredentialFromConsole) as session_credential_from_console,
  multiIf(
    parameters.bucketName != '', parameters.bucketName,
    parameters.bucket != '', parameters.bucket,
    bucket_arn != '', substring(bucket_arn, length('arn:aws:s3:::') + 1),
    extract(host_header, '^([a-z0-9][a-z0-9.-]*)\\.s3(?:-accelerate|-fips)?(?:\\.dualstack)?(?:[.-][a-z]{2}(?:-[a-z]+)+-[0-9])?\\.amazonaws\\.com')) as bucket,
  parameters.key as key,
  parameters.prefix as prefix,
  parameters.versionId as version_id,
  response.`x-amz-version-id` as created_version_id,
  parameters.`x-amz-copy-source` as copy_source,
  parameters.`x-amz-acl` as canned_acl,
  arrayFilter(arn -> arn != '', arns) as resource_arns,
  arrayFirst(arn -> position(arn, ':accesspoint/') > 0, arns) as access_point_arn,
  byte_count(additional.bytesTransferredIn) as bytes_in,
  byte_count(additional.bytesTransferredOut) as bytes_out,
  additional.`x-amz-id-2` as host_id,
  additional.SignatureVersion as signature_version,
  additional.AuthenticationMethod as authentication_method,
  if(tls.cipherSuite != '', tls.cipherSuite, additional.CipherSuite) as cipher_suite,
  tls.tlsVersion as tls_version,
  if(tls.clientProvidedHostHeader != '', tls.clientProvidedHostHeader, parameters.Host) as host_header,
  additional.aclRequired as acl_required,
  additional.SSEApplied as sse_applied,
  redacted(record) as raw
from (
  select
    *,
    if(match(event.eventTime, '^20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:'), parseDateTimeBestEffortOrNull(event.eventTime, 'UTC'), null) as time,
    arrayFirst(arn -> startsWith(arn, 'arn:aws:s3:::') and position(arn, '/') = 0, arns) as bucket_arn
  from (
    -- A column for each member: reading members of a tuple with a dot was a third of the time.
    with
      tupleElement(tupleElement(document, 'userIdentity'), 'sessionContext') as session
    select
      batch_id,
      record_number,
      record,
      untuple(document) as event,
      untuple(tupleElement(document, 'userIdentity')) as identity,
      untuple(tupleElement(session, 'sessionIssuer')) as issuer,
      untuple(tupleElement(session, 'attributes')) as attributes,
      untuple(tupleElement(document, 'requestParameters')) as parameters,
      untuple(tupleElement(document, 'responseElements')) as response,
      untuple(tupleElement(document, 'additionalEventData')) as additional,
      untuple(tupleElement(document, 'tlsDetails')) as tls,
      tupleElement(tupleElement(document, 'resources'), 'ARN') as arns
    from (
      select batch_id, record_number, record, JSONExtract(record, record_type) as document
      from (
        with
          arraySlice([line], 1, not is_plain) as odd,
          arrayMap(text -> multiIf(
            isValidJSON(text), if(startsWith(trimLeft(text, ' \t\r\n'), '['), JSONExtractArrayRaw(text), [text]),
            isValidJSON(splitByChar('\n', trimLeft(text, ' \t\r\n'))[1]), splitByChar('\n', text),
            [text]), odd) as roots
        select
          batch_id,
          if(is_plain,
            arrayMap(piece -> concat('{"eventVersion":', piece), pieces),
            arrayFilter(record -> trimBoth(record, ' \t\r\n') != '', arrayFlatten(arrayMap(root -> multiIf(
              JSONType(root, 'Records') = 'Array', JSONExtractArrayRaw(root, 'Records'),
              endsWith(JSONExtractString(root, 'detail-type'), ' via CloudTrail') and JSONHas(root, 'detail'), [JSONExtractRaw(root, 'detail')],
              [root]), arrayFlatten(roots))))) as records
        from (
          with
            '{"Records":[{"eventVersion":' as opening,
            trimRight(line, ' \t\r\n') as trimmed
          select
            batch_id,
            line,
            splitByString(',{"eventVersion":', if(startsWith(line, opening) and endsWith(trimmed, '}]}'), substring(trimmed, length(opening) + 1, length(trimmed) - length(opening) - 2), '')) as pieces,
            length(pieces) = countSubstrings(line, '"eventID":"') and arrayAll(piece -> endsWith(piece, '}'), pieces) as is_plain
          from {records}
        )
      )
      array join records as record, arrayEnumerate(records) as record_number
    )
  )
)
