/** Times of day and of the calendar in a time zone. */
import type { Weekday } from './schedule.ts';

export interface LocalTime {
  /** Minutes since local midnight, 0 to 1,439. */
  readonly minute: number;
  readonly weekday: Weekday;
  /** 1 to 31. */
  readonly day: number;
  /** `YYYY-MM-DD`. */
  readonly date: string;
  /** Whether it is the last day of its month. */
  readonly isLastDay: boolean;
}

/** A reader of local times; making one is dear, using it is cheap. */
export function localTimes(timezone: string): (ms: number) => LocalTime {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
  });
  return (ms) => {
    const parts = Object.fromEntries(format.formatToParts(ms).map(({ type, value }) => [type, value]));
    const { year = '', month = '', day = '', weekday = '' } = parts;
    const lastDay = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
    return {
      minute: Number(parts['hour']) * 60 + Number(parts['minute']),
      weekday: weekday.toLowerCase() as Weekday,
      day: Number(day),
      date: `${year}-${month}-${day}`,
      isLastDay: Number(day) === lastDay,
    };
  };
}
