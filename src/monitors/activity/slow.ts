/** The slowest requests. */
import type { Engine } from '../../engine/engine.ts';
import { REQUESTS } from './facts.ts';
import { type ActivityQuery, bucketParam, latencies, within } from './levels.ts';

interface Place {
  readonly bucket: string;
  readonly start_s: number;
}

/**
 * The requests with the longest total time, longest first. The `limit` hours, and in them the minutes, with the longest
 * requests must hold all of them: only those minutes are read.
 */
export async function slowestRequests(
  query: ActivityQuery & { readonly limit: number },
  engine: Engine,
): Promise<Record<string, unknown>[]> {
  const minutes = await slowestMinutes(query, engine);
  if (minutes.length === 0) return [];
  return engine.query(
    `select ${REQUESTS.selected}
     from requests
     where total_time_ms is not null
       and (${minutes.map((minute, index) => `(bucket = {bucket_${index}:String} and ${during(minute, 60)})`).join(' or ')})
       and ${within(query)}
     order by total_time_ms desc, time desc, ${REQUESTS.tieBreak}
     limit ${query.limit}`,
    { params: { ...bucketParam(query), ...bucketsOf(minutes) } },
  );
}

async function slowestMinutes(
  query: ActivityQuery & { readonly limit: number },
  engine: Engine,
): Promise<Place[]> {
  const places = (from: string, width: number, params: Record<string, unknown>): Promise<Place[]> =>
    engine.query<Place>(
      `select bucket, intDiv(toUnixTimestamp(time), ${width}) * ${width} as start_s
       from ${from}
       where kind = 'total_time'
       group by bucket, start_s
       order by max(ms_max) desc, start_s desc, bucket
       limit ${query.limit}
       settings final = 0`,
      { params },
    );
  const hours = await places(latencies('kind, bucket, time, ms_max', query), 3600, bucketParam(query));
  if (hours.length === 0) return [];
  const inHours = hours.map((hour, index) => `(bucket = {bucket_${index}:String} and ${during(hour, 3600)})`);
  return places(
    `(select kind, bucket, time, ms_max from latency_1m where ${within(query)} and (${inHours.join(' or ')}))`,
    60,
    { ...bucketParam(query), ...bucketsOf(hours) },
  );
}

function during({ start_s: startS }: Place, seconds: number): string {
  return `time >= toDateTime(${startS}, 'UTC') and time < toDateTime(${startS + seconds}, 'UTC')`;
}

function bucketsOf(places: readonly Place[]): Record<string, string> {
  return Object.fromEntries(places.map(({ bucket }, index) => [`bucket_${index}`, bucket]));
}
