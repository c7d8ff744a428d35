import { STATUS_CLASSES, statusClassOf } from './status-classes.ts';

const SERIES_COLORS = 8;

/** The colour of the nth series that has no fixed one: Okabe and Ito's order, told apart by all kinds of sight. */
export function seriesColor(index: number): string {
  return `var(--series-${(index % SERIES_COLORS) + 1})`;
}

/** What is left when the series with the most are shown by themselves. */
export const REST_COLOR = 'var(--series-rest)';

/** The colours of status codes: each class has its own, and further codes of a class are lighter. */
export function statusColors(codes: readonly string[]): readonly string[] {
  const seen = new Map<string, number>();
  return codes.map((code) => {
    const id = statusClassOf(Number(code) || 0);
    const color = STATUS_CLASSES.find((known) => known.id === id)?.color ?? REST_COLOR;
    const earlier = seen.get(id) ?? 0;
    seen.set(id, earlier + 1);
    return earlier === 0
      ? color
      : `color-mix(in srgb, ${color} ${Math.max(25, 100 - earlier * 25)}%, var(--raised))`;
  });
}
