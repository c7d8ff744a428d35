import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AlarmDefinition, definitionProblems, expand } from './definition.ts';

const DEFINITION: AlarmDefinition = {
  id: 'failed',
  title: 'Replication of {bucket} to {target} fails',
  severity: 'critical',
  firstStep: 'Look at the role of {bucket}.',
  labels: { team: 'storage' },
  rule: { kind: 'status', alarmOn: ['failed'], okOn: ['ok'] },
};

describe('expand()', () => {
  test('gives one alarm for each set of labels', () => {
    const series = [{ bucket: 'b' }, { bucket: 'a' }, { bucket: 'b' }];
    expect(expand(DEFINITION, series)).toEqual({
      alarms: ['a', 'b'].map((bucket) => ({
        id: `failed{bucket="${bucket}"}`,
        definition: 'failed',
        title: `Replication of ${bucket} to {target} fails`,
        severity: 'critical',
        firstStep: `Look at the role of ${bucket}.`,
        labels: { bucket, team: 'storage' },
        rule: DEFINITION.rule,
      })),
      omitted: 0,
    });
  });

  test('leaves out what is of other labels, and says what the limit left out', () => {
    const series = Array.from({ length: 30 }, (_, index) => ({
      bucket: `b${index}`,
      store: index % 2 === 0 ? 'aws' : 'minio',
    }));
    const { alarms, omitted } = expand({ ...DEFINITION, where: { store: 'aws' } }, series, { limit: 10 });
    expect(alarms).toHaveLength(10);
    expect(alarms.every(({ labels }) => labels['store'] === 'aws')).toBe(true);
    expect(omitted).toBe(5);
  });

  test('keeps those that are there when new ones are too many', () => {
    const series = ['a', 'b', 'c', 'd'].map((bucket) => ({ bucket }));
    const there = expand(DEFINITION, series.slice(2)).alarms.map(({ id }) => id);
    const isThere = (id: string): boolean => there.includes(id);
    const { alarms, omitted } = expand(DEFINITION, series, { limit: 3, isThere });
    expect(alarms.map(({ labels }) => labels['bucket'])).toEqual(['a', 'c', 'd']);
    expect(omitted).toBe(1);
  });

  test('gives a composite one alarm, whatever the series', () => {
    const composite = { ...DEFINITION, rule: { kind: 'composite', rule: 'ALARM(x)' } } as const;
    expect(expand(composite, []).alarms.map(({ id }) => id)).toEqual(['failed']);
    expect(expand(composite, [{ a: '1' }, { a: '2' }]).alarms).toHaveLength(1);
  });

  test('text of labels is text: it is not filled in again', () => {
    const [alarm] = expand(DEFINITION, [{ bucket: '{target}$&', target: '{bucket}' }]).alarms;
    expect(alarm?.title).toBe('Replication of {target}$& to {bucket} fails');
  });

  test('is the same whatever the order and repetition of series', () => {
    const labels = fc.dictionary(fc.string({ maxLength: 3 }), fc.string({ maxLength: 3 }), { maxKeys: 3 });
    const series = fc
      .array(labels, { maxLength: 8 })
      .chain((some) =>
        fc.tuple(fc.constant(some), fc.shuffledSubarray([...some, ...some], { minLength: some.length * 2 })),
      );
    fc.assert(
      fc.property(series, fc.integer({ min: 0, max: 10 }), ([some, other], limit) => {
        expect(expand(DEFINITION, other, { limit })).toEqual(expand(DEFINITION, some, { limit }));
      }),
    );
  });
});

describe('definitionProblems()', () => {
  const composite = (id: string, rule: string): AlarmDefinition => ({
    ...DEFINITION,
    id,
    rule: { kind: 'composite', rule },
  });
  test.each<readonly [string, readonly AlarmDefinition[], readonly string[]]>([
    ['sound ones', [DEFINITION, composite('page', 'ALARM(failed)')], []],
    ['an id with a brace', [{ ...DEFINITION, id: 'a{b' }], ['a{b id is not letters, digits and _./-']],
    ['two of one id', [DEFINITION, DEFINITION], ['failed id is there twice']],
    [
      'a word that is both',
      [{ ...DEFINITION, rule: { kind: 'status', alarmOn: ['a'], okOn: ['a'] } }],
      ['failed alarmOn has "a", as okOn has'],
    ],
    [
      'no word',
      [{ ...DEFINITION, rule: { kind: 'status', alarmOn: [], okOn: [] } }],
      ['failed alarmOn has no word'],
    ],
    [
      'a grace below 0',
      [{ ...DEFINITION, rule: { kind: 'deadline', graceMs: -1 } }],
      ['failed graceMs is below 0'],
    ],
    [
      'a rule that cannot be read',
      [composite('a', 'ALARM(')],
      [
        'a rule Alarm a: Cannot read the composite rule: it needs the id of an alarm, got the end of "ALARM(".',
      ],
    ],
    [
      'a cycle',
      [DEFINITION, composite('a', 'ALARM(b)'), composite('b', 'ALARM(a)')],
      ['a rule Cannot order the composite alarms: they are made of one another, got a -> b -> a.'],
    ],
  ])('of %s', (_what, definitions, expected) => {
    expect(
      definitionProblems(definitions).map(
        ({ definition, path, message }) => `${definition} ${path} ${message}`,
      ),
    ).toEqual(expected);
  });
});
