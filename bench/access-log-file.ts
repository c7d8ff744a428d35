/** The access log that is measured: made by the engine, line for line the same every time. */
import type { Engine } from '../src/engine/engine.ts';

/** How many lines in a thousand are not ordinary: bare dashes, a requester with spaces, a quote in the user agent. */
export const ODD_PER_MILLE = 5;

/**
 * Writes `count` lines of about 590 bytes to `path`: one day of five buckets in order of time, every key and every id
 * different, one key in twenty percent-encoded as S3 logs it (twice).
 */
export async function writeAccessLog(path: string, count: number, engine: Engine): Promise<void> {
  await engine.command(
    `insert into function file('${path}', 'LineAsString', 'line String')
     select ${LINE}
     from (select *, ${PARTS} from (select number as n, sipHash64(n, 'request') as random from numbers(${count})))
     settings engine_file_truncate_on_insert = 1, max_threads = 1`.replaceAll('{count}', String(count)),
    { limits: { timeMs: 600_000 } },
  );
}

const PARTS = `
  n % ${1000 / ODD_PER_MILLE} = 0 as is_odd,
  is_odd and intDiv(n, ${1000 / ODD_PER_MILLE}) % 3 = 0 as is_bare,
  is_odd and intDiv(n, ${1000 / ODD_PER_MILLE}) % 3 = 1 as has_spaces,
  is_odd and intDiv(n, ${1000 / ODD_PER_MILLE}) % 3 = 2 as has_quote,
  ['web-assets', 'data-lake-raw', 'data-lake-curated', 'backups-nightly', 'customer-uploads'][1 + random % 5] as bucket,
  multiIf(random % 100 < 62, 'GET', random % 100 < 80, 'HEAD', random % 100 < 95, 'PUT', 'DELETE') as method,
  multiIf(bitShiftRight(random, 8) % 100 < 90, if(method = 'DELETE', 204, 200), bitShiftRight(random, 8) % 100 < 94, 206,
    bitShiftRight(random, 8) % 100 < 97, 404, bitShiftRight(random, 8) % 100 < 99, 403, 503) as status,
  transform(status, [404, 403, 503], ['NoSuchKey', 'AccessDenied', 'SlowDown'], '-') as error,
  bitShiftRight(random, 16) % 8000000 as size,
  if(bitShiftRight(random, 40) % 20 = 0, 'date%253D2026-03-01/', 'tables/events/') as folder,
  concat(folder, 'part-', leftPad(toString(n), 9, '0'), '-', lower(hex(sipHash64(n, 'key'))), '.parquet') as key`;

const AGENTS = `[
  'aws-sdk-java/2.25.31 Linux/5.10.214 OpenJDK_64-Bit_Server_VM/17.0.10',
  'Boto3/1.34.84 md/Botocore#1.34.84 ua/2.0 os/linux#6.1.82 md/arch#x86_64 lang/python#3.11.8',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/123.0.0.0 Safari/537.36',
  'aws-cli/2.15.38 md/awscrt#0.19.19 ua/2.0 os/linux#6.5.0']`;

const LINE = `concat(
  '0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f9 ', bucket, ' [',
  formatDateTime(toDateTime('2026-03-01 00:00:00', 'UTC') + intDiv(n * 86400, {count}), '%d/%b/%Y:%H:%i:%S', 'UTC'), ' +0000] 10.0.',
  toString(bitShiftRight(random, 32) % 20), '.', toString(1 + bitShiftRight(random, 24) % 250), ' ',
  if(has_spaces, 'arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1EXAMPLE2ABCD',
    concat('arn:aws:sts::111122223333:assumed-role/worker-', toString(random % 12), '/i-0a1b2c3d4e5f6', toString(random % 300))), ' ',
  hex(random), ' ', if(is_bare, 'BATCH.DELETE', concat('REST.', method)), '.OBJECT ', key, ' ',
  if(is_bare, '-', concat('"', method, ' /', replaceAll(key, '%25', '%'), ' HTTP/1.1"')), ' ',
  if(is_bare, '204', toString(status)), ' ', if(is_bare, '-', error), ' ',
  if(is_bare or method != 'GET', '-', toString(size)), ' ', toString(size), ' ',
  if(is_bare, '-', toString(5 + bitShiftRight(random, 20) % 400)), ' ', if(is_bare, '-', toString(1 + bitShiftRight(random, 20) % 90)), ' ',
  if(is_bare, '- -', concat('"-" "', ${AGENTS}[1 + bitShiftRight(random, 12) % 4], if(has_quote, ' "beta" build', ''), '"')), ' - ',
  base64Encode(concat(sipHash128(n, 'a'), sipHash128(n, 'b'), sipHash128(n, 'c'), reinterpretAsFixedString(sipHash64(n, 'd')))),
  ' SigV4 TLS_AES_128_GCM_SHA256 AuthHeader ', bucket, '.s3.eu-west-1.amazonaws.com TLSv1.3 - - eu-west-1')`;
