import { expect, test } from 'vitest';
import { fieldOf, untilOf } from './until-fields.tsx';

const NOW_MS = Date.parse('2026-11-21T12:00:00Z');

function formOf(fields: Readonly<Record<string, string>>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  return form;
}

test.each([
  [{ length: 'hour' }, '2026-11-21T13:00:00Z'],
  [{ length: 'week' }, '2026-11-28T12:00:00Z'],
  [{ length: 'until', until: '2026-11-30T08:00Z' }, '2026-11-30T08:00:00Z'],
  [{ length: 'open' }, null],
])('untilOf() of %o is %s', (fields, until) => {
  expect(untilOf(formOf(fields), NOW_MS)).toBe(until);
});

test('fieldOf() takes the space around a text away, and gives nothing for a field that is not there', () => {
  expect(fieldOf(formOf({ reason: ' known ' }), 'reason')).toBe('known');
  expect(fieldOf(formOf({}), 'reason')).toBe('');
});
