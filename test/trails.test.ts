/** Digest chains made with real keys, through the intake into the real engine: what holds, and each way it can be broken. */
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { openApp } from '../src/app.ts';
import { configSchema } from '../src/config/schema.ts';
import { DigestWriter } from '../src/demo/digest.ts';
import { systemClock } from '../src/lib/clock.ts';
import { silentLog } from '../src/lib/log.ts';
import { checkTrails, type TrailCheck } from '../src/monitors/completeness/trails.ts';
import { openFiles } from '../src/sources/files.ts';
import { openTrailKeys } from '../src/trail-keys.ts';
import { tempFolder } from './temp.ts';

const START_MS = Date.UTC(2026, 3, 1);
const HOUR_MS = 3_600_000;
const HOURS = 6;
const FINGERPRINT = '31e8b5433410dfb61a9dc45cc65b22ff';
const SIGNING = generateKeyPairSync('rsa', { modulusLength: 2048 });
const OTHER = generateKeyPairSync('rsa', { modulusLength: 2048 });

function keySetting(pair: typeof SIGNING) {
  const value = pair.publicKey.export({ format: 'der', type: 'pkcs1' }).toString('base64');
  return { public_keys: [{ fingerprint: FINGERPRINT, value }] };
}

interface Files {
  /** Path to bytes, in order: log, digest, log, digest, ... */
  readonly logs: Map<string, Buffer>;
  readonly digests: Map<string, Buffer>;
}

/** Six hours of a trail: a log file an hour, and its digest. */
function trailFiles(): Files {
  const writer = new DigestWriter({
    accountId: '111122223333',
    region: 'eu-west-1',
    trail: 'main',
    bucket: 'trail-bucket',
    privateKey: SIGNING.privateKey,
    fingerprint: FINGERPRINT,
  });
  const logs = new Map<string, Buffer>();
  const digests = new Map<string, Buffer>();
  for (let hour = 0; hour < HOURS; hour += 1) {
    const startMs = START_MS + hour * HOUR_MS;
    const content = JSON.stringify({ Records: [record(startMs + 60_000, hour)] });
    const key = `AWSLogs/111122223333/CloudTrail/eu-west-1/2026/04/01/111122223333_CloudTrail_eu-west-1_20260401T0${hour}05Z_AbCdEfGhIjKlMn${hour}.json.gz`;
    logs.set(key, gzipSync(content));
    const log = { key, content, oldestEventMs: startMs + 60_000, newestEventMs: startMs + 60_000 };
    const digest = writer.next({ startMs, endMs: startMs + HOUR_MS }, [log]);
    digests.set(digest.key, digest.bytes);
  }
  return { logs, digests };
}

function record(timeMs: number, index: number): object {
  return {
    eventVersion: '1.11',
    eventTime: `${new Date(timeMs).toISOString().slice(0, 19)}Z`,
    eventSource: 's3.amazonaws.com',
    eventName: 'GetBucketAcl',
    awsRegion: 'eu-west-1',
    requestParameters: { bucketName: 'media' },
    eventID: `00000000-0000-4000-8000-00000000000${index}`,
    recipientAccountId: '111122223333',
  };
}

interface Check {
  readonly files: Files;
  readonly keys?: object;
  /** How long after everything was loaded it is. */
  readonly laterMs?: number;
}

async function check({ files, keys = keySetting(SIGNING), laterMs = HOUR_MS }: Check): Promise<TrailCheck> {
  const folder = tempFolder();
  for (const [path, bytes] of [...files.logs, ...files.digests]) {
    const target = join(folder, 'trail', path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, bytes);
  }
  const config = configSchema.parse({ data: join(folder, 'data'), trail_keys: keys });
  const app = await openApp(config, {}, { clock: systemClock, log: silentLog });
  try {
    const source = openFiles(
      { name: 'trail', path: join(folder, 'trail'), pollMs: 0, format: 'cloudtrail' },
      { clock: systemClock },
    );
    expect(await app.ingest(source, new AbortController().signal)).toMatchObject({ rejected: 0, skipped: 0 });
    const range = { startMs: START_MS, endMs: START_MS + HOURS * HOUR_MS };
    const nowMs = systemClock.nowMs() + laterMs;
    const parts = { engine: app.engine, keys: openTrailKeys(config.trail_keys, systemClock) };
    const [found, ...more] = await checkTrails({ range, nowMs }, parts);
    expect(more).toEqual([]);
    if (found === undefined) throw new Error('no trail');
    return found;
  } finally {
    await app.close();
  }
}

const at = <Value>(map: ReadonlyMap<string, Value>, index: number): string => [...map.keys()][index] ?? '';
const hour = (index: number): number => START_MS + index * HOUR_MS;
const INTACT = {
  accountId: '111122223333',
  region: 'eu-west-1',
  trail: 'main',
  digests: 6,
  filesListed: 6,
  filesLoaded: 6,
  filesAwaited: 0,
  missing: [],
  altered: [],
  breaks: [],
  // The newest digest's own signature stands in the one to come.
  signatures: { valid: 5, invalid: 0, unchecked: 1 },
  untilMs: START_MS + HOURS * HOUR_MS,
};

test('an intact trail', async () => {
  expect(await check({ files: trailFiles() })).toEqual(INTACT);
});

test('without a key nothing is said of signatures', async () => {
  expect(await check({ files: trailFiles(), keys: {} })).toEqual({
    ...INTACT,
    signatures: { valid: 0, invalid: 0, unchecked: 6 },
  });
});

test('with another key no signature is valid', async () => {
  expect(await check({ files: trailFiles(), keys: keySetting(OTHER) })).toEqual({
    ...INTACT,
    signatures: { valid: 0, invalid: 5, unchecked: 1 },
  });
});

test('a log file that was altered', async () => {
  const files = trailFiles();
  const key = at(files.logs, 2);
  const text = gunzipSync(files.logs.get(key) ?? '').toString();
  files.logs.set(key, gzipSync(text.replace('GetBucketAcl', 'GetBucketCORS')));
  expect(await check({ files })).toEqual({ ...INTACT, altered: [`s3://trail-bucket/${key}`] });
});

test('a log file that was compressed anew is the same', async () => {
  const files = trailFiles();
  const key = at(files.logs, 2);
  files.logs.set(key, gzipSync(gunzipSync(files.logs.get(key) ?? ''), { level: 1 }));
  expect(await check({ files })).toEqual(INTACT);
});

test('a log file that is missing, awaited while its digest is young', async () => {
  const files = trailFiles();
  const key = at(files.logs, 3);
  files.logs.delete(key);
  const missing = [`s3://trail-bucket/${key}`];
  expect(await check({ files })).toEqual({ ...INTACT, filesLoaded: 5, missing });
  expect(await check({ files, laterMs: 0 })).toEqual({ ...INTACT, filesLoaded: 5, filesAwaited: 1 });
});

test('a digest that was deleted', async () => {
  const files = trailFiles();
  files.digests.delete(at(files.digests, 3));
  expect(await check({ files })).toMatchObject({
    digests: 5,
    breaks: [
      {
        afterMs: hour(3),
        beforeMs: hour(4),
        reason: '1 digest is missing: the one named as the one before is not here',
      },
    ],
  });
});

test('two digests in a row that were deleted', async () => {
  const files = trailFiles();
  for (const key of [at(files.digests, 2), at(files.digests, 3)]) files.digests.delete(key);
  expect(await check({ files })).toMatchObject({
    digests: 4,
    breaks: [
      {
        afterMs: hour(2),
        beforeMs: hour(4),
        reason: '2 digests are missing: the one named as the one before is not here',
      },
    ],
  });
});

/** Rewrites a digest. */
function rewrite(files: Files, index: number, change: (digest: Record<string, unknown>) => void): void {
  const key = at(files.digests, index);
  const digest = JSON.parse(gunzipSync(files.digests.get(key) ?? '').toString()) as Record<string, unknown>;
  change(digest);
  files.digests.set(key, gzipSync(JSON.stringify(digest)));
}

test('a digest that was altered: its hash and its signature no longer fit', async () => {
  const files = trailFiles();
  const key = at(files.logs, 2);
  files.logs.delete(key);
  rewrite(files, 2, (digest) => {
    digest['logFiles'] = [];
  });
  expect(await check({ files })).toMatchObject({
    missing: [],
    filesListed: 5,
    breaks: [{ beforeMs: hour(3), reason: 'the digest before was altered: its hash is not the one it had' }],
    signatures: { valid: 4, invalid: 1, unchecked: 1 },
  });
});

test('a signature that was replaced is invalid, and so is the one made over it', async () => {
  const files = trailFiles();
  rewrite(files, 3, (digest) => {
    digest['previousDigestSignature'] = 'ab'.repeat(256);
  });
  expect(await check({ files })).toMatchObject({ signatures: { valid: 3, invalid: 2, unchecked: 1 } });
});

test('a chain that begins anew', async () => {
  const files = trailFiles();
  rewrite(files, 3, (digest) => {
    for (const name of ['S3Bucket', 'S3Object', 'HashValue', 'HashAlgorithm', 'Signature'])
      digest[`previousDigest${name}`] = null;
  });
  const { breaks } = await check({ files });
  expect(breaks[0]).toMatchObject({
    beforeMs: hour(3),
    reason: expect.stringMatching(/^the chain begins anew here/) as string,
  });
});
