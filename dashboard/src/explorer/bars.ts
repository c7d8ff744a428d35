import type { Histogram } from '../../../src/serve/search-api.ts';

type HistogramPoint = Histogram['points'][number];

/** A histogram on its full grid. Shares are of the width of the time axis, 0 to 1. */
export interface Bars {
  readonly sinceMs: number;
  readonly untilMs: number;
  /** One a step, null where nothing was recorded. */
  readonly steps: readonly (HistogramPoint | null)[];
  readonly errors: number;
  /** Until when the records have usually arrived; null when all of the range has, or it is not known. */
  readonly completeMs: number | null;
  readonly timeOf: (index: number) => number;
  /** Where a step begins. */
  readonly shareOf: (index: number) => number;
  readonly shareAtMs: (timeMs: number) => number;
}

const STEPS_MAX = 2000;

/** Puts back the steps that the API leaves out because nothing was in them. */
export function barsOf({ coverage, step_seconds: stepSeconds, points }: Histogram): Bars {
  const sinceMs = Date.parse(coverage.since);
  const untilMs = Date.parse(coverage.until);
  const stepMs = stepSeconds * 1000;
  const byTime = new Map(points.map((point) => [Date.parse(point.time), point]));
  const anchorMs = [...byTime.keys()][0] ?? sinceMs;
  const firstMs = anchorMs - Math.ceil((anchorMs - sinceMs) / stepMs) * stepMs;
  const count = Math.min(STEPS_MAX, Math.ceil((untilMs - firstMs) / stepMs));
  const timeOf = (index: number) => firstMs + index * stepMs;
  const shareAtMs = (timeMs: number) =>
    Math.min(1, Math.max(0, (timeMs - sinceMs) / Math.max(1, untilMs - sinceMs)));
  const completeMs = Date.parse(coverage.complete_until ?? '');
  return {
    sinceMs,
    untilMs,
    steps: Array.from({ length: count }, (_, index) => byTime.get(timeOf(index)) ?? null),
    errors: points.reduce((sum, point) => sum + point.errors, 0),
    completeMs: completeMs < untilMs ? completeMs : null,
    timeOf,
    shareOf: (index) => shareAtMs(timeOf(index)),
    shareAtMs,
  };
}

/** The step at a share of the width. */
export function barAt({ steps, shareOf }: Bars, share: number): number {
  const after = steps.findIndex((_, index) => shareOf(index) > share);
  return after < 0 ? steps.length - 1 : Math.max(0, after - 1);
}
