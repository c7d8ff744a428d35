/** Backups of a bucket judged without a server: against a store of this process that tells when its files came. */
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { checkBackups } from '../src/backup-check.ts';
import { parseConfig } from '../src/config/load.ts';
import type { Config } from '../src/config/schema.ts';
import type { S3Options } from '../src/s3/client.ts';
import { tempFolder } from './temp.ts';

const BIN = fileURLToPath(new URL('../bin/bucketwatch.js', import.meta.url));
const NOW_MS = Date.parse('2026-11-21T12:00Z');
const DAY_MS = 86_400_000;
const PAGE = 1000;

interface StoredFile {
  readonly key: string;
  readonly atMs: number;
  readonly body: Buffer;
}

/** Answers ListObjectsV2, 1,000 keys a page, HEAD, and GET with ranges. */
async function store(files: readonly StoredFile[]): Promise<S3Options & { readonly endpoint: string }> {
  const sorted = [...files].sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://store');
    if (url.searchParams.get('list-type') === '2') {
      response.end(pageOf(sorted, Number(url.searchParams.get('continuation-token') ?? 0)));
      return;
    }
    const key = decodeURIComponent(url.pathname.split('/').slice(2).join('/'));
    const file = sorted.find((one) => one.key === key);
    if (file === undefined) return void response.writeHead(404).end('<Error><Code>NoSuchKey</Code></Error>');
    if (request.method === 'HEAD')
      return void response.writeHead(200, { etag: '"e"', 'content-length': file.body.length }).end();
    const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
    const bytes = first === '' ? file.body.subarray(-Number(last)) : file.body.subarray(0, Number(last) + 1);
    response.writeHead(206, { etag: '"e"', 'content-length': bytes.length }).end(bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    accessKeyId: 'a',
    secretAccessKey: 'b',
  };
}

function pageOf(files: readonly StoredFile[], start: number): string {
  const contents = files
    .slice(start, start + PAGE)
    .map(
      ({ key, atMs, body }) =>
        `<Contents><Key>${key}</Key><LastModified>${new Date(atMs).toISOString()}</LastModified>` +
        `<ETag>"${key.length}-${body.length}"</ETag><Size>${body.length}</Size></Contents>`,
    );
  const isMore = start + PAGE < files.length;
  const next = isMore ? `<NextContinuationToken>${start + PAGE}</NextContinuationToken>` : '';
  return `<ListBucketResult><IsTruncated>${isMore}</IsTruncated>${next}${contents.join('')}</ListBucketResult>`;
}

/** A file a day at 01:30 UTC, the last `skipped` days left out. */
function daily(name: string, { skipped = 0, days = 60, body = Buffer.alloc(500) } = {}): StoredFile[] {
  return Array.from({ length: days - skipped }, (_, index) => {
    const atMs = Date.parse('2026-11-21T01:30Z') - (days - 1 - index) * DAY_MS;
    return { key: name.replace('DATE', new Date(atMs).toISOString().slice(0, 10)), atMs, body };
  });
}

function configOf(yaml: string): Config {
  const parsed = parseConfig(yaml, { environment: {}, folder: '.' });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.config;
}

async function verdictsOf(files: readonly StoredFile[], yaml = '{}', more = {}) {
  const parts = {
    config: configOf(yaml),
    clock: { nowMs: () => NOW_MS, sleep: () => Promise.resolve() },
    signal: AbortSignal.timeout(30_000),
    progress: () => undefined,
  };
  const request = { bucket: 'dumps', prefix: '', grouping: { by: 'stem' }, historyMs: 90 * DAY_MS } as const;
  const checked = await checkBackups({ ...request, ...more, store: await store(files) }, parts);
  return { ...checked, verdicts: Object.fromEntries(checked.series.map(({ id, verdict }) => [id, verdict])) };
}

test('series are found by what their keys have in common, over all pages, and judged by their own history', async () => {
  const files = [
    ...daily('db/orders/DATE.gz'),
    ...daily('db/users/DATE.gz', { skipped: 2 }),
    ...daily('old/DATE.gz', { skipped: 40 }),
    ...Array.from({ length: 40 }, (_, index) => daily(`shards/DATE/part-${index}.gz`)).flat(),
    ...daily('shards/DATE/part-0.gz.tmp'),
    { key: 'folder/', atMs: NOW_MS, body: Buffer.alloc(0) },
    { key: 'readme.txt', atMs: NOW_MS, body: Buffer.from('hello') },
  ];
  const { verdicts, requests, files: listed } = await verdictsOf(files);
  expect(verdicts).toEqual({
    '(root) readme.txt': 'learning',
    'db/orders/{date}.gz': 'ok',
    'db/users/{date}.gz': 'missing',
    'old/{date}.gz': 'retired',
    'shards/{date}/part-{n}.gz': 'ok',
  });
  expect(listed).toBe(files.length);
  expect(requests).toEqual({ LIST: Math.ceil(files.length / PAGE) });
});

test('only what is configured is judged when something is, and what was never seen is missing', async () => {
  const yaml = `
backups:
  timezone: Europe/Lisbon
  series:
    - { name: databases, bucket: dumps, pattern: 'db/{database}/{date}.gz', schedule: { cron: '0 2 * * *' } }
    - { name: mail, bucket: dumps, pattern: 'mail/{date}.tar', schedule: { every: 7d }, grace: 1d }
    - { name: elsewhere, bucket: other, pattern: '{date}', schedule: { every: 1d } }
    - { name: gone, bucket: dumps, pattern: 'old/{date}.gz', schedule: { every: 1d }, retired: true }
`;
  const files = [
    ...daily('db/orders/DATE.gz'),
    ...daily('db/users/DATE.gz', { skipped: 1 }),
    ...daily('x/DATE'),
  ];
  expect((await verdictsOf(files, yaml)).verdicts).toEqual({
    'databases/orders': 'ok',
    'databases/users': 'missing',
    gone: 'retired',
    mail: 'missing',
  });
});

test.each([
  [
    'two of one name',
    "{ name: db, bucket: a, pattern: x }, { name: db, bucket: b, pattern: 'y' }",
    'backups.series.1.name is the name of another series',
  ],
  [
    'one with the name of a value of the other',
    "{ name: db/web, bucket: a, pattern: x }, { name: db, bucket: a, pattern: '{host}/{date}' }",
    'backups.series.0.name may be the name of a series of "db", whose pattern makes one for each value of a part',
  ],
  [
    'the same in another bucket',
    "{ name: db/web, bucket: a, pattern: x }, { name: db, bucket: b, pattern: '{host}' }",
    '',
  ],
  [
    'below one that makes no more',
    "{ name: db/web, bucket: a, pattern: x }, { name: db, bucket: a, pattern: '{date}' }",
    '',
  ],
])('names of series: %s', (_what, series, message) => {
  const yaml = `backups: { series: [${series.replaceAll(' }', ', schedule: { every: 1d } }')}] }`;
  const parsed = parseConfig(yaml, { environment: {}, folder: '.' });
  const problems = parsed.ok ? [] : parsed.problems.map(({ path, message: text }) => `${path} ${text}`);
  expect(problems.join('\n')).toBe(message);
});

test.each([
  ['pattern: "{Bad}", schedule: { every: 1d }', 'pattern has a part that is no name in braces'],
  ['pattern: a, schedule: { every: 30s }', 'schedule.every is less than 1m'],
  ['pattern: a, schedule: { every: 1d }, early: 24h', 'early is not shorter than every'],
  ['pattern: a, schedule: { every: 1x }', 'schedule.every is not a duration such as'],
  ['pattern: a, schedule: { cron: "0 2 * * x" }', 'schedule.cron is not minute, hour, day of month'],
  ['pattern: a, schedule: {}', 'schedule needs one of every, cron, or weekdays with at'],
  ['pattern: a, schedule: { every: 1d, cron: 0 2 * * * }', 'schedule needs one of'],
  ['pattern: a, schedule: { weekdays: [mon] }', 'schedule.at goes with weekdays'],
  ['pattern: a, schedule: { every: 1d, timezone: UTC }', 'schedule.timezone is of cron and weekdays'],
  ['pattern: a, schedule: { cron: 0 2 * * *, timezone: Mars/X }', 'schedule.timezone is not a time zone'],
  ['pattern: a, schedule: { cron: 0 2 * * *, timezon: UTC }', 'did you mean "timezone"?'],
])('the configuration { %s } is refused with what is wrong and where', (series, message) => {
  const yaml = `backups: { series: [{ name: a, bucket: b, ${series} }] }`;
  const parsed = parseConfig(yaml, { environment: {}, folder: '.' });
  const problems = parsed.ok ? [] : parsed.problems.map(({ path, message: text }) => `${path} ${text}`);
  expect(problems.join('\n')).toContain(message);
});

test('two series of one name are refused', () => {
  const one = '{ name: a, bucket: b, pattern: c, schedule: { every: 1d } }';
  const parsed = parseConfig(`backups: { series: [${one}, ${one}] }`, { environment: {}, folder: '.' });
  expect(parsed).toMatchObject({ ok: false, problems: [{ path: 'backups.series.1.name' }] });
});

test('runs before the day on which sizes changed are not in the median', async () => {
  const series = 'name: db, bucket: dumps, pattern: "db/{date}.gz", schedule: { every: 1d }, grace: 1h';
  const files = [
    ...daily('db/DATE.gz', { skipped: 5 }),
    ...daily('db/DATE.gz', { days: 5, body: Buffer.alloc(50) }),
  ];
  const verdictOf = async (size: string): Promise<unknown> =>
    (await verdictsOf(files, `backups: { series: [{ ${series}, size: { ${size} } }] }`)).verdicts['db'];
  expect(await verdictOf('down: 0.5')).toBe('too-small');
  expect(await verdictOf('down: 0.5, since: 2026-11-17')).toBe('ok');
});

test('with a prefix only series that can have files there are judged', async () => {
  const schedule = 'schedule: { cron: "0 2 * * *" }';
  const yaml = `
backups:
  series:
    - { name: orders, bucket: dumps, pattern: 'db/orders/{date}.gz', ${schedule} }
    - { name: dumps, bucket: dumps, pattern: 'db/{date}.sql', ${schedule} }
    - { name: mail, bucket: dumps, pattern: 'mail/{date}.gz', ${schedule} }
`;
  const files = [...daily('db/orders/DATE.gz'), ...daily('mail/DATE.gz')];
  const { verdicts } = await verdictsOf(files, yaml, { prefix: 'db/' });
  expect(verdicts).toEqual({ orders: 'ok', dumps: 'missing' });
});

test('by folder, the way of one system a folder', async () => {
  const files = [...daily('web/DATE-a.gz'), ...daily('web/other/DATE-b.gz'), ...daily('DATE-root.gz')];
  const { series } = await verdictsOf(files, '{}', { grouping: { by: 'folder', depth: 1 } });
  expect(series.map(({ id, files: count, verdict }) => [id, count, verdict])).toEqual([
    ['(root)', 60, 'ok'],
    ['web', 120, 'ok'],
  ]);
});

test('the ends of the newest files are read when that is asked, and nothing else', async () => {
  const whole = gzipSync(Buffer.alloc(200_000, 'a line of a dump that repeats itself\n'));
  const files = [
    ...daily('good/DATE.gz', { body: whole }),
    ...daily('cut/DATE.gz', { body: whole }).map((file, index) =>
      index === 59 ? { ...file, body: whole.subarray(0, whole.length - 40) } : file,
    ),
  ];
  const { series, requests } = await verdictsOf(files, '{}', { content: 'gzip' });
  expect(
    series.map(({ id, verdict, content }) => [id, verdict, content.map(({ result }) => result)]),
  ).toEqual([
    ['cut/{date}.gz', 'wrong-content', ['wrong']],
    ['good/{date}.gz', 'ok', ['whole']],
  ]);
  expect(series[0]?.sentence).toContain('cut/2026-11-21.gz: It is cut off');
  expect(requests).toEqual({ LIST: 1, HEAD: 2, GET: 2 });
});

test('a run that is missing stays missing, whatever the ends of the run before say', async () => {
  const files = daily('db/DATE.gz', { skipped: 2, body: Buffer.from('<html>not found</html>') });
  const { verdicts, requests } = await verdictsOf(files, '{}', { content: 'gzip' });
  expect(verdicts).toEqual({ 'db/{date}.gz': 'missing' });
  expect(requests).toEqual({ LIST: 1 });
});

test.each([
  [{ skipped: 0 }, 0],
  [{ skipped: 3 }, 1],
])('the command ends with 1 when something is wrong: %j gives %i', async (how, exitCode) => {
  // The command has the clock of this machine: the newest run that is not left out came an hour ago.
  const shiftMs = Date.now() - 3_600_000 - Date.parse('2026-11-21T01:30Z');
  const files = daily('db/DATE.gz', how).map((file) => ({ ...file, atMs: file.atMs + shiftMs }));
  const { endpoint } = await store(files);
  const ran = await run(['backups', 'check', '--bucket', 'dumps', '--endpoint', endpoint, '--json']);
  expect(ran.error).toBe('');
  expect(ran.exitCode).toBe(exitCode);
  expect(JSON.parse(ran.output)).toMatchObject({
    series: 'db/{date}.gz',
    wrong: exitCode === 1,
    learned: true,
  });
});

test('the command ends with 1 when there is nothing to judge', async () => {
  const { endpoint } = await store([]);
  const ran = await run(['backups', 'check', '--bucket', 'dumps', '--prefix', 'bd/', '--endpoint', endpoint]);
  expect(ran).toMatchObject({ error: '', exitCode: 1 });
  expect(ran.output).toContain('No files in s3://dumps/bd/');
});

test('a series that is missing is shown with when it came last', async () => {
  const { series } = await verdictsOf(daily('db/DATE.gz', { skipped: 2 }));
  expect(series).toMatchObject([{ verdict: 'missing', lastMs: Date.parse('2026-11-19T01:30Z') }]);
});

test('what is learned is a configuration that judges the same', async () => {
  const files = [...daily('db/DATE.gz'), ...[0, 1, 2].flatMap((part) => daily(`sets/DATE/${part}.gz`))];
  const { endpoint } = await store(files);
  const ran = await run(['backups', 'learn', '--bucket', 'dumps', '--endpoint', endpoint, '--days', '36500']);
  expect(ran.error).toBe('');
  expect(ran.output).toContain('this would have fired');
  const config = configOf(ran.output);
  expect(config.backups.series.map(({ pattern, members }) => [pattern, members])).toEqual([
    ['db/{date}.gz', undefined],
    ['sets/{date}/{n}.gz', 3],
  ]);
  expect((await verdictsOf(files, ran.output)).verdicts).toEqual({
    'db/{date}.gz': 'ok',
    'sets/{date}/{n}.gz': 'ok',
  });
});

async function run(args: readonly string[]): Promise<{ output: string; error: string; exitCode: number }> {
  const child = spawn(process.execPath, [BIN, '--data', tempFolder(), ...args], {
    env: { ...process.env, AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b', AWS_REGION: 'us-east-1' },
  });
  const text = { output: '', error: '' };
  child.stdout.on('data', (chunk: Buffer) => (text.output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (text.error += chunk.toString()));
  const exitCode = await new Promise<number>((resolve) => child.on('close', (code) => resolve(code ?? -1)));
  return { ...text, exitCode };
}
