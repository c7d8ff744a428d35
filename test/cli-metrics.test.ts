/** The commands about metrics over a server with some requests, at half past ten of 20 November 2026. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type App, openApp } from '../src/app.ts';
import { addMetricsCommand } from '../src/commands/metrics.ts';
import { readConfig } from '../src/config/load.ts';
import { silentLog } from '../src/lib/log.ts';
import { listen } from '../src/serve/listen.ts';
import { type CommandRun, runCommand } from './command-line.ts';
import { storeRequests } from './metric-rows.ts';
import { keptFolder } from './temp.ts';

const NOW_MS = Date.parse('2026-11-20T10:30:00Z');
const HOUR = ['--since', '2026-11-20T10:00:00Z', '--until', '2026-11-20T10:30:00Z', '--period', '5m'];
const HOSTILE = 'web\u001b[31m';
const SECRET = 'the-secret-of-this-test';
const folder = keptFolder();
const file = join(folder, 'bucketwatch.yaml');
let app: App;
let server: Awaited<ReturnType<typeof listen>>;

beforeAll(async () => {
  writeFileSync(join(folder, 'secret'), SECRET);
  writeFileSync(
    file,
    `data: ${join(folder, 'data')}
cloudwatch:
  region: eu-west-1
  endpoint: http://127.0.0.1:9
  access_key_id: AKID
  secret_access_key: file:secret
  publish:
    - metric: AllRequests
      dimensions: { bucket: BucketName }
    - { metric: rate(AllRequests), name: Rate, period: 1m }
`,
  );
  const reading = readConfig(file);
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  const parts = { clock: { nowMs: () => NOW_MS, sleep: () => Promise.resolve() }, log: silentLog };
  app = await openApp(reading.config, {}, parts);
  await storeRequests(
    [
      { bucket: 'media', time: '2026-11-20T10:00:10Z', turnAroundMs: 10 },
      { bucket: 'media', time: '2026-11-20T10:04:59Z', turnAroundMs: 90 },
      { bucket: 'media', time: '2026-11-20T10:05:00Z', operation: 'REST.PUT.OBJECT' },
      { bucket: HOSTILE, time: '2026-11-20T10:20:00Z' },
    ],
    app.engine,
  );
  server = await listen({ api: app.api, address: '127.0.0.1:0', token: undefined });
  await app.claim.announce(server.url);
}, 60_000);
afterAll(async () => {
  await server.close();
  await app.close();
  rmSync(folder, { recursive: true, force: true });
});

function run(...args: readonly string[]): Promise<CommandRun> {
  return runCommand(addMetricsCommand, ['--config', file, ...args]);
}

describe('metrics query', () => {
  test('shows a line a value with the labels of its series, and what it covers', async () => {
    const { out } = await run('metrics', 'query', 'AllRequests', ...HOUR);
    expect(out).toBe(
      `time               bucket       value
2026-11-20T10:00Z  media        2
2026-11-20T10:05Z  media        1
2026-11-20T10:20Z  web\\x1b[31m  1

In Count, by 300 s. How late its records are is not known.
`,
    );
  });

  test.each<readonly [args: readonly string[], expected: string]>([
    [
      ['AllRequests', '--where', 'bucket=media', '--where', 'operation=*'],
      'time,bucket,operation,value\r\n2026-11-20T10:00:00Z,media,REST.GET.OBJECT,2\r\n2026-11-20T10:05:00Z,media,REST.PUT.OBJECT,1',
    ],
    [
      ['AllRequests', '--by', ''],
      'time,value\r\n2026-11-20T10:00:00Z,2\r\n2026-11-20T10:05:00Z,1\r\n2026-11-20T10:20:00Z,1',
    ],
    [
      ['FirstByteLatency', '--stat', 'Maximum', '--where', 'bucket=media'],
      'time,bucket,value\r\n2026-11-20T10:00:00Z,media,90',
    ],
    [
      ['rate(AllRequests{bucket="media"}) * 300'],
      'time,bucket,value\r\n2026-11-20T10:00:00Z,media,2\r\n2026-11-20T10:05:00Z,media,1',
    ],
    [['AllRequests', '--where', 'bucket=nothing'], 'time,value'],
  ])('%j --csv', async (args, expected) => {
    const { out } = await run('metrics', 'query', ...args, ...HOUR, '--csv');
    expect(out.trimEnd()).toBe(expected);
  });

  test('--json has a line a value', async () => {
    const { out } = await run(
      '--json',
      'metrics',
      'query',
      'PutRequests',
      ...HOUR,
      '--where',
      'bucket=media',
    );
    expect(
      out
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([{ time: '2026-11-20T10:05:00Z', labels: { bucket: 'media' }, value: 1 }]);
  });

  test('says which range has no value, and how many series are left out', async () => {
    const empty = await run('metrics', 'query', 'DeleteRequests{bucket="gone"}', ...HOUR);
    expect(empty.out).toMatch(
      /^DeleteRequests\{bucket="gone"\} has no value from 2026-11-20T10:00Z to 2026-11-20T10:30Z\. .*bucketwatch sources/,
    );
    const one = await run('metrics', 'query', 'AllRequests', ...HOUR, '--limit', '1');
    expect(one.out).toContain('1 series more: limit them by --where.');
  });

  test.each<readonly [args: readonly string[], expected: RegExp]>([
    [['AllRequest'], /there is none of this name, did you mean AllRequests, got "AllRequest"\.$/],
    [['AllRequests +'], /^Cannot read the metric at line 1, column 14: it needs a metric/],
    [['AllRequests', '--stat', 'p99'], /^Cannot give AllRequests as "p99": it has Sum\.$/],
    [['AllRequests', '--where', 'media'], /^Cannot limit by "media": it is not label=value\.$/],
    [['AllRequests', '--where', 'buckets=x'], /^Cannot limit AllRequests by "buckets": it has bucket, /],
    [['AllRequests', '--by', 'rule'], /^Cannot split AllRequests by "rule": it has bucket, /],
    [['AllRequests', '--period', '5'], /^Cannot ask by "5": it is not a duration such as 1m, 5m or 1h\.$/],
    [['AllRequests', '--period', '90s'], /its periods are multiples of 60 s\.$/],
    [['AllRequests', '--since', '30d', '--period', '1m'], /: that is [\d,]+ periods, and 2,000 are the most/],
  ])('%j is refused, and why', async (args, expected) => {
    await expect(run('metrics', 'query', ...args)).rejects.toThrow(expected);
  });
});

describe('metrics list and show', () => {
  test('list the catalogue, or a group of it', async () => {
    const { out } = await run('metrics', 'list', '--group', 'backups');
    expect(out.split('\n').map((line) => line.split(/ {2,}/).slice(0, 3))).toEqual([
      ['name', 'unit', 'dimensions'],
      ['Backups', 'Count', 'System, bucket'],
      ['BackupsWrong', 'Count', 'System, bucket'],
      ['BackupRunSize', 'Bytes', 'System, bucket'],
      [''],
    ]);
    const json = await run('--json', 'metrics');
    expect(json.out).toContain('{"name":"AllRequests","unit":"Count"');
  });

  test('show one, and how to ask for it', async () => {
    const { out } = await run('metrics', 'show', '4xxErrors');
    expect(out).toMatch(
      /^4xxErrors: .*\n\nunit: +Count\ndimensions: bucket\non request: operation, http_status/,
    );
    expect(out).toContain('\nbucketwatch metrics query 4xxErrors --where bucket=...\n');
    await expect(run('metrics', 'show', '4xxError')).rejects.toThrow(/; did you mean 4xxErrors\?$/);
  });
});

test('metrics published has the estimate and what is missing, sends nothing, and tells no secret', async () => {
  const { out } = await run('metrics', 'published');
  // 2 series each: 4 x 0.30; 730 h of 12 requests, 2 x 8,760 + 2 x 43,800 values a thousand a request.
  expect(out).toMatch(
    /^metric +of +period_s +series +published_until\nBucketwatch\/AllRequests +AllRequests +300 +2\nBucketwatch\/Rate +rate\(AllRequests\) +60 +2\n\nAll of it is 4 custom metrics and 8,866 requests, about 1\.29 USD a month\. Nothing is sent: cloudwatch\.budget .*\nPrices: list prices of us-east-1 /,
  );
  const json = await run('--json', 'metrics', 'published');
  expect(JSON.parse(json.out)).toMatchObject({
    configured: true,
    budget_usd: null,
    rows: [{ name: 'AllRequests', dimensions: { bucket: 'BucketName' }, published_until: null }, {}],
  });
  const job = app.jobs.all.find(({ name }) => name === 'cloudwatch');
  await expect(job?.run(new AbortController().signal)).rejects.toThrow(/below cloudwatch: budget: 2$/);
  expect(out + json.out).not.toContain(SECRET);
});
