/** Whether the program is there, ready and well: for load balancers, supervisors and people. */
import { createRoute } from '@hono/zod-openapi';
import type { StandingHealth } from '../health/health-watch.ts';
import * as shapes from './health-api.ts';
import { isoOf } from './ledger-queries.ts';
import { type Api, type ApiParts, answers } from './route.ts';

const PROBES: readonly string[] = ['/healthz', '/readyz'];

/** Whether a request asks what anybody may know: that we live, and whether we are ready. */
export function isForProbe(request: Request): boolean {
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  return isRead && PROBES.includes(new URL(request.url).pathname);
}

export function addHealth(api: Api, parts: ApiParts): void {
  addProbes(api, parts);
  const route = createRoute({
    method: 'get',
    path: '/api/v1/health',
    responses: answers(shapes.OwnHealth, 'How the program itself does, and what to do about it'),
  });
  api.openapi(route, async (context) => context.json(answerOf(await parts.health.look()), 200));
}

function addProbes(api: Api, parts: ApiParts): void {
  const alive = createRoute({
    method: 'get',
    path: '/healthz',
    responses: {
      200: said('The process and its engine answer', shapes.Alive),
      503: said('The engine does not answer within a second', shapes.Alive),
    },
  });
  api.openapi(alive, async (context) => {
    const { isAnswering } = await parts.health.answer();
    return context.json({ alive: isAnswering }, isAnswering ? 200 : 503);
  });
  const ready = createRoute({
    method: 'get',
    path: '/readyz',
    responses: {
      200: said('Tables are up to date, the spool is taken up, sources are followed', shapes.Ready),
      503: said('Not yet, or no longer', shapes.Ready),
    },
  });
  api.openapi(ready, (context) => {
    const reason = parts.notReady();
    return context.json({ ready: reason === '', reason }, reason === '' ? 200 : 503);
  });
}

function said<Schema extends typeof shapes.Alive | typeof shapes.Ready>(description: string, schema: Schema) {
  return { description, content: { 'application/json': { schema } } };
}

function answerOf({ state, sentence, items, atMs }: StandingHealth): shapes.OwnHealth {
  return {
    verdict: state,
    sentence,
    as_of: isoOf(atMs),
    items: items.map((item) => ({
      check: item.check,
      of: item.of,
      verdict: item.state,
      since: isoOf(item.sinceMs),
      sentence: item.sentence,
      first_step: item.firstStep,
      numbers: item.numbers,
    })),
  };
}
