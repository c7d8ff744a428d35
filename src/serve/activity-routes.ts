/** Routes about requests over time, the busiest values, and kinds of access. */
import { createRoute, z } from '@hono/zod-openapi';
import { accessKinds } from '../monitors/activity/access.ts';
import { ACCESS_KINDS } from '../monitors/activity/access-kinds.ts';
import { REQUESTS } from '../monitors/activity/facts.ts';
import { requestsIn } from '../monitors/activity/reading.ts';
import { latencySeries, requestSeries, splitSeries, stepSeconds } from '../monitors/activity/series.ts';
import { topValues } from '../monitors/activity/top.ts';
import * as activityShapes from './activity-api.ts';
import * as shapes from './api.ts';
import { activityOf, coverageOf } from './coverage.ts';
import { isoOf } from './ledger-queries.ts';
import { rangeQuery } from './range.ts';
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
          bytes_uploaded: total((row) => row.bytes_uploaded),
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
            bytes_uploaded: row.bytes_uploaded,
            ...percentiles('total_time_ms', latency?.total_time),
            ...percentiles('turn_around_time_ms', latency?.turn_around_time),
          };
        }),
      },
      200,
    );
  });
}

export function addTop(api: Api, parts: ApiParts): void {
  const top = createRoute({
    method: 'get',
    path: '/api/v1/activity/top',
    request: {
      query: rangeQuery.extend({
        dimension: z.enum(shapes.TOP_DIMENSIONS),
        by: z.enum(['requests', 'bytes_sent', 'errors']).default('requests'),
        limit: limitOf(10, 1000),
      }),
    },
    responses: answers(shapes.Top, 'The values of one dimension with the most requests, bytes or errors'),
  });
  api.openapi(top, async (context) => {
    const { dimension, by, limit, ...query } = context.req.valid('query');
    const activity = activityOf(query, parts.clock);
    const [found, total, coverage] = await Promise.all([
      topValues({ ...activity, dimension, by, limit }, parts.engine),
      requestsIn(activity, parts.engine),
      coverageOf(activity, REQUESTS, parts),
    ]);
    return context.json(
      {
        coverage,
        dimension,
        total_requests: total,
        estimated: found.estimated,
        sampled_requests: found.sampledRequests,
        rows: found.rows.map((row) => ({ ...row, share: total === 0 ? 0 : row.requests / total })),
      },
      200,
    );
  });
}

export function addSplit(api: Api, parts: ApiParts): void {
  const split = createRoute({
    method: 'get',
    path: '/api/v1/activity/split',
    request: {
      query: rangeQuery.extend({
        by: z.enum(activityShapes.SPLIT_DIMENSIONS),
        steps: limitOf(240, 2000),
      }),
    },
    responses: answers(activityShapes.Split, 'Requests over time by the busiest values of a dimension'),
  });
  api.openapi(split, async (context) => {
    const { by, steps, ...query } = context.req.valid('query');
    const activity = activityOf(query, parts.clock);
    const stepS = stepSeconds(activity.range, steps);
    const [series, coverage] = await Promise.all([
      splitSeries({ ...activity, by }, stepS, parts.engine),
      coverageOf(activity, REQUESTS, parts),
    ]);
    return context.json(
      {
        coverage,
        step_seconds: stepS,
        series: series.map(({ value, isOther, requests, points }) => ({
          value: isOther ? 'other' : value,
          requests,
          points: points.map((point) => ({
            time: isoOf(point.start_s * 1000),
            requests: point.requests,
          })),
        })),
      },
      200,
    );
  });
}

export function addAccess(api: Api, parts: ApiParts): void {
  const access = createRoute({
    method: 'get',
    path: '/api/v1/activity/access',
    request: { query: rangeQuery },
    responses: answers(activityShapes.Access, 'Anonymous, presigned, badly signed or encrypted requests'),
  });
  api.openapi(access, async (context) => {
    const activity = activityOf(context.req.valid('query'), parts.clock);
    const [kinds, coverage] = await Promise.all([
      accessKinds(activity, parts.engine),
      coverageOf(activity, REQUESTS, parts),
    ]);
    const bucket = activity.bucket === undefined ? {} : { bucket: activity.bucket };
    const rows = kinds.map((row) => ({
      ...row,
      title: ACCESS_KINDS[row.kind].title,
      filters: { access_kind: row.kind, ...bucket },
    }));
    return context.json({ coverage, rows }, 200);
  });
}

function percentiles<Name extends string>(name: Name, values: readonly (number | null)[] | undefined) {
  const [p50 = null, p95 = null, p99 = null] = values ?? [];
  return { [`${name}_p50`]: p50, [`${name}_p95`]: p95, [`${name}_p99`]: p99 } as Record<
    `${Name}_${'p50' | 'p95' | 'p99'}`,
    number | null
  >;
}
