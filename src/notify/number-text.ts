/** Numbers of alarms for people: their names say the unit, `free_bytes`, `graceMs`, `errorRatio`. */
import { bytesText } from '../lib/size-text.ts';
import { spanText } from '../lib/span-text.ts';
import type { NamedNumber } from './channel.ts';
import { timeText } from './text.ts';

/** Milliseconds above are a moment, not a length of time: as a length they are three years. */
const MOMENT_MS_MIN = 1e11;
const FIGURES = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 6 });
const WHOLE = new Intl.NumberFormat('en-US');

const UNITS: Readonly<Record<string, (value: number) => string>> = {
  bytes: (value) => (value < 0 ? `-${bytesText(-value)}` : bytesText(value)),
  ms: (value) => (value >= MOMENT_MS_MIN ? timeText(value) : lengthText(value)),
  seconds: (value) => lengthText(value * 1000),
  minutes: (value) => lengthText(value * 60_000),
  hours: (value) => lengthText(value * 3_600_000),
  days: (value) => lengthText(value * 86_400_000),
  ratio: (value) => `${figures(value * 100)} %`,
  percent: (value) => `${figures(value)} %`,
};

/** `free_bytes` and 1288490189 are `free` and `1.2 GiB`. Without a unit it is the number, whole when it is whole. */
export function namedNumber(name: string, value: number): NamedNumber {
  const words = name
    .replace(/([a-z])(?=[A-Z])/g, '$1_')
    .toLowerCase()
    .split('_');
  const unit = words.find((word) => Object.hasOwn(UNITS, word));
  const text = unit === undefined ? undefined : UNITS[unit];
  if (text === undefined) return { name: words.join(' '), value: figures(value) };
  const others = words.filter((word) => word !== unit);
  const isNamed = others.some((word) => word !== 'max' && word !== 'min');
  return { name: (isNamed ? others : words).join(' '), value: text(value) };
}

function figures(value: number): string {
  return (Number.isInteger(value) ? WHOLE : FIGURES).format(value);
}

function lengthText(ms: number): string {
  if (ms < 0) return `-${lengthText(-ms)}`;
  if (ms > 0 && ms < 1000) return `${figures(ms)} ms`;
  return ms < 60_000 ? `${Math.round(ms / 100) / 10} s` : spanText(ms / 1000);
}
