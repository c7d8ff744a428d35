/** Searches of requests and calls. */
import { createRoute, z } from '@hono/zod-openapi';
import { CALLS, type FactTable, REQUESTS, searchFacts } from '../monitors/activity/facts.ts';
import * as shapes from './api.ts';
import { coverageOf } from './coverage.ts';
import { rangeOf, rangeQuery } from './range.ts';
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
    const range = rangeOf({ since, until }, parts.clock.nowMs());
    const page = await searchFacts(
      {
        range,
        filters: givenOf(rest),
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

/** The bucket that the filters name exactly, if they do. */
function exactBucket(filters: Readonly<Record<string, unknown>>): string | undefined {
  const bucket = filters['bucket'];
  return typeof bucket === 'string' && !/[*!]/.test(bucket) ? bucket : undefined;
}

/** The filters that were given. */
function givenOf(filters: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(filters).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
