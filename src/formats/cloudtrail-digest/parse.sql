-- Reads CloudTrail's digests; the braced placeholder gives (batch_id, line_number, line), a row for each document.
-- A row for the digest, then one for each log file it names. Several digests may follow one another, one a line.
with
  'Tuple(
    awsAccountId String, digestStartTime String, digestEndTime String, digestS3Bucket String, digestS3Object String,
    digestPublicKeyFingerprint String, digestSignatureAlgorithm String, newestEventTime String, oldestEventTime String,
    previousDigestS3Bucket String, previousDigestS3Object String, previousDigestHashValue String,
    previousDigestHashAlgorithm String, previousDigestSignature String,
    logFiles Array(Tuple(
      s3Bucket String, s3Object String, hashValue String, hashAlgorithm String,
      newestEventTime String, oldestEventTime String)))' as digest_type,
  text -> if(match(text, '^20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:'), parseDateTimeBestEffortOrNull(text, 'UTC'), null) as moment,
  -- 111122223333_CloudTrail-Digest_eu-west-1_<trail>_eu-west-1_20260301T100000Z.json.gz
  '^[0-9]{12}_CloudTrail-Digest_([a-z0-9-]+)_(.+)_([a-z0-9-]+)_[0-9]{8}T[0-9]{6}Z\\.json' as name_pattern
select
  batch_id,
  line_number,
  multiIf(reason != '', 'reject', place = 0, 'fact', 'file')::Enum8('fact' = 1, 'reject' = 2, 'skipped' = 3, 'file' = 4) as outcome,
  reason as reject_reason,
  digest.awsAccountId as account_id,
  name_parts[1] as region,
  name_parts[2] as trail,
  name_parts[3] as home_region,
  if(place = 0, digest.digestS3Bucket, file.s3Bucket) as bucket,
  if(place = 0, digest.digestS3Object, file.s3Object) as key,
  ifNull(begins, toDateTime(0, 'UTC')) as start_time,
  ifNull(ends, toDateTime(0, 'UTC')) as end_time,
  moment(if(place = 0, digest.oldestEventTime, file.oldestEventTime)) as oldest_event_time,
  moment(if(place = 0, digest.newestEventTime, file.newestEventTime)) as newest_event_time,
  digest.digestPublicKeyFingerprint as public_key_fingerprint,
  digest.digestSignatureAlgorithm as signature_algorithm,
  digest.previousDigestS3Bucket as previous_bucket,
  digest.previousDigestS3Object as previous_key,
  lower(digest.previousDigestHashValue) as previous_hash_value,
  lower(digest.previousDigestSignature) as previous_signature,
  toUInt32(length(digest.logFiles)) as files,
  digest.digestS3Object as digest_key,
  lower(file.hashValue) as hash_value,
  if(reason = '', '', line) as raw
from (
  select
    batch_id,
    line_number,
    line,
    digest,
    name_parts,
    begins,
    ends,
    reason,
    place,
    if(place = 0, defaultValueOfTypeName('Tuple(s3Bucket String, s3Object String, hashValue String, hashAlgorithm String, newestEventTime String, oldestEventTime String)'), digest.logFiles[place]) as file
  from (
    select
      batch_id,
      line_number,
      line,
      JSONExtract(line, digest_type) as digest,
      extractGroups(arrayElement(splitByChar('/', digest.digestS3Object), -1), name_pattern) as name_parts,
      moment(digest.digestStartTime) as begins,
      moment(digest.digestEndTime) as ends,
      multiIf(
        not isValidJSON(line), 'not valid JSON',
        digest.digestS3Bucket = '' or digest.digestS3Object = '', 'no digestS3Object',
        begins is null or ends is null, 'no digestStartTime and digestEndTime that are dates',
        empty(name_parts), 'a digestS3Object that is not the name of a digest',
        digest.previousDigestHashAlgorithm not in ('', 'SHA-256') or arrayExists(one -> one.hashAlgorithm != 'SHA-256', digest.logFiles), 'hashes that are not SHA-256',
        '') as reason
    from (
      with
        arrayFilter(part -> trimBoth(part, ' \t\r') != '', splitByChar('\n', records.line)) as parts
      select
        batch_id,
        document as line,
        number as line_number
      from {records} as records
      array join
        if(arrayAll(part -> startsWith(part, '{') and length(part) > 1, parts), parts, [records.line]) as document,
        arrayEnumerate(if(arrayAll(part -> startsWith(part, '{') and length(part) > 1, parts), parts, [records.line])) as number
    )
  )
  array join if(reason = '', range(0, toUInt64(length(digest.logFiles) + 1)), [toUInt64(0)]) as place
)
