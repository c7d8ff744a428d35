import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { backTest, type BackTestOutcome, type Past } from './back-test.ts';
import { backTestSentence } from './back-test-text.ts';
import type { AlarmDefinition, AlarmRule } from './definition.ts';
import { MISSING_DATA, type MetricRule } from './metric-rule.ts';
import type { Transition } from './state.ts';
import { runTimeline } from './timeline-run.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const parts = { pause: async () => undefined };

const RULE: MetricRule = {
  kind: 'metric',
  metric: 'Rejects',
  statistic: 'Sum',
  periodMs: MINUTE_MS,
  evaluationPeriods: 1,
  datapointsToAlarm: 1,
  limit: { kind: 'threshold', operator: 'GreaterThanThreshold', threshold: 80 },
  missing: 'missing',
};

function definitionOf(rule: AlarmRule): AlarmDefinition {
  return { id: 'a', title: 'A of {bucket}', severity: 'warning', firstStep: '', labels: {}, rule };
}

/** One value a minute from midnight of 1970 on; null is a gap. */
function pointsOf(values: readonly (number | null)[]) {
  return values.flatMap((value, index) => (value === null ? [] : [{ startMs: index * MINUTE_MS, value }]));
}

function pastOf(values: readonly (number | null)[], bucket = 'x'): Past {
  return { kind: 'points', labels: { bucket }, points: pointsOf(values) };
}

function run(rule: AlarmRule, pasts: readonly Past[], endMs: number, startMs = 0): Promise<BackTestOutcome> {
  return backTest({ definition: definitionOf(rule), pasts, startMs, endMs }, parts);
}

function told({ firings }: BackTestOutcome): readonly (readonly [string, number, number | undefined])[] {
  return firings.map(({ alarm, startMs, endMs }) => [
    alarm.id,
    startMs / MINUTE_MS,
    endMs === undefined ? undefined : endMs / MINUTE_MS,
  ]);
}

/** Times in ALARM, from the end of the first period on: a timeline is looked at before it too. */
function spansOf(transitions: readonly Transition[]) {
  return transitions.flatMap(({ state, atMs }, index) => {
    const endMs = transitions[index + 1]?.atMs;
    if (state !== 'ALARM' || (endMs !== undefined && endMs <= MINUTE_MS)) return [];
    return [[Math.max(atMs, MINUTE_MS), endMs]];
  });
}

describe('backTest() of a metric', () => {
  test('tells when it would have begun and ended, and why', async () => {
    const outcome = await run(RULE, [pastOf([50, 81, 70, 81, 82])], 5 * MINUTE_MS);
    expect(told(outcome)).toEqual([
      ['a{bucket="x"}', 2, 3],
      ['a{bucket="x"}', 4, undefined],
    ]);
    expect(outcome.firings[0]).toMatchObject({
      alarm: { title: 'A of x' },
      sentence: '1 of 1 point is above 80, the newest is 81 at 1970-01-01T00:01Z.',
    });
  });

  test('carries the state from look to look: a recovery threshold holds it', async () => {
    const limit = { ...RULE.limit, kind: 'threshold', recoveryThreshold: 60 } as MetricRule['limit'];
    const outcome = await run({ ...RULE, limit }, [pastOf([81, 70, 81, 60, 50])], 5 * MINUTE_MS);
    expect(told(outcome)).toEqual([['a{bucket="x"}', 1, 4]]);
  });

  test('looks at points from before the start, and fires at the start at the earliest', async () => {
    const rule = { ...RULE, evaluationPeriods: 3, datapointsToAlarm: 3 };
    const outcome = await run(rule, [pastOf([90, 90, 90, 90, 0])], 5 * MINUTE_MS, 3 * MINUTE_MS);
    expect(told(outcome)).toEqual([['a{bucket="x"}', 3, 5]]);
  });

  test('an alarm for each series, in order of their starts, with the definition’s labels wanted', async () => {
    const definition = { ...definitionOf(RULE), where: { kind: 'k' } };
    const labelled = (bucket: string, kind: string, values: number[]): Past => ({
      ...pastOf(values),
      labels: { bucket, kind },
    });
    const pasts = [labelled('x', 'k', [0, 90]), labelled('y', 'k', [90, 0]), labelled('z', 'other', [90])];
    const outcome = await backTest({ definition, pasts, startMs: 0, endMs: 2 * MINUTE_MS }, parts);
    expect(outcome.alarms).toBe(2);
    expect(told(outcome)).toEqual([
      ['a{bucket="y",kind="k"}', 1, 2],
      ['a{bucket="x",kind="k"}', 2, undefined],
    ]);
  });

  test('what a late source has not brought yet is no gap', async () => {
    const rule: MetricRule = { ...RULE, missing: 'breaching', extraPeriods: 0 };
    const late = (values: readonly number[]): Past => ({
      kind: 'points',
      labels: {},
      points: pointsOf(values),
      completeUntilMs: 2 * MINUTE_MS,
    });
    expect(told(await run(rule, [late([0, 0])], 5 * MINUTE_MS))).toEqual([]);
    expect(told(await run(rule, [pastOf([0, 0])], 5 * MINUTE_MS))).toEqual([['a{bucket="x"}', 3, undefined]]);
  });

  test('others get their turn while it goes on, and may end it', async () => {
    const values = Array.from({ length: 3000 }, () => 0);
    const pause = () => Promise.reject(new Error('enough'));
    const request = {
      definition: definitionOf(RULE),
      pasts: [pastOf(values)],
      startMs: 0,
      endMs: values.length * MINUTE_MS,
    };
    await expect(backTest(request, { pause })).rejects.toThrow('enough');
    let pauses = 0;
    await backTest(request, { pause: async () => void (pauses += 1) });
    expect(pauses).toBe(6);
  });

  const valueOf = fc.option(fc.constantFrom(0, 90), { nil: null, freq: 3 });
  test('is what a timeline of the same points does', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(valueOf, { minLength: 1, maxLength: 25 }),
        fc.constantFrom(...MISSING_DATA),
        fc.integer({ min: 1, max: 4 }).chain((n) => fc.tuple(fc.constant(n), fc.integer({ min: 1, max: n }))),
        async (rest, missing, [n, m]) => {
          const values = [0, ...rest];
          const text = `metric alarm a
            points ${m} of ${n}
            threshold > 80
            missing ${missing}
            settle 0
            at 1m values ${values.map((value) => value ?? '-').join(' ')}
            by ${values.length}m changes are 99`;
          const { transitions } = runTimeline(text);
          const rule = { ...RULE, missing, evaluationPeriods: n, datapointsToAlarm: m };
          const { firings } = await run(rule, [pastOf(values)], values.length * MINUTE_MS);
          expect(firings.map(({ startMs, endMs }) => [startMs, endMs])).toEqual(spansOf(transitions));
        },
      ),
    );
  });
});

describe('backTest() of what was said', () => {
  const STATUS: AlarmRule = { kind: 'status', alarmOn: ['late'], okOn: ['ok'], holdMs: 2 * MINUTE_MS };
  const said = (status: string, minute: number) => ({
    atMs: minute * MINUTE_MS,
    reading: { status, sentence: `${status}.`, sinceMs: minute * MINUTE_MS },
  });

  test('a status counts once it has held, and until it is another', async () => {
    const past: Past = {
      kind: 'readings',
      labels: {},
      readings: [said('ok', 0), said('late', 10), said('ok', 11), said('late', 20), said('ok', 30)],
    };
    expect(told(await run(STATUS, [past], HOUR_MS))).toEqual([['a', 22, 30]]);
  });

  test('what was said before the start holds at the start', async () => {
    const past: Past = { kind: 'readings', labels: {}, readings: [said('late', 0), said('ok', 30)] };
    expect(told(await run(STATUS, [past], HOUR_MS, 10 * MINUTE_MS))).toEqual([['a', 10, 30]]);
  });

  test('a deadline fires when its grace is over', async () => {
    const past: Past = {
      kind: 'readings',
      labels: {},
      readings: [
        { atMs: 0, reading: { dueMs: 10 * MINUTE_MS } },
        { atMs: 30 * MINUTE_MS, reading: { dueMs: 10 * MINUTE_MS, metMs: 30 * MINUTE_MS } },
      ],
    };
    const rule: AlarmRule = { kind: 'deadline', graceMs: 5 * MINUTE_MS };
    expect(told(await run(rule, [past], HOUR_MS))).toEqual([['a', 15, 30]]);
  });
});

describe('backTestSentence()', () => {
  const alarm = { id: 'a', title: 'A' };
  const firing = (startMinute: number, endMinute: number | undefined, id = 'a') => ({
    alarm: { ...alarm, id },
    startMs: startMinute * MINUTE_MS,
    sentence: '',
    ...(endMinute === undefined ? {} : { endMs: endMinute * MINUTE_MS }),
  });
  const sentence = (outcome: Partial<BackTestOutcome>) =>
    backTestSentence(
      { alarms: 1, omitted: 0, firings: [], ...outcome },
      { startMs: 0, endMs: 30 * 24 * HOUR_MS },
    );

  test.each([
    [{ alarms: 0 }, 'Nothing is stored of the last 30 d that it would have looked at.'],
    [{}, 'It would not have fired in 30 d.'],
    [{ firings: [firing(0, 12)] }, 'It would have fired once in 30 d, for 12 min.'],
    [{ firings: [firing(0, 12), firing(20, 32)] }, 'It would have fired 2 times in 30 d, 12 min each.'],
    [
      { alarms: 7, firings: [firing(0, 12), firing(20, 140, 'b'), firing(150, 151)] },
      'It would have fired 3 times in 30 d, on 2 of 7 alarms, 1 min to 2 h each, 2.2 h in all.',
    ],
    [
      { firings: [firing(0, 60), firing(30 * 24 * 60 - 60, undefined)] },
      'It would have fired 2 times in 30 d, 1 h each. 1 would still be in ALARM.',
    ],
    [
      { omitted: 3 },
      'It would not have fired in 30 d. 3 more alarms than a definition may have were left out.',
    ],
  ])('%#', (outcome, text) => {
    expect(sentence(outcome)).toBe(text);
  });
});
