/** The cloudwatch source against moto, through the intake, to the ratio of logged and counted requests. */
import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type App, openApp } from '../src/app.ts';
import { type Config, configSchema } from '../src/config/schema.ts';
import { type Clock, systemClock } from '../src/lib/clock.ts';
import { silentLog } from '../src/lib/log.ts';
import type { Completeness } from '../src/serve/api.ts';
import { openSource } from '../src/sources/all.ts';
import { openFiles } from '../src/sources/files.ts';
import type { Source } from '../src/sources/source.ts';
import { accessLogLine } from './log-lines.ts';
import { installMoto, type Moto, startMoto } from './moto.ts';
import { tempFolder } from './temp.ts';

const REGION = 'eu-west-1';
const KEY = { access_key_id: 'test', secret_access_key: 'test' };
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const START_MS = Math.floor(systemClock.nowMs() / MINUTE_MS) * MINUTE_MS - 120 * MINUTE_MS;

describe.skipIf(installMoto() !== undefined)('cloudwatch', () => {
  let moto: Moto;
  let client: CloudWatchClient;
  beforeAll(async () => {
    moto = await startMoto();
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    client = new CloudWatchClient({ region: REGION, endpoint: moto.endpoint, credentials });
  }, 90_000);
  afterAll(async () => {
    client.destroy();
    await moto.stop();
  });

  /** Counts requests in a minute after the start. */
  async function put(
    bucket: string,
    minute: number,
    value: number,
    more: { metric?: string; filter?: string } = {},
  ) {
    await client.send(
      new PutMetricDataCommand({
        Namespace: 'AWS/S3',
        MetricData: [
          {
            MetricName: more.metric ?? 'AllRequests',
            Dimensions: [
              { Name: 'BucketName', Value: bucket },
              { Name: 'FilterId', Value: more.filter ?? 'EntireBucket' },
            ],
            Timestamp: new Date(START_MS + minute * MINUTE_MS),
            Value: value,
          },
        ],
      }),
    );
  }

  function source(parts: { clock?: Clock; folder?: string } = {}, more: object = {}): Source {
    const config: Config = configSchema.parse({
      sources: [
        { kind: 'cloudwatch', name: 'counts', region: REGION, endpoint: moto.endpoint, ...KEY, ...more },
      ],
    });
    const [section] = config.sources;
    if (section === undefined) throw new Error('no source');
    return openSource(section, {
      clock: parts.clock ?? systemClock,
      folder: parts.folder ?? tempFolder(),
      parking: { park: async () => {} },
    });
  }

  async function read(app: App, from: Source) {
    return app.ingest(from, new AbortController().signal);
  }

  async function values(app: App, bucket: string): Promise<unknown[]> {
    return app.engine.query(
      `select metric, filter_id, (toUnixTimestamp(time) - ${START_MS / 1000}) / 60 as minute, value
       from store_metrics where bucket = '${bucket}' order by metric, filter_id, time`,
    );
  }

  async function open(): Promise<App> {
    const data = join(tempFolder(), 'data');
    return openApp(configSchema.parse({ data }), {}, { clock: systemClock, log: silentLog });
  }

  test('points become rows once, a point that changed becomes its latest value, other metrics stay away', async () => {
    await put('changing', 0, 10);
    await put('changing', 1, 20);
    await put('changing', 1, 5, { metric: '4xxErrors' });
    await put('changing', 1, 7, { metric: 'SelectRequests' });
    await put('changing', 1, 3, { filter: 'images' });
    const app = await open();
    try {
      const counts = source();
      await read(app, counts);
      const expected = [
        { metric: '4xxErrors', filter_id: 'EntireBucket', minute: 1, value: 5 },
        { metric: 'AllRequests', filter_id: 'EntireBucket', minute: 0, value: 10 },
        { metric: 'AllRequests', filter_id: 'EntireBucket', minute: 1, value: 20 },
        { metric: 'AllRequests', filter_id: 'images', minute: 1, value: 3 },
      ];
      expect(await values(app, 'changing')).toEqual(expected);
      expect(await read(app, counts)).toMatchObject({ offered: 0 });
      await put('changing', 1, 2);
      expect(await read(app, counts)).toMatchObject({ loaded: 1, facts: 1 });
      expected[2] = { ...expected[2], value: 22 } as (typeof expected)[number];
      expect(await values(app, 'changing')).toEqual(expected);
      await read(app, source());
      expect(await values(app, 'changing')).toEqual(expected);
      const { requests } = counts.status();
      expect(requests).toMatchObject({ LIST_METRICS: 3, GET_METRIC_DATA: 3 });
      expect(requests['METRICS']).toBeGreaterThanOrEqual(9);
    } finally {
      await app.close();
    }
  });

  test('replication metrics are read by rule and destination, each by its statistic', async () => {
    const replicated = async (metric: string, rule: string, value: number): Promise<void> => {
      const dimensions = { SourceBucket: 'origin', DestinationBucket: 'copy', RuleId: rule };
      await client.send(
        new PutMetricDataCommand({
          Namespace: 'AWS/S3',
          MetricData: [
            {
              MetricName: metric,
              Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
              Timestamp: new Date(START_MS + MINUTE_MS),
              Value: value,
            },
          ],
        }),
      );
    };
    await replicated('ReplicationLatency', 'all', 30);
    await replicated('ReplicationLatency', 'all', 37);
    await replicated('OperationsFailedReplication', 'all', 1);
    await replicated('OperationsFailedReplication', 'all', 2);
    await replicated('BytesPendingReplication', 'docs', 1e12);
    const app = await open();
    try {
      await read(app, source());
      const rows = await app.engine.query(
        `select metric, statistic, filter_id, destination_bucket, rule_id, value
         from store_metrics where bucket = 'origin' order by metric`,
      );
      const row = (metric: string, statistic: string, rule_id: string, value: number) => ({
        metric,
        statistic,
        filter_id: '',
        destination_bucket: 'copy',
        rule_id,
        value,
      });
      expect(rows).toEqual([
        row('BytesPendingReplication', 'Maximum', 'docs', 1e12),
        row('OperationsFailedReplication', 'Sum', 'all', 3),
        row('ReplicationLatency', 'Maximum', 'all', 37),
      ]);
    } finally {
      await app.close();
    }
  });

  test.each(['the same source', 'one started anew'])(
    'an outage longer than the overlap leaves no hole: %s',
    async (which) => {
      const bucket = which.replaceAll(' ', '-');
      let nowMs = START_MS + 5 * MINUTE_MS;
      const parts = { clock: { ...systemClock, nowMs: () => nowMs }, folder: tempFolder() };
      const more = { overlap: '10m', since: '10m' };
      await put(bucket, 0, 1);
      const app = await open();
      try {
        const before = source(parts, more);
        await read(app, before);
        await put(bucket, 6, 2);
        await put(bucket, 90, 3);
        nowMs = START_MS + 95 * MINUTE_MS;
        await read(app, which === 'the same source' ? before : source(parts, more));
        expect(await values(app, bucket)).toMatchObject([{ minute: 0 }, { minute: 6 }, { minute: 90 }]);
      } finally {
        await app.close();
      }
    },
  );

  test('what is stored is read once a day, by storage type, from the oldest that is kept; what comes late is not missed', async () => {
    const todayMs = Math.floor(START_MS / DAY_MS) * DAY_MS;
    const counted = async (metric: string, type: string, daysAgo: number, value: number): Promise<void> => {
      const dimensions = [
        { Name: 'BucketName', Value: 'stored' },
        { Name: 'StorageType', Value: type },
      ];
      const point = { MetricName: metric, Dimensions: dimensions, Value: value };
      const time = { Timestamp: new Date(todayMs - daysAgo * DAY_MS) };
      await client.send(
        new PutMetricDataCommand({ Namespace: 'AWS/S3', MetricData: [{ ...point, ...time }] }),
      );
    };
    await counted('BucketSizeBytes', 'StandardStorage', 400, 60);
    await counted('BucketSizeBytes', 'StandardStorage', 2, 100);
    await counted('BucketSizeBytes', 'GlacierStorage', 2, 50);
    await counted('NumberOfObjects', 'AllStorageTypes', 2, 3);
    const app = await open();
    const stored = (): Promise<unknown[]> =>
      app.engine.query(
        `select concat(metric, ' ', storage_type, ' ', statistic) as what, (${todayMs / 1000} - toUnixTimestamp(time)) / 86400 as days_ago, value
         from store_metrics where bucket = 'stored' and period_seconds = 86400 order by time, what`,
      );
    const row = (what: string, days_ago: number, value: number) => ({
      what: `${what} Average`,
      days_ago,
      value,
    });
    const expected = [
      row('BucketSizeBytes StandardStorage', 400, 60),
      row('BucketSizeBytes GlacierStorage', 2, 50),
      row('BucketSizeBytes StandardStorage', 2, 100),
      row('NumberOfObjects AllStorageTypes', 2, 3),
    ];
    let nowMs = START_MS;
    const parts = { clock: { ...systemClock, nowMs: () => nowMs }, folder: tempFolder() };
    let counts = source(parts);
    const metricsAsked = async (): Promise<number> => {
      const before = counts.status().requests['METRICS'] ?? 0;
      await read(app, counts);
      return (counts.status().requests['METRICS'] ?? 0) - before;
    };
    try {
      const first = await metricsAsked();
      expect(await stored()).toEqual(expected);
      await counted('NumberOfObjects', 'AllStorageTypes', 1, 4);
      nowMs += 20 * 3_600_000;
      const ofMinutes = await metricsAsked();
      expect(first - ofMinutes).toBe(3);
      counts = source(parts);
      expect(await metricsAsked()).toBe(ofMinutes);
      expect(await stored()).toEqual(expected);
      nowMs += 5 * 3_600_000;
      expect(await metricsAsked()).toBe(first);
      expect(await stored()).toEqual([...expected, row('NumberOfObjects AllStorageTypes', 1, 4)]);
    } finally {
      await app.close();
    }
  });

  test('GET /completeness compares what was logged with what was counted', async () => {
    for (const minute of [0, 1, 2, 3]) {
      await put('all', minute, 25);
      await put('some', minute, 25);
      await put('some', minute, 10, { filter: 'images' });
    }
    const folder = tempFolder();
    for (const minute of [-5, 0, 1, 2, 3, 30]) {
      const timeMs = START_MS + minute * MINUTE_MS;
      const lines = (bucket: string, count: number): string[] =>
        Array.from({ length: count }, () => accessLogLine({ bucket, timeMs }));
      const path = join(folder, `${minute}.log`);
      writeFileSync(path, `${[...lines('all', 25), ...lines('some', 20)].join('\n')}\n`);
      utimesSync(path, timeMs / 1000 + 30, timeMs / 1000 + 30);
    }
    const app = await open();
    try {
      await read(app, openFiles({ name: 'logs', path: folder, pollMs: 0 }, { clock: systemClock }));
      await read(app, source());
      const until = new Date(START_MS + 10 * MINUTE_MS).toISOString();
      const answer = await app.api.request(`/api/v1/completeness?until=${until}`);
      const { rows } = (await answer.json()) as Completeness;
      const [all, some] = ['all', 'some'].map((name) => rows.find(({ bucket }) => bucket === name));
      // What was logged before the first count is not compared.
      expect(all).toMatchObject({ requests: { logged: 100, counted: 100, ratio: 1 }, verdict: 'complete' });
      expect(some).toMatchObject({
        requests: { logged: 80, counted: 100, ratio: 0.8 },
        verdict: 'incomplete',
        sentence: '80 % of the requests that the store counted are in the log.',
      });
    } finally {
      await app.close();
    }
  });

  test('an endpoint that does not answer makes it fail, and says so', async () => {
    const config = configSchema.parse({
      sources: [
        { kind: 'cloudwatch', name: 'counts', region: REGION, endpoint: 'http://127.0.0.1:9', ...KEY },
      ],
    });
    const [section] = config.sources;
    if (section === undefined) throw new Error('no source');
    const failing = openSource(section, {
      clock: systemClock,
      folder: tempFolder(),
      parking: { park: async () => {} },
    });
    const offered = failing.batches({ follow: false, signal: AbortSignal.timeout(20_000) });
    await expect(offered[Symbol.asyncIterator]().next()).rejects.toThrow(
      /^Cannot read the metrics of S3 in eu-west-1: .*does not answer/,
    );
  });
});
