/** The periods an evaluation looks at, each with its point or a gap. */
import { asOf, type EvaluationTime } from './alarm.ts';
import { breaches, type Point } from './limit.ts';
import { extraPeriodsOf, type MetricRule, samplesNeeded } from './metric-rule.ts';

export interface Slot {
  readonly startMs: number;
  readonly point?: Point;
  readonly standing:
    | 'breaching'
    | 'fine'
    | 'missing'
    /** Too few samples: it counts for nothing, and is no gap. */
    | 'few-samples';
}

/**
 * The periods that are complete as of the evaluation, oldest first; what is still under way is none of them.
 * The order of points does not matter, nor that one is there twice; of two for one period, the one of more samples
 * counts, then the larger. What is no number, or has no band to be compared with, is a gap.
 */
export function slotsOf(rule: MetricRule, points: readonly Point[], time: EvaluationTime): Slot[] {
  const { periodMs } = rule;
  const endMs = Math.floor(asOf(time, rule.lateWaitMs) / periodMs) * periodMs;
  const count = slotCountOf(rule);
  const firstMs = endMs - count * periodMs;
  const isInAlarm = time.state === 'ALARM';
  const chosen = new Map<number, Point>();
  for (const point of points) {
    const startMs = Math.floor(point.startMs / periodMs) * periodMs;
    const isWithin = startMs >= firstMs && startMs < endMs;
    if (!isWithin || breaches(point, rule.limit, isInAlarm) === undefined) continue;
    const other = chosen.get(startMs);
    if (other === undefined || isRather(point, other)) chosen.set(startMs, point);
  }
  return Array.from({ length: count }, (_, index) => {
    const startMs = firstMs + index * periodMs;
    const point = chosen.get(startMs);
    if (point === undefined) return { startMs, standing: 'missing' };
    return { startMs, point, standing: standingOf(point, rule, isInAlarm) };
  });
}

/** How many periods an evaluation looks at. */
export function slotCountOf(rule: MetricRule): number {
  return Math.max(rule.evaluationPeriods, rule.recoveryPeriods ?? 0) + extraPeriodsOf(rule);
}

function standingOf(point: Point, rule: MetricRule, isInAlarm: boolean): Slot['standing'] {
  if (hasFewSamples(point, rule)) return 'few-samples';
  return breaches(point, rule.limit, isInAlarm) === true ? 'breaching' : 'fine';
}

function hasFewSamples({ samples }: Point, { lowSamples }: MetricRule): boolean {
  if (samples === undefined || lowSamples?.treat !== 'ignore') return false;
  return samples < samplesNeeded(lowSamples.percentile);
}

function isRather(point: Point, other: Point): boolean {
  const keys: readonly ('samples' | 'value' | 'lower' | 'upper')[] = ['samples', 'value', 'lower', 'upper'];
  for (const key of keys) {
    const [a, b] = [rank(point[key]), rank(other[key])];
    if (a !== b) return a > b;
  }
  return false;
}

/** Below every number when there is none. */
function rank(value: number | undefined): number {
  return value === undefined || Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value;
}
