/** A calendar day as `2026-11-21`. */
export type Day = string;

const DAY_MS = 86_400_000;
/** What zones are apart from UTC is a whole number of these. */
const QUARTER_MS = 900_000;

/** The reader's own, such as `Europe/Lisbon`. */
export function readersTimezone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** Tells on which day of a time zone a moment is. */
export function dayTeller(timezone: string): (timeMs: number) => Day {
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone: timezone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  const told = new Map<number, Day>();
  return (timeMs) => {
    const quarter = Math.floor(timeMs / QUARTER_MS);
    const day = told.get(quarter) ?? format.format(quarter * QUARTER_MS);
    told.set(quarter, day);
    return day;
  };
}

/** So many days that end with `last`, the oldest first: by the calendar, however long each was. */
export function daysUntil(last: Day, count: number): readonly Day[] {
  const lastMs = Date.parse(last);
  return Array.from({ length: count }, (_, index) =>
    new Date(lastMs - (count - 1 - index) * DAY_MS).toISOString().slice(0, 10),
  );
}

/** `21 Nov`. */
export function dayText(day: Day): string {
  const time = new Date(day);
  return `${time.getUTCDate()} ${time.toLocaleDateString('en', { month: 'short', timeZone: 'UTC' })}`;
}

/** `Sat`. */
export function weekdayText(day: Day): string {
  return new Date(day).toLocaleDateString('en', { weekday: 'short', timeZone: 'UTC' });
}
