/** Publishing to CloudWatch as moto has it, read back; and what its refusals mean. */
import { CloudWatchClient, GetMetricDataCommand, ListMetricsCommand } from '@aws-sdk/client-cloudwatch';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type App, openApp } from '../src/app.ts';
import { configSchema } from '../src/config/schema.ts';
import { publicationsOf } from '../src/config/publications.ts';
import { Progress } from '../src/export/progress.ts';
import { Publisher } from '../src/export/publisher.ts';
import { systemClock } from '../src/lib/clock.ts';
import { silentLog } from '../src/lib/log.ts';
import type { Datum } from '../src/s3/metric-data.ts';
import { openMetricSink } from '../src/s3/metric-data-client.ts';
import { scriptedStore } from './answering-store.ts';
import { metricsOf } from './metric-rows.ts';
import { installMoto, type Moto, startMoto } from './moto.ts';
import { engineTime, judged, paired } from './replication-rows.ts';
import { keptFolder, tempFolder } from './temp.ts';

const REGION = 'eu-west-1';
const SECRET = 'the-secret-of-this-test';
const KEY = { accessKeyId: 'AKIDOFTHETEST', secretAccessKey: SECRET };
const MINUTE_MS = 60_000;
const SIGNAL = new AbortController().signal;
/** moto keeps what is recent. */
const START_MS = Math.floor(systemClock.nowMs() / 3_600_000) * 3_600_000 - 2 * 3_600_000;
const at = (minute: number): string => new Date(START_MS + minute * MINUTE_MS).toISOString();

describe.skipIf(installMoto() !== undefined)('in CloudWatch', () => {
  let moto: Moto;
  let client: CloudWatchClient;
  let app: App;

  beforeAll(async () => {
    moto = await startMoto();
    client = new CloudWatchClient({ region: REGION, endpoint: moto.endpoint, credentials: KEY });
    app = await openApp(
      configSchema.parse({ data: keptFolder() }),
      {},
      { clock: systemClock, log: silentLog },
    );
    await paired([{ source: 'media', destination: 'copy', rule: 'all' }], app.engine);
    const version = { source: 'media', pair: 'media/copy/all', destination: 'copy' };
    await judged(
      [
        {
          ...version,
          key: 'a',
          status: 'COMPLETED',
          written: at(6),
          replicated: new Date(START_MS + 6 * MINUTE_MS + 9_000).toISOString(),
          bytes: 1_048_576,
        },
        { ...version, key: 'b', status: 'FAILED', written: at(11), failed: at(12) },
      ],
      app.engine,
    );
    await app.engine.insertRows({
      table: 'backup_files',
      rows: [7, 7.5, 9].map((minute) => ({
        bucket: 'vault',
        series: 'billing',
        key: String(minute),
        at: engineTime(at(minute)),
        feed: 'event',
        etag: String(minute),
        size_bytes: 5,
      })),
    });
  }, 90_000);
  afterAll(async () => {
    await app.close();
    client.destroy();
    await moto.stop();
  });

  async function publish(section: object, path: string, minute: number): Promise<void> {
    const { cloudwatch, backups } = configSchema.parse({
      cloudwatch: { region: REGION, budget: 10, ...section },
    });
    if (cloudwatch === undefined) throw new Error('nothing to publish');
    const sink = openMetricSink({ region: REGION, endpoint: moto.endpoint, ...KEY });
    const nowMs = START_MS + minute * MINUTE_MS;
    const publisher = new Publisher(
      {
        publications: publicationsOf({ cloudwatch, backups }),
        everyMs: cloudwatch.every,
        delayMs: 0,
        catchUpMs: cloudwatch.catch_up,
        seriesMax: 100,
        budgetUsd: 10,
      },
      {
        metrics: metricsOf(app.engine, nowMs, () => Promise.resolve(nowMs)),
        sink,
        progress: new Progress(path),
        clock: { ...systemClock, nowMs: () => nowMs },
        log: silentLog,
      },
    );
    await publisher.run(SIGNAL).finally(() => sink.close());
  }

  /** Each metric with its dimensions, values by minute and how many samples these are of. */
  async function stored(namespace: string, metric?: string): Promise<string[]> {
    const { Metrics: metrics = [] } = await client.send(
      new ListMetricsCommand({ Namespace: namespace, MetricName: metric }),
    );
    const lines = await Promise.all(
      metrics.map(async ({ MetricName: name, Dimensions: dimensions = [] }) => {
        const stat = (id: string, statistic: string) => ({
          Id: id,
          MetricStat: {
            Metric: { Namespace: namespace, MetricName: name, Dimensions: dimensions },
            Period: 60,
            Stat: statistic,
          },
        });
        const { MetricDataResults: results = [] } = await client.send(
          new GetMetricDataCommand({
            MetricDataQueries: [stat('sum', 'Sum'), stat('samples', 'SampleCount')],
            StartTime: new Date(START_MS),
            EndTime: new Date(START_MS + 60 * MINUTE_MS),
            ScanBy: 'TimestampAscending',
          }),
        );
        const [sums, samples] = results;
        const values = (sums?.Timestamps ?? []).map(
          (time, index) =>
            `${(time.getTime() - START_MS) / MINUTE_MS}=${sums?.Values?.[index]}x${samples?.Values?.[index]}`,
        );
        const labels = dimensions.map(({ Name, Value }) => `${Name}=${Value}`).join(',');
        return `${name} {${labels}} ${values.join(' ')}`;
      }),
    );
    // moto lists a metric for each of its values.
    return [...new Set(lines)].sort();
  }

  test('the presets have the names, dimensions and timestamps of what they stand in for, once over restarts', async () => {
    const path = join(tempFolder(), 'published.json');
    const section = { presets: ['CRRMonitor', 'BackupsMonitoring'] };
    for (const minute of [1, 8, 14, 21, 21]) await publish(section, path, minute);
    expect(await stored('CRRMonitor')).toEqual([
      'FailedReplications {SourceBucket=media} 5=0x1 10=1x1',
      'ReplicationObjects {SourceBucket=media,DestBucket=copy} 5=1x1 10=0x1',
      // 1,048,576 x 8 / 1024 / (9 + 1).
      'ReplicationSpeed {SourceBucket=media,DestBucket=copy} 5=819.2x1',
    ]);
    expect(await stored('BackupsMonitoring')).toEqual(['Backups {System=billing} 7=2x1 9=1x1']);
  });

  test('a request of a thousand long series arrives', async () => {
    const sink = openMetricSink({ region: REGION, endpoint: moto.endpoint, ...KEY });
    const data = Array.from({ length: 1000 }, (_, index): Datum => {
      const dimensions = [['Bucket', `${index}-${'x'.repeat(200)}`]] as const;
      return { name: `Large${index}`, dimensions, timeMs: START_MS, value: index, unit: 'Bytes' };
    });
    expect(await sink.put('Large', data)).toEqual({ kind: 'taken' });
    sink.close();
    expect(await stored('Large', 'Large999')).toEqual([`Large999 {Bucket=999-${'x'.repeat(200)}} 0=999x1`]);
  });
});

describe('put()', () => {
  const DATA: readonly Datum[] = [{ name: 'n', dimensions: [], timeMs: START_MS, value: 1 }];
  const failed = (status: number, code: string) => ({
    status,
    headers: { 'content-type': 'application/x-amz-json-1.0' },
    body: JSON.stringify({ __type: code, message: SECRET }),
  });

  async function put(endpoint: string) {
    const sink = openMetricSink({ region: REGION, endpoint, ...KEY });
    const outcome = await sink.put('CRRMonitor', DATA);
    sink.close();
    if (outcome.kind === 'taken') return { kind: 'taken', code: '', message: '' };
    return { kind: outcome.kind, code: outcome.fault.code, message: outcome.fault.message };
  }

  test.each([
    {
      answer: failed(403, 'AccessDenied'),
      kind: 'refused',
      code: 'denied',
      says: 'it needs cloudwatch:PutMetricData on * where the condition key cloudwatch:namespace is CRRMonitor.',
    },
    { answer: failed(400, 'Throttling'), kind: 'refused', code: 'unavailable', says: 'is busy or failing' },
    { answer: failed(503, 'ServiceUnavailable'), kind: 'refused', code: 'unavailable', says: 'is busy' },
    { answer: failed(500, 'InternalServiceError'), kind: 'unknown', code: 'unavailable', says: 'HTTP 500' },
    { answer: failed(400, 'InvalidParameterValue'), kind: 'refused', code: 'invalid', says: 'HTTP 400' },
  ])(
    '$answer.status $answer.body is $kind, sent once, and told without a secret',
    async ({ answer, says, ...expected }) => {
      const { endpoint, asked } = await scriptedStore(() => answer);
      const outcome = await put(endpoint);
      expect(outcome).toMatchObject(expected);
      expect(outcome.message).toMatch(
        /^Cannot publish to the namespace CRRMonitor of CloudWatch in eu-west-1: /,
      );
      expect(outcome.message).toContain(says);
      expect(outcome.message).not.toContain(SECRET);
      expect(asked).toHaveLength(1);
    },
  );

  test('a connection that is refused has taken nothing', async () => {
    expect(await put('http://127.0.0.1:9')).toMatchObject({ kind: 'refused', code: 'unavailable' });
  });
});
