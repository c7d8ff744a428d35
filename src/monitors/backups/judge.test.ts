/** What holds of judging whatever came, and when to look again. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judgeSeries } from './judge.ts';
import type { Arrival } from './runs.ts';
import { Calendars, type Schedule } from './schedule.ts';
import type { JudgedRun, SeriesRule } from './verdict.ts';

const START_MS = Date.parse('2026-10-20T00:00Z');
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const END_MS = START_MS + 14 * 24 * HOUR_MS;
const STANDING = { isAccepted: true, isPaused: false, isRetired: false };
const calendars = new Calendars();

function rule(schedule: Schedule, more: Partial<SeriesRule> = {}): SeriesRule {
  return { schedule, graceMs: 30 * MINUTE_MS, sinceMs: START_MS, ...more };
}

const DAILY: Schedule = { kind: 'cron', cron: '30 1 * * *', timezone: 'Europe/Lisbon' };

function judged(series: SeriesRule, arrivals: readonly Arrival[], nowMs: number) {
  return judgeSeries({ rule: series, standing: STANDING }, arrivals, { nowMs, calendars });
}

function arrival(atMs: number, sizeBytes = 100): Arrival {
  return { key: `${atMs}`, versionId: '', atMs, sizeBytes, etag: `${atMs}`, member: '', stamp: '' };
}

const schedules = fc.constantFrom<Schedule>(
  DAILY,
  { kind: 'cron', cron: '0 */6 * * *', timezone: 'America/New_York' },
  { kind: 'weekdays', weekdays: ['mon', 'thu'], at: '02:00', timezone: 'Australia/Lord_Howe' },
  { kind: 'every', periodMs: 7 * HOUR_MS },
);

const series = fc.record({
  rule: schedules.chain((schedule) =>
    fc.constantFrom(
      rule(schedule),
      rule(schedule, { change: { down: 0.5, up: 1, runs: 3 } }),
      rule(schedule, { members: { kind: 'usual', runs: 4 } }),
      rule(schedule, { members: { kind: 'count', count: 2 }, refusesDuplicates: true }),
    ),
  ),
  arrivals: fc
    .array(fc.tuple(fc.integer({ min: 0, max: 14 * 24 * 60 }), fc.constantFrom(10, 100, 110, 500)), {
      maxLength: 40,
    })
    .map((all) => [...all].sort(([a], [b]) => a - b))
    .map((all) => all.map(([minute, size]) => arrival(START_MS + minute * MINUTE_MS, size))),
  nowMs: fc.integer({ min: 0, max: 14 * 24 * 60 }).map((minute) => START_MS + minute * MINUTE_MS),
});

describe('judging', () => {
  test('knows nothing of what came after the moment', () => {
    fc.assert(
      fc.property(series, ({ rule: one, arrivals, nowMs }) => {
        const before = arrivals.filter(({ atMs }) => atMs <= nowMs);
        expect(judged(one, arrivals, nowMs).runs).toEqual(judged(one, before, nowMs).runs);
      }),
    );
  });

  test('gives a run the same verdict at any later moment at which nothing more came', () => {
    const isClosed = ({ verdict }: JudgedRun): boolean => verdict !== 'expected';
    const verdictOf = ({ dueMs, verdict, sinceMs }: JudgedRun): object => ({ dueMs, verdict, sinceMs });
    // What is late and not whole has a grace of its own, and is missing until that ends.
    const isOpenStill = ({ verdict, files }: JudgedRun): boolean => verdict === 'missing' && files.length > 0;
    fc.assert(
      fc.property(series, fc.integer({ min: 0, max: 5000 }), ({ rule: one, arrivals, nowMs }, minutes) => {
        const before = arrivals.filter(({ atMs }) => atMs <= nowMs);
        const closed = judged(one, before, nowMs).runs.filter((run) => isClosed(run) && !isOpenStill(run));
        const later = judged(one, before, nowMs + minutes * MINUTE_MS).runs;
        const dues = new Set(closed.map(({ dueMs }) => dueMs));
        expect(later.filter(({ dueMs }) => dues.has(dueMs)).map(verdictOf)).toEqual(closed.map(verdictOf));
      }),
    );
  });

  test('looks again in time: between two looks the state would have been the same', () => {
    const stateOf = (one: SeriesRule, arrivals: readonly Arrival[], nowMs: number) => {
      const { verdict, sinceMs, newest } = judged(one, arrivals, nowMs).state;
      return { verdict, sinceMs, dueMs: newest?.dueMs };
    };
    fc.assert(
      fc.property(
        series,
        fc.double({ min: 0, max: 1, noNaN: true }),
        ({ rule: one, arrivals, nowMs }, share) => {
          const { nextCheckMs } = judged(one, arrivals, nowMs);
          expect(nextCheckMs).toBeGreaterThan(nowMs);
          const between = nowMs + Math.floor((nextCheckMs - 1 - nowMs) * share);
          expect(stateOf(one, arrivals, between)).toEqual(stateOf(one, arrivals, nowMs));
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('the next look', () => {
  test('is at the deadline of a period shorter than a day, also after a run that came and one that did not', () => {
    const every = rule({ kind: 'every', periodMs: 6 * HOUR_MS });
    const files = [arrival(START_MS + 6 * HOUR_MS)];
    const deadlineMs = START_MS + 12 * HOUR_MS + 30 * MINUTE_MS;
    expect(judged(every, files, START_MS + 7 * HOUR_MS).nextCheckMs).toBe(START_MS + 12 * HOUR_MS);
    expect(judged(every, files, START_MS + 12 * HOUR_MS).nextCheckMs).toBe(deadlineMs);
    expect(judged(every, files, deadlineMs).nextCheckMs).toBe(START_MS + 18 * HOUR_MS);
  });

  test('is when a file counts that the clock of the store dates ahead of ours', () => {
    const nowMs = START_MS + 5 * HOUR_MS;
    const files = [arrival(nowMs + 2 * MINUTE_MS)];
    const { state, nextCheckMs } = judged(rule(DAILY), files, nowMs);
    expect({ verdict: state.verdict, nextCheckMs }).toEqual({
      verdict: 'missing',
      nextCheckMs: nowMs + 2 * MINUTE_MS,
    });
    expect(judged(rule(DAILY), files, nextCheckMs).state.verdict).toBe('late');
  });
});

test('a restart across a deadline changes nothing: any looks on the way give the verdicts of the last', () => {
  const files = [arrival(START_MS + HOUR_MS / 2), arrival(START_MS + 29 * HOUR_MS)];
  const seen = new Map<number, string>();
  for (const nowMs of [START_MS, START_MS + HOUR_MS / 2, START_MS + 29 * HOUR_MS, END_MS])
    for (const { dueMs, verdict } of judged(rule(DAILY), files, nowMs).runs) seen.set(dueMs, verdict);
  expect([...seen.values()]).toEqual(judged(rule(DAILY), files, END_MS).runs.map(({ verdict }) => verdict));
});

test('a period of a minute over ten years keeps the newest 10,000 runs, and takes no longer than they do', () => {
  const every = rule({ kind: 'every', periodMs: MINUTE_MS }, { sinceMs: END_MS - 3650 * 24 * HOUR_MS });
  const { runs } = judged(every, [], END_MS);
  expect(runs).toHaveLength(10_000);
  expect(runs.at(-1)?.dueMs).toBe(END_MS);
});

test('a run never opens before the one before it is due, however early it may come', () => {
  const early = rule(DAILY, { earlyMs: 40 * HOUR_MS });
  const verdicts = judged(early, [arrival(START_MS + HOUR_MS / 4)], START_MS + 2 * HOUR_MS).runs;
  expect(verdicts.map(({ verdict }) => verdict)).toEqual(['ok', 'expected']);
});
