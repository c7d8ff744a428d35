import { describe, expect, test } from 'vitest';
import { alarmNamed, matchersOf, matchersText } from './alarm-name.ts';

const row = (definition: string, labels: Readonly<Record<string, string>>, alarm: string) => ({
  alarm,
  definition,
  labels: { ...labels, monitor: 'backups' },
});

const ROWS = [
  row('backup-failed', { bucket: 'a', series: 'orders' }, 'backup-failed{bucket="a",series="orders"}'),
  row('backup-failed', { bucket: 'b', series: 'orders' }, 'backup-failed{bucket="b",series="orders"}'),
  row('backup-failed', { bucket: 'b', series: 'x=y' }, 'backup-failed{bucket="b",series="x=y"}'),
  row('intake-full', {}, 'intake-full'),
];

describe('alarmNamed()', () => {
  test.each([
    [['backup-failed{bucket="b",series="orders"}'], 1],
    [['intake-full'], 3],
    [['backup-failed', 'bucket=a'], 0],
    [['backup-failed', 'series=orders', 'bucket=b'], 1],
    [['backup-failed', 'series=x=y'], 2],
    [['intake-full', 'monitor=backups'], 3],
  ])('%j is one', (words, index) => {
    expect(alarmNamed(words, ROWS)).toBe(ROWS[index]);
  });

  test('several are named, ten at most, so that one can be chosen', () => {
    expect(() => alarmNamed(['backup-failed', 'series=orders'], ROWS)).toThrow(
      'Cannot tell which alarm "backup-failed series=orders" is: 2 are. Add a label, as bucket=media, or give the id:\n' +
        '  backup-failed{bucket="a",series="orders"}\n  backup-failed{bucket="b",series="orders"}',
    );
    const many = Array.from({ length: 12 }, (_, index) => row('d', {}, `d${index}`));
    expect(() => alarmNamed(['d'], many)).toThrow(/ {2}d9\n {2}and 2 more$/);
  });

  test('none is told, with what may be meant', () => {
    expect(() => alarmNamed(['backup-faild', 'bucket=a'], ROWS)).toThrow(
      'Cannot find the alarm "backup-faild bucket=a": did you mean "backup-failed"?',
    );
    expect(() => alarmNamed(['backup-failed', 'bucket=zzz'], ROWS)).toThrow(
      'Cannot find the alarm "backup-failed bucket=zzz": bucketwatch alarms shows those there are',
    );
    expect(() => alarmNamed(['intake-full', 'b\u001b'], ROWS)).toThrow(
      'Cannot read the label "b\\x1b": it is label=value, as bucket=media.',
    );
  });
});

test('matchersOf() gathers the values of a label, and matchersText() writes them again', () => {
  const words = ['bucket=a', 'monitor=backups', 'bucket=b*', 'series=!x=y'];
  const matchers = [
    { label: 'bucket', values: ['a', 'b*'] },
    { label: 'monitor', values: ['backups'] },
    { label: 'series', values: ['!x=y'] },
  ];
  expect(matchersOf(words)).toEqual(matchers);
  expect(matchersText(matchers)).toBe('bucket=a bucket=b* monitor=backups series=!x=y');
  expect(() => matchersOf(['=a'])).toThrow('Cannot read the label "=a"');
});
