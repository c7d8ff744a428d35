/** Routes about requests and calls: series, top lists, searches. */
import { createRoute, z } from '@hono/zod-openapi';
import type { Clock } from '../lib/clock.ts';
import { CALLS, type FactTable, REQUESTS, searchFacts } from '../monitors/activity/facts.ts';
import { latencySeries, requestSeries, stepSeconds, topValues } from '../monitors/activity/series.ts';
import * as shapes from './api.ts';
import { coverageOf } from './coverage.ts';
import { isoOf } from './ledger-queries.ts';
import { rangeOf, rangeQuery } from './range.ts';
import { type Api, type ApiParts, answers, limitOf } from './route.ts';

export function addActivity(api: Api, parts: ApiParts): void {
  const series = createRoute({
    method: 'get',
    path: '/api/v1/activity/series',
    request: { query: rangeQuery.extend({ steps: limitOf(240, 2000) }) },
    responses: answers(shapes.Series, 'Requests by status class and latency percentiles over time'),
  });
  api.openapi(series, async (context) => {
    const query = context.req.valid('query');
    const activity = activityOf(query, parts.clock);
    const stepS = stepSeconds(activity.range, query.steps);
    const [requests, latencies, coverage] = await Promise.all([
      requestSeries(activity, stepS, parts.engine),
      latencySeries(activity, stepS, parts.engine),
      coverageOf(activity, REQUESTS, parts),
    ]);
    const latencyAt = new Map(latencies.map((row) => [row.start_s, row]));
    const total = (pick: (row: (typeof requests)[number]) => number): number =>
      requests.reduce((sum, row) => sum + pick(row), 0);
    return context.json(
      {
        coverage,
        step_seconds: stepS,
        totals: {
          requests: total((row) => row.ok + row.redirected + row.refused + row.failed + row.other),
          bytes_sent: total((row) => row.bytes_sent),
          errors_4xx: total((row) => row.refused),
          errors_5xx: total((row) => row.failed),
        },
        points: requests.map((row) => {
          const latency = latencyAt.get(row.start_s);
          return {
            time: isoOf(row.start_s * 1000),
            '2xx': row.ok,
            '3xx': row.redirected,
            '4xx': row.refused,
            '5xx': row.failed,
            other: row.other,
            bytes_sent: row.bytes_sent,
            ...percentiles('total_time_ms', latency?.total_time),
            ...percentiles('turn_around_time_ms', latency?.turn_around_time),
          };
        }),
      },
      200,
    );
  });

  const top = createRoute({
    method: 'get',
    path: '/api/v1/activity/top',
    request: {
      query: rangeQuery.extend({ dimension: z.enum(shapes.TOP_DIMENSIONS), limit: limitOf(10, 1000) }),
    },
    responses: answers(shapes.Top, 'The values of one dimension with the most requests'),
  });
  api.openapi(top, async (context) => {
    const { dimension, limit, ...query } = context.req.valid('query');
    const activity = activityOf(query, parts.clock);
    const [rows, all, coverage] = await Promise.all([
      topValues({ ...activity, dimension, limit }, parts.engine),
      requestSeries(activity, 604_800, parts.engine),
      coverageOf(activity, REQUESTS, parts),
    ]);
    const totalRequests = all.reduce(
      (sum, row) => sum + row.ok + row.redirected + row.refused + row.failed + row.other,
      0,
    );
    return context.json({ coverage, dimension, total_requests: totalRequests, rows }, 200);
  });
}

function percentiles<Name extends string>(name: Name, values: readonly (number | null)[] | undefined) {
  const [p50 = null, p95 = null, p99 = null] = values ?? [];
  return { [`${name}_p50`]: p50, [`${name}_p95`]: p95, [`${name}_p99`]: p99 } as Record<
    `${Name}_${'p50' | 'p95' | 'p99'}`,
    number | null
  >;
}

export function addSearch(api: Api, parts: ApiParts): void {
  addFacts(api, parts, {
    path: '/api/v1/requests',
    facts: REQUESTS,
    description: 'Requests from access logs, newest first',
  });
  addFacts(api, parts, {
    path: '/api/v1/calls',
    facts: CALLS,
    description: 'API calls from CloudTrail, newest first',
  });
}

function addFacts(
  api: Api,
  parts: ApiParts,
  is: { path: string; facts: FactTable; description: string },
): void {
  const filters = Object.fromEntries(is.facts.filters.map((name) => [name, z.string().max(2048).optional()]));
  const query = rangeQuery.omit({ bucket: true }).extend({
    ...filters,
    access: z.enum(['read', 'write']).optional(),
    limit: limitOf(100, 10_000),
    cursor: z.string().max(100).optional(),
  });
  const route = createRoute({
    method: 'get',
    path: is.path,
    request: { query },
    responses: answers(
      shapes.FactPage,
      `${is.description}. A filter matches the whole value; * stands for any text, a leading ! negates, - is the empty value; http_status also takes 4xx.`,
    ),
  });
  api.openapi(route, async (context) => {
    const { since, until, access, limit, cursor, ...rest } = context.req.valid('query');
    const bucket = exactBucket(rest);
    const given = Object.entries(rest).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    );
    const range = rangeOf({ since, until }, parts.clock.nowMs());
    const page = await searchFacts(
      {
        range,
        filters: Object.fromEntries(given),
        limit,
        ...(access === undefined ? {} : { access }),
        ...(cursor === undefined ? {} : { cursor }),
      },
      is.facts,
      parts.engine,
      context.req.raw.signal,
    );
    return context.json(
      {
        coverage: await coverageOf(bucket === undefined ? { range } : { range, bucket }, is.facts, parts),
        rows: page.rows,
        next_cursor: page.nextCursor,
      },
      200,
    );
  });
}

function activityOf(
  query: { since?: string | undefined; until?: string | undefined; bucket?: string | undefined },
  clock: Clock,
) {
  const range = rangeOf(query, clock.nowMs());
  return { range, ...(query.bucket === undefined ? {} : { bucket: query.bucket }) };
}

/** The bucket that the filters name exactly, if they do. */
function exactBucket(filters: Readonly<Record<string, unknown>>): string | undefined {
  const bucket = filters['bucket'];
  return typeof bucket === 'string' && !/[*!]/.test(bucket) ? bucket : undefined;
}
