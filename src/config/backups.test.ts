import { expect, test } from 'vitest';
import { parseConfig } from './load.ts';

function problemsOf(series: string): readonly { readonly path: string; readonly message: string }[] {
  const yaml = `backups: { series: [{ name: a, bucket: b, pattern: '{date}', schedule: { every: 1d }, ${series} }] }`;
  const reading = parseConfig(yaml, { environment: {}, folder: '.' });
  return reading.ok ? [] : reading.problems;
}

test.each([['size: { min: 1GiB, max: 1GiB }'], ['early: 1h'], ['keep: 35d']])(
  'a series may have %s',
  (setting) => {
    expect(problemsOf(setting)).toEqual([]);
  },
);

test('a range of sizes that nothing is in is refused', () => {
  expect(problemsOf('size: { min: 2GiB, max: 1GiB }')).toMatchObject([
    { path: 'backups.series.0.size.max', message: 'is less than min' },
  ]);
});

function problemsWith(setting: 'bucket' | 'cron' | 'pattern', value: string) {
  const given = { bucket: 'b', cron: '0 2 * * *', pattern: '{date}', [setting]: value };
  const { bucket, cron, pattern } = given;
  const series = [{ name: 'a', bucket, pattern, schedule: { cron } }];
  const reading = parseConfig(JSON.stringify({ backups: { series } }), { environment: {}, folder: '.' });
  return reading.ok ? [] : reading.problems.map(({ path, message }) => ({ path, message }));
}

test.each([
  ['cron', '0 0 29 2 *'],
  ['cron', '0 0 L * *'],
  ['bucket', 'siteB:media'],
  ['bucket', 'arn:aws:s3:eu-west-1:111122223333:accesspoint/dumps'],
] as const)('%s may be %s', (setting, value) => {
  expect(problemsWith(setting, value)).toEqual([]);
});

test.each([
  ['cron', '0 0 30 2 *', 'backups.series.0.schedule.cron', 'is on no day there is'],
  ['cron', '61 * * * *', 'backups.series.0.schedule.cron', 'is not minute, hour'],
  ['bucket', 's3://b/', 'backups.series.0.bucket', 'is the name of a bucket, without s3://'],
  ['pattern', 'db/{date', 'backups.series.0.pattern', 'has a part that is no name in braces'],
] as const)('%s may not be %s', (setting, value, path, message) => {
  expect(problemsWith(setting, value)).toEqual([{ path, message: expect.stringContaining(message) }]);
});
