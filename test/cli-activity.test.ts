/** The commands about activity as a user types them, on a day of the made-up estate. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { estateFiles } from '../src/demo/estate.ts';
import { accessLogLine } from './log-lines.ts';
import { keptFolder } from './temp.ts';

const BIN = fileURLToPath(new URL('../bin/bucketwatch.js', import.meta.url));
const HOUR_MS = 3_600_000;
const END_MS = Date.UTC(2026, 3, 20);
const DAY = ['--since', '2026-04-19T00:00:00Z', '--until', '2026-04-20T00:00:00Z'];
const folder = keptFolder();
const data = join(folder, 'data');
const logs = join(folder, 'logs');
const HOSTILE = '\u001b[31m';

function run(args: readonly string[], store = data) {
  const ran = spawnSync(process.execPath, [BIN, '--data', store, ...args], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  return { code: ran.status, out: ran.stdout, err: ran.stderr };
}

type Row = Record<string, unknown>;

function rows(args: readonly string[]): Row[] {
  const { out, err } = run(['--json', ...args]);
  expect(err).toBe('');
  return out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Row);
}

function one(sql: string): Row {
  return rows(['sql', sql])[0] ?? {};
}

function deliver(name: string, bytes: Buffer | string, deliveredMs: number): void {
  writeFileSync(join(logs, name), bytes);
  utimesSync(join(logs, name), deliveredMs / 1000, deliveredMs / 1000);
}

beforeAll(() => {
  mkdirSync(logs);
  let files = 0;
  for (const file of estateFiles({ seed: 7, startMs: END_MS - 24 * HOUR_MS, endMs: END_MS })) {
    deliver(String(files), file.bytes, file.deliveredMs);
    files += 1;
  }
  const line = accessLogLine({ bucket: 'hostile', timeMs: END_MS + HOUR_MS });
  const hostile = `${line.replace(' - ', ` arn:aws:iam::1:user/${HOSTILE} `)}\n`;
  deliver('hostile', hostile, END_MS + 2 * HOUR_MS);
  expect(run(['ingest', 'logs']).code).toBe(0);
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('analyses', () => {
  test('lists the questions with the options they take, without a store', () => {
    const store = join(folder, 'none');
    const { code, out } = run(['analyses'], store);
    expect(code).toBe(0);
    expect(out).toMatch(/^key-operations +All operations on an object +--key <value> \[--bucket <value>\]/m);
    expect(out).toMatch(/^bytes-to-address +.* --address <value> \[/m);
    expect(existsSync(store)).toBe(false);
  });

  test('answers one, in JSON as the store has it', () => {
    const { bucket, deletions } = one(
      `select bucket, count() as deletions from requests where operation = 'REST.DELETE.OBJECT'
       group by bucket order by deletions desc limit 1`,
    );
    const found = rows([
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

  test('prints CSV, and a table that says what it covers', () => {
    const question = ['analyses', 'readers-and-writers', ...DAY, '--limit', '2'];
    expect(run([...question, '--csv']).out.split('\r\n')[0]).toBe('requester,gets,puts,last_seen');
    expect(run(question).out).toMatch(/^requester +gets +puts .*\n(.*\n){2}\nComplete until /);
  });

  test('an unknown name is answered with the nearest and the list', () => {
    const { code, err } = run(['analyses', 'object-deletion']);
    expect(code).toBe(2);
    expect(err).toMatch(/"object-deletion"; did you mean object-deletions\?\nThere are: .*security-changes/);
  });

  test.each([
    [['key-operations', '--bucket', 'media'], /it needs --key\.\nUsage: .*--key <value> \[--bucket/],
    [['key-operations', '--key', 'a', '--requester', 'b'], /it does not take --requester/],
  ])('%j is refused before a store is opened', (args, message) => {
    const store = join(folder, 'none');
    const { code, err } = run(['analyses', ...args], store);
    expect(code).toBe(2);
    expect(err).toMatch(message);
    expect(existsSync(store)).toBe(false);
  });
});

describe('timeline', () => {
  test('of a request joins access log and CloudTrail', () => {
    const both = one(
      `select request_id, operation, event_name from requests inner join api_calls using request_id
       where request_id != '' order by request_id limit 1`,
    );
    const found = rows(['timeline', String(both['request_id'])]);
    expect(new Map(found.map((row) => [row['feed'], row['title']]))).toEqual(
      new Map([
        ['access-log', both['operation']],
        ['cloudtrail', both['event_name']],
      ]),
    );
  });

  test('of an object joins access log and events, oldest first', () => {
    const { bucket, key, events } = one(
      `select bucket, key, count() as events from object_events
       where (bucket, key) in (select bucket, key from requests) group by bucket, key order by events, key limit 1`,
    );
    const found = rows(['timeline', '--bucket', String(bucket), '--key', String(key)]);
    expect(found.filter((row) => row['feed'] === 's3-event')).toHaveLength(Number(events));
    expect(found.map((row) => row['feed'])).toContain('access-log');
    const times = found.map((row) => Date.parse(String(row['time'])));
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  test('of a key without its bucket is refused', () => {
    expect(run(['timeline', '--key', 'a'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('--bucket and --key') as string,
    });
  });
});

describe('activity', () => {
  test('--json sums up one bucket as the store has it', () => {
    const expected = one(
      `select count() as requests, countIf(http_status between 400 and 499) as errors_4xx,
         countIf(http_status between 500 and 599) as errors_5xx, sum(bytes_sent) as bytes_sent
       from requests where bucket = 'nimbus-billing' and time < '2026-04-20'`,
    );
    const [summary] = rows(['activity', '--bucket', 'nimbus-billing', ...DAY]);
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

  test('fits a screen, and leaves out kinds of access that did not occur', () => {
    const { out } = run(['activity', ...DAY]);
    expect(out.split('\n').length).toBeLessThan(50);
    expect(out).toMatch(
      /^2026-04-19 00:00 UTC to 2026-04-20 00:00 UTC, all buckets\nComplete until 2026-04-19 2/,
    );
    expect(out).toMatch(/^errors +4xx [1-9]\d* \(.*%\), 5xx \d+/m);
    expect(out).toMatch(/^total time +p50 \d+ ms, p95 \d+ ms, p99 [\d,]+ ms$/m);
    expect(out).toMatch(/^Anonymous requests +[1-9]/m);
    const [summary] = rows(['activity', ...DAY]);
    const occurred = ((summary?.['access'] ?? []) as Row[]).map((row) => Number(row['requests']));
    expect(occurred.length).toBeGreaterThan(0);
    expect(Math.min(...occurred)).toBeGreaterThan(0);
  });

  test('says that there is nothing, and where to look', () => {
    expect(run(['activity', '--bucket', 'none', ...DAY]).out).toMatch(/No requests\. bucketwatch sources/);
  });

  test.each([
    ['activity', '--bucket', 'hostile', '--since', '2026-04-20T00:00:00Z'],
    ['timeline', '--bucket', 'hostile', '--key', 'a.txt'],
    ['analyses', 'key-operations', '--key', 'a.txt', '--bucket', 'hostile'],
  ])('a control character of a log never reaches the terminal raw: %s', (...args) => {
    const { out } = run(args);
    expect(out).toContain('user/\\x1b[31m');
    expect(out).not.toContain('\u001b');
  });
});
