/**
 * CloudWatch's evaluation of an alarm on a metric. Source:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 * Where its text and its tables differ, the tables count. Beyond it: hysteresis, and sources that are known to be late.
 */
import { type AlarmState, capped, type Evaluation, type EvaluationTime } from './alarm.ts';
import type { Point } from './limit.ts';
import { metricEvidence, metricNumbers, metricSentence, type Told } from './metric-text.ts';
import { extraPeriodsOf, type MetricRule } from './metric-rule.ts';
import { type Slot, slotsOf } from './slots.ts';

/** What the newest points come to. */
export interface Tally {
  /** The newest N points that are there, oldest first. */
  readonly used: readonly Slot[];
  readonly breaching: number;
  /** Gaps that stand in for points. */
  readonly filled: number;
  /** The oldest point that breaches is as old as M periods: with nothing but gaps beside, enough for an alarm. */
  readonly isOldEnough: boolean;
  /** The newest period has too few samples, or there are no other points. */
  readonly isUnsure: boolean;
}

export interface Outcome {
  readonly state: AlarmState;
  readonly cause:
    | 'breaching'
    | 'premature'
    | 'fine'
    | 'no-data'
    /** Breaching points alone, fewer than M and none of them old. */
    | 'too-few'
    | 'retained'
    | 'few-samples'
    | 'not-recovered';
}

/** What the alarm is as of this time, from its points, and from what it was where that stays. */
export function evaluateMetric(rule: MetricRule, points: readonly Point[], time: EvaluationTime): Evaluation {
  const told = toldOf(rule, points, time);
  const { range, tally, outcome } = told;
  const asOfMs = (range.at(-1)?.startMs ?? 0) + rule.periodMs;
  return {
    state: outcome.state,
    sentence: capped(metricSentence(told)),
    numbers: metricNumbers(told),
    evidence: metricEvidence(told),
    asOfMs,
    sinceMs: asOfMs,
    leansOnGaps: tally.filled > 0,
  };
}

/** The state alone, without what is said of it: much cheaper, for who looks very often. */
export function metricState(rule: MetricRule, points: readonly Point[], time: EvaluationTime): AlarmState {
  return toldOf(rule, points, time).outcome.state;
}

function toldOf(rule: MetricRule, points: readonly Point[], time: EvaluationTime): Told {
  const slots = slotsOf(rule, points, time);
  const range = slots.slice(-(rule.evaluationPeriods + extraPeriodsOf(rule)));
  const tally = tallyOf(rule, range);
  const before = time.state ?? 'INSUFFICIENT_DATA';
  const outcome = afterRecovery(rule, slots, { before, outcome: outcomeOf(rule, tally, before) });
  return { rule, range, tally, outcome, time };
}

function tallyOf(rule: MetricRule, range: readonly Slot[]): Tally {
  const { evaluationPeriods: n, datapointsToAlarm: m } = rule;
  const used = range.filter(isPoint).slice(-n);
  const unsure = range.filter(({ standing }) => standing === 'few-samples').length;
  const oldest = range.findIndex(({ standing }) => standing === 'breaching');
  return {
    used,
    breaching: used.filter(({ standing }) => standing === 'breaching').length,
    filled: Math.max(0, n - used.length - unsure),
    isOldEnough: oldest !== -1 && range.length - oldest >= m,
    isUnsure: range.at(-1)?.standing === 'few-samples' || (used.length === 0 && unsure > 0),
  };
}

function outcomeOf(rule: MetricRule, tally: Tally, before: AlarmState): Outcome {
  const { used, breaching, filled } = tally;
  if (tally.isUnsure) return { state: before, cause: 'few-samples' };
  if (breaching + (rule.missing === 'breaching' ? filled : 0) >= rule.datapointsToAlarm)
    return { state: 'ALARM', cause: 'breaching' };
  if (breaching < used.length || rule.missing === 'notBreaching') return { state: 'OK', cause: 'fine' };
  return withoutFinePoint(rule, tally, before);
}

/** Fewer than M points, and none of them fine: what is there cannot make it OK. */
function withoutFinePoint(rule: MetricRule, { used, isOldEnough }: Tally, before: AlarmState): Outcome {
  if (rule.missing === 'ignore') return { state: before, cause: 'retained' };
  if (isOldEnough) return { state: 'ALARM', cause: 'premature' };
  // Gaps that breach would have made it one, had few samples not taken their place.
  if (rule.missing === 'breaching') return { state: before, cause: 'few-samples' };
  return { state: 'INSUFFICIENT_DATA', cause: used.length === 0 ? 'no-data' : 'too-few' };
}

interface Ending {
  readonly before: AlarmState;
  readonly outcome: Outcome;
}

/** An alarm that would end goes on until as many points in a row as its recovery takes do not breach. */
function afterRecovery(rule: MetricRule, slots: readonly Slot[], { before, outcome }: Ending): Outcome {
  if (before !== 'ALARM' || outcome.state !== 'OK' || rule.recoveryPeriods === undefined) return outcome;
  return fineInARow(rule, slots) >= rule.recoveryPeriods
    ? outcome
    : { state: 'ALARM', cause: 'not-recovered' };
}

/** How many of the newest points in a row do not breach; gaps count where they are treated as not breaching. */
function fineInARow(rule: MetricRule, slots: readonly Slot[]): number {
  const { recoveryPeriods = 1 } = rule;
  const points = slots.filter(isPoint).slice(-recoveryPeriods);
  const lastBreaching = points.findLastIndex(({ standing }) => standing === 'breaching');
  const fine = points.length - 1 - lastBreaching;
  const gaps = slots.filter(({ standing }) => standing === 'missing').length;
  const filled = rule.missing === 'notBreaching' ? Math.min(gaps, recoveryPeriods - points.length) : 0;
  return fine + filled;
}

function isPoint({ standing }: Slot): boolean {
  return standing === 'breaching' || standing === 'fine';
}
