/** How one series of the book stands: its rule, its runs, and what is next. */
import type { Said } from './acts.ts';
import type { BookSeries } from './book.ts';
import { expectedSince, givenUp } from './check.ts';
import { judgeSeries } from './judge.ts';
import { type Proposal, propose } from './learn.ts';
import type { JudgingTime } from './runs.ts';
import { type Schedule, scheduleText } from './schedule.ts';
import type { JudgedRun, SeriesRule, SeriesState } from './verdict.ts';

export interface Stand {
  readonly state: SeriesState;
  /** Oldest first. */
  readonly runs: readonly JudgedRun[];
  /** Absent while none is known. */
  readonly rule?: SeriesRule;
  /** Absent for a series that is expected. */
  readonly proposal?: Proposal;
  /** In words; empty while none is known. */
  readonly schedule: string;
  /** The next five times a run is due, milliseconds since 1970 UTC. */
  readonly nextDuesMs: readonly number[];
  readonly nextDeadlineMs?: number;
  /** When it changes without a file, milliseconds since 1970 UTC. */
  readonly nextCheckMs: number;
}

export interface StandTime extends JudgingTime {
  readonly timezone: string;
}

/** What is known of a series beside its files. */
export interface Known {
  readonly said: Said;
  /** From when on an expected series is expected, when that is known; milliseconds since 1970 UTC. */
  readonly expectedSinceMs?: number;
  /** What was proposed before, while nothing came since. */
  readonly proposal?: Proposal;
}

/** Runs and files further back are not judged any more. */
export const HISTORY_MS = 400 * 86_400_000;
/** Schedules are learned from what came since. */
const LEARNING_MS = 90 * 86_400_000;
const DAY_MS = 86_400_000;

export function standOf(series: BookSeries, known: Known, time: StandTime): Stand {
  return series.expected === undefined
    ? foundStand(series, known, time)
    : expectedStand(series, series.expected, { known, time });
}

function expectedStand(
  series: BookSeries,
  { rule: declared, standing }: NonNullable<BookSeries['expected']>,
  { known: { said, expectedSinceMs }, time }: { readonly known: Known; readonly time: StandTime },
): Stand {
  const files = series.files.filter(({ atMs }) => atMs >= time.nowMs - HISTORY_MS);
  const [first] = files;
  const isWhole = !series.isCut && files.length === series.files.length;
  const firstMs =
    first === undefined ? expectedSince(declared.schedule, time) : beginningOf(declared, first.atMs, time);
  // Runs that were missing before the first file stay in the history.
  const sinceMs = isWhole ? Math.min(expectedSinceMs ?? firstMs, firstMs) : firstMs;
  const baselinesMs = [...(declared.baselinesMs ?? []), ...acceptedArrivals(said.acceptedMs, files)];
  const rule = { ...declared, sinceMs, baselinesMs: baselinesMs.sort((a, b) => a - b) };
  const isRetired = standing.isRetired || said.isRetired;
  const isPaused = standing.isPaused || said.isPaused;
  const all = judgeSeries({ rule, standing: { isAccepted: true, isPaused, isRetired } }, files, time);
  const judged = isRetired ? { ...all, runs: upToLast(all.runs) } : all;
  const wakeMs = said.pausedUntilMs ?? Number.POSITIVE_INFINITY;
  return {
    ...judged,
    ...ahead(rule, judged.runs, time),
    rule,
    nextCheckMs: Math.min(judged.nextCheckMs, wakeMs),
  };
}

/** Nothing is expected of a retired series: its runs end with the last that came. */
function upToLast(runs: readonly JudgedRun[]): JudgedRun[] {
  return runs.slice(0, runs.findLastIndex(({ files }) => files.length > 0) + 1);
}

/** The first run that is judged: the one due before the first file, when that was in time for it, else the next. */
function beginningOf(
  { schedule, graceMs }: Omit<SeriesRule, 'sinceMs'>,
  firstMs: number,
  time: JudgingTime,
): number {
  if (schedule.kind === 'every') return firstMs;
  const dueMs = time.calendars.of(schedule).atOrBefore(firstMs);
  return dueMs !== undefined && firstMs <= dueMs + graceMs ? dueMs : firstMs;
}

/** An accepted size is that of the newest run there was: it begins the new baseline. */
function acceptedArrivals(acceptedMs: readonly number[], files: BookSeries['files']): number[] {
  return acceptedMs.flatMap((ms) => {
    const newest = files.findLast(({ atMs }) => atMs <= ms);
    return newest === undefined ? [] : [newest.atMs];
  });
}

function foundStand(series: BookSeries, { said, proposal: before }: Known, time: StandTime): Stand {
  const files = series.files.filter(({ atMs }) => atMs >= time.nowMs - LEARNING_MS);
  const proposal = before ?? propose(files, time);
  if (proposal === undefined)
    return {
      state: { ...NOTHING, verdict: 'learning', sentence: 'Found; too few runs to tell a schedule.' },
      runs: [],
      schedule: '',
      nextDuesMs: [],
      nextCheckMs: time.nowMs + DAY_MS,
    };
  const isAccepted = series.discovery?.isAccepted ?? false;
  const baselinesMs = acceptedArrivals(said.acceptedMs, files);
  const rule = { ...proposal.rule, ...(baselinesMs.length === 0 ? {} : { baselinesMs }) };
  const judged = judgeSeries({ rule, standing: { ...said, isAccepted } }, files, time);
  const silence = givenUp(files, proposal, time.nowMs);
  const state: SeriesState =
    silence !== undefined && !said.isPaused
      ? { ...judged.state, verdict: 'retired', sentence: silence }
      : judged.state.verdict === 'learning'
        ? { ...judged.state, sentence: proposalText(proposal) }
        : judged.state;
  return { ...judged, state, rule, proposal, ...ahead(rule, judged.runs, time) };
}

const NOTHING = { sinceMs: 0, newest: undefined, next: undefined } as const;

function proposalText({ rule, fired }: Proposal): string {
  const times = fired.length === 1 ? 'once' : `${fired.length} times`;
  const preview = fired.length === 0 ? 'never have fired' : `have fired ${times}`;
  return `Found, ${scheduleText(rule.schedule)}: accept it to be told. In the last 90 days it would ${preview}.`;
}

function ahead(
  { schedule, graceMs }: SeriesRule,
  runs: readonly JudgedRun[],
  time: JudgingTime,
): Pick<Stand, 'schedule' | 'nextDuesMs' | 'nextDeadlineMs'> {
  const open = runs.findLast(({ verdict, deadlineMs }) => verdict === 'expected' && deadlineMs > time.nowMs);
  const nextDuesMs = duesAfter(schedule, { open, runs, time });
  const deadlineMs = open?.deadlineMs ?? (nextDuesMs[0] === undefined ? undefined : nextDuesMs[0] + graceMs);
  return {
    schedule: scheduleText(schedule),
    nextDuesMs,
    ...(deadlineMs === undefined ? {} : { nextDeadlineMs: deadlineMs }),
  };
}

const DUES = 5;

function duesAfter(
  schedule: Schedule,
  { open, runs, time }: { open: JudgedRun | undefined; runs: readonly JudgedRun[]; time: JudgingTime },
): number[] {
  const last = runs.at(-1);
  // A run that came before its due time is no longer ahead.
  const doneMs = last !== undefined && last.verdict !== 'expected' ? last.dueMs : 0;
  const dues: number[] = [];
  if (schedule.kind === 'every') {
    const { periodMs } = schedule;
    const beganMs =
      runs.findLast(({ files }) => files.length > 0)?.files[0]?.atMs ?? last?.dueMs ?? time.nowMs;
    const skipped = Math.max(0, Math.floor((time.nowMs - beganMs) / periodMs));
    const firstMs = open?.dueMs ?? beganMs + (skipped + 1) * periodMs;
    for (let index = 0; index < DUES; index += 1) dues.push(firstMs + index * periodMs);
    return dues;
  }
  const calendar = time.calendars.of(schedule);
  let dueMs = open?.dueMs ?? calendar.after(Math.max(time.nowMs, doneMs));
  while (dueMs !== undefined && dues.length < DUES) {
    dues.push(dueMs);
    dueMs = calendar.after(dueMs);
  }
  return dues;
}
