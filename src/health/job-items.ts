/** Whether a job does its work. */
import type { JobRecord } from '../lib/job-records.ts';
import { spanText } from '../lib/span-text.ts';
import { stateBy } from './machine-items.ts';
import type { HealthItem } from './own-health.ts';

/** One failure may be a store that was away. */
const FAILURES_BAD = 3;
/** A run may take long when there is much; a multiple of its pause, and never less than an hour, is no run. */
const HANGS_PERIODS = 10;
const HANGS_MS_MIN = 3_600_000;

/** What is said of a job by its runs. */
export function jobItem(record: JobRecord, nowMs: number): HealthItem {
  const { name, everyMs, failuresInRow, runningSinceMs } = record;
  const runMs = runningSinceMs === undefined ? 0 : nowMs - runningSinceMs;
  const hangs = runMs > Math.max(HANGS_MS_MIN, everyMs * HANGS_PERIODS);
  const state = stateBy(hangs || failuresInRow >= FAILURES_BAD, failuresInRow > 0);
  return {
    check: 'job',
    of: name,
    state,
    sentence: hangs
      ? `Job ${name} has not come to an end for ${spanText(runMs / 1000)}.`
      : sentenceOf(record, nowMs),
    firstStep: firstStep(state !== 'good', hangs),
    numbers: { runs: record.runs, failures: record.failures, last_run_ms: record.lastRunMs ?? 0 },
  };
}

function sentenceOf(record: JobRecord, nowMs: number): string {
  const { name, runs, failuresInRow, lastSuccessMs, lastRunMs = 0, reason } = record;
  if (runs === 0) return `Job ${name} is in its first run.`;
  const success =
    lastSuccessMs === undefined
      ? 'it never succeeded'
      : `it last succeeded ${spanText((nowMs - lastSuccessMs) / 1000)} ago`;
  if (failuresInRow > 0)
    return `Job ${name} failed ${failuresInRow} times in a row, ${success}; the last time: ${reason}`;
  return `Job ${name} succeeds, ${success} and took ${spanText(lastRunMs / 1000)}.`;
}

function firstStep(isWrong: boolean, hangs: boolean): string {
  if (hangs) return 'See the log; a restart begins it anew and loses nothing.';
  return isWrong ? 'See the log for the whole reason; bucketwatch doctor says what it lacks.' : '';
}
