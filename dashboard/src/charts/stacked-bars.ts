import type uPlot from 'uplot';
import type { PlotScope } from './plot.tsx';

/** A class that has a request is never thinner than this, so that one error in a million can be seen. */
const HEIGHT_MIN_PX = 2;
const GAP_RATIO = 0.18;

/**
 * Draws one layer of a stack. The plot's columns are sums, the topmost layer first: a layer reaches from its own
 * column down to the next one. Bars begin at their time and are one step wide.
 */
export function stackedBars(scope: () => PlotScope): uPlot.Series.PathBuilder {
  return (plot, seriesIndex, first, last) => {
    const fill = new Path2D();
    const times = plot.data[0];
    const tops = plot.data[seriesIndex] ?? [];
    const bases = plot.data[seriesIndex + 1] ?? [];
    const { since, until, stepSeconds } = scope();
    const stepPx = (plot.bbox.width * stepSeconds) / (until - since);
    const gapPx = stepPx > 4 ? Math.max(1, Math.round(stepPx * GAP_RATIO)) : 0;
    const heightMin = HEIGHT_MIN_PX * devicePixelRatio;
    for (let index = first; index <= last; index += 1) {
      const top = tops[index] ?? 0;
      const base = bases[index] ?? 0;
      if (top <= base) continue;
      const left = plot.valToPos(times[index] ?? 0, 'x', true);
      const bottomPx = plot.valToPos(base, 'y', true);
      const topPx = Math.min(plot.valToPos(top, 'y', true), bottomPx - heightMin);
      fill.rect(Math.round(left), topPx, Math.max(1, Math.round(stepPx - gapPx)), bottomPx - topPx);
    }
    return { fill, stroke: null, clip: null, flags: 0 };
  };
}
