/** The routes of canaries: what became of them, and to write one. */
import { createRoute, z } from '@hono/zod-openapi';
import { canaryRows } from '../monitors/replication/canaries.ts';
import { type Canary, latencyMsOf } from '../monitors/replication/canary-rows.ts';
import { isoOf } from './ledger-queries.ts';
import { rangeOf, rangeQuery } from './range.ts';
import * as shapes from './replication-api.ts';
import { type Api, type ApiParts, answers, limitOf } from './route.ts';

export function addCanaries(api: Api, parts: ApiParts): void {
  const list = createRoute({
    method: 'get',
    path: '/api/v1/replication/canaries',
    request: {
      query: rangeQuery.extend({ pair: z.string().max(1000).optional(), limit: limitOf(100, 10_000) }),
    },
    responses: answers(shapes.Canaries, 'Canaries sent in the range, newest first'),
  });
  api.openapi(list, async (context) => {
    const { limit, pair, bucket, ...range } = context.req.valid('query');
    const query = { range: rangeOf(range, parts.clock.nowMs()), pair, bucket, limit };
    return context.json({ rows: (await canaryRows(query, parts.engine)).map(canaryRow) }, 200);
  });

  const send = createRoute({
    method: 'post',
    path: '/api/v1/replication/canaries',
    request: {
      body: { required: true, content: { 'application/json': { schema: shapes.CanaryRequest } } },
    },
    responses: answers(shapes.CanarySent, 'Writes a canary now'),
  });
  api.openapi(send, async (context) => {
    const { pair } = context.req.valid('json');
    const { canary, targetMs } = await parts.canaries.send(pair, context.req.raw.signal);
    return context.json({ canary: canaryRow(canary), target_seconds: Math.round(targetMs / 1000) }, 200);
  });
}

function canaryRow(canary: Canary): shapes.CanaryRow {
  return {
    pair_id: canary.pairId,
    source: canary.source,
    destination: canary.destination,
    key: canary.key,
    version_id: canary.versionId,
    sent: isoOf(canary.sentMs),
    arrived: canary.arrivedMs === null ? null : isoOf(canary.arrivedMs),
    latency_ms: latencyMsOf(canary),
    uncertainty_ms: canary.uncertaintyMs,
    state: canary.state,
    problem: canary.problem,
    removed: canary.removedMs === null ? null : isoOf(canary.removedMs),
  };
}
