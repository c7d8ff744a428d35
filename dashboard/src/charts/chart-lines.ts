/** One series of a chart: its values stand on the grid of the chart's steps, null where nothing was recorded. */
export interface ChartLine {
  readonly id: string;
  readonly name: string;
  /** What it means, for the hover title. */
  readonly meaning: string;
  /** A CSS colour. */
  readonly color: string;
  readonly values: readonly (number | null)[];
  /** Its value for the whole range; null where there is no such thing, as of a percentile. */
  readonly whole: number | null;
}

/**
 * How lines are drawn: `stack`, bars on top of each other, the first line at the base; `lines`, each by itself;
 * `band`, the first as a line and the area between each and the next filled.
 */
export type ChartShape = 'stack' | 'lines' | 'band';

/** A logarithm has no zero: what is less than this share of the highest value's scale is drawn at it. */
export const LOG_FLOOR = 0.5;

type Column = (number | null)[];

/**
 * The columns to draw, topmost layer first for a stack: where the least height makes layers overlap, the base
 * stays in front.
 */
export function drawnColumns(lines: readonly ChartLine[], shape: ChartShape, isLog: boolean): Column[] {
  if (shape === 'stack') return stackedColumns(lines).toReversed();
  return lines.map(({ values }) =>
    values.map((value) => (value !== null && isLog ? Math.max(LOG_FLOOR, value) : value)),
  );
}

/** Sums from the base up: a layer's upper edge is its own column, its lower the one before. */
function stackedColumns(lines: readonly ChartLine[]): Column[] {
  const sums: Column = [];
  return lines.map(({ values }) => {
    values.forEach((value, index) => {
      const below = sums[index] ?? null;
      sums[index] = value === null ? below : (below ?? 0) + value;
    });
    return [...sums];
  });
}

/** The last step at which some line has a value, -1 for none. */
export function lastKnown(lines: readonly ChartLine[]): number {
  return Math.max(-1, ...lines.map(({ values }) => values.findLastIndex((value) => value !== null)));
}
