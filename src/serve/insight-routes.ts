/** What stands out in the requests: the slowest, the dearest, storms, and what was never seen before. */
import { createRoute, z } from '@hono/zod-openapi';
import { COST_DIMENSIONS, COST_NOTES, requestCost } from '../monitors/activity/cost.ts';
import { REQUESTS } from '../monitors/activity/facts.ts';
import { FIRST_SEEN_KINDS, firstSeen } from '../monitors/activity/first-seen.ts';
import { PRICES } from '../monitors/activity/prices.ts';
import { slowestRequests } from '../monitors/activity/slow.ts';
import { type FoundStorm, storms } from '../monitors/activity/storms.ts';
import * as shapes from './activity-api.ts';
import { activityOf, coverageOf } from './coverage.ts';
import { isoOf } from './ledger-queries.ts';
import { rangeQuery } from './range.ts';
import { type Api, type ApiParts, answers, limitOf } from './route.ts';

export function addInsights(api: Api, parts: ApiParts): void {
  addSlow(api, parts);
  addCost(api, parts);
  addStorms(api, parts);
  addFirstSeen(api, parts);
}

function addSlow(api: Api, parts: ApiParts): void {
  const slow = createRoute({
    method: 'get',
    path: '/api/v1/activity/slow',
    request: { query: rangeQuery.extend({ limit: limitOf(20, 200) }) },
    responses: answers(shapes.Slow, 'The slowest requests'),
  });
  api.openapi(slow, async (context) => {
    const { limit, ...query } = context.req.valid('query');
    const activity = activityOf(query, parts.clock);
    const [rows, coverage] = await Promise.all([
      slowestRequests({ ...activity, limit }, parts.engine),
      coverageOf(activity, REQUESTS, parts),
    ]);
    return context.json({ coverage, rows }, 200);
  });
}

function addCost(api: Api, parts: ApiParts): void {
  const cost = createRoute({
    method: 'get',
    path: '/api/v1/activity/cost',
    request: {
      query: rangeQuery.extend({
        by: z.enum(COST_DIMENSIONS).default('bucket'),
        limit: limitOf(10, 1000),
      }),
    },
    responses: answers(shapes.Cost, 'What requests and transfer cost by list prices, about'),
  });
  api.openapi(cost, async (context) => {
    const { by, limit, ...query } = context.req.valid('query');
    const activity = activityOf(query, parts.clock);
    const [found, coverage] = await Promise.all([
      requestCost({ ...activity, by, limit }, parts.engine),
      coverageOf(activity, REQUESTS, parts),
    ]);
    return context.json(
      {
        coverage,
        currency: PRICES.currency,
        prices_as_of: PRICES.asOf,
        region: PRICES.region,
        total_cost: found.requestCost + found.transferCost,
        request_cost: found.requestCost,
        transfer_cost: found.transferCost,
        estimated: found.estimated,
        sampled_requests: found.sampledRequests,
        rows: [...found.rows],
        notes: [...COST_NOTES],
      },
      200,
    );
  });
}

function addStorms(api: Api, parts: ApiParts): void {
  const route = createRoute({
    method: 'get',
    path: '/api/v1/activity/storms',
    request: { query: rangeQuery },
    responses: answers(shapes.Storms, 'Bursts of 403, 404, 503 and listings against what is usual'),
  });
  api.openapi(route, async (context) => {
    const activity = activityOf(context.req.valid('query'), parts.clock);
    const [found, coverage] = await Promise.all([
      storms(activity, parts.engine),
      coverageOf(activity, REQUESTS, parts),
    ]);
    return context.json({ coverage, rows: found.map(stormRow) }, 200);
  });
}

function stormRow(storm: FoundStorm): shapes.Storms['rows'][number] {
  const { kind, bucket } = storm;
  const started = isoOf(storm.startS * 1000);
  const ended = isoOf(storm.endS * 1000);
  const what = kind === 'LIST' ? { operation: 'LIST' } : { http_status: kind };
  return {
    kind,
    bucket,
    started,
    ended,
    requests: storm.requests,
    peak_per_minute: storm.peakPerMinute,
    usual_per_minute: storm.usualPerMinute,
    requester: storm.requester,
    remote_ip: storm.remote_ip,
    share: storm.share,
    filters: { bucket, ...what, since: started, until: ended },
  };
}

function addFirstSeen(api: Api, parts: ApiParts): void {
  const route = createRoute({
    method: 'get',
    path: '/api/v1/activity/first-seen',
    request: {
      query: rangeQuery.extend({
        kind: z.enum(FIRST_SEEN_KINDS).optional(),
        limit: limitOf(100, 1000),
        cursor: z.string().max(100).optional(),
      }),
    },
    responses: answers(shapes.FirstSeen, 'What principals did, or came from, for the first time'),
  });
  api.openapi(route, async (context) => {
    const { kind, limit, cursor, ...query } = context.req.valid('query');
    const activity = activityOf(query, parts.clock);
    const [page, coverage] = await Promise.all([
      firstSeen(
        {
          ...activity,
          limit,
          ...(kind === undefined ? {} : { kind }),
          ...(cursor === undefined ? {} : { cursor }),
        },
        parts.engine,
      ),
      coverageOf(activity, REQUESTS, parts),
    ]);
    const rows = page.rows.map(({ first_s, last_s, ...row }) => ({
      ...row,
      action: row.kind === 'action' ? row.value : '',
      first_seen: isoOf(first_s * 1000),
      last_seen: isoOf(last_s * 1000),
    }));
    return context.json({ coverage, rows, next_cursor: page.nextCursor }, 200);
  });
}
