import { expect, test } from 'vitest';
import { type ValueUnit, valueText } from './value-text.ts';

test.each<readonly [number, ValueUnit | undefined, string]>([
  [0.1 + 0.2, undefined, '0.3'],
  [1234567, undefined, '1234570'],
  [12345, 'Count', '12,345'],
  [0.5, 'Count', '0.5'],
  [0, 'Bytes', '0 B'],
  [0.25, 'Bytes', '0.25 B'],
  [1.5 * 1024 ** 3, 'Bytes', '1.5 GiB'],
  [1024 ** 3 + 1024 ** 2, 'Bytes', '1.00098 GiB'],
  [-2048, 'Bytes', '-2 KiB'],
  [0, 'Milliseconds', '0 s'],
  [80.04, 'Milliseconds', '80.04 ms'],
  [1500, 'Milliseconds', '1.5 s'],
  [90, 'Seconds', '1.5 min'],
  [9000, 'Seconds', '2.5 h'],
  [0.0421, 'Ratio', '4.21 %'],
  [512, 'Kilobits/Second', '512 kbit/s'],
])('valueText() of %d %s is %s', (value, unit, text) => {
  expect(valueText(value, unit)).toBe(text);
});
