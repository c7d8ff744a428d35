/** Searching the fact tables: filters, newest first, a cursor to go on from. */
import type { Engine } from '../../engine/engine.ts';
import { Fault } from '../../lib/fault.ts';
import { ACCESS_KINDS } from './access-kinds.ts';
import { ADDED_UP, HOUR_S, minutesOf } from './levels.ts';
import type { Range } from './range.ts';

export interface FactTable {
  readonly table: string;
  /** Names of the formats its rows come from. */
  readonly formats: readonly string[];
  readonly timeColumn: string;
  /** Sums of it by the minute, and by the hour if there are: column `time`. */
  readonly byMinute: string;
  readonly byHour?: string;
  /** Columns a filter may name. `*` in a value matches any text, a leading `!` negates, `-` is the empty value. */
  readonly filters: readonly string[];
  /** Filters that are no columns: the condition behind each of their values. */
  readonly named: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Columns shown as numbers but too long for JSON numbers. */
  readonly selected: string;
  /** A condition for each value of the `access` filter. */
  readonly access: Readonly<Record<'read' | 'write', string>>;
  /** Columns that make the order total, so that a cursor is exact. */
  readonly tieBreak: string;
}

/** Requests that list a bucket: what the operation `LIST` of a filter stands for. */
export const LISTINGS = "operation in ('REST.GET.BUCKET', 'REST.GET.BUCKETVERSIONS')";

export const REQUESTS: FactTable = {
  table: 'requests',
  formats: ['access-log', 'minio-audit', 'rgw-ops-log'],
  timeColumn: 'time',
  byMinute: 'requests_1m',
  byHour: 'requests_1h',
  filters: [
    'bucket',
    'operation',
    'key',
    'requester',
    'remote_ip',
    'http_status',
    'error_code',
    'request_id',
    'user_agent',
    'version_id',
    'authentication_type',
    'signature_version',
    'tls_version',
    'host_header',
    'acl_required',
    'access_kind',
  ],
  named: {
    access_kind: Object.fromEntries(
      Object.entries(ACCESS_KINDS).map(([kind, { condition: test }]) => [kind, test]),
    ),
  },
  selected: 'requests.* except (batch_id), toString(batch_id) as batch_id',
  access: {
    read: `match(operation, '^(?:REST|WEBSITE)\\\\.(?:GET|HEAD|OPTIONS)\\\\.|^REST\\\\.COPY\\\\.(?:OBJECT_GET|PART_GET)$')`,
    write: `not match(operation, '^(?:REST|WEBSITE)\\\\.(?:GET|HEAD|OPTIONS)\\\\.|^REST\\\\.COPY\\\\.(?:OBJECT_GET|PART_GET)$')`,
  },
  tieBreak: 'cityHash64(batch_id, line_number, record_number)',
};

export const CALLS: FactTable = {
  table: 'api_calls',
  formats: ['cloudtrail'],
  timeColumn: 'event_time',
  byMinute: 'api_calls_1m',
  filters: [
    'bucket',
    'event_name',
    'event_source',
    'key',
    'principal_arn',
    'principal_type',
    'user_name',
    'source_ip_address',
    'error_code',
    'event_id',
    'request_id',
    'aws_region',
    'account_id',
    'user_agent',
    'access_key_id',
  ],
  named: {},
  selected: 'api_calls.* except (batch_id), toString(batch_id) as batch_id',
  access: { read: 'read_only', write: 'not read_only' },
  tieBreak: 'cityHash64(event_id)',
};

/** Which facts a question is about. */
export interface FactFilters {
  readonly range: Range;
  readonly filters: Readonly<Record<string, string>>;
  readonly access?: 'read' | 'write';
}

export interface FactSearch extends FactFilters {
  readonly limit: number;
  readonly cursor?: string;
}

export interface FactPage {
  readonly rows: Record<string, unknown>[];
  readonly nextCursor: string | null;
}

/** Rows that fit, newest first. Throws `invalid` for an unknown filter or a cursor that is not one of ours. */
export async function searchFacts(
  search: FactSearch,
  facts: FactTable,
  engine: Engine,
  signal?: AbortSignal,
): Promise<FactPage> {
  const params: Record<string, unknown> = {};
  const conditions = conditionsOf(search, facts, params);
  if (search.cursor !== undefined) conditions.push(after(search.cursor, facts));
  const rows = await engine.query<Record<string, unknown>>(
    `select ${facts.selected}, toString(toUnixTimestamp64Milli(toDateTime64(${facts.timeColumn}, 3))) as cursor_ms, toString(${facts.tieBreak}) as cursor_tie
     from ${facts.table}
     where ${conditions.join(' and ')}
     order by ${facts.timeColumn} desc, ${facts.tieBreak} desc
     limit ${search.limit + 1}`,
    { params, ...(signal === undefined ? {} : { signal }) },
  );
  const last = rows.length > search.limit ? rows[search.limit - 1] : undefined;
  return {
    rows: rows.slice(0, search.limit).map(({ cursor_ms: _ms, cursor_tie: _tie, ...row }) => row),
    nextCursor: last === undefined ? null : `${String(last['cursor_ms'])}.${String(last['cursor_tie'])}`,
  };
}

/** The newest minute with a fact in the range and bucket, in milliseconds since 1970 UTC; nothing when there is none. */
export async function newestEventMs(
  query: { readonly range: Range; readonly bucket?: string },
  facts: FactTable,
  engine: Engine,
): Promise<number | undefined> {
  const { startS, endS } = minutesOf(query.range);
  const bucket = query.bucket === undefined ? '' : 'and bucket = {bucket:String}';
  const fullHours = `time >= toDateTime(${Math.ceil(startS / HOUR_S) * HOUR_S}, 'UTC')
    and time < toDateTime(${Math.floor(endS / HOUR_S) * HOUR_S}, 'UTC')`;
  const newestHour =
    facts.byHour === undefined
      ? ''
      : `and time >= (select max(time) from ${facts.byHour} where ${fullHours} ${bucket})`;
  const [row] = await engine.query<{ newest_s: number }>(
    `select toUnixTimestamp(max(time)) as newest_s from ${facts.byMinute}
     where time >= toDateTime(${startS}, 'UTC') and time < toDateTime(${endS}, 'UTC') ${newestHour} ${bucket}
     ${ADDED_UP}`,
    { params: query.bucket === undefined ? {} : { bucket: query.bucket } },
  );
  return row === undefined || row.newest_s === 0 ? undefined : row.newest_s * 1000;
}

/** The filters as conditions; what they compare with is added to `params`. */
export function conditionsOf(
  search: FactFilters,
  facts: FactTable,
  params: Record<string, unknown>,
): string[] {
  const conditions = [
    `${facts.timeColumn} >= fromUnixTimestamp64Milli(${Math.floor(search.range.startMs)}, 'UTC')`,
    `${facts.timeColumn} < fromUnixTimestamp64Milli(${Math.ceil(search.range.endMs)}, 'UTC')`,
  ];
  for (const [name, value] of Object.entries(search.filters))
    conditions.push(condition(name, value, facts, params));
  if (search.access !== undefined) conditions.push(facts.access[search.access]);
  return conditions;
}

/** The condition for what comes after a page. */
function after(cursor: string, facts: FactTable): string {
  const match = /^(\d{1,15})\.(\d{1,20})$/.exec(cursor);
  if (match === null)
    throw new Fault('invalid', `Cannot go on from the cursor "${cursor}": it is not one of this API.`);
  const time = `toDateTime64(${facts.timeColumn}, 3)`;
  const at = `fromUnixTimestamp64Milli(${match[1]}, 'UTC')`;
  return `(${time} < ${at} or (${time} = ${at} and ${facts.tieBreak} < toUInt64(${match[2]})))`;
}

function condition(name: string, value: string, facts: FactTable, params: Record<string, unknown>): string {
  if (!facts.filters.includes(name)) {
    throw new Fault(
      'invalid',
      `Cannot filter ${facts.table} by "${name}": known are ${facts.filters.join(', ')}.`,
    );
  }
  const isNegated = value.startsWith('!');
  const given = isNegated ? value.slice(1) : value;
  const test =
    facts.named[name] === undefined
      ? columnTest(name, given === '-' ? '' : given, facts, params)
      : namedTest(name, given, facts.named[name]);
  return isNegated ? `not (${test})` : `(${test})`;
}

function namedTest(name: string, given: string, tests: Readonly<Record<string, string>>): string {
  const test = Object.hasOwn(tests, given) ? tests[given] : undefined;
  if (test !== undefined) return test;
  throw new Fault(
    'invalid',
    `Cannot filter by ${name}: it is one of ${Object.keys(tests).join(', ')}, got "${given}".`,
  );
}

function columnTest(name: string, text: string, facts: FactTable, params: Record<string, unknown>): string {
  const statusClass = name === 'http_status' ? /^([1-5])xx$/.exec(text) : null;
  if (statusClass !== null) return `intDiv(http_status, 100) = ${statusClass[1]}`;
  if (name === 'operation' && text === 'LIST') return LISTINGS;
  const parameter = `filter_${name}`;
  params[parameter] = text.includes('*') ? likePattern(text) : text;
  return `toString(${facts.table}.${name}) ${text.includes('*') ? 'like' : '='} {${parameter}:String}`;
}

function likePattern(text: string): string {
  return text.replace(/[\\%_]/g, (character) => `\\${character}`).replaceAll('*', '%');
}
