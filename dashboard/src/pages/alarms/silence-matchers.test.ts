import { expect, test } from 'vitest';
import { isFitting, type Labelled, linesOf, matchersOf, valuesText } from './silence-matchers.ts';

test('matchersOf() joins lines of one label, and leaves out what is not filled in', () => {
  const lines = [
    { label: 'monitor', value: 'backups' },
    { label: ' bucket ', value: 'a, b' },
    { label: 'bucket', value: 'c*' },
    { label: 'series', value: '' },
    { label: '', value: 'x' },
  ];
  expect(matchersOf(lines)).toEqual([
    { label: 'monitor', values: ['backups'] },
    { label: 'bucket', values: ['a, b', 'c*'] },
  ]);
});

const ALARM = { alarm: 'a', definition: 'a', severity: 'warning' as const, labels: {} };

function labelled(labels: Readonly<Record<string, string>>): Labelled {
  return { ...ALARM, labels: { ...labels } };
}

test('linesOf() of an alarm without labels of its own names it', () => {
  expect(linesOf(ALARM)).toEqual([{ label: 'alarm', value: 'a' }]);
});

test('isFitting() takes severity and id for labels', () => {
  expect(isFitting([{ label: 'severity', values: ['warning'] }], ALARM)).toBe(true);
  expect(isFitting([{ label: 'alarm', values: ['b*'] }], ALARM)).toBe(false);
});

test('matchersOf(linesOf()) fits the alarm they were made from', () => {
  const labels = { monitor: 'replication', bucket: '!media', rule: 'all "new"', empty: '' };
  const one = { ...ALARM, alarm: 'failed{bucket="!media"}', definition: 'failed', labels };
  const matchers = matchersOf(linesOf(one));
  expect(isFitting(matchers, one)).toBe(true);
  expect(isFitting(matchers, { ...one, alarm: 'failed-too{bucket="!media"}' })).toBe(false);
  expect(isFitting(matchers, { ...one, labels: { ...labels, bucket: 'other' } })).toBe(false);
});

test.each([
  [['media'], 'media', true],
  [['media'], 'media-replica', false],
  [['media*'], 'media-replica', true],
  [['*a*b*'], 'xaxbx', true],
  [['*a*b*'], 'xbxax', false],
  [['ab*ba'], 'aba', false],
  [['a*b*b'], 'ab', false],
  [['a', 'b'], 'b', true],
  [['!media'], 'media', false],
  [['!media'], 'logs', true],
  [['m*', '!media'], 'media', false],
  [['m*', '!media'], 'moon', true],
  [['*'], '', true],
  [['x'], '', false],
])('values %o fit %s: %s', (values, value, fits) => {
  expect(isFitting([{ label: 'bucket', values }], labelled(value === '' ? {} : { bucket: value }))).toBe(
    fits,
  );
});

test('isFitting() wants every matcher to fit', () => {
  const one = labelled({ monitor: 'backups', bucket: 'vault' });
  const monitor = { label: 'monitor', values: ['backups'] };
  expect(isFitting([monitor, { label: 'bucket', values: ['vault'] }], one)).toBe(true);
  expect(isFitting([monitor, { label: 'bucket', values: ['media'] }], one)).toBe(false);
});

test.each([
  [['media', 'logs*'], 'media or logs*'],
  [['media*', '!media-old'], 'media*, but not media-old'],
  [['!a', '!b'], 'not a and not b'],
])('valuesText() of %o is %s', (values, text) => {
  expect(valuesText(values)).toBe(text);
});
