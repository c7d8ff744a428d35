import { describe, expect, test } from 'vitest';
import { gapsBetween, isUnusual, summaryOf, unusualGaps } from './gaps.ts';

const HOUR_S = 3600;
const DAY_S = 24 * HOUR_S;

/** Deliveries every five minutes of ten days, but for what `isQuiet` says of the hour and the day. */
function everyFiveMinutes(isQuiet: (hour: number, day: number) => boolean): number[] {
  return Array.from({ length: 10 * 288 }, (_, index) => index * 300).filter(
    (atS) => !isQuiet(Math.floor(atS / HOUR_S) % 24, Math.floor(atS / DAY_S)),
  );
}

describe('summaryOf()', () => {
  test('gives percentiles of the lengths, and the longest', () => {
    const gaps = gapsBetween([0, 60, 120, 180, 1000]);
    expect(summaryOf(gaps)).toEqual({ usualS: 60, p95S: 820, p99S: 820, longestS: 820, count: 4 });
  });

  test('of a single delivery is empty', () => {
    expect(summaryOf(gapsBetween([7]))).toEqual({ usualS: 0, p95S: 0, p99S: 0, longestS: 0, count: 0 });
  });
});

describe('unusualGaps()', () => {
  const all = { sinceS: 0, untilS: 10 * DAY_S };

  test('finds the hour in which nothing came, where something comes on other days', () => {
    const deliveries = everyFiveMinutes((hour, day) => day === 6 && hour === 14);
    const [gap, ...more] = unusualGaps(deliveries, all);
    const startS = 6 * DAY_S + 14 * HOUR_S;
    expect([gap, more]).toEqual([{ sinceS: startS - 300, untilS: startS + HOUR_S }, []]);
  });

  test('leaves alone the hours in which nothing comes on any day', () => {
    expect(
      unusualGaps(
        everyFiveMinutes((hour) => hour < 6),
        all,
      ),
    ).toEqual([]);
  });

  test('leaves alone what is outside the range', () => {
    const deliveries = everyFiveMinutes((hour, day) => day === 6 && hour === 14);
    expect(unusualGaps(deliveries, { sinceS: 0, untilS: 6 * DAY_S })).toEqual([]);
  });

  test('says nothing when there are too few deliveries', () => {
    expect(unusualGaps([0, 60, 120, 90_000], all)).toEqual([]);
  });
});

test('isUnusual() goes by the length alone when there is no other day', () => {
  const deliveries = Array.from({ length: 12 }, (_, index) => index * 300);
  const usual = summaryOf(gapsBetween(deliveries));
  const wait = (lengthS: number) => isUnusual({ sinceS: 3300, untilS: 3300 + lengthS }, usual, deliveries);
  expect([wait(900), wait(901)]).toEqual([false, true]);
});
