import { describe, expect, test } from 'vitest';
import { Calendars, type Schedule, scheduleText } from './schedule.ts';

const cron = (pattern: string, timezone: string) => ({ kind: 'cron', cron: pattern, timezone }) as const;

function dues(schedule: Exclude<Schedule, { kind: 'every' }>, from: string, count: number): string[] {
  const calendar = new Calendars().of(schedule);
  const found: string[] = [];
  let ms = Date.parse(from);
  for (let index = 0; index < count; index += 1) {
    ms = calendar.after(ms) ?? Number.NaN;
    found.push(new Date(ms).toISOString().slice(0, 16));
  }
  return found;
}

describe('Calendars', () => {
  test('01:30 in Lisbon is due once on the night it comes twice', () => {
    expect(dues(cron('30 1 * * *', 'Europe/Lisbon'), '2026-10-24T00:00Z', 3)).toEqual([
      '2026-10-24T00:30',
      '2026-10-25T00:30',
      '2026-10-26T01:30',
    ]);
  });

  test('01:30 in Lisbon is due at the change on the night it never comes', () => {
    expect(dues(cron('30 1 * * *', 'Europe/Lisbon'), '2026-03-28T00:00Z', 3)).toEqual([
      '2026-03-28T01:30',
      '2026-03-29T01:00',
      '2026-03-30T00:30',
    ]);
  });

  test('an hourly run is due each hour that passes when clocks change', () => {
    expect(dues(cron('30 * * * *', 'Europe/Lisbon'), '2026-10-24T23:00Z', 4)).toEqual([
      '2026-10-24T23:30',
      '2026-10-25T00:30',
      '2026-10-25T01:30',
      '2026-10-25T02:30',
    ]);
  });

  test.each([
    ['the 31st is left out of shorter months', '0 2 31 * *', ['2026-01-31T02:00', '2026-03-31T02:00']],
    ['the last day of each month', '0 2 L * *', ['2026-01-31T02:00', '2026-02-28T02:00']],
    ['a leap day', '0 2 29 2 *', ['2028-02-29T02:00', '2032-02-29T02:00']],
  ])('%s', (_what, pattern, expected) => {
    expect(dues(cron(pattern, 'UTC'), '2026-01-01T00:00Z', 2)).toEqual(expected);
  });

  test('weekdays at a time of day', () => {
    const schedule = { kind: 'weekdays', weekdays: ['mon', 'fri'], at: '22:05', timezone: 'UTC' } as const;
    expect(dues(schedule, '2026-11-20T22:05:01Z', 3)).toEqual([
      '2026-11-23T22:05',
      '2026-11-27T22:05',
      '2026-11-30T22:05',
    ]);
  });

  test.each([
    ['0 2 * * *', '2026-11-21T01:59:59Z', '2026-11-20T02:00'],
    ['0 2 * * *', '2026-11-21T02:00:00Z', '2026-11-21T02:00'],
    ['0 2 1 * *', '2026-11-21T02:00:00Z', '2026-11-01T02:00'],
    ['*/5 * * * *', '2026-11-21T02:04:00Z', '2026-11-21T02:00'],
    ['0 2 1 1 *', '2026-11-21T02:04:00Z', '2026-01-01T02:00'],
  ])('%s before %s was due at %s', (pattern, at, expected) => {
    const ms = new Calendars().of(cron(pattern, 'UTC')).atOrBefore(Date.parse(at)) ?? 0;
    expect(new Date(ms).toISOString().slice(0, 16)).toBe(expected);
  });

  test.each([
    ['2 o clock', 'UTC'],
    ['0 2 * *', 'UTC'],
    ['0 2 * * *', 'Mars/Olympus'],
  ])('"%s" in "%s" is refused with what was given', (pattern, timezone) => {
    expect(() => new Calendars().of(cron(pattern, timezone))).toThrow(`got "${pattern}" in "${timezone}"`);
  });
});

test.each([
  [{ kind: 'every', periodMs: 6 * 3_600_000 }, 'every 6 h'],
  [cron('30 1 * * *', 'Europe/Lisbon'), 'every day at 01:30 Europe/Lisbon'],
  [cron('0 2 * * 1-5', 'UTC'), 'Monday to Friday at 02:00 UTC'],
  [cron('0 2 * * 0', 'UTC'), 'every Sunday at 02:00 UTC'],
  [cron('0 3 1 * *', 'UTC'), 'on day 1 of the month at 03:00 UTC'],
  [cron('0 3 L * *', 'UTC'), 'on the last day of the month at 03:00 UTC'],
  [cron('5 * * * *', 'UTC'), 'every hour at minute 5 UTC'],
  [cron('*/10 2-4 * * *', 'UTC'), 'by cron "*/10 2-4 * * *" UTC'],
  [
    { kind: 'weekdays', weekdays: ['fri', 'mon'], at: '22:05', timezone: 'UTC' },
    'every Monday, Friday at 22:05 UTC',
  ],
] as const)('scheduleText() of %j', (schedule, text) => {
  expect(scheduleText(schedule as Schedule)).toBe(text);
});
