import { Cron } from 'croner';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nextLocalOf } from './cron-fields.ts';
import { Calendars } from './schedule.ts';

const ZONES = [
  'UTC',
  'Europe/Lisbon',
  'America/New_York',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'Pacific/Apia',
  'Antarctica/Troll',
];

describe('nextLocalOf()', () => {
  test.each([
    '30 2 * * mon',
    '0 2 1 * 1',
    '0 2 15W * *',
    '0 2 * * 5#2',
    '0 2 LW * *',
    '5/10 * * * *',
    '0 2 * *',
  ])('leaves "%s" to others', (pattern) => {
    expect(nextLocalOf(pattern)).toBeUndefined();
  });

  test.each([
    '60 2 * * *',
    '0 24 * * *',
    '0 2 0 * *',
    '0 2 * 13 *',
    '0 2 * * 8',
    '5-2 * * * *',
    '*/0 * * * *',
  ])('"%s" is no pattern it takes', (pattern) => {
    expect(nextLocalOf(pattern)).toBeUndefined();
  });
});

const field = (min: number, max: number) =>
  fc.oneof(
    { weight: 3, arbitrary: fc.integer({ min, max }).map(String) },
    fc.constant('*'),
    fc.integer({ min: 2, max: Math.min(12, max - 1) }).map((step) => `*/${step}`),
    fc.tuple(fc.integer({ min, max }), fc.integer({ min, max })).map(([a, b]) => `${a},${b}`),
    fc
      .tuple(fc.integer({ min, max }), fc.integer({ min, max }))
      .map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`),
  );

const patterns = fc.oneof(
  fc
    .tuple(field(0, 59), field(0, 23), field(0, 7))
    .map(([minute, hour, weekday]) => `${minute} ${hour} * * ${weekday}`),
  fc
    .tuple(field(0, 59), field(0, 23), fc.oneof(fc.constant('L'), field(1, 31)), field(1, 12))
    .map(([minute, hour, day, month]) => `${minute} ${hour} ${day} ${month} *`),
);

/** Around changes of clocks, the day that Samoa left out among them, and anywhere else. */
const moments = fc.oneof(
  fc
    .tuple(
      fc.constantFrom(
        '2026-03-29T01:00Z',
        '2026-10-25T01:00Z',
        '2026-03-08T07:00Z',
        '2026-11-01T06:00Z',
        '2026-04-04T15:00Z',
        '2026-10-03T15:30Z',
        '2011-12-30T10:00Z',
      ),
      fc.integer({ min: -30 * 60, max: 30 * 60 }),
    )
    .map(([change, minutes]) => Date.parse(change) + minutes * 60_000),
  fc.integer({ min: Date.parse('2024-01-01'), max: Date.parse('2028-12-31') }),
);

test('due times are those of croner, for every pattern, zone and moment', () => {
  fc.assert(
    fc.property(patterns, fc.constantFrom(...ZONES), moments, (cron, timezone, ms) => {
      const calendar = new Calendars().of({ kind: 'cron', cron, timezone });
      const croner = new Cron(cron, { timezone, paused: true, mode: '5-part' });
      let [atMs, expectedMs]: (number | undefined)[] = [ms, ms];
      for (let step = 0; step < 3 && atMs !== undefined && expectedMs !== undefined; step += 1) {
        expectedMs = croner.nextRun(new Date(expectedMs))?.getTime();
        atMs = calendar.after(atMs);
        expect(atMs).toBe(expectedMs);
      }
    }),
    { numRuns: 2000 },
  );
});
