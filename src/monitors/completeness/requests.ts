/** Requests in the access log beside those the store counted. */
import type { Engine } from '../../engine/engine.ts';
import { bucketParams, type BucketQuery, within } from './bucket-query.ts';

/**
 * Requests in the log as CloudWatch counts them: over HTTP. Lifecycle actions and the members of a multi-delete are none; a
 * copy is one, in two records. Where requests were counted, only from the first count to the last.
 */
export async function loggedRequests(query: BucketQuery, engine: Engine): Promise<Map<string, number>> {
  const rows = await engine.query<{ bucket: string; logged: number }>(
    `with
       match(operation, '^(REST|WEBSITE|SOAP)\\\\.') and not match(operation, '\\\\.COPY\\\\.\\\\w+_GET$') as is_request,
       last_s = 0 or toUnixTimestamp(time) between first_s and last_s as is_compared
     select bucket, sumIf(requests, is_request and is_compared) as logged
     from (select bucket, time, operation, requests from requests_1m where ${within(query, 'time')}) as log
     global any left join (${countsOf(query)}) as counts using (bucket)
     group by bucket
     limit 10000`,
    { params: bucketParams(query) },
  );
  return new Map(rows.map(({ bucket, logged }) => [bucket, logged]));
}

/** Requests of each bucket that the store counted; buckets it does not count are left out. */
export async function countedRequests(query: BucketQuery, engine: Engine): Promise<Map<string, number>> {
  const rows = await engine.query<{ bucket: string; counted: number }>(
    `select bucket, counted from (${countsOf(query)}) limit 10000`,
    { params: bucketParams(query) },
  );
  return new Map(rows.map(({ bucket, counted }) => [bucket, Math.round(counted)]));
}

/** Several configurations may count a bucket, all but one a part of it: the one that counted most counts. */
function countsOf(query: BucketQuery): string {
  return `
    select
      bucket,
      max(total) as counted,
      argMax(first_of_filter, total) as first_s,
      argMax(last_of_filter, total) as last_s
    from (
      select
        bucket,
        filter_id,
        sum(value) as total,
        toUnixTimestamp(min(time)) as first_of_filter,
        toUnixTimestamp(max(time)) as last_of_filter
      from store_metrics
      where metric = 'AllRequests' and statistic = 'Sum' and period_seconds = 60 and ${within(query, 'time')}
      group by bucket, filter_id
    )
    group by bucket`;
}
