import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeEvents } from './decode.ts';
import { decodeKey } from './key.ts';

describe('decodeKey()', () => {
  it.each([
    ['a%2Bb', 'a+b'],
    ['a+b', 'a b'],
    ['100%2525.txt', '100%25.txt'],
    ['web/a%2520b.gz', 'web/a%20b.gz'],
    ['50%', '50%'],
    ['%FF+%41', '%FF A'],
  ])('reads %s as %s', (encoded, key) => {
    expect(decodeKey(encoded)).toBe(key);
  });

  it('gives back what was form-encoded', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }).filter((text) => text.isWellFormed()),
        (key) => {
          expect(decodeKey(encodeURIComponent(key).replaceAll('%20', '+'))).toBe(key);
        },
      ),
    );
  });
});

describe('decodeEvents()', () => {
  it('survives values nested deeper than the stack', () => {
    const deep = `{"Records":[${'['.repeat(100_000)}${']'.repeat(100_000)}]}`;
    expect(JSON.parse(decodeEvents(Buffer.from(deep)).toString())).toMatchObject({
      reject_reason: 'not a JSON object',
    });
  });

  it('gives nothing for blank bytes', () => {
    expect(decodeEvents(Buffer.from(' \n\r\n')).length).toBe(0);
  });
});
