import { describe, expect, test } from 'vitest';
import { groupsOf } from '../pages/alarms/alarm-groups.ts';
import type { Alarm } from './alarm-row.ts';
import { bucketSentence, inOrder, isAboutBucket, standingOf } from './alarm-words.ts';

const ALARM: Alarm = {
  alarm: 'a',
  definition: 'a',
  kind: 'metric',
  title: 'A',
  severity: 'warning',
  labels: { bucket: 'media' },
  state: 'ALARM',
  since: '2026-11-21T11:00:00Z',
  sentence: '',
  numbers: {},
  evidence: [],
  first_step: '',
  as_of: '2026-11-21T12:00:00Z',
  evaluated_at: '2026-11-21T12:00:00Z',
  acknowledged: null,
  silences: [],
};

function alarm(id: string, changes: Partial<Alarm> = {}): Alarm {
  return { ...ALARM, alarm: id, ...changes };
}

const SILENCED = alarm('silenced', { silences: ['s'], severity: 'critical' });
const FINE = alarm('fine', { state: 'OK' });

test('inOrder() has the worst first, then the newest', () => {
  const rows = [
    alarm('info', { severity: 'info' }),
    alarm('old', { since: '2026-11-01T11:00:00Z' }),
    alarm('new'),
    alarm('critical', { severity: 'critical', since: '2026-10-01T11:00:00Z' }),
  ];
  expect(inOrder(rows).map((row) => row.alarm)).toEqual(['critical', 'new', 'old', 'info']);
});

test('groupsOf() puts alarms of a definition, or about a bucket, together, the worst group first', () => {
  const rows = [
    alarm('b1', { definition: 'b' }),
    alarm('c1', { definition: 'c', severity: 'critical', labels: {} }),
    alarm('b2', { definition: 'b', labels: { bucket: 'logs' } }),
  ];
  const names = (by: 'bucket' | null) =>
    groupsOf(rows, by).map(({ name, alarms }) => [name, ...alarms.map((row) => row.alarm)]);
  expect(names(null)).toEqual([
    ['c', 'c1'],
    ['b', 'b1', 'b2'],
  ]);
  expect(names('bucket')).toEqual([
    ['', 'c1'],
    ['media', 'b1'],
    ['logs', 'b2'],
  ]);
});

test('isAboutBucket() keeps alarms about the bucket at either end, and those about none', () => {
  expect(isAboutBucket(alarm('a'), 'media')).toBe(true);
  expect(isAboutBucket(alarm('a'), 'logs')).toBe(false);
  expect(isAboutBucket(alarm('a', { labels: { source: 'media', destination: 'logs' } }), 'logs')).toBe(true);
  expect(isAboutBucket(alarm('a', { labels: { monitor: 'intake', source: 'media' } }), 'logs')).toBe(true);
  expect(isAboutBucket(alarm('a'), null)).toBe(true);
});

test.each([
  ['Critical', [alarm('a'), alarm('b', { severity: 'critical' })], true],
  ['Warning', [alarm('a'), SILENCED], true],
  ['In hand', [SILENCED, FINE], true],
  ['Fine', [FINE], true],
  ['Not evaluated yet', [], false],
])('standingOf() is %s', (word, rows, isEvaluated) => {
  expect(standingOf(rows, isEvaluated).word).toBe(word);
});

describe('bucketSentence()', () => {
  test.each([
    ['1 alarm about media or the sources needs attention.', [alarm('a'), FINE]],
    [
      '2 alarms about media or the sources need attention, 1 more is in hand.',
      [alarm('a'), alarm('b'), SILENCED],
    ],
    ['No alarm about media or the sources is in ALARM.', [FINE]],
  ])('%s', (sentence, rows) => {
    expect(bucketSentence(rows, 'media')).toBe(sentence);
  });
});
