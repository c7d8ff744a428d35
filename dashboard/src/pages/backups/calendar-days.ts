import { useMemo } from 'react';
import { dayTeller, daysUntil, readersTimezone, type Day } from '../../lib/days.ts';
import { useNowMs } from '../../lib/now.ts';
import { windowOf, type Range } from '../../routes/range.ts';

/** The days a calendar shows, and the stretch of time that has all of them. */
export interface CalendarDays {
  /** The oldest first. */
  readonly days: readonly Day[];
  readonly today: Day;
  readonly dayOf: (timeMs: number) => Day;
  readonly sinceMs: number;
  readonly untilMs: number;
}

const DAYS_MIN = 14;
const DAYS_MAX = 90;
const DAY_MS = 86_400_000;

/** The days of a range, those that end with it where it is shorter than two weeks or longer than 90 days. */
export function calendarDays(range: Range, nowMs: number, timezone: string): CalendarDays {
  const { sinceMs, untilMs } = windowOf(range, nowMs);
  const dayOf = dayTeller(timezone);
  const last = dayOf(untilMs - 1);
  const asked = Math.ceil((untilMs - sinceMs) / DAY_MS);
  const days = daysUntil(last, Math.min(DAYS_MAX, Math.max(DAYS_MIN, asked)));
  // Zones are up to 14 hours apart from UTC.
  return {
    days,
    today: dayOf(nowMs),
    dayOf,
    sinceMs: Date.parse(days[0] ?? last) - DAY_MS,
    untilMs: Date.parse(last) + 2 * DAY_MS,
  };
}

/** The days of a range in the reader's zone; the same ones until a day is over. */
export function useCalendarDays(range: Range): CalendarDays {
  const timezone = readersTimezone();
  const now = calendarDays(range, useNowMs(), timezone);
  const key = `${now.days.join()} ${now.today} ${timezone}`;
  return useMemo(() => now, [key]);
}
