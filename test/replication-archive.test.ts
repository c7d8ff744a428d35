/** The archive of replication: each final state in one object, whatever crashes, comes late or changes. */
import { rmSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openEmbedded } from '../src/engine/embedded.ts';
import type { Engine } from '../src/engine/engine.ts';
import { migrate } from '../src/engine/migrate.ts';
import { systemClock } from '../src/lib/clock.ts';
import { MIGRATIONS } from '../src/migrations.ts';
import { openArchive } from '../src/monitors/replication/archive.ts';
import { type ArchivePlace, archivePlace } from '../src/monitors/replication/archive-place.ts';
import type { ArchiveRecord } from '../src/monitors/replication/archive-records.ts';
import { startFauxqs } from './fauxqs.ts';
import { keptFolder, tempFolder } from './temp.ts';

let engine: Engine;
let store: string;
const { signal } = new AbortController();

beforeEach(async () => {
  store = keptFolder();
  engine = openEmbedded({ folder: store, memoryBytesMax: 1_000_000_000 });
  await migrate(MIGRATIONS, engine);
});
afterEach(async () => {
  await engine.close();
  rmSync(store, { recursive: true, force: true });
});

const NO_STORES = { locate: () => Promise.resolve(undefined) };

interface Judged {
  readonly key: string;
  readonly tick: number;
  readonly status: string;
  readonly replicated_at?: string;
  readonly seen_at?: string;
  readonly failed_at?: string;
  readonly reason?: string;
  readonly latency_ms?: number;
}

/** Rows as the judge leaves them, and its progress. */
async function judge(rows: readonly Judged[]): Promise<void> {
  const usual = {
    source: 'media',
    pair_id: 'media/siteB:media/all/of it',
    destination: 'siteB:media',
    version_id: 'v1',
    operation: '',
    written_at: '2026-11-21 12:00:00.250',
    size_bytes: 7,
  };
  await engine.insertRows({ table: 'replications', rows: rows.map((row) => ({ ...usual, ...row })) });
  await apply(rows.map(({ tick }) => tick));
}

async function apply(ticks: readonly number[], isApplied = 1): Promise<void> {
  const rows = [...new Set(ticks)].map((tick) => ({ tick, is_applied: isApplied }));
  await engine.insertRows({ table: 'replication_progress', rows });
}

interface Archived {
  readonly name: string;
  readonly records: readonly ArchiveRecord[];
}

/** Runs the job; gives the objects of the folder, in order of their names. */
async function archived(folder: string, objectRecords = 50_000): Promise<Archived[]> {
  await archiveTo(archivePlace(folder, NO_STORES), objectRecords);
  return objectsIn(folder);
}

async function archiveTo(place: ArchivePlace, objectRecords = 50_000): Promise<void> {
  const settings = { format: 'jsonl', everyMs: 1000, objectRecords } as const;
  await openArchive(settings, { engine, place, clock: systemClock }).run(signal);
}

async function objectsIn(folder: string): Promise<Archived[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1));
  return Promise.all(
    names.sort().map(async (name) => ({ name, records: linesOf(await readFile(join(folder, name))) })),
  );
}

function linesOf(bytes: Uint8Array): ArchiveRecord[] {
  const lines = gunzipSync(bytes).toString().trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as ArchiveRecord);
}

function outline(objects: readonly Archived[]): Record<string, string[]> {
  return Object.fromEntries(
    objects.map(({ name, records }) => [name, records.map(({ key, status }) => `${key} ${status}`)]),
  );
}

test('each hour has an object of what came to its final state in it; what is pending has none', async () => {
  await judge([
    {
      key: 'a',
      tick: 5,
      status: 'COMPLETED',
      replicated_at: '2026-11-21 12:59:59.999',
      latency_ms: 3_599_749,
    },
    {
      key: 'b',
      tick: 5,
      status: 'FAILED',
      failed_at: '2026-11-21 13:00:00.000',
      reason: 'DstBucketNotFound',
    },
    { key: 'c', tick: 6, status: 'COMPLETED', seen_at: '2026-11-22 00:10:00.000' },
    { key: 'd', tick: 6, status: 'PENDING' },
    { key: 'e', tick: 6, status: 'NOT_TRACKED', reason: 'no-rule' },
  ]);
  const objects = await archived(tempFolder());
  expect(outline(objects)).toEqual({
    'dt=2026-11-21/hour=12/replications-5-0000.jsonl.gz': ['a COMPLETED'],
    'dt=2026-11-21/hour=13/replications-5-0000.jsonl.gz': ['b FAILED'],
    'dt=2026-11-22/hour=00/replications-5-0000.jsonl.gz': ['c COMPLETED'],
  });
  expect(objects[0]?.records).toEqual([
    {
      source_bucket: 'media',
      destination_bucket: 'siteB:media',
      rule_id: 'all/of it',
      key: 'a',
      version_id: 'v1',
      size_bytes: 7,
      is_delete_marker: false,
      status: 'COMPLETED',
      failure_reason: '',
      operation: '',
      written_at: '2026-11-21T12:00:00.250Z',
      replicated_at: '2026-11-21T12:59:59.999Z',
      seen_at: null,
      failed_at: null,
      latency_ms: 3_599_749,
      is_skewed: false,
      revision: 5,
    },
  ]);
});

test('nothing new writes nothing, and a tick that is not applied is waited for', async () => {
  const folder = tempFolder();
  expect(await archived(folder)).toEqual([]);
  await judge([{ key: 'a', tick: 5, status: 'COMPLETED', replicated_at: '2026-11-21 13:00:00.000' }]);
  await apply([6], 0);
  await engine.insertRows({
    table: 'replications',
    rows: [{ source: 'media', pair_id: 'p', key: 'b', tick: 6, status: 'COMPLETED' }],
  });
  const first = outline(await archived(folder));
  expect(Object.values(first)).toEqual([['a COMPLETED']]);
  expect(outline(await archived(folder))).toEqual(first);
  await apply([6]);
  expect(
    Object.values(outline(await archived(folder)))
      .flat()
      .sort(),
  ).toEqual(['a COMPLETED', 'b COMPLETED']);
});

test('a late record is archived in its own hour, and one that changed again with a higher revision', async () => {
  const folder = tempFolder();
  await judge([
    { key: 'a', tick: 5, status: 'FAILED', failed_at: '2026-11-21 13:10:00.000' },
    { key: 'b', tick: 5, status: 'COMPLETED', replicated_at: '2026-11-21 13:10:00.000' },
  ]);
  await archived(folder);
  await judge([
    { key: 'a', tick: 9, status: 'COMPLETED', replicated_at: '2026-11-21 15:00:00.000' },
    { key: 'late', tick: 8, status: 'COMPLETED', replicated_at: '2026-11-21 13:20:00.000' },
  ]);
  const objects = await archived(folder);
  expect(outline(objects)).toEqual({
    'dt=2026-11-21/hour=13/replications-5-0000.jsonl.gz': ['a FAILED', 'b COMPLETED'],
    'dt=2026-11-21/hour=13/replications-8-0000.jsonl.gz': ['late COMPLETED'],
    'dt=2026-11-21/hour=15/replications-8-0000.jsonl.gz': ['a COMPLETED'],
  });
  const revisions = objects.flatMap(({ records }) => records).filter(({ key }) => key === 'a');
  expect(revisions.map(({ revision }) => revision)).toEqual([5, 9]);
});

test('a row that went through several states since the last run is there once, as it is', async () => {
  await judge([{ key: 'a', tick: 5, status: 'FAILED', failed_at: '2026-11-21 13:10:00.000' }]);
  await judge([{ key: 'b', tick: 6, status: 'COMPLETED', replicated_at: '2026-11-21 13:10:00.000' }]);
  await judge([{ key: 'a', tick: 7, status: 'COMPLETED', replicated_at: '2026-11-21 13:11:00.000' }]);
  await judge([{ key: 'b', tick: 8, status: 'UNKNOWN', reason: 'removed' }]);
  expect(Object.values(outline(await archived(tempFolder())))).toEqual([['a COMPLETED']]);
});

/** A place that fails once after so many objects are stored. */
function failingPlace(folder: string, afterObjects: number): ArchivePlace {
  const place = archivePlace(folder, NO_STORES);
  let left = afterObjects;
  return {
    put: async (...object) => {
      await place.put(...object);
      left -= 1;
      if (left === 0) throw new Error('killed');
    },
  };
}

test.each([1, 2])(
  'killed after %i of two objects, before the record: the same objects, nothing twice',
  async (after) => {
    const rows = Array.from({ length: 40 }, (_, index) => ({
      key: `k${String(index).padStart(2, '0')}`,
      tick: 5,
      status: 'COMPLETED',
      replicated_at: `2026-11-21 1${index % 2}:10:00.000`,
    }));
    await judge(rows);
    const folder = tempFolder();
    await expect(archiveTo(failingPlace(folder, after))).rejects.toThrow('killed');
    const before = await objectsIn(folder);
    expect(before).toHaveLength(after);
    const bytes = await readFile(join(folder, before[0]?.name ?? ''));
    await judge([{ key: 'z', tick: 6, status: 'COMPLETED', replicated_at: '2026-11-21 10:30:00.000' }]);
    const objects = await archived(folder);
    expect(await readFile(join(folder, before[0]?.name ?? ''))).toEqual(bytes);
    const keys = objects.flatMap(({ records }) => records.map(({ key }) => key)).sort();
    expect(keys).toEqual([...rows.map(({ key }) => key), 'z']);
  },
);

test('many records are cut into objects, each record in one', async () => {
  const count = 1000;
  await judge(
    Array.from({ length: count }, (_, index) => ({
      key: `k${index}`,
      tick: 5 + (index % 10),
      status: 'COMPLETED',
      replicated_at: '2026-11-21 13:10:00.000',
    })),
  );
  const objects = await archived(tempFolder(), 20);
  expect(objects.length).toBeGreaterThan(40);
  const keys = objects.flatMap(({ records }) => records.map(({ key }) => key));
  expect(keys).toHaveLength(count);
  expect(new Set(keys).size).toBe(count);
  const [runs] = await engine.query<{ runs: number; records: number }>(
    'select count() as runs, sum(records) as records from replication_archive_runs where is_stored',
  );
  expect(runs).toEqual({ runs: 3, records: count });
});

test('Parquet in a bucket of the estate is read back by another program', async () => {
  const fauxqs = await startFauxqs();
  try {
    const bucket = await fauxqs.bucketWith([]);
    const s3 = fauxqs.connect();
    await judge([
      {
        key: 'ä/"b"\n',
        tick: 5,
        status: 'COMPLETED',
        replicated_at: '2026-11-21 13:10:00.123',
        latency_ms: 12,
      },
      {
        key: 'c',
        tick: 5,
        status: 'FAILED',
        failed_at: '2026-11-21 13:11:00.000',
        reason: 'DstBucketNotFound',
      },
    ]);
    const stores = {
      locate: (id: string) => Promise.resolve(id === bucket ? { store: { s3 }, bucket } : undefined),
    };
    const settings = { format: 'parquet', everyMs: 1000 } as const;
    const place = archivePlace(`s3://${bucket}/replication`, stores);
    await openArchive(settings, { engine, place, clock: systemClock }).run(signal);
    const { objects } = await s3.listPage({ bucket, prefix: '' }, signal);
    expect(objects.map(({ key }) => key)).toEqual([
      'replication/dt=2026-11-21/hour=13/replications-5-0000.parquet',
    ]);
    const { body } = await s3.getObject({ bucket, key: objects[0]?.key ?? '' }, signal);
    const bytes = await buffer(body);
    const path = join(tempFolder(), 'archived.parquet');
    await writeFile(path, bytes);
    expect(await engine.query(`select * from file('${path}', Parquet)`)).toMatchObject([
      {
        key: 'c',
        failed_at: '2026-11-21 13:11:00.000',
        latency_ms: null,
        failure_reason: 'DstBucketNotFound',
      },
      {
        key: 'ä/"b"\n',
        replicated_at: '2026-11-21 13:10:00.123',
        latency_ms: 12,
        revision: 5,
        is_skewed: false,
      },
    ]);
    const elsewhere = archivePlace('s3://elsewhere/', stores);
    await expect(elsewhere.put('x', bytes, signal)).rejects.toThrow('no store of the estate has it');
  } finally {
    await fauxqs.stop();
  }
});
