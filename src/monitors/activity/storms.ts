/** Bursts of refusals, missing keys, listings and slow-downs in a bucket, against what is usual there. */
import type { Engine } from '../../engine/engine.ts';
import { LISTINGS } from './facts.ts';
import {
  type ActivityQuery,
  ADDED_UP,
  bucketParam,
  DAY_S,
  HOUR_S,
  levelled,
  MINUTE_S,
  minutesOf,
  within,
} from './levels.ts';
import { joinMinutes, type Minute, type Storm } from './storm-minutes.ts';

export const STORM_KINDS = {
  '403': 'http_status = 403',
  '404': 'http_status = 404',
  LIST: LISTINGS,
  '503': 'http_status = 503',
} as const;

export type StormKind = keyof typeof STORM_KINDS;

export interface FoundStorm extends Storm {
  /** Who made most of it, and that caller's part of it, 0 to 1. */
  readonly requester: string;
  readonly remote_ip: string;
  readonly share: number;
}

/** Days before the range that say what is usual, and how many other days must have an hour to say it. */
const USUAL_DAYS = 7;
const OTHER_DAYS_MIN = 3;
/** An hour with fewer is none, however unusual; nor one with less than so many times the usual. */
const HOUR_REQUESTS_MIN = 60;
const TIMES_USUAL = 4;
const HOURS_MAX = 900;
const STORMS_MAX = 50;

/** Storms that touch the range, latest first. */
export async function storms(query: ActivityQuery, engine: Engine): Promise<FoundStorm[]> {
  const { startS, endS } = minutesOf(query.range);
  const hours = await unusualHours(query, engine);
  if (hours.length === 0) return [];
  const minutes = await minutesIn(hours, endS, engine);
  const found = joinMinutes(minutes)
    .filter((storm) => storm.endS > startS && storm.startS < endS)
    .sort((one, other) => other.startS - one.startS)
    .slice(0, STORMS_MAX);
  return found.length === 0 ? [] : withCulprits(found, engine);
}

interface Hour {
  readonly kind: StormKind;
  readonly bucket: string;
  readonly start_s: number;
  /** Requests of the kind in a usual hour at that time of day. */
  readonly usual: number;
}

const COUNTS = Object.entries(STORM_KINDS)
  .map(([kind, condition]) => `('${kind}', sumIf(requests, ${condition}))`)
  .join(', ');
const IS_COUNTED = `(${Object.values(STORM_KINDS).join(' or ')})`;

/** Hours with far more than usual, and the hours beside them. */
function unusualHours(query: ActivityQuery, engine: Engine): Promise<Hour[]> {
  const { startS } = minutesOf(query.range);
  return engine.query<Hour>(
    `with
       (values, size) -> arraySort(arrayConcat(values, arrayWithConstant(greatest(0, size - toInt64(length(values))), toUInt64(0)))) as padded,
       values -> if(empty(values), 0, values[intDiv(length(values) + 1, 2)]) as middle
     select kind, bucket, beside_s as start_s, sumIf(usual, shift = 0) as usual
     from (
       select kind, bucket, shift, toInt64(hour_s) + shift as beside_s, hours_usual.usual as usual,
         if(n >= ${HOUR_REQUESTS_MIN} and n >= ${TIMES_USUAL} * hours_usual.usual and hour_s + ${HOUR_S} > ${startS}, n - hours_usual.usual, 0) as excess
       from (${hoursWithUsual(query)}) as hours_usual
       array join [-${HOUR_S}, 0, ${HOUR_S}] as shift
     )
     group by kind, bucket, beside_s
     having countIf(shift = 0) > 0 and max(excess) > 0
     order by max(excess) desc, start_s
     limit ${HOURS_MAX}
     ${ADDED_UP}`,
    { params: bucketParam(query) },
  );
}

/**
 * Hours with such requests. Usual is the greater of two medians: of the same hour on the other days, and of all hours.
 * Hours without such requests count as 0 from the bucket's first request to its newest. Where too few other days are
 * known, it is the median of the hours that had some.
 */
function hoursWithUsual(query: ActivityQuery): string {
  return `
    select kind, bucket, hour.1 as hour_s, hour.2 as n,
      if(other_days < ${OTHER_DAYS_MIN}, usual_where_any,
        greatest(usual_of_all, middle(padded(arrayMap(one -> one.2, arrayFilter(one -> one.1 != hour.1, list)), other_days)))) as usual
    from (
      select kind, bucket, list, usual_of_all, usual_where_any, list[1].1 % ${DAY_S} as in_day,
        intDiv(to_s - in_day + ${DAY_S - 1}, ${DAY_S}) - intDiv(from_s - in_day + ${DAY_S - 1}, ${DAY_S}) - 1 as other_days
      from (
        select kind, bucket, from_s, to_s, groupArray(same_hour) as lists,
          groupArrayArray(arrayMap(one -> one.2, same_hour)) as all,
          middle(padded(all, intDiv(to_s - from_s, ${HOUR_S}))) as usual_of_all, middle(arraySort(all)) as usual_where_any
        from (
          select kind_count.1 as kind, bucket, from_s, to_s, groupArray((hour_s, kind_count.2)) as same_hour
          from (${countedHours(query)})
          array join counts as kind_count
          where kind_count.2 > 0
          group by kind, bucket, from_s, to_s, hour_s % ${DAY_S}
        )
        group by kind, bucket, from_s, to_s
      )
      array join lists as list
    )
    array join list as hour`;
}

/** Hours of each bucket, and from when to when it can have had requests. */
function countedHours(query: ActivityQuery): string {
  const { startS, endS } = minutesOf(query.range);
  const firstS = Math.max(0, Math.floor(startS / HOUR_S) * HOUR_S - USUAL_DAYS * DAY_S);
  const afterS = Math.ceil(endS / HOUR_S) * HOUR_S;
  const counted = levelled('bucket, time, operation, http_status, requests', HOURS_AND_MINUTES, {
    ...query,
    range: { startMs: firstS * 1000, endMs: endS * 1000 },
  });
  return `
    select bucket, hour_s, counts, from_s, to_s
    from (
      select bucket, intDiv(toUnixTimestamp(time), ${HOUR_S}) * ${HOUR_S} as hour_s, [${COUNTS}] as counts
      from ${counted}
      where ${IS_COUNTED}
      group by bucket, hour_s
    ) as hours
    inner join (
      select bucket, greatest(toInt64(${firstS}), toInt64(toUnixTimestamp(min(time)))) as from_s,
        least(toInt64(${afterS}), toInt64(toUnixTimestamp(max(time))) + ${HOUR_S}) as to_s
      from requests_1h
      ${query.bucket === undefined ? '' : 'where bucket = {bucket:String}'}
      group by bucket
    ) as spans using (bucket)`;
}

const HOURS_AND_MINUTES = [
  { from: 'requests_1h', seconds: HOUR_S },
  { from: 'requests_1m', seconds: MINUTE_S },
];

/** The minutes of those hours, in which storms begin and end. */
async function minutesIn(hours: readonly Hour[], endS: number, engine: Engine): Promise<Minute[]> {
  const usual = new Map(
    hours.map((hour) => [placeOf(hour.kind, hour.bucket, hour.start_s), hour.usual] as const),
  );
  const starts = [...new Set(hours.map(({ start_s: at }) => at))];
  const buckets = [...new Set(hours.map(({ bucket }) => bucket))];
  const rows = await engine.query<{ kind: StormKind; bucket: string; start_s: number; n: number }>(
    `select kind_count.1 as kind, bucket, start_s, kind_count.2 as n
     from (
       select bucket, toUnixTimestamp(time) as start_s, [${COUNTS}] as counts
       from requests_1m
       where bucket in ({buckets:Array(String)})
         and time >= toDateTime(${Math.min(...starts)}, 'UTC') and time < toDateTime(${endS}, 'UTC')
         and intDiv(toUnixTimestamp(time), ${HOUR_S}) in (${starts.map((at) => at / HOUR_S).join(', ')})
         and ${IS_COUNTED}
       group by bucket, start_s
     )
     array join counts as kind_count
     where n > 0
     order by start_s
     ${ADDED_UP}`,
    { params: { buckets } },
  );
  return rows.flatMap(({ kind, bucket, start_s: startS, n }) => {
    const perHour = usual.get(placeOf(kind, bucket, Math.floor(startS / HOUR_S) * HOUR_S));
    return perHour === undefined ? [] : [{ kind, bucket, startS, requests: n, usual: perHour / 60 }];
  });
}

function placeOf(kind: string, bucket: string, hourS: number): string {
  return JSON.stringify([kind, bucket, hourS]);
}

async function withCulprits(found: readonly Storm[], engine: Engine): Promise<FoundStorm[]> {
  const queries = found.map(({ kind, startS, endS }, index) => {
    const span = within({ range: { startMs: 0, endMs: 0 } }, { startS, endS });
    return `(select ${index} as storm, requester, remote_ip, count() as n from requests
      where bucket = {bucket_${index}:String} and ${span} and ${STORM_KINDS[kind]}
      group by requester, remote_ip order by n desc, requester, remote_ip limit 1)`;
  });
  const rows = await engine.query<{ storm: number; requester: string; remote_ip: string; n: number }>(
    queries.join(' union all '),
    { params: Object.fromEntries(found.map(({ bucket }, index) => [`bucket_${index}`, bucket])) },
  );
  const culprits = new Map(rows.map((row) => [row.storm, row]));
  return found.map((storm, index) => {
    const { requester, remote_ip, n } = culprits.get(index) ?? { requester: '', remote_ip: '', n: 0 };
    return { ...storm, requester, remote_ip, share: Math.min(1, n / storm.requests) };
  });
}
