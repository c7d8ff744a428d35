/** What a series' history says of when its runs come and how large they are: a proposal, with what it would have done. */
import type { LocalTime, Zone } from './local-time.ts';
import type { Arrival, JudgingTime } from './runs.ts';
import { WEEKDAYS, type Weekday } from './weekday.ts';
import { isGood, type JudgedRun, judgedRuns, type SeriesRule } from './verdict.ts';

export interface Proposal {
  readonly rule: SeriesRule;
  /** Runs of the history the rule calls wrong, oldest first: when it would have woken somebody. */
  readonly fired: readonly JudgedRun[];
  /** All runs of the history as the rule judges them. */
  readonly runs: readonly JudgedRun[];
  /** Share of due times with exactly one run, 0 to 1. */
  readonly fit: number;
}

/** When a run began and ended, and what it holds. */
interface PastRun {
  readonly startMs: number;
  readonly endMs: number;
  readonly sizeBytes: number;
  readonly members: number;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** Fewer runs say nothing of a schedule. */
const RUNS_MIN = 4;
/** A schedule that fits less of the history is not proposed as a calendar. */
const FIT_MIN = 0.8;
/** A calendar that is less simple has to fit so much better. */
const FIT_BETTER = 0.02;
const GRACE_MS_MIN = 15 * MINUTE_MS;

/**
 * The rule that fits the arrivals (in order of time) best, or nothing when they are too few.
 * Of calendars that fit alike the simplest wins: each day, some days of the week, a day of the month; then a period.
 */
export function propose(
  arrivals: readonly Arrival[],
  context: JudgingTime & { readonly timezone: string },
): Proposal | undefined {
  const past = pastRuns(arrivals);
  const [first] = past;
  if (first === undefined || past.length < RUNS_MIN) return undefined;
  const sizes = { ...changeOf(past), ...membersOf(past), sinceMs: first.startMs - MINUTE_MS };
  const place = { timezone: context.timezone, zone: context.calendars.zone(context.timezone) };
  let best: Proposal | undefined;
  let last: Proposal | undefined;
  for (const candidate of candidates(past, place)) {
    last = tryOut({ ...candidate, ...sizes }, { arrivals, past, time: context });
    if (last.fit >= FIT_MIN && (best === undefined || last.fit > best.fit + FIT_BETTER)) best = last;
    // No other can be that much better.
    if (best !== undefined && best.fit >= 1 - FIT_BETTER) break;
  }
  return best ?? last;
}

/** Files of one stamp are one run; without stamps those closer together than a quarter of the usual gap. */
function pastRuns(arrivals: readonly Arrival[]): PastRun[] {
  const isStamped = arrivals.length > 0 && arrivals.every(({ stamp }) => stamp !== '');
  const groups = isStamped ? [...groupedByStamp(arrivals).values()] : clustered(arrivals);
  return groups
    .map((files): PastRun => {
      const times = files.map(({ atMs }) => atMs);
      return {
        startMs: Math.min(...times),
        endMs: Math.max(...times),
        sizeBytes: files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
        members: new Set(files.map(({ member, key }) => (member === '' ? key : member))).size,
      };
    })
    .sort((a, b) => a.startMs - b.startMs);
}

function groupedByStamp(arrivals: readonly Arrival[]): Map<string, Arrival[]> {
  const groups = new Map<string, Arrival[]>();
  for (const arrival of arrivals) {
    const group = groups.get(arrival.stamp);
    if (group === undefined) groups.set(arrival.stamp, [arrival]);
    else group.push(arrival);
  }
  return groups;
}

function clustered(arrivals: readonly Arrival[]): Arrival[][] {
  const gaps = arrivals.slice(1).map(({ atMs }, index) => atMs - (arrivals[index]?.atMs ?? 0));
  // Gaps within a set are minutes; the usual gap is of those that are longer.
  const usualMs = median(gaps.filter((gapMs) => gapMs > 10 * MINUTE_MS)) ?? DAY_MS;
  const groups: Arrival[][] = [];
  let lastMs = Number.NEGATIVE_INFINITY;
  for (const arrival of arrivals) {
    const group = groups.at(-1);
    if (group !== undefined && arrival.atMs - lastMs <= usualMs / 4) group.push(arrival);
    else groups.push([arrival]);
    lastMs = arrival.atMs;
  }
  return groups;
}

interface Place {
  readonly timezone: string;
  readonly zone: Zone;
}

type Candidate = Pick<SeriesRule, 'schedule' | 'graceMs'>;

function candidates(past: readonly PastRun[], { timezone, zone }: Place): Candidate[] {
  const times = past.map(({ endMs }) => zone.localTime(endMs));
  const gapMs =
    median(past.slice(1).map(({ startMs }, index) => startMs - (past[index]?.startMs ?? 0))) ?? DAY_MS;
  const periodic = periodicCandidate(past, gapMs);
  if (gapMs < 20 * HOUR_MS) return [...dividedDay(past, gapMs), periodic];
  const { dueMinute, graceMs, isNextDay } = timeOfDay(times);
  const at = { hour: Math.floor(dueMinute / 60), minute: dueMinute % 60 };
  const days = usualWeekdays(times, isNextDay, dueMinute);
  const cron = (dayPart: string): Candidate => ({
    schedule: { kind: 'cron', cron: `${at.minute} ${at.hour} ${dayPart}`, timezone },
    graceMs,
  });
  const clock = `${String(at.hour).padStart(2, '0')}:${String(at.minute).padStart(2, '0')}`;
  const someDays: Candidate[] =
    days.length === 0 || days.length === 7
      ? []
      : [{ schedule: { kind: 'weekdays', weekdays: days, at: clock, timezone }, graceMs }];
  return [cron('* * *'), ...someDays, ...monthly(times, cron), periodic];
}

/** Several times a day, at hours that divide it. */
function dividedDay(past: readonly PastRun[], gapMs: number): Candidate[] {
  const hours = [1, 2, 3, 4, 6, 8, 12].find((one) => Math.abs(gapMs - one * HOUR_MS) < one * HOUR_MS * 0.2);
  if (hours === undefined) return [];
  const spanMinutes = hours * 60;
  const minutes = past.map(({ endMs }) => Math.floor(endMs / MINUTE_MS) % spanMinutes);
  const { last, spreadMinutes } = lastOfCircle(minutes, spanMinutes);
  const due = roundedUp(last) % spanMinutes;
  const hourPart = hours === 1 ? '*' : `${Math.floor(due / 60)}-23/${hours}`;
  return [
    {
      schedule: { kind: 'cron', cron: `${due % 60} ${hourPart} * * *`, timezone: 'UTC' },
      graceMs: graceOf(spreadMinutes, hours * HOUR_MS),
    },
  ];
}

function periodicCandidate(past: readonly PastRun[], gapMs: number): Candidate {
  const periodMs = Math.max(5 * MINUTE_MS, Math.round(gapMs / (5 * MINUTE_MS)) * 5 * MINUTE_MS);
  const over = past
    .slice(1)
    .map(({ endMs }, index) => endMs - (past[index]?.startMs ?? 0) - periodMs)
    .filter((ms) => ms > 0 && ms < periodMs / 2);
  const spreadMinutes = Math.max(0, ...over) / MINUTE_MS;
  return { schedule: { kind: 'every', periodMs }, graceMs: graceOf(spreadMinutes, periodMs) };
}

interface TimeOfDay {
  /** Minute of the day by which runs have usually come. */
  readonly dueMinute: number;
  readonly graceMs: number;
  /** Whether a run that ended at this minute belongs to the due time of the next day. */
  readonly isNextDay: (minute: number) => boolean;
}

function timeOfDay(times: readonly LocalTime[]): TimeOfDay {
  const { last, spreadMinutes } = lastOfCircle(
    times.map(({ minute }) => minute),
    1440,
  );
  const dueMinute = roundedUp(last) % 1440;
  return {
    dueMinute,
    graceMs: graceOf(spreadMinutes, DAY_MS),
    // A quarter of a day before midnight already waits for a due time after it.
    isNextDay: (minute) => minute > dueMinute && minute - dueMinute > 1440 - 360,
  };
}

/**
 * The latest of times on a circle, seen from its widest empty stretch, the latest tenth left out, and how wide they
 * spread before it.
 */
function lastOfCircle(minutes: readonly number[], span: number): { last: number; spreadMinutes: number } {
  const sorted = [...minutes].sort((a, b) => a - b);
  let start = 0;
  let widest = -1;
  sorted.forEach((minute, index) => {
    const before = sorted[(index + sorted.length - 1) % sorted.length] ?? minute;
    const gap = (minute - before + span) % span || (sorted.length === 1 ? span : 0);
    if (gap > widest) [widest, start] = [gap, minute];
  });
  const offsets = minutes.map((minute) => (minute - start + span) % span).sort((a, b) => a - b);
  const last = offsets[Math.floor((offsets.length - 1) * 0.9)] ?? 0;
  const middle = median(offsets) ?? 0;
  return { last: (start + last) % span, spreadMinutes: last - middle };
}

function roundedUp(minute: number): number {
  return Math.ceil((minute + 1) / 5) * 5;
}

/** Twice what runs usually vary by, a quarter of an hour at least, a quarter of the period at most. */
function graceOf(spreadMinutes: number, periodMs: number): number {
  const wantedMs = Math.max(GRACE_MS_MIN, Math.ceil((spreadMinutes * 2) / 15) * GRACE_MS_MIN);
  return Math.min(wantedMs, Math.max(5 * MINUTE_MS, periodMs / 4));
}

/** Days with a run in at least three of five weeks. */
function usualWeekdays(
  times: readonly LocalTime[],
  isNextDay: TimeOfDay['isNextDay'],
  dueMinute: number,
): Weekday[] {
  const counts = new Map<Weekday, Set<number>>();
  for (const { weekday, dayNumber, minute } of times) {
    const day = isNextDay(minute) && dueMinute < 360 ? dayAfter(weekday) : weekday;
    counts.set(day, (counts.get(day) ?? new Set()).add(dayNumber));
  }
  const days = (times.at(-1)?.dayNumber ?? 0) - (times[0]?.dayNumber ?? 0) + 1;
  const weeks = Math.max(1, days / 7);
  return WEEKDAYS.filter((day) => (counts.get(day)?.size ?? 0) >= weeks * 0.6);
}

function dayAfter(day: Weekday): Weekday {
  return WEEKDAYS[(WEEKDAYS.indexOf(day) + 1) % 7] ?? day;
}

function monthly(times: readonly LocalTime[], cron: (dayPart: string) => Candidate): Candidate[] {
  const onLastDay = times.filter(({ isLastDay }) => isLastDay).length;
  if (onLastDay >= times.length * 0.8) return [cron('L * *')];
  const counts = new Map<number, number>();
  for (const { day } of times) counts.set(day, (counts.get(day) ?? 0) + 1);
  const [usual] = [...counts].sort((a, b) => b[1] - a[1]);
  return usual === undefined || usual[1] < times.length * 0.6 ? [] : [cron(`${usual[0]} * *`)];
}

function tryOut(
  rule: SeriesRule,
  { arrivals, past, time }: { arrivals: readonly Arrival[]; past: readonly PastRun[]; time: JudgingTime },
): Proposal {
  const runs = judgedRuns(rule, arrivals, time);
  const judged = runs.filter(({ verdict }) => verdict !== 'expected');
  const came = judged.filter(({ files }) => files.length > 0).length;
  return {
    rule,
    runs,
    fired: judged.filter(({ verdict }) => !isGood(verdict) || verdict === 'late'),
    fit: came / Math.max(judged.length, past.length, 1),
  };
}

/** How far sizes go up and down in the history, and twice that; at least halving and doubling are looked at. */
function changeOf(past: readonly PastRun[]): Pick<SeriesRule, 'change'> {
  const runs = 7;
  const ratios = past.slice(3).map(({ sizeBytes }, index) => {
    const usual =
      median(past.slice(Math.max(0, index + 3 - runs), index + 3).map((run) => run.sizeBytes)) ?? 0;
    return usual === 0 ? 1 : sizeBytes / usual;
  });
  // One run in twenty may have been wrong in its day.
  const sorted = ratios.sort((a, b) => a - b);
  const low = sorted[Math.ceil(sorted.length * 0.05)] ?? 1;
  const high = sorted[Math.floor((sorted.length - 1) * 0.95)] ?? 1;
  return {
    change: {
      down: Math.min(0.95, Math.max(0.5, (1 - low) * 2)),
      up: Math.max(1, (high - 1) * 2),
      runs,
    },
  };
}

/** A set that always has the same number of members is expected to have them. */
function membersOf(past: readonly PastRun[]): Pick<SeriesRule, 'members'> {
  const last = past.slice(-10).map(({ members }) => members);
  const usual = Math.max(...last);
  return usual > 1 && last.filter((members) => members === usual).length >= last.length * 0.8
    ? { members: { kind: 'usual', runs: 10 } }
    : {};
}

function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
