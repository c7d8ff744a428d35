const EXACT = new Intl.NumberFormat('en');
const COMPACT = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 });
const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Every digit, grouped: `184,201`. */
export function exactCount(count: number): string {
  return EXACT.format(count);
}

/** Exact below 10,000, then three significant digits: `184K`, `1.2M`. */
export function shortCount(count: number): string {
  return Math.abs(count) < 10_000 ? EXACT.format(count) : COMPACT.format(count);
}

/** A count with its noun: `1 line`, `2,301 lines`. */
export function counted(count: number, noun: string): string {
  return `${exactCount(count)} ${noun}${count === 1 ? '' : noun.endsWith('ch') ? 'es' : 's'}`;
}

/** The same with a capital at its start. */
export function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A ratio from 0 to 1 as people read it: `0 %`, `< 0.01 %`, `0.4 %`, `37 %`. */
export function percentText(ratio: number): string {
  const percent = ratio * 100;
  if (percent === 0) return '0 %';
  if (percent < 0.01) return '< 0.01 %';
  if (percent < 1) return `${Number(percent.toFixed(2))} %`;
  if (percent < 10) return `${Number(percent.toFixed(1))} %`;
  return percent > 99.9 && percent < 100 ? '> 99.9 %' : `${Math.round(percent)} %`;
}

/** Binary units: `812 B`, `1.4 GiB`. */
export function bytesText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < BYTE_UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 ? 0 : 1;
  return `${value.toFixed(digits)} ${BYTE_UNITS[unit] ?? 'B'}`;
}

/** A length of time as people say it: `8 ms`, `1.4 s`, `14 min`, `3 h`, `12 days`. */
export function durationText(ms: number): string {
  if (ms < 1) return ms === 0 ? '0 ms' : `${Number(ms.toPrecision(2))} ms`;
  if (ms < SECOND_MS) return `${Math.round(ms)} ms`;
  if (ms < 10 * SECOND_MS) return `${Number((ms / SECOND_MS).toFixed(1))} s`;
  if (ms < MINUTE_MS) return `${Math.round(ms / SECOND_MS)} s`;
  if (ms < 90 * MINUTE_MS && ms !== HOUR_MS) return `${Math.round(ms / MINUTE_MS)} min`;
  if (ms < 10 * HOUR_MS) return `${Number((ms / HOUR_MS).toFixed(1))} h`;
  if (ms < 2 * DAY_MS) return `${Math.round(ms / HOUR_MS)} h`;
  if (ms < 730 * DAY_MS) return `${Math.round(ms / DAY_MS)} days`;
  return `${Number((ms / (365.25 * DAY_MS)).toFixed(1))} years`;
}

/** A length of time that is known to the second: `0 s`, `14 min`. */
export function secondsText(seconds: number): string {
  return seconds < 1 ? '0 s' : durationText(Math.round(seconds) * SECOND_MS);
}

/** `just now`, `3 min ago`, `in 2 h`. */
export function relativeText(timeMs: number, nowMs: number): string {
  const ageMs = nowMs - timeMs;
  if (Math.abs(ageMs) < 5 * SECOND_MS) return 'just now';
  return ageMs > 0 ? `${durationText(ageMs)} ago` : `in ${durationText(-ageMs)}`;
}

function pad(value: number, width = 2): string {
  return String(value).padStart(width, '0');
}

/** Date in the reader's zone: `2026-11-21`. */
export function dateText(timeMs: number): string {
  const time = new Date(timeMs);
  return `${time.getFullYear()}-${pad(time.getMonth() + 1)}-${pad(time.getDate())}`;
}

/** Time of day in the reader's zone: `13:40`. */
export function clockText(timeMs: number): string {
  const time = new Date(timeMs);
  return `${pad(time.getHours())}:${pad(time.getMinutes())}`;
}

/** Date and time in the reader's zone to the second: `2026-11-21 13:40:05`. */
export function momentText(timeMs: number): string {
  return `${dateText(timeMs)} ${clockText(timeMs)}:${pad(new Date(timeMs).getSeconds())}`;
}

/** Where there is little room, without the year: `Nov 21 13:40`. */
export function stampText(timeMs: number): string {
  const day = new Date(timeMs).toLocaleDateString('en', { month: 'short', day: 'numeric' });
  return `${day} ${clockText(timeMs)}`;
}

/** A row's time: to the second and without the year in this year, else with its date and without seconds. */
export function rowMomentText(timeMs: number, nowMs: number): string {
  const isThisYear = new Date(timeMs).getFullYear() === new Date(nowMs).getFullYear();
  if (!isThisYear) return `${dateText(timeMs)} ${clockText(timeMs)}`;
  return `${stampText(timeMs)}:${pad(new Date(timeMs).getSeconds())}`;
}

/** Both zones, for a hover title. */
export function momentTitle(timeMs: number): string {
  const utc = new Date(timeMs).toISOString().replace('T', ' ').replace('Z', '');
  return `${momentText(timeMs)} local\n${utc} UTC`;
}

/** The earliest wording that is not ambiguous now: `13:40`, or with its date when that is not today. */
export function shortMomentText(timeMs: number, nowMs: number): string {
  const isToday = dateText(timeMs) === dateText(nowMs);
  return isToday ? clockText(timeMs) : `${dateText(timeMs)} ${clockText(timeMs)}`;
}

/** A length of time in the range presets' own unit: `15 min`, `6 h`, `7 d`. */
export function stepText(seconds: number): string {
  return durationText(seconds * SECOND_MS);
}

/** Milliseconds of a time from the API (ISO, or the engine's `YYYY-MM-DD hh:mm:ss` in UTC); null when it is none. */
export function parseTime(text: unknown): number | null {
  if (typeof text !== 'string' || !/^\d{4}-\d{2}-\d{2}/.test(text)) return null;
  const iso = text.includes('T') ? text : `${text.replace(' ', 'T')}Z`;
  const ms = Date.parse(iso);
  return Number.isNaN(ms) ? null : ms;
}
