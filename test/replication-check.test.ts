/** What the stores say of pending versions: asked by HEAD and LIST, within a budget, stored as observations. */
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type App, openApp } from '../src/app.ts';
import { configSchema } from '../src/config/schema.ts';
import { type Clock, systemClock } from '../src/lib/clock.ts';
import { silentLog } from '../src/lib/log.ts';
import { openConfirm } from '../src/monitors/replication/confirm.ts';
import { openReplicationCheck } from '../src/replication-check.ts';
import { openEstate } from '../src/s3/estate.ts';
import type { Source } from '../src/sources/source.ts';
import { type ScriptedAnswer, type ScriptedStore, scriptedStore } from './answering-store.ts';
import { keptFolder, tempFolder } from './temp.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const NOW_MS = Math.floor(systemClock.nowMs() / 1000) * 1000;

interface Pair {
  readonly source: string;
  readonly destination: string;
  readonly declared?: boolean;
  readonly byKey?: boolean;
}

interface Open {
  readonly pair: Pair;
  readonly key: string;
  readonly version?: string;
  readonly minutesAgo?: number;
  readonly status?: string;
  readonly reason?: string;
}

interface Setting {
  readonly clock: Clock & { advance(ms: number): void };
  /** Writes pairs and versions as the judge does. */
  judge(open: readonly Open[], pairs?: readonly Pair[]): Promise<void>;
  source(more?: { perHour?: number }): Source;
  look(source: Source): Promise<void>;
  /** What was observed: event, bucket, key, version, replication status. */
  observed(): Promise<unknown[]>;
}

let app: App;
let data: string;
let tick = 0;
beforeAll(async () => {
  data = keptFolder();
  const main = { name: 'main', endpoint: 'http://127.0.0.1:9', access_key_id: 'a', secret_access_key: 'b' };
  const config = configSchema.parse({ data, estate: [main] });
  app = await openApp(config, {}, { clock: systemClock, log: silentLog });
});
afterAll(async () => {
  await app.close();
  rmSync(data, { recursive: true, force: true });
});

const idOf = ({ source, destination }: Pair): string => `${source}/${destination}/all`;
const timeOf = (ms: number): string => new Date(ms).toISOString().replace('T', ' ').replace('Z', '');

async function settingWith(store: ScriptedStore): Promise<Setting> {
  let nowMs = NOW_MS;
  const clock = {
    nowMs: () => nowMs,
    sleep: async () => {},
    advance: (ms: number) => {
      nowMs += ms;
    },
  };
  for (const table of [
    'object_events',
    'object_versions',
    'replications',
    'replication_open',
    'replication_5m',
    'replication_1h',
    'replication_pairs',
    'batches',
  ])
    await app.engine.command(`truncate table ${table}`);
  const folder = tempFolder();
  const key = { accessKeyId: 'test', secretAccessKey: 'test', region: 'us-east-1' };
  const estate = openEstate(
    {
      stores: [{ name: 'main', namespace: '', patterns: ['*'], endpoint: store.endpoint, ...key }],
      folder,
    },
    { clock },
  );
  onTestFinished(() => estate.close());
  return {
    clock,
    judge: async (open, pairs = open.map(({ pair }) => pair)) => {
      tick += 1;
      await app.engine.insertRows({
        table: 'replication_pairs',
        token: `pairs-${tick}`,
        rows: pairs.map((pair) => ({
          pair_id: idOf(pair),
          rule_id: 'all',
          source: pair.source,
          destination: pair.destination,
          is_enabled: 1,
          is_declared: pair.declared === true ? 1 : 0,
          match_by: pair.byKey === true ? 'key' : 'version',
          active_from: timeOf(NOW_MS - 24 * HOUR_MS),
          revision: tick,
        })),
      });
      if (open.length === 0) return;
      await app.engine.insertRows({
        table: 'replications_judged',
        token: `judged-${tick}`,
        rows: open.map(({ pair, key: name, version = 'v1', minutesAgo = 60, status, reason = '' }) => ({
          source: pair.source,
          pair_id: idOf(pair),
          key: name,
          version_id: version,
          destination: pair.destination,
          status: status ?? 'PENDING',
          reason,
          written_at: timeOf(NOW_MS - minutesAgo * MINUTE_MS),
          tick,
        })),
      });
    },
    source: ({ perHour = 1000 } = {}) =>
      openConfirm(
        {
          name: 'replication-check',
          requestsPerHour: perHour,
          afterMs: 15 * MINUTE_MS,
          listingMs: 15 * MINUTE_MS,
          folder,
          usdPer1000: { HEAD: 0.0004, LIST: 0.005 },
        },
        { engine: app.engine, estate, clock },
      ),
    look: async (source) => {
      await app.ingest(source, AbortSignal.timeout(60_000));
    },
    observed: () =>
      app.engine.query(
        `select event_name, bucket, key, version_id, replication_status from object_events
         order by bucket, key, version_id, event_time`,
      ),
  };
}

const THERE = { etag: '"e"', 'content-length': '5', 'last-modified': new Date(NOW_MS).toUTCString() };

function there(headers: Readonly<Record<string, string>> = {}): ScriptedAnswer {
  return { status: 200, headers: { ...THERE, ...headers } };
}

const EMPTY_LIST =
  '<ListBucketResult><KeyCount>0</KeyCount><IsTruncated>false</IsTruncated></ListBucketResult>';

/** Objects by their path, anything else is missing; buckets are there, and hold nothing when they are listed. */
function answering(
  objects: Readonly<Record<string, ScriptedAnswer>>,
): (method: string, url: URL) => ScriptedAnswer {
  return (method, url) => {
    const isBucket = url.pathname.split('/').filter((part) => part !== '').length < 2;
    if (method === 'GET' && isBucket) return { status: 200, body: EMPTY_LIST };
    if (isBucket) return { status: 200 };
    return objects[url.pathname] ?? { status: 404 };
  };
}

const heads = (store: ScriptedStore): string[] =>
  store.asked.filter((line) => line.startsWith('HEAD') && line.split('/').length > 2 && !line.endsWith('/'));

const ONE: Pair = { source: 'media', destination: 'copy' };
const TWO: Pair = { source: 'media', destination: 'other' };
const MIRROR: Pair = { source: 'media', destination: 'copy', declared: true, byKey: true };

/** Notifications of the buckets, so that nothing needs to be listed. */
async function tell(buckets: readonly string[]): Promise<void> {
  await app.engine.insertRows({
    table: 'object_events',
    token: `told-${(tick += 1)}`,
    rows: buckets.map((bucket) => ({
      event_time: timeOf(NOW_MS),
      event_name: 'ObjectTagging:Put',
      bucket,
      key: 'told',
      completeness: 2,
      envelope: 'sqs/s3',
    })),
  });
}

interface Case {
  readonly what: string;
  readonly pairs: readonly Pair[];
  readonly answers: Readonly<Record<string, ScriptedAnswer>>;
  readonly asked: readonly string[];
  readonly observed: readonly (readonly [event: string, bucket: string, version: string, status: string])[];
}

const CASES: readonly Case[] = [
  {
    what: 'the source says PENDING of its only destination: nothing else is asked',
    pairs: [ONE],
    answers: { '/media/a': there({ 'x-amz-version-id': 'v1', 'x-amz-replication-status': 'PENDING' }) },
    asked: ['HEAD /media/a?versionId=v1'],
    observed: [['Present', 'media', 'v1', 'PENDING']],
  },
  {
    what: 'the source says COMPLETED: at every destination',
    pairs: [ONE, TWO],
    answers: { '/media/a': there({ 'x-amz-version-id': 'v1', 'x-amz-replication-status': 'COMPLETED' }) },
    asked: ['HEAD /media/a?versionId=v1'],
    observed: [['Present', 'media', 'v1', 'COMPLETED']],
  },
  {
    what: 'the source says FAILED of one of several: each is asked',
    pairs: [ONE, TWO],
    answers: {
      '/media/a': there({ 'x-amz-version-id': 'v1', 'x-amz-replication-status': 'FAILED' }),
      '/copy/a': there({ 'x-amz-version-id': 'v1', 'x-amz-replication-status': 'REPLICA' }),
    },
    asked: ['HEAD /media/a?versionId=v1', 'HEAD /copy/a?versionId=v1', 'HEAD /other/a?versionId=v1'],
    observed: [
      ['Present', 'copy', 'v1', 'REPLICA'],
      ['Present', 'media', 'v1', 'FAILED'],
      ['Missing', 'other', 'v1', ''],
    ],
  },
  {
    what: 'a store that says nothing of replication: the destination is asked',
    pairs: [ONE],
    answers: { '/media/a': there({ 'x-amz-version-id': 'v1' }) },
    asked: ['HEAD /media/a?versionId=v1', 'HEAD /copy/a?versionId=v1'],
    observed: [
      ['Missing', 'copy', 'v1', ''],
      ['Present', 'media', 'v1', ''],
    ],
  },
  {
    what: 'copies with versions of their own are asked for by key',
    pairs: [MIRROR],
    answers: {
      '/media/a': there({ 'x-amz-version-id': 'v1', 'x-amz-replication-status': 'COMPLETED' }),
      '/copy/a': there({ 'x-amz-version-id': 'w7' }),
    },
    asked: ['HEAD /media/a?versionId=v1', 'HEAD /copy/a'],
    observed: [
      ['Present', 'copy', 'w7', ''],
      ['Present', 'media', 'v1', 'COMPLETED'],
    ],
  },
  {
    what: 'denied is stored as denied, missing as missing',
    pairs: [ONE],
    answers: { '/copy/a': { status: 403 } },
    asked: ['HEAD /media/a?versionId=v1', 'HEAD /copy/a?versionId=v1'],
    observed: [
      ['Denied', 'copy', 'v1', ''],
      ['Missing', 'media', 'v1', ''],
    ],
  },
];

describe('single versions', () => {
  test.each(CASES)('$what', async ({ pairs, answers, asked, observed }) => {
    const store = await scriptedStore(answering(answers));
    const setting = await settingWith(store);
    await tell(['media', 'copy', 'other']);
    await setting.judge(pairs.map((pair) => ({ pair, key: 'a' })));
    const source = setting.source();
    await setting.look(source);
    expect(heads(store)).toEqual(asked);
    expect((await setting.observed()).filter((row) => (row as { key: string }).key === 'a')).toEqual(
      observed.map(([event, bucket, version_id, replication_status]) => ({
        event_name: `ObjectObserved:${event}`,
        bucket,
        key: 'a',
        version_id,
        replication_status,
      })),
    );
    expect(source.status()).toMatchObject({ state: 'done' });
    expect(source.status().message).toContain("USD at AWS's list prices.");
  });

  test.each([
    ['busy', { status: 503 }],
    ['too many requests', { status: 429 }],
    ['broken', { status: 500 }],
    ['an odd question', { status: 400 }],
  ] as const)('%s: nothing is stored, nothing is lost', async (_what, answer) => {
    const store = await scriptedStore((method) =>
      method === 'GET' ? { status: 200, body: EMPTY_LIST } : answer,
    );
    const setting = await settingWith(store);
    await tell(['media', 'copy']);
    await setting.judge([
      { pair: ONE, key: 'a' },
      { pair: ONE, key: 'b' },
    ]);
    await setting.look(setting.source());
    const before = await app.engine.query('select count() as rows from replications');
    expect(before).toEqual([{ rows: 2 }]);
    expect((await setting.observed()).filter((row) => (row as { key: string }).key !== 'told')).toEqual([]);
  });

  test('a busy store is left alone, a minute at first and longer each time', async () => {
    const store = await scriptedStore(() => ({ status: 503 }));
    const setting = await settingWith(store);
    await tell(['media', 'copy']);
    await setting.judge(['a', 'b', 'c'].map((key) => ({ pair: ONE, key })));
    const source = setting.source();
    const tries: number[] = [];
    for (let minute = 0; minute < 8; minute += 1) {
      const before = heads(store).length;
      await setting.look(source);
      if (heads(store).length > before) tries.push(minute);
      setting.clock.advance(MINUTE_MS);
    }
    expect(tries).toEqual([0, 1, 3, 7]);
    expect(source.status().message).toContain('is busy or failing');
  });

  test('young, settled and outdated rows are not looked up; the oldest comes first', async () => {
    const store = await scriptedStore(answering({}));
    const setting = await settingWith(store);
    await tell(['media', 'copy']);
    await setting.judge([
      { pair: ONE, key: 'young', minutesAgo: 14 },
      { pair: ONE, key: 'removed', status: 'UNKNOWN', reason: 'removed' },
      { pair: ONE, key: 'arrived' },
      { pair: ONE, key: 'newer', minutesAgo: 20 },
      { pair: ONE, key: 'older', minutesAgo: 90, status: 'UNKNOWN', reason: 'denied' },
      { pair: ONE, key: 'failed', status: 'FAILED' },
    ]);
    await setting.judge([{ pair: ONE, key: 'arrived', status: 'COMPLETED' }]);
    await setting.look(setting.source());
    expect(heads(store).filter((line) => line.includes('/media/'))).toEqual([
      'HEAD /media/older?versionId=v1',
      'HEAD /media/failed?versionId=v1',
      'HEAD /media/newer?versionId=v1',
    ]);
  });

  test('one version is asked about after 15 minutes, 1, 6 and 24 hours, and no more, over restarts too', async () => {
    let storeMs = NOW_MS;
    const store = await scriptedStore((method, url) => {
      const date = new Date(storeMs).toUTCString();
      const pending = { 'x-amz-version-id': 'v1', 'x-amz-replication-status': 'PENDING', date };
      return answering({ '/media/a': there(pending) })(method, url);
    });
    const setting = await settingWith(store);
    const advance = (ms: number): void => {
      setting.clock.advance(ms);
      storeMs += ms;
    };
    await tell(['media', 'copy']);
    await setting.judge([{ pair: ONE, key: 'a' }]);
    const source = setting.source();
    await setting.look(source);
    await setting.look(source);
    advance(14 * MINUTE_MS);
    await setting.look(setting.source());
    expect(heads(store)).toHaveLength(1);
    for (const pauseMs of [MINUTE_MS, HOUR_MS, 6 * HOUR_MS, 24 * HOUR_MS]) {
      advance(pauseMs - 1000);
      await setting.look(setting.source());
      const before = heads(store).length;
      advance(1000);
      const again = setting.source();
      await setting.look(again);
      await setting.look(again);
      expect(heads(store)).toHaveLength(before + 1);
    }
    advance(1_000 * HOUR_MS);
    await setting.look(setting.source());
    expect(heads(store)).toHaveLength(5);
  });

  test('a store whose clock is another is told', async () => {
    const date = new Date(NOW_MS + 5 * MINUTE_MS).toUTCString();
    const headers = { date, 'x-amz-version-id': 'v1', 'x-amz-replication-status': 'COMPLETED' };
    const store = await scriptedStore(answering({ '/media/a': there(headers) }));
    const setting = await settingWith(store);
    await tell(['media', 'copy']);
    await setting.judge([{ pair: ONE, key: 'a' }]);
    const source = setting.source();
    await setting.look(source);
    expect(source.status().message).toContain('The clock of main is 300 s ahead of ours.');
    const [seen] = await app.engine.query(
      `select event_time from object_events where bucket = 'media' and key = 'a'`,
    );
    expect(seen).toEqual({ event_time: timeOf(NOW_MS + 5 * MINUTE_MS) });
  });

  test('the budget is kept over restarts and grows by the hour', async () => {
    const store = await scriptedStore(
      answering(
        Object.fromEntries(
          Array.from({ length: 20 }, (_, index) => [
            `/media/k${index}`,
            there({ 'x-amz-version-id': 'v1', 'x-amz-replication-status': 'PENDING' }),
          ]),
        ),
      ),
    );
    const setting = await settingWith(store);
    await tell(['media', 'copy']);
    await setting.judge(Array.from({ length: 20 }, (_, index) => ({ pair: ONE, key: `k${index}` })));
    const total = async (): Promise<number> => {
      await setting.look(setting.source({ perHour: 6 }));
      return heads(store).length;
    };
    // A version may need two requests, the last one is kept back.
    expect(await total()).toBe(5);
    expect(await total()).toBe(5);
    setting.clock.advance(10 * MINUTE_MS);
    expect(await total()).toBe(6);
    setting.clock.advance(100 * HOUR_MS);
    expect(await total()).toBeLessThanOrEqual(12);
  });

  test('with no requests an hour nothing is asked', async () => {
    const store = await scriptedStore(answering({}));
    const setting = await settingWith(store);
    await setting.judge([{ pair: ONE, key: 'a' }]);
    await setting.look(setting.source({ perHour: 0 }));
    expect(store.asked).toEqual([]);
  });
});

describe('listings', () => {
  const modified = (minutesAgo: number): string => new Date(NOW_MS - minutesAgo * MINUTE_MS).toISOString();
  const version = (key: string, id: string, minutesAgo: number): string =>
    `<Version><Key>${key}</Key><VersionId>${id}</VersionId><IsLatest>true</IsLatest><LastModified>${modified(minutesAgo)}</LastModified><ETag>"e"</ETag><Size>5</Size></Version>`;

  /** Buckets that list these versions, two a page. */
  function listing(buckets: Readonly<Record<string, readonly (readonly [string, string, number])[]>>) {
    return (_method: string, url: URL): ScriptedAnswer => {
      const all = buckets[url.pathname.replaceAll('/', '')] ?? [];
      const marker = url.searchParams.get('key-marker') ?? '';
      const rest = all.filter(([key]) => key > marker);
      const page = rest.slice(0, 2);
      const next = rest.length > 2 ? `<NextKeyMarker>${page.at(-1)?.[0]}</NextKeyMarker>` : '';
      const body = page.map(([key, id, ago]) => version(key, id, ago)).join('');
      return {
        status: 200,
        body: `<ListVersionsResult><IsTruncated>${rest.length > 2}</IsTruncated>${next}${body}</ListVersionsResult>`,
      };
    };
  }

  const seen = async (setting: Setting): Promise<string[]> =>
    (await setting.observed()).map((row) => {
      const { bucket, key, version_id: id } = row as Record<string, string>;
      return `${bucket}/${key}@${id}`;
    });

  test('buckets without events are listed, what was written since the pair is there is observed once', async () => {
    const buckets = {
      media: [
        ['a', 'v1', 30],
        ['b', 'v1', 20],
        ['c', 'v1', 100_000],
      ] as [string, string, number][],
      copy: [['a', 'w1', 29]] as [string, string, number][],
    };
    const store = await scriptedStore((method, url) => listing(buckets)(method, url));
    const setting = await settingWith(store);
    await setting.judge([], [MIRROR]);
    const source = setting.source();
    await setting.look(source);
    expect(await seen(setting)).toEqual(['copy/a@w1', 'media/a@v1', 'media/b@v1']);
    const asked = store.asked.length;
    await setting.look(source);
    expect(store.asked).toHaveLength(asked);
    // A copy that arrives late has the LastModified of its original.
    buckets.copy.push(['b', 'w2', 20]);
    setting.clock.advance(16 * MINUTE_MS);
    await setting.look(setting.source());
    expect(await seen(setting)).toEqual(['copy/a@w1', 'copy/b@w2', 'media/a@v1', 'media/b@v1']);
    expect((await app.engine.query('select count() as rows from object_events'))[0]).toEqual({
      rows: 4,
    });
    expect(source.status().requests).toEqual({ HEAD: 0, LIST: 3 });
  });

  test('a bucket that tells of its objects is not listed', async () => {
    const store = await scriptedStore(listing({ copy: [['a', 'w1', 29]] }));
    const setting = await settingWith(store);
    await tell(['media']);
    await setting.judge([], [MIRROR]);
    await setting.look(setting.source());
    expect(store.asked.every((line) => line.startsWith('GET /copy'))).toBe(true);
  });

  test('a listing that the budget cuts goes on where it stopped', async () => {
    const many = Array.from({ length: 12 }, (_, index): [string, string, number] => [
      `k${String(index).padStart(2, '0')}`,
      'v1',
      30,
    ]);
    const store = await scriptedStore(listing({ copy: many }));
    const setting = await settingWith(store);
    await tell(['media']);
    await setting.judge([], [MIRROR]);
    await setting.look(setting.source({ perHour: 4 }));
    expect(await seen(setting)).toHaveLength(4 + 1);
    setting.clock.advance(2 * HOUR_MS);
    await setting.look(setting.source({ perHour: 4 }));
    setting.clock.advance(2 * HOUR_MS);
    await setting.look(setting.source({ perHour: 4 }));
    expect(await seen(setting)).toHaveLength(12 + 1);
    const markers = store.asked.map((line) =>
      new URL(line.split(' ')[1] ?? '', 'http://x').searchParams.get('key-marker'),
    );
    expect(markers).toEqual([null, 'k01', 'k03', 'k05', 'k07', 'k09']);
  });

  test('a store without versions is listed by key', async () => {
    const store = await scriptedStore((_method, url) =>
      url.searchParams.has('versions')
        ? { status: 501, body: '<Error><Code>NotImplemented</Code></Error>' }
        : {
            status: 200,
            body: `<ListBucketResult><KeyCount>1</KeyCount><IsTruncated>false</IsTruncated><Contents><Key>a</Key><LastModified>${modified(5)}</LastModified><ETag>"e"</ETag><Size>5</Size></Contents></ListBucketResult>`,
          },
    );
    const setting = await settingWith(store);
    await tell(['media']);
    await setting.judge([], [MIRROR]);
    await setting.look(setting.source());
    expect(await seen(setting)).toEqual(['copy/a@', 'media/told@']);
  });

  test('a refused or busy listing stores nothing and says why', async () => {
    const store = await scriptedStore(() => ({
      status: 403,
      body: '<Error><Code>AccessDenied</Code></Error>',
    }));
    const setting = await settingWith(store);
    await setting.judge([], [MIRROR]);
    const source = setting.source();
    await setting.look(source);
    expect(await seen(setting)).toEqual([]);
    expect(source.status().message).toContain('s3:ListBucketVersions on arn:aws:s3:::media');
  });
});

test('the source is there by itself where the configuration has an estate and allows requests', async () => {
  const answer = await app.api.request('/api/v1/sources');
  expect(await answer.json()).toMatchObject({
    rows: expect.arrayContaining([expect.objectContaining({ kind: 'replication-check', state: 'idle' })]),
  });
  const parts = { engine: app.engine, estate: app.estate, clock: systemClock };
  const none = configSchema.parse({ replication: { confirm: { requests_per_hour: 0 } } });
  expect(openReplicationCheck(none, parts)).toEqual([]);
});
