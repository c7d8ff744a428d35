/** Metrics of replication: AWS's names, those of the CRR Monitor, then ours. */
import {
  type Dimension,
  type MetricAsk,
  type MetricDefinition,
  type MetricSource,
  timeWithin,
  valueOf,
} from '../metric.ts';
import { PAIRS_IN_FORCE } from './pairs-in-force.ts';
import { pendingSource } from './pending-metric.ts';
import { ADDED_UP, FIVE_MINUTES_S, within } from './range.ts';
import { sumsFor } from './sums.ts';

const DIMENSIONS: readonly Dimension[] = [
  { name: 'source', column: 'source' },
  { name: 'destination', column: 'destination' },
  { name: 'rule', column: 'rule' },
];

const HOUR_S = 3600;

/** What tells of writes and arrivals. */
const FORMATS = ['s3-event', 'cloudtrail'];

const COMMON = {
  group: 'replication',
  dimensions: DIMENSIONS,
  finestS: FIVE_MINUTES_S,
  formats: FORMATS,
} as const;

/** Rows of the sums in the range with the dimensions of their pair; those of an hour would lie in its first step. */
function stepRows(ask: MetricAsk, columns: readonly string[]): string {
  const isWholeHours = ask.stepS === undefined || ask.stepS % HOUR_S === 0;
  const list = columns.join(', ');
  const rows = isWholeHours
    ? sumsFor([ask], { columns, where: '1' })
    : `(select source, pair_id, time, ${list} from replication_5m where ${within(ask)})`;
  return `(
    select sums.source as source, destination, rule, sums.time as time, ${list}
    from ${rows} as sums
    global inner join ${PAIRS_IN_FORCE} as pairs on pairs.pair_id = sums.pair_id
    where ${within(ask)} and (${ask.condition}))`;
}

interface Counted {
  readonly columns: readonly string[];
  readonly value: string;
}

function counted(
  metric: Pick<MetricDefinition, 'name' | 'unit' | 'description'>,
  { columns, value }: Counted,
): MetricDefinition {
  return {
    ...metric,
    ...COMMON,
    statistics: [metric.unit === 'Kilobits/Second' ? 'Average' : 'Sum'],
    source: (ask) => Promise.resolve({ from: stepRows(ask, columns), value, settings: ADDED_UP }),
  };
}

/** Bins are `round(32 * log2(1 + ms))`. A row may take off what another added: bins are summed before they are used. */
function latencySource(ask: MetricAsk): MetricSource {
  const { percentile } = ask.statistic;
  const seconds = (bin: string): string => `round((exp2(${bin} / 32) - 1) / 1000, 3)`;
  const from = `(
    select source, destination, rule, time, bin, n
    from (
      select source, destination, rule, time, sumMap(histogram) as bins
      from (select *, latency_histogram as histogram from ${stepRows(ask, ['latency_histogram'])})
      group by source, destination, rule, time
    )
    array join bins.1 as bin, bins.2 as n
    where n > 0)`;
  const value =
    percentile === undefined
      ? valueOf(ask.statistic, {
          Maximum: seconds('max(bin)'),
          Minimum: seconds('min(bin)'),
          Average: `round(sum((exp2(bin / 32) - 1) / 1000 * n) / sum(n), 3)`,
          SampleCount: 'sum(n)',
        })
      : seconds(`quantileTimingWeighted(${percentile / 100})(bin, toUInt64(n))`);
  return { from, value: `if(count() = 0, null, ${value})`, samples: 'sum(n)', settings: ADDED_UP };
}

export const REPLICATION_METRICS: readonly MetricDefinition[] = [
  {
    name: 'ReplicationLatency',
    unit: 'Seconds',
    description:
      'Time from the write to the arrival of the versions that arrived in the period, to about 1 %.',
    ...COMMON,
    statistics: ['Maximum', 'Average', 'Minimum', 'SampleCount'],
    percentileMax: 100,
    source: (ask) => Promise.resolve(latencySource(ask)),
  },
  {
    name: 'BytesPendingReplication',
    unit: 'Bytes',
    description:
      'Bytes of versions under way at the end of each five minutes: of what arrived later or waits now.',
    ...COMMON,
    statistics: ['Maximum', 'Average', 'Minimum'],
    source: (ask) => Promise.resolve(pendingSource('bytes', ask)),
  },
  {
    name: 'OperationsPendingReplication',
    unit: 'Count',
    description: 'Versions under way at the end of each five minutes: of what arrived later or waits now.',
    ...COMMON,
    statistics: ['Maximum', 'Average', 'Minimum'],
    source: (ask) => Promise.resolve(pendingSource('objects', ask)),
  },
  counted(
    {
      name: 'OperationsFailedReplication',
      unit: 'Count',
      description: 'Versions that failed for the first time in the period.',
    },
    { columns: ['failures'], value: 'sum(failures)' },
  ),
  counted(
    {
      name: 'ReplicationObjects',
      unit: 'Count',
      description: 'Versions that arrived in the period, or were first seen then.',
    },
    { columns: ['replicated_objects'], value: 'sum(replicated_objects)' },
  ),
  counted(
    {
      name: 'ReplicationSpeed',
      unit: 'Kilobits/Second',
      description:
        'Bits of what arrived by the seconds it took, as the CRR Monitor works it out: kibibits in fact.',
    },
    {
      columns: ['replicated_objects', 'replicated_bytes', 'elapsed_seconds'],
      value:
        'if(sum(replicated_objects) = 0, null, sum(replicated_bytes) * 8 / 1024 / (sum(elapsed_seconds) + 1))',
    },
  ),
  counted(
    {
      name: 'FailedReplications',
      unit: 'Count',
      description: 'The same as OperationsFailedReplication, under the name of the CRR Monitor.',
    },
    { columns: ['failures'], value: 'sum(failures)' },
  ),
  counted(
    {
      name: 'ReplicatedBytes',
      unit: 'Bytes',
      description: 'Bytes of the versions that arrived in the period.',
    },
    { columns: ['replicated_bytes'], value: 'sum(replicated_bytes)' },
  ),
  {
    name: 'CanaryLatency',
    unit: 'Seconds',
    description: 'Time until the canaries sent in the period arrived.',
    ...COMMON,
    finestS: 60,
    formats: [],
    statistics: ['Maximum', 'Average', 'Minimum', 'SampleCount'],
    source: (ask) => Promise.resolve(canarySource(ask)),
  },
];

function canarySource(ask: MetricAsk): MetricSource {
  const value = valueOf(ask.statistic, {
    Maximum: 'max(seconds)',
    Average: 'avg(seconds)',
    Minimum: 'min(seconds)',
    SampleCount: 'count()',
  });
  return {
    from: `(
      select canaries.source as source, canaries.destination as destination, rule, toDateTime(sent_at) as time,
        dateDiff('millisecond', sent_at, assumeNotNull(arrived_at)) / 1000 as seconds
      from replication_canaries as canaries final
      global inner join ${PAIRS_IN_FORCE} as pairs on pairs.pair_id = canaries.pair_id
      where state = 'arrived' and ${timeWithin('sent_at', ask)} and (${ask.condition}))`,
    value: `if(count() = 0, null, ${value})`,
    settings: ADDED_UP,
  };
}
