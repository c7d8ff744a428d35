/** The doctor against stores that answer as a test says: denied, unsupported and unreachable are three answers. */
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { configSchema } from '../src/config/schema.ts';
import { examine, notificationsFor } from '../src/doctor-check.ts';
import { type Finding, isStopping } from '../src/doctor/finding.ts';
import { systemClock } from '../src/lib/clock.ts';
import { type ScriptedAnswer, scriptedStore } from './answering-store.ts';
import { type Fauxqs, startFauxqs } from './fauxqs.ts';
import { bucketsPage } from './scripted-store.ts';
import { tempFolder } from './temp.ts';

const KEY = { access_key_id: 'test', secret_access_key: 'a-secret-nobody-sees' };
const REPLICATION = { confirm: { requests_per_hour: 0 } };

function error(status: number, code: string): ScriptedAnswer {
  return { status, body: `<Error><Code>${code}</Code><Message>m</Message></Error>` };
}

const DENIED = error(403, 'AccessDenied');

/** A store with the buckets a and b that answers all questions about them, but for what a test says. */
function answering(script: (method: string, url: URL) => ScriptedAnswer | undefined) {
  return scriptedStore((method, url) => {
    const said = script(method, url);
    if (said !== undefined) return said;
    if (url.pathname === '/') return { status: 200, body: method === 'GET' ? bucketsPage(['b', 'a']) : '' };
    if (url.searchParams.has('list-type'))
      return { status: 200, body: '<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>' };
    if (url.searchParams.has('versions'))
      return {
        status: 200,
        body: '<ListVersionsResult><IsTruncated>false</IsTruncated></ListVersionsResult>',
      };
    if (method === 'HEAD') return { status: /^\/\w\/./.test(url.pathname) ? 404 : 200 };
    if (url.searchParams.has('notification'))
      return { status: 200, body: '<NotificationConfiguration></NotificationConfiguration>' };
    return error(404, 'NoSuchConfiguration');
  });
}

async function findings(endpoint: string, more: object = {}): Promise<Finding[]> {
  const store = { name: 'site', endpoint, region: 'us-east-1', ...KEY };
  const config = configSchema.parse({
    data: tempFolder(),
    estate: [store],
    replication: REPLICATION,
    ...more,
  });
  return examine({ config, bucketsMax: 5 }, { clock: systemClock, signal: AbortSignal.timeout(30_000) });
}

const about = (all: readonly Finding[], part: string): Finding[] =>
  all.filter(({ check }) => check.includes(part));

test('a store that grants everything has nothing that stops', async () => {
  const { endpoint, asked } = await answering(() => undefined);
  const all = await findings(endpoint, { replication: {} });
  expect(all.filter(isStopping)).toEqual([]);
  expect(about(all, 's3:GetObject')).toHaveLength(1);
  expect(asked.filter((line) => !/^(GET|HEAD) /.test(line))).toEqual([]);
});

test('each action that is denied is named with its resources, and nothing else is', async () => {
  const { endpoint } = await answering((_method, url) => {
    if (url.searchParams.has('policy')) return DENIED;
    return url.searchParams.has('lifecycle') && url.pathname.startsWith('/b') ? DENIED : undefined;
  });
  const denied = (await findings(endpoint)).filter(isStopping);
  expect(denied.map(({ action, resource, result }) => [action, resource, result])).toEqual(
    [
      ['s3:GetBucketPolicy', 'arn:aws:s3:::a, arn:aws:s3:::b', 'denied'],
      ['s3:GetLifecycleConfiguration', 'arn:aws:s3:::b', 'denied'],
    ].sort((x, y) => orderOf(x[0]) - orderOf(y[0])),
  );
  expect(
    denied.every(({ firstStep, action, resource }) => firstStep === `Grant ${action} on ${resource}.`),
  ).toBe(true);
});

/** Buckets are asked in the order of the questions. */
function orderOf(action = ''): number {
  return ['s3:GetBucketPolicy', 's3:GetLifecycleConfiguration'].indexOf(action);
}

test('what the store does not offer is unsupported and stops nothing', async () => {
  const { endpoint } = await answering((_method, url) =>
    url.searchParams.has('inventory') ? error(501, 'NotImplemented') : undefined,
  );
  const all = await findings(endpoint);
  expect(about(all, 's3:GetInventoryConfiguration').map(({ result }) => result)).toEqual(['unsupported']);
  expect(all.filter(isStopping)).toEqual([]);
});

test('a store that is not there is unreachable, and is asked no more', async () => {
  const all = await findings('http://127.0.0.1:1');
  expect(about(all, 'store site').map(({ check, result }) => [check, result])).toEqual([
    ['store site: clock', 'unreachable'],
    ['store site: s3:ListAllMyBuckets', 'unreachable'],
  ]);
  expect(all.filter(isStopping)).toHaveLength(1);
});

test('a list of buckets that is denied stops patterns, and not buckets that are named', async () => {
  const { endpoint } = await answering((method, url) =>
    url.pathname === '/' && method === 'GET' ? DENIED : undefined,
  );
  const listOf = (all: Finding[]) =>
    about(all, 'ListAllMyBuckets').map((one) => [one.result, isStopping(one)]);
  expect(listOf(await findings(endpoint))).toEqual([['denied', true]]);
  const store = { name: 'site', endpoint, region: 'us-east-1', ...KEY, buckets: ['a'] };
  expect(listOf(await findings(endpoint, { estate: [store] }))).toEqual([['denied', false]]);
});

test('wrong credentials are no missing permission', async () => {
  const { endpoint } = await answering((_method, url) =>
    url.pathname === '/' ? error(403, 'InvalidAccessKeyId') : undefined,
  );
  const all = await findings(endpoint);
  const [list] = about(all, 'ListAllMyBuckets');
  expect(list).toMatchObject({ result: 'denied', firstStep: 'Mend the credentials.' });
  expect(list).not.toHaveProperty('action');
  expect(JSON.stringify(all)).not.toContain(KEY.secret_access_key);
});

test.each([
  [0, 'ok'],
  [300, 'warn'],
  [-300, 'warn'],
  [3600, 'failed'],
])("a store's clock that is %d s ahead is %s", async (seconds, result) => {
  const date = new Date(systemClock.nowMs() + seconds * 1000).toUTCString();
  const { endpoint } = await answering((method, url) =>
    method === 'HEAD' && url.pathname === '/' ? { status: 403, headers: { date } } : undefined,
  );
  expect(about(await findings(endpoint), 'clock').map((one) => one.result)).toEqual([result]);
});

test('objects that may not be read, and versions that may not be listed, are named', async () => {
  const { endpoint } = await answering((method, url) => {
    if (method === 'HEAD' && url.pathname.startsWith('/a/.')) return { status: 403 };
    return url.searchParams.has('versions') ? DENIED : undefined;
  });
  const all = await findings(endpoint, { replication: {} });
  expect(all.filter(isStopping).map(({ action, resource }) => [action, resource])).toEqual([
    ['s3:GetObject', 'arn:aws:s3:::a/*'],
  ]);
  expect(about(all, 's3:ListBucketVersions').map(({ result }) => result)).toEqual(['denied']);
});

test('without a listing nothing is said of reading objects', async () => {
  const { endpoint } = await answering((method, url) => {
    if (url.searchParams.has('list-type')) return DENIED;
    return method === 'HEAD' && /^\/\w\/./.test(url.pathname) ? { status: 403 } : undefined;
  });
  const all = await findings(endpoint, { replication: {} });
  expect(all.filter(isStopping).map(({ action, resource }) => [action, resource])).toEqual([
    ['s3:ListBucket', 'arn:aws:s3:::a, arn:aws:s3:::b'],
  ]);
  expect(about(all, 's3:GetObject')).toEqual([]);
});

test('a bucket that is named and not there is missing, and is asked nothing else', async () => {
  const { endpoint, asked } = await answering((method, url) => {
    if (url.pathname === '/' && method === 'GET') return DENIED;
    return method === 'HEAD' && url.pathname.startsWith('/gone') ? { status: 404 } : undefined;
  });
  const store = { name: 'site', endpoint, region: 'us-east-1', ...KEY, buckets: ['a', 'gone'] };
  const stopping = (await findings(endpoint, { estate: [store] })).filter(isStopping);
  expect(stopping.map(({ check, result }) => [check, result])).toEqual([
    ['store site: bucket gone', 'missing'],
  ]);
  expect(asked.filter((line) => line.includes('/gone'))).toHaveLength(1);
});

test('buckets say whether they tell of events', async () => {
  const rule =
    '<QueueConfiguration><Id>x</Id><Queue>arn:aws:sqs:r:1:q</Queue><Event>s3:ObjectCreated:*</Event></QueueConfiguration>';
  const { endpoint } = await answering((_method, url) =>
    url.searchParams.has('notification') && url.pathname.startsWith('/a')
      ? { status: 200, body: `<NotificationConfiguration>${rule}</NotificationConfiguration>` }
      : undefined,
  );
  expect(
    about(await findings(endpoint), 'events of').map(({ result, sentence }) => [result, sentence]),
  ).toEqual([
    ['ok', 'It tells of ObjectCreated:* to queue q.'],
    ['warn', 'It tells nobody of events: what happens in it is seen later, in logs and looks.'],
  ]);
});

test('buckets beyond the limit are left out, and that is said', async () => {
  const names = Array.from({ length: 8 }, (_, index) => `b${index}`);
  const { endpoint, asked } = await answering((method, url) =>
    url.pathname === '/' && method === 'GET' ? { status: 200, body: bucketsPage(names) } : undefined,
  );
  expect(about(await findings(endpoint), 'store site: buckets').map(({ sentence }) => sentence)).toEqual([
    '3 more buckets were not asked.',
  ]);
  expect(asked.some((line) => line.includes('b7'))).toBe(false);
});

const CONTENTS =
  '<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>access/1</Key><Size>9</Size></Contents></ListBucketResult>';

async function sourceFindings(script: (method: string, url: URL) => ScriptedAnswer | undefined) {
  const { endpoint } = await answering(script);
  const source = { kind: 'bucket-listing', name: 'logs', uri: 's3://logs/access/', endpoint, ...KEY };
  const all = await findings(endpoint, { estate: [], sources: [source] });
  return about(all, 'source logs').map(({ result, action, resource }) => [result, action, resource]);
}

test('a source says which of list and read is missing, and where', async () => {
  const list = (url: URL) =>
    url.searchParams.has('list-type') ? { status: 200, body: CONTENTS } : undefined;
  expect(await sourceFindings((_method, url) => list(url) ?? { status: 206, body: 'x' })).toEqual([
    ['ok', undefined, undefined],
    ['ok', undefined, undefined],
  ]);
  expect(await sourceFindings((_method, url) => list(url) ?? DENIED)).toEqual([
    ['ok', undefined, undefined],
    ['denied', 's3:GetObject', 'arn:aws:s3:::logs/access/*'],
  ]);
  expect(await sourceFindings(() => DENIED)).toEqual([
    ['denied', 's3:ListBucket', 'arn:aws:s3:::logs'],
    ['untried', undefined, undefined],
  ]);
  expect(await sourceFindings(() => error(404, 'NoSuchBucket'))).toEqual([
    ['missing', undefined, undefined],
    ['untried', undefined, undefined],
  ]);
});

test('a queue that may not be asked is named by its ARN', async () => {
  const { endpoint } = await scriptedStore(() => ({
    status: 400,
    headers: { 'content-type': 'application/x-amz-json-1.0' },
    body: '{"__type":"com.amazonaws.sqs#AccessDeniedException","message":"m"}',
  }));
  const url = `${endpoint}/111122223333/events`;
  const source = { kind: 'queue', name: 'q', url, region: 'eu-west-1', messages: 'events', ...KEY };
  const all = await findings(endpoint, { estate: [], sources: [source] });
  const resource = 'arn:aws:sqs:eu-west-1:111122223333:events';
  expect(about(all, 'source q').map((one) => [one.result, one.action, one.resource])).toEqual([
    ['denied', 'sqs:GetQueueAttributes', resource],
    ['untried', undefined, undefined],
    ['denied', 'sqs:DeleteMessage', resource],
    ['denied', 'sqs:ChangeMessageVisibility', resource],
  ]);
});

test('a queue that cannot be found by its name lacks what finding it takes', async () => {
  const { endpoint } = await scriptedStore(() => ({
    status: 400,
    headers: { 'content-type': 'application/x-amz-json-1.0' },
    body: '{"__type":"com.amazonaws.sqs#AccessDeniedException","message":"m"}',
  }));
  const source = {
    kind: 'queue',
    name: 'q',
    queue: 'events',
    region: 'eu-west-1',
    endpoint,
    messages: 'events',
    ...KEY,
  };
  const all = await findings(endpoint, { estate: [], sources: [source] });
  expect(about(all, 'source q').map((one) => [one.result, one.action, one.resource])).toEqual([
    ['denied', 'sqs:GetQueueUrl', 'arn:aws:sqs:eu-west-1:*:events'],
    ['untried', undefined, undefined],
  ]);
});

const SENT_BY_S3 = JSON.stringify({
  Statement: [
    { Effect: 'Allow', Principal: { Service: 's3.amazonaws.com' }, Action: 'sqs:SendMessage', Resource: '*' },
  ],
});

describe('a queue that grants everything', () => {
  let cloud: Fauxqs;
  beforeAll(async () => {
    cloud = await startFauxqs();
  });
  afterAll(() => cloud.stop());

  test.each([
    ['is empty', [], true, 'ok'],
    ['has messages and no dead-letter queue', ['one', 'two'], false, 'ok'],
    [
      'has messages that one delivery more can take to its dead-letter queue',
      ['one', 'two'],
      true,
      'untried',
    ],
  ])('%s: it is asked, and keeps what it has', async (_what, bodies, hasDeadLetters, received) => {
    const dead = await cloud.queueWith([]);
    const policy = JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: '1' });
    const queue = await cloud.queueWith(
      bodies,
      hasDeadLetters ? { RedrivePolicy: policy, Policy: SENT_BY_S3 } : {},
    );
    const source = {
      kind: 'queue',
      name: 'q',
      url: queue.url,
      endpoint: cloud.endpoint,
      region: 'us-east-1',
      messages: 'events',
      ...KEY,
    };
    const all = await findings(cloud.endpoint, { estate: [], sources: [source] });
    const results = about(all, 'sqs:').map(({ check, result }) => [check.split('sqs:')[1], result]);
    expect(about(all, 'who may send').map(({ result }) => result)).toEqual([hasDeadLetters ? 'ok' : 'warn']);
    expect(Object.fromEntries(results)).toEqual({
      GetQueueAttributes: 'ok',
      ReceiveMessage: received,
      DeleteMessage: 'ok',
      ChangeMessageVisibility: 'ok',
    });
    expect(await queue.depth()).toEqual({ waiting: bodies.length, inFlight: 0 });
    expect(await dead.depth()).toEqual({ waiting: 0, inFlight: 0 });
  });
});

test('what a topic takes is named, and nothing is published', async () => {
  const topic = 'arn:aws:sns:eu-west-1:111122223333:oncall';
  const { endpoint, asked } = await scriptedStore(() => ({ status: 500 }));
  const channels = [{ kind: 'sns', name: 'oncall', topic, endpoint, ...KEY }];
  const all = await findings(endpoint, { estate: [], notify: { channels } });
  expect(about(all, 'channel oncall')).toMatchObject([{ result: 'untried', isNeeded: true }]);
  expect(about(all, 'channel oncall')[0]?.firstStep).toContain(topic);
  expect(asked).toEqual([]);
});

test('a data folder that cannot be written stops everything', async () => {
  const file = join(tempFolder(), 'file');
  writeFileSync(file, '');
  const config = configSchema.parse({ data: join(file, 'data') });
  const all = await examine(
    { config, bucketsMax: 1 },
    { clock: systemClock, signal: AbortSignal.timeout(5_000) },
  );
  expect(all.filter(isStopping).map(({ check, result }) => [check, result])).toEqual([
    ['data folder', 'denied'],
  ]);
});

const QUEUE = 'arn:aws:sqs:eu-west-1:111122223333:bucketwatch';

function notifications(endpoint: string) {
  const store = { name: 'site', endpoint, region: 'us-east-1', ...KEY };
  const config = configSchema.parse({ data: tempFolder(), estate: [store] });
  const parts = { clock: systemClock, signal: AbortSignal.timeout(30_000) };
  return notificationsFor({ config, bucketId: 'a', queue: QUEUE }, parts);
}

test('notifications are a merge with what the bucket has, and nothing when that is not known', async () => {
  const rule =
    '<TopicConfiguration><Id>x</Id><Topic>arn:aws:sns:r:1:t</Topic><Event>s3:ObjectRestore:*</Event></TopicConfiguration>';
  const existing = `<NotificationConfiguration>${rule}</NotificationConfiguration>`;
  const { endpoint, asked } = await answering((_method, url) =>
    url.searchParams.has('notification') ? { status: 200, body: existing } : undefined,
  );
  const { configuration } = await notifications(endpoint);
  expect(configuration).toMatchObject({
    TopicConfigurations: [{ Id: 'x', TopicArn: 'arn:aws:sns:r:1:t' }],
    QueueConfigurations: [{ QueueArn: QUEUE }],
  });
  expect(asked.filter((line) => !/^(GET|HEAD) /.test(line))).toEqual([]);
  for (const answer of [DENIED, error(501, 'NotImplemented'), error(400, 'Strange')]) {
    const refusing = await answering((_method, url) =>
      url.searchParams.has('notification') ? answer : undefined,
    );
    await expect(notifications(refusing.endpoint)).rejects.toThrow('so none is proposed');
  }
});

/** Of the SDK; objects are written by canaries and the archive alone, messages removed by the queue source. */
const MAY_WRITE = [
  'DeleteMessageBatchCommand',
  'DeleteObjectCommand',
  'PutMetricDataCommand',
  'PutObjectCommand',
];

test('src/s3 has no command that configures a bucket', () => {
  const text = globSync('src/**/*.ts')
    .map((path) => readFileSync(path, 'utf8'))
    .join('\n');
  const commands = [...new Set([...text.matchAll(/\b[A-Z]\w+Command\b/g)].map(([name]) => name))];
  expect(commands).toContain('GetBucketNotificationConfigurationCommand');
  const writes = commands.filter((name) =>
    /^(Put|Delete|Create|Update|Copy|Upload|Restore|Send|Set|Tag|Add|Remove)/.test(name),
  );
  expect(writes.sort()).toEqual(MAY_WRITE);
});
