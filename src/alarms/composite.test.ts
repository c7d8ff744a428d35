import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ALARM_STATES, type AlarmState } from './alarm.ts';
import { evaluateComposites, type KnownState, orderedComposites } from './composite-alarm.ts';
import { type CompositeExpression, holds, parseCompositeRule, referencesOf } from './composite-rule.ts';

const STATES: Readonly<Record<string, AlarmState>> = {
  bad: 'ALARM',
  good: 'OK',
  dark: 'INSUFFICIENT_DATA',
  'canary{bucket="a b"}': 'ALARM',
};

test.each([
  ['TRUE', true],
  ['FALSE', false],
  ['ALARM(bad)', true],
  ['ALARM("bad")', true],
  ['ALARM(good)', false],
  ['ALARM(dark)', false],
  ['OK(good)', true],
  ['INSUFFICIENT_DATA(dark)', true],
  ['NOT ALARM(bad)', false],
  ['NOT NOT ALARM(bad)', true],
  ['ALARM(bad) AND ALARM(good)', false],
  ['ALARM(bad) OR ALARM(good)', true],
  ['TRUE OR TRUE AND FALSE', true],
  ['(TRUE OR TRUE) AND FALSE', false],
  ['NOT FALSE AND FALSE', false],
  ['NOT (FALSE AND FALSE)', true],
  ['ALARM("canary{bucket=\\"a b\\"}")', true],
  [' (\n ALARM( bad )\tAND OK(good) ) ', true],
  ['ALARM(gone)', undefined],
  ['NOT ALARM(gone)', undefined],
  ['ALARM(gone) AND ALARM(bad)', undefined],
  ['ALARM(gone) AND ALARM(good)', false],
  ['ALARM(gone) OR ALARM(bad)', true],
  ['ALARM(gone) OR ALARM(good)', undefined],
])('%s is %s', (rule, expected) => {
  expect(holds(parseCompositeRule(rule), (id) => STATES[id])).toBe(expected);
});

test.each([
  ['', 'got the end of ""'],
  ['ALARM', 'needs (, got the end'],
  ['ALARM(', 'needs the id of an alarm, got the end'],
  ['ALARM()', 'needs the id of an alarm, got ")" at character 7'],
  ['ALARM("")', 'needs the id of an alarm, got "" at character 7'],
  ['ALARM(a', 'needs ), got the end'],
  ['ALARM(a) OK(b)', 'needs AND, OR or the end, got "OK" at character 10'],
  ['ALARM(a) AND', 'got the end'],
  ['(ALARM(a)', 'needs ), got the end'],
  ['alarm(a)', 'got "alarm" at character 1'],
  ['ALARM(a) & OK(b)', '"&" at character 10 is no part of one'],
  ['ALARM("a)', '"\\"" at character 7 is no part of one'.replace('\\"', '"')],
  ['NOT '.repeat(2001), 'it may have 2000 parts, got 2001'],
  [' '.repeat(10_241), 'it may have 10240 characters, got 10241'],
])('parseCompositeRule() of %j is refused', (rule, message) => {
  expect(() => parseCompositeRule(rule)).toThrow(message);
});

const expression: fc.Arbitrary<CompositeExpression> = fc.letrec<{ node: CompositeExpression }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4 },
    fc.record({
      kind: fc.constant('state' as const),
      state: fc.constantFrom(...ALARM_STATES),
      of: fc.string({ unit: 'binary', minLength: 1, maxLength: 6 }),
    }),
    fc.record({ kind: fc.constant('constant' as const), value: fc.boolean() }),
    fc.record({ kind: fc.constant('not' as const), of: tie('node') }),
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      of: fc.array(tie('node'), { minLength: 2, maxLength: 3 }),
    }),
  ),
})).node;

function written(of: CompositeExpression): string {
  switch (of.kind) {
    case 'state':
      return `${of.state}("${of.of.replace(/["\\]/g, '\\$&')}")`;
    case 'constant':
      return of.value ? 'TRUE' : 'FALSE';
    case 'not':
      return `NOT (${written(of.of)})`;
    case 'and':
    case 'or':
      return of.of.map((part) => `(${written(part)})`).join(of.kind === 'and' ? ' AND ' : ' OR ');
  }
}

test('what was written from an expression is read as it, whatever its ids are', () => {
  fc.assert(
    fc.property(expression, (of) => {
      expect(parseCompositeRule(written(of))).toEqual(of);
    }),
    { numRuns: 1000 },
  );
});

test('any text is read or refused with a reason, never anything else', () => {
  const pieces = fc.constantFrom(
    'ALARM',
    'OK',
    '(',
    ')',
    'AND',
    'OR',
    'NOT',
    '"',
    '\\',
    ' ',
    'a',
    'é',
    'TRUE',
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
      try {
        referencesOf(parseCompositeRule(parts.join('')));
      } catch (error) {
        expect(error).toMatchObject({ name: 'Fault', code: 'invalid' });
      }
    }),
    { numRuns: 3000 },
  );
});

function composite(id: string, rule: string): Parameters<typeof orderedComposites>[0][number] {
  return { id, rule: { kind: 'composite', rule } };
}

describe('composites of composites', () => {
  test.each([
    [['a ALARM(a)'], 'a -> a'],
    [['a ALARM(b)', 'b OK(a)'], 'a -> b -> a'],
    [['x ALARM(a)', 'a ALARM(b)', 'b ALARM(c)', 'c NOT ALARM(a)'], 'a -> b -> c -> a'],
  ])('%j are refused', (rules, cycle) => {
    const composites = rules.map((text) => composite(text.slice(0, 1), text.slice(2)));
    expect(() => orderedComposites(composites)).toThrow(
      `Cannot order the composite alarms: they are made of one another, got ${cycle}.`,
    );
  });

  test('a rule that cannot be read names its alarm', () => {
    expect(() => orderedComposites([composite('page', 'ALARM(')])).toThrow('Alarm page: Cannot read');
  });

  const known: readonly KnownState[] = [
    { id: 'failed{bucket="a"}', definition: 'failed', state: 'OK' },
    { id: 'failed{bucket="b"}', definition: 'failed', state: 'ALARM' },
    { id: 'seen{bucket="a"}', definition: 'seen', state: 'OK' },
    { id: 'seen{bucket="b"}', definition: 'seen', state: 'INSUFFICIENT_DATA' },
    { id: 'seen{bucket="c"}', definition: 'seen', state: 'OK' },
    { id: 'maintenance', definition: 'maintenance', state: 'OK' },
    // As it was stored before; what is worked out now counts.
    { id: 'low', definition: 'low', state: 'OK' },
  ];
  const states = (...rules: readonly (readonly [id: string, rule: string])[]): Record<string, string> => {
    const composites = orderedComposites(rules.map(([id, rule]) => composite(id, rule)));
    const evaluations = evaluateComposites(composites, { known, nowMs: 0 });
    return Object.fromEntries([...evaluations].map(([id, { state }]) => [id, state]));
  };

  test('each sees those it is made of as they are now, in one pass and any order', () => {
    const rules = [
      ['high', 'ALARM(middle) AND NOT ALARM(maintenance)'],
      ['middle', 'ALARM(low)'],
      ['low', 'ALARM(failed)'],
    ] as const;
    const expected = { low: 'ALARM', middle: 'ALARM', high: 'ALARM' };
    expect(states(...rules)).toEqual(expected);
    expect(states(...rules.toReversed())).toEqual(expected);
  });

  test('a definition is the worst of its alarms, an alarm by its id is itself', () => {
    expect(
      states(
        ['any', 'ALARM(failed)'],
        ['all', 'OK(failed)'],
        ['dark', 'INSUFFICIENT_DATA(seen)'],
        ['one', String.raw`OK("failed{bucket=\"a\"}")`],
      ),
    ).toEqual({ any: 'ALARM', all: 'OK', dark: 'ALARM', one: 'ALARM' });
  });

  test('what is not known is said, and is not OK', () => {
    const composites = orderedComposites([composite('c', 'ALARM(failed) AND ALARM(gone)')]);
    expect(evaluateComposites(composites, { known, nowMs: 5 }).get('c')).toEqual({
      state: 'INSUFFICIENT_DATA',
      sentence: 'Whether its rule holds cannot be told: the state of gone is not known.',
      numbers: { alarms: 2, inAlarm: 1, unknown: 1 },
      evidence: [
        { alarm: 'failed', state: 'ALARM' },
        { alarm: 'gone', state: 'unknown' },
      ],
      asOfMs: 5,
      leansOnGaps: true,
    });
  });

  test('why it is as it is names its alarms', () => {
    const sentence = (rule: string): string | undefined =>
      evaluateComposites(orderedComposites([composite('why', rule)]), { known, nowMs: 0 }).get('why')
        ?.sentence;
    expect(sentence('ALARM(failed) AND OK(maintenance)')).toBe(
      'Its rule holds: failed is ALARM, maintenance is OK.',
    );
    expect(sentence('OK(failed)')).toBe('Its rule does not hold: failed is ALARM.');
    expect(sentence('TRUE')).toBe('Its rule holds.');
    const many = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((id) => `ALARM(${id})`).join(' AND ');
    expect(sentence(many)).toBe(
      'Whether its rule holds cannot be told: the state of a, b, c, d, e and 2 more is not known.',
    );
  });
});
