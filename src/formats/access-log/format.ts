import { readMigration, readSql } from '../../engine/sql-file.ts';
import type { Format } from '../format.ts';
import { REDACTED } from '../redaction.ts';
import { REQUESTS_PARSED } from '../requests.ts';

const RECORD = /^\S+ \S+ \[\d{2}\/[A-Z][a-z]{2}\/\d{4}:\d{2}:\d{2}:\d{2} [+-]\d{4}\] /m;
const JSON_RECORD = /^\{(?=[^\n]*"request_time")(?=[^\n]*"operation")/m;

/** `06/Feb/2019:00:00:38` as a DateTime, 0 when it is none. */
const PARSE_TIME = `(text -> toDateTimeOrZero(concat(
    substring(text, 8, 4), '-',
    transform(substring(text, 4, 3),
      ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'],
      ['01', '02', '03', '04', '05', '06', '07', '08', '09', '10', '11', '12'], '00'),
    '-', substring(text, 1, 2), ' ', substring(text, 13)), 'UTC')) as parse_time`;

/**
 * AWS's log has no bytes of requests, but the size of what a request put; a part's size is that of the part. Multiplied
 * instead of joined by `and`, as the masks of short circuits cost more.
 */
const BYTES_RECEIVED = `ifNull(object_size, 0)
    * (operation in ('REST.PUT.OBJECT', 'REST.PUT.PART', 'REST.POST.OBJECT')) * (intDiv(http_status, 100) = 2)`;

function select(name: string): string {
  const lines = readSql('lines', import.meta.url).replace('{parse_time}', () => PARSE_TIME);
  return readSql(name, import.meta.url)
    .replace('{parse_time}', () => PARSE_TIME)
    .replace('{redacted}', () => REDACTED)
    .replace('{bytes_received}', () => BYTES_RECEIVED)
    .replace('{lines}', () => lines);
}

/**
 * S3's server access log: text records of 18 to 27 fields and more, and the JSON records of its delivery to CloudWatch.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/LogFormat.html and sal-cw-log-format.html
 */
export const accessLog: Format = {
  name: 'access-log',
  title: 'server access log',
  unit: 'line',
  parsedTable: REQUESTS_PARSED,
  parses: [{ select: select('ordinary') }, { select: select('careful'), from: 'access_log_odd' }],
  migrations: [readMigration('access-log', '001-odd-lines', import.meta.url)],
  recognises: ({ head }) => {
    const text = head.toString('latin1');
    return RECORD.test(text) || JSON_RECORD.test(text);
  },
};
