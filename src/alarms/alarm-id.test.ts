import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Labels } from './alarm.ts';
import { alarmId, DEFINITION_ID, labelsOfId } from './alarm-id.ts';

/** Any text, also such as no well-formed text has. */
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 6 })
    .map((units) => String.fromCharCode(...units)),
  fc.stringMatching(/^[a-z{}",=\\]{0,8}$/),
);
const labels: fc.Arbitrary<Labels> = fc
  .array(fc.tuple(text, text), { maxLength: 4 })
  .map((pairs) => Object.fromEntries(pairs));
const definition = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_./-]{0,10}$/);

test('an id can be read back, so no two are the same', () => {
  fc.assert(
    fc.property(definition, labels, (of, some) => {
      expect(of).toMatch(DEFINITION_ID);
      const id = alarmId(of, some);
      expect(id.split('{')[0]).toBe(of);
      expect(labelsOfId(id)).toEqual(some);
    }),
    { numRuns: 5000 },
  );
});

test('the order of labels changes nothing', () => {
  fc.assert(
    fc.property(labels, (some) => {
      expect(alarmId('a', Object.fromEntries(Object.entries(some).reverse()))).toBe(alarmId('a', some));
    }),
  );
});

test.each<readonly [string, Labels, string]>([
  ['plain', {}, 'plain'],
  ['two', { rule: 'all', bucket: 'a' }, 'two{bucket="a",rule="all"}'],
  ['quotes', { key: 'a"b\\c' }, String.raw`quotes{key="a\"b\\c"}`],
  ['lines', { 'Storage Type': 'a\nb' }, String.raw`lines{"Storage Type"="a\nb"}`],
])('alarmId() of %s %j is %s', (of, some, id) => {
  expect(alarmId(of, some)).toBe(id);
});
