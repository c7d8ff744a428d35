/** What holds of every metric alarm and every set of points. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ALARM_STATES, type EvaluationTime } from './alarm.ts';
import type { Limit, Point } from './limit.ts';
import { evaluateMetric } from './metric-alarm.ts';
import { MISSING_DATA, type MetricRule, metricRuleProblems } from './metric-rule.ts';

const PERIOD_MS = 60_000;
const NOW_MS = Date.parse('2026-11-01T12:00Z');
const THRESHOLD = 3;

const limit: fc.Arbitrary<Limit> = fc.oneof(
  fc.constant({ kind: 'threshold', operator: 'GreaterThanThreshold', threshold: THRESHOLD } as const),
  fc.integer({ min: 0, max: THRESHOLD }).map((recoveryThreshold) => ({
    kind: 'threshold' as const,
    operator: 'GreaterThanOrEqualToThreshold' as const,
    threshold: THRESHOLD,
    recoveryThreshold,
  })),
);

const plainRule: fc.Arbitrary<MetricRule> = fc
  .record({
    evaluationPeriods: fc.integer({ min: 1, max: 6 }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    limit,
    missing: fc.constantFrom(...MISSING_DATA),
    extraPeriods: fc.integer({ min: 0, max: 3 }),
  })
  .map(({ share, ...rule }) => ({
    kind: 'metric',
    metric: '5xxErrors',
    statistic: 'Sum',
    periodMs: PERIOD_MS,
    datapointsToAlarm: Math.max(1, Math.ceil(share * rule.evaluationPeriods)),
    ...rule,
  }));

const rule: fc.Arbitrary<MetricRule> = fc
  .tuple(plainRule, fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }))
  .map(([plain, recoveryPeriods]) => (recoveryPeriods === undefined ? plain : { ...plain, recoveryPeriods }));

const point: fc.Arbitrary<Point> = fc.record({
  startMs: fc.integer({ min: -12, max: 3 }).map((period) => NOW_MS + period * PERIOD_MS),
  value: fc.integer({ min: 0, max: 6 }),
});
/** One for each period at most. */
const points = fc.uniqueArray(point, { selector: ({ startMs }) => startMs, maxLength: 12 });

const time: fc.Arbitrary<EvaluationTime> = fc
  .tuple(fc.constantFrom(...ALARM_STATES, undefined), fc.integer({ min: -4, max: 1 }))
  .map(([state, complete]) => ({
    nowMs: NOW_MS,
    completeUntilMs: NOW_MS + complete * PERIOD_MS,
    ...(state === undefined ? {} : { state }),
  }));

const RUNS = { numRuns: 2000 };

test('rules made here are sound', () => {
  fc.assert(
    fc.property(rule, (made) => {
      expect(metricRuleProblems(made)).toEqual([]);
    }),
  );
});

test('the order of points and their repetition change nothing', () => {
  const shuffled = fc
    .array(point, { maxLength: 12 })
    .chain((some) =>
      fc.tuple(fc.constant(some), fc.shuffledSubarray([...some, ...some], { minLength: some.length * 2 })),
    );
  fc.assert(
    fc.property(rule, shuffled, time, (made, [some, other], when) => {
      expect(evaluateMetric(made, other, when)).toEqual(evaluateMetric(made, some, when));
    }),
    RUNS,
  );
});

test('what lies outside of the range changes nothing', () => {
  fc.assert(
    fc.property(plainRule, points, time, (made, some, when) => {
      const evaluation = evaluateMetric(made, some, when);
      const rangeMs = (made.evaluationPeriods + (made.extraPeriods ?? 0)) * PERIOD_MS;
      const within = some.filter(
        ({ startMs }) => startMs < evaluation.asOfMs && startMs >= evaluation.asOfMs - rangeMs,
      );
      expect(evaluateMetric(made, within, when)).toEqual(evaluation);
    }),
    RUNS,
  );
});

test('the same points later are the same later', () => {
  fc.assert(
    fc.property(rule, points, time, fc.integer({ min: 1, max: 1e6 }), (made, some, when, periods) => {
      const byMs = periods * PERIOD_MS;
      const moved = some.map((one) => ({ ...one, startMs: one.startMs + byMs }));
      const { completeUntilMs = NOW_MS } = when;
      const later = { ...when, nowMs: NOW_MS + byMs, completeUntilMs: completeUntilMs + byMs };
      const { state, numbers, leansOnGaps } = evaluateMetric(made, some, when);
      expect(evaluateMetric(made, moved, later)).toMatchObject({ state, numbers, leansOnGaps });
    }),
    RUNS,
  );
});

test('a point more that is fine never makes an alarm', () => {
  fc.assert(
    fc.property(rule, points, point, time, (made, some, { startMs }, when) => {
      // An alarm that a gap ended may go on when a point takes its place and recovery wants more than one.
      fc.pre(made.recoveryPeriods === undefined || when.state !== 'ALARM');
      const fine = { startMs, value: -1 };
      const before = evaluateMetric(made, some, when).state;
      const others = some.filter((one) => one.startMs !== startMs);
      const after = evaluateMetric(made, [...others, fine], when).state;
      if (before !== 'ALARM') expect(after).not.toBe('ALARM');
    }),
    RUNS,
  );
});

test('the M newest periods breaching are an alarm, whatever was before', () => {
  fc.assert(
    fc.property(plainRule, points, time, (made, some, when) => {
      const { asOfMs } = evaluateMetric(made, some, when);
      const newest = Array.from({ length: made.datapointsToAlarm }, (_, index) => ({
        startMs: asOfMs - (index + 1) * PERIOD_MS,
        value: 9,
      }));
      const others = some.filter((one) => newest.every(({ startMs }) => startMs !== one.startMs));
      expect(evaluateMetric(made, [...others, ...newest], when).state).toBe('ALARM');
    }),
    RUNS,
  );
});

test('gaps that are fine alarm least, gaps that breach most', () => {
  fc.assert(
    fc.property(plainRule, points, time, (made, some, when) => {
      const [missing, ignore, breaching, notBreaching] = MISSING_DATA.map(
        (treat) => evaluateMetric({ ...made, missing: treat }, some, when).state,
      );
      if (notBreaching === 'ALARM') expect([missing, ignore, breaching]).toEqual(['ALARM', 'ALARM', 'ALARM']);
      if (missing === 'ALARM') expect(breaching).toBe('ALARM');
      expect([breaching, notBreaching]).not.toContain('INSUFFICIENT_DATA');
    }),
    RUNS,
  );
});

test('hysteresis makes no alarm, it only keeps one', () => {
  fc.assert(
    fc.property(rule, points, time, (made, some, when) => {
      const { recoveryPeriods: _periods, ...plain } = made;
      const { limit: made_ } = made;
      const bare = made_.kind === 'threshold' ? { ...made_, recoveryThreshold: made_.threshold } : made_;
      const without = evaluateMetric({ ...plain, limit: bare }, some, when).state;
      const { state } = evaluateMetric(made, some, when);
      if (when.state !== 'ALARM') expect(state).toBe(without);
      if (without === 'ALARM') expect(state).toBe('ALARM');
    }),
    RUNS,
  );
});

test('INSUFFICIENT_DATA is said without a point that is fine, or was so before', () => {
  fc.assert(
    fc.property(rule, points, time, (made, some, when) => {
      const { state, numbers } = evaluateMetric(made, some, when);
      if (state === 'INSUFFICIENT_DATA' && (when.state ?? state) !== state)
        expect(numbers['points']).toBe(numbers['breaching']);
    }),
    RUNS,
  );
});

test('an alarm never ends as OK without a point that is fine, or gaps that are', () => {
  fc.assert(
    fc.property(rule, points, time, (made, some, when) => {
      const { state, numbers } = evaluateMetric(made, some, { ...when, state: 'ALARM' });
      if (state === 'OK' && made.missing !== 'notBreaching')
        expect(numbers['points']).toBeGreaterThan(numbers['breaching'] ?? 0);
    }),
    RUNS,
  );
});

test('mirrored values and limits are the same alarm', () => {
  fc.assert(
    fc.property(plainRule, points, time, (made, some, when) => {
      const upward = { kind: 'threshold', operator: 'GreaterThanThreshold', threshold: THRESHOLD } as const;
      const downward = { kind: 'threshold', operator: 'LessThanThreshold', threshold: -THRESHOLD } as const;
      const mirrored = some.map((one) => ({ ...one, value: -one.value }));
      expect(evaluateMetric({ ...made, limit: downward }, mirrored, when).state).toBe(
        evaluateMetric({ ...made, limit: upward }, some, when).state,
      );
    }),
    RUNS,
  );
});
