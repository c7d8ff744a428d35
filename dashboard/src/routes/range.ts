import { clockText, dateText } from '../lib/format.ts';

/** What the reader asked to see: a length of time up to now, or two fixed ends. */
export type Range =
  | { readonly kind: 'preset'; readonly id: string; readonly lengthMs: number }
  | { readonly kind: 'absolute'; readonly sinceMs: number; readonly untilMs: number };

interface TimeWindow {
  readonly sinceMs: number;
  readonly untilMs: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const ROUNDING_MS = 5 * 60_000;

/** Shortest first. */
export const PRESETS = [
  { kind: 'preset', id: '1h', lengthMs: HOUR_MS },
  { kind: 'preset', id: '6h', lengthMs: 6 * HOUR_MS },
  { kind: 'preset', id: '24h', lengthMs: DAY_MS },
  { kind: 'preset', id: '7d', lengthMs: 7 * DAY_MS },
  { kind: 'preset', id: '14d', lengthMs: 14 * DAY_MS },
  { kind: 'preset', id: '30d', lengthMs: 30 * DAY_MS },
  { kind: 'preset', id: '90d', lengthMs: 90 * DAY_MS },
] as const satisfies readonly Range[];

const DEFAULT_PRESET = PRESETS[2];

/** The range the address names, or null when it names none. */
export function rangeInAddress(params: URLSearchParams): Range | null {
  const sinceMs = Date.parse(params.get('since') ?? '');
  const untilMs = Date.parse(params.get('until') ?? '');
  if (sinceMs < untilMs) return { kind: 'absolute', sinceMs, untilMs };
  const id = params.get('range');
  return PRESETS.find((preset) => preset.id === id) ?? null;
}

/**
 * The range to open with: a day, or when the newest record is older the shortest preset that still has it,
 * or the day around it when none has.
 */
export function defaultRange(newestMs: number | null, nowMs: number): Range {
  if (newestMs === null) return DEFAULT_PRESET;
  const fits = PRESETS.find((preset) => preset.lengthMs >= DAY_MS && nowMs - newestMs < preset.lengthMs);
  return fits ?? dayAround(newestMs);
}

/** The day that ends with a moment. */
export function dayAround(timeMs: number): Range {
  const untilMs = (Math.floor(timeMs / ROUNDING_MS) + 1) * ROUNDING_MS;
  return { kind: 'absolute', sinceMs: untilMs - DAY_MS, untilMs };
}

/** Start and end of a range at a moment. */
export function windowOf(range: Range, nowMs: number): TimeWindow {
  if (range.kind === 'absolute') return { sinceMs: range.sinceMs, untilMs: range.untilMs };
  return { sinceMs: nowMs - range.lengthMs, untilMs: nowMs };
}

/** ISO 8601 in UTC, to the second: what addresses and API requests carry. */
export function isoSecond(timeMs: number): string {
  return new Date(timeMs).toISOString().replace(/\.\d{3}Z$/, 'Z');
}

/** What to put into the address for a range. */
export function rangeParams(range: Range): Record<'range' | 'since' | 'until', string | null> {
  if (range.kind === 'preset') return { range: range.id, since: null, until: null };
  return { range: null, since: isoSecond(range.sinceMs), until: isoSecond(range.untilMs) };
}

/** In a sentence: `in the last 24 h`, `from 2026-11-20 10:00 to 12:00`. */
export function rangeWords(range: Range): string {
  if (range.kind === 'preset') return `in the last ${presetLabel(range.id)}`;
  const { since, until } = endTexts(range);
  return `from ${since} to ${until}`;
}

/** On a button: `24 h`, `2026-11-20 10:00 – 12:00`. */
export function rangeLabel(range: Range): string {
  if (range.kind === 'preset') return presetLabel(range.id);
  const { since, until } = endTexts(range);
  return `${since} – ${until}`;
}

function endTexts({ sinceMs, untilMs }: TimeWindow): { readonly since: string; readonly until: string } {
  const isOneDay = dateText(sinceMs) === dateText(untilMs);
  const clock = clockText(untilMs);
  return {
    since: `${dateText(sinceMs)} ${clockText(sinceMs)}`,
    until: isOneDay ? clock : `${dateText(untilMs)} ${clock}`,
  };
}

/** `24 h` for `24h`. */
export function presetLabel(id: string): string {
  return id.replace(/(\d)(\D)/, '$1 $2');
}
