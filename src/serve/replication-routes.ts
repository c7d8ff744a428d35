/** Replication by pair: how pairs stand, how they went, and why versions failed. */
import { createRoute } from '@hono/zod-openapi';
import { canaryStatus, canarySeries } from '../monitors/replication/canaries.ts';
import { causeOf } from '../monitors/replication/failure-causes.ts';
import { replicationFailures } from '../monitors/replication/failures.ts';
import { freshness } from '../monitors/replication/freshness.ts';
import { looksOf } from '../monitors/replication/looks.ts';
import { type Pair, readPairs } from '../monitors/replication/pairs.ts';
import { pairStates } from '../monitors/replication/pairs-status.ts';
import type { Range } from '../monitors/replication/range.ts';
import { type ReplicationSteps, replicationSteps } from '../monitors/replication/series.ts';
import { summaryOf } from '../monitors/replication/verdict.ts';
import { Fault } from '../lib/fault.ts';
import type { Coverage } from './api.ts';
import { completeUntil } from './coverage.ts';
import { isoOf } from './ledger-queries.ts';
import { pairAnswer, seriesAnswer } from './replication-answers.ts';
import * as shapes from './replication-api.ts';
import { chosen, chosenQuery, everythingOf } from './replication-query.ts';
import { rangeOf } from './range.ts';
import { type Api, type ApiParts, answers } from './route.ts';

/** Formats that tell of objects. */
const FORMATS = ['s3-event', 'cloudtrail'];

export function addReplication(api: Api, parts: ApiParts): void {
  addPairs(api, parts);
  addSeries(api, parts);
  addFailures(api, parts);
}

function addPairs(api: Api, parts: ApiParts): void {
  const route = createRoute({
    method: 'get',
    path: '/api/v1/replication/pairs',
    request: { query: chosenQuery },
    responses: answers(shapes.Pairs, 'Pairs of buckets, and how they stand now'),
  });
  api.openapi(route, async (context) => {
    const query = context.req.valid('query');
    const nowMs = parts.clock.nowMs();
    const range = rangeOf(query, nowMs);
    const pairs = await pairsOf(chosen(query), parts);
    const looks = await looksOf(pairs, parts.config.replication.confirm.requests_per_hour, parts.engine);
    const [states, canaries, reach] = await Promise.all([
      pairStates({ pairs, range, nowMs, looks, isSettled: parts.isSettled() }, parts.engine),
      canaryStatus(nowMs, parts.engine),
      freshness(parts.engine),
    ]);
    return context.json(
      {
        coverage: await coverageFor(range, reach.newestEventMs, parts),
        sentence: summaryOf(
          states.map(({ verdict, rpoSeconds, pair: { targetSeconds } }) => ({
            verdict,
            rpoSeconds,
            targetSeconds,
          })),
        ),
        judged_until: reach.judgedUntilMs === null ? null : isoOf(reach.judgedUntilMs),
        rows: states.map((state) => pairAnswer(state, canaries.get(state.pair.id))),
      },
      200,
    );
  });
}

function addSeries(api: Api, parts: ApiParts): void {
  const route = createRoute({
    method: 'get',
    path: '/api/v1/replication/series',
    request: { query: chosenQuery },
    responses: answers(shapes.ReplicationSeries, 'Replication over time, of the chosen pairs together'),
  });
  api.openapi(route, async (context) => {
    const query = context.req.valid('query');
    const nowMs = parts.clock.nowMs();
    const range = rangeOf(query, nowMs);
    const pairs = await pairsOf(chosen(query), parts);
    const [steps, reach] = await Promise.all([
      replicationSteps(pairs, { range, nowMs }, parts.engine),
      freshness(parts.engine),
    ]);
    const coverage = await coverageFor(range, reach.newestEventMs, parts);
    return context.json({ coverage, ...seriesAnswer(steps, await canariesOf(pairs, steps, parts)) }, 200);
  });
}

function addFailures(api: Api, parts: ApiParts): void {
  const route = createRoute({
    method: 'get',
    path: '/api/v1/replication/failures',
    request: { query: chosenQuery },
    responses: answers(shapes.ReplicationFailures, 'Failures as they stand, by reason, with what mends them'),
  });
  api.openapi(route, async (context) => {
    const query = context.req.valid('query');
    const range = everythingOf(query, parts.clock.nowMs());
    const rows = await replicationFailures({ range, ...chosen(query) }, parts.engine);
    return context.json(
      {
        rows: rows.map(
          ({
            first_ms: firstMs,
            last_ms: lastMs,
            example_key: key,
            example_version_id: versionId,
            ...row
          }) => ({
            ...row,
            ...causeOf(row.reason),
            first_failed: firstMs === null ? null : isoOf(firstMs),
            last_failed: lastMs === null ? null : isoOf(lastMs),
            example: { key, version_id: versionId },
          }),
        ),
      },
      200,
    );
  });
}

/** The longest time of a canary of the pairs in each step, milliseconds. */
async function canariesOf(
  pairs: readonly Pair[],
  { steps, stepSeconds }: ReplicationSteps,
  { engine }: ApiParts,
): Promise<(number | null)[]> {
  const startMs = (steps[0]?.startS ?? 0) * 1000;
  const range = { startMs, endMs: startMs + steps.length * stepSeconds * 1000 };
  const found = await canarySeries(range, stepSeconds, engine);
  return steps.map((_, index) => {
    const times = pairs.flatMap(({ id }) => found.get(id)?.[index] ?? []);
    return times.length === 0 ? null : Math.max(...times);
  });
}

/** The pairs asked for; gone ones only when asked for by their id. Throws `not_found` for an id that is none. */
async function pairsOf(
  choice: { readonly pair?: string; readonly bucket?: string },
  parts: ApiParts,
): Promise<Pair[]> {
  const pairs = await readPairs(choice, parts.engine);
  if (choice.pair === undefined) return pairs.filter(({ isGone }) => !isGone);
  if (pairs.length === 0)
    throw new Fault('not_found', `Cannot find the pair "${choice.pair}": see /api/v1/replication/pairs.`);
  return pairs;
}

async function coverageFor(range: Range, newestMs: number | null, parts: ApiParts): Promise<Coverage> {
  const completeMs = await completeUntil(FORMATS, parts);
  return {
    since: isoOf(range.startMs),
    until: isoOf(range.endMs),
    newest_event: newestMs === null ? null : isoOf(newestMs),
    complete_until: completeMs === undefined ? null : isoOf(Math.min(range.endMs, completeMs)),
    sources: parts.sources.map((source) => source.name),
  };
}
