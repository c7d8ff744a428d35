import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import {
  type CursorStore,
  CursorWriter,
  openCursorFiles,
  type StoredCursor,
} from './bucket-listing-cursor.ts';
import { Retries } from './bucket-listing-retries.ts';

const CURSOR: StoredCursor = {
  version: 1,
  location: 's3://logs/',
  streams: [{ prefix: 'std/', layout: 'names', start: 'std/2026-05-03-10-00-00', known: ['mark'] }],
  retries: [{ key: 'std/2026-05-03-09-00-00-X', etag: 'e', modifiedMs: 1_777_888_999_000 }],
};

function writerOver(cursors: CursorStore, location = 's3://logs/', source = 'logs/../eu west'): CursorWriter {
  const clock = { nowMs: () => 5_000, sleep: () => Promise.resolve() };
  return new CursorWriter({ source, location }, { cursors, clock });
}

async function cursorFiles(): Promise<CursorStore> {
  const folder = await mkdtemp(join(tmpdir(), 'bucketwatch-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return openCursorFiles(join(folder, 'cursors'));
}

test('a cursor is read as it was saved, whatever the name of the source', async () => {
  const cursors = await cursorFiles();
  expect(await writerOver(cursors).read()).toBeUndefined();
  await writerOver(cursors).save(() => CURSOR);
  expect(await writerOver(cursors).read()).toEqual(CURSOR);
  const long = `s3://${'é'.repeat(1_000)}`;
  await writerOver(cursors, 's3://logs/', long).save(() => CURSOR);
  expect(await writerOver(cursors, 's3://logs/', long).read()).toEqual(CURSOR);
  expect(await writerOver(cursors, 's3://logs/', `${long}/`).read()).toBeUndefined();
});

test('a cursor of another place is none', async () => {
  const cursors = await cursorFiles();
  await writerOver(cursors).save(() => CURSOR);
  const other = writerOver(cursors, 's3://other/');
  expect([await other.read(), other.problem]).toEqual([undefined, '']);
});

test.each(['', '{}', '{"version":1,"location":"s3://logs/","streams":[{}],"retries":[]}', '[', 'null'])(
  'a broken cursor is none, and is named as a problem: %s',
  async (text) => {
    const writer = writerOver({ read: async () => text, write: async () => undefined });
    expect(await writer.read()).toBeUndefined();
    expect(writer.problem).toContain('Cannot read the cursor');
    await writer.save(() => CURSOR);
    expect(writer.problem).toBe('');
  },
);

test('a store that fails is a problem, not a failure, and is tried again', async () => {
  let isFull = true;
  const written: string[] = [];
  const writer = writerOver({
    read: async () => undefined,
    write: async (_source, text) => {
      if (isFull) throw new Error('the disk is full');
      written.push(text);
    },
  });
  await writer.save(() => CURSOR);
  expect(writer.problem).toContain('the disk is full');
  isFull = false;
  await writer.save(() => CURSOR);
  await writer.save(() => CURSOR);
  expect([writer.problem, written.length]).toEqual(['', 1]);
});

test('Retries waits for the next look first, then ever longer, at most 15 minutes', () => {
  const retries = new Retries({ waitMs: 60_000, max: 2 });
  const wanted = { key: 'a', etag: 'e', modifiedMs: 0 };
  const waits = [1, 2, 3, 4, 5, 6, 7].map(() => {
    retries.failed(wanted, 'refused', 0);
    const due = [0, 60_000, 120_000, 240_000, 480_000, 900_000];
    return due.find((nowMs) => retries.takeDue(nowMs).length > 0);
  });
  expect(waits).toEqual([0, 60_000, 120_000, 240_000, 480_000, 900_000, 900_000]);
});
