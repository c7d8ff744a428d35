import { expect, test } from 'vitest';
import { pauseUntil } from './act-fields.tsx';

const NOW_MS = Date.parse('2026-11-21T12:00:00Z');

function formOf(fields: Readonly<Record<string, string>>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  return form;
}

test.each([
  [{ length: 'day' }, '2026-11-22T12:00:00Z'],
  [{ length: 'week' }, '2026-11-28T12:00:00Z'],
  [{ length: 'until', until: '2026-11-30T08:00' }, '2026-11-30T08:00:00.000Z'],
  [{ length: 'open' }, null],
])('pauseUntil() of %o is %s', (fields, until) => {
  expect(pauseUntil(formOf(fields), NOW_MS)).toBe(until);
});
