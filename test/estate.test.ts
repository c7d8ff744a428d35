/** The estate source through the intake: what is offered, when, and what the table then says. */
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketPolicyCommand,
  PutBucketReplicationCommand,
  PutBucketVersioningCommand,
  PutPublicAccessBlockCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { type App, openApp } from '../src/app.ts';
import { parseConfig } from '../src/config/load.ts';
import { type Config, configSchema } from '../src/config/schema.ts';
import type { IntakeCounts } from '../src/intake/counts.ts';
import { type Clock, systemClock } from '../src/lib/clock.ts';
import { silentLog } from '../src/lib/log.ts';
import { latestConfigs } from '../src/monitors/bucket-configs.ts';
import { ASPECT_NAMES } from '../src/s3/aspects.ts';
import type { Sources } from '../src/serve/api.ts';
import { openStoreSource } from '../src/sources/all.ts';
import type { Source } from '../src/sources/source.ts';
import { installMoto, type Moto, startMoto } from './moto.ts';
import { bucketsPage, type ScriptedAnswer, startScriptedStore } from './scripted-store.ts';
import { tempFolder } from './temp.ts';

const KEY = { access_key_id: 'test', secret_access_key: 'test', region: 'us-east-1' };
const HOUR_MS = 3_600_000;

interface Watched {
  readonly app: App;
  /** Looks once, as after a start. */
  readonly look: (store?: string) => Promise<IntakeCounts>;
  readonly source: (store?: string) => Source;
}

async function watch(sections: readonly object[], clock: Clock = systemClock): Promise<Watched> {
  const data = join(tempFolder(), 'data');
  const config: Config = configSchema.parse({
    data,
    estate: sections.map((section) => ({ ...KEY, ...section })),
  });
  const app = await openApp(config, {}, { clock, log: silentLog });
  onTestFinished(() => app.close());
  const source = (name = 'main'): Source => {
    const store = app.estate.stores.find((candidate) => candidate.name === name);
    const section = config.estate.find((candidate) => candidate.name === name);
    if (store === undefined || section === undefined) throw new Error('no store');
    return openStoreSource(store, section, { clock, folder: join(data, 'cursors') });
  };
  const look = (name = 'main'): Promise<IntakeCounts> =>
    app.ingest(source(name), AbortSignal.timeout(60_000));
  return { app, look, source };
}

describe.skipIf(installMoto() !== undefined)('two regions of moto', () => {
  let moto: Moto;
  const clients: S3Client[] = [];
  const client = (region: string): S3Client => {
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    const made = new S3Client({ endpoint: moto.endpoint, region, forcePathStyle: true, credentials });
    clients.push(made);
    return made;
  };

  beforeAll(async () => {
    moto = await startMoto();
    const [source, copy] = [client('eu-west-1'), client('us-west-2')];
    await source.send(
      new CreateBucketCommand({
        Bucket: 'media',
        CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' },
      }),
    );
    await copy.send(
      new CreateBucketCommand({
        Bucket: 'media-copy',
        CreateBucketConfiguration: { LocationConstraint: 'us-west-2' },
      }),
    );
    for (const [asked, Bucket] of [
      [source, 'media'],
      [copy, 'media-copy'],
    ] as const)
      await asked.send(
        new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }),
      );
    await source.send(
      new PutBucketReplicationCommand({
        Bucket: 'media',
        ReplicationConfiguration: {
          Role: 'arn:aws:iam::123456789012:role/replicate',
          Rules: [
            {
              ID: 'all',
              Priority: 1,
              Status: 'Enabled',
              DeleteMarkerReplication: { Status: 'Disabled' },
              Destination: { Bucket: 'arn:aws:s3:::media-copy' },
            },
          ],
        },
      }),
    );
    await source.send(
      new PutBucketEncryptionCommand({
        Bucket: 'media',
        ServerSideEncryptionConfiguration: {
          Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
        },
      }),
    );
    await source.send(
      new PutBucketLifecycleConfigurationCommand({
        Bucket: 'media',
        LifecycleConfiguration: {
          Rules: [{ ID: 'old', Status: 'Enabled', Filter: { Prefix: 'tmp/' }, Expiration: { Days: 7 } }],
        },
      }),
    );
    const statement = { Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: 'arn:aws:s3:::media/*' };
    await source.send(
      new PutBucketPolicyCommand({
        Bucket: 'media',
        Policy: JSON.stringify({ Version: '2012-10-17', Statement: [statement] }),
      }),
    );
    await source.send(
      new PutPublicAccessBlockCommand({
        Bucket: 'media',
        PublicAccessBlockConfiguration: { BlockPublicAcls: true, IgnorePublicAcls: true },
      }),
    );
  }, 90_000);
  afterAll(async () => {
    for (const made of clients) made.destroy();
    await moto.stop();
  });

  test('every aspect of every bucket is a row, once; a change is one row, a bucket that is gone too', async () => {
    const { app, look, source } = await watch([{ name: 'main', endpoint: moto.endpoint, namespace: 'moto' }]);
    expect(await look()).toMatchObject({ loaded: 1, facts: 2 * ASPECT_NAMES.length, rejects: 0 });
    const document = async (aspect: string, bucket = 'moto:media'): Promise<unknown> => {
      const latest = (await latestConfigs({ aspect, buckets: [bucket] }, app.engine)).get(bucket);
      return latest?.state === 'present' ? JSON.parse(latest.document) : latest?.state;
    };
    expect(await document('replication')).toMatchObject({
      ReplicationConfiguration: {
        Rules: [{ ID: 'all', Status: 'Enabled', Destination: { Bucket: 'arn:aws:s3:::media-copy' } }],
      },
    });
    expect(await document('versioning')).toEqual({ Status: 'Enabled' });
    expect(await document('location', 'moto:media-copy')).toEqual({ LocationConstraint: 'us-west-2' });
    expect(await document('encryption')).toMatchObject({ ServerSideEncryptionConfiguration: {} });
    expect(await document('lifecycle')).toMatchObject({ Rules: [{ ID: 'old', Expiration: { Days: 7 } }] });
    expect(await document('policy')).toMatchObject({ Statement: [{ Effect: 'Deny' }] });
    expect(await document('public_access_block')).toMatchObject({
      PublicAccessBlockConfiguration: { BlockPublicAcls: true },
    });
    expect(await document('replication', 'moto:media-copy')).toBe('absent');
    const [location] = (
      await latestConfigs({ aspect: 'location', buckets: ['moto:media'] }, app.engine)
    ).values();
    expect(location).toMatchObject({ store: 'main', region: 'eu-west-1', endpoint: moto.endpoint });

    expect(await look()).toMatchObject({ offered: 0 });
    await client('us-west-2').send(
      new PutBucketVersioningCommand({
        Bucket: 'media-copy',
        VersioningConfiguration: { Status: 'Suspended' },
      }),
    );
    expect(await look()).toMatchObject({ loaded: 1, facts: 1 });
    expect(await document('versioning', 'moto:media-copy')).toEqual({ Status: 'Suspended' });
    await client('us-west-2').send(new DeleteBucketCommand({ Bucket: 'media-copy' }));
    expect(await look()).toMatchObject({ loaded: 1, facts: 1 });
    expect(await document('versioning', 'moto:media-copy')).toBe('absent');
    const last = source();
    await app.ingest(last, AbortSignal.timeout(60_000));
    expect(last.status()).toMatchObject({ state: 'done', message: '' });
    expect(await app.estate.locate('moto:media')).toMatchObject({ bucket: 'media', store: { name: 'main' } });
  });
});

describe.skipIf(installMoto() !== undefined)('two accounts of moto', () => {
  test('each has its buckets, under names of its own', async () => {
    const moto = await startMoto();
    onTestFinished(() => moto.stop());
    const keyOf = async (account: string): Promise<string> => {
      const role = { RoleArn: `arn:aws:iam::${account}:role/watch`, RoleSessionName: 'test' };
      const body = new URLSearchParams({ Action: 'AssumeRole', Version: '2011-06-15', ...role });
      const authorization = 'AWS4-HMAC-SHA256 Credential=test/20260503/us-east-1/sts/aws4_request';
      const answer = await fetch(moto.endpoint, { method: 'POST', body, headers: { authorization } });
      return /<AccessKeyId>([^<]*)/.exec(await answer.text())?.[1] ?? '';
    };
    const sections = [];
    for (const [name, account] of [
      ['first', '111122223333'],
      ['second', '444455556666'],
    ] as const) {
      const accessKeyId = await keyOf(account);
      const credentials = { accessKeyId, secretAccessKey: 'test' };
      const region = 'us-east-1';
      const client = new S3Client({ endpoint: moto.endpoint, region, forcePathStyle: true, credentials });
      await client.send(new CreateBucketCommand({ Bucket: `logs-of-${name}` }));
      client.destroy();
      sections.push({ name, endpoint: moto.endpoint, access_key_id: accessKeyId });
    }
    const { app, look } = await watch(sections);
    for (const name of ['first', 'second']) expect(await look(name)).toMatchObject({ loaded: 1 });
    const found = await latestConfigs({ aspect: 'bucket' }, app.engine);
    expect([...found].map(([bucket, { store }]) => [bucket, store])).toEqual([
      ['logs-of-first', 'first'],
      ['logs-of-second', 'second'],
    ]);
    expect((await app.estate.locate('logs-of-second'))?.store.name).toBe('second');
  }, 60_000);
});

const TAGGING = '<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>';

/** A store of buckets with tags and nothing else, whose answers a test may change. */
async function tagged(buckets: string[], odd: (url: URL, method: string) => ScriptedAnswer | undefined) {
  const store = await startScriptedStore((url, method) => {
    const answer = odd(url, method);
    if (answer !== undefined) return answer;
    if (url.pathname === '/') return { status: 200, body: bucketsPage(buckets) };
    return url.searchParams.has('tagging')
      ? { status: 200, body: TAGGING }
      : { status: 501, body: 'NotImplemented' };
  });
  onTestFinished(() => store.stop());
  return store;
}

describe('looks', () => {
  test('what did not change is offered again when it is a day old', async () => {
    let nowMs = systemClock.nowMs();
    const { endpoint } = await tagged(['a', 'b'], () => undefined);
    const { look } = await watch([{ name: 'main', endpoint }], { ...systemClock, nowMs: () => nowMs });
    expect(await look()).toMatchObject({ facts: 2 * ASPECT_NAMES.length });
    nowMs += 23 * HOUR_MS;
    expect(await look()).toMatchObject({ offered: 0 });
    nowMs += HOUR_MS;
    expect(await look()).toMatchObject({ facts: 2 * ASPECT_NAMES.length });
    expect(await look()).toMatchObject({ offered: 0 });
  });

  test('a followed store that answers is fresh, however long nothing changed, and says what it was asked', async () => {
    const { endpoint } = await tagged(['a'], () => undefined);
    const { app } = await watch([{ name: 'main', endpoint, poll: '1s' }]);
    const row = async () => {
      const answer = await app.api.request('/api/v1/sources');
      return ((await answer.json()) as Sources).rows.find(({ name }) => name === 'main');
    };
    expect(await row()).toMatchObject({ kind: 'estate', verdict: 'unknown' });
    app.follow();
    await vi.waitFor(async () => expect((await row())?.requests['LIST_BUCKETS']).toBeGreaterThan(1), 20_000);
    expect(await row()).toMatchObject({
      verdict: 'fresh',
      batches: 1,
      facts: ASPECT_NAMES.length,
      verdict_reason: expect.stringMatching(/^The last look was /) as string,
    });
  });

  test('members in another order are no change', async () => {
    let acl = '<Owner><ID>1</ID><DisplayName>a</DisplayName></Owner><AccessControlList/>';
    const { endpoint } = await tagged(['a'], (url) =>
      url.searchParams.has('acl')
        ? { status: 200, body: `<AccessControlPolicy>${acl}</AccessControlPolicy>` }
        : undefined,
    );
    const { look } = await watch([{ name: 'main', endpoint }]);
    await look();
    acl = '<AccessControlList/><Owner><DisplayName>a</DisplayName><ID>1</ID></Owner>';
    expect(await look()).toMatchObject({ offered: 0 });
    acl = '<AccessControlList/><Owner><DisplayName>b</DisplayName><ID>1</ID></Owner>';
    expect(await look()).toMatchObject({ facts: 1 });
  });

  test('a bucket that fails does not stop the others, is said, and is read at the next look', async () => {
    let isBusy = true;
    const { endpoint } = await tagged(['a', 'b', 'c'], (url) =>
      isBusy && url.pathname.startsWith('/b') && url.searchParams.has('tagging')
        ? { status: 503, body: 'SlowDown' }
        : undefined,
    );
    const { app, look, source } = await watch([{ name: 'main', endpoint }]);
    const first = source();
    await app.ingest(first, AbortSignal.timeout(60_000));
    expect(first.status()).toMatchObject({
      state: 'failing',
      message: expect.stringMatching(
        /^No answer to 1 of 63 questions; the first is tagging of b: .*is busy or failing \(SlowDown, HTTP 503\)\.$/,
      ) as string,
    });
    const states = async () =>
      [...(await latestConfigs({ aspect: 'tagging' }, app.engine))].map(([bucket, { state }]) => [
        bucket,
        state,
      ]);
    expect(await states()).toEqual([
      ['a', 'present'],
      ['b', 'failed'],
      ['c', 'present'],
    ]);
    isBusy = false;
    expect(await look()).toMatchObject({ facts: 1 });
    expect(await states()).toContainEqual(['b', 'present']);
  });

  test('a bucket of which nothing is answered is not asked everything', async () => {
    const store = await tagged(['b'], (url) =>
      url.pathname.startsWith('/b') ? { status: 400, body: 'InvalidRequest' } : undefined,
    );
    const { look } = await watch([{ name: 'main', endpoint: store.endpoint }]);
    expect(await look()).toMatchObject({ facts: ASPECT_NAMES.length });
    expect(store.asked.filter((path) => path.includes(' /b'))).toHaveLength(3);
  });

  test('a list that is denied: named buckets are asked one by one, and none of the others is gone', async () => {
    let isDenied = false;
    let isThere = true;
    const { endpoint } = await tagged(['a', 'b'], (url, method) => {
      if (url.pathname === '/' && isDenied) return { status: 403, body: 'AccessDenied' };
      return method === 'HEAD' ? { status: isThere ? 200 : 404 } : undefined;
    });
    const { app, look } = await watch([{ name: 'main', endpoint, buckets: ['a', '*'] }]);
    await look();
    isDenied = true;
    expect(await look()).toMatchObject({ facts: 1 });
    const states = async () =>
      [...(await latestConfigs({ aspect: 'bucket' }, app.engine))].map(([bucket, { state }]) => [
        bucket,
        state,
      ]);
    expect(await states()).toEqual([
      ['a', 'present'],
      ['b', 'present'],
    ]);
    isThere = false;
    expect(await look()).toMatchObject({ facts: 1 });
    expect(await look()).toMatchObject({ offered: 0 });
    expect(await states()).toContainEqual(['a', 'absent']);
    isThere = true;
    expect(await look()).toMatchObject({ facts: ASPECT_NAMES.length });
  });

  test('a store that does not answer makes the source fail, and nothing is gone', async () => {
    const store = await tagged(['a'], () => undefined);
    const { app, look, source } = await watch([{ name: 'main', endpoint: store.endpoint }]);
    await look();
    await store.stop();
    const failing = source();
    await expect(app.ingest(failing, AbortSignal.timeout(60_000))).rejects.toThrow(
      /^Cannot list the buckets: .*does not answer/,
    );
    expect((await latestConfigs({ aspect: 'bucket' }, app.engine)).get('a')?.state).toBe('present');
  });

  test('two stores with buckets of one name are told apart by their namespaces', async () => {
    const [a, b] = [await tagged(['media'], () => undefined), await tagged(['media'], () => undefined)];
    const { app, look } = await watch([
      { name: 'main', endpoint: a.endpoint },
      { name: 'second', endpoint: b.endpoint, namespace: 'siteB' },
    ]);
    await look('main');
    await look('second');
    const stores = [...(await latestConfigs({ aspect: 'tagging' }, app.engine))];
    expect(stores.map(([bucket, { store, accountId }]) => [bucket, store, accountId])).toEqual([
      ['media', 'main', 'owner-1'],
      ['siteB:media', 'second', 'owner-1'],
    ]);
  });
});

describe('configuration', () => {
  test.each([
    ['estate:\n  - name: a\n  - name: a\n', 'has the name "a", which another store or a source has'],
    [
      'sources:\n  - { kind: files, name: a, path: x }\nestate:\n  - name: a\n',
      'has the name "a", which another store or a source has',
    ],
    [
      'estate:\n  - { name: a, namespace: "a:b" }\n',
      'is not of letters, digits, dots, dashes and underscores',
    ],
    ['estate:\n  - { name: a, secret_access_key: abc }\n', expect.stringMatching(/is a secret in clear/)],
  ])('%s is refused', (text, message) => {
    const reading = parseConfig(text, { environment: {}, folder: '.' });
    expect(reading).toMatchObject({ ok: false, problems: [{ message }] });
  });
});
