/** When runs of a backup are due: a clock, not an arithmetic over data points. */
import { Cron } from 'croner';
import { Fault } from '../../lib/fault.ts';
import { spanText } from '../../lib/span-text.ts';
import { type NextLocal, nextLocalOf } from './cron-fields.ts';
import { Zone } from './local-time.ts';
import { WEEKDAYS, type Weekday } from './weekday.ts';

export { WEEKDAYS };

export type Schedule =
  /** Each run is due a period after the one before began. */
  | { readonly kind: 'every'; readonly periodMs: number }
  /** Minute, hour, day of month, month, day of week, as cron reads them (`L` is the last day), in a time zone. */
  | { readonly kind: 'cron'; readonly cron: string; readonly timezone: string }
  /** On these days at this time of day, in a time zone. */
  | {
      readonly kind: 'weekdays';
      readonly weekdays: readonly Weekday[];
      /** `hh:mm`. */
      readonly at: string;
      readonly timezone: string;
    };

/** Due times of a schedule with a calendar, milliseconds since 1970 UTC. */
export interface Calendar {
  /** The first due time after the moment; nothing when there will be none. */
  after(ms: number): number | undefined;
  /** The last due time at or before the moment, looking back a year at most. */
  atOrBefore(ms: number): number | undefined;
}

type CalendarSchedule = Exclude<Schedule, { kind: 'every' }>;

/** Calendars by schedule: finding a due time is dear, so each is found once and kept. */
export class Calendars {
  readonly #known = new Map<string, Calendar>();
  readonly #zones = new Map<string, Zone>();

  /** Throws a `RangeError` for a name that is no time zone. */
  zone(timezone: string): Zone {
    const known = this.#zones.get(timezone);
    if (known !== undefined) return known;
    const zone = new Zone(timezone);
    this.#zones.set(timezone, zone);
    return zone;
  }

  /** Throws `invalid` for what is no schedule. */
  of(schedule: CalendarSchedule): Calendar {
    const pattern = cronOf(schedule);
    const id = `${pattern} ${schedule.timezone}`;
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    if (this.#known.size >= CALENDARS_MAX) this.#known.clear();
    const calendar = this.#opened(pattern, schedule.timezone);
    this.#known.set(id, calendar);
    return calendar;
  }

  #opened(pattern: string, timezone: string): Calendar {
    try {
      const zone = this.zone(timezone);
      const nextLocal = nextLocalOf(pattern);
      const open = (): Cron => new Cron(pattern, { timezone, paused: true, mode: '5-part' });
      if (nextLocal === undefined) open();
      return new KeptCalendar({ open, zone, nextLocal });
    } catch (cause) {
      throw new Fault(
        'invalid',
        `Cannot read the schedule: it is not minute, hour, day, month, weekday in a time zone, got "${pattern}" in "${timezone}".`,
        { cause },
      );
    }
  }
}

const CALENDARS_MAX = 20_000;
const DUES_MAX = 5_000;
const YEAR_MS = 366 * 86_400_000;

/** What finds due times: croner, which takes 50 us for one, and where clocks stand still and the pattern is plain, less. */
interface Finder {
  open(): Cron;
  readonly zone: Zone;
  readonly nextLocal: NextLocal | undefined;
}

/**
 * A local time that comes twice, as clocks go back, is due the first time; one that is skipped, as they go forward, is
 * due at the moment of the change.
 */
class KeptCalendar implements Calendar {
  readonly #finder: Finder;
  #cron: Cron | undefined;
  /** Due times without a gap between them, in order. */
  #dues: number[] = [];

  constructor(finder: Finder) {
    this.#finder = finder;
  }

  after(ms: number): number | undefined {
    this.#reach(ms);
    return this.#dues[this.#placeAfter(ms)];
  }

  atOrBefore(ms: number): number | undefined {
    this.#reach(ms);
    for (let backMs = 3_600_000; this.#placeAfter(ms) === 0 && backMs < YEAR_MS * 4; backMs *= 4)
      this.#reach(ms - Math.min(backMs, YEAR_MS));
    return this.#dues[this.#placeAfter(ms) - 1];
  }

  /** Makes known what is due from the first due time after `ms` to the first after all that was known, or to it. */
  #reach(ms: number): void {
    const [first] = this.#dues;
    const last = this.#dues.at(-1);
    if (first === undefined || last === undefined) {
      const due = this.#next(ms);
      if (due !== undefined) this.#dues = [due];
    } else if (ms < first) {
      const before: number[] = [];
      for (let due = this.#next(ms); due !== undefined && due < first; due = this.#next(due)) {
        before.push(due);
        if (before.length > DUES_MAX) break;
      }
      this.#dues = before.length > DUES_MAX ? before : [...before, ...this.#dues];
    } else {
      for (let due = last; due <= ms; ) {
        const next = this.#next(due);
        if (next === undefined) break;
        this.#dues.push(next);
        due = next;
      }
    }
    if (this.#dues.length > 2 * DUES_MAX) this.#dues.splice(0, this.#dues.length - DUES_MAX);
  }

  #next(ms: number): number | undefined {
    const dueMs = this.#plainNext(ms);
    if (dueMs !== undefined) return dueMs;
    this.#cron ??= this.#finder.open();
    return this.#cron.nextRun(new Date(ms))?.getTime();
  }

  /** Nothing when the pattern is not plain, or clocks change near the moment or near its due time. */
  #plainNext(ms: number): number | undefined {
    const { zone, nextLocal } = this.#finder;
    const aheadMs = zone.steadyAheadMs(ms);
    if (nextLocal === undefined || aheadMs === undefined) return undefined;
    const localMs = nextLocal(ms + aheadMs);
    const aheadThenMs = localMs === undefined ? undefined : zone.steadyAheadMs(localMs - aheadMs);
    if (localMs === undefined || aheadThenMs === undefined) return undefined;
    const dueMs = localMs - aheadThenMs;
    return zone.steadyAheadMs(dueMs) === aheadThenMs ? dueMs : undefined;
  }

  /** Place of the first known due time after `ms`. */
  #placeAfter(ms: number): number {
    let low = 0;
    let high = this.#dues.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#dues[middle] ?? 0) <= ms) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** The schedule as a sentence: `every day at 02:00 Europe/Lisbon`. */
export function scheduleText(schedule: Schedule): string {
  switch (schedule.kind) {
    case 'every':
      return `every ${spanText(schedule.periodMs / 1000)}`;
    case 'weekdays':
      return `${daysText(schedule.weekdays)} at ${schedule.at} ${schedule.timezone}`;
    case 'cron':
      return `${cronText(schedule.cron)} ${schedule.timezone}`;
  }
}

function cronOf(schedule: CalendarSchedule): string {
  if (schedule.kind === 'cron') return schedule.cron;
  const [hour = '', minute = ''] = schedule.at.split(':');
  const days = schedule.weekdays.map((day) => WEEKDAYS.indexOf(day)).join(',');
  return `${Number(minute)} ${Number(hour)} * * ${days}`;
}

function daysText(weekdays: readonly Weekday[]): string {
  const sorted = WEEKDAYS.filter((day) => weekdays.includes(day));
  if (sorted.length === 7) return 'every day';
  const working: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri'];
  if (sorted.length === 5 && working.every((day) => sorted.includes(day))) return 'Monday to Friday';
  return `every ${sorted.map((day) => NAMES[day]).join(', ')}`;
}

const NAMES: Readonly<Record<Weekday, string>> = {
  sun: 'Sunday',
  mon: 'Monday',
  tue: 'Tuesday',
  wed: 'Wednesday',
  thu: 'Thursday',
  fri: 'Friday',
  sat: 'Saturday',
};

/** The common forms in words, every other as it stands. */
function cronText(cron: string): string {
  const [minute = '', hour = '', day = '', month = '', weekday = ''] = cron.trim().split(/\s+/);
  const isTime = /^\d+$/.test(minute) && /^\d+$/.test(hour);
  const at = isTime ? `at ${hour.padStart(2, '0')}:${minute.padStart(2, '0')}` : '';
  if (/^\d+$/.test(minute) && [hour, day, month, weekday].every((part) => part === '*'))
    return `every hour at minute ${Number(minute)}`;
  if (!isTime || month !== '*') return `by cron "${cron}"`;
  if (day === '*' && weekday === '*') return `every day ${at}`;
  if (day === 'L' && weekday === '*') return `on the last day of the month ${at}`;
  if (/^\d+$/.test(day) && weekday === '*') return `on day ${day} of the month ${at}`;
  if (day === '*' && weekday === '1-5') return `Monday to Friday ${at}`;
  const name = WEEKDAYS[Number(weekday) % 7];
  if (day === '*' && /^\d$/.test(weekday) && name !== undefined) return `every ${NAMES[name]} ${at}`;
  return `by cron "${cron}"`;
}
