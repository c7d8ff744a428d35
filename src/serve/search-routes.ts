/** Searches of requests and calls, and what fits them over time and by value. */
import { createRoute, z } from '@hono/zod-openapi';
import type { Clock } from '../lib/clock.ts';
import {
  CALLS,
  type FactFilters,
  type FactTable,
  REQUESTS,
  searchFacts,
} from '../monitors/activity/facts.ts';
import { exactBucket, facet, histogram } from '../monitors/activity/matches.ts';
import { stepSeconds } from '../monitors/activity/series.ts';
import * as shapes from './api.ts';
import { coverageOf } from './coverage.ts';
import { isoOf } from './ledger-queries.ts';
import { rangeOf, rangeQuery } from './range.ts';
import * as searchShapes from './search-api.ts';
import { type Api, type ApiParts, answers, limitOf } from './route.ts';

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
  addMatches(api, parts, { path: '/api/v1/requests', facts: REQUESTS });
  addMatches(api, parts, { path: '/api/v1/calls', facts: CALLS });
}

function addFacts(
  api: Api,
  parts: ApiParts,
  is: { path: string; facts: FactTable; description: string },
): void {
  const query = filtersOf(is.facts).extend({
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
    const { limit, cursor, ...rest } = context.req.valid('query');
    const given = givenOf(rest, parts.clock);
    const page = await searchFacts(
      { ...given, limit, ...(cursor === undefined ? {} : { cursor }) },
      is.facts,
      parts.engine,
      context.req.raw.signal,
    );
    const coverage = await coverageFor(given, is.facts, parts);
    return context.json({ coverage, rows: page.rows, next_cursor: page.nextCursor }, 200);
  });
}

function addMatches(api: Api, parts: ApiParts, is: { path: string; facts: FactTable }): void {
  const what = is.facts === REQUESTS ? 'Requests' : 'API calls';
  const chart = createRoute({
    method: 'get',
    path: `${is.path}/histogram`,
    request: { query: filtersOf(is.facts).extend({ steps: limitOf(120, 2000) }) },
    responses: answers(searchShapes.Histogram, `${what} that fit the filters of the search, over time`),
  });
  api.openapi(chart, async (context) => {
    const { steps, ...rest } = context.req.valid('query');
    const given = givenOf(rest, parts.clock);
    const stepS = stepSeconds(given.range, steps);
    const [found, coverage] = await Promise.all([
      histogram({ ...given, facts: is.facts }, stepS, parts.engine),
      coverageFor(given, is.facts, parts),
    ]);
    return context.json(
      {
        coverage,
        step_seconds: stepS,
        total: found.points.reduce((sum, point) => sum + point.total, 0),
        estimated: found.estimated,
        sampled_requests: found.sampledRequests,
        points: found.points.map(({ start_s, total, errors }) => ({
          time: isoOf(start_s * 1000),
          total,
          errors,
        })),
      },
      200,
    );
  });

  const columns = is.facts.filters.filter((name) => is.facts.named[name] === undefined);
  const top = createRoute({
    method: 'get',
    path: `${is.path}/top`,
    request: {
      query: filtersOf(is.facts).extend({ dimension: z.enum(columns), limit: limitOf(10, 1000) }),
    },
    responses: answers(searchShapes.Facet, `${what} that fit the filters of the search, by value`),
  });
  api.openapi(top, async (context) => {
    const { dimension, limit, ...rest } = context.req.valid('query');
    const given = givenOf(rest, parts.clock);
    const [found, coverage] = await Promise.all([
      facet({ ...given, facts: is.facts, dimension, limit }, parts.engine),
      coverageFor(given, is.facts, parts),
    ]);
    const { estimated, sampledRequests, rows } = found;
    return context.json(
      { coverage, dimension, estimated, sampled_requests: sampledRequests, rows: [...rows] },
      200,
    );
  });
}

/** The query of everything about facts: range and filters, and whether they read or write. */
function filtersOf(facts: FactTable) {
  const filters = Object.fromEntries(facts.filters.map((name) => [name, z.string().max(2048).optional()]));
  return rangeQuery
    .omit({ bucket: true })
    .extend({ ...filters, access: z.enum(['read', 'write']).optional() });
}

function givenOf(
  query: { since?: string | undefined; until?: string | undefined; access?: 'read' | 'write' | undefined },
  clock: Clock,
): FactFilters {
  const { since, until, access, ...rest } = query;
  const filters = Object.entries(rest).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return {
    range: rangeOf({ since, until }, clock.nowMs()),
    filters: Object.fromEntries(filters),
    ...(access === undefined ? {} : { access }),
  };
}

function coverageFor(given: FactFilters, facts: FactTable, parts: ApiParts): Promise<shapes.Coverage> {
  const bucket = exactBucket(given.filters);
  const { range } = given;
  return coverageOf(bucket === undefined ? { range } : { range, bucket }, facts, parts);
}
