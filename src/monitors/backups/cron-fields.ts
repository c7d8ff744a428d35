/** The next local time of a cron pattern, by whole numbers alone: for days on which clocks do not change. */

/** A local time as milliseconds since 1970, as if it were UTC. */
export type NextLocal = (localMs: number) => number | undefined;

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const MINUTES = 1440;
/** The day of the week of 1970-01-01. */
const THURSDAY = 4;
/** A pattern that has no day in so many is rare, and dear for anybody. */
const DAYS_MAX = 400;
const NUMBERS = /^(\*|\d+(?:-\d+)?)(?:\/(\d+))?$/;

interface CalendarDate {
  /** 1 to 12. */
  readonly month: number;
  /** 1 to 31. */
  readonly date: number;
  /** Whether it is the last of its month. */
  readonly isLast: boolean;
}

/** Dates of days since 1970, kept: all patterns ask for the same few thousand. */
class Dates {
  readonly #known = new Map<number, CalendarDate>();

  of(day: number): CalendarDate {
    const known = this.#known.get(day);
    if (known !== undefined) return known;
    if (this.#known.size >= DATES_MAX) this.#known.clear();
    const at = new Date(day * DAY_MS);
    const isLast = new Date((day + 1) * DAY_MS).getUTCDate() === 1;
    const found = { month: at.getUTCMonth() + 1, date: at.getUTCDate(), isLast };
    this.#known.set(day, found);
    return found;
  }
}

const DATES_MAX = 20_000;
const DATES = new Dates();

/**
 * Reads a pattern of five fields of numbers, lists, ranges and steps, and `L` for the last day of the month. Nothing for
 * every other: names, what counts days of the week within a month, and days of the month and of the week at once.
 */
export function nextLocalOf(pattern: string): NextLocal | undefined {
  const [minuteField = '', hourField = '', dayField = '', monthField = '', weekdayField = '', more] = pattern
    .trim()
    .split(/\s+/);
  const minutes = numbersOf(minuteField, 0, 59);
  const hours = numbersOf(hourField, 0, 23);
  const days = dayField === 'L' ? [] : numbersOf(dayField, 1, 31);
  const months = numbersOf(monthField, 1, 12);
  const weekdays = numbersOf(weekdayField, 0, 7)?.map((day) => day % 7);
  if (minutes === undefined || hours === undefined || days === undefined) return undefined;
  if (months === undefined || weekdays === undefined || more !== undefined) return undefined;
  if (dayField !== '*' && weekdayField !== '*') return undefined;
  const times = hours.flatMap((hour) => minutes.map((minute) => hour * 60 + minute));
  const isAnyDate = dayField === '*' && monthField === '*';
  const isDay = (day: number): boolean => {
    if (!weekdays.includes((day + THURSDAY) % 7)) return false;
    if (isAnyDate) return true;
    const { month, date, isLast } = DATES.of(day);
    return months.includes(month) && (dayField === 'L' ? isLast : days.includes(date));
  };
  return (localMs) => {
    const from = Math.floor(localMs / MINUTE_MS) + 1;
    const firstDay = Math.floor(from / MINUTES);
    for (let day = firstDay; day < firstDay + DAYS_MAX; day += 1) {
      const fromMinute = day === firstDay ? from - day * MINUTES : 0;
      const time = times.find((minute) => minute >= fromMinute);
      if (time !== undefined && isDay(day)) return (day * MINUTES + time) * MINUTE_MS;
    }
    return undefined;
  };
}

/** In order; nothing when the field has anything but numbers, or numbers that cannot be. */
function numbersOf(field: string, min: number, max: number): number[] | undefined {
  const found = new Set<number>();
  for (const part of field.split(',')) {
    const [, range = '', stepText] = NUMBERS.exec(part) ?? [];
    const [from = '', to] = range === '*' ? [`${min}`, `${max}`] : range.split('-');
    const [first, last, step] = [Number(from), Number(to ?? from), Number(stepText ?? 1)];
    // A step from one number alone is read in several ways.
    const isRead = range !== '' && first >= min && last <= max && first <= last && step >= 1 && step <= max;
    if (!isRead || (stepText !== undefined && range !== '*' && to === undefined)) return undefined;
    for (let value = first; value <= last; value += step) found.add(value);
  }
  return [...found].sort((a, b) => a - b);
}
