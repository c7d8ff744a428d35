/** Alarms as they stand, what became of them, and their definitions. */
import { createRoute, z } from '@hono/zod-openapi';
import { ALARM_STATES, type Labels } from '../alarms/alarm.ts';
import { alarmId, labelsOfId } from '../alarms/alarm-id.ts';
import { alarmChanges, alarmCounts, alarmsNow, type AlarmsQuery } from '../alarms/alarm-queries.ts';
import { SEVERITIES } from '../alarms/definition.ts';
import type { KnownDefinition } from '../alarms/known-definition.ts';
import type { Point } from '../alarms/limit.ts';
import { acknowledgements, silences } from '../alarms/silences.ts';
import { Fault } from '../lib/fault.ts';
import * as answersOf from './alarm-answers.ts';
import * as shapes from './alarm-api.ts';
import { isoOf, pageStart } from './ledger-queries.ts';
import { rangeOf } from './range.ts';
import { type Api, type ApiParts, answers, limitOf } from './route.ts';

export function addAlarms(api: Api, parts: ApiParts): void {
  addList(api, parts);
  addTransitions(api, parts);
  addDetail(api, parts);
  addDefinitions(api, parts);
}

const ALARMING_MAX = 10_000;

function addList(api: Api, parts: ApiParts): void {
  const list = createRoute({
    method: 'get',
    path: '/api/v1/alarms',
    request: {
      query: z.strictObject({
        state: z.enum(ALARM_STATES).optional(),
        severity: z.enum(SEVERITIES).optional(),
        monitor: z.string().max(200).optional(),
        limit: limitOf(1000, 10_000),
      }),
    },
    responses: answers(shapes.Alarms, 'Alarms as they stand, the worst first'),
  });
  api.openapi(list, async (context) => {
    const { limit, state, ...of } = context.req.valid('query');
    const [rows, alarming, found] = await Promise.all([
      alarmRows({ ...of, state, limit }, parts),
      alarmRows({ ...of, state: 'ALARM', limit: ALARMING_MAX }, parts),
      alarmCounts(of, parts.engine),
    ]);
    const counts = countsOf(found);
    const meant = state === undefined ? sumOf(Object.values(counts)) : counts[state];
    const { evaluatedMs, omitted } = parts.alarms.status();
    return context.json(
      {
        sentence: answersOf.alarmsSentence(alarming, counts),
        evaluated_at: evaluatedMs === undefined ? null : isoOf(evaluatedMs),
        counts,
        omitted: sumOf([...omitted.values()]) + Math.max(0, meant - rows.length),
        rows,
      },
      200,
    );
  });
}

function countsOf(found: Awaited<ReturnType<typeof alarmCounts>>): Required<shapes.Alarms['counts']> {
  const of = (state: string): number =>
    sumOf(found.filter((row) => row.state === state).map(({ alarms }) => alarms));
  return { OK: of('OK'), ALARM: of('ALARM'), INSUFFICIENT_DATA: of('INSUFFICIENT_DATA') };
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}

async function alarmRows(
  query: AlarmsQuery & { readonly limit: number },
  { engine, clock }: ApiParts,
): Promise<shapes.Alarm[]> {
  const nowMs = clock.nowMs();
  const [rows, muted, acknowledged] = await Promise.all([
    alarmsNow(query, engine),
    silences(engine),
    acknowledgements(nowMs, engine),
  ]);
  const said = { silences: muted, acknowledgements: acknowledged };
  return rows.map((row) => answersOf.alarmAnswer(row, said, nowMs));
}

const WEEK_MS = 7 * 86_400_000;
const TRANSITIONS = 100;

function addTransitions(api: Api, parts: ApiParts): void {
  const time = z.string().max(40).optional();
  const list = createRoute({
    method: 'get',
    path: '/api/v1/alarms/transitions',
    request: {
      query: z.strictObject({
        since: time.openapi({ description: 'Start, inclusive, ISO 8601; default: a week before `until`.' }),
        until: time.openapi({ description: 'End, exclusive, ISO 8601; default: now.' }),
        alarm: z.string().max(4000).optional(),
        limit: limitOf(100, 1000),
        cursor: z.string().max(100).optional(),
      }),
    },
    responses: answers(shapes.Transitions, 'Changes of state, latest first'),
  });
  api.openapi(list, async (context) => {
    const { since, until, alarm, limit, cursor } = context.req.valid('query');
    // What was noticed in this very moment is part of what was noticed until now.
    const nowMs = parts.clock.nowMs() + 1;
    const endMs = rangeOf({ until }, nowMs).endMs;
    const startMs = since === undefined ? endMs - WEEK_MS : rangeOf({ since, until }, nowMs).startMs;
    const before = pageStart(cursor, 1) === undefined ? undefined : Number(cursor);
    const found = await alarmChanges({ startMs, endMs, alarm, before, limit: limit + 1 }, parts.engine);
    const page = found.slice(0, limit);
    const last = found.length > limit ? page.at(-1) : undefined;
    return context.json(
      {
        rows: page.map(answersOf.transitionAnswer),
        next_cursor: last === undefined ? null : String(last.sequence),
      },
      200,
    );
  });
}

function addDetail(api: Api, parts: ApiParts): void {
  const detail = createRoute({
    method: 'get',
    path: '/api/v1/alarms/detail',
    request: { query: z.strictObject({ alarm: z.string().min(1).max(4000) }) },
    responses: answers(
      shapes.AlarmDetail,
      'One alarm: its definition, its history, and what its chart shows',
    ),
  });
  api.openapi(detail, async (context) => {
    const { alarm } = context.req.valid('query');
    const { engine } = parts;
    const endMs = parts.clock.nowMs() + 1;
    const [[row], changes] = await Promise.all([
      alarmRows({ alarm, limit: 1 }, parts),
      alarmChanges({ startMs: 0, endMs, alarm, limit: TRANSITIONS }, engine),
    ]);
    const known = parts.alarms.definitions.find(({ definition }) => definition.id === row?.definition);
    if (row === undefined || known === undefined)
      throw new Fault('not_found', `Cannot find the alarm: there is none of this id, got "${alarm}".`);
    const { rule } = known.definition;
    const points = await chartPoints(known, alarm, { parts, signal: context.req.raw.signal });
    const counts = await alarmCounts({}, engine);
    return context.json(
      {
        row,
        definition: answersOf.definitionAnswer(known, alarmsOf(known, counts)),
        transitions: changes.map(answersOf.transitionAnswer),
        points: points.map(({ startMs, value, lower, upper }) => ({
          time: isoOf(startMs),
          value,
          lower: lower ?? null,
          upper: upper ?? null,
        })),
        threshold: rule.kind === 'metric' && rule.limit.kind === 'threshold' ? rule.limit.threshold : null,
        period_seconds: rule.kind === 'metric' ? rule.periodMs / 1000 : null,
      },
      200,
    );
  });
}

const CHART_PERIODS = 100;

/** Of the series of the alarm; none where it is no metric alarm, or metrics are not read. */
async function chartPoints(
  { definition: { rule, where = {} } }: KnownDefinition,
  alarm: string,
  { parts, signal }: { readonly parts: ApiParts; readonly signal: AbortSignal },
): Promise<readonly Point[]> {
  const { metrics } = parts.alarms;
  if (rule.kind !== 'metric' || metrics === undefined) return [];
  const { metric, statistic, periodMs } = rule;
  const endMs = Math.floor(parts.clock.nowMs() / periodMs) * periodMs;
  const labels: Labels = { ...where, ...labelsOfId(alarm) };
  const question = {
    metric,
    statistic,
    where: labels,
    periodMs,
    startMs: endMs - CHART_PERIODS * periodMs,
    endMs,
  };
  const readings = await metrics.read(question, signal);
  const own = readings.find((reading) => alarmId('', reading.labels) === alarmId('', labels));
  return (own?.points ?? []).filter(({ value }) => Number.isFinite(value)).slice(-CHART_PERIODS);
}

function addDefinitions(api: Api, parts: ApiParts): void {
  const list = createRoute({
    method: 'get',
    path: '/api/v1/alarms/definitions',
    responses: answers(shapes.Definitions, 'Definitions: defaults, and those of the configuration'),
  });
  api.openapi(list, async (context) => {
    const counts = await alarmCounts({}, parts.engine);
    const rows = parts.alarms.definitions.map((known) =>
      answersOf.definitionAnswer(known, alarmsOf(known, counts)),
    );
    return context.json({ rows }, 200);
  });
}

function alarmsOf(
  { definition: { id } }: KnownDefinition,
  counts: Awaited<ReturnType<typeof alarmCounts>>,
): number {
  return sumOf(counts.filter(({ definition }) => definition === id).map(({ alarms }) => alarms));
}
