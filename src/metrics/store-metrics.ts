/** What the store itself counted, from `store_metrics`. */
import {
  type Dimension,
  type MetricAsk,
  type MetricDefinition,
  type MetricSource,
  timeWithin,
  valueOf,
} from '../monitors/metric.ts';

const BUCKET: Dimension = { name: 'bucket', column: 'bucket' };
const OF_REQUESTS: readonly Dimension[] = [BUCKET, { name: 'filter', column: 'filter_id' }];
const OF_REPLICATION: readonly Dimension[] = [
  { name: 'source', column: 'bucket' },
  { name: 'destination', column: 'destination_bucket' },
  { name: 'rule', column: 'rule_id' },
];
const MINUTE_S = 60;
const DAY_S = 86_400;

interface Stored {
  /** AWS's name, as it is stored. */
  readonly metric: string;
  /** As it is stored; absent: any. */
  readonly statistic?: 'Sum' | 'Maximum';
  readonly periodS: number;
}

function storedSource({ metric, statistic, periodS }: Stored, ask: MetricAsk): MetricSource {
  const isStatistic = statistic === undefined ? '1' : `statistic = '${statistic}'`;
  return {
    from: `(
      select time, bucket, filter_id, destination_bucket, rule_id, store_metrics.value as amount
      from store_metrics
      where metric = '${metric}' and ${isStatistic} and period_seconds = ${periodS}
        and ${timeWithin('time', ask)} and (${ask.condition}))`,
    value: valueOf(ask.statistic, {
      Sum: 'sum(amount)',
      Maximum: 'max(amount)',
      Minimum: 'min(amount)',
      Average: 'avg(amount)',
    }),
  };
}

function stored(
  metric: Omit<MetricDefinition, 'source' | 'group' | 'finestS' | 'formats'>,
  of: Stored,
): MetricDefinition {
  return {
    ...metric,
    group: 'store',
    finestS: of.periodS,
    formats: ['store-metrics'],
    source: (ask) => Promise.resolve(storedSource(of, ask)),
  };
}

/** One that S3 counts and we count too stands under its name with `Store` before it. */
function ofRequests(metric: string, unit: MetricDefinition['unit'], what: string): MetricDefinition {
  return stored(
    {
      name: `Store${metric}`,
      unit,
      description: `${what} as S3 counted them, of the requests that a metrics configuration is for.`,
      dimensions: OF_REQUESTS,
      statistics: ['Sum'],
    },
    { metric, statistic: 'Sum', periodS: MINUTE_S },
  );
}

function ofReplication(
  metric: string,
  unit: MetricDefinition['unit'],
  { what, statistic }: { readonly what: string; readonly statistic: 'Sum' | 'Maximum' },
): MetricDefinition {
  return stored(
    {
      name: `Store${metric}`,
      unit,
      description: `${what}, as S3 measured it.`,
      dimensions: OF_REPLICATION,
      statistics: [statistic],
    },
    { metric, statistic, periodS: MINUTE_S },
  );
}

function ofStorage(metric: string, unit: MetricDefinition['unit'], what: string): MetricDefinition {
  return stored(
    {
      name: metric,
      unit,
      description: `${what}, as S3 counted once a day.`,
      dimensions: [BUCKET],
      statistics: ['Average', 'Maximum', 'Minimum'],
    },
    { metric, periodS: DAY_S },
  );
}

/** Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-dimensions.html */
export const STORE_METRICS: readonly MetricDefinition[] = [
  ofStorage('BucketSizeBytes', 'Bytes', 'Bytes stored in the bucket'),
  ofStorage('NumberOfObjects', 'Count', 'Objects stored in the bucket'),
  ofRequests('AllRequests', 'Count', 'Requests'),
  ofRequests('4xxErrors', 'Count', 'Requests answered with a status of 400 to 499'),
  ofRequests('5xxErrors', 'Count', 'Requests answered with a status of 500 to 599'),
  ofRequests('BytesDownloaded', 'Bytes', 'Bytes of the responses'),
  ofRequests('BytesUploaded', 'Bytes', 'Bytes of the requests'),
  ofReplication('ReplicationLatency', 'Seconds', {
    what: 'How far the destination is behind the source',
    statistic: 'Maximum',
  }),
  ofReplication('BytesPendingReplication', 'Bytes', { what: 'Bytes that wait', statistic: 'Maximum' }),
  ofReplication('OperationsPendingReplication', 'Count', {
    what: 'Operations that wait',
    statistic: 'Maximum',
  }),
  ofReplication('OperationsFailedReplication', 'Count', {
    what: 'Operations that failed',
    statistic: 'Sum',
  }),
];
