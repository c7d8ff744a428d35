/** Questions with a name, and the timeline of a request or an object. */
import { createRoute, z } from '@hono/zod-openapi';
import { Fault } from '../lib/fault.ts';
import { analysisNamed, runAnalysis } from '../monitors/activity/analyses.ts';
import { timeline } from '../monitors/activity/timeline.ts';
import * as shapes from './analysis-api.ts';
import { ANALYSIS_CATALOGUE } from './analysis-catalogue.ts';
import { coverageOf } from './coverage.ts';
import { isoOf } from './ledger-queries.ts';
import { rangeOf, rangeQuery } from './range.ts';
import { type Api, type ApiParts, answers, limitOf } from './route.ts';

const PARAMETERS = [
  ...new Set(ANALYSIS_CATALOGUE.flatMap(({ parameters }) => parameters.map(({ name }) => name))),
];
const text = z.string().max(2048).optional();

export function addAnalyses(api: Api, parts: ApiParts): void {
  const list = createRoute({
    method: 'get',
    path: '/api/v1/analyses',
    responses: answers(shapes.Analyses, 'Questions with a name, and what each takes'),
  });
  api.openapi(list, (context) => context.json({ rows: ANALYSIS_CATALOGUE }, 200));

  const run = createRoute({
    method: 'get',
    path: '/api/v1/analyses/{name}',
    request: {
      params: z.object({ name: z.string().max(100) }),
      query: rangeQuery.omit({ bucket: true }).extend({
        ...Object.fromEntries(PARAMETERS.map((name) => [name, text])),
        limit: limitOf(100, 10_000),
      }),
    },
    responses: answers(shapes.AnalysisAnswer, 'The answer to a question with a name'),
  });
  api.openapi(run, async (context) => {
    const { since, until, limit, ...given } = context.req.valid('query');
    const analysis = analysisNamed(context.req.valid('param').name);
    const range = rangeOf({ since, until }, parts.clock.nowMs());
    const parameters = Object.fromEntries(
      Object.entries(given).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    );
    const [rows, coverage] = await Promise.all([
      runAnalysis({ analysis, range, parameters, limit }, parts.engine, context.req.raw.signal),
      coverageOf({ range }, analysis.facts, parts),
    ]);
    return context.json({ coverage, columns: Object.keys(rows[0] ?? {}), rows }, 200);
  });
}

const AROUND_MS = 15 * 60_000;

export function addTimeline(api: Api, parts: ApiParts): void {
  const route = createRoute({
    method: 'get',
    path: '/api/v1/timeline',
    request: {
      query: rangeQuery.extend({
        request_id: z.string().min(1).max(200).optional(),
        time: z.iso.datetime().optional(),
        key: z.string().max(2048).optional(),
      }),
    },
    responses: answers(shapes.Timeline, 'What all feeds know of one request or one object, oldest first'),
  });
  api.openapi(route, async (context) => {
    const { request_id: requestId, time, bucket, key, since, until } = context.req.valid('query');
    const aroundMs = time === undefined ? undefined : Date.parse(time);
    const range =
      aroundMs === undefined
        ? rangeOf({ since, until }, parts.clock.nowMs())
        : { startMs: aroundMs - AROUND_MS, endMs: aroundMs + AROUND_MS };
    const of = subjectOf({ requestId, bucket, key });
    const rows = await timeline({ range, of, limit: shapes.TIMELINE_ROWS_MAX }, parts.engine);
    return context.json({ rows: rows.map(({ time_ms, ...row }) => ({ time: isoOf(time_ms), ...row })) }, 200);
  });
}

function subjectOf(query: {
  requestId: string | undefined;
  bucket: string | undefined;
  key: string | undefined;
}) {
  const { requestId, bucket, key } = query;
  if (requestId !== undefined) return { kind: 'request', requestId } as const;
  if (bucket !== undefined && key !== undefined) return { kind: 'object', bucket, key } as const;
  throw new Fault('invalid', 'Cannot give a timeline: it needs request_id, or bucket and key.');
}
