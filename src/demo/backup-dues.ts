/** When backups are due, in the company's time of day. */

export type BackupZone = 'Europe/Lisbon' | 'UTC';

/**
 * Times of the day, on every day or on some. None is between one and two in Lisbon: as clocks change there, that hour
 * comes twice or not at all.
 */
export interface BackupTimes {
  readonly timezone: BackupZone;
  readonly hours: readonly number[];
  readonly minute: number;
  /** Sunday is 0; absent: each. */
  readonly weekdays?: readonly number[];
  readonly dayOfMonth?: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** No times are further apart than this. */
const GAP_MS_MAX = 32 * DAY_MS;

const LISBON = new Intl.DateTimeFormat('en-US', {
  timeZone: 'Europe/Lisbon',
  hourCycle: 'h23',
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: 'numeric',
});

/** Due times between two moments (start inclusive, end exclusive), in order. */
export function duesBetween(times: BackupTimes, startMs: number, endMs: number): readonly number[] {
  const dues: number[] = [];
  for (let day = Math.floor(startMs / DAY_MS) - 1; day * DAY_MS <= endMs + DAY_MS; day++) {
    if (!isOn(times, day * DAY_MS)) continue;
    for (const hour of times.hours) {
      const dueMs = utcOf(day * DAY_MS + hour * HOUR_MS + times.minute * 60_000, times.timezone);
      if (dueMs >= startMs && dueMs < endMs) dues.push(dueMs);
    }
  }
  return dues;
}

/** The last due time at or before a moment. */
export function dueAtOrBefore(times: BackupTimes, atMs: number): number {
  return duesBetween(times, atMs - GAP_MS_MAX, atMs + 1).at(-1) ?? 0;
}

function isOn({ weekdays, dayOfMonth }: BackupTimes, dayMs: number): boolean {
  const date = new Date(dayMs);
  if (weekdays !== undefined && !weekdays.includes(date.getUTCDay())) return false;
  return dayOfMonth === undefined || date.getUTCDate() === dayOfMonth;
}

/** The moment of a local time, which is given as if it were UTC. */
function utcOf(localMs: number, timezone: BackupZone): number {
  if (timezone === 'UTC') return localMs;
  return localMs - aheadMs(localMs - aheadMs(localMs));
}

/** How far Lisbon is ahead of UTC, whole hours. */
function aheadMs(ms: number): number {
  const parts = LISBON.formatToParts(ms);
  const part = (type: Intl.DateTimeFormatPartTypes): number =>
    Number(parts.find((each) => each.type === type)?.value);
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour')) - (ms - (ms % HOUR_MS));
}
