import { expect, test } from 'vitest';
import { namedNumber } from './number-text.ts';

test.each([
  ['free_bytes', 1_288_490_189, 'free', '1.2 GiB'],
  ['bytesMax', 5 * 1024 ** 3, 'bytes max', '5.0 GiB'],
  ['bytes', 12, 'bytes', '12 B'],
  ['change_bytes', -2048, 'change', '-2.0 KiB'],
  ['graceMs', 1_800_000, 'grace', '30 min'],
  ['took_ms', 350, 'took', '350 ms'],
  ['took_ms', 0, 'took', '0 s'],
  ['dueMs', Date.UTC(2026, 10, 21, 2), 'due', '2026-11-21 02:00 UTC'],
  ['latencyMsMax', 1500, 'latency max', '1.5 s'],
  ['lag_seconds', 5400, 'lag', '1.5 h'],
  ['age_hours', 24.5, 'age', '1 d'],
  ['errorRatio', 0.125, 'error', '12.5 %'],
  ['failures_in_row', 3, 'failures in row', '3'],
  ['records', 1_234_567, 'records', '1,234,567'],
  ['newest', 1234.56789, 'newest', '1,234.57'],
  ['constructor', 1, 'constructor', '1'],
])('namedNumber(%s, %d) is %s: %s', (name, value, words, text) => {
  expect(namedNumber(name, value)).toEqual({ name: words, value: text });
});
