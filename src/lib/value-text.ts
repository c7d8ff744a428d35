import { scaledBytes } from './size-text.ts';
import { spanText } from './span-text.ts';

/** What a value is; a `Ratio` is a share of 1. */
export type ValueUnit = 'Count' | 'Bytes' | 'Milliseconds' | 'Seconds' | 'Kilobits/Second' | 'Ratio';

/**
 * A value as people read it: `12,345`, `1.5 GiB`, `250 ms`, `2.5 h`, `4.2 %`. Without a unit a plain number. At most six
 * digits that count.
 */
export function valueText(value: number, unit: ValueUnit | undefined): string {
  if (value < 0) return `-${valueText(-value, unit)}`;
  switch (unit) {
    case undefined:
      return digits(value);
    case 'Count':
      return Number(value.toPrecision(6)).toLocaleString('en-US', { maximumFractionDigits: 6 });
    case 'Bytes': {
      const size = scaledBytes(value);
      return `${digits(size.value)} ${size.unit}`;
    }
    case 'Milliseconds':
      return secondsText(value / 1000);
    case 'Seconds':
      return secondsText(value);
    case 'Kilobits/Second':
      return `${digits(value)} kbit/s`;
    case 'Ratio':
      return `${digits(value * 100)} %`;
  }
}

function digits(value: number): string {
  return String(Number(value.toPrecision(6)));
}

/** Below a minute to the digit, as limits of latencies are. */
function secondsText(seconds: number): string {
  if (seconds >= 60) return spanText(seconds);
  return seconds < 1 && seconds > 0 ? `${digits(seconds * 1000)} ms` : `${digits(seconds)} s`;
}
