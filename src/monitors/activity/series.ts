/** Requests over time and the top lists. */
import type { Engine } from '../../engine/engine.ts';
import { type ActivityQuery, ADDED_UP, bucketParam, latencies, sums } from './levels.ts';
import type { Range } from './range.ts';

export interface SeriesRow {
  readonly start_s: number;
  readonly ok: number;
  readonly redirected: number;
  readonly refused: number;
  readonly failed: number;
  readonly other: number;
  readonly bytes_sent: number;
  readonly bytes_uploaded: number;
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

/** The start of the step a time is in, in seconds since 1970. */
export function stepStart(stepS: number): string {
  return `toUnixTimestamp(toStartOfInterval(time, interval ${stepS} second, 'UTC'))`;
}

export async function requestSeries(
  query: ActivityQuery,
  stepS: number,
  engine: Engine,
): Promise<SeriesRow[]> {
  const source = sums('time, http_status, requests, bytes_sent, bytes_received', query, stepS);
  return engine.query<SeriesRow>(
    `select
       ${stepStart(stepS)} as start_s,
       sumIf(requests, http_status between 200 and 299) as ok,
       sumIf(requests, http_status between 300 and 399) as redirected,
       sumIf(requests, http_status between 400 and 499) as refused,
       sumIf(requests, http_status between 500 and 599) as failed,
       sumIf(requests, http_status < 200 or http_status > 599) as other,
       sum(summed.bytes_sent) as bytes_sent,
       sum(bytes_received) as bytes_uploaded
     from ${source} as summed
     group by start_s
     order by start_s
     ${ADDED_UP}`,
    { params: bucketParam(query) },
  );
}

export async function latencySeries(
  query: ActivityQuery,
  stepS: number,
  engine: Engine,
): Promise<LatencyRow[]> {
  const rows = await engine.query<{ start_s: number; kind: string; percentiles: (number | null)[] }>(
    `select
       ${stepStart(stepS)} as start_s,
       kind,
       ${percentilesMs([0.5, 0.95, 0.99])} as percentiles
     from ${latencies('time, kind, histogram.1 as bins, histogram.2 as counts', query, stepS)}
     array join bins as bin, counts as n
     group by start_s, kind
     order by start_s
     ${ADDED_UP}`,
    { params: bucketParam(query) },
  );
  const starts = new Map<number, LatencyRow>();
  for (const { start_s, kind, percentiles } of rows) {
    const row = starts.get(start_s) ?? { start_s, total_time: [], turn_around_time: [] };
    starts.set(start_s, { ...row, [kind]: percentiles });
  }
  return [...starts.values()];
}

/** Percentiles in milliseconds of the histogram rows `bin` and `n`, an array. */
export function percentilesMs(levels: readonly number[]): string {
  return `arrayMap(place -> if(isNaN(place), null, round(exp2(place / 32) - 1, 1)), quantilesTimingWeighted(${levels.join(', ')})(bin, n))`;
}

export interface SplitRow {
  /** Empty for requests without one, e.g. without an error; `isOther` for all but the busiest. */
  readonly value: string;
  readonly isOther: boolean;
  readonly requests: number;
  readonly points: readonly { readonly start_s: number; readonly requests: number }[];
}

const SPLIT_VALUES_MAX = 8;

/** Requests over time by the busiest values of one dimension, and by all others together. */
export async function splitSeries(
  query: ActivityQuery & { readonly by: string },
  stepS: number,
  engine: Engine,
): Promise<SplitRow[]> {
  const rows = await engine.query<{ value: string; is_other: number; start_s: number; n: number }>(
    `with busiest as (
       select toString(${query.by}) as value
       from ${sums(`${query.by}, requests`, query)}
       where value != '' group by value order by sum(requests) desc, value limit ${SPLIT_VALUES_MAX}
     )
     select
       toString(${query.by}) not in busiest as is_other,
       if(is_other, '', toString(${query.by})) as value,
       ${stepStart(stepS)} as start_s,
       sum(requests) as n
     from ${sums(`time, ${query.by}, requests`, query, stepS)}
     where toString(${query.by}) != ''
     group by is_other, value, start_s
     order by start_s
     ${ADDED_UP}`,
    { params: bucketParam(query) },
  );
  const series = new Map<string, { start_s: number; requests: number }[]>();
  for (const { value, start_s, n } of rows) {
    const points = series.get(value) ?? [];
    points.push({ start_s, requests: n });
    series.set(value, points);
  }
  return [...series]
    .map(([value, points]) => ({
      value,
      isOther: value === '',
      requests: points.reduce((sum, point) => sum + point.requests, 0),
      points,
    }))
    .sort((one, other) => Number(one.isOther) - Number(other.isOther) || other.requests - one.requests);
}

export interface BucketActivity {
  readonly bucket: string;
  readonly requests: number;
  readonly newest_s: number;
}

/** Every bucket with requests in the store, busiest first. */
export async function activeBuckets(engine: Engine): Promise<BucketActivity[]> {
  return engine.query<BucketActivity>(
    `with hours as (
       select bucket, sum(requests_1h.requests) as requests, max(time) as hour from requests_1h group by bucket
     )
     select hours.bucket as bucket, any(hours.requests) as requests, toUnixTimestamp(max(requests_1m.time)) as newest_s
     from requests_1m inner join hours on hours.bucket = requests_1m.bucket
     where requests_1m.time >= hours.hour and requests_1m.time >= (select min(hour) from hours)
     group by bucket
     order by requests desc, bucket
     limit 10000
     ${ADDED_UP}`,
  );
}
