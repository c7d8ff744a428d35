/** The CloudTrail files that are measured: events of S3, about 1.8 KB each (0.2 KB compressed), with ids of their own. */
import { hash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

const EVENTS_PER_FILE = 1000;
const FILES_AT_ONCE = 4;
const START_MS = Date.UTC(2026, 2, 1);
const GZIP_LEVEL = 6;
const compress = promisify(gzip);

const CALLS = [
  { name: 'GetObject', readOnly: true },
  { name: 'PutObject', readOnly: false },
  { name: 'HeadObject', readOnly: true },
  { name: 'GetObject', readOnly: true },
  { name: 'DeleteObject', readOnly: false },
] as const;
const BUCKETS = ['web-assets', 'data-lake-raw', 'data-lake-curated', 'backups-nightly', 'customer-uploads'];

/** Writes `count` events into gzip files of a thousand. */
export async function writeTrailFiles(
  folder: string,
  count: number,
): Promise<{ files: number; sizeBytes: number }> {
  const files = Math.ceil(count / EVENTS_PER_FILE);
  let sizeBytes = 0;
  for (let start = 0; start < files; start += FILES_AT_ONCE) {
    const numbers = Array.from(
      { length: Math.min(FILES_AT_ONCE, files - start) },
      (_, index) => start + index,
    );
    const sizes = await Promise.all(numbers.map((file) => writeTrailFile(folder, file, count)));
    for (const size of sizes) sizeBytes += size;
  }
  return { files, sizeBytes };
}

async function writeTrailFile(folder: string, file: number, count: number): Promise<number> {
  const first = file * EVENTS_PER_FILE;
  const length = Math.min(EVENTS_PER_FILE, count - first);
  const records = Array.from({ length }, (_, index) => trailRecord(first + index));
  const bytes = await compress(`{"Records":[${records.join(',')}]}`, { level: GZIP_LEVEL });
  const name = `111122223333_CloudTrail_eu-west-1_20260301T0000Z_${String(file).padStart(16, '0')}.json.gz`;
  await writeFile(join(folder, name), bytes);
  return bytes.byteLength;
}

/** The event `n`, rendered as CloudTrail does; every id is cut from one hash. */
function trailRecord(n: number): string {
  const random = hash('sha512', `event ${n}`, 'buffer');
  const hex = random.toString('hex');
  const call = CALLS[random.readUInt8(0) % CALLS.length] ?? CALLS[0];
  const bucket = BUCKETS[random.readUInt8(1) % BUCKETS.length] ?? '';
  const role = `worker-${random.readUInt8(2) % 12}`;
  const session = `i-0a1b2c3d4e5f6${random.readUInt8(3)}`;
  const key = `events/part-${String(n).padStart(9, '0')}-${hex.slice(40, 56)}.parquet`;
  const host = `${bucket}.s3.eu-west-1.amazonaws.com`;
  const address = `10.0.${random.readUInt8(4) % 20}.${random.readUInt8(5)}`;
  const time = new Date(START_MS + n * 200).toISOString().replace(/\.\d+/, '');
  const isDenied = random.readUInt8(6) < 8;
  const error = isDenied
    ? `"errorCode":"AccessDenied","errorMessage":"User: arn:aws:sts::111122223333:assumed-role/${role}/${session} is not authorized to perform: s3:${call.name} on resource: \\"arn:aws:s3:::${bucket}/${key}\\" because no identity-based policy allows the s3:${call.name} action",`
    : '';
  return (
    `{"eventVersion":"1.11","userIdentity":{"type":"AssumedRole","principalId":"AROAIOSFODNN7EXAMPLE:${session}",` +
    `"arn":"arn:aws:sts::111122223333:assumed-role/${role}/${session}","accountId":"111122223333","accessKeyId":"ASIA${hex.slice(0, 16).toUpperCase()}",` +
    `"sessionContext":{"sessionIssuer":{"type":"Role","principalId":"AROAIOSFODNN7EXAMPLE","arn":"arn:aws:iam::111122223333:role/${role}",` +
    `"accountId":"111122223333","userName":"${role}"},"attributes":{"creationDate":"2026-03-01T00:00:00Z","mfaAuthenticated":"false"}}},` +
    `"eventTime":"${time}","eventSource":"s3.amazonaws.com",` +
    `"eventName":"${call.name}","awsRegion":"eu-west-1","sourceIPAddress":"${address}",` +
    `"userAgent":"[Boto3/1.34.84 md/Botocore#1.34.84 lang/python#3.11.8]",${error}` +
    `"requestParameters":{"bucketName":"${bucket}","Host":"${host}","key":"${key}"},` +
    `"responseElements":${call.name === 'PutObject' && !isDenied ? '{"x-amz-server-side-encryption":"AES256"}' : 'null'},` +
    `"additionalEventData":{"SignatureVersion":"SigV4","CipherSuite":"TLS_AES_128_GCM_SHA256","bytesTransferredIn":0,` +
    `"AuthenticationMethod":"AuthHeader","x-amz-id-2":"${random.subarray(8).toString('base64')}","bytesTransferredOut":${random.readUInt32LE(8) % 8_000_000}},` +
    `"requestID":"${hex.slice(64, 80).toUpperCase()}","eventID":"${uuidOf(hex.slice(80, 112))}","readOnly":${call.readOnly},` +
    `"resources":[{"type":"AWS::S3::Object","ARN":"arn:aws:s3:::${bucket}/${key}"},` +
    `{"accountId":"111122223333","type":"AWS::S3::Bucket","ARN":"arn:aws:s3:::${bucket}"}],` +
    `"eventType":"AwsApiCall","managementEvent":false,"recipientAccountId":"111122223333","eventCategory":"Data",` +
    `"tlsDetails":{"tlsVersion":"TLSv1.3","cipherSuite":"TLS_AES_128_GCM_SHA256","clientProvidedHostHeader":"${host}"}}`
  );
}

function uuidOf(hex: string): string {
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
