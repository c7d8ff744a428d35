import type { Series, SeriesPoint } from '../../../src/serve/api.ts';

/** A series on its full grid: seconds since 1970 and, at each, what was recorded, or null where nothing was. */
export interface Steps {
  readonly times: readonly number[];
  readonly points: readonly (SeriesPoint | null)[];
  readonly stepSeconds: number;
  /** The ends of the time axis in seconds. */
  readonly since: number;
  readonly until: number;
}

const STEPS_MAX = 10_000;

/** Puts back the steps that the API leaves out because they are empty, as null: a gap is drawn as a gap. */
export function stepsOf(series: Series): Steps {
  const step = series.step_seconds;
  const since = Date.parse(series.coverage.since) / 1000;
  const until = Date.parse(series.coverage.until) / 1000;
  const byTime = new Map(series.points.map((point) => [Math.round(Date.parse(point.time) / 1000), point]));
  const firstKnown = byTime.keys().next();
  const anchor = firstKnown.done === true ? Math.floor(since / step) * step : firstKnown.value;
  const first = anchor - Math.floor((anchor - since) / step) * step;
  const times: number[] = [];
  for (let time = first - step; time < until && times.length < STEPS_MAX; time += step) {
    // The step that holds `since` begins before it: kept only when it has something.
    if (time >= since || byTime.has(time)) times.push(time);
  }
  return { times, points: times.map((time) => byTime.get(time) ?? null), stepSeconds: step, since, until };
}
