import { describe, expect, test } from 'vitest';
import { isPart, keyPattern } from './key-pattern.ts';
import { keyStem, leadingFolder } from './key-stem.ts';

describe('keyStem()', () => {
  test.each([
    ['pg/zvg_2026-09-21T01-30-00.dump', 'pg/zvg_{date}.dump', '2026-09-21T01-30-00'],
    ['pg/zvg_20260921.dump', 'pg/zvg_{date}.dump', '20260921'],
    ['pg/zvg_20260921_013000.dump.gz', 'pg/zvg_{date}.dump.gz', '20260921_013000'],
    ['db/2026/09/21/orders.gz', 'db/{date}/orders.gz', '2026/09/21'],
    ['db/2026-09/orders.gz', 'db/{date}/orders.gz', '2026-09'],
    ['db/2026-W39/orders.gz', 'db/{week}/orders.gz', '2026-W39'],
    ['db/21-09-2026.gz', 'db/{date}.gz', '21-09-2026'],
    ['mail/1790000000.tar', 'mail/{epoch}.tar', '1790000000'],
    ['dump-monday.sql', 'dump-{weekday}.sql', 'monday'],
    ['a/3f2504e0-4f89-11d3-9a0c-0305e82c3301.bin', 'a/{uuid}.bin', ''],
    ['restic/data/00/00a1b2c3d4e5f60718293a4b5c6d7e8f', 'restic/data/{n}/{id}', ''],
    ['web/site.tar', 'web/site.tar', ''],
    ['v2/app-17.tar', 'v{n}/app-{n}.tar', ''],
  ])('%s is of %s', (key, stem, stamp) => {
    expect(keyStem(key)).toMatchObject({ stem, stamp });
  });

  test('counters tell members apart', () => {
    expect(keyStem('db/2026-09-21/shard-07.gz')).toEqual({
      stem: 'db/{date}/shard-{n}.gz',
      stamp: '2026-09-21',
      counter: '07',
    });
  });
});

test.each([
  ['web/2026/site.tar', 1, 'web'],
  ['web/2026/site.tar', 2, 'web/2026'],
  ['site.tar', 1, '(root)'],
  ['web/site.tar', 2, '(root)'],
])('leadingFolder() of %s at depth %i is %s', (key, depth, folder) => {
  expect(leadingFolder(key, depth)).toBe(folder);
});

describe('keyPattern()', () => {
  test('named parts make series, dates runs, members sets', () => {
    const pattern = keyPattern('db/{database}/{date}/{member}-{n}.dump.gz');
    expect(pattern.prefix).toBe('db/');
    expect(pattern.names).toEqual(['database']);
    expect(pattern.match('db/orders/2026-11-21/users-3.dump.gz')).toEqual({
      stamp: '2026-11-21',
      member: 'users',
      names: { database: 'orders' },
    });
    expect(pattern.match('db/orders/2026-11-21/users-3.dump.gz.md5')).toBeUndefined();
  });

  test('a date in several parts is one stamp', () => {
    expect(keyPattern('{year}/{month}/{day}/*').match('2026/11/21/x')?.stamp).toBe('2026-11-21');
  });

  test('a name twice must be the same twice', () => {
    const pattern = keyPattern('{host}/{host}-{date}.tar');
    expect(pattern.match('web1/web1-20261121.tar')?.names).toEqual({ host: 'web1' });
    expect(pattern.match('web1/web2-20261121.tar')).toBeUndefined();
  });

  test('* stays within a folder, ** does not, and what is special elsewhere is itself', () => {
    expect(keyPattern('a/*.gz').match('a/b/c.gz')).toBeUndefined();
    expect(keyPattern('a/**.gz').match('a/b/c.gz')).toBeDefined();
    expect(keyPattern('a+(b).gz').match('a+(b).gz')).toBeDefined();
    expect(keyPattern('a+(b).gz').match('aab.gz')).toBeUndefined();
  });

  test('a part that is no name is refused', () => {
    expect(() => keyPattern('db/{Not a name}')).toThrow('got "{Not a name}" in "db/{Not a name}"');
  });

  test.each(['db/{date', 'db/date}.gz', 'db/{{date}}'])('a brace alone is refused: %s', (pattern) => {
    expect(() => keyPattern(pattern)).toThrow(`in "${pattern}"`);
  });
});

test.each([
  'pg/zvg_2026-09-21T01-30-00.dump',
  'pg/zvg_20260921_013000.dump.gz',
  'db/2026/09/21/orders.gz',
  'db/2026-09/orders.gz',
  'db/2026-W39/orders.gz',
  'db/21-09-2026.gz',
  'mail/1790000000.tar',
  'dump-monday.sql',
  'a/3f2504e0-4f89-11d3-9a0c-0305e82c3301.bin',
  'restic/data/00/00a1b2c3d4e5f60718293a4b5c6d7e8f',
  'db/2026-09-21/shard-07.gz',
])('the stem of %s is a pattern that matches it, with the same stamp', (key) => {
  const { stem, stamp } = keyStem(key);
  expect(keyPattern(stem).match(key)).toEqual({ stamp, member: '', names: {} });
});

test.each([
  ['folder/', 0, true],
  ['folder/', 12, false],
  ['a.tmp', 100, true],
  ['a.sql.gz.part', 100, true],
  ['a.sql.gz~', 100, true],
  ['partial/a.sql.gz', 100, false],
])('isPart() of %s with %i bytes is %s', (key, sizeBytes, expected) => {
  expect(isPart(key, sizeBytes)).toBe(expected);
});
