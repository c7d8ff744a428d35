/** The rollups at their levels: minutes, hours, days. A range is made of the coarsest that fit, and finer ones at its edges. */
import { ACCESS_BITS } from './access-kinds.ts';
import type { Range } from './range.ts';

/** What a question about requests is limited to. */
export interface ActivityQuery {
  readonly range: Range;
  readonly bucket?: string;
  /** On columns of what is read, with its parameters. */
  readonly filter?: { readonly condition: string; readonly params: Readonly<Record<string, unknown>> };
}

export const MINUTE_S = 60;
export const HOUR_S = 3600;
export const DAY_S = 86_400;

/** Rows of rollups add up merged or not; merging them first (`final`) took ten times as long. */
export const ADDED_UP = 'settings final = 0';

interface Level {
  /** A table with the column `time`, or a subquery that gives one. */
  readonly from: string;
  /** What a row of it spans. */
  readonly seconds: number;
}

/** Whole minutes that hold the range. */
export function minutesOf({ startMs, endMs }: Range): { startS: number; endS: number } {
  const minute = MINUTE_S * 1000;
  return {
    startS: Math.floor(startMs / minute) * MINUTE_S,
    endS: Math.ceil(endMs / minute) * MINUTE_S,
  };
}

/** A condition on `time`, on `bucket` when the query names one (as the parameter `bucket`), and what else it is limited by. */
export function within(query: ActivityQuery, span = minutesOf(query.range)): string {
  const bucket = query.bucket === undefined ? '' : ' and bucket = {bucket:String}';
  const filter = query.filter === undefined ? '' : ` and (${query.filter.condition})`;
  return `time >= toDateTime(${span.startS}, 'UTC') and time < toDateTime(${span.endS}, 'UTC')${bucket}${filter}`;
}

/** The parameters of `within`. */
export function bucketParam(query: ActivityQuery): Record<string, unknown> {
  return { ...query.filter?.params, ...(query.bucket === undefined ? {} : { bucket: query.bucket }) };
}

/**
 * A subquery with the columns over the range: days inside, hours left and right of them, and so on, so that nothing is
 * counted twice and nothing outside. `levels` are from coarse to fine; the finest may be of any width up to a minute.
 */
export function levelled(columns: string, levels: readonly Level[], query: ActivityQuery): string {
  return `(${pieces(levels, minutesOf(query.range))
    .map(
      ({ from, startS, endS }) => `select ${columns} from ${from} where ${within(query, { startS, endS })}`,
    )
    .join(' union all ')})`;
}

interface Piece {
  readonly from: string;
  readonly startS: number;
  readonly endS: number;
}

function pieces(levels: readonly Level[], span: { startS: number; endS: number }): Piece[] {
  const [level, ...finer] = levels;
  if (level === undefined) return [];
  const { from, seconds } = level;
  if (finer.length === 0) return [{ from, ...span }];
  const startS = Math.ceil(span.startS / seconds) * seconds;
  const endS = Math.floor(span.endS / seconds) * seconds;
  if (startS >= endS) return pieces(finer, span);
  return [
    { from, startS, endS },
    ...(span.startS < startS ? pieces(finer, { startS: span.startS, endS: startS }) : []),
    ...(endS < span.endS ? pieces(finer, { startS: endS, endS: span.endS }) : []),
  ];
}

/** `requests_1m` and `requests_1h` as one, for steps of `stepS` seconds or for the range as a whole. */
export function sums(columns: string, query: ActivityQuery, stepS?: number): string {
  return levelled(columns, hoursWhere('requests', stepS), query);
}

/** `latency_1m` and `latency_1h` as one. */
export function latencies(columns: string, query: ActivityQuery, stepS?: number): string {
  return levelled(columns, hoursWhere('latency', stepS), query);
}

function hoursWhere(table: 'requests' | 'latency', stepS: number | undefined): Level[] {
  const minutes = { from: `${table}_1m`, seconds: MINUTE_S };
  const isWholeHours = stepS === undefined || stepS % HOUR_S === 0;
  return isWholeHours ? [{ from: `${table}_1h`, seconds: HOUR_S }, minutes] : [minutes];
}

/** What a principal is: a requester without the name of its session. */
export const PRINCIPAL =
  "if(position(requester, ':assumed-role/') > 0, extract(requester, '^(arn:[^/]*:assumed-role/[^/]*)'), requester)";

/** Addresses of private networks come through a VPC endpoint. */
export const IS_OUTSIDE = `remote_ip != '' and not startsWith(remote_ip, '10.') and not startsWith(remote_ip, '192.168.')
  and not match(substring(remote_ip, 1, 7), '^(172[.](1[6-9]|2[0-9]|3[01])[.]|f[cd])')`;

const PRINCIPAL_FACTS = `(
  select bucket, time, ${PRINCIPAL} as principal, operation, ${ACCESS_BITS} as access,
    toUInt64(1) as requests, bytes_sent, if(${IS_OUTSIDE}, bytes_sent, 0) as bytes_sent_outside,
    toUInt64(http_status >= 400) as errors, toUInt64(http_status = 403) as denied, toUInt64(http_status >= 500) as failed
  from requests)`;

/** `principals_1d`, `principals_1h` and at the edges the facts as one, for steps of `stepS` seconds or for the whole range. */
export function principals(columns: string, query: ActivityQuery, stepS?: number): string {
  const hours = [
    { from: 'principals_1h', seconds: HOUR_S },
    { from: PRINCIPAL_FACTS, seconds: 1 },
  ];
  const isWholeDays = stepS === undefined || stepS % DAY_S === 0;
  return levelled(
    columns,
    isWholeDays ? [{ from: 'principals_1d', seconds: DAY_S }, ...hours] : hours,
    query,
  );
}
