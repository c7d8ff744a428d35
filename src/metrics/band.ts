/** What a metric usually is at this hour of the week. */
import type { Point } from './points.ts';

const HOUR_MS = 3_600_000;
const WEEK_MS = 7 * 24 * HOUR_MS;
/** How many weeks are looked back. */
const WEEKS = 4;
/** In so many of them there has to be a point, or there is no band. */
const WEEKS_MIN = 3;
/** Of a normal distribution, the standard deviation is so many median absolute deviations. */
const NORMAL_MAD = 1.4826;
/** The spread is this share of the median at least: what never changed may still change a little. */
const SPREAD_MIN = 0.05;

interface Span {
  readonly startMs: number;
  /** Exclusive. */
  readonly endMs: number;
}

/** The same hours of the weeks before, the last week first. */
export function weeksBefore({ startMs, endMs }: Span, periodMs: number): Span[] {
  const unitMs = Math.max(HOUR_MS, periodMs);
  const from = Math.floor(startMs / unitMs) * unitMs;
  const to = Math.ceil(endMs / unitMs) * unitMs;
  return Array.from({ length: WEEKS }, (_, week) => ({
    startMs: floorTo(from - (week + 1) * WEEK_MS, periodMs),
    endMs: Math.ceil((to - (week + 1) * WEEK_MS) / periodMs) * periodMs,
  }));
}

/**
 * The points with bands: median of the same hour of the week in the weeks before, and `width` spreads to both sides. The spread
 * is the median absolute deviation, scaled as for a normal distribution. Where fewer than three of four weeks have points,
 * there is no band.
 *
 * @param before points of each week before, as `weeksBefore` has them.
 */
export function withBands(
  points: readonly Point[],
  before: readonly (readonly Point[])[],
  width: number,
): Point[] {
  const weeks = before.map((week) => Map.groupBy(week, ({ startMs }) => hourOfWeek(startMs)));
  const bands = new Map<number, Pick<Point, 'lower' | 'upper'>>();
  return points.map((point) => {
    const hour = hourOfWeek(point.startMs);
    const band =
      bands.get(hour) ??
      bandOf(
        weeks.flatMap((week) => [week.get(hour) ?? []]),
        width,
      );
    bands.set(hour, band);
    return { ...point, ...band };
  });
}

function bandOf(weeks: readonly (readonly Point[])[], width: number): Pick<Point, 'lower' | 'upper'> {
  if (weeks.filter((week) => week.length > 0).length < WEEKS_MIN) return {};
  const values = weeks.flat().map(({ value }) => value);
  const middle = median(values);
  const deviation = median(values.map((value) => Math.abs(value - middle)));
  const spread = Math.max(deviation * NORMAL_MAD, Math.abs(middle) * SPREAD_MIN);
  return { lower: middle - width * spread, upper: middle + width * spread };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const half = Math.floor(sorted.length / 2);
  const upper = sorted[half] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? 0) + upper) / 2;
}

/** UTC. */
function hourOfWeek(ms: number): number {
  return Math.floor((ms % WEEK_MS) / HOUR_MS);
}

function floorTo(ms: number, unitMs: number): number {
  return Math.floor(ms / unitMs) * unitMs;
}
