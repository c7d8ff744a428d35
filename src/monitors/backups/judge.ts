/** A series judged, and when to look again. */
import type { Arrival, JudgingTime, Run } from './runs.ts';
import type { Schedule } from './schedule.ts';
import {
  type JudgedRun,
  judgedRuns,
  type SeriesRule,
  type SeriesStanding,
  type SeriesState,
  seriesState,
} from './verdict.ts';

const DAY_MS = 86_400_000;

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
    nextCheckMs: nextCheckMs({ runs, arrivals }, series.rule, time),
  };
}

/** The nearest moment after now at which something falls due, is given up, or counts. */
function nextCheckMs(
  { runs, arrivals }: { readonly runs: readonly JudgedRun[]; readonly arrivals: readonly Arrival[] },
  { schedule, graceMs }: SeriesRule,
  { nowMs, calendars }: JudgingTime,
): number {
  let nextMs = nowMs + DAY_MS;
  const consider = (ms: number | undefined): void => {
    if (ms !== undefined && ms > nowMs && ms < nextMs) nextMs = ms;
  };
  for (const { deadlineMs, files } of runs) {
    consider(deadlineMs);
    const [first] = files;
    if (first !== undefined && first.atMs > deadlineMs) consider(first.atMs + graceMs);
  }
  // The clock of the store may be ahead of ours.
  consider(arrivals.find(({ atMs }) => atMs > nowMs)?.atMs);
  consider(nextDueMs(schedule, runs.at(-1), { nowMs, calendars }));
  return nextMs;
}

/** When the run after the last is due; of a calendar the one after now. */
export function nextDueMs(
  schedule: Schedule,
  last: Run | undefined,
  { nowMs, calendars }: JudgingTime,
): number | undefined {
  if (schedule.kind !== 'every') return calendars.of(schedule).after(nowMs);
  return last === undefined ? undefined : (last.files[0]?.atMs ?? last.dueMs) + schedule.periodMs;
}
