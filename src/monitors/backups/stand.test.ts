import { expect, test } from 'vitest';
import type { ExpectedSeries } from './monitor.ts';
import { Calendars } from './schedule.ts';
import { standOf } from './stand.ts';

const HOUR_MS = 3_600_000;
const SINCE_MS = Date.parse('2026-11-20T00:00Z');

test('a period in which nothing ever came falls due from when it was expected on, whenever that is asked', () => {
  const rule = { schedule: { kind: 'every', periodMs: 24 * HOUR_MS }, graceMs: HOUR_MS } as const;
  const expected: ExpectedSeries = {
    name: 'orders',
    bucket: 'dumps',
    pattern: '{date}.gz',
    rule,
    fileBytesMin: 1,
    standing: { isAccepted: true, isPaused: false, isRetired: false },
  };
  const series = { bucket: 'dumps', id: 'orders', expected, discovery: undefined, files: [], isCut: false };
  const said = { isPaused: false, isRetired: false, acceptedMs: [] };
  const stands = [2, 20].map((hours) =>
    standOf(
      series,
      { said, expectedSinceMs: SINCE_MS },
      { nowMs: SINCE_MS + (48 + hours) * HOUR_MS, calendars: new Calendars(), timezone: 'UTC' },
    ),
  );
  expect(stands.map(({ nextDuesMs: [next] }) => new Date(next ?? 0).toISOString())).toEqual([
    '2026-11-23T00:00:00.000Z',
    '2026-11-23T00:00:00.000Z',
  ]);
});
