/** What the requests of a range cost, by list prices. */
import type { Engine } from '../../engine/engine.ts';
import { type ActivityQuery, ADDED_UP, bucketParam, IS_OUTSIDE, principals } from './levels.ts';
import { PRICES } from './prices.ts';
import { readingFor } from './reading.ts';
import { PREFIX } from './top.ts';

export const COST_DIMENSIONS = ['bucket', 'principal', 'requester', 'operation', 'prefix'] as const;

export interface CostQuery extends ActivityQuery {
  readonly by: (typeof COST_DIMENSIONS)[number];
  readonly limit: number;
}

/** Money in `PRICES.currency`. */
export interface CostRow {
  readonly value: string;
  readonly requests: number;
  readonly bytes_sent: number;
  readonly request_cost: number;
  readonly transfer_cost: number;
  readonly cost: number;
}

export interface Cost {
  readonly rows: readonly CostRow[];
  readonly requestCost: number;
  readonly transferCost: number;
  readonly estimated: boolean;
  readonly sampledRequests: number;
}

const PER_REQUEST = `multiIf(${PRICES.classes
  .map(({ pattern, per1000 }) => `match(operation, '${pattern}'), ${per1000 / 1000}`)
  .join(', ')}, ${PRICES.otherPer1000 / 1000})`;
const GIB = 2 ** 30;

/** The dearest values first, and the cost of all of them. */
export async function requestCost(query: CostQuery, engine: Engine): Promise<Cost> {
  const { from, estimated, sampledRequests } = await readingOf(query, engine);
  const value = query.by === 'prefix' ? PREFIX : query.by;
  const rows = await engine.query<CostRow & { all_requests: number; all_transfer: number }>(
    `select value, n as requests, bytes as bytes_sent, request_cost, transfer_cost, request_cost + transfer_cost as cost,
       sum(request_cost) over () as all_requests, sum(transfer_cost) over () as all_transfer
     from (
       select value, sum(all_n) as n, sum(all_bytes) as bytes, sum(charged_n * ${PER_REQUEST}) as request_cost,
         sum(outside_bytes) * ${PRICES.transferOutPerGiB / GIB} as transfer_cost
       from (
         select ${value} as value, operation, sum(requests) as all_n, sum(bytes_sent) as all_bytes,
           sum(charged) as charged_n, sum(bytes_sent_outside) as outside_bytes
         from ${from}
         group by value, operation
       )
       group by value
     )
     order by cost desc, value
     limit ${query.limit}
     ${ADDED_UP}`,
    { params: bucketParam(query) },
  );
  return {
    rows: rows.map(({ all_requests: _requests, all_transfer: _transfer, ...row }) => ({
      ...row,
      requests: Math.round(row.requests),
      bytes_sent: Math.round(row.bytes_sent),
    })),
    requestCost: rows[0]?.all_requests ?? 0,
    transferCost: rows[0]?.all_transfer ?? 0,
    estimated,
    sampledRequests,
  };
}

/** What failed with a 5xx is not charged, nor what strangers were refused. */
async function readingOf(
  query: CostQuery,
  engine: Engine,
): Promise<{ from: string; estimated: boolean; sampledRequests: number }> {
  if (query.by === 'prefix' || query.by === 'requester') {
    const columns = ['key', 'operation', 'remote_ip', 'requester', 'http_status', 'error_code'];
    const reading = await readingFor({ columns }, query, engine);
    const isFree = "http_status >= 500 or (requester = '' and http_status = 403)";
    return {
      ...reading,
      from: `(select *, if(${isFree}, 0, requests) as charged, if(${IS_OUTSIDE}, bytes_sent, 0) as bytes_sent_outside from ${reading.from})`,
    };
  }
  const columns = `bucket, principal, operation, requests, bytes_sent, bytes_sent_outside,
    requests - failed - if(principal = '', denied, 0) as charged`;
  return { from: principals(columns, query), estimated: false, sampledRequests: 0 };
}

/** What the estimate is made of and what it leaves out, in sentences. */
export const COST_NOTES = [
  `List prices of S3 Standard in ${PRICES.region}, ${PRICES.asOf}; other regions and storage classes differ.`,
  'Transfer out is priced as if all of it went to the internet, at the first tier. What goes to the same region or to CloudFront costs less or nothing, and the log does not tell; private addresses are taken to be VPC endpoints and cost nothing. The first 100 GB a month of an account are free and are not deducted.',
  'Requests that ended with a 5xx, and anonymous ones that were refused, are not charged. Other refused requests are counted, though AWS does not charge those from outside your organization.',
  'Left out: storage, retrieval fees, replication, inventory, encryption keys, Transfer Acceleration, free tiers, discounts.',
] as const;
