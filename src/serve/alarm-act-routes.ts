/** What people say of alarms: that they have taken one on, and that some are muted for a time. */
import { randomUUID } from 'node:crypto';
import { createRoute, z } from '@hono/zod-openapi';
import { minuteText } from '../alarms/alarm.ts';
import { alarmsNow } from '../alarms/alarm-queries.ts';
import { endSilence, saveAcknowledgement, saveSilence, type Silence, silences } from '../alarms/silences.ts';
import { Fault } from '../lib/fault.ts';
import { fits } from '../notify/match.ts';
import { silenceAnswer } from './alarm-answers.ts';
import * as shapes from './alarm-api.ts';
import { isoOf } from './ledger-queries.ts';
import { type Api, type ApiParts, answers } from './route.ts';

export function addAlarmActs(api: Api, parts: ApiParts): void {
  addAcknowledge(api, parts);
  addSilences(api, parts);
  addSilence(api, parts);
  addSilenceEnd(api, parts);
}

const WEEK_MS = 7 * 86_400_000;
const YEAR_MS = 366 * 86_400_000;
const ALARMS_MAX = 100_000;

function addAcknowledge(api: Api, { engine, clock }: ApiParts): void {
  const acknowledge = createRoute({
    method: 'post',
    path: '/api/v1/alarms/acknowledge',
    request: bodyOf(shapes.AcknowledgeRequest),
    responses: answers(shapes.Said, 'Says that somebody has taken an alarm on'),
  });
  api.openapi(acknowledge, async (context) => {
    const { alarm, until, author, reason } = context.req.valid('json');
    const nowMs = clock.nowMs();
    const endsMs = until === undefined ? nowMs + WEEK_MS : futureOf('until', until, nowMs);
    const [row] = await alarmsNow({ alarm, limit: 1 }, engine);
    if (row === undefined)
      throw new Fault('not_found', `Cannot acknowledge the alarm: there is none of this id, got "${alarm}".`);
    if (row.state === 'OK')
      throw new Fault('conflict', `Cannot acknowledge the alarm: it is OK, got "${alarm}".`);
    await saveAcknowledgement({ alarm, sequence: row.sequence, atMs: nowMs, endsMs, author, reason }, engine);
    const sentence = `Acknowledged ${row.title}: until it recovers, at most until ${minuteText(endsMs)}.`;
    return context.json({ sentence, id: alarm }, 200);
  });
}

function addSilences(api: Api, { engine, clock }: ApiParts): void {
  const list = createRoute({
    method: 'get',
    path: '/api/v1/silences',
    responses: answers(shapes.Silences, 'Silences, newest first'),
  });
  api.openapi(list, async (context) => {
    const nowMs = clock.nowMs();
    const rows = (await silences(engine)).map((one) => silenceAnswer(one, nowMs));
    return context.json({ rows }, 200);
  });
}

function addSilence(api: Api, { engine, clock }: ApiParts): void {
  const silence = createRoute({
    method: 'post',
    path: '/api/v1/silences',
    request: bodyOf(shapes.SilenceRequest),
    responses: answers(shapes.Said, 'Mutes alarms for a time; they are evaluated as before'),
  });
  api.openapi(silence, async (context) => {
    const { matchers, starts, ends, author, reason } = context.req.valid('json');
    const nowMs = clock.nowMs();
    const startsMs = starts === undefined ? nowMs : timeOf('starts', starts);
    const endsMs = futureOf('ends', ends, Math.max(nowMs, startsMs));
    if (endsMs > nowMs + YEAR_MS)
      throw new Fault(
        'invalid',
        `Cannot silence alarms until ${ends}: that is more than a year. Turn them off in the configuration.`,
      );
    const made: Silence = { id: randomUUID(), matchers, startsMs, endsMs, author, reason, createdMs: nowMs };
    await saveSilence(made, nowMs, engine);
    const rows = await alarmsNow({ limit: ALARMS_MAX }, engine);
    const fitting = rows.filter((row) => fits(matchers, row)).length;
    const count = `${fitting.toLocaleString('en-US')} ${fitting === 1 ? 'alarm' : 'alarms'}`;
    const from = startsMs > nowMs ? ` from ${minuteText(startsMs)}` : '';
    return context.json(
      {
        sentence: `Silenced${from} until ${minuteText(endsMs)}: ${count} ${fitting === 1 ? 'fits' : 'fit'} now.`,
        id: made.id,
      },
      200,
    );
  });
}

function addSilenceEnd(api: Api, { engine, clock }: ApiParts): void {
  const end = createRoute({
    method: 'post',
    path: '/api/v1/silences/{id}/end',
    request: { params: z.strictObject({ id: z.string().min(1).max(100) }) },
    responses: answers(shapes.Said, 'Ends a silence now'),
  });
  api.openapi(end, async (context) => {
    const { id } = context.req.valid('param');
    const { endsMs } = await endSilence(id, clock.nowMs(), engine);
    return context.json(
      { sentence: `Ended at ${minuteText(endsMs)}: its alarms are told of again.`, id },
      200,
    );
  });
}

function futureOf(name: string, text: string, afterMs: number): number {
  const ms = timeOf(name, text);
  if (ms > afterMs) return ms;
  throw new Fault('invalid', `Cannot use ${name}: it is not after ${isoOf(afterMs)}, got "${text}".`);
}

function timeOf(name: string, text: string): number {
  const ms = Date.parse(text);
  if (!Number.isNaN(ms) && ms >= 0 && ms < Date.parse('2200-01-01T00:00:00Z')) return ms;
  throw new Fault(
    'invalid',
    `Cannot read ${name}: it is not a time such as 2026-11-21T10:00:00Z, got "${text}".`,
  );
}

function bodyOf<Schema extends z.ZodType>(schema: Schema) {
  return { body: { required: true, content: { 'application/json': { schema } } } };
}
