/** Every route that answers JSON gives exactly the shape that the OpenAPI document promises, on a real store. */
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type App, openApp } from '../src/app.ts';
import { configSchema } from '../src/config/schema.ts';
import { estateFiles } from '../src/demo/estate.ts';
import { openParking } from '../src/intake/parked.ts';
import { type Audit, keepAudit } from '../src/monitors/replication/audits.ts';
import { systemClock } from '../src/lib/clock.ts';
import { silentLog } from '../src/lib/log.ts';
import { openFiles } from '../src/sources/files.ts';
import { engineTime, fed, judged, paired } from './replication-rows.ts';
import { keptFolder } from './temp.ts';

const END_MS = Date.UTC(2026, 3, 20);

const RANGE = 'since=2026-04-19T00:00:00Z&until=2026-04-20T00:00:00Z';
const WEEK = 'since=2026-04-13T00:00:00Z&until=2026-04-20T00:00:00Z';

/** Requests for each route, without the `/api/v1`; each must find something in the made-up estate. */
const EXAMPLES: Readonly<Record<string, readonly string[]>> = {
  '/status': ['/status'],
  '/buckets': ['/buckets'],
  '/buckets/{bucket}/configs': ['/buckets/siteB:media/configs', '/buckets/media/configs?limit=1'],
  '/activity/series': [`/activity/series?${RANGE}`],
  '/activity/split': [`/activity/split?${RANGE}&by=operation`, `/activity/split?${RANGE}&by=bucket`],
  '/activity/top': [
    `/activity/top?${RANGE}&dimension=key`,
    `/activity/top?${RANGE}&dimension=requester&by=bytes_sent`,
  ],
  '/activity/access': [`/activity/access?${RANGE}`],
  '/activity/slow': [`/activity/slow?${RANGE}&limit=3`],
  '/activity/cost': ['bucket', 'requester', 'operation', 'prefix'].map(
    (by) => `/activity/cost?${RANGE}&by=${by}`,
  ),
  '/activity/storms': [`/activity/storms?${WEEK}`],
  '/activity/first-seen': [`/activity/first-seen?${WEEK}&kind=user_agent`, `/activity/first-seen?${WEEK}`],
  '/metrics': ['/metrics'],
  '/metrics/{name}': [
    `/metrics/GetRequests?${RANGE}&statistic=Sum`,
    `/metrics/4xxErrors?${RANGE}&statistic=Average`,
    `/metrics/FirstByteLatency?${RANGE}&statistic=p99.9`,
    `/metrics/AllRequests?${RANGE}&by=bucket,operation&where={"http_status":"200"}`,
    `/metrics/RecordsLoaded?since=2026-01-01T00:00:00Z`,
  ],
  '/metric-series': [
    `/metric-series?${RANGE}&metric=4xxErrors`,
    `/metric-series?${RANGE}&metric=rate(AllRequests)&by=operation&where={"bucket":"nimbus-billing"}&period=3600`,
  ],
  '/analyses': ['/analyses'],
  '/analyses/{name}': [
    `/analyses/object-deletions?${RANGE}`,
    `/analyses/readers-and-writers?${RANGE}&bucket=nimbus-billing`,
    `/analyses/anonymous-requests?${RANGE}`,
  ],
  '/timeline': [`/timeline?${RANGE}&bucket=nimbus-web-assets&key=index.html`],
  '/requests': [`/requests?${RANGE}&limit=5`],
  '/requests/histogram': [`/requests/histogram?${RANGE}&http_status=4xx`],
  '/requests/top': [`/requests/top?${RANGE}&dimension=operation`],
  '/calls': [`/calls?${RANGE}&limit=5`],
  '/calls/histogram': [`/calls/histogram?${RANGE}`],
  '/calls/top': [`/calls/top?${RANGE}&dimension=event_name`],
  '/batches': ['/batches?limit=5'],
  '/rejects': ['/rejects?limit=5'],
  '/parked': ['/parked?limit=5'],
  '/sources': ['/sources'],
  '/health': ['/health'],
  '/alarms/definitions': ['/alarms/definitions'],
  '/replication/pairs': [`/replication/pairs?${RANGE}`, `/replication/pairs?pair=media/copy/all`],
  '/replication/series': [`/replication/series?${RANGE}&bucket=media`],
  '/replication/objects': ['/replication/objects?status=FAILED,PENDING&limit=1', '/replication/objects'],
  '/replication/failures': ['/replication/failures?pair=media/copy/all'],
  '/replication/object': ['/replication/object?bucket=media&key=a'],
  '/replication/canaries': [`/replication/canaries?${RANGE}`],
  '/completeness': [`/completeness?${RANGE}`],
  '/replication/audits': ['/replication/audits', '/replication/audits?pair=a/b/r&location=a/logs/'],
};

/** Routes whose answer is no JSON document, and those beside the API, which have tests of their own. Of `/metrics` the one for Prometheus. */
const OTHERS = [
  '/events',
  '/replication/manifest',
  '/metrics',
  '/healthz',
  '/readyz',
  '/badge/{token}.svg',
  '/status/{token}',
  '/alarm/open/{token}',
  '/alarm/acknowledge/{token}',
  '/alarm/silence/{token}',
];
/** Routes whose suites fill their own tables: backup-reading, backup-act, alarm-routes, notify-app, cli-metrics. Here their answers have the documented shape. */
const FILLED_ELSEWHERE: Readonly<Record<string, string>> = {
  '/backups': '/backups',
  '/backups/metric': `/backups/metric?${RANGE}`,
  '/backups/proposals': '/backups/proposals',
  '/backups/runs': '/backups/runs',
  '/alarms': '/alarms',
  '/alarms/transitions': '/alarms/transitions',
  '/silences': '/silences',
  '/notifications': '/notifications',
  '/publication': '/publication',
  '/notifications/channels': '/notifications/channels',
};
/** Of one that has to be there: in those suites alone. */
const OF_ONE = ['/backups/links', '/backups/series', '/alarms/detail', '/notifications/routes'];

const AUDIT: Audit = {
  source: 'a/logs/',
  destination: 'b',
  sourceBucket: 'a',
  destinationBucket: 'b',
  startedMs: END_MS - 60_000,
  endedMs: END_MS,
  ending: 'complete',
  problem: '',
  answers: [{ answer: 'missing', objects: 3, bytes: 300 }],
  sourceObjects: 3,
  destinationObjects: 0,
  ignoresExtra: false,
  graceSeconds: 900,
  requests: 2,
};

const folder = keptFolder();
let app: App;
beforeAll(async () => {
  const logs = join(folder, 'logs');
  mkdirSync(logs);
  let files = 0;
  for (const file of estateFiles({ seed: 7, startMs: END_MS - 5 * 24 * 3_600_000, endMs: END_MS })) {
    writeFileSync(join(logs, `${files}`), file.bytes);
    files += 1;
  }
  writeFileSync(join(logs, 'broken'), `${'0'.repeat(64)} bucket [19/Apr/2026:10:00:00 +0000] broken\n`);
  copyFileSync('src/formats/bucket-config/fixtures/states.log', join(logs, 'configs'));
  app = await openApp(
    configSchema.parse({
      data: join(folder, 'data'),
      sources: [{ kind: 'files', name: 'logs', path: logs }],
    }),
    {},
    { clock: systemClock, log: silentLog },
  );
  const source = openFiles({ name: 'logs', path: logs, pollMs: 0 }, { clock: systemClock });
  await app.ingest(source, new AbortController().signal);
  const canary = {
    pair_id: 'media/copy/all',
    key: 'canary',
    state: 'under-way',
    sent_at: '2026-04-19 12:00:00',
  };
  await app.engine.insertRows({ table: 'replication_canaries', rows: [canary] });
  const receivedMs = systemClock.nowMs();
  const foreign = { source: 'logs', messageId: 'm', reason: 'foreign', body: 'hello', receivedMs };
  await openParking({ engine: app.engine, clock: systemClock }).park(foreign);
  await replicate();
  await keepAudit(AUDIT, app.engine);
  const pair = { pair_id: 'a/b/r', rule_id: 'r', source: 'a', destination: 'b', revision: 1 };
  await app.engine.insertRows({ table: 'replication_pairs', rows: [pair] });
}, 60_000);
afterAll(async () => {
  await app.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A pair with a version that arrived, one that waits and one that failed. */
async function replicate(): Promise<void> {
  const { engine } = app;
  const [pair = ''] = await paired([{ source: 'media', destination: 'copy', rule: 'all' }], engine);
  await fed('media', 'notifications', '2026-04-19T12:00:00Z', engine);
  const written = '2026-04-19T10:00:00Z';
  const common = { source: 'media', destination: 'copy', pair, written };
  await judged(
    [
      { ...common, key: 'a', status: 'COMPLETED', replicated: '2026-04-19T10:00:07Z' },
      { ...common, key: 'b', status: 'PENDING' },
      { ...common, key: 'c', status: 'FAILED', reason: 'DstBucketNotFound', failed: '2026-04-19T10:01:00Z' },
    ],
    engine,
  );
  await engine.insertRows({
    table: 'object_events',
    rows: [
      {
        batch_id: 1,
        record_number: 1,
        event_time: engineTime(written),
        event_name: 'ObjectCreated:Put',
        bucket: 'media',
        key: 'a',
        version_id: 'v1',
        completeness: 2,
      },
    ],
  });
}

interface Route {
  readonly path: string;
  readonly schema: z.ZodType;
}

/** Routes asked with GET, with the shape of their answer. */
function routes(): Route[] {
  return app.api.openAPIRegistry.definitions.flatMap((definition) => {
    if (definition.type !== 'route' || definition.route.method !== 'get') return [];
    const path = definition.route.path.replace('/api/v1', '');
    const answer = definition.route.responses['200'];
    const media =
      answer !== undefined && 'content' in answer ? answer.content?.['application/json'] : undefined;
    const schema = media !== undefined && 'schema' in media ? media.schema : undefined;
    return schema instanceof z.ZodType ? [{ path, schema }] : [];
  });
}

test('every route has an example, and every example a route', () => {
  const documented = app.api.openAPIRegistry.definitions.flatMap((definition) =>
    definition.type === 'route' && definition.route.method === 'get'
      ? [definition.route.path.replace('/api/v1', '')]
      : [],
  );
  const known = [...Object.keys(EXAMPLES), ...OTHERS, ...Object.keys(FILLED_ELSEWHERE), ...OF_ONE];
  expect(known.sort()).toEqual(documented.sort());
});

test.each(Object.entries(EXAMPLES).flatMap(([path, requests]) => requests.map((request) => [request, path])))(
  'GET %s answers as documented',
  async (request = '', path = '') => {
    const route = routes().find((candidate) => candidate.path === path);
    const response = await app.api.request(`/api/v1${request}`);
    const body: unknown = await response.json();
    expect(response.status, JSON.stringify(body)).toBe(200);
    expect(route?.schema.parse(body)).toEqual(body);
    expect(JSON.stringify(body)).toMatch(/"(rows|points|series|versions|items)":\[\{|"version"/);
  },
);

test.each(Object.entries(FILLED_ELSEWHERE))('GET %s has the documented shape', async (path, request) => {
  const response = await app.api.request(`/api/v1${request}`);
  const body: unknown = await response.json();
  expect(response.status, JSON.stringify(body)).toBe(200);
  expect(
    routes()
      .find((candidate) => candidate.path === path)
      ?.schema.parse(body),
  ).toEqual(body);
});

test('a document that lacks a member, or has one too many, is not as documented', () => {
  const schema = routes().find(({ path }) => path === '/buckets')?.schema;
  const row = {
    bucket: 'a',
    requests: 1,
    newest_event: '2026-04-19T00:00:00Z',
    stored: null,
    estate: null,
  };
  expect(schema?.safeParse({ rows: [{ ...row, requests: undefined }] }).success).toBe(false);
  expect(schema?.parse({ rows: [{ ...row, more: 1 }] })).not.toEqual({ rows: [{ ...row, more: 1 }] });
});
