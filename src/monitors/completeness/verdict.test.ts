import { describe, expect, test } from 'vitest';
import type { Arrivals, Lateness } from './arrivals.ts';
import { completeUntilMs } from './complete-until.ts';
import { verdictOf } from './verdict.ts';

const NOW_S = 1_800_000_000;
const NOW_MS = NOW_S * 1000;
const WAITING = { state: 'waiting', message: '' } as const;
const LATENESS: Lateness = {
  p50_seconds: 600,
  p95_seconds: 1800,
  p99_seconds: 3600,
  max_seconds: 9000,
  typical_seconds: 300,
  batches: 50,
};

/** A source that delivered every ten minutes for two days, the last time `agoS` ago. */
function delivering(agoS: number, source = 'logs'): Arrivals {
  const lastS = NOW_S - agoS;
  return {
    source,
    lateness: LATENESS,
    byFormat: new Map([['access-log', LATENESS]]),
    deliveriesS: Array.from({ length: 288 }, (_, index) => lastS - (287 - index) * 600),
    lastDeliveryMs: lastS * 1000,
    intakeLagS: 20,
  };
}

describe('verdictOf()', () => {
  test.each([
    [60, 'fresh'],
    [660, 'fresh'],
    [661, 'quiet'],
    [1800, 'quiet'],
    [1801, 'silent'],
  ] as const)('after %d seconds without a delivery it is %s', (agoS, verdict) => {
    const judged = verdictOf(delivering(agoS), WAITING, NOW_MS);
    expect(judged.verdict).toBe(verdict);
    expect(judged.quietSinceMs).toBe(verdict === 'fresh' ? undefined : (NOW_S - agoS) * 1000);
  });

  test('a source that is being read is not called silent for what is not loaded yet', () => {
    const reading = { state: 'reading', message: '' } as const;
    expect(verdictOf(delivering(90_000), reading, NOW_MS).verdict).toBe('unknown');
    expect(verdictOf(delivering(60), reading, NOW_MS).verdict).toBe('fresh');
  });

  test('a failing source fails, whatever came', () => {
    const failing = { state: 'failing', message: 'access denied' } as const;
    expect(verdictOf(delivering(60), failing, NOW_MS)).toMatchObject({
      verdict: 'failing',
      reason: 'access denied',
    });
  });

  test('without a delivery, with few, or not followed, it is unknown', () => {
    const few = { ...delivering(60), deliveriesS: [NOW_S - 60] };
    const verdicts = [
      verdictOf(undefined, WAITING, NOW_MS),
      verdictOf(few, WAITING, NOW_MS),
      verdictOf(delivering(60), undefined, NOW_MS),
    ].map(({ verdict }) => verdict);
    expect(verdicts).toEqual(['unknown', 'unknown', 'unknown']);
  });
});

describe('completeUntilMs()', () => {
  const untilS = (...sources: Parameters<typeof completeUntilMs>[1]) => {
    const ms = completeUntilMs(['minio-audit', 'access-log'], sources, NOW_MS);
    return ms === undefined ? undefined : ms / 1000 - NOW_S;
  };

  test('is p99 of the lateness and the lag of the intake before now', () => {
    expect(untilS({ arrivals: delivering(60), followed: WAITING })).toBe(-3620);
  });

  test('is the least over the sources that are followed; what was loaded by hand does not hold it back', () => {
    const old = { arrivals: delivering(900_000, 'by hand'), followed: undefined };
    const fresh = { arrivals: delivering(60), followed: WAITING };
    const silent = { arrivals: delivering(7200), followed: WAITING };
    expect(untilS(old, fresh)).toBe(-3620);
    expect(untilS(fresh, silent)).toBe(-7200 - 3600);
    expect(untilS(old)).toBe(-900_000 - 3600);
  });

  test('is unknown when no source has records of the format', () => {
    expect(completeUntilMs(['cloudtrail'], [{ arrivals: delivering(60), followed: WAITING }], NOW_MS)).toBe(
      undefined,
    );
  });
});
