import { BUCKETS, OWNER_ID, REGION } from './company.ts';
import { OPERATIONS, type Operation } from './operations.ts';
import { callerOf, isServed, requesterOf, type S3Request } from './request.ts';
import { logTime } from './times.ts';
import { encodeKey, pathOf } from './uri.ts';

/**
 * The request as one line of a server access log, without the newline: 27 fields, or the 26 of servers
 * that do not write the source region yet.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/LogFormat.html
 */
export function accessLogLine(request: S3Request): string {
  const operation: Operation = OPERATIONS[request.operation];
  const isInternal = operation.method === '';
  const key = request.key === '' ? '-' : encodeKey(encodeKey(request.key));
  const uri = isInternal ? '-' : `"${operation.method} ${targetOf(request)} HTTP/1.1"`;
  const referer = isInternal ? '-' : `"${request.referer}"`;
  const agent = isInternal ? '-' : `"${request.userAgent}"`;
  const line =
    `${OWNER_ID} ${BUCKETS[request.bucket].name} [${logTime(request.timeMs)}] ${request.remoteIp} ` +
    `${requesterOf(request)} ${request.requestId} ${request.operation} ${key} ${uri} ` +
    `${request.status === 0 ? '-' : request.status.toString(10)} ${request.errorCode} ` +
    `${request.bytesSent === 0 ? '-' : request.bytesSent.toString(10)} ${numberOrDash(request.objectSizeBytes)} ` +
    `${numberOrDash(request.totalTimeMs)} ${numberOrDash(request.turnAroundTimeMs)} ${referer} ${agent} ` +
    `${request.versionId} ${request.hostId} ${connectionFields(request)} - ${needsAcl(request) ? 'Yes' : '-'}`;
  if (request.requestId.startsWith('7')) return line;
  return `${line} ${callerOf(request).isInAws ? REGION : '-'}`;
}

/** Host name the bucket is reached under. */
export function hostOf(request: S3Request): string {
  const bucket = BUCKETS[request.bucket].name;
  return request.operation === 'WEBSITE.GET.OBJECT'
    ? `${bucket}.s3-website.${REGION}.amazonaws.com`
    : `${bucket}.s3.${REGION}.amazonaws.com`;
}

/** Cipher suite of the connection; `-` without TLS. */
export function cipherOf(request: S3Request): string {
  if (request.caller === 'lifecycle' || request.operation === 'WEBSITE.GET.OBJECT') return '-';
  return isOldTls(request) ? 'ECDHE-RSA-AES128-GCM-SHA256' : 'TLS_AES_128_GCM_SHA256';
}

/** TLS version of the connection; `-` without TLS. */
export function tlsOf(request: S3Request): string {
  if (cipherOf(request) === '-') return '-';
  return isOldTls(request) ? 'TLSv1.2' : 'TLSv1.3';
}

function connectionFields(request: S3Request): string {
  const signature = request.authentication === '' ? '-' : 'SigV4';
  const host = request.caller === 'lifecycle' ? '-' : hostOf(request);
  const authentication = request.authentication === '' ? '-' : request.authentication;
  return `${signature} ${cipherOf(request)} ${authentication} ${host} ${tlsOf(request)}`;
}

function targetOf(request: S3Request): string {
  if (request.target !== '') return request.target;
  const { query }: Operation = OPERATIONS[request.operation];
  return query === '' ? pathOf(request.key) : `${pathOf(request.key)}?${query}`;
}

/** The pages of the harbours are public by their own ACL, a leftover of the old site. */
function needsAcl(request: S3Request): boolean {
  return request.caller === 'visitor' && request.key.startsWith('harbours/') && isServed(request);
}

function isOldTls(request: S3Request): boolean {
  return request.caller === 'etl' || request.caller === 'log-delivery';
}

function numberOrDash(value: number): string {
  return value < 0 ? '-' : value.toString(10);
}
