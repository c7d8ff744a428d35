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
const STORAGE_TYPE: Dimension = { name: 'storage_type', column: 'storage_type' };
const MINUTE_S = 60;
const DAY_S = 86_400;

interface Stored {
  /** AWS's name, as it is stored. */
  readonly metric: string;
  readonly statistic: 'Sum' | 'Maximum' | 'Average';
  readonly periodS: number;
}

function isStored({ metric, statistic, periodS }: Stored): string {
  return `metric = '${metric}' and statistic = '${statistic}' and period_seconds = ${periodS}`;
}

function periodSource(of: Stored, ask: MetricAsk): MetricSource {
  return {
    from: `(
      select time, bucket, filter_id, destination_bucket, rule_id, store_metrics.value as amount
      from store_metrics
      where ${isStored(of)} and ${timeWithin('time', ask)} and (${ask.condition}))`,
    value: valueOf(ask.statistic, { Sum: 'sum(amount)', Maximum: 'max(amount)' }),
  };
}

/**
 * Of a bucket and a day what is told of all storage types together; where that is not told, those that are asked for add up.
 * So do buckets that are not told apart.
 */
function daySource(of: Stored, ask: MetricAsk): MetricSource {
  const asked = new Set(['time', ...ask.dimensions.map(({ column }) => column)]);
  const isWhole = `storage_type in ('', 'AllStorageTypes')`;
  const ofBucket = `if(countIf(${isWhole}) > 0, maxIf(store_metrics.value, ${isWhole}), sum(store_metrics.value))`;
  const columns = [...asked].join(', ');
  const inBucket = [...new Set([...asked, 'bucket'])].join(', ');
  return {
    from: `(
      select ${columns}, sum(of_bucket) as amount
      from (
        select ${inBucket}, ${ofBucket} as of_bucket
        from store_metrics
        where ${isStored(of)} and ${timeWithin('time', ask)} and (${ask.condition})
        group by ${inBucket})
      group by ${columns})`,
    value: valueOf(ask.statistic, { Maximum: 'max(amount)', Minimum: 'min(amount)', Average: 'avg(amount)' }),
  };
}

function stored(
  metric: Omit<MetricDefinition, 'source' | 'group' | 'finestS' | 'formats'>,
  of: Stored,
): MetricDefinition {
  const source = of.periodS === DAY_S ? daySource : periodSource;
  return {
    ...metric,
    group: 'store',
    finestS: of.periodS,
    formats: ['store-metrics'],
    source: (ask) => Promise.resolve(source(of, ask)),
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

function ofStorage(
  metric: string,
  unit: MetricDefinition['unit'],
  { what, finer }: { readonly what: string; readonly finer?: readonly Dimension[] },
): MetricDefinition {
  return stored(
    {
      name: metric,
      unit,
      description: `${what}, as S3 counted once a day.${finer === undefined ? '' : ' Also by storage type.'}`,
      dimensions: [BUCKET],
      ...(finer === undefined ? {} : { finerDimensions: finer }),
      statistics: ['Average', 'Maximum', 'Minimum'],
    },
    { metric, statistic: 'Average', periodS: DAY_S },
  );
}

/** Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-dimensions.html */
export const STORE_METRICS: readonly MetricDefinition[] = [
  ofStorage('BucketSizeBytes', 'Bytes', {
    what: 'Bytes stored in the bucket, old versions and unfinished uploads too',
    finer: [STORAGE_TYPE],
  }),
  ofStorage('NumberOfObjects', 'Count', {
    what: 'Objects stored in the bucket: all versions, delete markers and parts of unfinished uploads',
  }),
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
