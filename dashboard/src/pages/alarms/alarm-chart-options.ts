import type uPlot from 'uplot';
import { timeAxis, timeScale, valueAxis } from '../../charts/axes.ts';
import { drawLimit } from '../../charts/limit-line.ts';
import type { Palette } from '../../charts/palette.ts';
import type { PlotOptions, PlotScope } from '../../charts/plot.tsx';
import { valueEnds, type AlarmPoints } from './alarm-points.ts';
import { figureText } from './figure.ts';

const BAND_ALPHA = 0.18;
const BROKEN_ALPHA = 0.16;

/** What is drawn beside the values themselves. */
export interface AlarmLook {
  readonly points: AlarmPoints;
  readonly threshold: number | null;
}

/** The columns, in the order of the series: times, values, the band's upper and lower edge. */
export function alarmColumns({ times, values, lower, upper }: AlarmPoints): uPlot.AlignedData {
  return [[...times], [...values], [...upper], [...lower]];
}

/** Values over their band, the threshold across, and what was in ALARM shaded. `look` is asked at each drawing. */
export function alarmOptions(palette: Palette, look: () => AlarmLook, scope: () => PlotScope): PlotOptions {
  const edge = { stroke: palette.faint('var(--latency)', 0.5), width: 1, points: { show: false } };
  return {
    series: [
      {},
      {
        stroke: palette.color('var(--series-1)'),
        width: 2,
        points: { show: true, size: 4, width: 0, fill: palette.color('var(--series-1)') },
      },
      edge,
      edge,
    ],
    bands: [{ series: [2, 3], fill: palette.faint('var(--latency)', BAND_ALPHA) }],
    scales: {
      x: timeScale(scope),
      y: { range: () => [...valueEnds(look().points, look().threshold)] },
    },
    axes: [timeAxis(palette), valueAxis(palette, figureText)],
    padding: [8, 20, 0, 0],
    hooks: {
      drawClear: [(plot) => drawBroken(plot, palette, look().points)],
      draw: [(plot) => drawThreshold(plot, palette, look().threshold)],
    },
  };
}

function drawThreshold(plot: uPlot, palette: Palette, threshold: number | null): void {
  if (threshold === null) return;
  drawLimit(palette, { value: threshold, label: `threshold ${figureText(threshold)}` })(plot);
}

function drawBroken(plot: uPlot, palette: Palette, { broken }: AlarmPoints): void {
  const { ctx, bbox } = plot;
  const right = bbox.left + bbox.width;
  ctx.save();
  ctx.fillStyle = palette.faint('var(--alarm)', BROKEN_ALPHA);
  for (const { from, until } of broken) {
    const left = Math.max(bbox.left, plot.valToPos(from, 'x', true));
    const end = Number.isFinite(until) ? Math.min(right, plot.valToPos(until, 'x', true)) : right;
    if (end > left) ctx.fillRect(left, bbox.top, end - left, bbox.height);
  }
  ctx.restore();
}
