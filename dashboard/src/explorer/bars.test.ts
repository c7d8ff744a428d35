import { expect, test } from 'vitest';
import type { Histogram } from '../../../src/serve/search-api.ts';
import { barAt, barsOf } from './bars.ts';

const ANSWER: Histogram = {
  coverage: {
    since: '2026-11-20T10:30:00Z',
    until: '2026-11-20T14:00:00Z',
    newest_event: null,
    sources: [],
    complete_until: '2026-11-20T13:00:00Z',
  },
  step_seconds: 3600,
  total: 7,
  estimated: false,
  sampled_requests: 0,
  points: [
    { time: '2026-11-20T11:00:00Z', total: 5, errors: 1 },
    { time: '2026-11-20T13:00:00Z', total: 2, errors: 0 },
  ],
};

test('barsOf() puts back the steps without a record, from the one that holds the start', () => {
  const bars = barsOf(ANSWER);
  expect(bars.steps.map((step) => step?.total ?? null)).toEqual([null, 5, null, 2]);
  expect(new Date(bars.timeOf(0)).toISOString()).toBe('2026-11-20T10:00:00.000Z');
  expect([0, 1, 4].map(bars.shareOf)).toEqual([0, 1 / 7, 1]);
  expect(bars.errors).toBe(1);
  expect(bars.completeMs).toBe(Date.parse('2026-11-20T13:00:00Z'));
});

test('barsOf() says nothing of completeness where all has arrived, or nothing is known', () => {
  const { coverage } = ANSWER;
  expect(
    barsOf({ ...ANSWER, coverage: { ...coverage, complete_until: coverage.until } }).completeMs,
  ).toBeNull();
  expect(barsOf({ ...ANSWER, coverage: { ...coverage, complete_until: null } }).completeMs).toBeNull();
});

test('barsOf() of an answer without points still has its steps', () => {
  expect(barsOf({ ...ANSWER, points: [] }).steps).toEqual([null, null, null, null]);
});

test('barAt() is the step under a share of the width', () => {
  const bars = barsOf(ANSWER);
  expect([0, 0.1, 1 / 7, 0.5, 0.999, 1].map((share) => barAt(bars, share))).toEqual([0, 0, 1, 2, 3, 3]);
});
