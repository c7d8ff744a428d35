import { describe, expect, test } from 'vitest';
import type { AlarmState, EvaluationTime } from './alarm.ts';
import { BAND_OPERATORS, type Limit, type Point, THRESHOLD_OPERATORS } from './limit.ts';
import { evaluateMetric } from './metric-alarm.ts';
import {
  evaluationEveryMs,
  MISSING_DATA,
  type MetricRule,
  metricRuleProblems,
  samplesNeeded,
} from './metric-rule.ts';

const MINUTE_MS = 60_000;
const NOW_MS = Date.parse('2026-11-01T12:00Z');

const RULE: MetricRule = {
  kind: 'metric',
  metric: '5xxErrors',
  statistic: 'Sum',
  periodMs: MINUTE_MS,
  evaluationPeriods: 3,
  datapointsToAlarm: 3,
  limit: { kind: 'threshold', operator: 'GreaterThanThreshold', threshold: 3 },
  missing: 'missing',
};

/** `0 X -` or numbers, newest last: the last period ends at noon. `0` is 1, `X` is 5. */
function pointsOf(text: string, endMs = NOW_MS): Point[] {
  const words = text.split(' ');
  return words.flatMap((word, index) => {
    const startMs = endMs - (words.length - index) * MINUTE_MS;
    const value = word === 'X' ? 5 : word === '0' ? 1 : Number(word);
    return word === '-' ? [] : [{ startMs, value }];
  });
}

function stateOf(rule: MetricRule, text: string, time: Partial<EvaluationTime> = {}): AlarmState {
  return evaluateMetric(rule, pointsOf(text), { nowMs: NOW_MS, ...time }).state;
}

type Row = readonly [m: number, points: string, missing: string, ignore: string, bad: string, good: string];

const NOT_ENOUGH = 'INSUFFICIENT_DATA';
const R = 'retained';

/** N = 3. Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html */
const TABLES: readonly Row[] = [
  [3, '0 - X - X', 'OK', 'OK', 'OK', 'OK'],
  [3, '0 - - - -', 'OK', 'OK', 'OK', 'OK'],
  [3, '- - - - -', NOT_ENOUGH, R, 'ALARM', 'OK'],
  [3, '0 X X - X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
  [3, '- - X - -', 'ALARM', R, 'ALARM', 'OK'],
  [3, '- - - - X', NOT_ENOUGH, R, 'ALARM', 'OK'],
  [3, 'X - - - -', 'ALARM', R, 'ALARM', 'OK'],
  [2, '0 - X - X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
  [2, '0 0 X 0 X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
  [2, '0 - X - -', 'OK', 'OK', 'ALARM', 'OK'],
  [2, '- - - - 0', 'OK', 'OK', 'ALARM', 'OK'],
  [2, '- - - X -', 'ALARM', R, 'ALARM', 'OK'],
  [2, '- - - - X', NOT_ENOUGH, R, 'ALARM', 'OK'],
];

const CASES = TABLES.flatMap(([m, points, ...outcomes]) =>
  MISSING_DATA.map((missing, index) => ({ m, points, missing, outcome: outcomes[index] ?? '' })),
);

test.each(CASES)(
  'evaluateMetric() of $m of 3, $points, $missing is $outcome',
  ({ m, points, missing, outcome }) => {
    for (const state of ['OK', 'ALARM', 'INSUFFICIENT_DATA'] as const) {
      const rule = { ...RULE, datapointsToAlarm: m, missing };
      expect(stateOf(rule, points, { state })).toBe(outcome === R ? state : outcome);
    }
  },
);

describe('beside the tables, 3 of 3, missing data as missing:', () => {
  test.each(['- - - - X', '- - - X -'])('%s is no alarm yet', (points) => {
    expect(stateOf(RULE, points, { state: 'OK' })).toBe('INSUFFICIENT_DATA');
  });

  test.each(['- - - X 0', '- - X - 0'])('%s never becomes one', (points) => {
    expect(stateOf(RULE, points)).toBe('OK');
    expect(stateOf(RULE, `${points} - -`)).toBe('OK');
  });

  test('a good point and gaps that are breaching are an alarm when it has left the range', () => {
    const rule = { ...RULE, missing: 'breaching' } as const;
    expect(stateOf(rule, '0 - - - -')).toBe('OK');
    expect(stateOf(rule, '0 - - - - -')).toBe('ALARM');
  });
});

test.each([
  ['breaching', 'ALARM'],
  ['notBreaching', 'OK'],
  ['missing', 'INSUFFICIENT_DATA'],
  ['ignore', 'INSUFFICIENT_DATA'],
] as const)('a new alarm without data, %s, is %s', (missing, state) => {
  expect(evaluateMetric({ ...RULE, missing }, [], { nowMs: NOW_MS }).state).toBe(state);
});

test('a new alarm uses data from before it was made', () => {
  expect(stateOf(RULE, 'X X X')).toBe('ALARM');
});

describe('the range', () => {
  test.each([
    [1, '0 - -', 'OK'],
    [1, '0 - - -', 'ALARM'],
    [3, '0 - - - -', 'OK'],
    [3, '0 - - - - -', 'ALARM'],
    [5, '0 - - - - - -', 'OK'],
    [5, '0 - - - - - - -', 'ALARM'],
  ])('of %i points is two longer: %s is %s', (n, points, state) => {
    const rule = { ...RULE, evaluationPeriods: n, datapointsToAlarm: n, missing: 'breaching' } as const;
    expect(stateOf(rule, points)).toBe(state);
  });

  test('may end with its points', () => {
    const rule = { ...RULE, evaluationPeriods: 1, datapointsToAlarm: 1, missing: 'breaching' } as const;
    expect(stateOf({ ...rule, extraPeriods: 0 }, '0 -')).toBe('ALARM');
  });

  test('leaves out the period that is under way', () => {
    const points = pointsOf('0 0 0 X X X', NOW_MS + MINUTE_MS);
    expect(evaluateMetric(RULE, points, { nowMs: NOW_MS + MINUTE_MS - 1 }).state).toBe('OK');
    expect(evaluateMetric(RULE, points, { nowMs: NOW_MS + MINUTE_MS }).state).toBe('ALARM');
  });
});

describe('limits', () => {
  const threshold = (operator: (typeof THRESHOLD_OPERATORS)[number]): Limit => ({
    kind: 'threshold',
    operator,
    threshold: 3,
  });
  const one: MetricRule = { ...RULE, evaluationPeriods: 1, datapointsToAlarm: 1 };
  const state = (limit: Limit, point: Omit<Point, 'startMs'>): AlarmState =>
    evaluateMetric({ ...one, limit }, [{ startMs: NOW_MS - MINUTE_MS, ...point }], { nowMs: NOW_MS }).state;

  test.each([
    ['GreaterThanThreshold', ['OK', 'OK', 'ALARM']],
    ['GreaterThanOrEqualToThreshold', ['OK', 'ALARM', 'ALARM']],
    ['LessThanThreshold', ['ALARM', 'OK', 'OK']],
    ['LessThanOrEqualToThreshold', ['ALARM', 'ALARM', 'OK']],
  ] as const)('%s 3 of 2, 3 and 4 is %j', (operator, states) => {
    expect([2, 3, 4].map((value) => state(threshold(operator), { value }))).toEqual(states);
  });

  test.each([
    ['LessThanLowerOrGreaterThanUpperThreshold', ['ALARM', 'OK', 'OK', 'OK', 'ALARM']],
    ['LessThanLowerThreshold', ['ALARM', 'OK', 'OK', 'OK', 'OK']],
    ['GreaterThanUpperThreshold', ['OK', 'OK', 'OK', 'OK', 'ALARM']],
  ] as const)('%s of the band 2 to 4 at 1 to 5 is %j', (operator, states) => {
    const limit = { kind: 'band', operator } as const;
    expect([1, 2, 3, 4, 5].map((value) => state(limit, { value, lower: 2, upper: 4 }))).toEqual(states);
  });

  test.each(BAND_OPERATORS)('%s of a point without a band says nothing', (operator) => {
    expect(state({ kind: 'band', operator }, { value: 1 })).toBe('INSUFFICIENT_DATA');
  });

  test('one bound alone is compared with', () => {
    const limit = { kind: 'band', operator: 'LessThanLowerOrGreaterThanUpperThreshold' } as const;
    expect(state(limit, { value: 5, upper: 4 })).toBe('ALARM');
    expect(state(limit, { value: 1, upper: 4 })).toBe('OK');
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])('%d is no point', (value) => {
    expect(state(threshold('GreaterThanThreshold'), { value })).toBe('INSUFFICIENT_DATA');
  });
});

describe('percentiles of few samples', () => {
  test.each([
    [99, 1000],
    [99.9, 10_000],
    [90, 100],
    [50, 20],
    [10, 100],
    [25, 40],
    [0, 0],
    [100, 0],
  ])('p%d takes %d', (percentile, samples) => {
    expect(samplesNeeded(percentile)).toBe(samples);
  });

  const rule = (treat: 'evaluate' | 'ignore'): MetricRule => ({
    ...RULE,
    statistic: 'p90',
    evaluationPeriods: 1,
    datapointsToAlarm: 1,
    missing: 'breaching',
    lowSamples: { percentile: 90, treat },
  });
  const point = (samples: number, value = 5): Point => ({ startMs: NOW_MS - MINUTE_MS, value, samples });
  const time = { nowMs: NOW_MS, state: 'OK' } as const;

  test('are judged where they are to be', () => {
    expect(evaluateMetric(rule('evaluate'), [point(99)], time).state).toBe('ALARM');
  });

  test('change nothing where they are to be ignored', () => {
    expect(evaluateMetric(rule('ignore'), [point(100)], time).state).toBe('ALARM');
    expect(evaluateMetric(rule('ignore'), [point(99)], time)).toMatchObject({
      state: 'OK',
      sentence: 'Points are of fewer than the 100 samples that p90 takes: the state stays as it was.',
    });
    expect(evaluateMetric(rule('ignore'), [point(99, 1)], { ...time, state: 'ALARM' }).state).toBe('ALARM');
  });

  test('are no gaps either', () => {
    const three = { ...rule('ignore'), evaluationPeriods: 3, datapointsToAlarm: 3 };
    const before = pointsOf('- X 0').map((one) => ({ ...one, samples: one.value === 5 ? 5 : 500 }));
    expect(evaluateMetric(three, before, time).state).toBe('OK');
    const after = pointsOf('X X').map((one) => ({ ...one, samples: 500 }));
    const aside = { startMs: NOW_MS - 3 * MINUTE_MS, value: 1, samples: 5 };
    expect(evaluateMetric(three, [...after, aside], time).state).toBe('OK');
    expect(evaluateMetric(three, after, time).state).toBe('ALARM');
  });
});

describe('recovery', () => {
  const limit = { ...RULE.limit, recoveryThreshold: 1 } as Limit;
  const one = { ...RULE, evaluationPeriods: 1, datapointsToAlarm: 1, limit };

  test('between the thresholds an alarm goes on, and none begins', () => {
    expect(stateOf(one, '2', { state: 'ALARM' })).toBe('ALARM');
    expect(stateOf(one, '2', { state: 'OK' })).toBe('OK');
    expect(stateOf(one, '1', { state: 'ALARM' })).toBe('OK');
  });

  test.each([
    ['0 0', 'ALARM'],
    ['X 0 0', 'ALARM'],
    ['0 0 0', 'OK'],
    ['0 0 - 0', 'OK'],
    ['0 X 0 0', 'ALARM'],
    ['0 - -', 'ALARM'],
    ['- - - - -', 'INSUFFICIENT_DATA'],
  ])('after three points in a row that are fine: %s is %s', (points, state) => {
    expect(stateOf({ ...one, recoveryPeriods: 3 }, points, { state: 'ALARM' })).toBe(state);
  });

  test('gaps that do not breach count towards it', () => {
    const rule = { ...one, recoveryPeriods: 3, missing: 'notBreaching' } as const;
    expect(stateOf(rule, '0 - -', { state: 'ALARM' })).toBe('OK');
    expect(stateOf(rule, 'X - - -', { state: 'ALARM' })).toBe('ALARM');
  });

  test('is said', () => {
    const time = { nowMs: NOW_MS, state: 'ALARM' } as const;
    expect(evaluateMetric({ ...one, recoveryPeriods: 3 }, pointsOf('X 0 0'), time).sentence).toBe(
      'It ends when 3 points in a row are not above 1: the newest is 1 at 2026-11-01T11:59Z.',
    );
  });
});

describe('a source that is late', () => {
  const completeUntilMs = NOW_MS - 60 * MINUTE_MS;

  test('is judged up to where it is complete', () => {
    const bad = pointsOf('X X X', completeUntilMs);
    const good = pointsOf('0 0 0', completeUntilMs + 3 * MINUTE_MS);
    expect(evaluateMetric(RULE, [...bad, ...good], { nowMs: NOW_MS, completeUntilMs })).toMatchObject({
      state: 'ALARM',
      asOfMs: completeUntilMs,
      leansOnGaps: false,
      sentence:
        '3 of 3 points are above 3, the newest is 5 at 2026-11-01T10:59Z. Its source is complete until 2026-11-01T11:00Z, 1 h ago.',
    });
    expect(evaluateMetric(RULE, [...bad, ...good], { nowMs: NOW_MS }).state).toBe('INSUFFICIENT_DATA');
  });

  test('half a period is not judged', () => {
    const points = pointsOf('0 0 0 X', completeUntilMs + MINUTE_MS);
    const rule = { ...RULE, evaluationPeriods: 1, datapointsToAlarm: 1 };
    const time = { nowMs: NOW_MS, completeUntilMs: completeUntilMs + MINUTE_MS - 1 };
    expect(evaluateMetric(rule, points, time).state).toBe('OK');
  });

  test('is waited for as long as the rule says', () => {
    const points = pointsOf('0 0 0', completeUntilMs);
    const time = { nowMs: NOW_MS, completeUntilMs };
    expect(evaluateMetric({ ...RULE, lateWaitMs: 60 * MINUTE_MS }, points, time).state).toBe('OK');
    expect(evaluateMetric({ ...RULE, lateWaitMs: 50 * MINUTE_MS }, points, time)).toMatchObject({
      state: 'INSUFFICIENT_DATA',
      leansOnGaps: true,
      asOfMs: NOW_MS - 50 * MINUTE_MS,
    });
  });
});

test.each([
  ['X X X', 'missing', 3, '3 of 3 points are above 3, the newest is 5 at 2026-11-01T11:59Z.'],
  [
    'X 0 0',
    'missing',
    2,
    '1 of 3 points is above 3 (2 of 3 make an alarm), the newest is 1 at 2026-11-01T11:59Z.',
  ],
  ['0 0 0', 'missing', 3, 'None of 3 points is above 3, the newest is 1 at 2026-11-01T11:59Z.'],
  ['-', 'missing', 3, 'No point in the last 5 min.'],
  ['-', 'ignore', 3, 'No point in the last 5 min: the state stays as it was.'],
  ['-', 'breaching', 3, 'No point in the last 5 min: what is missing counts as breaching.'],
  ['-', 'notBreaching', 3, 'No point in the last 5 min: what is missing counts as fine.'],
  [
    'X -',
    'breaching',
    3,
    '1 of 1 point is above 3, and 2 missing count as breaching, the newest is 5 at 2026-11-01T11:58Z.',
  ],
  ['X - -', 'missing', 3, '1 point is above 3, the newest is 5 at 2026-11-01T11:57Z, and none came since.'],
  [
    'X X',
    'missing',
    3,
    '2 points are above 3 and there is no other; 3 points make an alarm, the newest is 5 at 2026-11-01T11:59Z.',
  ],
  ['X - -', 'ignore', 3, 'Too few points in the last 5 min: the state stays as it was.'],
] as const)('why %s is as it is with %s data, %i needed', (points, missing, m, sentence) => {
  const rule = { ...RULE, missing, datapointsToAlarm: m };
  expect(evaluateMetric(rule, pointsOf(points), { nowMs: NOW_MS }).sentence).toBe(sentence);
});

test('values are said in their unit, and with the band they are compared with', () => {
  const rule: MetricRule = { ...RULE, evaluationPeriods: 1, datapointsToAlarm: 1, unit: 'Bytes' };
  const point: Point = { startMs: NOW_MS - MINUTE_MS, value: 3 * 1024 ** 3 };
  const sentence = (limit: Limit, more: Partial<Point> = {}): string =>
    evaluateMetric({ ...rule, limit }, [{ ...point, ...more }], { nowMs: NOW_MS }).sentence;
  expect(sentence({ kind: 'threshold', operator: 'GreaterThanThreshold', threshold: 1.5 * 1024 ** 3 })).toBe(
    '1 of 1 point is above 1.5 GiB, the newest is 3 GiB at 2026-11-01T11:59Z.',
  );
  expect(
    sentence({ kind: 'band', operator: 'GreaterThanUpperThreshold' }, { lower: 0, upper: 1024 ** 2 }),
  ).toBe(
    '1 of 1 point is above the expected band, the newest is 3 GiB at 2026-11-01T11:59Z, expected 0 B to 1 MiB.',
  );
});

test('numbers and evidence say what was looked at', () => {
  const { numbers, evidence } = evaluateMetric(RULE, pointsOf('0 - X'), { nowMs: NOW_MS });
  expect(numbers).toEqual({ threshold: 3, points: 2, breaching: 1, needed: 3, missing: 3, newest: 5 });
  expect(evidence.slice(2)).toEqual([
    { time: '2026-11-01T11:57:00.000Z', value: 1, standing: 'fine' },
    { time: '2026-11-01T11:58:00.000Z', value: null, standing: 'missing' },
    { time: '2026-11-01T11:59:00.000Z', value: 5, standing: 'breaching' },
  ]);
});

test.each([
  [{ periodMs: 15_000 }, 'periodMs'],
  [{ periodMs: 0 }, 'periodMs'],
  [{ evaluationPeriods: 0, datapointsToAlarm: 0 }, 'evaluationPeriods'],
  [{ datapointsToAlarm: 4 }, 'datapointsToAlarm'],
  [{ evaluationPeriods: 100_000, datapointsToAlarm: 1 }, 'evaluationPeriods'],
  [{ recoveryPeriods: 0 }, 'recoveryPeriods'],
  [{ extraPeriods: -1 }, 'extraPeriods'],
  [{ lateWaitMs: -1 }, 'lateWaitMs'],
  [{ lowSamples: { percentile: 101, treat: 'ignore' } }, 'lowSamples'],
  [{ limit: { ...RULE.limit, recoveryThreshold: 4 } as Limit }, 'limit'],
  [{ limit: { ...RULE.limit, threshold: Number.NaN } as Limit }, 'limit'],
] as const)('metricRuleProblems() of %j names %s', (wrong, path) => {
  expect(metricRuleProblems(RULE)).toEqual([]);
  expect(metricRuleProblems({ ...RULE, ...wrong }).map((problem) => problem.path)).toContain(path);
});

test.each([
  [10_000, 10_000],
  [30_000, 10_000],
  [60_000, 60_000],
  [86_400_000, 60_000],
])('an alarm of %d ms is evaluated each %d ms', (periodMs, everyMs) => {
  expect(evaluationEveryMs(periodMs)).toBe(everyMs);
});
