/** The commands about activity, as they are typed, on a day of the made-up estate. */
import { existsSync, mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { estateFiles } from '../src/demo/estate.ts';
import { accessLogLine } from './log-lines.ts';
import { type Typed, typed } from './command-line.ts';
import { keptFolder } from './temp.ts';

const HOUR_MS = 3_600_000;
const END_MS = Date.UTC(2026, 3, 20);
const DAY = ['--since', '2026-04-19T00:00:00Z', '--until', '2026-04-20T00:00:00Z'];
const folder = keptFolder();
const data = join(folder, 'data');
const logs = join(folder, 'logs');
const HOSTILE = '\u001b[31m';

function run(args: readonly string[], store = data): Promise<Typed> {
  return typed(['--data', store, ...args]);
}

type Row = Record<string, unknown>;

async function rows(args: readonly string[]): Promise<Row[]> {
  const { out, err } = await run(['--json', ...args]);
  expect(err).toBe('');
  return out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Row);
}

async function one(sql: string): Promise<Row> {
  return (await rows(['sql', sql]))[0] ?? {};
}

function deliver(name: string, bytes: Buffer | string, deliveredMs: number): void {
  writeFileSync(join(logs, name), bytes);
  utimesSync(join(logs, name), deliveredMs / 1000, deliveredMs / 1000);
}

beforeAll(async () => {
  mkdirSync(logs);
  let files = 0;
  for (const file of estateFiles({ seed: 7, startMs: END_MS - 24 * HOUR_MS, endMs: END_MS })) {
    deliver(String(files), file.bytes, file.deliveredMs);
    files += 1;
  }
  const line = accessLogLine({ bucket: 'hostile', timeMs: END_MS + HOUR_MS });
  const hostile = `${line.replace(' - ', ` arn:aws:iam::1:user/${HOSTILE} `)}\n`;
  deliver('hostile', hostile, END_MS + 2 * HOUR_MS);
  expect((await run(['ingest', logs])).code).toBe(0);
}, 240_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('analyses', { timeout: 240_000 }, () => {
  test('lists the questions with the options they take, without a store', async () => {
    const store = join(folder, 'none');
    const { code, out } = await run(['analyses'], store);
    expect(code).toBe(0);
    expect(out).toMatch(/^key-operations +All operations on an object +--key <value> \[--bucket <value>\]/m);
    expect(out).toMatch(/^bytes-to-address +.* --address <value> \[/m);
    expect(existsSync(store)).toBe(false);
  });

  test('answers one, in JSON as the store has it', async () => {
    const { bucket, deletions } = await one(
      `select bucket, count() as deletions from requests where operation = 'REST.DELETE.OBJECT'
       group by bucket order by deletions desc limit 1`,
    );
    const found = await rows([
      'analyses',
      'object-deletions',
      '--bucket',
      String(bucket),
      ...DAY,
      '--limit',
      '9999',
    ]);
    expect(found.filter((row) => row['operation'] === 'REST.DELETE.OBJECT')).toHaveLength(Number(deletions));
    expect(new Set(found.map((row) => row['bucket']))).toEqual(new Set([bucket]));
  });

  test('prints CSV, and a table that says what it covers', async () => {
    const question = ['analyses', 'readers-and-writers', ...DAY, '--limit', '2'];
    expect((await run([...question, '--csv'])).out.split('\r\n')[0]).toBe('requester,gets,puts,last_seen');
    expect((await run(question)).out).toMatch(/^requester +gets +puts .*\n(.*\n){2}\nComplete until /);
  });

  test('an unknown name is answered with the nearest and the list', async () => {
    const { code, err } = await run(['analyses', 'object-deletion']);
    expect(code).toBe(2);
    expect(err).toMatch(/"object-deletion"; did you mean object-deletions\?\nThere are: .*security-changes/);
  });

  test.each([
    [['key-operations', '--bucket', 'media'], /it needs --key\.\nUsage: .*--key <value> \[--bucket/],
    [['key-operations', '--key', 'a', '--requester', 'b'], /it does not take --requester/],
  ])('%j is refused before a store is opened', async (args, message) => {
    const store = join(folder, 'none');
    const { code, err } = await run(['analyses', ...args], store);
    expect(code).toBe(2);
    expect(err).toMatch(message);
    expect(existsSync(store)).toBe(false);
  });
});

describe('timeline', { timeout: 240_000 }, () => {
  test('of a request joins access log and CloudTrail', async () => {
    const both = await one(
      `select request_id, operation, event_name from requests inner join api_calls using request_id
       where request_id != '' order by request_id limit 1`,
    );
    const found = await rows(['timeline', String(both['request_id'])]);
    expect(new Map(found.map((row) => [row['feed'], row['title']]))).toEqual(
      new Map([
        ['access-log', both['operation']],
        ['cloudtrail', both['event_name']],
      ]),
    );
  });

  test('of an object joins access log and events, oldest first', async () => {
    const { bucket, key, events } = await one(
      `select bucket, key, count() as events from object_events
       where (bucket, key) in (select bucket, key from requests) group by bucket, key order by events, key limit 1`,
    );
    const found = await rows(['timeline', '--bucket', String(bucket), '--key', String(key)]);
    expect(found.filter((row) => row['feed'] === 's3-event')).toHaveLength(Number(events));
    expect(found.map((row) => row['feed'])).toContain('access-log');
    const times = found.map((row) => Date.parse(String(row['time'])));
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  test('of a key without its bucket is refused', async () => {
    expect(await run(['timeline', '--key', 'a'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('--bucket and --key') as string,
    });
  });
});

describe('activity', { timeout: 240_000 }, () => {
  test('--json sums up one bucket as the store has it', async () => {
    const expected = await one(
      `select count() as requests, countIf(http_status between 400 and 499) as errors_4xx,
         countIf(http_status between 500 and 599) as errors_5xx, sum(bytes_sent) as bytes_sent
       from requests where bucket = 'nimbus-billing' and time < '2026-04-20'`,
    );
    const [summary] = await rows(['activity', '--bucket', 'nimbus-billing', ...DAY]);
    expect(summary).toMatchObject({
      bucket: 'nimbus-billing',
      totals: { ...expected, bytes_sent: Number(expected['bytes_sent']) },
      operations: expect.arrayContaining([expect.objectContaining({ value: 'REST.GET.OBJECT' })]) as unknown,
      // One day of history does not say what is usual.
      storms: [],
      cost: { currency: 'USD' },
    });
    expect(Number(expected['errors_4xx'])).toBeGreaterThan(0);
  });

  test('fits a screen, and leaves out kinds of access that did not occur', async () => {
    const { out } = await run(['activity', ...DAY]);
    expect(out.split('\n').length).toBeLessThan(50);
    expect(out).toMatch(
      /^2026-04-19 00:00 UTC to 2026-04-20 00:00 UTC, all buckets\nComplete until 2026-04-19 2/,
    );
    expect(out).toMatch(/^errors +4xx [1-9]\d* \(.*%\), 5xx \d+/m);
    expect(out).toMatch(/^total time +p50 \d+ ms, p95 \d+ ms, p99 [\d,]+ ms$/m);
    expect(out).toMatch(/^Anonymous requests +[1-9]/m);
    const [summary] = await rows(['activity', ...DAY]);
    const occurred = ((summary?.['access'] ?? []) as Row[]).map((row) => Number(row['requests']));
    expect(occurred.length).toBeGreaterThan(0);
    expect(Math.min(...occurred)).toBeGreaterThan(0);
  });

  test('says that there is nothing, and where to look', async () => {
    expect((await run(['activity', '--bucket', 'none', ...DAY])).out).toMatch(
      /No requests\. bucketwatch sources/,
    );
  });

  test.each([
    ['activity', '--bucket', 'hostile', '--since', '2026-04-20T00:00:00Z'],
    ['timeline', '--bucket', 'hostile', '--key', 'a.txt'],
    ['analyses', 'key-operations', '--key', 'a.txt', '--bucket', 'hostile'],
  ])('a control character of a log never reaches the terminal raw: %s', async (...args) => {
    const { out } = await run(args);
    expect(out).toContain('user/\\x1b[31m');
    expect(out).not.toContain('\u001b');
  });
});
