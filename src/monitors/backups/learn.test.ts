import { describe, expect, test } from 'vitest';
import { propose } from './learn.ts';
import type { Arrival } from './runs.ts';
import { Calendars, scheduleText } from './schedule.ts';

const DAY_MS = 86_400_000;
const NOW_MS = Date.parse('2026-11-21T12:00Z');

/** A run each of the times, of one file named by its number so that only times can tell runs apart. */
function arrivals(
  timesMs: readonly number[],
  sizeBytes = (index: number): number => 1000 + (index % 5),
): Arrival[] {
  return timesMs.map((atMs, index) => ({
    key: `db/${index}.gz`,
    versionId: '',
    atMs,
    sizeBytes: sizeBytes(index),
    etag: `${index}`,
    member: '',
    stamp: '',
  }));
}

/** `count` days up to today at a UTC time, a few minutes off each. */
function days(
  count: number,
  time: string,
  keep: (date: Date, index: number) => boolean = () => true,
): number[] {
  return Array.from({ length: count }, (_, index) => NOW_MS - (count - 1 - index) * DAY_MS)
    .map((ms) => Date.parse(`${new Date(ms).toISOString().slice(0, 10)}T${time}Z`))
    .filter((ms, index) => ms < NOW_MS && keep(new Date(ms), index))
    .map((ms, index) => ms + ((index * 7) % 11) * 60_000);
}

function proposed(files: readonly Arrival[], timezone = 'UTC') {
  const proposal = propose(files, { nowMs: NOW_MS, calendars: new Calendars(), timezone });
  if (proposal === undefined) throw new Error('nothing proposed');
  return proposal;
}

describe('propose()', () => {
  test('every day, by the time runs have usually come', () => {
    const { rule, fired } = proposed(arrivals(days(60, '01:30')));
    expect(scheduleText(rule.schedule)).toBe('every day at 01:40 UTC');
    expect(fired).toEqual([]);
  });

  test('every day around midnight', () => {
    const { rule, fired } = proposed(arrivals(days(60, '23:55')));
    expect(scheduleText(rule.schedule)).toBe('every day at 00:05 UTC');
    expect(fired).toEqual([]);
  });

  test('the local hour is what stays when clocks change', () => {
    // 01:30 in Lisbon: 00:30 UTC until 25 October, where it comes twice, 01:30 after.
    const times = days(60, '01:30').map((ms) => (ms < Date.parse('2026-10-25T12:00Z') ? ms - 3_600_000 : ms));
    const { rule, fired } = proposed(arrivals(times), 'Europe/Lisbon');
    expect(scheduleText(rule.schedule)).toBe('every day at 01:40 Europe/Lisbon');
    expect(fired).toEqual([]);
  });

  test('Monday to Friday', () => {
    const { rule, fired } = proposed(arrivals(days(60, '20:00', (date) => date.getUTCDay() % 6 !== 0)));
    expect(scheduleText(rule.schedule)).toBe('Monday to Friday at 20:10 UTC');
    expect(fired).toEqual([]);
  });

  test('every Sunday', () => {
    const { rule } = proposed(arrivals(days(90, '04:00', (date) => date.getUTCDay() === 0)));
    expect(scheduleText(rule.schedule)).toBe('every Sunday at 04:10 UTC');
  });

  test('the first of the month, and the last day', () => {
    const first = proposed(arrivals(days(300, '04:00', (date) => date.getUTCDate() === 1)));
    expect(scheduleText(first.rule.schedule)).toMatch(/^on day 1 of the month at 04:/);
    const last = proposed(
      arrivals(days(300, '04:00', (date) => new Date(date.getTime() + DAY_MS).getUTCDate() === 1)),
    );
    expect(scheduleText(last.rule.schedule)).toMatch(/^on the last day of the month at 04:/);
  });

  test('every six hours', () => {
    const times = Array.from(
      { length: 90 },
      (_, index) => Date.parse('2026-11-01T00:10Z') + index * 6 * 3_600_000,
    );
    const { rule, fired } = proposed(arrivals(times.filter((ms) => ms < NOW_MS)));
    expect(scheduleText(rule.schedule)).toBe('by cron "15 0-23/6 * * *" UTC');
    expect(fired).toEqual([]);
  });

  test('what keeps no time of day gets a period', () => {
    const times = Array.from(
      { length: 40 },
      (_, index) => Date.parse('2026-09-20T00:00Z') + index * 37 * 3_600_000,
    );
    expect(proposed(arrivals(times)).rule.schedule).toEqual({ kind: 'every', periodMs: 37 * 3_600_000 });
  });

  test('the preview names the runs that would have woken somebody, and only those', () => {
    const times = days(60, '01:30', (_date, index) => index !== 30).map((ms, index) =>
      index === 45 ? ms + 9 * 3_600_000 : ms,
    );
    const { fired } = proposed(arrivals(times));
    expect(fired.map(({ verdict }) => verdict)).toEqual(['missing', 'late']);
  });

  test('sizes that vary are given room, sizes that do not are held', () => {
    const wild = proposed(arrivals(days(60, '01:30'), (index) => (index % 2 === 0 ? 1000 : 300)));
    expect(wild.fired).toEqual([]);
    const calm = proposed(arrivals(days(60, '01:30'), (index) => (index === 40 ? 100 : 1000)));
    expect(calm.fired.map(({ verdict }) => verdict)).toEqual(['too-small']);
  });

  test('a set of three is learned with its members', () => {
    const files = days(30, '01:30').flatMap((ms, index) =>
      arrivals([ms, ms + 60_000, ms + 120_000]).map((file, member) => ({
        ...file,
        key: `db/${index}/${member}`,
        stamp: `run ${index}`,
      })),
    );
    expect(proposed(files).rule.members).toEqual({ kind: 'usual', runs: 10 });
    expect(proposed(files).fired).toEqual([]);
  });

  test('three runs say nothing', () => {
    const files = arrivals(days(3, '01:30'));
    expect(propose(files, { nowMs: NOW_MS, calendars: new Calendars(), timezone: 'UTC' })).toBeUndefined();
  });
});
