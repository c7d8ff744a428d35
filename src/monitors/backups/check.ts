/** What stands in a bucket, judged by what is declared and by what its own history says. */
import { spanText } from '../../lib/span-text.ts';
import { type JudgedSeries, judgeSeries, nextDueMs } from './judge.ts';
import { type Proposal, propose } from './learn.ts';
import type { JudgingTime } from './runs.ts';
import { type Schedule, scheduleText } from './schedule.ts';
import type { FoundSeries } from './series.ts';
import { type JudgedRun, type SeriesRule, seriesState, type SeriesVerdict } from './verdict.ts';

export interface CheckedSeries {
  readonly id: string;
  readonly files: number;
  readonly verdict: SeriesVerdict;
  readonly sentence: string;
  /** From when on the verdict holds, milliseconds since 1970 UTC; 0 when there is none. */
  readonly sinceMs: number;
  /** Nothing while too little is known. */
  readonly rule: SeriesRule | undefined;
  /** Whether the rule comes from the history and not from the configuration. */
  readonly isLearned: boolean;
  readonly schedule: string;
  readonly newest: JudgedRun | undefined;
  /** When its last file came; nothing when none ever did. */
  readonly lastMs: number | undefined;
  readonly nextDueMs: number | undefined;
  /** Runs of the last days that the rule calls wrong: when it would have woken somebody. */
  readonly fired: readonly JudgedRun[];
}

const WRONG: ReadonlySet<SeriesVerdict> = new Set([
  'late',
  'missing',
  'too-small',
  'too-large',
  'incomplete',
  'duplicate',
  'wrong-content',
]);

/** Whether somebody has to look. */
export function isWrong(verdict: SeriesVerdict): boolean {
  return WRONG.has(verdict);
}

export interface CheckTime extends JudgingTime {
  /** Where learned schedules look for their time of day. */
  readonly timezone: string;
  /** How far back runs are judged and previews go. */
  readonly historyMs: number;
}

/** The series judged: by its declaration, else by the rule that fits its history. */
export function checkSeries(series: FoundSeries, time: CheckTime): CheckedSeries {
  const startMs = time.nowMs - time.historyMs;
  const arrivals = series.arrivals.filter(({ atMs }) => atMs >= startMs);
  const { declared } = series;
  if (declared === undefined) return learned(series, arrivals, time);
  const [first] = arrivals;
  // What was never seen is expected from the first due time that the history could have shown.
  const rule = { ...declared.rule, sinceMs: first?.atMs ?? expectedSince(declared.rule.schedule, time) };
  return {
    ...base(series, rule, false),
    ...outcome(rule, judgeSeries({ ...declared, rule }, arrivals, time), time),
  };
}

function learned(series: FoundSeries, arrivals: FoundSeries['arrivals'], time: CheckTime): CheckedSeries {
  const proposal = propose(arrivals, time);
  if (proposal === undefined) {
    return {
      ...base(series, undefined, true),
      verdict: 'learning',
      sentence: 'Too few runs to tell a schedule.',
      sinceMs: 0,
      newest: undefined,
      nextDueMs: undefined,
      fired: [],
    };
  }
  const standing = { isAccepted: true, isPaused: false, isRetired: false };
  const checked = {
    ...base(series, proposal.rule, true),
    ...outcome(proposal.rule, { runs: proposal.runs, state: seriesState(proposal.runs, standing) }, time),
  };
  const sentence = givenUp(arrivals, proposal, time.nowMs);
  return sentence === undefined ? checked : { ...checked, verdict: 'retired', sentence };
}

/** Why a series that nobody declared is taken for retired; nothing while it comes. */
export function givenUp(
  arrivals: FoundSeries['arrivals'],
  proposal: Proposal,
  nowMs: number,
): string | undefined {
  const silentMs = nowMs - (arrivals.at(-1)?.atMs ?? 0);
  if (silentMs < Math.max(RETIRED_MS_MIN, usualGapMs(arrivals, proposal) * RETIRED_RUNS)) return undefined;
  return `Nothing for ${spanText(silentMs / 1000)}: taken for retired. Declare it to be told.`;
}

/** A series nobody declared that has missed so many runs, and so long, was given up. */
const RETIRED_RUNS = 10;
const RETIRED_MS_MIN = 14 * 86_400_000;

function usualGapMs(arrivals: FoundSeries['arrivals'], { runs }: Proposal): number {
  const came = runs.filter(({ files }) => files.length > 0).length;
  const [first, last] = [arrivals[0]?.atMs ?? 0, arrivals.at(-1)?.atMs ?? 0];
  return (last - first) / Math.max(1, came - 1);
}

function base(series: FoundSeries, rule: SeriesRule | undefined, isLearned: boolean) {
  const schedule = rule === undefined ? '' : scheduleText(rule.schedule);
  const lastMs = series.arrivals.at(-1)?.atMs;
  return { id: series.id, files: series.files, rule, isLearned, schedule, lastMs };
}

function outcome(
  { schedule }: SeriesRule,
  { runs, state }: Pick<JudgedSeries, 'runs' | 'state'>,
  time: CheckTime,
): Pick<CheckedSeries, 'verdict' | 'sentence' | 'sinceMs' | 'newest' | 'nextDueMs' | 'fired'> {
  return {
    verdict: state.verdict,
    sentence: state.sentence,
    sinceMs: state.sinceMs,
    newest: state.newest,
    nextDueMs: state.next?.dueMs ?? nextDueMs(schedule, runs.at(-1), time),
    fired: runs.filter(({ verdict }) => verdict !== 'ok' && verdict !== 'expected'),
  };
}

/** A moment so far back that a run has fallen due since: what was never seen is expected from then on. */
export function expectedSince(schedule: Schedule, { nowMs, calendars }: JudgingTime): number {
  if (schedule.kind === 'every') return nowMs - 2 * schedule.periodMs;
  const lastMs = calendars.of(schedule).atOrBefore(nowMs) ?? nowMs;
  return calendars.of(schedule).atOrBefore(lastMs - 1) ?? lastMs;
}
