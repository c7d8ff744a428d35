import type uPlot from 'uplot';
import { clockText, dateText } from '../lib/format.ts';
import type { Palette } from './palette.ts';
import type { PlotScope } from './plot.tsx';

const FONT = '11px system-ui, sans-serif';
const DAY_SECONDS = 86_400;
/** All charts leave the same room on the left, so that those below each other line up. */
const LEFT_WIDTH = 58;
/** Room for a time with its date below it, and for a date alone. */
const TIME_HEIGHT = 42;
const TIME_HEIGHT_DAYS = 28;
/** Steps between the labels of bytes: powers of two, as the units are. */
const BINARY_STEPS = Array.from({ length: 56 }, (_, power) => 2 ** power);

function timeLabels(
  _plot: uPlot,
  splits: number[],
  _axis: number,
  _space: number,
  stepSeconds: number,
): string[] {
  let shownDate = '';
  return splits.map((seconds) => {
    const timeMs = seconds * 1000;
    const date = dateText(timeMs);
    const day = new Date(timeMs).toLocaleDateString('en', { month: 'short', day: 'numeric' });
    if (stepSeconds >= DAY_SECONDS) return day;
    const isNewDate = date !== shownDate;
    shownDate = date;
    return isNewDate ? `${clockText(timeMs)}\n${day}` : clockText(timeMs);
  });
}

/** The time axis: the reader's zone, the date under the first label and wherever it changes. */
export function timeAxis(palette: Palette): uPlot.Axis {
  return {
    font: FONT,
    stroke: palette.color('var(--muted)'),
    grid: { show: false },
    ticks: { stroke: palette.color('var(--line)'), width: 1, size: 4 },
    border: { show: true, stroke: palette.color('var(--line)'), width: 1 },
    values: timeLabels,
    space: 64,
    size: (_plot, labels: readonly string[] | null) =>
      (labels ?? []).some((label) => label.includes('\n')) ? TIME_HEIGHT : TIME_HEIGHT_DAYS,
    gap: 4,
  };
}

/** A value axis whose labels are written by `text`. */
export function valueAxis(palette: Palette, text: (value: number) => string, isBinary = false): uPlot.Axis {
  return {
    font: FONT,
    stroke: palette.color('var(--muted)'),
    grid: { stroke: palette.color('var(--line)'), width: 1 },
    ticks: { show: false },
    ...(isBinary ? { incrs: BINARY_STEPS } : {}),
    values: (_plot, splits) => splits.map((value) => (value === null ? '' : text(value))),
    size: LEFT_WIDTH,
    space: 36,
    gap: 8,
  };
}

const MINUTE_MS = 60_000;
const DURATIONS_MS = [
  1,
  10,
  100,
  1000,
  10_000,
  ...[1, 10, 60, 600, 1440, 14_400, 144_000].map((minutes) => minutes * MINUTE_MS),
];

/** Labels of a logarithmic axis of milliseconds, where people divide time. */
export const DURATION_SPLITS: Pick<uPlot.Axis, 'splits' | 'filter'> = {
  splits: (_plot, _axis, min, max) => DURATIONS_MS.filter((ms) => ms >= min && ms <= max),
  filter: (_plot, splits) => splits,
};

/** The scale of the time axis: always the whole range asked for, never only where records are. */
export function timeScale(scope: () => PlotScope): uPlot.Scale {
  return { time: true, range: () => [scope().since, scope().until] };
}

/** A value scale from zero to a little above the highest value. */
export function zeroScale(): uPlot.Scale {
  return { range: (_plot, _min, max) => [0, max > 0 ? max * 1.08 : 1] };
}
