/** A metric's statistic over time and over the range as a whole. */
import type { Engine } from '../../engine/engine.ts';
import { Fault } from '../../lib/fault.ts';
import { type ActivityQuery, ADDED_UP, bucketParam, latencies, sums } from './levels.ts';
import { COUNTED, type Metric, METRICS, type MetricKind, STATISTICS } from './metrics.ts';
import { readingFor } from './reading.ts';
import { percentilesMs, stepStart } from './series.ts';

export interface MetricPoint {
  readonly start_s: number;
  /** Null where nothing was measured. */
  readonly value: number | null;
}

export interface MetricSeries {
  readonly points: readonly MetricPoint[];
  /** The statistic of the whole range. */
  readonly total: number | null;
  readonly estimated: boolean;
  readonly sampledRequests: number;
}

/** Throws `not_found` for a name that is none of ours. */
export function metricNamed(name: string): Metric {
  const metric = METRICS.find((one) => one.name === name);
  if (metric !== undefined) return metric;
  const known = METRICS.map((one) => one.name).join(', ');
  throw new Fault('not_found', `Cannot find the metric: there are ${known}, got "${name}".`);
}

export interface Statistic {
  readonly name: string;
  /** The percentile, 0 to 100, when it is one. */
  readonly percentile?: number;
}

const SHORT = new Map([
  ['Min', 'Minimum'],
  ['Max', 'Maximum'],
]);

/** The statistic in CloudWatch's spelling, e.g. `p99.9`. Throws `invalid` when the metric does not have it. */
export function statisticOf(text: string, metric: Metric): Statistic {
  const known = STATISTICS[metric.of.kind];
  const name = SHORT.get(text) ?? text;
  const percentile = Number(/^p(\d{1,3}(?:\.\d{1,10})?)$/.exec(name)?.[1] ?? Number.NaN);
  const most = { bytes: 99.9, latency: 100, count: -1, ratio: -1 }[metric.of.kind];
  if (percentile <= most) return { name, percentile };
  if (Number.isNaN(percentile) && known.includes(name)) return { name };
  throw new Fault('invalid', `Cannot give ${metric.name} as "${text}": it has ${known.join(', ')}.`);
}

/** The statistic that says most of a metric. */
export function usualStatistic(metric: Metric): string {
  return { count: 'Sum', ratio: 'Average', bytes: 'Sum', latency: 'p50' }[metric.of.kind];
}

interface Question {
  readonly metric: Metric;
  readonly statistic: Statistic;
}

interface Source {
  readonly from: string;
  /** An aggregate, null where nothing was measured. */
  readonly value: string;
  readonly estimated: boolean;
  readonly sampledRequests: number;
}

export async function metricSeries(
  query: ActivityQuery & Question,
  stepS: number,
  engine: Engine,
): Promise<MetricSeries> {
  const [steps, whole] = await Promise.all([
    sourceOf(query, stepS, engine),
    sourceOf(query, undefined, engine),
  ]);
  const [points, totals] = await Promise.all([
    engine.query<MetricPoint>(
      `select ${stepStart(stepS)} as start_s, ${steps.value} as value from ${steps.from} group by start_s order by start_s ${ADDED_UP}`,
      { params: bucketParam(query) },
    ),
    engine.query<{ value: number | null }>(`select ${whole.value} as value from ${whole.from} ${ADDED_UP}`, {
      params: bucketParam(query),
    }),
  ]);
  const { estimated, sampledRequests } = steps;
  return { points, total: totals[0]?.value ?? null, estimated, sampledRequests };
}

async function sourceOf(
  query: ActivityQuery & Question,
  stepS: number | undefined,
  engine: Engine,
): Promise<Source> {
  const { of } = query.metric;
  const exact = { estimated: false, sampledRequests: 0 };
  switch (of.kind) {
    case 'count':
      return {
        ...exact,
        from: sums('time, operation, requests', query, stepS),
        value: `if(sumIf(requests, ${of.condition}) = 0, null, sumIf(requests, ${of.condition}))`,
      };
    case 'ratio':
      return {
        ...exact,
        from: sums('time, operation, http_status, requests', query, stepS),
        value: ratioValue(query.statistic, of.condition),
      };
    case 'bytes':
      return bytesSource(query, of, { stepS, engine });
    case 'latency':
      return { ...exact, ...latencySource(query, of.latency, stepS) };
  }
}

function ratioValue({ name }: Statistic, condition: string): string {
  const all = `sumIf(requests, ${COUNTED})`;
  const met = `sumIf(requests, ${COUNTED} and ${condition})`;
  const values: Record<string, string> = {
    Average: `${met} / ${all}`,
    Sum: met,
    Minimum: `${met} = ${all}`,
    Maximum: `${met} > 0`,
    SampleCount: all,
  };
  return `if(${all} = 0, null, ${values[name]})`;
}

async function bytesSource(
  query: ActivityQuery & Question,
  { column, condition }: Extract<MetricKind, { kind: 'bytes' }>,
  { stepS, engine }: { readonly stepS: number | undefined; readonly engine: Engine },
): Promise<Source> {
  const { name, percentile } = query.statistic;
  if (percentile !== undefined) {
    const need = { columns: ['operation', column], hasOwnConditions: true };
    const reading = await readingFor(need, query, engine);
    const own = column === 'bytes_sent' ? 'response_bytes' : 'request_bytes';
    const value = `quantileExactOrNullIf(${percentile / 100})(${own}, ${own} > 0 and ${condition})`;
    return { ...reading, value };
  }
  const samples = `sumIf(${column}_requests, ${condition})`;
  const values: Record<string, string> = {
    Average: `sumIf(${column}, ${condition}) / ${samples}`,
    Sum: `sumIf(${column}, ${condition})`,
    Minimum: `minIf(${column}_min, ${condition})`,
    Maximum: `maxIf(${column}_max, ${condition})`,
    SampleCount: samples,
  };
  const columns = `time, operation, ${column}, ${column}_requests, ${column}_min, ${column}_max`;
  return {
    from: sums(columns, query, stepS),
    value: `if(${samples} = 0, null, ${values[name]})`,
    estimated: false,
    sampledRequests: 0,
  };
}

function latencySource(
  query: ActivityQuery & Question,
  kind: string,
  stepS: number | undefined,
): { from: string; value: string } {
  const { name, percentile } = query.statistic;
  if (percentile !== undefined && percentile > 0 && percentile < 100) {
    const bins = latencies(`time, kind, histogram.1 as bins, histogram.2 as counts`, query, stepS);
    return {
      from: `${bins} array join bins as bin, counts as n where kind = '${kind}'`,
      value: `${percentilesMs([percentile / 100])}[1]`,
    };
  }
  const values: Record<string, string> = {
    Average: 'sum(ms) / sum(requests)',
    Sum: 'sum(ms)',
    Minimum: 'min(ms_min)',
    Maximum: 'max(ms_max)',
    SampleCount: 'sum(requests)',
  };
  const value = values[percentile === 0 ? 'Minimum' : percentile === 100 ? 'Maximum' : name];
  return {
    from: `${latencies('time, kind, requests, ms, ms_min, ms_max', query, stepS)} where kind = '${kind}'`,
    value: `if(sum(requests) = 0, null, ${value})`,
  };
}
