/** What a metric alarm is told: period, M of N, limit, and what a gap means. */
import type { ValueUnit } from '../lib/value-text.ts';
import { THRESHOLD_OPERATORS, type Limit } from './limit.ts';

export const MISSING_DATA = ['missing', 'ignore', 'breaching', 'notBreaching'] as const;
export type MissingData = (typeof MISSING_DATA)[number];

export interface MetricRule {
  readonly kind: 'metric';
  readonly metric: string;
  /** In CloudWatch's spelling: `Sum`, `p99`. Whoever gives the points works it out. */
  readonly statistic: string;
  /** What its values are, for sentences; absent: plain numbers. */
  readonly unit?: ValueUnit;
  /** 10, 20 or 30 s, or whole minutes; periods begin at multiples of it since 1970 UTC. */
  readonly periodMs: number;
  /** N: of how many points. */
  readonly evaluationPeriods: number;
  /** M: so many of them breaching make an alarm. */
  readonly datapointsToAlarm: number;
  readonly limit: Limit;
  readonly missing: MissingData;
  /** How many periods before the newest N are looked at as well, for points in place of gaps; default 2. */
  readonly extraPeriods?: number;
  /** So many newest points in a row that do not breach end an alarm; absent: fewer than M breaching do. */
  readonly recoveryPeriods?: number;
  /** What becomes of points of a percentile that too few samples make. */
  readonly lowSamples?: { readonly percentile: number; readonly treat: 'evaluate' | 'ignore' };
  /** How long to wait for a source that is late; default 24 h. */
  readonly lateWaitMs?: number;
  /** What a breaching point is, e.g. `More than {threshold} % are refused`; absent: metric and limit are told. */
  readonly means?: string;
}

export interface RuleProblem {
  /** Field of the rule; empty for the whole. */
  readonly path: string;
  /** E.g. `is not ...`. */
  readonly message: string;
}

/**
 * Two periods more than N. Five points for N = 3 are what AWS's tables show, and an alarm of one day that notices on
 * the third or fourth day is what its users see; AWS publishes no formula.
 */
const EXTRA_PERIODS = 2;
const PERIODS_MAX = 1440;

/** How many periods are looked at beside the newest N. */
export function extraPeriodsOf({ extraPeriods }: MetricRule): number {
  return extraPeriods ?? EXTRA_PERIODS;
}

/** How often an alarm of this period is evaluated. */
export function evaluationEveryMs(periodMs: number): number {
  return periodMs < 60_000 ? 10_000 : 60_000;
}

/**
 * How few samples make a percentile, 0 to 100, not worth judging: below this many. Source:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/percentiles-with-low-samples.html
 */
export function samplesNeeded(percentile: number): number {
  if (percentile <= 0 || percentile >= 100) return 0;
  const shares = percentile >= 50 ? 100 - percentile : percentile;
  return Number((1000 / shares).toFixed(6));
}

/** What is wrong with a rule, nothing when it can be evaluated. */
export function metricRuleProblems(rule: MetricRule): RuleProblem[] {
  const { periodMs, evaluationPeriods, datapointsToAlarm, extraPeriods = 0, recoveryPeriods = 1 } = rule;
  const checks: readonly (readonly [isWrong: boolean, path: string, message: string])[] = [
    [!isPeriod(periodMs), 'periodMs', 'is not 10 s, 20 s, 30 s or whole minutes'],
    [!isCount(evaluationPeriods, 1), 'evaluationPeriods', `is not a whole number from 1 to ${PERIODS_MAX}`],
    [
      !isCount(datapointsToAlarm, 1) || datapointsToAlarm > evaluationPeriods,
      'datapointsToAlarm',
      'is not a whole number from 1 to the number of points they are of',
    ],
    [!isCount(extraPeriods, 0), 'extraPeriods', `is not a whole number from 0 to ${PERIODS_MAX}`],
    [!isCount(recoveryPeriods, 1), 'recoveryPeriods', `is not a whole number from 1 to ${PERIODS_MAX}`],
    [(rule.lateWaitMs ?? 0) < 0, 'lateWaitMs', 'is below 0'],
    [!isPercentile(rule.lowSamples?.percentile), 'lowSamples', 'is not of a percentile from 0 to 100'],
  ];
  const found = checks.filter(([isWrong]) => isWrong).map(([, path, message]) => ({ path, message }));
  return [...found, ...limitProblems(rule.limit)];
}

function isPeriod(periodMs: number): boolean {
  return [10_000, 20_000, 30_000].includes(periodMs) || (periodMs > 0 && periodMs % 60_000 === 0);
}

function isCount(count: number, least: number): boolean {
  return Number.isInteger(count) && count >= least && count <= PERIODS_MAX;
}

function isPercentile(percentile = 50): boolean {
  return percentile >= 0 && percentile <= 100;
}

function limitProblems(limit: Limit): RuleProblem[] {
  if (limit.kind === 'band') return [];
  const { threshold, recoveryThreshold: recovery = threshold } = limit;
  if (!Number.isFinite(threshold) || !Number.isFinite(recovery))
    return [{ path: 'limit', message: 'is not a number' }];
  const isUpward = THRESHOLD_OPERATORS.slice(0, 2).includes(limit.operator);
  if (isUpward ? recovery <= threshold : recovery >= threshold) return [];
  const side = isUpward ? 'above' : 'below';
  return [
    {
      path: 'limit',
      message: `has a recovery threshold ${side} the threshold: an alarm would end while it breaches`,
    },
  ];
}
