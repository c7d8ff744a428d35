/** Trying a definition of an alarm over what is stored. */
import { createRoute } from '@hono/zod-openapi';
import type { AlarmDefinition } from '../alarms/definition.ts';
import { type KnownDefinition, withUnit } from '../alarms/known-definition.ts';
import { ownDefinitions } from '../config/alarm-definitions.ts';
import { configSchema } from '../config/schema.ts';
import { Fault } from '../lib/fault.ts';
import { nearest } from '../lib/nearest.ts';
import { answerBackTest } from './alarm-back-test.ts';
import * as shapes from './alarm-api.ts';
import { rangeOf } from './range.ts';
import { type Api, type ApiParts, answers } from './route.ts';

const DEFAULT_SPAN_MS = 30 * 86_400_000;

export function addAlarmBackTest(api: Api, parts: ApiParts): void {
  const route = createRoute({
    method: 'post',
    path: '/api/v1/alarms/backtest',
    request: {
      body: { required: true, content: { 'application/json': { schema: shapes.BackTestRequest } } },
    },
    responses: answers(shapes.BackTest, 'What a definition would have done over what is stored'),
  });
  api.openapi(route, async (context) => {
    const { definition, section, period_seconds: period, ...range } = context.req.valid('json');
    const { engine, alarms } = parts;
    const question = {
      definition: withUnit(definitionOf({ id: definition, section }, alarms.definitions), alarms.metrics),
      ...spanOf(range, parts.clock.nowMs()),
      ...(period === undefined ? {} : { periodMs: period * 1000 }),
    };
    const { signal } = context.req.raw;
    const answer = await answerBackTest(question, {
      engine,
      signal,
      ...(alarms.metrics === undefined ? {} : { metrics: alarms.metrics }),
    });
    return context.json(answer, 200);
  });
}

/** The range asked for, up to now at most; without a start 30 days. */
function spanOf(
  { since, until }: { readonly since?: string | undefined; readonly until?: string | undefined },
  nowMs: number,
): { readonly startMs: number; readonly endMs: number } {
  const { startMs, endMs } = rangeOf({ since: since ?? '1970-01-01T00:00:00Z', until }, nowMs);
  const lastMs = Math.min(endMs, nowMs);
  if (since === undefined) return { startMs: Math.max(0, lastMs - DEFAULT_SPAN_MS), endMs: lastMs };
  if (startMs >= lastMs) throw new Fault('invalid', `Cannot test since ${since}: that is not past.`);
  return { startMs, endMs: lastMs };
}

interface Asked {
  readonly id: string | undefined;
  readonly section: Readonly<Record<string, unknown>> | undefined;
}

/** Throws `not_found` for an id of none, and `invalid` for a section with a mistake; one that is turned off is tested like others. */
function definitionOf({ id, section }: Asked, known: readonly KnownDefinition[]): AlarmDefinition {
  if ((id === undefined) === (section === undefined))
    throw new Fault('invalid', 'Cannot test that: give a definition or a section, one of the two.');
  if (section !== undefined) return definitionOfSection(section);
  const found = known.find(({ definition }) => definition.id === id);
  if (found !== undefined) return found.definition;
  const ids = known.map(({ definition }) => definition.id);
  const near = nearest(id ?? '', ids);
  const hint = near === undefined ? 'see /api/v1/alarms/definitions' : `is "${near}" meant?`;
  throw new Fault('not_found', `Cannot find the definition "${id}": ${hint}`);
}

function definitionOfSection(section: Readonly<Record<string, unknown>>): AlarmDefinition {
  const reading = configSchema.shape.alarms.safeParse({ metrics: [section] });
  const problems = reading.error?.issues.map(({ path, message }) => `${path.slice(2).join('.')} ${message}`);
  const [definition] = reading.success ? ownDefinitions(reading.data) : [];
  if (definition !== undefined) return definition;
  throw new Fault('invalid', `Cannot test this alarm: ${problems?.join('; ') ?? 'there is none'}.`);
}
