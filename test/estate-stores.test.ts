/** Stores as they answer: lists of any length, and each way to say no. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import { configSchema } from '../src/config/schema.ts';
import { type Clock, systemClock } from '../src/lib/clock.ts';
import { ASPECT_NAMES, type Aspect } from '../src/s3/aspects.ts';
import type { Estate, Store } from '../src/s3/estate.ts';
import { openStores } from '../src/sources/all.ts';
import { startFauxqs } from './fauxqs.ts';
import {
  bucketsPage,
  type ScriptedAnswer,
  type ScriptedStore,
  startScriptedStore,
} from './scripted-store.ts';
import { tempFolder } from './temp.ts';

const KEY = { access_key_id: 'test', secret_access_key: 'test', region: 'us-east-1' };
const DAY_MS = 86_400_000;
const signal = (): AbortSignal => AbortSignal.timeout(30_000);

const stores: ScriptedStore[] = [];
afterEach(async () => {
  for (const store of stores.splice(0)) await store.stop();
});

async function scripted(
  script: (url: URL, method: string) => ScriptedAnswer | undefined,
): Promise<ScriptedStore> {
  const store = await startScriptedStore(script);
  stores.push(store);
  return store;
}

function estateOf(
  sections: readonly object[],
  parts: { readonly folder?: string; readonly clock?: Clock } = {},
): Estate {
  const { estate } = configSchema.parse({ estate: sections.map((section) => ({ ...KEY, ...section })) });
  const opened = openStores(estate, {
    clock: parts.clock ?? systemClock,
    folder: parts.folder ?? tempFolder(),
  });
  onTestFinished(() => opened.close());
  return opened;
}

function storeOf(section: object, parts: { readonly folder?: string; readonly clock?: Clock } = {}): Store {
  const [store] = estateOf([{ name: 'main', ...section }], parts).stores;
  if (store === undefined) throw new Error('no store');
  return store;
}

async function namesOf(store: Store): Promise<string[]> {
  const names: string[] = [];
  for await (const bucket of store.buckets.listBuckets(signal())) names.push(bucket.name);
  return names;
}

describe('listBuckets()', () => {
  const all = Array.from({ length: 2_500 }, (_, index) => `bucket-${String(index).padStart(4, '0')}`);

  test.each([
    [0, 1],
    [1, 1],
    [1_000, 1],
    [1_001, 2],
    [2_500, 3],
  ])('%i buckets are %i pages', async (count, pages) => {
    const names = all.slice(0, count);
    const store = await scripted((url) => {
      const size = Number(url.searchParams.get('max-buckets'));
      const start = Number(url.searchParams.get('continuation-token') ?? 0);
      const end = start + size;
      return {
        status: 200,
        body: bucketsPage(names.slice(start, end), end < count ? String(end) : undefined),
      };
    });
    const opened = storeOf({ endpoint: store.endpoint });
    expect(await namesOf(opened)).toEqual(names);
    expect(store.asked).toHaveLength(pages);
    expect(opened.buckets.requests).toEqual({ LIST_BUCKETS: pages });
  });

  test('a store that gives back the token it was given has no more', async () => {
    const store = await scripted(() => ({ status: 200, body: bucketsPage(['a'], 'same') }));
    expect(await namesOf(storeOf({ endpoint: store.endpoint }))).toEqual(['a', 'a']);
  });

  test('a web page is no list', async () => {
    const store = await scripted(() => ({ status: 200, body: '<html>welcome</html>' }));
    await expect(namesOf(storeOf({ endpoint: store.endpoint }))).rejects.toThrow(/^Cannot list the buckets/);
  });

  test('patterns take and leave out', async () => {
    const store = await scripted(() => ({
      status: 200,
      body: bucketsPage(['logs', 'media', 'media-tmp', 'x.y', 'xay']),
    }));
    const listed = (buckets: readonly string[]): Promise<string[]> =>
      namesOf(storeOf({ endpoint: store.endpoint, buckets }));
    expect(await listed(['media*', '!*-tmp'])).toEqual(['media']);
    expect(await listed(['!logs'])).toEqual(['media', 'media-tmp', 'x.y', 'xay']);
    expect(await listed(['x.?'])).toEqual(['x.y']);
  });

  test('a list that is denied: names are watched, patterns alone are not', async () => {
    const store = await scripted(() => ({ status: 403, body: 'AccessDenied' }));
    const { endpoint } = store;
    expect(await namesOf(storeOf({ endpoint, buckets: ['media', 'logs-*', '!x'] }))).toEqual(['media']);
    await expect(namesOf(storeOf({ endpoint, buckets: ['logs-*'] }))).rejects.toThrow(
      'Cannot list the buckets: access denied (AccessDenied, HTTP 403); it needs s3:ListAllMyBuckets on *.',
    );
  });

  test.each([
    [403, 'InvalidAccessKeyId'],
    [503, 'SlowDown'],
  ])('%i %s is no list of the names', async (status, body) => {
    const store = await scripted(() => ({ status, body }));
    await expect(namesOf(storeOf({ endpoint: store.endpoint, buckets: ['media'] }))).rejects.toThrow(
      /^Cannot list the buckets/,
    );
  });
});

describe('read()', () => {
  const asked = async (aspect: Aspect, answer: ScriptedAnswer | undefined) => {
    const store = await scripted(() => answer);
    return storeOf({ endpoint: store.endpoint }).buckets.read('media', aspect, signal());
  };

  test.each([
    ['replication', 'ReplicationConfigurationNotFoundError'],
    ['encryption', 'ServerSideEncryptionConfigurationNotFoundError'],
    ['public_access_block', 'NoSuchPublicAccessBlockConfiguration'],
    ['object_lock', 'ObjectLockConfigurationNotFoundError'],
    ['policy', 'NoSuchBucketPolicy'],
    ['policy_status', 'NoSuchBucketPolicy'],
    ['website', 'NoSuchWebsiteConfiguration'],
    ['tagging', 'NoSuchTagSet'],
    ['ownership_controls', 'OwnershipControlsNotFoundError'],
    ['lifecycle', 'NoSuchLifecycleConfiguration'],
    ['cors', 'NoSuchCORSConfiguration'],
  ] as const)('%s: 404 %s is absent', async (aspect, body) => {
    expect(await asked(aspect, { status: 404, body })).toEqual({ state: 'absent' });
  });

  test.each([
    ['versioning', '<VersioningConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"/>'],
    ['notification', '<?xml version="1.0"?>\n<NotificationConfiguration></NotificationConfiguration>'],
    ['logging', '<BucketLoggingStatus />'],
    [
      'inventory',
      '<ListInventoryConfigurationsResult><IsTruncated>false</IsTruncated></ListInventoryConfigurationsResult>',
    ],
  ] as const)('%s: an empty document is absent', async (aspect, body) => {
    expect(await asked(aspect, { status: 200, body })).toEqual({ state: 'absent' });
  });

  test.each([
    ['replication', 's3:GetReplicationConfiguration'],
    ['lifecycle', 's3:GetLifecycleConfiguration'],
    ['encryption', 's3:GetEncryptionConfiguration'],
    ['policy', 's3:GetBucketPolicy'],
    ['object_lock', 's3:GetBucketObjectLockConfiguration'],
  ] as const)('%s: 403 is denied and names %s', async (aspect, action) => {
    const answer = await asked(aspect, { status: 403, body: 'AccessDenied' });
    expect(answer).toEqual({
      state: 'denied',
      reason: `access denied (AccessDenied, HTTP 403); it needs ${action} on arn:aws:s3:::media`,
    });
  });

  test.each([
    [501, 'NotImplemented'],
    [405, 'MethodNotAllowed'],
    [400, 'UnsupportedOperation'],
    [404, 'NoSuchKey'],
    [404, '<html>not here</html>'],
    [200, '<ListBucketResult><Name>media</Name><IsTruncated>false</IsTruncated></ListBucketResult>'],
    [200, '<html>welcome</html>'],
    [200, ''],
  ])('%i %s is unsupported', async (status, body) => {
    expect(await asked('public_access_block', { status, body })).toMatchObject({ state: 'unsupported' });
  });

  test.each([
    [503, 'SlowDown', /is busy or failing \(SlowDown, HTTP 503\)/],
    [500, 'InternalError', /InternalError, HTTP 500/],
    [404, 'NoSuchBucket', /there is no such bucket/],
    [403, 'InvalidAccessKeyId', /the access key id is not known/],
    [403, 'SignatureDoesNotMatch', /does not fit/],
    [400, 'InvalidRequest', /InvalidRequest, HTTP 400/],
  ])('%i %s is no answer', async (status, body, reason) => {
    expect(await asked('acl', { status, body })).toEqual({
      state: 'failed',
      reason: expect.stringMatching(reason) as string,
    });
  });

  test('a connection that is cut is no answer', async () => {
    expect(await asked('acl', undefined)).toEqual({
      state: 'failed',
      reason: expect.stringMatching(/does not answer/) as string,
    });
  });

  test.each([
    [404, 'absent'],
    [403, 'denied'],
    [200, 'present'],
  ])('the bucket itself: HEAD with %i is %s', async (status, state) => {
    expect(await asked('bucket', { status })).toMatchObject({ state });
  });

  test('members are sorted, a policy is the policy itself', async () => {
    const acl =
      '<AccessControlPolicy><Owner><ID>1</ID><DisplayName>a</DisplayName></Owner><AccessControlList/></AccessControlPolicy>';
    expect(await asked('acl', { status: 200, body: acl })).toEqual({
      state: 'present',
      document: '{"Grants":[],"Owner":{"DisplayName":"a","ID":"1"}}',
    });
    const policy = '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:*"}]}';
    expect(await asked('policy', { status: 200, body: policy })).toEqual({
      state: 'present',
      document: '{"Statement":[{"Action":"s3:*","Effect":"Deny"}],"Version":"2012-10-17"}',
    });
  });

  test('all pages of inventories are one document', async () => {
    const store = await scripted((url) => {
      const second = url.searchParams.get('continuation-token') === 'two';
      const next = second ? '' : '<NextContinuationToken>two</NextContinuationToken>';
      const id = `<InventoryConfiguration><Id>${second ? 'b' : 'a'}</Id></InventoryConfiguration>`;
      const truncated = `<IsTruncated>${String(!second)}</IsTruncated>`;
      return {
        status: 200,
        body: `<ListInventoryConfigurationsResult>${id}${truncated}${next}</ListInventoryConfigurationsResult>`,
      };
    });
    expect(await storeOf({ endpoint: store.endpoint }).buckets.read('media', 'inventory', signal())).toEqual({
      state: 'present',
      document: '{"InventoryConfigurationList":[{"Id":"a"},{"Id":"b"}]}',
    });
  });
});

describe('what a store does not offer', () => {
  test('is asked once for all buckets, also after a restart, and again after a day', async () => {
    const folder = tempFolder();
    let nowMs = 1_000;
    const clock: Clock = { ...systemClock, nowMs: () => nowMs };
    let isOffered = false;
    const tagging = '<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>';
    const store = await scripted(() =>
      isOffered ? { status: 200, body: tagging } : { status: 501, body: 'NotImplemented' },
    );
    const open = (): Store => storeOf({ endpoint: store.endpoint }, { folder, clock });
    const opened = open();
    const unsupported = {
      state: 'unsupported',
      reason: 'the store does not offer this operation',
    };
    expect(await opened.buckets.read('one', 'tagging', signal())).toEqual(unsupported);
    expect(await opened.buckets.read('two', 'tagging', signal())).toEqual(unsupported);
    expect(await open().buckets.read('three', 'tagging', signal())).toEqual(unsupported);
    expect(store.asked).toHaveLength(1);
    expect(await opened.buckets.read('one', 'cors', signal())).toEqual(unsupported);
    expect(store.asked).toHaveLength(2);
    nowMs += DAY_MS;
    isOffered = true;
    const again = open();
    expect(await again.buckets.read('one', 'tagging', signal())).toMatchObject({ state: 'present' });
    expect(readFileSync(join(folder, 'unsupported.json'), 'utf8')).not.toContain('tagging');
  });

  test('fauxqs knows no sub-resource and lists the bucket instead: all of them are unsupported', async () => {
    const fauxqs = await startFauxqs();
    onTestFinished(() => fauxqs.stop());
    const bucket = await fauxqs.bucketWith(['a']);
    const store = storeOf({ endpoint: fauxqs.endpoint });
    expect(await namesOf(store)).toEqual([bucket]);
    for (const aspect of ASPECT_NAMES) {
      const state = aspect === 'bucket' ? 'present' : 'unsupported';
      expect(await store.buckets.read(bucket, aspect, signal()), aspect).toMatchObject({ state });
    }
    const asked = { ...store.buckets.requests };
    for (const aspect of ASPECT_NAMES.slice(1)) await store.buckets.read(bucket, aspect, signal());
    expect(store.buckets.requests).toEqual(asked);
  });
});

describe('locate()', () => {
  test('goes by namespace, and among stores of one namespace by their lists', async () => {
    const [a, b] = await Promise.all(
      [['media', 'logs'], ['backups']].map((names) =>
        scripted(() => ({ status: 200, body: bucketsPage(names) })),
      ),
    );
    const estate = estateOf([
      { name: 'a', endpoint: a?.endpoint },
      { name: 'b', endpoint: b?.endpoint },
      { name: 'c', endpoint: 'http://127.0.0.1:9', namespace: 'siteB' },
    ]);
    const found = async (id: string): Promise<string | undefined> => {
      const place = await estate.locate(id, signal());
      return place === undefined ? undefined : `${place.store.name} ${place.bucket}`;
    };
    expect(await found('backups')).toBe('b backups');
    expect(await found('logs')).toBe('a logs');
    expect(await found('nowhere')).toBeUndefined();
    expect(await found('siteB:media')).toBe('c media');
    expect(await found('siteC:media')).toBeUndefined();
    expect(estate.stores.map((store) => store.idOf('media'))).toEqual(['media', 'media', 'siteB:media']);
    expect([a?.asked.length, b?.asked.length]).toEqual([1, 1]);
  });
});
