/**
 * The text form of OpenMetrics. Source:
 * https://github.com/prometheus/OpenMetrics/blob/v1.0.0/specification/OpenMetrics.md
 */

export interface MetricFamily {
  /** Of a-z, 0-9 and `_`; ends with `_` and its unit when it has one. */
  readonly name: string;
  readonly unit?: string;
  readonly help: string;
  readonly samples: readonly FamilySample[];
}

export interface FamilySample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export const OPEN_METRICS_TYPE = 'application/openmetrics-text; version=1.0.0; charset=utf-8';
/** What the same text is to a reader that does not ask for OpenMetrics: what it does not know are comments to it. */
export const PLAIN_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** The gauges as a text, families in their order; those without a sample are left out. */
export function expositionOf(families: readonly MetricFamily[]): string {
  const lines = families
    .filter(({ samples }) => samples.length > 0)
    .flatMap((family) => [
      `# TYPE ${family.name} gauge`,
      ...(family.unit === undefined ? [] : [`# UNIT ${family.name} ${family.unit}`]),
      `# HELP ${family.name} ${escaped(family.help)}`,
      ...family.samples.map((sample) => `${family.name}${labelsText(sample)} ${valueText(sample.value)}`),
    ]);
  return [...lines, '# EOF', ''].join('\n');
}

function labelsText({ labels }: FamilySample): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

function valueText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (Number.isFinite(value)) return String(value);
  return value > 0 ? '+Inf' : '-Inf';
}
