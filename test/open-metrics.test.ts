/** What Prometheus gets: read strictly, and by Prometheus itself. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../src/engine/engine.ts';
import { expositionOf } from '../src/metrics/exposition.ts';
import { Gauges } from '../src/metrics/gauges.ts';
import type { Clock } from '../src/lib/clock.ts';
import { MetricAnswer, MetricCatalogue } from '../src/serve/activity-api.ts';
import { openActServer, type ActServer } from './backup-act-server.ts';
import { storeRuns } from './backup-rows.ts';
import { metricsOf, storeBatches, storeRequests } from './metric-rows.ts';
import { type LocalServer, startLocalServer } from './local-server.ts';
import { readOpenMetrics } from './open-metrics-reader.ts';
import { partners, prometheusPath } from './partners.ts';
import { bound } from './replication-store.ts';
import { keptFolder } from './temp.ts';

const NOW_MS = Date.parse('2026-11-20T10:07:00Z');
const TOKEN = 'token-of-the-test';
const clock: Clock = { nowMs: () => NOW_MS, sleep: () => Promise.resolve() };
const EVIL = 'a "bucket"\\n\n# EOF';

let server: ActServer;
let engine: Engine;

beforeAll(async () => {
  server = await openActServer(clock, TOKEN);
  ({ engine } = server);
  await storeRequests(
    [
      { bucket: 'media', time: '2026-11-20T10:00:00Z', bytes: 100, turnAroundMs: 40 },
      { bucket: 'media', time: '2026-11-20T10:04:00Z', bytes: 50, turnAroundMs: 40 },
      { bucket: EVIL, time: '2026-11-20T10:01:00Z' },
      ...Array.from({ length: 4 }, (_, index) => ({
        bucket: `small-${index}`,
        time: '2026-11-20T10:01:00Z',
      })),
      // Of a period that is not over.
      { bucket: 'late', time: '2026-11-20T10:06:00Z' },
    ],
    engine,
  );
  await storeBatches([{ source: 'logs', loaded: '2026-11-20T10:01:00Z', facts: 3 }], engine);
  await storeRuns(
    [
      {
        bucket: 'vault',
        series: 'billing',
        due: '2026-11-17T01:00:00Z',
        verdict: 'ok',
        bytes: 77,
        keys: ['x'],
        judged: '2026-11-17T02:00:00Z',
      },
    ],
    engine,
  );
});
afterAll(() => server.close());

async function gauges(seriesMax = 100): Promise<ReturnType<typeof readOpenMetrics>> {
  const parts = { metrics: metricsOf(engine, NOW_MS), clock, seriesMax };
  return readOpenMetrics(await new Gauges(parts).text());
}

describe('Gauges', () => {
  let families: Awaited<ReturnType<typeof gauges>>;
  beforeAll(async () => {
    families = await gauges();
  });

  test('are of the newest period that is over', () => {
    const requests = families.get('bucketwatch_all_requests');
    const values = requests?.samples.map(({ labels, value }) => [
      labels['bucket'],
      labels['statistic'],
      value,
    ]);
    expect(values).toContainEqual(['media', 'Sum', 2]);
    expect(values?.map(([bucket]) => bucket)).not.toContain('late');
  });

  test('have base units, which their names end with', () => {
    expect(families.get('bucketwatch_first_byte_latency_seconds')).toMatchObject({
      unit: 'seconds',
      samples: [
        { labels: { bucket: 'media', statistic: 'p50' } },
        { labels: { bucket: 'media', statistic: 'p99' } },
      ],
    });
    expect(families.get('bucketwatch_first_byte_latency_seconds')?.samples[0]?.value).toBeCloseTo(0.04, 3);
    expect(families.get('bucketwatch_downloaded_bytes')?.samples).toContainEqual({
      labels: { bucket: 'media', statistic: 'Sum' },
      value: 150,
    });
    expect(families.get('bucketwatch_backup_run_size_bytes')?.samples).toEqual([
      { labels: { system: 'billing', bucket: 'vault', statistic: 'Maximum' }, value: 77 },
    ]);
  });

  test('have any label value', () => {
    const buckets = families.get('bucketwatch_all_requests')?.samples.map(({ labels }) => labels['bucket']);
    expect(buckets).toContain(EVIL);
  });

  test('what is above the limit is one series', async () => {
    const few = await gauges(2);
    const requests = few.get('bucketwatch_all_requests')?.samples ?? [];
    expect(requests).toHaveLength(3);
    expect(requests).toContainEqual({ labels: { bucket: 'media', statistic: 'Sum' }, value: 2 });
    expect(requests.at(-1)).toEqual({ labels: { bucket: 'other', statistic: 'Sum' }, value: 4 });
    expect(few.get('bucketwatch_metric_other_series')?.samples).toContainEqual({
      labels: { metric: 'AllRequests' },
      value: 4,
    });
  });

  test('say up to when they are complete, and that they were read', () => {
    expect(families.get('bucketwatch_metric_complete_until_timestamp_seconds')?.samples).toContainEqual({
      labels: { metric: 'AllRequests' },
      value: Date.parse('2026-11-20T10:05:00Z') / 1000,
    });
    const read = families.get('bucketwatch_metric_is_read')?.samples ?? [];
    expect(read.length).toBeGreaterThan(30);
    expect(read.filter(({ value }) => value !== 1)).toEqual([]);
  });

  test('stay the same series while there are as many, and are asked once in ten seconds', async () => {
    let nowMs = NOW_MS;
    let queries = 0;
    const counted: Engine = {
      ...bound(engine),
      query: (sql, options) => {
        queries += 1;
        return engine.query(sql, options);
      },
    };
    const moving: Clock = { ...clock, nowMs: () => nowMs };
    const scraped = new Gauges({ metrics: metricsOf(counted, NOW_MS), clock: moving, seriesMax: 2 });
    const first = await scraped.text();
    const once = queries;
    await Promise.all([scraped.text(), scraped.text()]);
    expect(queries).toBe(once);
    nowMs += 10_000;
    expect(await scraped.text()).toBe(first);
    expect(queries).toBe(2 * once);
  });
});

test('expositionOf() leaves out a family without samples', () => {
  expect(expositionOf([{ name: 'a', help: 'b', samples: [] }])).toBe('# EOF\n');
});

test.each([
  ['# TYPE a gauge\na 1\n', 'EOF'],
  ['# TYPE a gauge\na{b="x} 1\n# EOF\n', 'no sample'],
  ['# TYPE a gauge\na{b="x",} 1\n# EOF\n', 'no sample'],
  ['# TYPE a gauge\na 1\na 2\n# EOF\n', 'twice'],
  ['# TYPE a gauge\n# UNIT a seconds\n# EOF\n', 'unit'],
  ['# TYPE a gauge\nb 1\n# EOF\n', 'outside'],
])('the reader refuses %j', (text, what) => {
  expect(() => readOpenMetrics(text)).toThrow(what);
});

describe('GET /metrics', () => {
  async function get(headers: Record<string, string>): Promise<Response> {
    return fetch(`${server.url}/metrics`, { headers });
  }

  test('asks for the token', async () => {
    expect((await get({})).status).toBe(401);
  });

  test('is OpenMetrics to who asks for it, else the older text', async () => {
    const authorization = `Bearer ${TOKEN}`;
    const open = await get({ authorization, accept: 'application/openmetrics-text;version=1.0.0' });
    expect(open.headers.get('content-type')).toBe(
      'application/openmetrics-text; version=1.0.0; charset=utf-8',
    );
    const text = await open.text();
    expect(readOpenMetrics(text).size).toBeGreaterThan(5);
    const plain = await get({ authorization });
    expect(plain.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(await plain.text()).toBe(text);
  });
});

describe('GET /api/v1/metrics', () => {
  const RANGE = 'since=2026-11-20T10:00:00Z&until=2026-11-20T10:05:00Z';

  async function get(path: string): Promise<{ status: number; body: unknown }> {
    const response = await fetch(`${server.url}/api/v1/metrics${path}`, {
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    return { status: response.status, body: await response.json() };
  }

  test('lists them all, as documented', async () => {
    const { body } = await get('');
    expect(MetricCatalogue.parse(body)).toEqual(body);
    expect(body).toMatchObject({
      rows: expect.arrayContaining([expect.objectContaining({ name: 'IntakeLag' })]),
    });
  });

  test('limits and splits by dimensions', async () => {
    const where = encodeURIComponent('{"http_status":"200"}');
    const { body } = await get(`/AllRequests?${RANGE}&where=${where}&by=bucket,operation&bucket=media`);
    expect(MetricAnswer.parse(body)).toEqual(body);
    expect(body).toMatchObject({
      total: 2,
      series: [{ labels: { bucket: 'media', operation: 'REST.GET.OBJECT' } }],
      omitted: 0,
    });
  });

  test('gives those of other monitors, in steps they have', async () => {
    expect(await get(`/RecordsLoaded?${RANGE}`)).toMatchObject({ status: 200, body: { total: 3 } });
    expect(await get(`/ReplicationObjects?${RANGE}`)).toMatchObject({
      body: { step_seconds: 300, total: null },
    });
  });

  test.each([
    `/ReplicationObjects?${RANGE}&bucket=media`,
    `/AllRequests?${RANGE}&where=media`,
    `/AllRequests?${RANGE}&by=region`,
  ])('refuses %s', async (path) => {
    expect(await get(path)).toMatchObject({ status: 400 });
  });
});

const missing = partners().find(({ suite }) => suite === 'Prometheus scrapes')?.missing;

describe.skipIf(missing !== undefined)(`Prometheus${missing === undefined ? '' : `: ${missing}`}`, () => {
  let prometheus: LocalServer;
  let folder: string;

  beforeAll(async () => {
    folder = keptFolder();
    const config = join(folder, 'prometheus.yml');
    writeFileSync(
      config,
      `scrape_configs:
  - job_name: bucketwatch
    scrape_interval: 2s
    authorization: { credentials: ${TOKEN} }
    static_configs: [{ targets: ['${new URL(server.url).host}'] }]
`,
    );
    prometheus = await startLocalServer({
      path: prometheusPath() ?? '',
      args: (port) => [
        `--config.file=${config}`,
        `--storage.tsdb.path=${join(folder, 'data')}`,
        `--web.listen-address=127.0.0.1:${port}`,
      ],
      probe: '/-/ready',
    });
  });
  afterAll(async () => {
    await prometheus.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  interface Found {
    readonly data: {
      readonly result: readonly {
        readonly metric: Record<string, string>;
        readonly value: [number, string];
      }[];
    };
  }

  async function found(query: string): Promise<Found['data']['result']> {
    for (let tries = 0; tries < 300; tries += 1) {
      const response = await fetch(`${prometheus.url}/api/v1/query?query=${encodeURIComponent(query)}`);
      const { data } = (await response.json()) as Found;
      if (data.result.length > 0) return data.result;
      await wait(100);
    }
    throw new Error(`Prometheus has nothing of ${query}`);
  }

  test('scrapes it', async () => {
    const [media] = await found('bucketwatch_all_requests{bucket="media"}');
    expect(media?.value[1]).toBe('2');
    const [up] = await found('up{job="bucketwatch"}');
    expect(up?.value[1]).toBe('1');
    const odd = await found('bucketwatch_all_requests{bucket=~"a (?s:.*)"}');
    expect(odd.map(({ metric }) => metric['bucket'])).toEqual([EVIL]);
  }, 40_000);
});
