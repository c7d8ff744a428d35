import { describe, expect, test } from 'vitest';
import { drawnColumns, type ChartLine } from './chart-lines.ts';
import { statusColors } from './series-colors.ts';
import { stepsOf } from './steps.ts';

const COVERAGE = {
  since: '2026-11-21T10:00:00Z',
  until: '2026-11-21T10:05:00Z',
  newest_event: null,
  complete_until: '2026-11-21T10:04:00Z',
  sources: [],
};
const SINCE = Date.parse(COVERAGE.since) / 1000;

function line(id: string, values: readonly (number | null)[]): ChartLine {
  return { id, name: id, meaning: '', color: 'red', values, whole: null };
}

describe('stepsOf()', () => {
  test('puts steps without a record back as gaps, never as zero', () => {
    const points = [
      { time: '2026-11-21T10:01:00Z', requests: 3 },
      { time: '2026-11-21T10:03:00Z', requests: 0 },
    ];
    const steps = stepsOf({ coverage: COVERAGE, step_seconds: 60, points });
    expect(steps.times.map((time) => time - SINCE)).toEqual([0, 60, 120, 180, 240]);
    expect(steps.points.map((point) => point?.requests ?? null)).toEqual([null, 3, null, 0, null]);
    expect(steps.completeUntil).toBe(SINCE + 240);
  });

  test('keeps the step that holds the beginning of the range', () => {
    const points = [{ time: '2026-11-21T09:58:00Z' }];
    const coverage = { ...COVERAGE, until: '2026-11-21T10:10:00Z' };
    const steps = stepsOf({ coverage, step_seconds: 240, points });
    expect(steps.times.map((time) => time - SINCE)).toEqual([-120, 120, 360]);
  });
});

describe('drawnColumns()', () => {
  test('stacks from the base up, the topmost layer first, and leaves gaps', () => {
    const lines = [line('base', [1, null, 4]), line('top', [2, null, null])];
    expect(drawnColumns(lines, 'stack', false)).toEqual([
      [3, null, 4],
      [1, null, 4],
    ]);
  });

  test('draws zero at the floor of a logarithmic scale, and no gap', () => {
    expect(drawnColumns([line('p50', [0, null, 40])], 'band', true)).toEqual([[0.5, null, 40]]);
  });
});

test('statusColors() gives a class its colour, further codes of it lighter ones', () => {
  expect(statusColors(['200', '503', '206', '-'])).toEqual([
    'var(--status-2xx)',
    'var(--status-5xx)',
    'color-mix(in srgb, var(--status-2xx) 75%, var(--raised))',
    'var(--status-other)',
  ]);
});
