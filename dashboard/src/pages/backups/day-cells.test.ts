import { describe, expect, test } from 'vitest';
import { RUN_WORDS } from '../../lib/backup-words.ts';
import { dayTeller, daysUntil } from '../../lib/days.ts';
import { cellText, type CellSeries, dayCells, type DayRun, judgedCount } from './day-cells.ts';

const SERIES: CellSeries = { series: 'orders', recent: [], next_due: null, first_at: null };

function run(due: string, verdict: DayRun['verdict'] = 'ok', sentence?: string): DayRun {
  return { due, verdict, size_bytes: 1024, ...(sentence === undefined ? {} : { sentence }) };
}

function cellsOf(runs: readonly DayRun[], { series = SERIES, timezone = 'UTC', last = '2026-11-21' } = {}) {
  return dayCells(series, runs, { days: daysUntil(last, 4), dayOf: dayTeller(timezone) });
}

const verdictsOf = (cells: ReturnType<typeof cellsOf>) =>
  cells.map(({ runs }) => runs.map(({ verdict }) => verdict));

describe('dayCells()', () => {
  test('puts a run on the day on which it was due, in the zone that is asked for', () => {
    const runs = [run('2026-11-19T23:30:00Z'), run('2026-11-20T23:30:00Z', 'missing')];
    expect(verdictsOf(cellsOf(runs))).toEqual([[], ['ok'], ['missing'], []]);
    expect(verdictsOf(cellsOf(runs, { timezone: 'Europe/Berlin' }))).toEqual([[], [], ['ok'], ['missing']]);
  });

  test('has 25 hourly runs on the day the clocks go back, and 23 when they go forward', () => {
    const hourly = (from: string, hours: number) =>
      Array.from({ length: hours }, (_, hour) =>
        run(new Date(Date.parse(from) + hour * 3_600_000).toISOString()),
      );
    const autumn = cellsOf(hourly('2026-10-24T00:00:00Z', 72), {
      timezone: 'Europe/Berlin',
      last: '2026-10-26',
    });
    expect(autumn.find(({ day }) => day === '2026-10-25')?.runs).toHaveLength(25);
    const spring = cellsOf(hourly('2026-03-28T00:00:00Z', 72), {
      timezone: 'Europe/Berlin',
      last: '2026-03-30',
    });
    expect(spring.find(({ day }) => day === '2026-03-29')?.runs).toHaveLength(23);
  });

  test('has the worst of several runs first, and of those alike the latest', () => {
    const cells = cellsOf([
      run('2026-11-21T00:00:00Z', 'late'),
      run('2026-11-21T06:00:00Z'),
      run('2026-11-21T12:00:00Z', 'late'),
      run('2026-11-21T18:00:00Z', 'expected'),
    ]);
    expect(cells.at(-1)?.runs.map(({ due, verdict }) => `${due.slice(11, 13)} ${verdict}`)).toEqual([
      '12 late',
      '00 late',
      '06 ok',
      '18 expected',
    ]);
    expect(cells.map(judgedCount)).toEqual([0, 0, 0, 3]);
  });

  test('has the next run where nobody has judged it yet, and not beside what is known of it', () => {
    const series = { ...SERIES, next_due: '2026-11-21T22:00:00.000Z' };
    expect(verdictsOf(cellsOf([], { series })).at(-1)).toEqual(['expected']);
    expect(verdictsOf(cellsOf([run('2026-11-21T22:00:00Z', 'missing')], { series })).at(-1)).toEqual([
      'missing',
    ]);
  });

  test('takes the last runs of the series where the list of runs does not reach, and no run twice', () => {
    const recent = [run('2026-11-18T01:00:00Z', 'late'), run('2026-11-20T01:00:00Z', 'too-small')];
    const cells = cellsOf([run('2026-11-20T01:00:00Z', 'too-small', '1.0 KiB, 71 % less.')], {
      series: { ...SERIES, recent },
    });
    expect(verdictsOf(cells)).toEqual([['late'], [], ['too-small'], []]);
    expect(cells[2]?.runs[0]?.sentence).toBe('1.0 KiB, 71 % less.');
  });

  test('knows the days on which the series was not there yet from those on which nothing was due', () => {
    const isBefore = (cells: ReturnType<typeof cellsOf>) => cells.map((cell) => cell.isBefore);
    expect(isBefore(cellsOf([run('2026-11-20T01:00:00Z')]))).toEqual([true, true, false, false]);
    const series = { ...SERIES, first_at: '2026-11-19T01:00:00Z' };
    expect(isBefore(cellsOf([run('2026-11-20T01:00:00Z')], { series }))).toEqual([true, false, false, false]);
    expect(isBefore(cellsOf([]))).toEqual([false, false, false, false]);
  });
});

test('cellText() says series, day, verdict and why, for one run and for several', () => {
  const said = (runs: readonly DayRun[]) => cellsOf(runs).map((cell) => cellText('orders\u202e', cell));
  expect(said([run('2026-11-20T01:00:00Z', 'too-small', '1.2 GiB, 71 % less.')]).slice(1)).toEqual([
    'orders\\u202e, 19 Nov: not there yet',
    'orders\\u202e, 20 Nov: Too small: 1.2 GiB, 71 % less.',
    'orders\\u202e, 21 Nov: nothing was due',
  ]);
  expect(
    said([
      run('2026-11-21T01:00:00Z'),
      run('2026-11-21T02:00:00Z', 'missing', 'Nothing came by the deadline.'),
      run('2026-11-21T03:00:00Z'),
    ]).at(-1),
  ).toBe('orders\\u202e, 21 Nov: 3 runs, 1 missing, 2 OK; due 02:00: Missing: Nothing came by the deadline.');
  expect(said([run('2026-11-21T01:00:00Z')]).at(-1)).toBe('orders\\u202e, 21 Nov: OK: 1.0 KiB.');
});

test('each verdict has a letter of its own', () => {
  const letters = Object.values(RUN_WORDS).map(({ letter }) => letter);
  expect(letters.filter((letter) => !/^[A-Z]$/.test(letter))).toEqual([]);
  expect(new Set(letters).size).toBe(letters.length);
});
