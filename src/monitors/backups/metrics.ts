/** Metrics of backups: the count of files under the name that the configuration gives it, and what became of the runs. */
import { type Dimension, type MetricDefinition, timeWithin, valueOf } from '../metric.ts';
import { writtenFiles } from './file-counts.ts';

/** Names of the count of files and of the dimension with the series. */
export interface BackupMetricNames {
  readonly name: string;
  readonly dimension: string;
}

export function backupMetrics({ name, dimension }: BackupMetricNames): readonly MetricDefinition[] {
  const dimensions: readonly Dimension[] = [
    { name: dimension, column: 'series' },
    { name: 'bucket', column: 'bucket' },
  ];
  const common = { group: 'backups', dimensions, finestS: 60, formats: [] } as const;
  return [
    {
      name,
      unit: 'Count',
      description: 'Files of backup series that were written in the period.',
      ...common,
      statistics: ['Sum'],
      source: ({ condition, startMs, endMs }) =>
        Promise.resolve({
          from: `(select bucket, series, toDateTime(at) as time from ${writtenFiles({ isChosen: condition, startMs, endMs })})`,
          value: 'count()',
        }),
    },
    runMetric({
      metric: {
        name: 'BackupsWrong',
        unit: 'Count',
        description:
          'Runs with a deadline in the period that are late, missing or wrong as things stand; 0 when all are right.',
        ...common,
        statistics: ['Sum'],
      },
      time: 'deadline',
      where: "verdict != 'expected'",
      measure: "toUInt64(verdict != 'ok')",
    }),
    runMetric({
      metric: {
        name: 'BackupRunSize',
        unit: 'Bytes',
        description:
          'Size of the runs that were due in the period and have files: of one run all its files together.',
        ...common,
        statistics: ['Maximum', 'Average', 'Minimum', 'Sum', 'SampleCount'],
      },
      time: 'due',
      where: 'files > 0',
      measure: 'size_bytes',
    }),
  ];
}

interface RunMetric {
  readonly metric: Omit<MetricDefinition, 'source'>;
  /** Column of the runs by which they are of a period. */
  readonly time: 'due' | 'deadline';
  readonly where: string;
  readonly measure: string;
}

function runMetric({ metric, time, where, measure }: RunMetric): MetricDefinition {
  return {
    ...metric,
    source: (ask) =>
      Promise.resolve({
        from: `(
          select bucket, series, toDateTime(${time}) as time, ${measure} as amount
          from backup_runs
          where ${where} and ${timeWithin(time, ask)} and (${ask.condition}))`,
        value: valueOf(ask.statistic, {
          Maximum: 'max(amount)',
          Average: 'avg(amount)',
          Minimum: 'min(amount)',
          Sum: 'sum(amount)',
          SampleCount: 'count()',
        }),
      }),
  };
}
