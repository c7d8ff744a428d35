import type uPlot from 'uplot';
import { timeAxis, timeScale, valueAxis, zeroScale } from '../../charts/axes.ts';
import type { Palette } from '../../charts/palette.ts';
import type { PlotOptions, PlotScope } from '../../charts/plot.tsx';
import { bytesText } from '../../lib/format.ts';
import { MARK_STATUSES, type SizePoints } from './size-points.ts';

const BAND_ALPHA = 0.16;
const NO_POINTS = { show: false };
const MARK_PX = { ok: 5, late: 8, alarm: 9 } as const;

/** The columns in the order of `sizeOptions`. */
export function sizeColumns({ times, low, high, usual, sizes, marks }: SizePoints): uPlot.AlignedData {
  const columns = [low, high, usual, sizes, ...MARK_STATUSES.map((status) => marks[status])];
  return [[...times], ...columns.map((column) => [...column])];
}

/** The band of normal, the median in it, the sizes as a line, and each run marked by its verdict. */
export function sizeOptions(palette: Palette, scope: () => PlotScope): PlotOptions {
  const edge: uPlot.Series = { stroke: 'transparent', width: 0, points: NO_POINTS, spanGaps: true };
  return {
    series: [
      {},
      edge,
      edge,
      {
        stroke: palette.faint('var(--muted)', 0.7),
        width: 1,
        dash: [4, 4],
        points: NO_POINTS,
        spanGaps: true,
      },
      { stroke: palette.color('var(--latency)'), width: 1.5, points: NO_POINTS, spanGaps: true },
      ...MARK_STATUSES.map(
        (status): uPlot.Series => ({
          paths: () => null,
          stroke: palette.color('var(--raised)'),
          points: {
            show: true,
            size: MARK_PX[status],
            width: 1,
            stroke: palette.color('var(--raised)'),
            fill: palette.color(`var(--${status})`),
          },
        }),
      ),
    ],
    bands: [{ series: [2, 1], fill: palette.faint('var(--latency)', BAND_ALPHA) }],
    scales: { x: timeScale(scope), y: zeroScale() },
    axes: [timeAxis(palette), valueAxis(palette, bytesText, true)],
    padding: [8, 20, 6, 0],
    cursor: { points: NO_POINTS, dataIdx: (_plot, _series, closest) => closest },
  };
}
