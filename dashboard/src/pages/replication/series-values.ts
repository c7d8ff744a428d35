import { secondsOf, type StepGrid } from '../../charts/steps.ts';
import type { ReplicationSeries } from '../../lib/replication-row.ts';

type Metric = ReplicationSeries['series'][number]['metric'];

/** The values of one metric, one for each of the answer's times; all null where the answer does not have it. */
export function valuesOf(answer: ReplicationSeries, metric: Metric): readonly (number | null)[] {
  const found = answer.series.find((series) => series.metric === metric);
  return found?.values ?? answer.times.map(() => null);
}

/** The answer's own grid. */
export function gridOf(answer: ReplicationSeries): StepGrid {
  const { coverage, step_seconds: stepSeconds } = answer;
  const completeMs = Date.parse(coverage.complete_until ?? '');
  return {
    times: answer.times.map(secondsOf),
    stepSeconds,
    since: secondsOf(coverage.since),
    until: secondsOf(coverage.until),
    completeUntil: Number.isNaN(completeMs) ? null : completeMs / 1000,
  };
}

/** What was counted over the whole range; null where nothing is known. */
export function sumOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
}
