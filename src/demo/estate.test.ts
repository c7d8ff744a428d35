import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import type { Clock } from '../lib/clock.ts';
import { backupRequests } from './backup-runs.ts';
import { estateFiles } from './estate.ts';
import { INCIDENTS } from './incidents.ts';
import { trafficBetween } from './traffic.ts';
import { trickle, writeHistory } from './write-estate.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A Thursday afternoon, on no boundary of anything. */
const END_MS = Date.UTC(2025, 10, 20, 14, 37, 12);

const folders: string[] = [];
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true });
});

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'bucketwatch-demo-'));
  folders.push(folder);
  return folder;
}

interface Call {
  readonly eventName: string;
  readonly eventTime: string;
  readonly requestID: string;
  readonly errorCode?: string;
  readonly requestParameters: { readonly bucketName: string };
  readonly userIdentity: { readonly userName?: string };
}

interface Estate {
  readonly paths: readonly string[];
  readonly lines: readonly string[];
  readonly calls: readonly Call[];
  readonly messages: readonly string[];
}

function readEstate(startMs: number, endMs: number): Estate {
  const estate = {
    paths: [] as string[],
    lines: [] as string[],
    calls: [] as Call[],
    messages: [] as string[],
  };
  for (const { path, bytes } of estateFiles({ seed: 7, startMs, endMs })) {
    estate.paths.push(path);
    if (path.startsWith('AWSLogs/')) {
      const file = JSON.parse(gunzipSync(bytes).toString()) as { Records: Call[] };
      estate.calls.push(...file.Records);
    } else if (!path.startsWith('bucket-configs/')) {
      const list = path.startsWith('events/') ? estate.messages : estate.lines;
      for (const line of bytes.toString().trimEnd().split('\n')) list.push(line);
    }
  }
  return estate;
}

const fortnight = readEstate(END_MS - 14 * DAY_MS, END_MS);

const PLAIN_LINE =
  /^[0-9a-f]{64} (?<bucket>nimbus-[a-z-]+) \[(?<time>[^\]]+)\] (?<ip>\S+) (?<requester>-|AmazonS3|(?:arn|svc):.*?) (?<id>[0-9A-F]{16}) (?<operation>\S+) (?<key>\S+) (?<uri>-|"[^"]*") (?<status>\d{3}|-) (?<error>\S+) (?:\d+|-) (?:\d+|-) (?<total>\d+|-) (?:\d+|-) (?<rest>(?:-|"[^"]*") (?:-|"[^"]*") \S+ [\w+/]{75}= .*)$/;

interface Row {
  readonly timeMs: number;
  readonly bucket: string;
  readonly ip: string;
  readonly id: string;
  readonly operation: string;
  readonly key: string;
  readonly uri: string;
  readonly status: string;
  readonly error: string;
  readonly totalMs: number;
  readonly fields: number;
}

function rowOf(line: string): Row | undefined {
  const groups = PLAIN_LINE.exec(line)?.groups;
  if (groups === undefined) return undefined;
  const field = (name: string): string => groups[name] ?? '';
  const [date = '', time = ''] = field('time').split(/:(.*)/);
  return {
    timeMs: Date.parse(`${date.replaceAll('/', ' ')} ${time}`),
    bucket: field('bucket'),
    ip: field('ip'),
    id: field('id'),
    operation: field('operation'),
    key: field('key'),
    uri: field('uri'),
    status: field('status'),
    error: field('error'),
    totalMs: Number(field('total')),
    fields: 15 + (field('rest').match(/"[^"]*"|\S+/g) ?? []).length,
  };
}

const parsed = fortnight.lines.map(rowOf);
const rows = parsed.filter((row) => row !== undefined);
const oddLines = fortnight.lines.filter((_, index) => parsed[index] === undefined);

function during(name: keyof typeof INCIDENTS): (row: Row) => boolean {
  const startMs = END_MS - INCIDENTS[name].beforeEndMs;
  return (row) => row.timeMs >= startMs - 1000 && row.timeMs < startMs + INCIDENTS[name].lengthMs;
}

function ascending(one: number, other: number): number {
  return one - other;
}

function median(values: readonly number[]): number {
  return values.toSorted(ascending)[Math.floor(values.length / 2)] ?? 0;
}

function digest(seed: number): string {
  const files = [...estateFiles({ seed, startMs: END_MS - 5 * HOUR_MS, endMs: END_MS })];
  return files.map(({ path, bytes }) => `${path}\n${bytes.toString('latin1')}`).join('\n');
}

test('estateFiles() gives the same bytes for the same seed and range', () => {
  expect(digest(7)).toBe(digest(7));
});

test('estateFiles() gives another estate for another seed', () => {
  expect(digest(8)).not.toBe(digest(7));
});

test('trafficBetween() is the same however time is cut', () => {
  const startMs = END_MS - 2 * HOUR_MS;
  const cutMs = startMs + 1_234_567;
  const whole = trafficBetween({ seed: 7, startMs, endMs: END_MS });
  const first = trafficBetween({ seed: 7, startMs, endMs: cutMs });
  const second = trafficBetween({ seed: 7, startMs: cutMs, endMs: END_MS });
  expect([...first, ...second]).toEqual(whole);
});

test('a fortnight has the size of a small estate', () => {
  expect(fortnight.lines.length).toBeGreaterThan(220_000);
  expect(fortnight.lines.length).toBeLessThan(280_000);
  expect(fortnight.calls.length).toBeGreaterThan(5000);
  expect(fortnight.calls.length).toBeLessThan(8000);
  expect(fortnight.messages.length).toBeGreaterThan(6200);
  expect(fortnight.messages.length).toBeLessThan(8400);
});

test('paths are those of AWS, each once', () => {
  const shapes = [
    /^access-logs\/nimbus-[a-z-]+\/\d{4}(-\d\d){5}-[0-9A-F]{16}$/,
    /^AWSLogs\/111122223333\/CloudTrail\/eu-central-1(\/\d+){3}\/111122223333_CloudTrail_eu-central-1_\d{8}T\d{4}Z_\w{16}\.json\.gz$/,
    /^events\/nimbus-[a-z-]+\/\d{4}-\d\d-\d\d-\d\d\.json$/,
    /^bucket-configs\/\d{4}(-\d\d){5}\.jsonl$/,
  ];
  expect(fortnight.paths.filter((path) => !shapes.some((shape) => shape.test(path)))).toEqual([]);
  expect(new Set(fortnight.paths).size).toBe(fortnight.paths.length);
});

test('access log lines have 27 fields, some 26; six are hard to read and three are broken', () => {
  const short = rows.filter((row) => row.fields === 26).length;
  expect([...new Set(rows.map((row) => row.fields))].toSorted(ascending)).toEqual([26, 27]);
  expect(short / rows.length).toBeGreaterThan(0.04);
  expect(short / rows.length).toBeLessThan(0.09);
  expect(oddLines.filter((line) => line.split(' ').length > 20)).toHaveLength(6);
  expect(oddLines.filter((line) => line.split(' ').length <= 20)).toHaveLength(3);
});

test('every time is inside the range', () => {
  const outside = rows.filter((row) => row.timeMs < END_MS - 14 * DAY_MS - 1000 || row.timeMs >= END_MS);
  expect(outside).toEqual([]);
});

test('weekends are quieter than weekdays', () => {
  const perDay = (day: number): number =>
    rows.filter((row) => new Date(row.timeMs).getUTCDate() === day).length;
  expect(perDay(15)).toBeLessThan(0.9 * perDay(13));
  expect(perDay(16)).toBeLessThan(0.9 * perDay(19));
});

test('the data lake slows down and says so', () => {
  const lake = rows.filter((row) => row.bucket === 'nimbus-data-lake' && row.uri !== '-');
  const burst = lake.filter(during('slowDown'));
  expect(burst.filter((row) => row.error === 'SlowDown').length).toBeGreaterThan(300);
  expect(median(burst.map((row) => row.totalMs))).toBeGreaterThan(
    10 * median(lake.map((row) => row.totalMs)),
  );
});

test('one address scans for keys and finds nothing', () => {
  const scan = rows.filter((row) => row.ip === '203.0.113.213');
  expect(scan).toHaveLength(920);
  expect(scan.filter((row) => row.status !== '403' && row.status !== '404')).toEqual([]);
  expect(scan.filter((row) => !during('keyScan')(row))).toEqual([]);
});

test('a deleted prefix shows in all three feeds under one request id', () => {
  const request = rows.find(
    (row) =>
      during('prefixDeleted')(row) &&
      row.operation === 'REST.POST.MULTI_OBJECT_DELETE' &&
      row.ip === '203.0.113.41',
  );
  const ofRequest = rows.filter((row) => row.id === request?.id);
  const call = fortnight.calls.filter((each) => each.requestID === request?.id);
  const removed = fortnight.messages.filter((message) => message.includes(`"${request?.id ?? ''}"`));
  expect(ofRequest.filter((row) => row.operation === 'BATCH.DELETE.OBJECT' && row.uri === '-')).toHaveLength(
    240,
  );
  expect(call.map((each) => [each.eventName, each.userIdentity.userName])).toEqual([
    ['DeleteObjects', 'jonas.weil'],
  ]);
  expect(removed.filter((message) => message.includes('ObjectRemoved:DeleteMarkerCreated'))).toHaveLength(
    240,
  );
});

test('the media bucket is opened by its policy and its public access block', () => {
  const changes = fortnight.calls.filter((call) => call.eventName.startsWith('PutBucket'));
  expect(changes.map((call) => [call.eventName, call.requestParameters.bucketName])).toEqual([
    ['PutBucketPublicAccessBlock', 'nimbus-media'],
    ['PutBucketPolicy', 'nimbus-media'],
  ]);
});

test('billing is denied within the last day, in both feeds', () => {
  const denied = rows.filter(
    (row) => during('billingDenied')(row) && row.bucket === 'nimbus-billing' && row.status === '403',
  );
  const ids = new Set(denied.map((row) => row.id));
  expect(denied.length).toBeGreaterThanOrEqual(260);
  expect(
    fortnight.calls.filter((call) => ids.has(call.requestID) && call.errorCode === 'AccessDenied').length,
  ).toBe(denied.length);
});

test('backups that were retired stop, those of others go on', () => {
  const arrived = (folder: string): readonly number[] =>
    fortnight.messages
      .filter((each) => each.includes('"ObjectCreated:') && each.includes(`"key":"${folder}/`))
      .map((each) => Date.parse(/"eventTime":"([^"]+)"/.exec(each)?.[1] ?? ''));
  expect(arrived('gitlab')).toHaveLength(5);
  expect(Math.max(...arrived('gitlab'))).toBeLessThan(END_MS - 7 * DAY_MS);
  expect(arrived('grafana')).toHaveLength(14);
});

test('a billing upload shares its request id with its call and its event', () => {
  const uploads = rows.filter(
    (row) => row.bucket === 'nimbus-billing' && row.operation === 'REST.PUT.OBJECT' && row.status === '200',
  );
  const calls = new Set(
    fortnight.calls.filter((call) => call.eventName === 'PutObject').map((call) => call.requestID),
  );
  const events = fortnight.messages
    .filter((message) => message.includes('"detail-type":"Object Created"'))
    .join('\n');
  expect(uploads.length).toBeGreaterThan(300);
  expect(uploads.filter((row) => !calls.has(row.id) || !events.includes(row.id))).toEqual([]);
});

test('messages come bare, in SNS and as EventBridge events, and are all JSON', () => {
  const kinds = new Set(fortnight.messages.map((message) => Object.keys(JSON.parse(message) as object)[0]));
  expect(kinds).toEqual(new Set(['Records', 'Type', 'version']));
});

test('some requests are presigned', () => {
  expect(rows.filter((row) => /[?&]X-Amz-Signature=[0-9a-f]{64}&/.test(row.uri)).length).toBeGreaterThan(200);
});

test('S3 acts by itself without URI, status, referer or agent', () => {
  const own = fortnight.lines.filter((line) => line.includes(' S3.TRANSITION_SIA.OBJECT '));
  expect(own.length).toBeGreaterThan(500);
  expect(
    own.filter((line) => !/ - AmazonS3 \w+ S3\.TRANSITION_SIA\.OBJECT \S+ - - - - \d+ - - - - - /.test(line)),
  ).toEqual([]);
});

test('writeHistory() writes every file whole and leaves nothing else', async () => {
  const folder = await newFolder();
  const request = { folder, seed: 7, endMs: END_MS, days: 0.25 };
  const { files } = await writeHistory(request, { signal: new AbortController().signal });
  const expected = [...estateFiles({ seed: 7, startMs: END_MS - DAY_MS / 4, endMs: END_MS })];
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  expect(files).toBe(expected.length);
  expect(entries.filter((entry) => entry.isFile())).toHaveLength(expected.length);
  for (const { path, bytes } of expected) expect(bytes.equals(await readFile(join(folder, path)))).toBe(true);
});

test('writeHistory() stops when the signal aborts', async () => {
  const request = { folder: await newFolder(), seed: 7, endMs: END_MS, days: 14 };
  const signal = AbortSignal.abort(new Error('enough'));
  await expect(writeHistory(request, { signal })).rejects.toThrow('enough');
});

/** A clock that jumps over every wait and aborts after some. */
function hurriedClock(startMs: number, waits: number, controller: AbortController): Clock {
  let nowMs = startMs;
  let left = waits;
  return {
    nowMs: () => nowMs,
    sleep: async (ms) => {
      left -= 1;
      if (left < 0) controller.abort();
      nowMs += ms;
    },
  };
}

test('trickle() writes the traffic since the last time, every interval, until the signal aborts', async () => {
  const folder = await newFolder();
  const controller = new AbortController();
  const clock = hurriedClock(END_MS, 60, controller);
  await trickle({ folder, seed: 7, intervalMs: 5000 }, { clock }, controller.signal);
  const lines: string[] = [];
  for (const entry of await readdir(join(folder, 'access-logs'), { recursive: true, withFileTypes: true })) {
    if (entry.isFile())
      lines.push(...(await readFile(join(entry.parentPath, entry.name), 'utf8')).trimEnd().split('\n'));
  }
  const span = { seed: 7, startMs: END_MS, endMs: END_MS + 300_000 };
  const expected = [...trafficBetween(span), ...backupRequests({ ...span, historyEndMs: END_MS })];
  expect(lines).toHaveLength(expected.length);
  expect(new Set(lines.map((line) => rowOf(line)?.id))).toEqual(
    new Set(expected.map((each) => each.requestId)),
  );
});
