import { describe, expect, test } from 'vitest';
import { Admission } from './admission.ts';
import { estimateOf, estimateText } from './prices.ts';
import type { KnownSeries } from './progress.ts';

const FIVE_MINUTES_MS = 300_000;
/** 730 hours of five minutes. */
const PERIODS = 8_760;

describe('estimateOf()', () => {
  test.each([
    // 12 x 0.30, and 8,760 requests and 106 for the values at 0.01 a thousand.
    { series: 12, data: 12 * PERIODS, requestsMin: PERIODS, requests: 8_866, usd: 3.6887 },
    // 10,000 x 0.30 and 2,000 x 0.10.
    { series: 12_000, data: 0, requestsMin: 0, requests: 0, usd: 3_200 },
    // 10,000 x 0.30, 240,000 x 0.10, 750,000 x 0.05, 1 x 0.02.
    { series: 1_000_001, data: 0, requestsMin: 0, requests: 0, usd: 64_500.02 },
  ])('$series series cost $usd', ({ requests, usd, ...volume }) => {
    const estimate = estimateOf(volume);
    expect(estimate).toMatchObject({ customMetrics: volume.series, requests });
    expect(estimate.usd).toBeCloseTo(usd, 4);
  });

  test('is told in words', () => {
    expect(estimateText(estimateOf({ series: 1, data: PERIODS, requestsMin: PERIODS }))).toBe(
      '1 custom metric and 8,769 requests, about 0.39 USD a month',
    );
  });
});

describe('Admission', () => {
  const limits = { budgetUsd: 1, seriesMax: 10, requestsMin: 0 };

  test('takes series until the next would cost more than the budget, and those that are there first', () => {
    const known = new Map<string, KnownSeries>([['old', { lastMs: 0, periodMs: FIVE_MINUTES_MS }]]);
    const admission = new Admission(known, limits, 1);
    const taken = ['a', 'b', 'c', 'old', 'a'].filter((id) => admission.admits(id, FIVE_MINUTES_MS));
    expect(taken).toEqual(['a', 'b', 'old', 'a']);
    expect(admission.leftOut).toEqual({ budget: new Set(['c']), limit: new Set() });
    expect(admission.estimate()).toMatchObject({ customMetrics: 3, requests: 27 });
    expect(known.get('old')).toEqual({ lastMs: 1, periodMs: FIVE_MINUTES_MS });
  });

  test('counts requests: series by the minute have five times the values', () => {
    const tight = { ...limits, budgetUsd: 0.3001 };
    expect(new Admission(new Map(), tight, 1).admits('a', FIVE_MINUTES_MS)).toBe(true);
    expect(new Admission(new Map(), tight, 1).admits('a', 60_000)).toBe(false);
  });

  test('takes no more than the limit, whatever they cost', () => {
    const admission = new Admission(new Map(), { ...limits, seriesMax: 1 }, 1);
    expect(['a', 'b'].map((id) => admission.admits(id, FIVE_MINUTES_MS))).toEqual([true, false]);
    expect(admission.leftOut.limit).toEqual(new Set(['b']));
  });
});
