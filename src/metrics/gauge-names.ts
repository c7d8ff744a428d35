/** What metrics are called in Prometheus: snake case, base units, the unit at the end. */
import type { MetricDefinition, MetricUnit } from '../monitors/metric.ts';
import { dimensionsOf } from './catalogue.ts';

export interface GaugeName {
  readonly name: string;
  readonly unit: string | undefined;
  /** From the unit of the metric to that of the gauge. */
  readonly factor: number;
  /** Labels by dimension. */
  readonly labels: ReadonlyMap<string, string>;
}

const PREFIX = 'bucketwatch_';

const UNITS: Readonly<Record<MetricUnit, Pick<GaugeName, 'unit' | 'factor'>>> = {
  Count: { unit: undefined, factor: 1 },
  Bytes: { unit: 'bytes', factor: 1 },
  Seconds: { unit: 'seconds', factor: 1 },
  Milliseconds: { unit: 'seconds', factor: 1 / 1000 },
  'Kilobits/Second': { unit: 'bytes_per_second', factor: 1024 / 8 },
};

/** Each metric's name, no two alike. */
export function gaugeNames(catalogue: readonly MetricDefinition[]): Map<MetricDefinition, GaugeName> {
  const taken = new Set<string>();
  return new Map(
    catalogue.map((metric) => {
      const { unit, factor } = UNITS[metric.unit];
      const name = free(PREFIX + namedBy(metric.name, unit), taken, unit);
      return [metric, { name, unit, factor, labels: labelNames(metric) }];
    }),
  );
}

/** The unit comes last, and once: `BytesDownloaded` is `downloaded_bytes`. */
function namedBy(name: string, unit: string | undefined): string {
  const words = snakeCase(name)
    .split('_')
    .filter((word) => word !== '');
  if (unit === undefined) return words.join('_');
  return [...words.filter((word) => word !== unit), unit].join('_');
}

/** `statistic` is a label that each series has. */
function labelNames(metric: MetricDefinition): Map<string, string> {
  const taken = new Set(['statistic']);
  return new Map(
    dimensionsOf(metric).map(({ name }) => {
      const plain = snakeCase(name);
      return [name, free(/^[a-z]/.test(plain) ? plain : `label_${plain}`, taken, undefined)];
    }),
  );
}

function free(name: string, taken: Set<string>, unit: string | undefined): string {
  let found = name;
  const end = unit === undefined ? '' : `_${unit}`;
  for (let other = 2; taken.has(found); other += 1)
    found = `${name.slice(0, name.length - end.length)}_${other}${end}`;
  taken.add(found);
  return found;
}

/** `4xxErrors` is `4xx_errors`; what Prometheus cannot have is `_`. */
function snakeCase(name: string): string {
  return name
    .replace(/([a-z])([A-Z0-9])/g, '$1_$2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1_$2')
    .replace(/[^A-Za-z0-9_]+/g, '_')
    .toLowerCase();
}
