/** What metric definitions are evaluated by: each question asked once, for all the definitions that share it. */
import { asOf, LATE_WAIT_MS } from './alarm.ts';
import { alarmId } from './alarm-id.ts';
import type { AlarmDefinition } from './definition.ts';
import type { MetricQuestion, MetricReader, MetricReading } from './feed.ts';
import { extraPeriodsOf, evaluationEveryMs, type MetricRule } from './metric-rule.ts';

export interface MetricDefinition extends AlarmDefinition {
  readonly rule: MetricRule;
}

/** Definitions over the same points. */
export interface MetricGroup {
  readonly question: Omit<MetricQuestion, 'startMs' | 'endMs'>;
  readonly definitions: readonly MetricDefinition[];
  /** How many periods the longest of them looks at. */
  readonly periods: number;
  readonly lateWaitMs: number;
  readonly everyMs: number;
}

/** Points of long periods change seldom, and cost much to ask for. */
const LONG_PERIOD_MS = 3_600_000;
const LONG_EVERY_MS = 300_000;

/** The metric definitions among these by what they ask. */
export function metricGroups(definitions: readonly AlarmDefinition[]): MetricGroup[] {
  const groups = new Map<string, MetricDefinition[]>();
  for (const definition of definitions) {
    const { rule, where = {} } = definition;
    if (rule.kind !== 'metric') continue;
    const key = JSON.stringify([rule.metric, rule.statistic, rule.periodMs, alarmId('', where)]);
    groups.set(key, [...(groups.get(key) ?? []), { ...definition, rule }]);
  }
  return [...groups.values()].flatMap(groupOf);
}

function groupOf(definitions: readonly MetricDefinition[]): MetricGroup[] {
  const [first] = definitions;
  if (first === undefined) return [];
  const { metric, statistic, periodMs } = first.rule;
  const rules = definitions.map(({ rule }) => rule);
  return [
    {
      question: { metric, statistic, periodMs, where: first.where ?? {} },
      definitions,
      periods: Math.max(...rules.map(periodsOf)),
      lateWaitMs: Math.max(...rules.map(({ lateWaitMs = LATE_WAIT_MS }) => lateWaitMs)),
      everyMs: periodMs > LONG_PERIOD_MS ? LONG_EVERY_MS : evaluationEveryMs(periodMs),
    },
  ];
}

/** How many periods before the newest whole one an evaluation may look at. */
export function periodsOf(rule: MetricRule): number {
  return Math.max(rule.evaluationPeriods, rule.recoveryPeriods ?? 0) + extraPeriodsOf(rule);
}

interface Asking {
  readonly nowMs: number;
  /** Up to when the source of the group was complete at the last look; absent: it is not late. */
  readonly completeUntilMs: number | undefined;
  /** The first end of a period that is looked at; absent: that of the newest. */
  readonly firstMs?: number | undefined;
}

/**
 * The readings of a group. Points are asked for as far back as its source was late the last time; where it turns out to be
 * later than that, once more from further back.
 */
export async function readGroup(
  group: MetricGroup,
  { nowMs, completeUntilMs, firstMs = nowMs }: Asking,
  { metrics, signal }: { readonly metrics: MetricReader; readonly signal: AbortSignal },
): Promise<readonly MetricReading[]> {
  const asOfMs = (untilMs: number | undefined): number =>
    Math.min(firstMs, lookedUntil(group, nowMs, untilMs));
  const startMs = startOf(group, asOfMs(completeUntilMs));
  const endMs = wholePeriods(nowMs, group);
  const readings = await metrics.read({ ...group.question, startMs, endMs }, signal);
  const neededMs = startOf(group, asOfMs(latest(readings)));
  if (neededMs >= startMs) return readings;
  return metrics.read({ ...group.question, startMs: neededMs, endMs }, signal);
}

/** Up to when all of them are complete; nothing when none is late. */
export function latest(readings: readonly MetricReading[]): number | undefined {
  const times = readings.flatMap(({ completeUntilMs }) => completeUntilMs ?? []);
  return times.length === 0 ? undefined : times.reduce((least, time) => Math.min(least, time));
}

/** The end of the newest period that is looked at, as of this time. */
export function lookedUntil(group: MetricGroup, nowMs: number, completeUntilMs = nowMs): number {
  return wholePeriods(asOf({ nowMs, completeUntilMs }, group.lateWaitMs), group);
}

function startOf(group: MetricGroup, asOfMs: number): number {
  return wholePeriods(asOfMs, group) - group.periods * group.question.periodMs;
}

function wholePeriods(timeMs: number, { question: { periodMs } }: MetricGroup): number {
  return Math.floor(timeMs / periodMs) * periodMs;
}
