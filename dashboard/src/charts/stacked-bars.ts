import type uPlot from 'uplot';
import type { PlotScope } from './plot.tsx';

/** A layer that has something is never thinner than this, so that one error in a million can be seen. */
const HEIGHT_MIN_PX = 2;
const GAP_RATIO = 0.18;

interface Layer {
  readonly plot: uPlot;
  readonly times: readonly number[];
  readonly tops: ArrayLike<number | null | undefined>;
  readonly bases: ArrayLike<number | null | undefined>;
  readonly first: number;
  readonly last: number;
  readonly stepPx: number;
}

/**
 * Draws one layer of a stack. The plot's columns are sums, the topmost layer first: a layer reaches from its own
 * column down to the next one. Bars begin at their time and are one step wide.
 */
export function stackedBars(scope: () => PlotScope): uPlot.Series.PathBuilder {
  return (plot, seriesIndex, first, last) => {
    const { since, until, stepSeconds } = scope();
    const layer: Layer = {
      plot,
      times: plot.data[0] as readonly number[],
      tops: plot.data[seriesIndex] ?? [],
      bases: plot.data[seriesIndex + 1] ?? [],
      first,
      last,
      stepPx: (plot.bbox.width * stepSeconds) / (until - since),
    };
    const fill = layer.stepPx < 1 ? crowdedPath(layer) : barPath(layer);
    return { fill, stroke: null, clip: null, flags: 0 };
  };
}

function barPath({ plot, times, tops, bases, first, last, stepPx }: Layer): Path2D {
  const fill = new Path2D();
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
  return fill;
}

/** Many steps a pixel: one bar a pixel, as high as the highest of them. Lower layers are painted over it. */
function crowdedPath({ plot, times, tops, bases, first, last }: Layer): Path2D {
  const fill = new Path2D();
  const bottomPx = plot.valToPos(0, 'y', true);
  const heightMin = HEIGHT_MIN_PX * devicePixelRatio;
  let pixel = Number.NaN;
  let highest = 0;
  const flush = () => {
    if (highest === 0) return;
    const topPx = Math.min(plot.valToPos(highest, 'y', true), bottomPx - heightMin);
    fill.rect(pixel, topPx, 1, bottomPx - topPx);
  };
  for (let index = first; index <= last; index += 1) {
    const left = Math.round(plot.valToPos(times[index] ?? 0, 'x', true));
    if (left !== pixel) {
      flush();
      pixel = left;
      highest = 0;
    }
    const top = tops[index] ?? 0;
    if (top > (bases[index] ?? 0)) highest = Math.max(highest, top);
  }
  flush();
  return fill;
}
