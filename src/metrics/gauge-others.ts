/** So many series of a metric and no more: what is above the limit is one series together. */
import { labelsKey } from './evaluate.ts';
import type { Labels, Point } from './points.ts';

export interface GaugeSeries {
  readonly statistic: string;
  readonly labels: Labels;
  readonly point: Point;
}

export interface Fitting {
  /** Keys of the label sets that have series of their own. */
  readonly shown: ReadonlySet<string>;
  readonly samples: readonly GaugeSeries[];
  /** How many label sets are in the series `other`. */
  readonly others: number;
}

interface Limit {
  /** Label sets, each with a series for each statistic. */
  readonly seriesMax: number;
  /** Those shown before: they stay. */
  readonly before: ReadonlySet<string>;
}

const OTHER = 'other';

/** Those that were shown before stay, then come those of the largest values; the rest is `other`. */
export function fitting(series: readonly GaugeSeries[], { seriesMax, before }: Limit): Fitting {
  const byLabels = Map.groupBy(series, ({ labels }) => labelsKey(labels));
  const largest = (ours: readonly GaugeSeries[]): number => Math.max(...ours.map(({ point }) => point.value));
  const ranked = [...byLabels].toSorted(
    ([one, ours], [other, theirs]) =>
      Number(before.has(other)) - Number(before.has(one)) || largest(theirs) - largest(ours),
  );
  const shown = new Set(ranked.slice(0, seriesMax).map(([key]) => key));
  const own = series.filter(({ labels }) => shown.has(labelsKey(labels)));
  const rest = series.filter(({ labels }) => !shown.has(labelsKey(labels)));
  const others = [...Map.groupBy(rest, ({ statistic }) => statistic).values()].map(together);
  return { shown, samples: [...own, ...others], others: byLabels.size - shown.size };
}

/** Sums and counts add up; of anything else the largest is told, of `Minimum` the smallest. */
function together(series: readonly GaugeSeries[]): GaugeSeries {
  const [first] = series;
  if (first === undefined) throw new Error('a group of nothing');
  const { statistic, labels } = first;
  const values = series.map(({ point }) => point.value);
  const value = ADDED.has(statistic)
    ? values.reduce((sum, each) => sum + each, 0)
    : statistic === 'Minimum'
      ? Math.min(...values)
      : Math.max(...values);
  const names = Object.keys(labels).map((name) => [name, OTHER] as const);
  return { statistic, labels: Object.fromEntries(names), point: { startMs: 0, value } };
}

const ADDED = new Set(['Sum', 'SampleCount']);
