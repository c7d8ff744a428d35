/** What the three feeds know of one request, or of one object, in order of time. */
import type { Engine } from '../../engine/engine.ts';
import type { Range } from './range.ts';

export interface TimelineQuery {
  readonly range: Range;
  readonly of:
    | { readonly kind: 'request'; readonly requestId: string }
    | { readonly kind: 'object'; readonly bucket: string; readonly key: string };
  readonly limit: number;
}

export interface TimelineRow {
  readonly time_ms: number;
  readonly feed: 'access-log' | 'cloudtrail' | 's3-event';
  readonly title: string;
  readonly principal: string;
  readonly remote_ip: string;
  readonly outcome: string;
  readonly record: Readonly<Record<string, unknown>>;
}

const FEEDS = [
  {
    feed: 'access-log',
    table: 'requests',
    rows: 'true',
    time: 'time',
    titles: `operation as row_title, requester as row_principal, remote_ip as row_address,
      if(error_code = '', toString(http_status), concat(toString(http_status), ' ', error_code)) as row_outcome`,
  },
  {
    feed: 'cloudtrail',
    table: 'api_calls',
    rows: 'true',
    time: 'event_time',
    titles: `event_name as row_title, if(principal_arn = '', principal_type, principal_arn) as row_principal,
      source_ip_address as row_address, if(error_code = '', 'ok', error_code) as row_outcome`,
  },
  {
    feed: 's3-event',
    table: 'object_events',
    // What CloudTrail told is among the calls.
    rows: "envelope != 'cloudtrail'",
    time: 'event_time',
    titles: `event_name as row_title, principal_id as row_principal, source_ip_address as row_address, 'sent' as row_outcome`,
  },
] as const;

interface FeedRow extends Record<string, unknown> {
  readonly row_ms: string | number;
  readonly row_title: string;
  readonly row_principal: string;
  readonly row_address: string;
  readonly row_outcome: string;
}

/** At most `limit` rows of each feed, the latest of the range, oldest first. */
export async function timeline(query: TimelineQuery, engine: Engine): Promise<TimelineRow[]> {
  const feeds = await Promise.all(FEEDS.map((feed) => rowsOf(feed, query, engine)));
  return feeds.flat().sort((one, other) => one.time_ms - other.time_ms);
}

async function rowsOf(
  { feed, table, rows: told, time, titles }: (typeof FEEDS)[number],
  { range, of, limit }: TimelineQuery,
  engine: Engine,
): Promise<TimelineRow[]> {
  const [condition, params] =
    of.kind === 'request'
      ? ['request_id = {request_id:String}', { request_id: of.requestId }]
      : ['bucket = {bucket:String} and key = {key:String}', { bucket: of.bucket, key: of.key }];
  const at = (ms: number): string => `fromUnixTimestamp64Milli(${Math.floor(ms)}, 'UTC')`;
  const rows = await engine.query<FeedRow>(
    `select toUnixTimestamp64Milli(toDateTime64(facts.${time}, 3)) as row_ms, ${titles},
       facts.* except (batch_id)
     from ${table} as facts
     where ${told} and ${condition} and facts.${time} >= ${at(range.startMs)} and facts.${time} < ${at(range.endMs)}
     order by facts.${time} desc
     limit ${limit}`,
    { params },
  );
  return rows.map(({ row_ms, row_title, row_principal, row_address, row_outcome, ...record }) => ({
    time_ms: Number(row_ms),
    feed,
    title: row_title,
    principal: row_principal,
    remote_ip: row_address,
    outcome: row_outcome,
    record,
  }));
}
