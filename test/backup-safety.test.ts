/** The safety of series as it is read from the tables of a real store. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Engine } from '../src/engine/engine.ts';
import { type SafetyItem, type SafetySubject, seriesSafety } from '../src/monitors/backups/safety.ts';
import { openStore } from './replication-store.ts';

const NOW_MS = Date.parse('2026-11-21T12:00Z');
const DAY_MS = 86_400_000;
let store: Awaited<ReturnType<typeof openStore>>;

function timeOf(text: string): string {
  return text.replace('T', ' ').replace('Z', ':00.000');
}

interface StoredFile {
  readonly bucket: string;
  readonly key: string;
  /** `2026-11-21T01:30Z` */
  readonly at: string;
  readonly [column: string]: unknown;
}

async function storeFiles(files: readonly StoredFile[], engine: Engine): Promise<void> {
  const rows = files.map(({ at, ...file }, index) => ({
    feed: 'listing',
    series: file.bucket,
    etag: `e${index}`,
    size_bytes: 1_000_000,
    ...file,
    at: timeOf(at),
  }));
  await engine.insertRows({ table: 'backup_files', rows });
}

async function storeConfigs(
  configs: readonly (readonly [bucket: string, aspect: string, state: string, text: string])[],
  engine: Engine,
): Promise<void> {
  const rows = configs.map(([bucket, aspect, state, text], index) => ({
    batch_id: 1,
    record_number: index,
    store: 'main',
    bucket,
    aspect,
    state,
    document: state === 'present' ? text : '',
    reason: state === 'present' ? '' : text,
    observed_at: '2026-11-21 09:00:00.000',
  }));
  await engine.insertRows({ table: 'bucket_configs', rows });
}

function replication(source: string, key: string, more: Readonly<Record<string, unknown>>) {
  return {
    source,
    pair_id: `${source}/copies/r`,
    key,
    version_id: '',
    destination: 'copies',
    status: 'COMPLETED',
    reason: '',
    written_at: '2026-11-21 01:30:00.000',
    tick: 1,
    ...more,
  };
}

const SEEN = { looked_at: timeOf('2026-11-21T02:00Z') };
const LOCKED = { lock_mode: 'COMPLIANCE', lock_until: timeOf('2026-12-21T12:00Z') };

beforeAll(async () => {
  store = await openStore();
  const { engine } = store;
  await storeFiles(
    [
      { bucket: 'safe', key: 'db/21', at: '2026-11-21T01:30Z', ...SEEN, ...LOCKED, version_id: 'v2' },
      { bucket: 'safe', key: 'db/21', at: '2026-11-20T01:30Z', version_id: 'v1' },
      { bucket: 'safe', key: 'db/oldest', at: '2026-10-21T01:30Z' },
      { bucket: 'safe', key: 'db/first', at: '2026-09-21T01:30Z', removed_at: timeOf('2026-10-22T00:00Z') },
      { bucket: 'bare', key: 'a', at: '2026-11-21T01:30Z', removed_at: timeOf('2026-11-21T03:00Z') },
      // Removed and looked at, then written again.
      {
        bucket: 'bare',
        key: 'b',
        at: '2026-11-20T01:30Z',
        removed_at: timeOf('2026-11-20T03:00Z'),
        looked_at: timeOf('2026-11-20T02:00Z'),
        ...LOCKED,
      },
      { bucket: 'bare', key: 'b', at: '2026-11-21T01:30Z' },
      { bucket: 'busy', key: 'c', at: '2026-11-21T01:30Z', ...SEEN, look_problem: 'It is busy.' },
      {
        bucket: 'held',
        key: 'c',
        at: '2026-11-21T01:30Z',
        ...SEEN,
        legal_hold: 1,
        replication_status: 'REPLICA',
      },
    ],
    engine,
  );
  const rules = {
    Rules: [{ ID: 'clean', Status: 'Enabled', Filter: { Prefix: 'a' }, Expiration: { Days: 1 } }],
  };
  await storeConfigs(
    [
      ['safe', 'versioning', 'present', '{"Status":"Enabled"}'],
      ['safe', 'lifecycle', 'absent', ''],
      ['bare', 'versioning', 'absent', ''],
      ['bare', 'object_lock', 'absent', ''],
      ['bare', 'lifecycle', 'present', JSON.stringify(rules)],
      ['bare', 'replication', 'absent', ''],
      ['busy', 'object_lock', 'present', '{"ObjectLockConfiguration":{"ObjectLockEnabled":"Enabled"}}'],
      ['busy', 'lifecycle', 'denied', 'access denied; it needs s3:GetLifecycleConfiguration'],
      ['busy', 'replication', 'unsupported', 'HTTP 501'],
      ['busy', 'versioning', 'failed', 'HTTP 503'],
    ],
    engine,
  );
  await engine.insertRows({
    table: 'replications',
    rows: [
      replication('safe', 'db/21', { version_id: 'v2', status: 'PENDING' }),
      replication('safe', 'db/21', { version_id: 'v2', tick: 2 }),
      replication('safe', 'db/21', {
        version_id: 'v1',
        status: 'FAILED',
        written_at: '2026-11-20 01:30:00.000',
      }),
      // The same key elsewhere says nothing of this bucket.
      replication('other', 'b', {}),
    ],
  });
}, 60_000);
afterAll(() => store.close());

function subjectOf(bucket: string, newestKeys: readonly string[], more: Partial<SafetySubject> = {}) {
  const nextDeadlineMs = Date.parse('2026-11-22T02:30Z');
  return { bucket, series: bucket, newestKeys, nextDeadlineMs, ...more };
}

const SUBJECTS: readonly SafetySubject[] = [
  subjectOf('safe', ['db/21'], { keepMs: 30 * DAY_MS }),
  subjectOf('bare', ['a', 'b']),
  subjectOf('busy', ['c']),
  subjectOf('held', ['c']),
  subjectOf('nothing', []),
];

async function safetyOf(bucket: string, subjects = SUBJECTS): Promise<readonly SafetyItem[]> {
  const found = await seriesSafety(subjects, { engine: store.engine, nowMs: NOW_MS });
  expect(found.size).toBe(subjects.length);
  return found.get(`${bucket}\n${bucket}`) ?? [];
}

test.each([
  [
    'safe',
    {
      kept: ['good', 'last looked at 2026-11-21T02:00Z'],
      versioning: ['good', 'Versioning is on'],
      'object-lock': ['good', 'Locked until 2026-12-21T12:00Z (30 d left), COMPLIANCE'],
      lifecycle: ['good', 'No lifecycle rule'],
      replica: ['good', 'has a copy in copies'],
      retention: ['good', 'The oldest kept file is 31.4 d old; 30 d are promised.'],
    },
  ],
  [
    'bare',
    {
      kept: ['bad', 'a of the newest good run was removed 2026-11-21T03:00Z (9 h ago)'],
      versioning: ['warn', 'never switched on'],
      'object-lock': ['warn', 'No Object Lock'],
      lifecycle: ['good', 'No lifecycle rule removes them'],
      replica: ['warn', 'the only copy'],
    },
  ],
  [
    'busy',
    {
      kept: ['good', 'still there'],
      versioning: ['unknown', 'did not answer (HTTP 503)'],
      'object-lock': ['unknown', 'It is busy'],
      lifecycle: ['unknown', 'it needs s3:GetLifecycleConfiguration'],
      replica: ['unknown', 'does not tell (HTTP 501)'],
    },
  ],
  [
    'held',
    {
      kept: ['good', 'still there'],
      versioning: ['unknown', 'was not asked'],
      'object-lock': ['good', 'A legal hold'],
      lifecycle: ['unknown', 'was not asked'],
      replica: ['good', 'the bucket it was copied from'],
    },
  ],
  [
    'nothing',
    {
      kept: ['unknown', 'no good run'],
      versioning: ['unknown', 'was not asked'],
      'object-lock': ['unknown', 'was not asked'],
      lifecycle: ['unknown', 'was not asked'],
      replica: ['unknown', 'was not asked'],
    },
  ],
])('of %s', async (bucket, expected) => {
  const items = await safetyOf(bucket);
  expect(Object.fromEntries(items.map(({ what, state, sentence }) => [what, [state, sentence]]))).toEqual(
    Object.fromEntries(
      Object.entries(expected).map(([what, [state, says]]) => [
        what,
        [state, expect.stringContaining(says ?? '')],
      ]),
    ),
  );
});

test('how long files are kept is told from all files of the series, those that were removed too', async () => {
  const { engine } = store;
  const month = (removed: object): readonly StoredFile[] => [
    { bucket: 'kept', key: '1', at: '2026-08-21T01:30Z', removed_at: timeOf('2026-09-21T01:30Z') },
    { bucket: 'kept', key: '2', at: '2026-10-21T01:30Z', ...removed },
    { bucket: 'kept', key: '3', at: '2026-11-20T01:30Z' },
  ];
  const subjects = [subjectOf('kept', ['3'], { keepMs: 30 * DAY_MS })];
  const retention = async () => (await safetyOf('kept', subjects)).find(({ what }) => what === 'retention');
  await storeFiles(month({}), engine);
  expect(await retention()).toMatchObject({ state: 'good', sentence: expect.stringContaining('31.4 d old') });
  await storeFiles(month({ removed_at: timeOf('2026-11-01T00:00Z') }), engine);
  expect(await retention()).toMatchObject({ state: 'bad', sentence: expect.stringContaining('1.4 d old') });
});

test('a key that is written again in place holds nothing of what it held before', async () => {
  const { engine } = store;
  const days = ['2026-09-21T01:30Z', '2026-10-21T01:30Z', '2026-11-21T01:30Z'];
  await storeFiles(
    days.map((at) => ({ bucket: 'place', key: 'db', at })),
    engine,
  );
  const items = await safetyOf('place', [subjectOf('place', ['db'], { keepMs: 30 * DAY_MS })]);
  expect(items.find(({ what }) => what === 'retention')).toEqual({
    what: 'retention',
    state: 'bad',
    sentence: 'The oldest kept file is 10.5 h old, as files are written again in place; 30 d are promised.',
  });
});

test('a thousand series are told in queries that each name a part of them', async () => {
  let queries = 0;
  const engine: Engine = Object.create(store.engine, {
    query: {
      value: (...call: Parameters<Engine['query']>) => {
        queries += 1;
        return store.engine.query(...call);
      },
    },
  }) as Engine;
  const key = 'long/'.repeat(60);
  const subjects = Array.from({ length: 1_000 }, (_, index) =>
    subjectOf(`bucket-${index}`, [`${key}${index}`], { keepMs: DAY_MS }),
  );
  const found = await seriesSafety(subjects, { engine, nowMs: NOW_MS });
  expect(found.size).toBe(1_000);
  // 4 for the buckets, and 3 for each 100,000 characters.
  expect(queries).toBe(4 + 3 * 4);
});

test('of no series nothing is asked', async () => {
  expect(await seriesSafety([], { engine: store.engine, nowMs: NOW_MS })).toEqual(new Map());
});
