/** The safety of backups from an S3 that nobody here wrote: its buckets read by the estate, its files looked at, then told. */
import {
  CreateBucketCommand,
  type LifecycleRule,
  PutBucketLifecycleConfigurationCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  PutObjectLegalHoldCommand,
  PutObjectLockConfigurationCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type App, openApp } from '../src/app.ts';
import { configSchema } from '../src/config/schema.ts';
import { systemClock } from '../src/lib/clock.ts';
import { silentLog } from '../src/lib/log.ts';
import { UNLIMITED } from '../src/lib/request-budget.ts';
import { openFileLooker } from '../src/monitors/backups/file-looker.ts';
import type { FileLook } from '../src/monitors/backups/look.ts';
import { type SafetyItem, seriesSafety } from '../src/monitors/backups/safety.ts';
import { openStoreSource } from '../src/sources/all.ts';
import { installMoto, type Moto, startMoto } from './moto.ts';
import { keptFolder } from './temp.ts';

const DAY_MS = 86_400_000;
const signal = (): AbortSignal => AbortSignal.timeout(60_000);

describe.skipIf(installMoto() !== undefined)('backups at moto', () => {
  const nowMs = systemClock.nowMs();
  const lockedUntil = new Date(Math.floor(nowMs / 1000) * 1000 + 30 * DAY_MS);
  const whole = gzipSync(randomBytes(200_000));
  const folder = keptFolder();
  let moto: Moto;
  let app: App;
  let client: S3Client;

  const put = (Key: string, more: Partial<PutObjectCommandInput> = {}) =>
    client.send(new PutObjectCommand({ Bucket: 'vault', Key, Body: whole, ...more }));
  const lookAt = async (bucket: string, key: string, versionId = ''): Promise<FileLook> => {
    const parts = { estate: app.estate, budget: UNLIMITED, clock: systemClock };
    const file = { bucket, key, versionId, sizeBytes: whole.length, content: 'auto' } as const;
    const look = await openFileLooker(parts).look(file, signal());
    if (look === undefined) throw new Error('nothing was said');
    return look;
  };

  beforeAll(async () => {
    moto = await startMoto();
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    client = new S3Client({
      endpoint: moto.endpoint,
      region: 'us-east-1',
      forcePathStyle: true,
      credentials,
    });
    await client.send(new CreateBucketCommand({ Bucket: 'vault', ObjectLockEnabledForBucket: true }));
    await client.send(new CreateBucketCommand({ Bucket: 'ruled', ObjectLockEnabledForBucket: true }));
    await client.send(
      new PutObjectLockConfigurationCommand({
        Bucket: 'ruled',
        ObjectLockConfiguration: {
          ObjectLockEnabled: 'Enabled',
          Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 7 } },
        },
      }),
    );
    await put('by-rule.gz', { Bucket: 'ruled' });
    await client.send(new CreateBucketCommand({ Bucket: 'attic' }));
    await client.send(
      new PutBucketVersioningCommand({ Bucket: 'attic', VersioningConfiguration: { Status: 'Suspended' } }),
    );
    const clean = {
      ID: 'clean',
      Status: 'Enabled',
      Filter: { Prefix: 'db/' },
      Expiration: { Days: 1 },
    } as const;
    const other = {
      ID: 'other',
      Status: 'Enabled' as const,
      Filter: { And: { Prefix: 'db/', Tags: [{ Key: 'k', Value: 'v' }] } },
      NoncurrentVersionExpiration: { NoncurrentDays: 1 },
    } satisfies LifecycleRule;
    await client.send(
      new PutBucketLifecycleConfigurationCommand({
        Bucket: 'attic',
        LifecycleConfiguration: { Rules: [other, clean] },
      }),
    );
    await client.send(
      new PutObjectCommand({ Bucket: 'attic', Key: 'db/a.gz', Body: whole.subarray(0, 150_000) }),
    );
    await put('plain.gz');
    await put('compliance.gz', { ObjectLockMode: 'COMPLIANCE', ObjectLockRetainUntilDate: lockedUntil });
    await put('governance.gz', { ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate: lockedUntil });
    await client.send(
      new PutObjectLegalHoldCommand({ Bucket: 'vault', Key: 'governance.gz', LegalHold: { Status: 'ON' } }),
    );
    await put('twice.gz', { Body: 'first' });
    const config = configSchema.parse({
      data: join(folder, 'data'),
      estate: [
        {
          name: 'main',
          endpoint: moto.endpoint,
          region: 'us-east-1',
          access_key_id: 'test',
          secret_access_key: 'test',
        },
      ],
    });
    app = await openApp(config, {}, { clock: systemClock, log: silentLog });
    const [store, section] = [app.estate.stores[0], config.estate[0]];
    if (store === undefined || section === undefined) throw new Error('no store');
    await app.ingest(openStoreSource(store, section, { clock: systemClock, folder }), signal());
  }, 120_000);
  afterAll(async () => {
    await moto.stop();
    client.destroy();
    await app.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test.each([
    ['compliance.gz', 'COMPLIANCE', false],
    ['governance.gz', 'GOVERNANCE', true],
  ])('the lock of %s is %s, legal hold %s', async (key, mode, isLegalHold) => {
    expect(await lookAt('vault', key)).toMatchObject({
      problem: '',
      isGone: false,
      lock: { mode, untilMs: lockedUntil.getTime() },
      isLegalHold,
    });
  });

  test('what was written without a lock, where there is no rule, has none', async () => {
    const look = await lookAt('vault', 'plain.gz');
    expect([look.lock, look.isLegalHold, look.problem]).toEqual([undefined, false, '']);
  });

  test('both ends are read in parts, of the version that is asked for', async () => {
    const first = await client.send(new PutObjectCommand({ Bucket: 'vault', Key: 'twice.gz', Body: whole }));
    await put('twice.gz', { Body: '<html>not found</html>' });
    expect((await lookAt('vault', 'twice.gz', first.VersionId)).content).toMatchObject({
      kind: 'gzip',
      result: 'whole',
      expandedBytes: 200_000,
    });
    expect((await lookAt('vault', 'twice.gz')).content).toMatchObject({ result: 'wrong' });
    expect(await lookAt('vault', 'nothing.gz')).toMatchObject({ isGone: true });
  });

  test('what the estate read of the buckets and the looks of their files make what is said', async () => {
    const found = await safetyOf([
      ['vault', 'compliance.gz', await lookAt('vault', 'compliance.gz')],
      ['attic', 'db/a.gz', await lookAt('attic', 'db/a.gz')],
      ['ruled', 'by-rule.gz', await lookAt('ruled', 'by-rule.gz')],
    ]);
    const byRule = expect.stringContaining(
      '(7 d left), GOVERNANCE: who has s3:BypassGovernanceRetention can',
    );
    expect(found['ruled']?.['object-lock']).toEqual(['good', byRule]);
    const midnight = new Date(Math.ceil((nowMs + DAY_MS) / DAY_MS) * DAY_MS).toISOString().slice(0, 10);
    expect(found['vault']).toEqual({
      kept: ['good', expect.stringContaining('still there')],
      versioning: ['good', expect.stringContaining('Versioning is on')],
      'object-lock': ['good', expect.stringContaining('COMPLIANCE: nobody can remove it')],
      lifecycle: ['good', expect.stringContaining('No lifecycle rule')],
      replica: ['warn', expect.stringContaining('the only copy')],
    });
    expect(found['attic']).toEqual({
      kept: ['good', expect.stringContaining('still there')],
      versioning: ['warn', expect.stringContaining('is suspended')],
      'object-lock': ['warn', expect.stringContaining('No Object Lock')],
      lifecycle: ['bad', expect.stringContaining(`Rule clean removes db/a.gz at ${midnight}T00:00Z, before`)],
      replica: ['warn', expect.stringContaining('the only copy')],
    });
  });

  /** Stores the looks as the monitor does, each the newest file of a series in its bucket. */
  async function safetyOf(looks: readonly (readonly [bucket: string, key: string, look: FileLook])[]) {
    const timeOf = (ms: number): string => new Date(ms).toISOString().replace('T', ' ').replace('Z', '');
    const rows = looks.map(([bucket, key, { lock, ...look }]) => ({
      bucket,
      key,
      at: timeOf(nowMs),
      feed: 'listing',
      series: 's',
      size_bytes: whole.length,
      looked_at: timeOf(look.atMs),
      look_problem: look.problem,
      lock_mode: lock?.mode ?? '',
      lock_until: lock === undefined ? null : timeOf(lock.untilMs),
      legal_hold: look.isLegalHold ? 1 : 0,
      replication_status: look.replicationStatus,
    }));
    await app.engine.insertRows({ table: 'backup_files', rows });
    const subjects = looks.map(([bucket, key]) => ({
      bucket,
      series: 's',
      newestKeys: [key],
      nextDeadlineMs: nowMs + 6 * DAY_MS,
    }));
    const told = await seriesSafety(subjects, { engine: app.engine, nowMs });
    const table = (items: readonly SafetyItem[]) =>
      Object.fromEntries(items.map(({ what, state, sentence }) => [what, [state, sentence]]));
    return Object.fromEntries([...told].map(([id, items]) => [id.split('\n')[0] ?? '', table(items)]));
  }
});
