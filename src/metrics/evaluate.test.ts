import { describe, expect, test } from 'vitest';
import type { Expression } from './expression.ts';
import { evaluate, type LabelledPoints, needsOf, type Span } from './evaluate.ts';
import { parseExpression } from './parse-expression.ts';
import type { Labels, Point } from './points.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const WEEK_MS = 168 * HOUR_MS;
/** A Friday, 10:00 UTC. */
const START_MS = Date.parse('2026-11-20T10:00:00Z');
const SPAN = { startMs: START_MS, endMs: START_MS + 5 * MINUTE_MS };

function series(labels: Labels, values: readonly (number | null)[], startMs = START_MS): LabelledPoints {
  const points = values.flatMap((value, minute): Point[] =>
    value === null ? [] : [{ startMs: startMs + minute * MINUTE_MS, value }],
  );
  return { labels, points };
}

interface Given {
  readonly [metric: string]: readonly LabelledPoints[];
}

function evaluated(text: string, given: Given, nowMs = SPAN.endMs): readonly LabelledPoints[] {
  const within = (points: readonly Point[], { startMs, endMs }: Span): Point[] =>
    points.filter((point) => point.startMs >= startMs && point.startMs < endMs);
  return evaluate(parseExpression(text), SPAN, {
    periodMs: MINUTE_MS,
    nowMs,
    seriesOf: ({ name }, span) =>
      (given[name] ?? []).map(({ labels, points }) => ({ labels, points: within(points, span) })),
    wholeLabelsOf: ({ where }: Extract<Expression, { kind: 'reference' }>) =>
      Object.keys(where).length === 0 ? undefined : where,
  });
}

function shown(found: readonly LabelledPoints[]): string[] {
  return found.map(({ labels, points }) => {
    const values = points.map(({ startMs, value }) => `${(startMs - START_MS) / MINUTE_MS}=${value}`);
    return `${Object.values(labels).join(' ')}: ${values.join(' ')}`;
  });
}

describe('evaluate()', () => {
  const A = [series({ bucket: 'x' }, [6, 8, null]), series({ bucket: 'y' }, [1, 2, 3])];
  const B = [series({ bucket: 'x' }, [2, 0, 4]), series({ bucket: 'z' }, [1])];

  test.each([
    ['A * 2 + 1', ['x: 0=13 1=17', 'y: 0=3 1=5 2=7']],
    ['10 - A', ['x: 0=4 1=2', 'y: 0=9 1=8 2=7']],
    ['rate(A) * 60', ['x: 0=6 1=8', 'y: 0=1 1=2 2=3']],
    ['1 / 0', []],
  ])('%s', (text, expected) => {
    expect(shown(evaluated(text, { A, B }))).toEqual(expected);
  });

  test('joins series by the labels both have; nothing is divided by zero', () => {
    expect(shown(evaluated('A / B', { A, B }))).toEqual(['x: 0=3']);
  });

  test('joins one series with each of many that have its labels', () => {
    const many = [series({ bucket: 'x', rule: 'r' }, [1]), series({ bucket: 'x', rule: 's' }, [2])];
    expect(shown(evaluated('many / A', { many, A: [series({ bucket: 'x' }, [4])] }))).toEqual([
      'x r: 0=0.25',
      'x s: 0=0.5',
    ]);
  });

  test('refuses many series and many with no label in common', () => {
    const other = [series({ rule: 'r' }, [1]), series({ rule: 's' }, [2])];
    expect(() => evaluated('A +\n  other', { A, other })).toThrow('line 1, column 3: the two sides of +');
  });

  test('the fewest samples are those of the whole', () => {
    const withSamples = (samples: number) => [
      { labels: {}, points: [{ startMs: START_MS, value: 1, samples }] },
    ];
    const [found] = evaluated('A + B', { A: withSamples(7), B: withSamples(3) });
    expect(found?.points).toEqual([{ startMs: START_MS, value: 2, samples: 3 }]);
  });

  test('fill() gives gaps a value, up to the last period that is over', () => {
    const nowMs = START_MS + 3.5 * MINUTE_MS;
    expect(shown(evaluated('fill(A, 0)', { A: [series({ bucket: 'x' }, [null, 5])] }, nowMs))).toEqual([
      'x: 0=0 1=5 2=0',
    ]);
  });

  test('fill() makes the series of a metric that is named whole and has no points', () => {
    const nowMs = START_MS + 2 * MINUTE_MS;
    expect(shown(evaluated('fill(A{bucket="x"}, 7)', {}, nowMs))).toEqual(['x: 0=7 1=7']);
    expect(shown(evaluated('fill(A, 7)', {}, nowMs))).toEqual([]);
  });

  describe('band()', () => {
    /** The same hour of the weeks before, a value a minute. */
    const weeks = (values: readonly (readonly number[])[]) => [
      {
        labels: { bucket: 'x' },
        points: [
          ...values.flatMap((week, index) =>
            series({}, week, START_MS - (index + 1) * WEEK_MS).points.concat(
              series({}, [9999], START_MS - (index + 1) * WEEK_MS + HOUR_MS).points,
            ),
          ),
          { startMs: START_MS, value: 20 },
        ],
      },
    ];

    test('is the median and its deviation of the same hour of the week', () => {
      const [found] = evaluated('band(A, 2)', {
        A: weeks([
          [8, 10],
          [9, 11],
          [10, 12],
        ]),
      });
      const [point] = found?.points ?? [];
      expect(point).toMatchObject({ startMs: START_MS, value: 20 });
      // The median of 8 9 10 10 11 12 is 10, of the deviations 0 0 1 1 2 2 it is 1.
      expect(point?.lower).toBeCloseTo(10 - 2 * 1.4826, 6);
      expect(point?.upper).toBeCloseTo(10 + 2 * 1.4826, 6);
    });

    test('is not of no width where nothing ever changed', () => {
      const [found] = evaluated('band(A, 3)', { A: weeks([[100], [100], [100], [100]]) });
      expect(found?.points[0]).toMatchObject({ lower: 85, upper: 115 });
    });

    test('is none before there are three weeks', () => {
      const [found] = evaluated('band(A, 3)', {
        A: weeks([
          [1, 2, 3],
          [1, 2, 3],
        ]),
      });
      expect(found?.points).toEqual([{ startMs: START_MS, value: 20 }]);
    });

    test('is of what it is around', () => {
      const [found] = evaluated('band(A * 2, 3)', { A: weeks([[100], [100], [100]]) });
      expect(found?.points[0]).toMatchObject({ value: 40, lower: 170, upper: 230 });
    });

    test('needs whole hours of four weeks before, and no others', () => {
      const needs = needsOf(parseExpression('band(A, 3)'), SPAN, MINUTE_MS).map(([, span]) => span);
      expect(needs).toEqual([
        SPAN,
        ...[1, 2, 3, 4].map((week) => ({
          startMs: START_MS - week * WEEK_MS,
          endMs: START_MS - week * WEEK_MS + HOUR_MS,
        })),
      ]);
    });
  });
});
