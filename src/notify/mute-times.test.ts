import { expect, test } from 'vitest';
import { isMuteTime } from './mute-times.ts';
import type { MuteTime } from './rules.ts';

const NIGHT: MuteTime = {
  weekdays: ['mon', 'fri'],
  fromMinute: 22 * 60,
  toMinute: 7 * 60,
  timezone: 'Europe/Lisbon',
};
const WEEKEND: MuteTime = {
  weekdays: ['sat', 'sun'],
  fromMinute: 0,
  toMinute: 1440,
  timezone: 'America/New_York',
};
const HALF_HOUR: MuteTime = { weekdays: ['sun'], fromMinute: 60, toMinute: 90, timezone: 'Europe/Lisbon' };

test.each<readonly [what: string, time: MuteTime, at: string, expected: boolean]>([
  // Lisbon is UTC in winter, an hour ahead in summer.
  ['Monday evening', NIGHT, '2026-01-05T22:00:00Z', true],
  ['a minute before', NIGHT, '2026-01-05T21:59:59Z', false],
  ['Tuesday morning belongs to Monday', NIGHT, '2026-01-06T06:59:59Z', true],
  ['its end is not in it', NIGHT, '2026-01-06T07:00:00Z', false],
  ['Tuesday evening', NIGHT, '2026-01-06T22:30:00Z', false],
  ['Monday morning belongs to Sunday', NIGHT, '2026-01-05T03:00:00Z', false],
  ['Saturday morning belongs to Friday', NIGHT, '2026-01-10T03:00:00Z', true],
  ['summer begins it an hour earlier', NIGHT, '2026-07-06T21:00:00Z', true],
  ['and ends it an hour earlier', NIGHT, '2026-07-07T06:00:00Z', false],
  ['midnight between two days', WEEKEND, '2026-01-11T05:00:00Z', true],
  ['Saturday begins when it does there', WEEKEND, '2026-01-10T04:59:59Z', false],
  ['Sunday ends when it does there', WEEKEND, '2026-01-12T04:59:59Z', true],
  ['Monday there', WEEKEND, '2026-01-12T05:00:00Z', false],
  // 2026-10-25, 02:00 in Lisbon becomes 01:00 again; 2026-03-29, 01:00 becomes 02:00.
  ['an hour that comes twice, the first time', HALF_HOUR, '2026-10-25T00:15:00Z', true],
  ['and the second time', HALF_HOUR, '2026-10-25T01:15:00Z', true],
  ['an hour that is skipped', HALF_HOUR, '2026-03-29T01:15:00Z', false],
])('isMuteTime(): %s', (_what, time, at, expected) => {
  expect(isMuteTime(time, Date.parse(at))).toBe(expected);
});
