import { expect, test } from 'vitest';
import type { BackupRun } from '../../lib/backup-row.ts';
import { sizePoints } from './size-points.ts';

function run(due: string, changes: Partial<BackupRun>): BackupRun {
  return {
    bucket: 'b',
    series: 's',
    due,
    deadline: due,
    verdict: 'ok',
    sentence: '',
    since: due,
    arrived: due,
    size_bytes: 100,
    usual_bytes: 100,
    files: 1,
    keys: [],
    members: 1,
    members_expected: null,
    ...changes,
  };
}

const RUNS = [
  run('2026-11-21T00:00:00Z', { verdict: 'expected', size_bytes: 0, files: 0, arrived: null }),
  run('2026-11-20T00:00:00Z', { verdict: 'missing', size_bytes: 0, files: 0, arrived: null }),
  run('2026-11-19T00:00:00Z', { verdict: 'too-large', size_bytes: 300 }),
  run('2026-11-18T00:00:00Z', { usual_bytes: null }),
];

test('sizePoints() draws runs oldest first, a gap and a mark at zero for what did not come, and nothing for what is to come', () => {
  const points = sizePoints({ runs: RUNS, rule: { size: { down: 0.5, up: 1 } } });
  expect(points.times).toEqual([18, 19, 20].map((day) => Date.parse(`2026-11-${day}T00:00:00Z`) / 1000));
  expect(points.sizes).toEqual([100, 300, null]);
  expect(points.marks).toEqual({
    ok: [100, null, null],
    late: [null, 300, null],
    alarm: [null, null, 0],
  });
  expect(points.low).toEqual([null, 50, 50]);
  expect(points.high).toEqual([null, 200, 200]);
});

test('sizePoints() leaves a side open of which the rule says nothing, and the band out where it says nothing at all', () => {
  const half = sizePoints({ runs: RUNS, rule: { size: { down: 0.5 } } });
  expect([half.low, half.high]).toEqual([
    [null, 50, 50],
    [null, 300, 300],
  ]);
  const none = sizePoints({ runs: RUNS, rule: {} });
  expect([none.low, none.high]).toEqual([
    [null, null, null],
    [null, null, null],
  ]);
});
