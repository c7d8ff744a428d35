-- Lines that are not ordinary, taken apart by word from both ends: quotes inside the quoted fields, bare dashes, requesters
-- with spaces. JSON records are read by name. `fields` holds the fields in log order, or one element: why they could not be
-- read. Read from the innermost SELECT outwards: find the boundaries one by one; put the fields together; give them types.
with
  field -> if(field in ('-', '"-"'), '', field) as value,
  {redacted},
  value(fields[8]) as logged_key
select
  batch_id,
  line_number,
  value(fields[1]) as bucket_owner,
  value(fields[2]) as bucket,
  toDateTimeOrZero(fields[3], 'UTC') as time,
  value(fields[4]) as remote_ip,
  if(fields[5] = 'Anonymous', '', value(fields[5])) as requester,
  value(fields[6]) as request_id,
  value(fields[7]) as operation,
  if(is_json or position(logged_key, '%') = 0, logged_key, decodeURLComponent(decodeURLComponent(logged_key))) as key,
  if(key = logged_key, '', logged_key) as key_encoded,
  redacted(value(fields[9])) as request_uri,
  toUInt16OrZero(fields[10]) as http_status,
  value(fields[11]) as error_code,
  toUInt64OrZero(fields[12]) as bytes_sent,
  {bytes_received} as bytes_received,
  toUInt64OrNull(fields[13]) as object_size,
  toUInt32OrNull(fields[14]) as total_time_ms,
  toUInt32OrNull(fields[15]) as turn_around_time_ms,
  redacted(value(fields[16])) as referer,
  value(fields[17]) as user_agent,
  value(fields[18]) as version_id,
  value(fields[19]) as host_id,
  value(fields[20]) as signature_version,
  value(fields[21]) as cipher_suite,
  value(fields[22]) as authentication_type,
  value(fields[23]) as host_header,
  value(fields[24]) as tls_version,
  value(fields[25]) as access_point_arn,
  value(fields[26]) as acl_required,
  value(fields[27]) as source_region,
  arraySlice(fields, 28) as extra_fields,
  if(length(fields) = 1, fields[1], '') as reject_reason,
  if(length(fields) = 1, redacted(record), '') as line,
  '' as odd_line
from (
  with
    field -> if(length(field) >= 2 and startsWith(field, '"') and endsWith(field, '"'), substring(field, 2, length(field) - 2), field) as unquoted,
    JSONExtract(if(is_json, record, '{}'), 'Map(String, String)') as json,
    replaceOne(substring(json['request_time'], 1, 19), 'T', ' ') as json_time
  select
    batch_id,
    line_number,
    record,
    is_json,
    multiIf(
      length(record) > 262144, ['longer than 256 KiB'],
      is_json and not isValidJSON(record), ['not valid JSON'],
      is_json and toDateTimeOrZero(json_time, 'UTC') = 0, ['no request_time in the JSON record'],
      is_json and json['operation'] = '', ['no operation in the JSON record'],
      is_json, [
        json['bucket_owner_id'], json['bucket_name'], json_time, json['remote_ip'], json['requester'], json['request_id'],
        json['operation'], json['key_name'], json['request_uri'], json['http_status'], json['error_code'],
        json['bytes_sent'], json['object_size'], json['total_time'], json['turn_around_time'],
        json['referer'] || json['referrer'], json['user_agent'], json['version_id'], json['host_id'],
        json['signature_version'], json['cipher_suite'], json['authentication_type'] || json['auth_type'],
        json['host_header'], json['tls_version'], json['access_point_arn'], json['acl_required'], json['source_region']],
      length(words) > 8192, ['more than 8,192 words'],
      length(words) < 18, [concat('fewer than 18 fields: ', toString(length(words)))],
      not match(words[4], '^[+-][0-9]{4}\\]$') or not startsWith(words[3], '['), ['no [time +0000] in the third field'],
      time = 0, ['the time is not a date'],
      uri_end = 0, ['no end of the request URI with status, error code and four numbers behind it'],
      agent_end = 0, ['no end of the user agent with the remaining fields behind it'],
      referer_end = 0, ['no boundary between referer and user agent'],
      arrayConcat(
        [words[1], words[2], toString(time), words[5],
         trimBoth(arrayStringConcat(arraySlice(words, 6, operation_at - 7), ' ')),
         words[operation_at - 1], words[operation_at], words[operation_at + 1],
         unquoted(arrayStringConcat(arraySlice(words, operation_at + 2, uri_end - operation_at - 1), ' '))],
        arraySlice(words, uri_end + 1, 6),
        [unquoted(arrayStringConcat(arraySlice(rest, 1, referer_end), ' ')),
         unquoted(arrayStringConcat(arraySlice(rest, referer_end + 1, agent_end - referer_end), ' '))],
        arraySlice(rest, agent_end + 1))) as fields
  from (
    select
      *,
      arrayFirstIndex(
        (word, next, position) -> position < agent_end
          and ((endsWith(word, '"') and (position > 1 or length(word) > 1)) or (word = '-' and position = 1))
          and (startsWith(next, '"') or (next = '-' and position = agent_end - 1)),
        rest, arrayShiftLeft(rest, 1, ''), arrayEnumerate(rest)) as referer_end
    from (
      select
        *,
        multiIf(
          long_agent_end > 0, long_agent_end,
          length(rest) >= 3 and (endsWith(rest[-2], '"') or rest[-2] = '-'), length(rest) - 1,
          length(rest) >= 2 and endsWith(rest[-1], '"'), toInt64(length(rest)),
          0) as agent_end
      from (
        -- The user agent ends where version id, host id, signature version, cipher, authentication, host and TLS follow.
        select
          *,
          arrayLastIndex(
            (agent, signature, authentication, tls, position) ->
              position >= 2 and (endsWith(agent, '"') or (agent = '-' and position = 2))
              and match(signature, '^(?:SigV[0-9A-Za-z]+|-)$')
              and match(authentication, '^(?:[A-Za-z]+|-)$')
              and match(tls, '^(?:(?i:TLSv)[0-9.]+|-)$'),
            rest, arrayShiftLeft(rest, 3, ''), arrayShiftLeft(rest, 5, ''), arrayShiftLeft(rest, 7, ''), arrayEnumerate(rest))
          as long_agent_end
        from (
          select *, arraySlice(words, uri_end + 7) as rest
          from (
            with word -> match(word, '^(?:[0-9]+|-)$') as is_number
            select
              *,
              arrayFirstIndex(
                (word, status, code, sent, size, total, turn_around, position) ->
                  (endsWith(word, '"') or (word = '-' and position = operation_at + 2))
                  and (position > operation_at + 2 or (position = operation_at + 2 and word != '"'))
                  and match(status, '^(?:[0-9]{3}|-)$') and code != ''
                  and is_number(sent) and is_number(size) and is_number(total) and is_number(turn_around),
                words,
                arrayShiftLeft(words, 1, ''), arrayShiftLeft(words, 2, ''), arrayShiftLeft(words, 3, ''),
                arrayShiftLeft(words, 4, ''), arrayShiftLeft(words, 5, ''), arrayShiftLeft(words, 6, ''),
                arrayEnumerate(words)) as uri_end
            from (
              with
                {parse_time},
                arrayFirstIndex(
                  (word, position) -> position >= 7 and match(word, '^(?:REST|SOAP|WEBSITE|BATCH|S3)(?:\\.[A-Za-z0-9_]+)+$'),
                  words, arrayEnumerate(words)) as named_operation_at
              select
                *,
                if(named_operation_at = 0, 7, named_operation_at) as operation_at,
                -- S3 logs UTC; stores like it may log another zone.
                (toInt32OrZero(substring(words[4], 2, 2)) * 3600 + toInt32OrZero(substring(words[4], 4, 2)) * 60)
                  * if(startsWith(words[4], '-'), -1, 1) as ahead_s,
                if(startsWith(words[3], '['), parse_time(substring(words[3], 2)), toDateTime(0, 'UTC')) as local_time,
                if(local_time = 0, local_time, local_time - ahead_s) as time
              from (
                select
                  batch_id,
                  line_number,
                  line as record,
                  startsWith(line, '{') as is_json,
                  if(is_json, emptyArrayString(), splitByChar(' ', trimRight(line))) as words
                from {records}
              )
            )
          )
        )
      )
    )
  )
)
