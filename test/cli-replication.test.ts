/** The commands about replication, as they are typed, over files that were loaded: no server runs. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../src/lib/clock.ts';
import { configLine, eventLine } from './replication-lines.ts';
import { type Typed, typed } from './command-line.ts';
import { keptFolder } from './temp.ts';

const folder = keptFolder();
const data = join(folder, 'data');
const logs = join(folder, 'logs');
const NOW_MS = systemClock.nowMs();
const PAIR = 'media/media-copy/all';
const ago = (minutes: number): string => new Date(NOW_MS - minutes * 60_000).toISOString();

function run(...args: readonly string[]): Promise<Typed> {
  return typed(['--data', data, ...args]);
}

async function rows(...args: readonly string[]): Promise<Record<string, unknown>[]> {
  const { out, err } = await run('--json', 'replication', ...args);
  expect(err).toBe('');
  return out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

beforeAll(async () => {
  mkdirSync(logs);
  const rule = {
    ID: 'all',
    Status: 'Enabled',
    Priority: 1,
    Filter: {},
    Destination: { Bucket: 'arn:aws:s3:::media-copy' },
  };
  writeFileSync(
    join(logs, 'rules'),
    `${configLine({ bucket: 'media', observedAt: ago(600), rules: [rule] })}\n`,
  );
  const media = { bucket: 'media', size: 1024 };
  const replication = { destination: 'media-copy', failureReason: 'DstPutObjectNotPermitted' };
  const events = [
    eventLine({ ...media, key: 'arrives', versionId: 'v1', at: ago(60) }),
    eventLine({ bucket: 'media-copy', size: 1024, key: 'arrives', versionId: 'v1', at: ago(59) }),
    eventLine({ ...media, key: 'waits', versionId: 'v2', at: ago(34) }),
    eventLine({ ...media, key: 'fails\u001b[31m, red', versionId: 'v3', at: ago(50) }),
    eventLine({
      ...media,
      key: 'fails\u001b[31m, red',
      versionId: 'v3',
      at: ago(49),
      name: 'Replication:OperationFailedReplication',
      replication,
    }),
  ];
  writeFileSync(join(logs, 'events'), `${events.join('\n')}\n`);
  expect((await run('ingest', logs)).code).toBe(0);
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('replication', { timeout: 240_000 }, () => {
  test('alone shows the pairs: a sentence, a table, what is wrong', async () => {
    const { code, out } = await run('replication');
    expect(code).toBe(0);
    const lines = out.split('\n');
    expect(lines[0]).toMatch(/^1 of 1 pair is failing; oldest pending 3[45](\.\d)? min, target 15 min\.$/);
    expect(lines[2]).toMatch(/^pair +verdict +RPO +target +waiting +failed +arrived/);
    expect(lines[3]).toMatch(
      /^media\/media-copy\/all +failing +3[45](\.\d)? min +15 min +1 \(1\.0 KiB\) +1 +1 /,
    );
    expect(out).toContain(
      '1 object failed: the replication role may not write objects at the destination. RPO now',
    );
  });

  test('pairs --check exits with 1 when one is failing or lagging, and not for a calm one', async () => {
    expect((await run('replication', 'pairs', '--check')).code).toBe(1);
    expect((await run('replication', 'pairs')).code).toBe(0);
    expect((await run('replication', 'pairs', '--check', '--bucket', 'other')).code).toBe(0);
    expect((await run('replication', 'pairs', '--pair', 'no/such/pair')).code).toBe(2);
  });

  test('pairs --json gives a line for each, as the API has it', async () => {
    expect(await rows('pairs')).toMatchObject([
      { id: PAIR, verdict: 'failing', pending_objects: 1, replicated_objects: 1 },
    ]);
  });

  test('objects lists by status, and says so when there is none', async () => {
    expect(await rows('objects', '--status', 'PENDING')).toMatchObject([{ key: 'waits', version_id: 'v2' }]);
    expect(await rows('objects', '--limit', '2')).toHaveLength(2);
    expect((await run('replication', 'objects', '--status', 'PENDING', '--older-than', '86400')).out).toBe(
      'No version is like that.\n',
    );
    expect((await run('replication', 'objects', '--status', 'LOST')).code).toBe(2);
  });

  test('failed names cause, fix and the missing action; keys never reach the terminal raw', async () => {
    const { out } = await run('replication', 'failed');
    expect(out).toContain('media/media-copy/all: 1 failed (1.0 KiB), DstPutObjectNotPermitted');
    expect(out).toContain('missing action: s3:ReplicateObject');
    expect(out).toContain('fails\\x1b[31m, red (version v3)');
    expect(out).not.toContain('\u001b');
  });

  test('object tells the history over both buckets', async () => {
    const { out } = await run('replication', 'object', 'media', 'arrives');
    expect(out).toMatch(/^version v1, 1\.0 KiB\n {2}media-copy: COMPLETED, after 1 min\n/);
    expect(out).toMatch(
      /media +written by PutObject +notification\n.*media-copy +written by PutObject +notification\n/,
    );
    expect((await run('replication', 'object', 'media', 'none')).out).toBe('Nothing told of media/none.\n');
  });

  test('manifest is a CSV that S3 Batch Replication takes', async () => {
    const { code, out } = await run('replication', 'manifest', '--pair', PAIR);
    expect(code).toBe(0);
    expect(out).toBe('media,fails%1B%5B31m%2C%20red,v3\n');
    expect((await run('replication', 'manifest', '--bucket', 'media', '--status', 'PENDING')).out).toBe(
      'media,waits,v2\n',
    );
  });
});
