/** Back-tests of definitions over what the store has. */
import { setImmediate } from 'node:timers/promises';
import { asOf, minuteText } from '../alarms/alarm.ts';
import { alarmId } from '../alarms/alarm-id.ts';
import {
  BACK_TEST_COST_MAX,
  type BackTestOutcome,
  backTest,
  backTestCost,
  type Past,
} from '../alarms/back-test.ts';
import { backTestSentence } from '../alarms/back-test-text.ts';
import type { AlarmDefinition } from '../alarms/definition.ts';
import type { MetricReader, MetricReading } from '../alarms/feed.ts';
import type { Point } from '../alarms/limit.ts';
import { type MetricRule, metricRuleProblems } from '../alarms/metric-rule.ts';
import { slotCountOf } from '../alarms/slots.ts';
import type { Engine } from '../engine/engine.ts';
import { Fault } from '../lib/fault.ts';
import { pastVerdicts } from '../monitors/backups/past-verdicts.ts';
import { RUN_VERDICTS } from '../monitors/backups/verdict.ts';
import { pastCanaries } from '../monitors/replication/past-canaries.ts';
import type { BackTest } from './alarm-api.ts';
import { isoOf } from './ledger-queries.ts';

export interface BackTestQuestion {
  readonly definition: AlarmDefinition;
  readonly startMs: number;
  readonly endMs: number;
  /** Of a metric definition: another period than its own. */
  readonly periodMs?: number;
}

interface BackTestParts {
  readonly engine: Engine;
  /** Absent: metrics are not read. */
  readonly metrics?: MetricReader;
  readonly signal: AbortSignal;
}

const FIRED_MAX = 1000;
const PERIODS_AT_ONCE = 1440;

/**
 * What the definition would have done. Throws `unsupported` where what was is not kept, `limit` when there is too much
 * of it, `invalid` for a period that is none.
 */
export async function answerBackTest(question: BackTestQuestion, parts: BackTestParts): Promise<BackTest> {
  const asked = withPeriod(question);
  const { definition, startMs, endMs } = asked;
  const { pasts, note } = await pastsOf(asked, parts);
  const outcome = await backTest(
    { definition, pasts, startMs, endMs },
    {
      pause: async () => {
        parts.signal.throwIfAborted();
        await setImmediate();
      },
    },
  );
  return answerOf(asked, { outcome, note });
}

function answerOf(
  { definition, startMs, endMs }: BackTestQuestion,
  { outcome, note }: { readonly outcome: BackTestOutcome; readonly note: string },
): BackTest {
  const fired = outcome.firings.slice(0, FIRED_MAX).map((firing) => ({
    alarm: firing.alarm.id,
    title: firing.alarm.title,
    start: isoOf(firing.startMs),
    end: firing.endMs === undefined ? null : isoOf(firing.endMs),
    sentence: firing.sentence,
  }));
  return {
    definition: definition.id,
    since: isoOf(startMs),
    until: isoOf(endMs),
    alarms: outcome.alarms,
    fired,
    omitted: outcome.firings.length - fired.length,
    note,
    sentence: backTestSentence(outcome, { startMs, endMs }),
  };
}

/** Throws `invalid` when the period is none, or the definition has no period. */
function withPeriod(question: BackTestQuestion): BackTestQuestion {
  const { definition, periodMs } = question;
  if (periodMs === undefined) return question;
  if (definition.rule.kind !== 'metric')
    throw new Fault('invalid', `Cannot test "${definition.id}" by another period: it is no metric alarm.`);
  const rule = { ...definition.rule, periodMs };
  const problem = metricRuleProblems(rule).find(({ path }) => path === 'periodMs');
  if (problem !== undefined)
    throw new Fault(
      'invalid',
      `Cannot test "${definition.id}" by this period: it ${problem.message}, got ${periodMs / 1000} s.`,
    );
  return { ...question, definition: { ...definition, rule } };
}

/** What the definition is replayed on, and what that cannot know. */
interface Pasts {
  readonly pasts: readonly Past[];
  readonly note: string;
}

function pastsOf(question: BackTestQuestion, parts: BackTestParts): Promise<Pasts> {
  const { definition } = question;
  const { rule, labels } = definition;
  switch (rule.kind) {
    case 'metric':
      return metricPasts(rule, question, parts);
    case 'status':
      if (labels['monitor'] === 'backups' && rule.alarmOn.some(isRunVerdict))
        return backupPasts(question, parts);
      throw notKept(definition, 'what was said of it is not kept over time');
    case 'deadline':
      if (labels['monitor'] === 'replication') return canaryPasts(question, parts);
      throw notKept(definition, 'what was due, and whether it had come by then, is not kept over time');
    case 'composite':
      throw notKept(definition, 'it hangs on the states of other alarms; test those');
  }
}

function notKept({ id, rule }: AlarmDefinition, why: string): Fault {
  return new Fault(
    'unsupported',
    `Cannot test "${id}" over what is stored: it is a ${rule.kind} alarm, and ${why}. "bucketwatch alarms history" has what it did.`,
  );
}

/** Points are asked for in stretches, so that no question is large. */
async function metricPasts(
  rule: MetricRule,
  { definition, startMs, endMs }: BackTestQuestion,
  { metrics, signal }: BackTestParts,
): Promise<Pasts> {
  if (metrics === undefined) throw new Fault('unavailable', 'Cannot test a metric: metrics are not read.');
  const { metric, statistic, periodMs } = rule;
  const question = { metric, statistic, periodMs, where: definition.where ?? {} };
  const lastMs = Math.floor(endMs / periodMs) * periodMs;
  const firstMs = (Math.floor(startMs / periodMs) - slotCountOf(rule)) * periodMs;
  const series = new Map<string, Collected>();
  checkCost(rule, { spanMs: endMs - startMs, alarms: 1 });
  for (let fromMs = firstMs; fromMs < lastMs; fromMs += PERIODS_AT_ONCE * periodMs) {
    const toMs = Math.min(lastMs, fromMs + PERIODS_AT_ONCE * periodMs);
    const readings = await metrics.read({ ...question, startMs: fromMs, endMs: toMs }, signal);
    for (const reading of readings) {
      const id = alarmId('', reading.labels);
      const points = series.get(id)?.points ?? [];
      points.push(...reading.points);
      series.set(id, { ...reading, points });
    }
    checkCost(rule, { spanMs: endMs - startMs, alarms: series.size });
  }
  const pasts = [...series.values()].filter(({ points }) => points.length > 0);
  return {
    pasts: pasts.map((reading): Past => ({ kind: 'points', ...reading })),
    note: `Every point counts as there when its period ended: what came late would have been noticed later.${lateText(rule, { pasts, lastMs })}`,
  };
}

/** What is left out because it is still on its way; empty when that is nothing. */
function lateText(
  rule: MetricRule,
  { pasts, lastMs }: { readonly pasts: readonly Collected[]; readonly lastMs: number },
): string {
  const untilMs = pasts.reduce(
    (least, past) => Math.min(least, asOf({ ...past, nowMs: lastMs }, rule.lateWaitMs)),
    lastMs,
  );
  const lookedAtMs = Math.floor(untilMs / rule.periodMs) * rule.periodMs;
  return lookedAtMs >= lastMs
    ? ''
    : ` What is after ${minuteText(lookedAtMs)} is not complete yet, and was not looked at.`;
}

/** A series as far as it was read; what is known of its source is from the newest stretch. */
interface Collected extends MetricReading {
  readonly points: Point[];
}

function checkCost(rule: MetricRule, extent: { readonly spanMs: number; readonly alarms: number }): void {
  const cost = backTestCost(rule, extent);
  if (cost <= BACK_TEST_COST_MAX) return;
  const days = (extent.spanMs / 86_400_000 / (cost / BACK_TEST_COST_MAX)).toPrecision(2);
  throw new Fault(
    'limit',
    `Cannot test that at once: ${extent.alarms.toLocaleString('en-US')} alarms by ${rule.periodMs / 1000} s over so long are too many looks. Take about ${Number(days)} days, or a longer period.`,
  );
}

function isRunVerdict(word: string): boolean {
  return RUN_VERDICTS.some((verdict) => verdict === word);
}

async function backupPasts({ startMs, endMs }: BackTestQuestion, { engine }: BackTestParts): Promise<Pasts> {
  const { series, isCut } = await pastVerdicts({ startMs, endMs }, engine);
  const pasts = series
    .filter(({ verdicts }) => verdicts.length > 0)
    .map(
      ({ bucket, series: name, verdicts }): Past => ({
        kind: 'readings',
        labels: { bucket, series: name },
        readings: verdicts.map(({ atMs, verdict, sentence, sinceMs }) => ({
          atMs,
          reading: { status: verdict, sentence, sinceMs },
        })),
      }),
    );
  const cut = isCut ? ' There are more runs than are looked at: the earliest are left out.' : '';
  return { pasts, note: `Runs count as they are judged now, by the rules there are now.${cut}` };
}

async function canaryPasts({ startMs, endMs }: BackTestQuestion, { engine }: BackTestParts): Promise<Pasts> {
  const { pairs, isCut } = await pastCanaries({ startMs, endMs }, engine);
  const pasts = pairs.map(
    ({ deadlines, ...labels }): Past => ({
      kind: 'readings',
      labels,
      readings: deadlines.map(({ atMs, ...reading }) => ({ atMs, reading })),
    }),
  );
  return {
    pasts,
    note: isCut ? 'There are more canaries than are looked at: the earliest are left out.' : '',
  };
}
