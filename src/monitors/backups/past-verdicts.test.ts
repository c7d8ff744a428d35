import { describe, expect, test } from 'vitest';
import type { StoredAct } from './acts.ts';
import { verdictsOf } from './past-verdicts.ts';
import type { StoredRun } from './run-rows.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Due at midnight of a day, with an hour of grace. */
function run(day: number, more: Partial<StoredRun> & Pick<StoredRun, 'verdict'>): StoredRun {
  return {
    bucket: 'dumps',
    series: 'orders',
    dueMs: day * DAY_MS,
    deadlineMs: day * DAY_MS + HOUR_MS,
    sentence: `${more.verdict}.`,
    sinceMs: day * DAY_MS + HOUR_MS,
    arrivedMs: null,
    sizeBytes: 0,
    usualBytes: null,
    files: 0,
    keys: [],
    members: 0,
    membersExpected: null,
    ...more,
  };
}

function act(day: number, kind: StoredAct['act'], untilDay?: number): StoredAct {
  const said = { bucket: 'dumps', series: 'orders', act: kind, author: '', reason: '' };
  return { ...said, atMs: day * DAY_MS, ...(untilDay === undefined ? {} : { untilMs: untilDay * DAY_MS }) };
}

/** Hours after the first midnight, and what was said from then on. */
function said(runs: readonly StoredRun[], acts: readonly StoredAct[] = []): readonly string[] {
  return verdictsOf(runs, { acts, endMs: 100 * DAY_MS }).map(
    ({ atMs, verdict }) => `${atMs / HOUR_MS} ${verdict}`,
  );
}

describe('verdictsOf()', () => {
  test('what came in time is ok from its arrival on, and until the next run is judged', () => {
    const ok = run(0, { verdict: 'ok', sinceMs: HOUR_MS / 2, arrivedMs: HOUR_MS / 2 });
    expect(said([ok, run(1, { verdict: 'missing' }), run(2, { verdict: 'expected' })])).toEqual([
      '0.5 ok',
      '25 missing',
    ]);
  });

  test('what came late was missing until it came', () => {
    const late = run(0, { verdict: 'late', arrivedMs: 3 * HOUR_MS });
    expect(said([late])).toEqual(['1 missing', '3 late']);
    const [missing, then] = verdictsOf([late], { acts: [], endMs: DAY_MS });
    expect(missing).toMatchObject({ sinceMs: HOUR_MS, sentence: 'It was not there by the deadline.' });
    expect(then).toMatchObject({ sinceMs: HOUR_MS, sentence: 'late.' });
  });

  test('what came late and was wrong was missing until it could be judged', () => {
    expect(said([run(0, { verdict: 'too-small', sinceMs: 4 * HOUR_MS })])).toEqual([
      '1 missing',
      '4 too-small',
    ]);
    expect(said([run(0, { verdict: 'too-small' })])).toEqual(['1 too-small']);
  });

  test('while it was paused that was said, and then what its runs say', () => {
    const runs = [run(0, { verdict: 'missing' }), run(2, { verdict: 'too-large' })];
    expect(said(runs, [act(1, 'pause', 3)])).toEqual(['1 missing', '24 paused', '49 paused', '72 too-large']);
    expect(said(runs, [act(1, 'pause'), act(4, 'resume')])).toEqual([
      '1 missing',
      '24 paused',
      '49 paused',
      '96 too-large',
    ]);
  });

  test('what was retired says so until it is expected again', () => {
    expect(said([run(0, { verdict: 'missing' })], [act(1, 'retire'), act(3, 'expect')])).toEqual([
      '1 missing',
      '24 retired',
      '72 missing',
    ]);
  });

  test('nothing is said of what is to come', () => {
    expect(
      verdictsOf([run(5, { verdict: 'missing' })], { acts: [act(0, 'pause', 9)], endMs: DAY_MS }),
    ).toMatchObject([{ atMs: 0, verdict: 'paused' }]);
  });
});
