/** Every metric there is, each defined once. */
import { Fault } from '../lib/fault.ts';
import { nearest } from '../lib/nearest.ts';
import type { ValueUnit } from '../lib/value-text.ts';
import { ACTIVITY_METRICS } from '../monitors/activity/metrics.ts';
import { type BackupMetricNames, backupMetrics } from '../monitors/backups/metrics.ts';
import type { Dimension, MetricDefinition, Statistic } from '../monitors/metric.ts';
import { REPLICATION_METRICS } from '../monitors/replication/metrics.ts';
import { LEDGER_METRICS } from './ledger-metrics.ts';
import { STORE_METRICS } from './store-metrics.ts';

export type Catalogue = ReadonlyMap<string, MetricDefinition>;

/** The metrics by name. One that the configuration names comes first where the name is taken. */
export function catalogueOf(names: { readonly backups: BackupMetricNames }): Catalogue {
  const catalogue = new Map<string, MetricDefinition>();
  const all = [
    ...backupMetrics(names.backups),
    ...ACTIVITY_METRICS,
    ...REPLICATION_METRICS,
    ...STORE_METRICS,
    ...LEDGER_METRICS,
  ];
  for (const metric of all) if (!catalogue.has(metric.name)) catalogue.set(metric.name, metric);
  return catalogue;
}

/** Throws `not_found` for a name that is none of ours. */
export function metricNamed(name: string, catalogue: Catalogue): MetricDefinition {
  const metric = catalogue.get(name);
  if (metric !== undefined) return metric;
  const near = nearest(name, [...catalogue.keys()]);
  const hint = near === undefined ? 'GET /api/v1/metrics lists them' : `did you mean ${near}`;
  throw new Fault('not_found', `Cannot find the metric: there is none of this name, ${hint}, got "${name}".`);
}

const SHORT = new Map([
  ['Min', 'Minimum'],
  ['Max', 'Maximum'],
  ['Avg', 'Average'],
]);

/** The statistic in CloudWatch's spelling, e.g. `p99.9`. Throws `invalid` when the metric does not have it. */
export function statisticOf(text: string, metric: MetricDefinition): Statistic {
  const name = SHORT.get(text) ?? text;
  const percentile = Number(/^p(\d{1,3}(?:\.\d{1,10})?)$/.exec(name)?.[1] ?? Number.NaN);
  if (percentile <= (metric.percentileMax ?? -1)) return { name, percentile };
  if (Number.isNaN(percentile) && metric.statistics.includes(name)) return { name };
  const near = nearest(name, metric.statistics);
  const end = near === undefined ? '.' : `; did you mean ${near}?`;
  throw new Fault(
    'invalid',
    `Cannot give ${metric.name} as "${text}": it has ${statisticsOf(metric).join(', ')}${end}`,
  );
}

/** The statistics of a metric as they are shown. */
export function statisticsOf({ statistics, percentileMax }: MetricDefinition): readonly string[] {
  if (percentileMax === undefined) return statistics;
  return [...statistics, `p0.0 to p${percentileMax}`];
}

/** The statistic that says most of a metric. */
export function usualStatistic({ usualStatistic: usual, statistics }: MetricDefinition): string {
  return usual ?? statistics[0] ?? '';
}

/** What values of the metric are by a statistic: the average of what counts requests of a kind is their share. */
export function unitOfStatistic({ unit, isShare = false }: MetricDefinition, statistic: string): ValueUnit {
  if (statistic === 'SampleCount') return 'Count';
  return isShare && statistic === 'Average' ? 'Ratio' : unit;
}

/** All dimensions that questions may name. */
export function dimensionsOf({ dimensions, finerDimensions = [] }: MetricDefinition): readonly Dimension[] {
  return [...dimensions, ...finerDimensions];
}

/** Throws `invalid` when the metric has no such dimension. */
export function dimensionNamed(name: string, metric: MetricDefinition): Dimension {
  const all = dimensionsOf(metric);
  const dimension = all.find((one) => one.name === name);
  if (dimension !== undefined) return dimension;
  throw new Fault(
    'invalid',
    `Cannot limit ${metric.name} by "${name}": it has ${all.map((one) => one.name).join(', ')}.`,
  );
}
