import type uPlot from 'uplot';
import type { Palette } from './palette.ts';
import type { PlotScope } from './plot.tsx';

/** Shades what is after the moment up to which records have usually arrived: it may still change. */
export function drawFrontier(palette: Palette, scope: () => PlotScope): (plot: uPlot) => void {
  return (plot) => {
    const from = scope().completeUntil;
    const until = plot.scales['x']?.max;
    if (from === null || until === undefined || from >= until) return;
    const { ctx, bbox } = plot;
    const left = Math.max(bbox.left, plot.valToPos(from, 'x', true));
    const width = bbox.left + bbox.width - left;
    if (width <= 1) return;
    ctx.save();
    ctx.fillStyle = palette.faint('var(--muted)', 0.12);
    ctx.fillRect(left, bbox.top, width, bbox.height);
    ctx.strokeStyle = palette.faint('var(--muted)', 0.6);
    ctx.lineWidth = devicePixelRatio;
    ctx.setLineDash([3 * devicePixelRatio, 3 * devicePixelRatio]);
    ctx.beginPath();
    ctx.moveTo(left, bbox.top);
    ctx.lineTo(left, bbox.top + bbox.height);
    ctx.stroke();
    ctx.restore();
  };
}
