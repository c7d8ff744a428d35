/** The command `buckets` as a user types it, on configurations loaded from a file. */
import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../src/lib/clock.ts';
import type { BucketConfigs } from '../src/serve/bucket-api.ts';
import { keptFolder } from './temp.ts';

const BIN = fileURLToPath(new URL('../bin/bucketwatch.js', import.meta.url));
const folder = keptFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(args: readonly string[]) {
  const ran = spawnSync(process.execPath, [BIN, '--data', join(folder, 'data'), ...args], {
    cwd: folder,
    encoding: 'utf8',
  });
  return { code: ran.status, out: ran.stdout, err: ran.stderr };
}

/** What the store counted yesterday. */
function stored(type: string, value: number): string {
  const now = systemClock.nowMs();
  return JSON.stringify({
    namespace: 'AWS/S3',
    metric: type === 'AllStorageTypes' ? 'NumberOfObjects' : 'BucketSizeBytes',
    bucket: 'siteB:media',
    storage_type: type,
    statistic: 'Average',
    period_seconds: 86_400,
    time: `${new Date(now - 86_400_000).toISOString().slice(0, 10)}T00:00:00Z`,
    value,
    read_at: new Date(now).toISOString(),
  });
}

beforeAll(() => {
  const line = (aspect: string, minute: number, more: object): string =>
    JSON.stringify({
      aspect,
      bucket: 'siteB:media',
      store: 'second',
      region: 'garage',
      observed_at: `2026-03-01T09:0${minute}:00Z`,
      ...more,
    });
  const document = JSON.stringify({ Name: 'media', CreationDate: '2026-01-02T03:04:05.000Z' });
  const lines = [
    line('bucket', 1, { state: 'present', document }),
    line('versioning', 1, { state: 'absent' }),
    line('versioning', 2, { state: 'present', document: '{"Status":"\\u001b[31mEnabled"}' }),
    line('acl', 1, { state: 'denied', reason: 'it needs s3:GetBucketAcl on arn:aws:s3:::media' }),
  ];
  writeFileSync(join(folder, 'configs'), `${lines.join('\n')}\n`);
  writeFileSync(
    join(folder, 'sizes'),
    `${[stored('StandardStorage', 1024), stored('GlacierStorage', 512), stored('AllStorageTypes', 3)].join('\n')}\n`,
  );
  expect(run(['ingest', 'configs', 'sizes'])).toMatchObject({ code: 0, err: '' });
}, 60_000);

test('buckets lists them with what could not be read', () => {
  const { out, code } = run(['buckets']);
  expect(code).toBe(0);
  const [heading = '', row = ''] = out.split('\n');
  expect(heading.split(/ +/)).toEqual([
    'bucket',
    'store',
    'region',
    'created',
    'last_looked',
    'requests',
    'size',
    'objects',
    'aspects',
    'problem',
  ]);
  expect(row.split(/ {2,}/)).toEqual([
    'siteB:media',
    'second',
    'garage',
    '2026-01-02T03:04:05Z',
    '2026-03-01T09:02:00Z',
    '0',
    '1.5 KiB',
    '3',
    '2 present, 1 denied',
    'acl denied',
  ]);
});

test('buckets show has the configuration now and its changes, and text from outside is text', () => {
  const { out } = run(['buckets', 'show', 'siteB:media']);
  expect(out).toMatch(/^versioning +present +2026-03-01T09:02:00Z +\{"Status":"\\u001b\[31mEnabled"\}$/m);
  expect(out).toMatch(/^acl +denied .* it needs s3:GetBucketAcl on arn:aws:s3:::media$/m);
  expect(out).toMatch(/^2026-03-01T09:01:00Z +versioning +absent$/m);
  expect(out).not.toContain('\u001b');
  const json = JSON.parse(
    run(['--json', 'buckets', 'show', 'siteB:media', '--limit', '1']).out,
  ) as BucketConfigs;
  expect(json.history).toHaveLength(1);
  expect(json.rows.find(({ aspect }) => aspect === 'versioning')?.document).toEqual({
    Status: '\u001b[31mEnabled',
  });
});

test('a bucket that no store knows', () => {
  expect(run(['buckets', 'show', 'nowhere'])).toMatchObject({
    code: 2,
    err: 'Cannot show the bucket "nowhere": no configured store has said anything of it.\n',
  });
});
