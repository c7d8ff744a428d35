/** Rows of `requests` made by the engine itself, through the views, as many as a busy estate has in 30 days. */
import type { Engine } from '../src/engine/engine.ts';

const DAY_S = 86_400;
const CHUNK_ROWS = 2_000_000;
// A load of this size would count as too long for a person's query.
const LIMITS = { timeMs: 600_000, memoryBytes: 1_100_000_000 };

export interface Made {
  readonly rows: number;
  readonly days: number;
  /** End of the newest day, in seconds since 1970 UTC. */
  readonly endS: number;
}

/**
 * Inserts `rows` requests spread over `days`, oldest first, the days busier than the nights: 10 buckets of unequal size,
 * 2,000 callers with a long tail, four of five keys asked for once, and a few refused, missing and failed.
 */
export async function makeRequests(made: Made, engine: Engine, say: (text: string) => void): Promise<void> {
  const startMs = performance.now();
  for (let first = 0; first < made.rows; first += CHUNK_ROWS) {
    const count = Math.min(CHUNK_ROWS, made.rows - first);
    await engine.command(insertOf(made, first, count), { limits: LIMITS });
    const perSecond = (1000 * (first + count)) / (performance.now() - startMs);
    if ((first / CHUNK_ROWS) % 5 === 0)
      say(
        `${((first + count) / 1e6).toFixed(0)} M requests, ${Math.round(perSecond / 1000)} thousand a second`,
      );
  }
}

function insertOf({ rows, days, endS }: Made, first: number, count: number): string {
  const startS = endS - days * DAY_S;
  return `insert into requests (batch_id, line_number, bucket_owner, bucket, time, remote_ip, requester, request_id, operation, key,
    request_uri, http_status, error_code, bytes_sent, bytes_received, object_size, total_time_ms, turn_around_time_ms, referer, user_agent,
    host_id, signature_version, cipher_suite, authentication_type, host_header, tls_version, acl_required)
  with
    (number, salt) -> sipHash64(number, salt) / 18446744073709551616 as chance,
    toUInt32(2000 * pow(chance(number, 1), 3)) as caller,
    sipHash64(caller, 2) as person,
    toUInt8(least(9, floor(10 * pow(chance(caller, 3) * 0.85 + chance(number, 4) * 0.15, 1.6)))) as bucket_number,
    chance(number, 5) as what,
    multiIf(what < 0.55, 'REST.GET.OBJECT', what < 0.70, 'REST.PUT.OBJECT', what < 0.82, 'REST.HEAD.OBJECT', what < 0.90, 'REST.GET.BUCKET',
      what < 0.94, 'REST.DELETE.OBJECT', what < 0.97, 'REST.PUT.PART', what < 0.99, 'REST.COPY.OBJECT', 'REST.GET.ACL') as verb,
    chance(number, 6) as luck,
    multiIf(luck < 0.955, if(verb = 'REST.DELETE.OBJECT', 204, 200), luck < 0.97, 304, luck < 0.985, 404, luck < 0.997, 403, luck < 0.9995, 503, 500) as status,
    exp(3.2 + 1.1 * sqrt(-2 * log(chance(number, 7) + 1e-12)) * cos(6.283185307 * chance(number, 8))) as waited,
    toUInt64(exp(8 + 2.5 * sqrt(-2 * log(chance(number, 9) + 1e-12)) * cos(6.283185307 * chance(number, 10)))) as size,
    caller % 37 = 0 as anonymous
  select
    intDiv(number, 5000),
    number % 5000 + 1,
    '79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be',
    concat('bucket-', ['media', 'lake', 'web', 'logs', 'backups', 'builds', 'billing', 'models', 'exports', 'scratch'][bucket_number + 1]),
    toDateTime(${startS} + (number * ${days * DAY_S}) / ${rows}, 'UTC'),
    concat(toString(10 + person % 180), '.', toString(intDiv(person, 256) % 256), '.', toString(intDiv(person, 65536) % 256), '.', toString(if(caller % 11 = 0, number % 8, 7))),
    if(anonymous, '', concat('arn:aws:sts::123456789012:assumed-role/', ['etl', 'web', 'api', 'batch', 'ci', 'backup', 'report'][person % 7 + 1], '-', toString(caller % 400), '/i-', hex(toUInt32(person)))),
    hex(sipHash64(number, 11)),
    verb,
    if(verb in ('REST.GET.BUCKET', 'REST.GET.ACL'), '', if(chance(number, 12) < 0.8,
      concat(['raw', 'curated', 'images', 'video', 'daily', 'tmp', 'assets', 'models', 'invoices', 'logs'][number % 10 + 1], '/', toString(toDate(${startS} + intDiv(number * ${days * DAY_S}, ${rows}))), '/part-', lower(hex(sipHash64(number, 13))), '.bin'),
      concat('assets/site/file-', toString(toUInt32(5000 * pow(chance(number, 14), 4))), '.js'))),
    concat('GET /', toString(caller), '/', lower(hex(sipHash64(number, 13))), ' HTTP/1.1'),
    status,
    transform(status, [403, 404, 503, 500], ['AccessDenied', 'NoSuchKey', 'SlowDown', 'InternalError'], ''),
    if(verb in ('REST.GET.OBJECT', 'REST.GET.BUCKET') and status = 200, size, 300),
    if(verb in ('REST.PUT.OBJECT', 'REST.PUT.PART') and status = 200, size, 0),
    if(verb in ('REST.GET.OBJECT', 'REST.PUT.OBJECT', 'REST.PUT.PART', 'REST.HEAD.OBJECT') and status = 200, size, null),
    toUInt32(1 + waited * (1 + size / 1e7)),
    if(status = 304, null, toUInt32(1 + waited * 0.8)),
    '-',
    ['aws-cli/2.31.3 md/awscrt#0.27.6 ua/2.1 os/linux', 'Boto3/1.40.40 md/Botocore#1.40.40', 'aws-sdk-java/2.34.6', 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36', 'aws-sdk-go-v2/1.39.1', 'rclone/v1.71.0', 's3fs/1.95', 'curl/8.16.0'][person % 8 + 1],
    base64Encode(concat(hex(sipHash64(number, 15)), hex(sipHash64(number, 16)))),
    if(anonymous, '', if(caller % 97 = 0, 'SigV2', 'SigV4')),
    if(caller % 211 = 0, '', 'TLS_AES_128_GCM_SHA256'),
    if(anonymous, '', if(caller % 23 = 0, 'QueryString', 'AuthHeader')),
    's3.eu-central-1.amazonaws.com',
    if(caller % 211 = 0, '', if(caller % 61 = 0, 'TLSv1.1', 'TLSv1.3')),
    if(caller % 71 = 0, 'Yes', '')
  from numbers(${first}, ${count})
  settings max_threads = 2, max_insert_threads = 1, min_insert_block_size_rows = 500000, min_insert_block_size_bytes = 0, max_block_size = 65536, optimize_on_insert = 0`;
}
