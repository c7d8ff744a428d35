/** `replication diff` as a user types it, against stores that list: pages, odd keys, stops, throttling, memory. */
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { placeOf } from '../src/commands/replication-place.ts';
import {
  type DriftAuditParts,
  type DriftAuditRequest,
  type Place,
  runDriftAudit,
} from '../src/drift-audit.ts';
import { type Clock, systemClock } from '../src/lib/clock.ts';
import { RequestBudget } from '../src/monitors/replication/diff/budget.ts';
import { openListingSide } from '../src/monitors/replication/diff/listing-side.ts';
import { openEstate } from '../src/s3/estate.ts';
import { startFauxqs } from './fauxqs.ts';
import { type ListingServer, type Script, startListingServer, type StoredObject } from './listing-server.ts';
import { installMoto, startMoto } from './moto.ts';
import { keptFolder, tempFolder } from './temp.ts';

const BIN = fileURLToPath(new URL('../bin/bucketwatch.js', import.meta.url));
const MEMORY = fileURLToPath(new URL('../bench/children/merge-listings.ts', import.meta.url));
const folder = keptFolder();
const data = join(folder, 'data');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the command beside this process, which may be the store. */
function bucketwatch(args: readonly string[], onStart: (kill: () => void) => void = () => {}): Promise<Ran> {
  const env = { ...process.env, AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
  const child = spawn(process.execPath, [BIN, '--data', data, ...args], { cwd: folder, env });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  onStart(() => child.kill('SIGINT'));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, out, err })));
}

function diffArgs(endpoint: string, ...more: readonly string[]): string[] {
  const endpoints = ['--source-endpoint', endpoint, '--destination-endpoint', endpoint];
  return ['replication', 'diff', ...endpoints, ...more];
}

function linesOf(text: string): Record<string, unknown>[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

interface AuditLine {
  readonly audit: {
    readonly ending: string;
    readonly answers: readonly { answer: string; objects: number }[];
    readonly source_objects: number;
    readonly destination_objects: number;
    readonly requests: number;
  };
  readonly drift_objects: number;
}

function auditIn(out: string): AuditLine {
  return linesOf(out).at(-1) as unknown as AuditLine;
}

function countsIn({ audit }: AuditLine): Record<string, number> {
  return Object.fromEntries(
    audit.answers.filter(({ objects }) => objects > 0).map(({ answer, objects }) => [answer, objects]),
  );
}

async function serve(
  buckets: Parameters<typeof startListingServer>[0],
  script?: Script,
): Promise<ListingServer> {
  const server = await startListingServer(buckets, script);
  onTestFinished(() => server.stop());
  return server;
}

function numbered(count: number): StoredObject[] {
  return Array.from({ length: count }, (_, index) => ({ key: `a/k-${String(index).padStart(5, '0')}` }));
}

/** 5,000 keys, of which every 50th is missing and every 70th of another size. */
const SOURCE = numbered(5000);
const DESTINATION = SOURCE.flatMap((one, index) => {
  if (index % 50 === 9) return [];
  return index % 70 === 3 ? [{ ...one, size: 11 }] : [one];
});
const DRIFT = { missing: 100, 'size-differs': 72 } as const;

describe('replication diff', () => {
  test('of a store with 2,500 keys reads every page of both sides', { timeout: 90_000 }, async () => {
    const store = await startFauxqs();
    onTestFinished(() => store.stop());
    const keys = Array.from({ length: 2500 }, (_, index) => `in/k-${String(index).padStart(4, '0')}`);
    const source = await store.bucketWith(keys);
    const destination = await store.bucketWith(
      keys.filter((key) => !['in/k-0000', 'in/k-1000', 'in/k-2499'].includes(key)),
    );
    await store.put(destination, ['in/k-1500'], 'another\n');
    await store.put(destination, ['in/k-1501'], 'a lime\n');
    await store.put(destination, ['in/z-extra']);
    const args = diffArgs(store.endpoint, `s3://${source}/in/`, `s3://${destination}/in/`, '--grace', '0s');
    const ran = await bucketwatch(['--json', ...args]);
    expect(ran).toMatchObject({ code: 1, err: expect.stringMatching(/how many keys is unknown/) as string });
    expect(
      linesOf(ran.out)
        .slice(0, -1)
        .map(({ answer, key }) => [answer, key]),
    ).toEqual([
      ['missing', 'in/k-0000'],
      ['missing', 'in/k-1000'],
      ['size-differs', 'in/k-1500'],
      ['content-differs', 'in/k-1501'],
      ['missing', 'in/k-2499'],
      ['extra', 'in/z-extra'],
    ]);
    expect(auditIn(ran.out)).toMatchObject({
      drift_objects: 6,
      audit: { source_objects: 2500, destination_objects: 2498, requests: 6, ending: 'complete' },
    });

    const fresh = await bucketwatch(['--json', ...args, '--grace', '1h']);
    expect(fresh).toMatchObject({
      code: 0,
      err: expect.stringMatching(/about 6, less than 0\.01 USD/) as string,
    });
    expect(countsIn(auditIn(fresh.out))).toEqual({ same: 2495, 'in-flight': 6 });

    const kept = await bucketwatch([
      '--json',
      'sql',
      'select ending, requests from replication_audits order by started_at',
    ]);
    expect(linesOf(kept.out)).toEqual([
      { ending: 'complete', requests: 6 },
      { ending: 'complete', requests: 6 },
    ]);
  });

  test('stops where a store does not list in order of bytes', { timeout: 90_000 }, async () => {
    const store = await startFauxqs();
    onTestFinished(() => store.stop());
    const bucket = await store.bucketWith(['a', 'B', 'c']);
    const ran = await bucketwatch(diffArgs(store.endpoint, `s3://${bucket}`, `s3://${bucket}`));
    expect(ran).toMatchObject({
      code: 3,
      out: '',
      err: expect.stringMatching(/do not come in order of their UTF-8 bytes, got "B" after "a"/) as string,
    });
  });

  test.skipIf(installMoto() !== undefined)(
    'of keys with control characters, spaces, signs and characters of every plane',
    { timeout: 90_000 },
    async () => {
      const moto = await startMoto();
      onTestFinished(() => moto.stop());
      const keys = [
        'a b+c%2F',
        'a\u0001b',
        'a\u007f',
        'a/\u00e9',
        'a/\ue000',
        'a/\uffee',
        'a/\u{1f600}',
        'a/\u{20000}',
        'a&<>"\'',
        'Z',
      ];
      const s3 = new S3Client({
        endpoint: moto.endpoint,
        region: 'us-east-1',
        credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
        forcePathStyle: true,
      });
      onTestFinished(() => s3.destroy());
      for (const Bucket of ['odd', 'odd-copy']) {
        await s3.send(new CreateBucketCommand({ Bucket }));
        for (const Key of keys)
          if (Bucket === 'odd' || Key !== 'a/\u{1f600}')
            await s3.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
      }
      const ran = await bucketwatch([
        '--json',
        ...diffArgs(moto.endpoint, 's3://odd', 's3://odd-copy', '--grace', '0s'),
      ]);
      expect(ran).toMatchObject({ code: 1 });
      expect(countsIn(auditIn(ran.out))).toEqual({ same: keys.length - 1, missing: 1 });
      expect(linesOf(ran.out)[0]).toMatchObject({ answer: 'missing', key: 'a/\u{1f600}' });
    },
  );

  test('--max-requests and Ctrl-C leave what --resume goes on from; the end is the same', {
    timeout: 120_000,
  }, async () => {
    let waitMs = 0;
    const server = await serve({ left: SOURCE, right: DESTINATION }, async () => {
      await systemClock.sleep(waitMs);
      return undefined;
    });
    const args = (name: string, ...more: readonly string[]): string[] => [
      '--json',
      ...diffArgs(
        server.endpoint,
        's3://left',
        's3://right/',
        '--output',
        `${name}.jsonl`,
        '--manifest',
        `${name}.csv`,
        ...more,
      ),
    ];
    const whole = await bucketwatch(args('whole'));
    expect(whole.code).toBe(1);
    expect(countsIn(auditIn(whole.out))).toEqual({
      same: 5000 - DRIFT.missing - DRIFT['size-differs'],
      ...DRIFT,
    });

    const cut = await bucketwatch(args('parts', '--max-requests', '4'));
    expect(cut.code).toBe(3);
    expect(auditIn(cut.out).audit).toMatchObject({ ending: 'max-requests', requests: 4 });
    waitMs = 200;
    const asked = server.asked.length;
    const interrupted = await bucketwatch(args('parts', '--resume'), (kill) => {
      const timer = setInterval(() => {
        if (server.asked.length < asked + 5) return;
        clearInterval(timer);
        kill();
      }, 10);
    });
    expect(interrupted.code).toBe(3);
    expect(auditIn(interrupted.out).audit.ending).toBe('interrupted');
    waitMs = 0;
    const rest = await bucketwatch(args('parts', '--resume'));
    expect(rest.code).toBe(1);
    expect(countsIn(auditIn(rest.out))).toEqual(countsIn(auditIn(whole.out)));
    for (const end of ['jsonl', 'csv'])
      expect(readFileSync(join(folder, `parts.${end}`), 'utf8')).toBe(
        readFileSync(join(folder, `whole.${end}`), 'utf8'),
      );
    expect(readFileSync(join(folder, 'whole.csv'), 'utf8').split('\n').slice(0, 2)).toEqual([
      'left,a/k-00003',
      'left,a/k-00009',
    ]);
    expect(await bucketwatch(args('parts', '--resume'))).toMatchObject({
      code: 2,
      err: expect.stringMatching(/Cannot resume/) as string,
    });
    const kept = await bucketwatch([
      '--json',
      'sql',
      "select ending from replication_audits where source like 's3://left/%' order by started_at",
    ]);
    expect(linesOf(kept.out)).toEqual([{ ending: 'complete' }, { ending: 'complete' }]);
  });

  test('a store that cannot be reached, and one that refuses, exit 3', { timeout: 90_000 }, async () => {
    const gone = await startListingServer({});
    await gone.stop();
    const refusing = await serve({ left: SOURCE, right: [] }, (_, bucket) =>
      Promise.resolve(bucket === 'right' ? { status: 403, code: 'AccessDenied' } : undefined),
    );
    expect(await bucketwatch(diffArgs(refusing.endpoint, 's3://left', 's3://right'))).toMatchObject({
      code: 3,
      err: expect.stringMatching(/access denied .*s3:ListBucket on arn:aws:s3:::right/) as string,
    });
    const ended = await leftAndRight(gone, immediately);
    expect(ended).toMatchObject({ audit: { ending: 'failed' }, failure: { code: 'unavailable' } });
  });

  test('files of JSON lines are sides; the manifest has encoded keys and version ids', {
    timeout: 90_000,
  }, async () => {
    const entry = (key: string, more: object = {}): string =>
      `${JSON.stringify({ key, size: 1, modified: '2026-05-03T00:00:00Z', ...more })}\n`;
    writeFileSync(
      join(folder, 'left.jsonl'),
      ['a b,"é"/\u{1f600}', 'b', 'c'].map((key) => entry(key, { version_id: `v-${key.length}` })).join(''),
    );
    writeFileSync(
      join(folder, 'right.jsonl.gz'),
      gzipSync(entry('b') + entry('c', { size: 2 }) + entry('d')),
    );
    const args = [
      'replication',
      'diff',
      'left.jsonl',
      'right.jsonl.gz',
      '--manifest',
      'again.csv',
      '--manifest-bucket',
      'media',
    ];
    const ran = await bucketwatch(args);
    expect(ran.code).toBe(1);
    expect(ran.out).toMatch(
      /missing +1[^]*extra +1[^]*size-differs +1[^]*1 missing, 1 extra, 1 size-differs among 4 keys\./,
    );
    expect(readFileSync(join(folder, 'again.csv'), 'utf8')).toBe(
      'media,a%20b%2C%22%C3%A9%22/%F0%9F%98%80,v-10\nmedia,c,v-1\n',
    );

    writeFileSync(join(folder, 'unsorted.jsonl'), entry('b') + entry('a'));
    expect(await bucketwatch(['replication', 'diff', 'unsorted.jsonl', 'left.jsonl'])).toMatchObject({
      code: 3,
      err: expect.stringMatching(/unsorted\.jsonl: its keys do not come in order/) as string,
    });
    writeFileSync(join(folder, 'broken.jsonl'), `${entry('a')}{"key":"b"}\n`);
    expect(await bucketwatch(['replication', 'diff', 'left.jsonl', 'broken.jsonl'])).toMatchObject({
      code: 2,
      err: expect.stringMatching(/line 2 of broken\.jsonl: it needs a "key" and a "size"/) as string,
    });
    expect(await bucketwatch(['replication', 'diff', 'left.jsonl', 'left.jsonl'])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/No drift in 3 keys/) as string,
    });
  });

  test('a full disk and a progress that cannot be kept are no drift', { timeout: 90_000 }, async () => {
    writeFileSync(join(folder, 'one.jsonl'), '{"key":"a","size":1}\n');
    writeFileSync(join(folder, 'none.jsonl'), '');
    const args = ['replication', 'diff', 'one.jsonl', 'none.jsonl'];
    for (const [more, complaint] of [
      [['--output', '/dev/full'], /Cannot write \/dev\/full: ENOSPC/],
      [['--state', 'one.jsonl/state'], /Cannot keep the progress in one\.jsonl\/state: /],
    ] as const)
      expect(await bucketwatch([...args, ...more])).toMatchObject({
        code: 3,
        err: expect.stringMatching(complaint) as string,
      });
  });

  test('the grace is what the configuration expects of a copy', { timeout: 90_000 }, async () => {
    writeFileSync(join(folder, 'empty.jsonl'), '');
    writeFileSync(join(folder, 'target.yaml'), 'replication:\n  target: 7m\n');
    const args = ['--config', 'target.yaml', '--json', 'replication', 'diff', 'empty.jsonl', 'empty.jsonl'];
    expect(auditIn((await bucketwatch(args)).out).audit).toMatchObject({ grace_seconds: 420 });
    expect(auditIn((await bucketwatch([...args, '--grace', '1h'])).out).audit).toMatchObject({
      grace_seconds: 3600,
    });
  });

  test('bucket ids are those of the estate; the grace is the target of the pair', {
    timeout: 90_000,
  }, async () => {
    const lateMs = systemClock.nowMs() - 30 * 60_000;
    const here = await serve({ media: [{ key: 'a' }, { key: 'b', modifiedMs: lateMs }] });
    const there = await serve({ media: [{ key: 'a' }] });
    const config = join(folder, 'estate.yaml');
    const stores = [
      { name: 'here', endpoint: here.endpoint, region: 'us-east-1' },
      { name: 'there', endpoint: there.endpoint, region: 'us-east-1', namespace: 'siteB' },
    ];
    const pairOf = (target: string): string =>
      JSON.stringify({
        estate: stores,
        replication: { pairs: [{ source: 'media', destination: 'siteB:media', target }] },
      });
    const args = ['--config', config, '--json', 'replication', 'diff', 'media', 'siteB:media'];
    writeFileSync(config, pairOf('1h'));
    const early = await bucketwatch(args);
    expect(countsIn(auditIn(early.out)), early.out).toEqual({ same: 1, 'in-flight': 1 });
    writeFileSync(config, pairOf('10m'));
    const late = await bucketwatch(args);
    expect(late.code).toBe(1);
    expect(countsIn(auditIn(late.out))).toEqual({ same: 1, missing: 1 });
    expect(auditIn(late.out).audit).toMatchObject({
      source_bucket: 'media',
      destination_bucket: 'siteB:media',
    });
  });

  test('text from a store does not reach the terminal raw', { timeout: 90_000 }, async () => {
    const server = await serve({ left: [{ key: 'a\nb' }, { key: 'a\u001b[31m' }], right: [{ key: 'a\nb' }] });
    const ran = await bucketwatch(diffArgs(server.endpoint, 's3://left', 's3://right'));
    expect(ran.out).toContain('a\\x1b[31m');
    expect(ran.out + ran.err).not.toContain('\u001b');
  });
});

const immediately: Clock = { nowMs: () => systemClock.nowMs(), sleep: () => Promise.resolve() };

function bucketAt(endpoint: string, bucket: string): Place {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const store = { endpoint, region: 'us-east-1', ...credentials };
  return { kind: 'bucket', name: `s3://${bucket}/`, bucket, prefix: '', bucketId: '', store };
}

function audited(
  places: Pick<DriftAuditRequest, 'source' | 'destination'>,
  parts: Pick<DriftAuditParts, 'clock' | 'estate'>,
) {
  const how = { ignoresExtra: false, hasOpaqueEtags: false, modifiedWindowMs: 2000, graceMs: 0 };
  return runDriftAudit(
    { ...places, ...how, requestsMax: Infinity, resumes: false, folder: tempFolder() },
    {
      ...parts,
      signal: new AbortController().signal,
      ask: () => Promise.resolve([]),
      onProgress: () => {},
      onNote: () => {},
    },
  );
}

function leftAndRight({ endpoint }: Pick<ListingServer, 'endpoint'>, clock: Clock) {
  const places = { source: bucketAt(endpoint, 'left'), destination: bucketAt(endpoint, 'right') };
  return audited(places, { clock });
}

test('runDriftAudit() finds buckets of one name in the stores of the estate', async () => {
  const here = await serve({ media: SOURCE });
  const there = await serve({ media: DESTINATION });
  const store = (server: ListingServer, namespace: string) => ({
    name: `store ${namespace}`,
    namespace,
    patterns: ['media'],
    endpoint: server.endpoint,
    region: 'us-east-1',
    accessKeyId: 'test',
    secretAccessKey: 'test',
  });
  const estate = openEstate(
    { stores: [store(here, ''), store(there, 'siteB')], folder: tempFolder() },
    { clock: systemClock },
  );
  onTestFinished(() => estate.close());
  const source = placeOf('media/a/', 'source', {});
  const destination = placeOf('siteB:media/a/', 'destination', {});
  const { audit, sentence } = await audited({ source, destination }, { clock: systemClock, estate });
  expect(audit).toMatchObject({
    source: 'media/a/',
    destination: 'siteB:media/a/',
    sourceBucket: 'media',
    destinationBucket: 'siteB:media',
    requests: 10,
  });
  expect(sentence).toBe('100 missing, 72 size-differs among 5,000 keys.');
  const unknown = placeOf('siteC:media', 'destination', {});
  const failed = await audited({ source, destination: unknown }, { clock: systemClock, estate });
  expect(failed.failure?.message).toMatch(/no store of the configuration has a bucket siteC:media/);
});

test('a store that gives keys without the prefix asked for is refused', async () => {
  const s3 = {
    listPage: () =>
      Promise.resolve({
        objects: [{ key: 'b', etag: '', sizeBytes: 1, modifiedMs: 0, storageClass: 'STANDARD' }],
        folders: [],
        isTruncated: false,
      }),
  };
  const side = openListingSide(
    { name: 's3://left/a/', bucket: 'left', prefix: 'a/' },
    { s3, budget: new RequestBudget(2), clock: systemClock },
  );
  await expect(side.pages('', new AbortController().signal).next()).rejects.toThrow(
    /without that prefix, got "b"/,
  );
});

test('runDriftAudit() waits out a store that throttles in the middle', { timeout: 90_000 }, async () => {
  const server = await serve({ left: SOURCE, right: DESTINATION }, (request) =>
    Promise.resolve(request > 4 && request < 20 ? { status: 503, code: 'SlowDown' } : undefined),
  );
  const waits: number[] = [];
  const clock: Clock = {
    ...immediately,
    sleep: (ms) => {
      waits.push(ms);
      return Promise.resolve();
    },
  };
  const { audit, failure } = await leftAndRight(server, clock);
  expect(failure).toBeUndefined();
  expect(audit).toMatchObject({
    ending: 'complete',
    sourceObjects: 5000,
    destinationObjects: 4900,
    requests: server.asked.length,
  });
  expect(waits.length).toBeGreaterThan(2);
  expect(waits).toContain(4000);
});

test('a store that never recovers ends the audit after some tries, with what was found', {
  timeout: 90_000,
}, async () => {
  const server = await serve({ left: SOURCE, right: DESTINATION }, (request) =>
    Promise.resolve(request > 6 ? { status: 503, code: 'SlowDown' } : undefined),
  );
  const { audit, failure } = await leftAndRight(server, immediately);
  expect(failure).toMatchObject({ code: 'unavailable' });
  expect(audit.ending).toBe('failed');
  expect(audit.sourceObjects).toBeGreaterThan(900);
  expect(server.asked.length).toBeLessThan(60);
});

test('two listings of a million keys each take less than 200 MB', { timeout: 120_000 }, () => {
  const ran = spawnSync(process.execPath, ['--expose-gc', MEMORY, '1000000'], { encoding: 'utf8' });
  expect(ran.stderr).toBe('');
  const measured = JSON.parse(ran.stdout) as Record<string, number>;
  expect(measured).toMatchObject({
    same: 998_000,
    missing: 1000,
    size_differs: 1000,
    sourceObjects: 1_000_000,
    destinationObjects: 999_000,
  });
  expect(measured['grownBytes']).toBeLessThan(200e6);
});
