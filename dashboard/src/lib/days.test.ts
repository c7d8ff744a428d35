import { expect, test } from 'vitest';
import { dayTeller, dayText, daysUntil, weekdayText } from './days.ts';

test.each([
  ['UTC', '2026-11-21T00:00:00Z', '2026-11-21'],
  ['UTC', '2026-11-20T23:59:59.999Z', '2026-11-20'],
  // Clocks go back at 01:00 UTC on 25 October, forward on 28 March.
  ['Europe/Lisbon', '2026-10-24T23:00:00Z', '2026-10-25'],
  ['Europe/Lisbon', '2026-10-25T23:59:00Z', '2026-10-25'],
  ['Europe/Lisbon', '2026-10-26T00:00:00Z', '2026-10-26'],
  ['America/New_York', '2026-03-08T04:59:59Z', '2026-03-07'],
  ['America/New_York', '2026-03-09T03:59:59Z', '2026-03-08'],
  ['America/New_York', '2026-03-09T04:00:00Z', '2026-03-09'],
  ['Asia/Kathmandu', '2026-11-20T18:14:59Z', '2026-11-20'],
  ['Asia/Kathmandu', '2026-11-20T18:15:00Z', '2026-11-21'],
  ['Pacific/Kiritimati', '2026-11-20T10:00:00Z', '2026-11-21'],
  ['Pacific/Pago_Pago', '2026-11-21T10:59:59Z', '2026-11-20'],
])('dayTeller() of %s says that %s is on %s', (timezone, time, day) => {
  const dayOf = dayTeller(timezone);
  expect(dayOf(Date.parse(time))).toBe(day);
  expect(dayOf(Date.parse(time))).toBe(day);
});

test('daysUntil() has every day once, across months, leap days and changes of clocks', () => {
  expect(daysUntil('2026-03-02', 4)).toEqual(['2026-02-27', '2026-02-28', '2026-03-01', '2026-03-02']);
  expect(daysUntil('2028-03-01', 3)).toEqual(['2028-02-28', '2028-02-29', '2028-03-01']);
  const autumn = daysUntil('2026-11-21', 90);
  expect(autumn).toHaveLength(90);
  expect(new Set(autumn).size).toBe(90);
  expect(autumn[0]).toBe('2026-08-24');
});

test('a day is said as people say it', () => {
  expect(dayText('2026-11-01')).toBe('1 Nov');
  expect(weekdayText('2026-11-21')).toBe('Sat');
});
