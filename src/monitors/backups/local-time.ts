/** Times of day and of the calendar in a time zone. */
import { WEEKDAYS, type Weekday } from './weekday.ts';

export interface LocalTime {
  /** Minutes since local midnight, 0 to 1,439. */
  readonly minute: number;
  readonly weekday: Weekday;
  /** 1 to 31. */
  readonly day: number;
  /** Days since 1970-01-01. */
  readonly dayNumber: number;
  /** Whether it is the last day of its month. */
  readonly isLastDay: boolean;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const DAYS_MAX = 20_000;
const STEADY_MS = 3 * 3_600_000;
const ALIKE_DAYS = 7;

/**
 * A time zone. Asking the platform for its local time is dear, so the days of UTC at which it was asked are kept, and between
 * two of them that are a few days apart and alike it is not asked: no zone goes forward and back within so few.
 */
export class Zone {
  readonly #format: Intl.DateTimeFormat;
  /** By number of the day: how far ahead of UTC local time is at its start. */
  readonly #starts = new Map<number, number>();

  /** Throws a `RangeError` for a name that is no time zone. */
  constructor(timezone: string) {
    this.#format = new Intl.DateTimeFormat('en-US', {
      timeZone: timezone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
  }

  /** How far ahead of UTC local time is, milliseconds. */
  aheadMs(ms: number): number {
    const day = Math.floor(ms / DAY_MS);
    const startMs = this.#startOf(day);
    return startMs === this.#startOf(day + 1) ? startMs : this.#asked(ms);
  }

  /** The same, or nothing when clocks change within three hours of the moment. */
  steadyAheadMs(ms: number): number | undefined {
    const aheadMs = this.aheadMs(ms - STEADY_MS);
    return aheadMs === this.aheadMs(ms + STEADY_MS) ? aheadMs : undefined;
  }

  localTime(ms: number): LocalTime {
    const localMs = ms + this.aheadMs(ms);
    const date = new Date(localMs);
    const dayNumber = Math.floor(localMs / DAY_MS);
    return {
      minute: Math.floor((localMs - dayNumber * DAY_MS) / MINUTE_MS),
      weekday: WEEKDAYS[date.getUTCDay()] ?? 'sun',
      day: date.getUTCDate(),
      dayNumber,
      isLastDay: new Date(localMs + DAY_MS).getUTCDate() === 1,
    };
  }

  #startOf(day: number): number {
    const known = this.#starts.get(day);
    if (known !== undefined) return known;
    if (this.#starts.size >= DAYS_MAX) this.#starts.clear();
    const before = day - (day % ALIKE_DAYS);
    const isAsked = before === day || this.#startOf(before) !== this.#startOf(before + ALIKE_DAYS);
    const aheadMs = isAsked ? this.#asked(day * DAY_MS) : this.#startOf(before);
    this.#starts.set(day, aheadMs);
    return aheadMs;
  }

  #asked(ms: number): number {
    const parts = new Map(this.#format.formatToParts(ms).map(({ type, value }) => [type, Number(value)]));
    const of = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
    const localMs = Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'));
    return localMs - Math.floor(ms / 1000) * 1000;
  }
}
