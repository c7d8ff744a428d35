import type uPlot from 'uplot';
import { bytesText, durationText } from '../lib/format.ts';
import { DURATION_SPLITS, timeAxis, timeScale, valueAxis, zeroScale } from './axes.ts';
import { LOG_FLOOR, type ChartLine, type ChartShape } from './chart-lines.ts';
import { drawFrontier } from './frontier.ts';
import { drawLimit, type ChartLimit } from './limit-line.ts';
import type { Palette } from './palette.ts';
import type { PlotOptions, PlotScope } from './plot.tsx';
import { stackedBars } from './stacked-bars.ts';

/** How a chart's lines look, without their values: as long as it is the same, the chart need not be built anew. */
export interface ChartLook {
  readonly shape: ChartShape;
  readonly isLog: boolean;
  /** The colour of each line in the order they are given. */
  readonly colors: readonly string[];
  /** What the value axis says. */
  readonly text: (value: number) => string;
  readonly limit: ChartLimit | null;
}

const BAND_ALPHAS = [0.28, 0.14];
const EDGE_ALPHAS = [1, 0.7, 0.45];

/** Everything uPlot needs to draw lines of this look. */
export function chartOptions(look: ChartLook, palette: Palette, scope: () => PlotScope): PlotOptions {
  const isBand = look.shape === 'band';
  return {
    series: [{}, ...seriesOf(look, palette, scope)],
    ...(isBand ? { bands: bandsOf(look, palette) } : {}),
    scales: { x: timeScale(scope), y: look.isLog ? logScale(look) : zeroScale() },
    axes: [timeAxis(palette), valueAxisOf(look, palette)],
    padding: [8, 20, 0, 0],
    ...(look.shape === 'stack' ? { cursor: { points: { show: false } } } : {}),
    hooks: {
      drawClear: [drawFrontier(palette, scope)],
      ...(look.limit === null ? {} : { draw: [drawLimit(palette, look.limit)] }),
    },
  };
}

function valueAxisOf(look: ChartLook, palette: Palette): uPlot.Axis {
  const axis = valueAxis(palette, look.text, look.text === bytesText);
  return look.isLog && look.text === durationText ? { ...axis, ...DURATION_SPLITS } : axis;
}

function seriesOf(look: ChartLook, palette: Palette, scope: () => PlotScope): uPlot.Series[] {
  if (look.shape === 'stack')
    return look.colors.toReversed().map((color) => ({
      fill: palette.color(color),
      width: 0,
      points: { show: false },
      paths: stackedBars(scope),
    }));
  const isBand = look.shape === 'band' && look.colors.length > 1;
  return look.colors.map((color, index) => ({
    stroke: isBand ? palette.faint(bandColor(look), EDGE_ALPHAS[index] ?? 1) : palette.color(color),
    width: isBand && index > 0 ? 1 : 2,
    points: {
      show: true,
      size: isBand && index === 0 ? 5 : 3,
      width: 0,
      fill: palette.color(color),
      filter: lonelyPoints,
    },
  }));
}

/** A band has one colour, that of its line. */
function bandColor(look: ChartLook): string {
  return look.colors[0] ?? 'var(--text)';
}

/** Between each line and the one below it. */
function bandsOf(look: ChartLook, palette: Palette): uPlot.Band[] {
  return look.colors.slice(1).map((_, index) => ({
    series: [index + 2, index + 1],
    fill: palette.faint(bandColor(look), BAND_ALPHAS[index] ?? 0.1),
  }));
}

/** A line needs two neighbours; a step between two gaps is drawn as a dot. */
const lonelyPoints: uPlot.Series.Points.Filter = (plot, seriesIndex) => {
  const values = plot.data[seriesIndex] ?? [];
  const lonely: number[] = [];
  for (let index = 0; index < values.length; index += 1) {
    const isLonely = (values[index - 1] ?? null) === null && (values[index + 1] ?? null) === null;
    // One object is its own p50, p95 and p99: the line that matters most is seen.
    const isHidden = seriesIndex > 1 && values[index] === plot.data[1]?.[index];
    if ((values[index] ?? null) !== null && isLonely && !isHidden) lonely.push(index);
  }
  return lonely;
};

/** The powers of ten around the values and the limit, at least one decade. */
function logScale({ limit }: ChartLook): uPlot.Scale {
  return {
    distr: 3,
    log: 10,
    range: (_plot, min: number | null, max: number | null) => {
      const lowest = Math.min(min ?? 1, limit?.value ?? Number.POSITIVE_INFINITY);
      const low = 10 ** Math.floor(Math.log10(Math.max(LOG_FLOOR, lowest)));
      const high = 10 ** Math.ceil(Math.log10(Math.max(1, max ?? 1, limit?.value ?? 1)));
      return [low, Math.max(high, low * 10)];
    },
  };
}

/** Text that is the same for lines that look the same. */
export function lookKey(lines: readonly ChartLine[], limit: ChartLimit | null): string {
  return JSON.stringify({ colors: lines.map((line) => line.color), limit });
}
