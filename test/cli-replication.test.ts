/** The commands about replication as a user types them, over files that were loaded: no server runs. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../src/lib/clock.ts';
import { configLine, eventLine } from './replication-lines.ts';
import { keptFolder } from './temp.ts';

const BIN = fileURLToPath(new URL('../bin/bucketwatch.js', import.meta.url));
const folder = keptFolder();
const data = join(folder, 'data');
const logs = join(folder, 'logs');
const NOW_MS = systemClock.nowMs();
const PAIR = 'media/media-copy/all';
const ago = (minutes: number): string => new Date(NOW_MS - minutes * 60_000).toISOString();

function run(...args: readonly string[]) {
  const ran = spawnSync(process.execPath, [BIN, '--data', data, ...args], { cwd: folder, encoding: 'utf8' });
  return { code: ran.status, out: ran.stdout, err: ran.stderr };
}

function rows(...args: readonly string[]): Record<string, unknown>[] {
  const { out, err } = run('--json', 'replication', ...args);
  expect(err).toBe('');
  return out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

beforeAll(() => {
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
  expect(run('ingest', 'logs').code).toBe(0);
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('replication', () => {
  test('alone shows the pairs: a sentence, a table, what is wrong', () => {
    const { code, out } = run('replication');
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

  test('pairs --check exits with 1 when one is failing or lagging, and not for a calm one', () => {
    expect(run('replication', 'pairs', '--check').code).toBe(1);
    expect(run('replication', 'pairs').code).toBe(0);
    expect(run('replication', 'pairs', '--check', '--bucket', 'other').code).toBe(0);
    expect(run('replication', 'pairs', '--pair', 'no/such/pair').code).toBe(2);
  });

  test('pairs --json gives a line for each, as the API has it', () => {
    expect(rows('pairs')).toMatchObject([
      { id: PAIR, verdict: 'failing', pending_objects: 1, replicated_objects: 1 },
    ]);
  });

  test('objects lists by status, and says so when there is none', () => {
    expect(rows('objects', '--status', 'PENDING')).toMatchObject([{ key: 'waits', version_id: 'v2' }]);
    expect(rows('objects', '--limit', '2')).toHaveLength(2);
    expect(run('replication', 'objects', '--status', 'PENDING', '--older-than', '86400').out).toBe(
      'No version is like that.\n',
    );
    expect(run('replication', 'objects', '--status', 'LOST').code).toBe(2);
  });

  test('failed names cause, fix and the missing action; keys never reach the terminal raw', () => {
    const { out } = run('replication', 'failed');
    expect(out).toContain('media/media-copy/all: 1 failed (1.0 KiB), DstPutObjectNotPermitted');
    expect(out).toContain('missing action: s3:ReplicateObject');
    expect(out).toContain('fails\\x1b[31m, red (version v3)');
    expect(out).not.toContain('\u001b');
  });

  test('object tells the history over both buckets', () => {
    const { out } = run('replication', 'object', 'media', 'arrives');
    expect(out).toMatch(/^version v1, 1\.0 KiB\n {2}media-copy: COMPLETED, after 1 min\n/);
    expect(out).toMatch(
      /media +written by PutObject +notification\n.*media-copy +written by PutObject +notification\n/,
    );
    expect(run('replication', 'object', 'media', 'none').out).toBe('Nothing told of media/none.\n');
  });

  test('manifest is a CSV that S3 Batch Replication takes', () => {
    const { code, out } = run('replication', 'manifest', '--pair', PAIR);
    expect(code).toBe(0);
    expect(out).toBe('media,fails%1B%5B31m%2C%20red,v3\n');
    expect(run('replication', 'manifest', '--bucket', 'media', '--status', 'PENDING').out).toBe(
      'media,waits,v2\n',
    );
  });
});
