import { expect, test } from 'vitest';
import { nextDigestMs } from './digest-times.ts';

const HALF_PAST_TWO = { cron: '30 2 * * *', timezone: 'Europe/Berlin' };
const WORKDAYS = { cron: '0 8 * * 1-5', timezone: 'Europe/Lisbon' };

test.each([
  ['by the clock on the wall in winter', WORKDAYS, '2026-03-27T09:00:00Z', '2026-03-30T07:00:00Z'],
  ['and in summer', WORKDAYS, '2026-10-23T08:00:00Z', '2026-10-26T08:00:00Z'],
  // 2026-03-29, 02:00 in Berlin becomes 03:00; 2026-10-25, 03:00 becomes 02:00.
  [
    'a time that is skipped comes when the clock goes on',
    HALF_PAST_TWO,
    '2026-03-28T12:00:00Z',
    '2026-03-29T01:00:00Z',
  ],
  ['and the day after as ever', HALF_PAST_TWO, '2026-03-29T01:00:00Z', '2026-03-30T00:30:00Z'],
  ['a time that comes twice is the first', HALF_PAST_TWO, '2026-10-24T12:00:00Z', '2026-10-25T00:30:00Z'],
  ['and only that', HALF_PAST_TWO, '2026-10-25T00:30:00Z', '2026-10-26T01:30:00Z'],
])('nextDigestMs(): %s', (_what, times, after, next) => {
  expect(nextDigestMs(times, Date.parse(after))).toBe(Date.parse(next));
});

test('nextDigestMs() is nothing when there is no such day', () => {
  expect(nextDigestMs({ cron: '0 8 31 2 *', timezone: 'UTC' }, 0)).toBeUndefined();
});
