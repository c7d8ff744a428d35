/** Parts of the week in local time. */
import { type MuteTime, WEEKDAYS, type Weekday } from './rules.ts';

interface LocalTime {
  readonly weekday: Weekday;
  readonly minute: number;
}

const FORMATS = new Map<string, Intl.DateTimeFormat>();
const FORMATS_MAX = 500;

/** Whether a moment is in it, by the clock on the wall there: an hour that comes twice counts twice. */
export function isMuteTime({ weekdays, fromMinute, toMinute, timezone }: MuteTime, atMs: number): boolean {
  const { weekday, minute } = localTime(atMs, timezone);
  if (fromMinute < toMinute) return weekdays.includes(weekday) && fromMinute <= minute && minute < toMinute;
  if (minute >= fromMinute) return weekdays.includes(weekday);
  return minute < toMinute && weekdays.includes(dayBefore(weekday));
}

function localTime(atMs: number, timezone: string): LocalTime {
  const parts = formatOf(timezone).formatToParts(new Date(atMs));
  const part = (type: string): string => parts.find((one) => one.type === type)?.value ?? '';
  const weekday = WEEKDAYS.find((day) => part('weekday').toLowerCase() === day) ?? 'mon';
  return { weekday, minute: Number(part('hour')) * 60 + Number(part('minute')) };
}

/** Making one is a hundred times dearer than using it. */
function formatOf(timezone: string): Intl.DateTimeFormat {
  const known = FORMATS.get(timezone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  if (FORMATS.size >= FORMATS_MAX) FORMATS.clear();
  FORMATS.set(timezone, format);
  return format;
}

function dayBefore(weekday: Weekday): Weekday {
  return WEEKDAYS[(WEEKDAYS.indexOf(weekday) + 6) % 7] ?? 'mon';
}
