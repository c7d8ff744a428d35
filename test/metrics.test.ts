/** Metrics over the real engine, by inserted rows: what each comes to, and how many queries that takes. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MetricQuestion, MetricReading } from '../src/alarms/feed.ts';
import type { Engine } from '../src/engine/engine.ts';
import { Fault } from '../src/lib/fault.ts';
import { planOf } from '../src/metrics/plan.ts';
import { querySeries } from '../src/metrics/query.ts';
import { storeRuns } from './backup-rows.ts';
import { metricsOf, questionOf, storeBatches, storeRequests, storeStoreMetrics } from './metric-rows.ts';
import { judged, paired } from './replication-rows.ts';
import { bound, openStore } from './replication-store.ts';

const NOW_MS = Date.parse('2026-11-20T11:00:00Z');
const SIGNAL = new AbortController().signal;
const PAIR = 'media/media-copy/all';

let store: Awaited<ReturnType<typeof openStore>>;
let engine: Engine;

/** Of what is stored: bucket, storage type, metric, day and value. */
const STORAGE = [
  ['media', 'StandardStorage', 'BucketSizeBytes', 19, 60],
  ['media', 'GlacierStorage', 'BucketSizeBytes', 19, 40],
  ['media', 'StandardStorage', 'BucketSizeBytes', 20, 100],
  ['media', 'GlacierStorage', 'BucketSizeBytes', 20, 50],
  ['media', 'AllStorageTypes', 'NumberOfObjects', 20, 3],
  ['logs', 'StandardStorage', 'BucketSizeBytes', 20, 40],
  ['logs', 'GlacierStorage', 'BucketSizeBytes', 20, 30],
  ['logs', 'AllStorageTypes', 'BucketSizeBytes', 20, 70],
] as const;

beforeAll(async () => {
  store = await openStore();
  ({ engine } = store);
  await storeRequests(
    [
      { bucket: 'media', time: '2026-11-20T10:00:10Z', bytes: 100, turnAroundMs: 10 },
      { bucket: 'media', time: '2026-11-20T10:04:59Z', status: 503, turnAroundMs: 90 },
      { bucket: 'media', time: '2026-11-20T10:05:00Z', operation: 'REST.PUT.OBJECT', status: 403 },
      { bucket: 'logs', time: '2026-11-20T10:20:00Z', bytes: 300 },
      { bucket: 'logs', time: '2026-11-20T11:00:00Z' },
    ],
    engine,
  );
  await paired([{ source: 'media', destination: 'media-copy', rule: 'all' }], engine);
  const version = { source: 'media', pair: PAIR, destination: 'media-copy' };
  await judged(
    [
      {
        ...version,
        key: 'a',
        status: 'COMPLETED',
        written: '2026-11-20T10:01:00Z',
        replicated: '2026-11-20T10:11:00Z',
        bytes: 4096,
      },
      { ...version, key: 'b', status: 'PENDING', written: '2026-11-20T10:21:00Z', bytes: 50 },
      {
        ...version,
        key: 'c',
        status: 'FAILED',
        written: '2026-11-20T10:31:00Z',
        failed: '2026-11-20T10:32:00Z',
      },
      {
        ...version,
        key: 'd',
        status: 'COMPLETED',
        written: '2026-11-20T10:40:00Z',
        replicated: '2026-11-20T10:40:04Z',
      },
    ],
    engine,
  );
  await storeBatches(
    [
      { source: 'logs', loaded: '2026-11-20T09:00:00Z', delivered: '2026-11-20T01:00:00Z', facts: 7 },
      {
        source: 'logs',
        loaded: '2026-11-20T10:00:30Z',
        delivered: '2026-11-20T10:00:00Z',
        facts: 10,
        rejects: 2,
      },
      { source: 'logs', loaded: '2026-11-20T10:01:30Z', delivered: '2026-11-20T10:00:00Z', facts: 5 },
      { source: 'queue', loaded: '2026-11-20T10:02:00Z', state: 'rejected' },
    ],
    engine,
  );
  await storeStoreMetrics(
    [
      {
        metric: 'AllRequests',
        statistic: 'Sum',
        bucket: 'media',
        filter: 'all',
        time: '2026-11-20T10:00:00Z',
        value: 4,
      },
      {
        metric: 'AllRequests',
        statistic: 'Sum',
        bucket: 'media',
        filter: 'all',
        time: '2026-11-20T10:01:00Z',
        value: 1,
      },
      {
        metric: 'AllRequests',
        statistic: 'Sum',
        bucket: 'media',
        filter: 'all',
        time: '2026-11-20T10:01:00Z',
        value: 6,
        read: '2026-11-20T10:30:00Z',
      },
      {
        metric: 'ReplicationLatency',
        statistic: 'Maximum',
        bucket: 'media',
        destination: 'media-copy',
        rule: 'all',
        time: '2026-11-20T10:00:00Z',
        value: 33,
      },
      ...STORAGE.map(([bucket, type, metric, day, value]) => ({
        metric,
        statistic: 'Average',
        bucket,
        type,
        time: `2026-11-${day}T00:00:00Z`,
        value,
        periodS: 86_400,
      })),
    ],
    engine,
  );
  await engine.insertRows({
    table: 'backup_files',
    rows: ['2026-11-20 10:02:00.000', '2026-11-20 10:03:00.000'].map((at) => ({
      bucket: 'vault',
      series: 'billing',
      key: at,
      at,
      feed: 'event',
      etag: at,
      size_bytes: 5,
    })),
  });
  const run = { bucket: 'vault', series: 'billing', judged: '2026-11-20T10:50:00Z' };
  await storeRuns(
    [
      { ...run, due: '2026-11-20T10:10:00Z', verdict: 'ok', bytes: 1000, keys: ['x'] },
      { ...run, due: '2026-11-20T10:20:00Z', verdict: 'too-small', bytes: 10, keys: ['y'] },
    ],
    engine,
  );
});
afterAll(() => store.close());

function reader(nowMs = NOW_MS) {
  return metricsOf(engine, nowMs);
}

function read(
  metric: string,
  given: Parameters<typeof questionOf>[1] = {},
): Promise<readonly MetricReading[]> {
  return reader().read(questionOf(metric, given), SIGNAL);
}

/** Series as `labels: hh:mm=value ...`. */
function shown(readings: readonly MetricReading[]): string[] {
  return readings.map(({ labels, points }) => {
    const values = points.map(
      ({ startMs, value }) => `${new Date(startMs).toISOString().slice(11, 16)}=${Number(value.toFixed(3))}`,
    );
    return `${Object.values(labels).join(' ')}: ${values.join(' ')}`;
  });
}

const DAYS = { periodMs: 86_400_000, from: '2026-11-19T00:00:00Z', to: '2026-11-21T00:00:00Z' };

interface Case {
  readonly metric: string;
  readonly given?: Parameters<typeof questionOf>[1];
  readonly expected: readonly string[];
}

const CASES: readonly Case[] = [
  { metric: 'AllRequests', expected: ['logs: 10:20=1', 'media: 10:00=2 10:05=1'] },
  { metric: 'AllRequests', given: { where: { bucket: 'media' } }, expected: ['media: 10:00=2 10:05=1'] },
  { metric: 'AllRequests', given: { where: { bucket: 'nothing' } }, expected: [] },
  {
    metric: 'AllRequests',
    given: { where: { operation: 'REST.PUT.OBJECT' } },
    expected: ['media REST.PUT.OBJECT: 10:05=1'],
  },
  { metric: 'AllRequests', given: { by: [] }, expected: [': 10:00=2 10:05=1 10:20=1'] },
  {
    metric: 'AllRequests',
    given: { by: ['operation'], where: { bucket: 'media' } },
    expected: ['media REST.GET.OBJECT: 10:00=2', 'media REST.PUT.OBJECT: 10:05=1'],
  },
  {
    metric: 'fill(PutRequests{bucket="logs"}, 0)',
    given: { by: ['bucket'], periodMs: 3_600_000 },
    expected: ['logs: 10:00=0'],
  },
  {
    metric: 'AllRequests',
    given: { where: { http_status: '*', bucket: 'media' } },
    expected: ['media 200: 10:00=1', 'media 403: 10:05=1', 'media 503: 10:00=1'],
  },
  { metric: '5xxErrors', given: { where: { bucket: 'media' } }, expected: ['media: 10:00=0.5 10:05=0'] },
  { metric: 'AllRequests', given: { periodMs: 3_600_000 }, expected: ['logs: 10:00=1', 'media: 10:00=3'] },
  {
    metric: 'BytesDownloaded',
    given: { statistic: 'p50' },
    expected: ['logs: 10:20=300', 'media: 10:00=100'],
  },
  { metric: 'FirstByteLatency', given: { statistic: 'Average' }, expected: ['media: 10:00=50'] },
  {
    metric: 'ReplicationLatency',
    given: { statistic: 'SampleCount' },
    expected: ['media media-copy all: 10:10=1 10:40=1'],
  },
  {
    metric: 'OperationsFailedReplication',
    given: { periodMs: 3_600_000 },
    expected: ['media media-copy all: 10:00=1'],
  },
  {
    metric: 'ReplicationObjects',
    given: { periodMs: 3_600_000 },
    expected: ['media media-copy all: 10:00=2'],
  },
  {
    metric: 'ReplicationSpeed',
    given: { where: { rule: 'all' } },
    expected: ['media media-copy all: 10:10=0.053 10:40=1.563'],
  },
  {
    metric: 'OperationsPendingReplication',
    expected: [
      'media media-copy all: 10:00=1 10:05=1 10:10=0 10:15=0 10:20=1 10:25=1 10:30=1 10:35=1 10:40=1 10:45=1 10:50=1 10:55=1',
    ],
  },
  {
    metric: 'BytesPendingReplication',
    given: { from: '2026-11-20T10:15:00Z', to: '2026-11-20T10:30:00Z' },
    expected: ['media media-copy all: 10:15=0 10:20=50 10:25=50'],
  },
  { metric: 'Backups', expected: ['billing vault: 10:00=2'] },
  { metric: 'BackupRunSize', expected: ['billing vault: 10:10=1000 10:20=10'] },
  {
    metric: 'BackupsWrong',
    given: { where: { System: 'billing' } },
    expected: ['billing vault: 10:40=0 10:50=1'],
  },
  { metric: 'RecordsLoaded', given: { where: { source: 'logs' } }, expected: ['logs: 10:00=15'] },
  { metric: 'RecordsRejected', given: { periodMs: 60_000 }, expected: ['logs: 10:00=2 10:01=0'] },
  { metric: 'BatchesRejected', expected: ['logs: 10:00=0', 'queue: 10:00=1'] },
  { metric: 'IntakeLag', given: { statistic: 'Maximum' }, expected: ['logs: 10:00=90'] },
  {
    metric: 'IntakeLag',
    given: { statistic: 'p50', from: '2026-11-20T09:00:00Z' },
    expected: ['logs: 10:00=90'],
  },
  { metric: 'StoreAllRequests', expected: ['media all: 10:00=10'] },
  { metric: 'StoreReplicationLatency', expected: ['media media-copy all: 10:00=33'] },
  {
    metric: 'BucketSizeBytes',
    given: DAYS,
    expected: ['logs: 00:00=70', 'media: 00:00=100 00:00=150'],
  },
  {
    metric: 'BucketSizeBytes',
    given: { ...DAYS, periodMs: 2 * 86_400_000, where: { bucket: 'media' } },
    expected: ['media: 00:00=125'],
  },
  {
    metric: 'BucketSizeBytes',
    given: { ...DAYS, where: { bucket: 'media', storage_type: '*' } },
    expected: ['media GlacierStorage: 00:00=40 00:00=50', 'media StandardStorage: 00:00=60 00:00=100'],
  },
  {
    metric: 'BucketSizeBytes',
    given: { ...DAYS, where: { storage_type: 'GlacierStorage' } },
    expected: ['logs GlacierStorage: 00:00=30', 'media GlacierStorage: 00:00=40 00:00=50'],
  },
  { metric: 'NumberOfObjects', given: DAYS, expected: ['media: 00:00=3'] },
];

test.each(CASES)('$metric $given', async ({ metric, given, expected }) => {
  expect(shown(await read(metric, given))).toEqual(expected);
});

const EXPRESSIONS: readonly Case[] = [
  {
    metric: 'stat(Sum, 5xxErrors) / AllRequests * 100',
    given: { where: { bucket: 'media' } },
    expected: ['media: 10:00=50 10:05=0'],
  },
  {
    metric: 'AllRequests{operation="REST.PUT.OBJECT"} / AllRequests',
    expected: ['media REST.PUT.OBJECT: 10:05=1'],
  },
  { metric: 'rate(AllRequests{bucket="media"}) * 300', expected: ['media: 10:00=2 10:05=1'] },
  {
    metric: 'fill(AllRequests{bucket="media"}, 0)',
    given: { to: '2026-11-20T10:15:00Z' },
    expected: ['media: 10:00=2 10:05=1 10:10=0'],
  },
  {
    metric: 'fill(OperationsFailedReplication{source="a",destination="b",rule="c"}, 0)',
    given: { to: '2026-11-20T10:10:00Z' },
    expected: ['a b c: 10:00=0 10:05=0'],
  },
  {
    metric: 'stat(p100, FirstByteLatency) - stat(Minimum, FirstByteLatency)',
    expected: ['media: 10:00=80'],
  },
];

test.each(EXPRESSIONS)('$metric', async ({ metric, given, expected }) => {
  expect(shown(await read(metric, { statistic: 'Sum', ...given }))).toEqual(expected);
});

test.each([
  ['AllRequests / NoSuch', 'line 1, column 15: there is none of this name, '],
  ['AllRequests{region="x"} + 1', 'Cannot limit AllRequests by "region"'],
  ['1 + 2', 'it names none'],
  ['ReplicationLatnecy', 'did you mean ReplicationLatency'],
])('planOf() refuses %s', (metric, what) => {
  expect(() => planOf(questionOf(metric), reader().catalogue)).toThrow(what);
});

test('band() compares with the same hour of the weeks before', async () => {
  const weeks = [1, 2, 3].flatMap((week) =>
    Array.from({ length: week }, () => ({
      bucket: 'seasonal',
      time: new Date(Date.parse('2026-11-19T05:00:00Z') - week * 7 * 86_400_000).toISOString(),
    })),
  );
  await storeRequests([...weeks, { bucket: 'seasonal', time: '2026-11-19T05:00:00Z' }], engine);
  const given = { from: '2026-11-19T05:00:00Z', to: '2026-11-19T06:00:00Z', where: { bucket: 'seasonal' } };
  const [reading] = await read('band(AllRequests, 1)', given);
  expect(reading?.points).toEqual([
    { startMs: Date.parse(given.from), value: 1, lower: 2 - 1.4826, upper: 2 + 1.4826 },
  ]);
});

test('what is above the limit of series is said to be left out', async () => {
  const of = metricsOf(engine, NOW_MS).catalogue.get('AllRequests');
  if (of === undefined) throw new Error('no AllRequests');
  const [bucket] = of.dimensions;
  const query = {
    metric: of,
    statistic: { name: 'Sum' },
    by: bucket === undefined ? [] : [bucket],
    limits: [],
    startMs: Date.parse('2026-11-20T10:00:00Z'),
    endMs: NOW_MS,
    stepS: 300,
  };
  const found = await querySeries(query, { engine, nowMs: NOW_MS, seriesMax: 1 });
  expect(found.series.map(({ values }) => values)).toEqual([['logs']]);
  expect(found.omitted).toBe(1);
});

test('querySeries() adds up what is stored in buckets that are not told apart', async () => {
  const of = metricsOf(engine, NOW_MS).catalogue.get('BucketSizeBytes');
  if (of === undefined) throw new Error('no such metric');
  const statistic = { name: 'Average' };
  const range = { startMs: Date.parse(DAYS.from), endMs: Date.parse(DAYS.to), stepS: 86_400 };
  const found = await querySeries(
    { metric: of, statistic, by: [], limits: [], ...range },
    { engine, nowMs: NOW_MS },
  );
  expect(found.series.flatMap(({ points }) => points.map(({ value }) => value))).toEqual([100, 220]);
});

/** An engine that counts what it is asked. */
function counting(): { engine: Engine; queries: string[] } {
  const queries: string[] = [];
  const counted: Engine = {
    ...bound(engine),
    query: (sql, options) => {
      queries.push(sql);
      return engine.query(sql, options);
    },
  };
  return { engine: counted, queries };
}

describe('readMany()', () => {
  async function readMany(questions: readonly MetricQuestion[], completeMs?: number) {
    const { engine: counted, queries } = counting();
    const completeUntil = () => Promise.resolve(completeMs);
    const answers = await metricsOf(counted, NOW_MS, completeUntil).readMany(questions, SIGNAL);
    return { answers, queries };
  }

  test('asks once about one metric, statistic and period, whatever labels and ranges', async () => {
    const questions = Array.from({ length: 2_000 }, (_, index) =>
      questionOf('AllRequests', {
        where: index % 2 === 0 ? { bucket: index === 0 ? 'media' : `b${index}` } : {},
        from: index % 4 < 2 ? '2026-11-20T10:00:00Z' : '2026-11-20T10:05:00Z',
      }),
    );
    const { answers, queries } = await readMany(questions);
    expect(queries).toHaveLength(1);
    const series = answers.map((answer) => (answer instanceof Fault ? [] : shown(answer.readings)));
    expect(series.slice(0, 4)).toEqual([
      ['media: 10:00=2 10:05=1'],
      ['logs: 10:20=1', 'media: 10:00=2 10:05=1'],
      [],
      ['logs: 10:20=1', 'media: 10:05=1'],
    ]);
  });

  test('asks for no more buckets than the questions name', async () => {
    const buckets = ['media', 'logs'].map((bucket) => questionOf('AllRequests', { where: { bucket } }));
    const { answers, queries } = await readMany(buckets);
    expect(queries).toHaveLength(1);
    expect(queries[0]).toContain('bucket in {');
    expect(answers.map((answer) => (answer instanceof Fault ? [] : shown(answer.readings)))).toEqual([
      ['media: 10:00=2 10:05=1'],
      ['logs: 10:20=1'],
    ]);
  });

  test('asks each by itself where all together are too much', async () => {
    const questions = ['media', 'logs'].map((bucket) => questionOf('AllRequests', { where: { bucket } }));
    const { engine: counted, queries } = counting();
    const limited: Engine = {
      ...counted,
      query: (sql, options) =>
        sql.includes('bucket in {')
          ? Promise.reject(new Fault('limit', 'Too much.'))
          : counted.query(sql, options),
    };
    const answers = await metricsOf(limited, NOW_MS).readMany(questions, SIGNAL);
    expect(queries).toHaveLength(2);
    expect(answers.map((answer) => (answer instanceof Fault ? [] : shown(answer.readings)))).toEqual([
      ['media: 10:00=2 10:05=1'],
      ['logs: 10:20=1'],
    ]);
  });

  test('is what read() asks for all that is asked in one moment, each with its own answer', async () => {
    const { engine: counted, queries } = counting();
    const metrics = metricsOf(counted, NOW_MS);
    const [media, none, logs] = await Promise.allSettled([
      metrics.read(questionOf('AllRequests', { where: { bucket: 'media' } }), SIGNAL),
      metrics.read(questionOf('NoSuchMetric'), SIGNAL),
      metrics.read(questionOf('AllRequests', { where: { bucket: 'logs' } }), SIGNAL),
    ]);
    expect(queries).toHaveLength(1);
    expect([media.status, none.status, logs.status]).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(logs.status === 'fulfilled' ? shown(logs.value) : []).toEqual(['logs: 10:20=1']);
    await metrics.read(questionOf('AllRequests'), SIGNAL);
    expect(queries).toHaveLength(2);
  });

  test('asks on its own for a range far off', async () => {
    const { queries } = await readMany([
      questionOf('AllRequests'),
      questionOf('AllRequests', { from: '2026-09-01T00:00:00Z', to: '2026-09-01T01:00:00Z' }),
    ]);
    expect(queries).toHaveLength(2);
  });

  test('a question that has no answer takes none from the others', async () => {
    const { answers } = await readMany([
      questionOf('NoSuchMetric'),
      questionOf('AllRequests', { where: { bucket: 'logs' } }),
      questionOf('AllRequests', { where: { region: 'x' } }),
      questionOf('ReplicationLatency', { periodMs: 60_000 }),
      questionOf('AllRequests', { statistic: 'p99' }),
    ]);
    expect(answers.map((answer) => (answer instanceof Fault ? answer.code : answer.readings.length))).toEqual(
      ['invalid', 1, 'invalid', 'invalid', 'invalid'],
    );
  });

  test('says up to when the records of a metric have usually arrived, of those that come late', async () => {
    const completeMs = Date.parse('2026-11-20T10:30:00Z');
    const { answers } = await readMany([questionOf('AllRequests'), questionOf('RecordsLoaded')], completeMs);
    const until = answers.map((answer) =>
      answer instanceof Fault ? [] : answer.readings.map((one) => one.completeUntilMs),
    );
    expect(until).toEqual([[completeMs, completeMs], [undefined]]);
  });

  test('percentiles bring their number of samples', async () => {
    const [reading] = await read('FirstByteLatency', { statistic: 'p50' });
    expect(reading?.points).toMatchObject([{ samples: 2 }]);
  });
});

test.each([
  ['BytesDownloaded', 'Sum', 'Bytes'],
  ['BytesDownloaded', 'SampleCount', 'Count'],
  ['5xxErrors', 'Average', 'Ratio'],
  ['5xxErrors', 'Sum', 'Count'],
  ['ReplicationLatency', 'p99', 'Seconds'],
  ['stat(p99, FirstByteLatency) - FirstByteLatency', 'Average', 'Milliseconds'],
  ['band(BytesUploaded + 1024, 3)', 'Sum', 'Bytes'],
  ['fill(IntakeLag, 0)', 'Maximum', 'Seconds'],
  ['BytesUploaded + IntakeLag', 'Sum', undefined],
  ['5xxErrors / AllRequests', 'Sum', undefined],
  ['rate(BytesUploaded)', 'Sum', undefined],
  ['NoSuchMetric', 'Sum', undefined],
  ['1 +', 'Sum', undefined],
])('values of %s as %s are %s', (metric, statistic, unit) => {
  expect(metricsOf(engine, NOW_MS).unitOf?.({ metric, statistic })).toBe(unit);
});
