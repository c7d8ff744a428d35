import type uPlot from 'uplot';
import type { Palette } from './palette.ts';

/** A value that a line is drawn across at. */
export interface ChartLimit {
  readonly value: number;
  /** What it is: "target 15 min". */
  readonly label: string;
}

const LABEL_GAP_PX = 4;

/** Draws the limit across the chart, with its label above; nothing where it lies outside of the scale. */
export function drawLimit(palette: Palette, { value, label }: ChartLimit): (plot: uPlot) => void {
  return (plot) => {
    const { min, max } = plot.scales['y'] ?? {};
    if (min === undefined || min === null || max === undefined || max === null) return;
    if (value < min || value > max) return;
    const { ctx, bbox } = plot;
    const y = plot.valToPos(value, 'y', true);
    ctx.save();
    ctx.strokeStyle = palette.color('var(--late)');
    ctx.fillStyle = palette.color('var(--late)');
    ctx.lineWidth = devicePixelRatio;
    ctx.setLineDash([6 * devicePixelRatio, 4 * devicePixelRatio]);
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
    ctx.font = `${11 * devicePixelRatio}px system-ui, sans-serif`;
    ctx.textAlign = 'right';
    const isAtTop = y - bbox.top < 16 * devicePixelRatio;
    ctx.textBaseline = isAtTop ? 'top' : 'bottom';
    const labelY = y + (isAtTop ? LABEL_GAP_PX : -LABEL_GAP_PX) * devicePixelRatio;
    ctx.fillText(label, bbox.left + bbox.width - LABEL_GAP_PX * devicePixelRatio, labelY);
    ctx.restore();
  };
}
