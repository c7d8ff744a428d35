import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tempFolder } from '../../test/temp.ts';
import { mendDeduplicationLogs } from './deduplication-log.ts';
import { openEmbedded } from './embedded.ts';

const INSERT = {
  table: 'facts',
  rows: [
    { part: 'a', value: 1 },
    { part: 'b', value: 2 },
  ],
  token: 'once',
};

test('a part that a kill kept from landing is stored when its insert is repeated, and what landed stays single', async () => {
  const folder = tempFolder();
  const before = openEmbedded({ folder, memoryBytesMax: 1e9 });
  await before.command(`create table facts (part String, value UInt8) engine = MergeTree
    partition by part order by value settings non_replicated_deduplication_window = 100`);
  await before.insertRows(INSERT);
  await before.close();
  rmSync(lastPart(folder), { recursive: true });

  const after = openEmbedded({ folder, memoryBytesMax: 1e9 });
  await after.insertRows(INSERT);
  expect(await after.query('select part, value from facts order by part')).toEqual(INSERT.rows);
  await after.close();
  expect(mendDeduplicationLogs(folder)).toBe(0);
});

test('entries of parts that were merged stay', async () => {
  const folder = tempFolder();
  const engine = openEmbedded({ folder, memoryBytesMax: 1e9 });
  await engine.command(`create table facts (part String, value UInt8) engine = MergeTree
    order by value settings non_replicated_deduplication_window = 100, old_parts_lifetime = 0`);
  await engine.insertRows(INSERT);
  await engine.insertRows({ ...INSERT, token: 'another' });
  await engine.command('optimize table facts final');
  await engine.close();
  for (const name of partsOf(folder).filter((path) => path.endsWith('_0'))) rmSync(name, { recursive: true });
  expect(mendDeduplicationLogs(folder)).toBe(0);
});

test('a folder without a store has nothing to mend', () => {
  expect(mendDeduplicationLogs(tempFolder())).toBe(0);
});

function lastPart(folder: string): string {
  const parts = partsOf(folder);
  expect(parts).toHaveLength(2);
  return parts[1] ?? '';
}

/** Folders of the parts of the only table that has any. */
function partsOf(folder: string): string[] {
  return readdirSync(join(folder, 'store'), { recursive: true })
    .map(String)
    .filter((path) => /\/[^/_]+_\d+_\d+_\d+$/.test(path))
    .sort()
    .map((path) => join(folder, 'store', path));
}
