import { exactCount, shortCount } from '../../lib/format.ts';

/** A value of any metric, as short as it can be read: `0.0042`, `12.5`, `1.2M`. */
export function figureText(value: number): string {
  if (Math.abs(value) >= 10_000) return shortCount(value);
  return exactFigure(Number(value.toPrecision(4)));
}

/** The same with every digit. */
export function exactFigure(value: number): string {
  return Math.abs(value) < 1 ? String(value) : exactCount(value);
}
