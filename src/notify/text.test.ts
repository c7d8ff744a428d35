import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cutMiddle, link, shown } from './text.ts';

test('shown() is one line in which nothing is hidden and nothing links, whatever goes in', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 400 }),
      fc.integer({ min: 1, max: 100 }),
      (text, lengthMax) => {
        const given = `${text}https://x www.x ${text}`;
        const seen = shown(given, lengthMax);
        expect(seen.length).toBeLessThanOrEqual(lengthMax);
        expect(seen.isWellFormed()).toBe(true);
        expect(seen).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]|https?:\/\/|www\./u);
      },
    ),
    { numRuns: 300 },
  );
});

test.each([
  ['abcdefgh', 8, 'abcdefgh'],
  ['abcdefghi', 8, 'abcd…ghi'],
  ['abcdefghi', 1, '…'],
  ['ab😀😀😀😀', 6, 'ab…😀'],
  ['😀😀😀😀', 4, '😀…'],
])('cutMiddle(%s, %i) is %s', (text, lengthMax, expected) => {
  expect(cutMiddle(text, lengthMax)).toBe(expected);
});

test.each([
  ['https://bw.example/a?b=c&d=e', 'https://bw.example/a?b=c&d=e'],
  ['https://bw.example/a b)*"<', 'https://bw.example/a%20b%29%2a%22%3C'],
  ['javascript:alert(1)', ''],
  ['//bw.example', ''],
  ['', ''],
])('link(%s) is %s', (address, expected) => {
  expect(link(address)).toBe(expected);
});
