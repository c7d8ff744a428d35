import type { Coverage } from '../../../src/serve/api.ts';

/** An answer of points over time; steps in which nothing was recorded are left out. */
export interface TimedAnswer<Point extends { readonly time: string }> {
  readonly coverage: Coverage;
  readonly step_seconds: number;
  readonly points: readonly Point[];
}

/** A series on its full grid: seconds since 1970 and, at each, what was recorded, or null where nothing was. */
export interface Steps<Point> extends StepGrid {
  readonly points: readonly (Point | null)[];
}

/** The grid alone. */
export interface StepGrid {
  readonly times: readonly number[];
  readonly stepSeconds: number;
  /** The ends of the time axis in seconds. */
  readonly since: number;
  readonly until: number;
  /** In seconds; records of after it may still arrive. Null when it is not known. */
  readonly completeUntil: number | null;
}

const STEPS_MAX = 50_000;

/** Puts back the steps that the API leaves out because they are empty, as null: a gap is drawn as a gap. */
export function stepsOf<Point extends { readonly time: string }>(answer: TimedAnswer<Point>): Steps<Point> {
  const byTime = new Map(answer.points.map((point) => [secondsOf(point.time), point]));
  const grid = stepGrid(answer, [...byTime.keys()]);
  return { ...grid, points: grid.times.map((time) => byTime.get(time) ?? null) };
}

/** The grid of an answer in which something was recorded at the seconds `known`. */
export function stepGrid(
  answer: Pick<TimedAnswer<never>, 'coverage' | 'step_seconds'>,
  known: readonly number[],
): StepGrid {
  const step = answer.step_seconds;
  const since = Date.parse(answer.coverage.since) / 1000;
  const until = Date.parse(answer.coverage.until) / 1000;
  const isKnown = new Set(known);
  const anchor = known[0] ?? Math.floor(since / step) * step;
  const first = anchor - Math.floor((anchor - since) / step) * step;
  const times: number[] = [];
  for (let time = first - step; time < until && times.length < STEPS_MAX; time += step) {
    // The step that holds `since` begins before it: kept only when it has something.
    if (time >= since || isKnown.has(time)) times.push(time);
  }
  const completeMs = Date.parse(answer.coverage.complete_until ?? '');
  const completeUntil = Number.isNaN(completeMs) ? null : completeMs / 1000;
  return { times, stepSeconds: step, since, until, completeUntil };
}

/** A time of the API in whole seconds since 1970. */
export function secondsOf(time: string): number {
  return Math.round(Date.parse(time) / 1000);
}
