/** Which arrivals make which run, and by when each run had to be there. */
import type { FileLook } from './look.ts';
import type { Calendar, Calendars, Schedule } from './schedule.ts';

/** A file that counts: it matches the series and is no marker, no part and not below the smallest size. */
export interface Arrival {
  readonly key: string;
  readonly versionId: string;
  /** When the store had all of it, milliseconds since 1970 UTC. */
  readonly atMs: number;
  readonly sizeBytes: number;
  readonly etag: string;
  /** The member of the set it is, from the pattern; empty when it names none. */
  readonly member: string;
  /** What its name says of the run it is of: its date; empty when it says nothing. */
  readonly stamp: string;
  /** When it was removed, or first seen to be gone; milliseconds since 1970 UTC. */
  readonly removedMs?: number;
  /** What its headers and ends said when they were looked at. */
  readonly look?: FileLook;
}

/** A run, or the place of one that did not come. */
export interface Run {
  readonly dueMs: number;
  /** Before it an arrival is of the run before. */
  readonly opensMs: number;
  /** Due time and grace: what is not there then is missing. */
  readonly deadlineMs: number;
  /** In order of arrival. */
  readonly files: readonly Arrival[];
}

export interface RunRule {
  readonly schedule: Schedule;
  readonly graceMs: number;
  /** How much before its due time a run may arrive; default: a quarter of the time since the one before was due. */
  readonly earlyMs?: number;
  /** From when on runs are expected, milliseconds since 1970 UTC. */
  readonly sinceMs: number;
}

/** As of when runs are judged. */
export interface JudgingTime {
  readonly nowMs: number;
  readonly calendars: Calendars;
}

const RUNS_MAX = 10_000;

/**
 * The runs from `rule.sinceMs` to the one under way now, oldest first; the last may not be due yet.
 * `arrivals` are in order of time. At most 10,000 runs, the newest.
 */
export function runsOf(
  rule: RunRule,
  arrivals: readonly Arrival[],
  { nowMs, calendars }: JudgingTime,
): Run[] {
  const { schedule } = rule;
  if (schedule.kind === 'every')
    return periodicRuns({ ...rule, periodMs: schedule.periodMs }, arrivals, nowMs);
  return calendarRuns(rule, { arrivals, calendar: calendars.of(schedule) }, nowMs);
}

interface Slot {
  readonly dueMs: number;
  readonly opensMs: number;
}

interface Dated {
  readonly arrivals: readonly Arrival[];
  readonly calendar: Calendar;
}

function calendarRuns(rule: RunRule, { arrivals, calendar }: Dated, nowMs: number): Run[] {
  const slots = slotsOf(rule, calendar, nowMs);
  const files = slots.map((): Arrival[] => []);
  const places = new Map<string, number>();
  let place = 0;
  for (const arrival of arrivals) {
    while (place + 1 < slots.length && (slots[place + 1]?.opensMs ?? 0) <= arrival.atMs) place += 1;
    if (arrival.atMs < (slots[0]?.opensMs ?? 0) || arrival.atMs > nowMs) continue;
    // The rest of a set that takes longer than until the next run opens is still of its own run.
    const named = arrival.stamp === '' ? undefined : places.get(arrival.stamp);
    const at = named !== undefined && place - named <= 1 ? named : place;
    if (arrival.stamp !== '' && named === undefined) places.set(arrival.stamp, place);
    files[at]?.push(arrival);
  }
  return slots.map(({ dueMs, opensMs }, index) => ({
    dueMs,
    opensMs,
    deadlineMs: dueMs + rule.graceMs,
    files: files[index] ?? [],
  }));
}

/** From the first due time after the start to the first that has not opened at `nowMs`, without that one. */
function slotsOf(rule: RunRule, calendar: Calendar, nowMs: number): Slot[] {
  const slots: Slot[] = [];
  let dueMs = calendar.after(rule.sinceMs - 1);
  let beforeMs = dueMs === undefined ? undefined : calendar.atOrBefore(dueMs - 1);
  while (dueMs !== undefined) {
    const gapMs = beforeMs === undefined ? 0 : dueMs - beforeMs;
    // No run opens before the one before it is due.
    const opensMs = Math.max(dueMs - (rule.earlyMs ?? gapMs / 4), beforeMs ?? Number.NEGATIVE_INFINITY);
    if (opensMs > nowMs && slots.length > 0) break;
    slots.push({ dueMs, opensMs });
    if (slots.length > 2 * RUNS_MAX) slots.splice(0, RUNS_MAX);
    if (opensMs > nowMs) break;
    beforeMs = dueMs;
    dueMs = calendar.after(dueMs);
  }
  return slots.slice(-RUNS_MAX);
}

/** What comes from a run's first file on, and before the next may come, is of it; the next is due a period after that file. */
function periodicRuns(
  rule: RunRule & { readonly periodMs: number },
  arrivals: readonly Arrival[],
  nowMs: number,
): Run[] {
  const { periodMs, graceMs, sinceMs } = rule;
  const earlyMs = Math.min(rule.earlyMs ?? periodMs / 4, periodMs - 1);
  const runs: { dueMs: number; opensMs: number; deadlineMs: number; files: Arrival[] }[] = [];
  const expect = (dueMs: number): void => {
    runs.push({ dueMs, opensMs: dueMs - earlyMs, deadlineMs: dueMs + graceMs, files: [] });
  };
  const skipTo = (atMs: number): void => {
    for (let last = runs.at(-1); last !== undefined; last = runs.at(-1)) {
      if (last.files.length > 0 || last.dueMs + periodMs - earlyMs > atMs) return;
      const missed = Math.floor((atMs + earlyMs - last.dueMs) / periodMs);
      expect(last.dueMs + Math.max(1, missed - RUNS_MAX) * periodMs);
    }
  };
  expect(sinceMs + periodMs);
  for (const arrival of arrivals) {
    if (arrival.atMs > nowMs || arrival.atMs < sinceMs) continue;
    skipTo(arrival.atMs);
    const last = runs.at(-1);
    if (last === undefined) break;
    last.files.push(arrival);
    const [first] = last.files;
    const isOver = first !== undefined && arrival.atMs >= first.atMs + periodMs - earlyMs;
    if (!isOver) continue;
    last.files.pop();
    expect((first?.atMs ?? 0) + periodMs);
    skipTo(arrival.atMs);
    runs.at(-1)?.files.push(arrival);
  }
  const [first] = runs.at(-1)?.files ?? [];
  if (first !== undefined && nowMs >= first.atMs + periodMs - earlyMs) expect(first.atMs + periodMs);
  skipTo(nowMs);
  return runs.slice(-RUNS_MAX);
}
