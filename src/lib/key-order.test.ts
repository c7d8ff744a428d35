import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareKeyBytes } from './key-order.ts';

/** Keys as S3 has them: any text that UTF-8 can write. */
const key = fc.string({ unit: 'binary', maxLength: 6 });

test('compareKeyBytes() orders as the UTF-8 bytes do', () => {
  fc.assert(
    fc.property(key, key, key, (start, left, right) => {
      const [a, b] = [`${start}${left}`, `${start}${right}`];
      expect(Math.sign(compareKeyBytes(a, b))).toBe(
        Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b))),
      );
    }),
    { numRuns: 5000 },
  );
});

test.each([
  ['a private character of the basic plane before one beyond it', '\u{e000}', '\u{1f600}'],
  ['the last of the basic plane before the first beyond it', '\u{ffff}', '\u{10000}'],
  ['two beyond it', '\u{1f600}', '\u{1f601}'],
  ['control characters', 'a\u0001', 'a\u0002'],
  ['a beginning before the whole', 'a', 'a\u0000'],
  ['capitals before small letters', 'Z', 'a'],
])('compareKeyBytes() puts %s', (_what, first, second) => {
  expect(compareKeyBytes(first, second)).toBeLessThan(0);
  expect(compareKeyBytes(second, first)).toBeGreaterThan(0);
  expect(compareKeyBytes(first, first)).toBe(0);
});
