/** Bursts of refusals, missing keys, listings and slow-downs in a bucket, against what is usual there. */
import type { Engine } from '../../engine/engine.ts';
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
  LIST: "operation in ('REST.GET.BUCKET', 'REST.GET.BUCKETVERSIONS')",
  '503': 'http_status = 503',
} as const;

export type StormKind = keyof typeof STORM_KINDS;

export interface FoundStorm extends Storm {
  /** Who made most of it, and that caller's part of it, 0 to 1. */
  readonly requester: string;
  readonly remote_ip: string;
  readonly share: number;
}

/** Days before the range that say what is usual. */
const USUAL_DAYS = 7;
/** An hour with fewer is none, however unusual; nor one with less than so many times the usual. */
const HOUR_REQUESTS_MIN = 60;
const TIMES_USUAL = 4;
const HOURS_MAX = 300;
const STORMS_MAX = 50;

/** Storms that touch the range, latest first. */
export async function storms(query: ActivityQuery, engine: Engine): Promise<FoundStorm[]> {
  const hours = await unusualHours(query, engine);
  if (hours.length === 0) return [];
  const minutes = await minutesIn(hours, query, engine);
  const found = joinMinutes(minutes)
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

/**
 * Hours with far more than usual. Usual is the greater of two medians: of the same hour on the other days, and of all
 * hours. Hours without such requests count as 0.
 */
async function unusualHours(query: ActivityQuery, engine: Engine): Promise<Hour[]> {
  const { startS, endS } = minutesOf(query.range);
  const firstS = Math.floor(startS / HOUR_S) * HOUR_S - USUAL_DAYS * DAY_S;
  const hours = Math.ceil((endS - firstS) / HOUR_S);
  const counted = levelled('bucket, time, operation, http_status, requests', HOURS_AND_MINUTES, {
    ...query,
    range: { startMs: firstS * 1000, endMs: endS * 1000 },
  });
  return engine.query<Hour>(
    `with
       ${hours} as hours,
       (values, size) -> arraySort(arrayConcat(values, arrayWithConstant(toUInt64(greatest(0, toInt64(size) - length(values))), toUInt64(0)))) as padded,
       values -> if(empty(values), 0, values[intDiv(length(values) + 1, 2)]) as middle
     select kind, bucket, start_s, greatest(middle(padded(others, intDiv(hours, 24) - 1)), middle(padded(all, hours))) as usual
     from (
       select kind, bucket, hour.1 as start_s, hour.2 as n, all,
         arrayMap(one -> one.2, arrayFilter(one -> one.1 % ${DAY_S} = start_s % ${DAY_S} and one.1 != start_s, list)) as others
       from (
         select kind, bucket, groupArray((hour_s, n)) as list, groupArray(n) as all
         from (
           select kind_count.1 as kind, bucket, hour_s, kind_count.2 as n
           from (
             select bucket, intDiv(toUnixTimestamp(time), ${HOUR_S}) * ${HOUR_S} as hour_s, [${COUNTS}] as counts
             from ${counted}
             group by bucket, hour_s
           )
           array join counts as kind_count
           where n > 0
         )
         group by kind, bucket
       )
       array join list as hour
       where n >= ${HOUR_REQUESTS_MIN} and start_s + ${HOUR_S} > ${startS}
     )
     where n >= ${TIMES_USUAL} * usual
     order by n - usual desc
     limit ${HOURS_MAX}
     ${ADDED_UP}`,
    { params: bucketParam(query) },
  );
}

const HOURS_AND_MINUTES = [
  { from: 'requests_1h', seconds: HOUR_S },
  { from: 'requests_1m', seconds: MINUTE_S },
];

/** The minutes of those hours and of their neighbours, in which a storm may begin or end. */
async function minutesIn(hours: readonly Hour[], query: ActivityQuery, engine: Engine): Promise<Minute[]> {
  const { endS } = minutesOf(query.range);
  const usual = new Map<string, number>();
  for (const hour of hours) {
    for (const besideS of [-HOUR_S, 0, HOUR_S]) {
      const place = placeOf(hour.kind, hour.bucket, hour.start_s + besideS);
      if (besideS === 0 || !usual.has(place)) usual.set(place, hour.usual);
    }
  }
  const starts = [...new Set(hours.flatMap(({ start_s: at }) => [at - HOUR_S, at, at + HOUR_S]))];
  const buckets = [...new Set(hours.map(({ bucket }) => bucket))];
  const rows = await engine.query<{ kind: StormKind; bucket: string; start_s: number; n: number }>(
    `select kind_count.1 as kind, bucket, start_s, kind_count.2 as n
     from (
       select bucket, toUnixTimestamp(time) as start_s, [${COUNTS}] as counts
       from requests_1m
       where bucket in ({buckets:Array(String)})
         and time >= toDateTime(${Math.min(...starts)}, 'UTC') and time < toDateTime(${endS}, 'UTC')
         and intDiv(toUnixTimestamp(time), ${HOUR_S}) in (${starts.map((at) => at / HOUR_S).join(', ')})
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
