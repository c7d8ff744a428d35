/** What principals did for the first time, or where they came from. */
import type { Engine } from '../../engine/engine.ts';
import { Fault } from '../../lib/fault.ts';
import type { ActivityQuery } from './levels.ts';

export const FIRST_SEEN_KINDS = ['action', 'remote_ip', 'user_agent'] as const;

export interface FirstSeenQuery extends ActivityQuery {
  readonly kind?: (typeof FIRST_SEEN_KINDS)[number];
  readonly limit: number;
  readonly cursor?: string;
}

export interface FirstSeenRow {
  readonly kind: (typeof FIRST_SEEN_KINDS)[number];
  readonly bucket: string;
  readonly principal: string;
  readonly value: string;
  readonly first_s: number;
  readonly last_s: number;
  readonly requests: number;
}

export interface FirstSeenPage {
  readonly rows: readonly FirstSeenRow[];
  readonly nextCursor: string | null;
}

/** What was seen first in the range, latest first. Throws `invalid` for a cursor that is not one of ours. */
export async function firstSeen(query: FirstSeenQuery, engine: Engine): Promise<FirstSeenPage> {
  const { startMs, endMs } = query.range;
  const conditions = [
    `seen.first_s >= ${Math.floor(startMs / 1000)}`,
    `seen.first_s < ${Math.ceil(endMs / 1000)}`,
    ...(query.cursor === undefined ? [] : [after(query.cursor)]),
  ];
  const bucket = query.bucket === undefined ? '' : 'and bucket = {bucket:String}';
  const kind = query.kind === undefined ? '' : 'and kind = {kind:String}';
  const rows = await engine.query<FirstSeenRow & { tie: string }>(
    `select *, toString(cityHash64(bucket, principal, kind, value)) as tie
     from (
       select toString(kind) as kind, bucket, toString(principal) as principal, toString(value) as value,
         toUnixTimestamp(min(first_seen.first_seen)) as first_s, toUnixTimestamp(max(first_seen.last_seen)) as last_s,
         sum(first_seen.requests) as requests
       from first_seen
       where 1 ${bucket} ${kind}
       group by kind, bucket, principal, value
       union all
       select 'remote_ip' as kind, bucket, '' as principal, remote_ip as value,
         toUnixTimestamp(min(first_addresses.first_seen)) as first_s,
         toUnixTimestamp(max(first_addresses.last_seen)) as last_s, sum(first_addresses.requests) as requests
       from first_addresses
       where 1 ${bucket} ${kind}
       group by kind, bucket, principal, value
     ) as seen
     where ${conditions.join(' and ')}
     order by first_s desc, toUInt64(tie) desc
     limit ${query.limit + 1}
     settings final = 0`,
    {
      params: {
        ...(query.bucket === undefined ? {} : { bucket: query.bucket }),
        ...(query.kind === undefined ? {} : { kind: query.kind }),
      },
    },
  );
  const last = rows.length > query.limit ? rows[query.limit - 1] : undefined;
  return {
    rows: rows.slice(0, query.limit).map(({ tie: _tie, ...row }) => row),
    nextCursor: last === undefined ? null : `${last.first_s}.${last.tie}`,
  };
}

function after(cursor: string): string {
  const match = /^(\d{1,10})\.(\d{1,20})$/.exec(cursor);
  if (match === null)
    throw new Fault('invalid', `Cannot go on from the cursor "${cursor}": it is not one of this API.`);
  return `(first_s, cityHash64(bucket, principal, kind, value)) < (${match[1]}, toUInt64(${match[2]}))`;
}
