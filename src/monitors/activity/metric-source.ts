/** The definitions of request metrics in SQL, by their kind. */
import type { Engine } from '../../engine/engine.ts';
import { type MetricAsk, type MetricSource, type Statistic, valueOf } from '../metric.ts';
import { COUNTED } from './counted.ts';
import { type ActivityQuery, ADDED_UP, latencies, sums } from './levels.ts';
import { readingFor } from './reading.ts';
import { percentilesMs } from './series.ts';

export type MetricKind =
  /** Requests that meet a condition. */
  | { readonly kind: 'count'; readonly condition: string }
  /** 1 for each counted request that meets the condition, 0 for the others. */
  | { readonly kind: 'ratio'; readonly condition: string }
  /** Bytes of the counted requests that have any. */
  | { readonly kind: 'bytes'; readonly column: 'bytes_sent' | 'bytes_received'; readonly condition: string }
  | { readonly kind: 'latency'; readonly latency: 'total_time' | 'turn_around_time' };

export async function requestSource(of: MetricKind, ask: MetricAsk, engine: Engine): Promise<MetricSource> {
  switch (of.kind) {
    case 'count':
      return summed(ask, ['operation', 'requests'], {
        value: `if(sumIf(requests, ${of.condition}) = 0, null, sumIf(requests, ${of.condition}))`,
      });
    case 'ratio':
      return summed(ask, ['operation', 'http_status', 'requests'], {
        value: ratioValue(ask.statistic, of.condition),
        samples: `sumIf(requests, ${COUNTED})`,
      });
    case 'bytes':
      return bytesSource(ask, of, engine);
    case 'latency':
      return latencySource(ask, of.latency);
  }
}

function queryOf({ startMs, endMs, condition, params }: MetricAsk): ActivityQuery {
  return { range: { startMs, endMs }, filter: { condition, params } };
}

function columnsOf({ dimensions }: MetricAsk, columns: readonly string[]): string {
  return [...new Set(['time', ...dimensions.map(({ column }) => column), ...columns])].join(', ');
}

function summed(
  ask: MetricAsk,
  columns: readonly string[],
  aggregates: Pick<MetricSource, 'value' | 'samples'>,
): MetricSource {
  return { ...aggregates, from: sums(columnsOf(ask, columns), queryOf(ask), ask.stepS), settings: ADDED_UP };
}

function ratioValue(statistic: Statistic, condition: string): string {
  const all = `sumIf(requests, ${COUNTED})`;
  const met = `sumIf(requests, ${COUNTED} and ${condition})`;
  const value = valueOf(statistic, {
    Average: `${met} / ${all}`,
    Sum: met,
    Minimum: `${met} = ${all}`,
    Maximum: `${met} > 0`,
    SampleCount: all,
  });
  return `if(${all} = 0, null, ${value})`;
}

async function bytesSource(
  ask: MetricAsk,
  { column, condition }: Extract<MetricKind, { kind: 'bytes' }>,
  engine: Engine,
): Promise<MetricSource> {
  const { percentile } = ask.statistic;
  if (percentile !== undefined) {
    const columns = ['operation', column, ...ask.dimensions.map((dimension) => dimension.column)];
    const reading = await readingFor({ columns, hasOwnConditions: true }, queryOf(ask), engine);
    const own = column === 'bytes_sent' ? 'response_bytes' : 'request_bytes';
    return {
      from: reading.from,
      value: `quantileExactOrNullIf(${percentile / 100})(${own}, ${own} > 0 and ${condition})`,
      samples: `countIf(${own} > 0 and ${condition})`,
      settings: ADDED_UP,
      ...(reading.estimated ? { sampledRequests: reading.sampledRequests } : {}),
    };
  }
  const samples = `sumIf(${column}_requests, ${condition})`;
  const value = valueOf(ask.statistic, {
    Average: `sumIf(${column}, ${condition}) / ${samples}`,
    Sum: `sumIf(${column}, ${condition})`,
    Minimum: `minIf(${column}_min, ${condition})`,
    Maximum: `maxIf(${column}_max, ${condition})`,
    SampleCount: samples,
  });
  return summed(ask, ['operation', column, `${column}_requests`, `${column}_min`, `${column}_max`], {
    value: `if(${samples} = 0, null, ${value})`,
  });
}

function latencySource(ask: MetricAsk, kind: string): MetricSource {
  const { percentile } = ask.statistic;
  const isEnd = percentile === 0 || percentile === 100;
  if (percentile !== undefined && !isEnd) {
    const bins = latencies(
      columnsOf(ask, ['kind', 'histogram.1 as bins', 'histogram.2 as counts']),
      queryOf(ask),
      ask.stepS,
    );
    return {
      from: `${bins} array join bins as bin, counts as n where kind = '${kind}'`,
      value: `${percentilesMs([percentile / 100])}[1]`,
      samples: 'sum(n)',
      settings: ADDED_UP,
    };
  }
  const end = { name: percentile === 0 ? 'Minimum' : 'Maximum' };
  const value = valueOf(isEnd ? end : ask.statistic, {
    Average: 'sum(ms) / sum(requests)',
    Sum: 'sum(ms)',
    Minimum: 'min(ms_min)',
    Maximum: 'max(ms_max)',
    SampleCount: 'sum(requests)',
  });
  const rows = latencies(
    columnsOf(ask, ['kind', 'requests', 'ms', 'ms_min', 'ms_max']),
    queryOf(ask),
    ask.stepS,
  );
  return {
    from: `${rows} where kind = '${kind}'`,
    value: `if(sum(requests) = 0, null, ${value})`,
    settings: ADDED_UP,
  };
}
