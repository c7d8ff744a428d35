/** A series judged, and when to look again. */
import type { Arrival, JudgingTime } from './runs.ts';
import {
  type JudgedRun,
  judgedRuns,
  type SeriesRule,
  type SeriesStanding,
  type SeriesState,
  seriesState,
} from './verdict.ts';

export interface JudgedSeries {
  /** Oldest first; those that the newest arrivals and the rule's start reach. */
  readonly runs: readonly JudgedRun[];
  readonly state: SeriesState;
  /** When its state changes without an arrival, milliseconds since 1970 UTC. */
  readonly nextCheckMs: number;
}

/** Judges a series by its arrivals, in order of time. */
export function judgeSeries(
  series: { readonly rule: SeriesRule; readonly standing: SeriesStanding },
  arrivals: readonly Arrival[],
  time: JudgingTime,
): JudgedSeries {
  const runs = judgedRuns(series.rule, arrivals, time);
  return {
    runs,
    state: seriesState(runs, series.standing),
    nextCheckMs: nextCheckMs(runs, series.rule, time),
  };
}

function nextCheckMs(
  runs: readonly JudgedRun[],
  rule: SeriesRule,
  { nowMs, calendars }: JudgingTime,
): number {
  const changes = runs.flatMap((run) => [
    run.deadlineMs,
    ...(run.files[0] === undefined ? [] : [run.files[0].atMs + rule.graceMs]),
  ]);
  const dueMs = rule.schedule.kind === 'every' ? undefined : calendars.of(rule.schedule).after(nowMs);
  const due = dueMs === undefined ? [] : [dueMs, dueMs + rule.graceMs];
  return Math.min(...[...changes, ...due].filter((ms) => ms > nowMs), nowMs + 86_400_000);
}
