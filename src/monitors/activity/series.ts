/** Requests over time and the top lists, from the sums by minute where they have the answer, from the facts otherwise. */
import type { Engine } from '../../engine/engine.ts';
import type { Range } from './facts.ts';

export interface ActivityQuery {
  readonly range: Range;
  readonly bucket?: string;
}

export interface SeriesRow {
  readonly start_s: number;
  readonly ok: number;
  readonly redirected: number;
  readonly refused: number;
  readonly failed: number;
  readonly other: number;
  readonly bytes_sent: number;
}

export interface LatencyRow {
  readonly start_s: number;
  /** Milliseconds at p50, p95 and p99; null when nothing was measured. */
  readonly total_time: readonly (number | null)[];
  readonly turn_around_time: readonly (number | null)[];
}

/** Steps a chart may have, in seconds: whole parts of an hour or a day. */
const STEPS_S = [60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 604_800];

/** The step that gives about `steps` points over the range. */
export function stepSeconds(range: Range, steps: number): number {
  const wanted = (range.endMs - range.startMs) / 1000 / steps;
  return STEPS_S.find((step) => step >= wanted) ?? 604_800;
}

export async function requestSeries(
  query: ActivityQuery,
  stepS: number,
  engine: Engine,
): Promise<SeriesRow[]> {
  return engine.query<SeriesRow>(
    `select
       toUnixTimestamp(toStartOfInterval(time, interval ${stepS} second, 'UTC')) as start_s,
       sumIf(requests, http_status between 200 and 299) as ok,
       sumIf(requests, http_status between 300 and 399) as redirected,
       sumIf(requests, http_status between 400 and 499) as refused,
       sumIf(requests, http_status between 500 and 599) as failed,
       sumIf(requests, http_status < 200 or http_status > 599) as other,
       sum(requests_1m.bytes_sent) as bytes_sent
     from requests_1m
     where ${minutes(query)}
     group by start_s
     order by start_s`,
    { params: bucketParam(query) },
  );
}

export async function latencySeries(
  query: ActivityQuery,
  stepS: number,
  engine: Engine,
): Promise<LatencyRow[]> {
  const percentiles = (column: string): string =>
    `arrayMap(bin -> if(isNaN(bin), null, round(exp2(bin / 32) - 1, 1)), quantilesTimingMerge(0.5, 0.95, 0.99)(latency_1m.${column})) as ${column}`;
  return engine.query<LatencyRow>(
    `select
       toUnixTimestamp(toStartOfInterval(time, interval ${stepS} second, 'UTC')) as start_s,
       ${percentiles('total_time')},
       ${percentiles('turn_around_time')}
     from latency_1m
     where ${minutes(query)}
     group by start_s
     order by start_s`,
    { params: bucketParam(query) },
  );
}

export interface TopRow {
  readonly value: string;
  readonly requests: number;
  readonly bytes_sent: number;
  readonly errors: number;
}

const ROLLED_UP = ['bucket', 'operation', 'http_status', 'error_code'];
const FROM_FACTS: Readonly<Record<string, string>> = {
  key: 'requests.key',
  prefix: "if(position(requests.key, '/') = 0, '', concat(splitByChar('/', requests.key)[1], '/'))",
  requester: 'requests.requester',
  remote_ip: 'requests.remote_ip',
  user_agent: 'requests.user_agent',
};

/** The values with the most requests. */
export async function topValues(
  query: ActivityQuery & { readonly dimension: string; readonly limit: number },
  engine: Engine,
): Promise<TopRow[]> {
  const isRolledUp = ROLLED_UP.includes(query.dimension);
  const value = isRolledUp ? `toString(${query.dimension})` : FROM_FACTS[query.dimension];
  const [count, errors, table] = isRolledUp
    ? ['sum(requests)', 'sumIf(requests, http_status >= 400)', 'requests_1m']
    : ['count()', 'countIf(http_status >= 400)', 'requests'];
  const emptyLeftOut = query.dimension === 'error_code' ? "and error_code != ''" : '';
  return engine
    .query<TopRow>(
      `select ${value} as value, ${count} as total, sum(${table}.bytes_sent) as bytes_sent, ${errors} as errors, total as requests
     from ${table}
     where ${minutes(query)} ${emptyLeftOut}
     group by value
     order by total desc, value
     limit ${query.limit}`,
      { params: bucketParam(query) },
    )
    .then((rows) =>
      rows.map(({ value: text, requests, bytes_sent, errors: failed }) => ({
        value: text,
        requests,
        bytes_sent,
        errors: failed,
      })),
    );
}

export interface BucketActivity {
  readonly bucket: string;
  readonly requests: number;
  readonly newest_s: number;
}

/** Every bucket with requests in the store, busiest first. */
export async function activeBuckets(engine: Engine): Promise<BucketActivity[]> {
  return engine.query<BucketActivity>(
    `select bucket, sum(requests_1m.requests) as requests, toUnixTimestamp(max(time)) as newest_s
     from requests_1m
     group by bucket
     order by requests desc, bucket
     limit 10000`,
  );
}

function minutes(query: ActivityQuery): string {
  const start = `fromUnixTimestamp64Milli(${Math.floor(query.range.startMs)}, 'UTC')`;
  const end = `fromUnixTimestamp64Milli(${Math.ceil(query.range.endMs)}, 'UTC')`;
  const bucket = query.bucket === undefined ? '' : ' and bucket = {bucket:String}';
  return `time >= ${start} and time < ${end}${bucket}`;
}

function bucketParam(query: ActivityQuery): Record<string, string> {
  return query.bucket === undefined ? {} : { bucket: query.bucket };
}
