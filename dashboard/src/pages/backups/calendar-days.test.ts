import { expect, test } from 'vitest';
import type { Range } from '../../routes/range.ts';
import { calendarDays } from './calendar-days.ts';

const NOW_MS = Date.parse('2026-11-21T23:30:00Z');
const DAY_MS = 86_400_000;
const preset = (days: number): Range => ({ kind: 'preset', id: `${days}d`, lengthMs: days * DAY_MS });

test.each([
  [1, 14],
  [14, 14],
  [30, 30],
  [90, 90],
  [400, 90],
])('calendarDays() of %i days has %i', (asked, shown) => {
  const { days, sinceMs, untilMs } = calendarDays(preset(asked), NOW_MS, 'UTC');
  expect(days).toHaveLength(shown);
  expect(days.at(-1)).toBe('2026-11-21');
  expect(sinceMs).toBeLessThan(Date.parse(days[0] ?? ''));
  expect(untilMs).toBeGreaterThan(NOW_MS);
});

test('calendarDays() ends with the day it is in the zone, and with the end of a range that is past', () => {
  expect(calendarDays(preset(14), NOW_MS, 'Europe/Berlin').today).toBe('2026-11-22');
  const range = {
    kind: 'absolute',
    sinceMs: Date.parse('2026-10-01T00:00:00Z'),
    untilMs: Date.parse('2026-11-01T00:00:00Z'),
  } as const;
  const { days, today } = calendarDays(range, NOW_MS, 'UTC');
  expect([days[0], days.at(-1), days.length, today]).toEqual(['2026-10-01', '2026-10-31', 31, '2026-11-21']);
});
