import type { PlotScope } from '../../charts/plot.tsx';
import { secondsOf } from '../../charts/steps.ts';
import type { AlarmDetail } from '../../lib/alarm-row.ts';

type Column = readonly (number | null)[];

/** What the chart of a metric alarm draws: one value a period, null where there is no point. */
export interface AlarmPoints {
  /** When each period begins, in seconds since 1970. */
  readonly times: readonly number[];
  readonly values: Column;
  readonly lower: Column;
  readonly upper: Column;
  readonly hasBand: boolean;
  /** Stretches in which it was in ALARM, in seconds. */
  readonly broken: readonly BrokenSpan[];
  readonly scope: PlotScope;
}

export interface BrokenSpan {
  readonly from: number;
  readonly until: number;
}

type Facts = Pick<AlarmDetail, 'points' | 'period_seconds' | 'transitions' | 'row'>;

const PERIODS_MAX = 1000;

/** Points on the grid of their periods: a gap is a gap. */
export function alarmPoints({ points, period_seconds, transitions, row }: Facts): AlarmPoints {
  const step = period_seconds ?? 60;
  const byTime = new Map(points.map((point) => [secondsOf(point.time), point]));
  const known = [...byTime.keys()].toSorted((one, other) => one - other);
  const first = known[0] ?? 0;
  const count = known.length === 0 ? 0 : Math.floor(((known.at(-1) ?? first) - first) / step) + 1;
  const times = Array.from({ length: Math.min(count, PERIODS_MAX) }, (_, index) => first + index * step);
  const grid = times.map((time) => byTime.get(time) ?? null);
  const lower = grid.map((point) => point?.lower ?? null);
  const upper = grid.map((point) => point?.upper ?? null);
  const since = times[0] ?? 0;
  const until = (times.at(-1) ?? since) + step;
  return {
    times,
    values: grid.map((point) => point?.value ?? null),
    lower,
    upper,
    hasBand: [...lower, ...upper].some((bound) => bound !== null),
    broken: brokenSpans({ transitions, row }).filter((span) => span.from < until && span.until > since),
    scope: { since, until, stepSeconds: step, completeUntil: null },
  };
}

/** From each change to ALARM to the change out of it, by the data; the last may still go on. */
function brokenSpans({ transitions, row }: Pick<Facts, 'transitions' | 'row'>): readonly BrokenSpan[] {
  const ordered = transitions.toSorted((one, other) => one.revision - other.revision);
  const [oldest] = ordered;
  if (oldest === undefined)
    return row.state === 'ALARM' ? [{ from: secondsOf(row.since), until: Number.POSITIVE_INFINITY }] : [];
  return ordered.flatMap(({ state, since }, index) => {
    const next = ordered[index + 1];
    if (state !== 'ALARM') return [];
    return [
      {
        from: secondsOf(since),
        until: next === undefined ? Number.POSITIVE_INFINITY : secondsOf(next.since),
      },
    ];
  });
}

/** The ends of the value axis: everything that is drawn, and zero, with a little room. */
export function valueEnds(
  { values, lower, upper }: Pick<AlarmPoints, 'values' | 'lower' | 'upper'>,
  threshold: number | null,
): readonly [number, number] {
  const drawn = [...values, ...lower, ...upper, threshold, 0].filter((value) => value !== null);
  const low = Math.min(...drawn);
  const high = Math.max(...drawn);
  const room = (high - low) * 0.1 || 1;
  return [low < 0 ? low - room : 0, high + room];
}
