/** Looks at a metric alarm at times that are past: for back-tests, and for periods that no pass looked at. */
import { type AlarmState, asOf, type Evaluation } from './alarm.ts';
import type { Point } from './limit.ts';
import { evaluateMetric, metricState } from './metric-alarm.ts';
import type { MetricRule } from './metric-rule.ts';
import { slotCountOf } from './slots.ts';

/** What is said at a time; nothing where nothing changes. Times only go on. */
export type Replay = (nowMs: number, state: AlarmState | undefined) => Evaluation | undefined;

/** Of points in order of time. The points that matter are a window that moves. */
export function replayOf(
  rule: MetricRule,
  { points, completeUntilMs }: { readonly points: readonly Point[]; readonly completeUntilMs?: number },
): Replay {
  const windowMs = (slotCountOf(rule) + 1) * rule.periodMs;
  let first = 0;
  let end = 0;
  return (nowMs, state) => {
    const time = {
      nowMs,
      ...(completeUntilMs === undefined ? {} : { completeUntilMs }),
      ...(state === undefined ? {} : { state }),
    };
    const firstMs = asOf(time, rule.lateWaitMs) - windowMs;
    while ((points[first]?.startMs ?? Number.POSITIVE_INFINITY) < firstMs) first += 1;
    while ((points[end]?.startMs ?? Number.POSITIVE_INFINITY) < nowMs) end += 1;
    const window = points.slice(first, end);
    return metricState(rule, window, time) === state ? undefined : evaluateMetric(rule, window, time);
  };
}

/** Ends of periods that were passed over, multiples of the period: the start is inclusive, the end exclusive. */
export interface Skipped {
  readonly startMs: number;
  readonly endMs: number;
}

/** Of an alarm that went to and fro the newest changes are told. */
const CHANGES_MAX = 20;

/** What became of the alarm in periods that were passed over, as far as points alone decide it; oldest first. */
export function skippedChanges(
  rule: MetricRule,
  points: readonly Point[],
  { skipped, state }: { readonly skipped: Skipped; readonly state: AlarmState },
): Evaluation[] {
  const replay = replayOf(rule, { points });
  const changes: Evaluation[] = [];
  let now = state;
  for (let atMs = skipped.startMs; atMs < skipped.endMs; atMs += rule.periodMs) {
    const evaluation = replay(atMs, now);
    if (evaluation === undefined || evaluation.leansOnGaps) continue;
    now = evaluation.state;
    changes.push(evaluation);
  }
  return changes.slice(-CHANGES_MAX);
}
