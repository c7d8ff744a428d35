/** Metrics of the intake, from the ledger: what came of each source, and how long that took. */
import {
  type Dimension,
  type MetricAsk,
  type MetricDefinition,
  type MetricSource,
  timeWithin,
  valueOf,
} from '../monitors/metric.ts';

const SOURCE: readonly Dimension[] = [{ name: 'source', column: 'source' }];
const COMMON = { group: 'intake', dimensions: SOURCE, finestS: 10, formats: [] } as const;

interface Counted {
  /** A column of `batches`, or a count of them. */
  readonly amount: string;
  readonly where?: string;
}

function counted(
  metric: Pick<MetricDefinition, 'name' | 'unit' | 'description'>,
  { amount, where = '1' }: Counted,
): MetricDefinition {
  return {
    ...metric,
    ...COMMON,
    statistics: ['Sum'],
    source: (ask) =>
      Promise.resolve({
        from: `(
          select source, toDateTime(loaded_at) as time, ${amount} as amount
          from batches
          where ${where} and ${timeWithin('loaded_at', ask)} and (${ask.condition}))`,
        value: 'sum(amount)',
      }),
  };
}

/** What was there before the source was first read waited for us to begin: that is no lag. */
function lagSource(ask: MetricAsk): MetricSource {
  const { percentile } = ask.statistic;
  const value =
    percentile === undefined
      ? valueOf(ask.statistic, {
          Maximum: 'max(lag_s)',
          Average: 'avg(lag_s)',
          Minimum: 'min(lag_s)',
          SampleCount: 'count()',
        })
      : `quantileExact(${percentile / 100})(lag_s)`;
  return {
    from: `(
      select source, time, lag_s
      from (
        select batches.source as source, toDateTime(loaded_at) as time,
          greatest(0, dateDiff('millisecond', assumeNotNull(delivered_at), loaded_at)) / 1000 as lag_s, assumeNotNull(delivered_at) as delivered
        from batches
        where state = 'loaded' and delivered_at is not null and ${timeWithin('loaded_at', ask)} and (${ask.condition})
      ) as lags
      global inner join (
        select source, min(loaded_at) as began from batches where ${ask.condition} group by source
      ) as begins on begins.source = lags.source
      where delivered >= began)`,
    value,
    samples: 'count()',
  };
}

export const LEDGER_METRICS: readonly MetricDefinition[] = [
  counted(
    { name: 'RecordsLoaded', unit: 'Count', description: 'Records that became facts.' },
    { amount: 'facts', where: "state = 'loaded'" },
  ),
  counted(
    { name: 'RecordsRejected', unit: 'Count', description: 'Records that no rule could read.' },
    { amount: 'rejects', where: "state = 'loaded'" },
  ),
  counted(
    { name: 'RecordsSkipped', unit: 'Count', description: 'Records that were left out on purpose.' },
    { amount: 'skipped', where: "state = 'loaded'" },
  ),
  counted(
    { name: 'BatchesLoaded', unit: 'Count', description: 'Batches that were stored.' },
    { amount: 'toUInt64(1)', where: "state = 'loaded'" },
  ),
  counted(
    {
      name: 'BatchesRejected',
      unit: 'Count',
      description: 'Batches that could not be read; 0 where others were stored.',
    },
    { amount: "toUInt64(state = 'rejected')" },
  ),
  counted(
    { name: 'BytesLoaded', unit: 'Bytes', description: 'Size of the stored batches as they arrived.' },
    { amount: 'size_bytes', where: "state = 'loaded'" },
  ),
  {
    name: 'IntakeLag',
    unit: 'Seconds',
    description: 'Time from the delivery of a batch to the store until its facts were stored.',
    ...COMMON,
    statistics: ['Maximum', 'Average', 'Minimum', 'SampleCount'],
    percentileMax: 100,
    source: (ask) => Promise.resolve(lagSource(ask)),
  },
  {
    name: 'MessagesParked',
    unit: 'Count',
    description: 'Messages that nothing could be made of.',
    ...COMMON,
    statistics: ['Sum'],
    source: (ask) =>
      Promise.resolve({
        from: `(
          select source, toDateTime(received_at) as time
          from parked_messages
          where ${timeWithin('received_at', ask)} and (${ask.condition}))`,
        value: 'count()',
      }),
  },
];
