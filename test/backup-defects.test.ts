/**
 * What a monitor made of one counter per folder and one alarm per counter gets wrong, each as it is here: from the message
 * of the store, through the series of a key, to the verdict.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { decodeEvents } from '../src/formats/s3-event/decode.ts';
import { judgeSeries } from '../src/monitors/backups/judge.ts';
import { Calendars, type Schedule } from '../src/monitors/backups/schedule.ts';
import { type DeclaredSeries, type Grouping, SeriesCollector } from '../src/monitors/backups/series.ts';
import type { SeriesRule } from '../src/monitors/backups/verdict.ts';

const STANDING = { isAccepted: true, isPaused: false, isRetired: false };
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

interface StoredFile {
  readonly key: string;
  /** `YYYY-MM-DDThh:mmZ`. */
  readonly at: string;
  readonly sizeBytes?: number;
  readonly bucket?: string;
}

/** The message of the store, its keys form-encoded. */
function message(files: readonly StoredFile[]): Buffer {
  const records = files.map(({ key, at, sizeBytes = 1000, bucket = 'dumps' }, index) => ({
    eventVersion: '2.1',
    eventSource: 'aws:s3',
    eventTime: at.replace('Z', ':00.000Z'),
    eventName: 'ObjectCreated:Put',
    s3: {
      bucket: { name: bucket },
      object: {
        key: encodeURIComponent(key).replaceAll('%20', '+').replaceAll('%2F', '/'),
        size: sizeBytes,
        eTag: `${index}`,
        sequencer: index.toString(16).padStart(16, '0'),
      },
    },
  }));
  return Buffer.from(JSON.stringify({ Records: records }));
}

interface Row {
  readonly bucket: string;
  readonly key: string;
  readonly event_time: string;
  readonly size_bytes: string;
  readonly etag: string;
}

function rowsOf(bytes: Buffer): Row[] {
  return decodeEvents(bytes)
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Row);
}

/** Series of one bucket, from the message on. */
function seriesOf(
  files: readonly StoredFile[],
  {
    declared = [],
    grouping = { by: 'folder', depth: 1 },
  }: { declared?: DeclaredSeries[]; grouping?: Grouping } = {},
) {
  const collector = new SeriesCollector(declared, grouping);
  const rows = files.length === 0 ? [] : rowsOf(message(files));
  for (const { key, event_time: time, size_bytes: size, etag } of rows)
    collector.add({
      key,
      versionId: '',
      atMs: Date.parse(`${time.replace(' ', 'T')}Z`),
      sizeBytes: Number(size),
      etag,
    });
  return collector.series();
}

function ids(files: readonly StoredFile[], grouping?: Grouping): string[] {
  return seriesOf(files, grouping === undefined ? {} : { grouping }).map(({ id }) => id);
}

function rule(schedule: Schedule, more: Partial<SeriesRule> = {}): SeriesRule {
  return { schedule, graceMs: 30 * MINUTE_MS, sinceMs: Date.parse('2026-11-01T00:00Z'), ...more };
}

function daily(time: string, timezone = 'UTC'): Schedule {
  const [hour, minute] = time.split(':').map(Number);
  return { kind: 'cron', cron: `${minute} ${hour} * * *`, timezone };
}

/** The verdict of the one series of the files, and of every run. */
function judged(one: SeriesRule, files: readonly StoredFile[], now: string) {
  const [series] = seriesOf(files);
  const time = { nowMs: Date.parse(now), calendars: new Calendars() };
  const { state, runs } = judgeSeries({ rule: one, standing: STANDING }, series?.arrivals ?? [], time);
  return { verdict: state.verdict, runs: runs.map(({ verdict }) => verdict) };
}

const web = (at: string, sizeBytes = 1000): StoredFile => ({
  key: `web/${at.slice(0, 10)}-${at.slice(11, 13)}.tar`,
  at,
  sizeBytes,
});

describe('what is counted', () => {
  test('every record of a message, not the first alone', () => {
    const files = ['a', 'b', 'c'].map((name) => ({ key: `${name}/x.tar`, at: '2026-11-01T02:00Z' }));
    expect(ids(files)).toEqual(['a', 'b', 'c']);
  });

  test.each([
    ['a%2Bb', 'a+b'],
    ['a+b', 'a b'],
    ['100%2525.txt', '100%25.txt'],
    ['web/a%2520b.gz', 'web/a%20b.gz'],
  ])('the key %s of a message is decoded once: %s', (encoded, key) => {
    const bytes = Buffer.from(
      message([{ key: 'KEY', at: '2026-11-01T02:00Z' }])
        .toString()
        .replace('KEY', encoded),
    );
    expect(rowsOf(bytes).map((row) => row.key)).toEqual([key]);
  });

  test('a folder whose name has a sign of the encoding is itself', () => {
    const names = ['a+b', 'a b', 'a%2Fb', '100%'];
    expect(ids(names.map((name) => ({ key: `${name}/x.tar`, at: '2026-11-01T02:00Z' })))).toEqual(
      [...names].sort(),
    );
  });

  test('no marker of a folder, nothing empty and nothing that is still written', () => {
    const at = '2026-11-01T01:50Z';
    const files = [
      { key: 'web/', at, sizeBytes: 0 },
      { key: 'web/empty.tar', at, sizeBytes: 0 },
      { key: 'web/2026-11-01.tar.tmp', at },
      { key: 'web/2026-11-01.tar.part', at },
    ];
    expect(judged(rule(daily('02:00')), files, '2026-11-01T02:30Z').verdict).toBe('missing');
    expect(judged(rule(daily('02:00')), [...files, web(at)], '2026-11-01T02:30Z').verdict).toBe('ok');
  });

  test('an error page of 12 bytes is too small where a smallest size is known', () => {
    const files = [web('2026-11-01T01:50Z', 12)];
    expect(judged(rule(daily('02:00'), { sizeBytesMin: 1024 }), files, '2026-11-01T02:30Z').verdict).toBe(
      'too-small',
    );
  });

  test('a truncated file is too small by the sizes before it', () => {
    const files = ['01', '02', '03'].map((day) => web(`2026-11-${day}T01:50Z`, 1_000_000));
    const one = rule(daily('02:00'), { change: { down: 0.5, runs: 7 } });
    expect(judged(one, [...files, web('2026-11-04T01:50Z', 4096)], '2026-11-04T02:30Z').verdict).toBe(
      'too-small',
    );
  });

  test('one of many files does not make a run: the others are missed', () => {
    const members = { kind: 'names', names: ['orders', 'users'] } as const;
    const series: DeclaredSeries = {
      name: 'db',
      pattern: 'db/{date}/{member}.gz',
      rule: rule(daily('02:00'), { members }),
      fileBytesMin: 1,
      standing: STANDING,
    };
    const files = [{ key: 'db/2026-11-01/orders.gz', at: '2026-11-01T01:50Z' }];
    const [found] = seriesOf(files, { declared: [series] });
    const time = { nowMs: Date.parse('2026-11-01T02:30Z'), calendars: new Calendars() };
    const { state } = judgeSeries(
      { ...series, rule: rule(daily('02:00'), { members }) },
      found?.arrivals ?? [],
      time,
    );
    expect(state).toMatchObject({ verdict: 'incomplete', sentence: '1 of 2 members; missing: users.' });
  });
});

describe('what is a system', () => {
  test('files in no folder are one class, not a system each', () => {
    const files = ['a.tar', 'b.tar', 'c.tar'].map((key) => ({ key, at: '2026-11-01T02:00Z' }));
    expect(ids(files)).toEqual(['(root)']);
  });

  test('keys without end make no series without end', () => {
    const files = Array.from({ length: 10_050 }, (_, index) => ({
      key: `x${index}/a`,
      at: '2026-11-01T02:00Z',
    }));
    expect(ids(files)).toHaveLength(10_000);
  });

  test('random names are one series by what they have in common', () => {
    const uuid = (index: number): string => `3f2504e0-4f89-11d3-9a0c-${String(index).padStart(12, '0')}`;
    const files = Array.from({ length: 50 }, (_, index) => ({
      key: `db/${uuid(index)}.gz`,
      at: '2026-11-01T02:00Z',
    }));
    expect(ids(files, { by: 'stem' })).toEqual(['db/{uuid}.gz']);
  });

  test('the level of the folder is a setting', () => {
    const files = [{ key: 'site/web/x.tar', at: '2026-11-01T02:00Z' }];
    expect(ids(files, { by: 'folder', depth: 2 })).toEqual(['site/web']);
  });

  test('two buckets with a folder of one name stay apart: the bucket of a message goes with its key', () => {
    const at = '2026-11-01T02:00Z';
    const rows = rowsOf(
      message([
        { ...web(at), bucket: 'east' },
        { ...web(at), bucket: 'west' },
      ]),
    );
    expect(rows.map(({ bucket, key }) => `${bucket} ${key}`)).toEqual([
      'east web/2026-11-01-02.tar',
      'west web/2026-11-01-02.tar',
    ]);
  });
});

describe('when something is missing', () => {
  test('at its deadline, to the second, and not days later', () => {
    const files = [web('2026-11-01T01:50Z')];
    const at = (now: string): string => judged(rule(daily('02:00')), files, now).verdict;
    expect([at('2026-11-02T02:29:59.999Z'), at('2026-11-02T02:30Z')]).toEqual(['ok', 'missing']);
  });

  test('a run that drifts past midnight neither fails nor passes by luck: 23:50, then 00:10 two days later', () => {
    const files = [web('2026-11-01T23:50Z'), web('2026-11-03T00:10Z'), web('2026-11-03T23:55Z')];
    expect(
      judged(rule(daily('00:00'), { graceMs: 60 * MINUTE_MS }), files, '2026-11-04T12:00Z').runs.slice(1),
    ).toEqual(['ok', 'ok', 'ok']);
    const twoDays = [web('2026-11-01T23:50Z'), web('2026-11-04T00:10Z')];
    expect(judged(rule(daily('00:00')), twoDays, '2026-11-04T01:00Z').runs.slice(1)).toEqual([
      'ok',
      'missing',
      'ok',
    ]);
  });

  test('however long ago the last one came: nothing is forgotten after two weeks', () => {
    const [first] = [web('2025-01-01T01:50Z')];
    const one = rule(daily('02:00'), { sinceMs: Date.parse('2025-01-01T00:00Z') });
    expect(judged(one, [first], '2026-11-01T12:00Z').verdict).toBe('missing');
  });

  test('and also when none ever came', () => {
    expect(judged(rule(daily('02:00')), [], '2026-11-01T02:30Z').verdict).toBe('missing');
  });

  test.each([
    [90_000, '2026-11-01T00:02:00Z'],
    [14 * DAY_MS, '2026-11-15T00:00:30Z'],
    [45 * DAY_MS, '2026-12-16T00:00:30Z'],
  ])('with any period: %i ms', (periodMs, deadline) => {
    const one = rule({ kind: 'every', periodMs }, { graceMs: 30_000 });
    const before = new Date(Date.parse(deadline) - 1).toISOString();
    expect([judged(one, [], before).verdict, judged(one, [], deadline).verdict]).toEqual(['new', 'missing']);
  });

  test.each([
    ['0 3 1 * *', '2026-12-01T03:30Z'],
    ['0 3 L * *', '2026-11-30T03:30Z'],
    ['0 3 31 * *', '2026-12-31T03:30Z'],
  ])('each month, by cron "%s"', (cron, deadline) => {
    const one = rule({ kind: 'cron', cron, timezone: 'UTC' }, { sinceMs: Date.parse('2026-11-02T00:00Z') });
    const before = new Date(Date.parse(deadline) - 1).toISOString();
    expect([judged(one, [], before).verdict, judged(one, [], deadline).verdict]).toEqual(['new', 'missing']);
  });

  test('not on days on which nothing is due', () => {
    const schedule: Schedule = {
      kind: 'weekdays',
      weekdays: ['mon', 'tue', 'wed', 'thu', 'fri'],
      at: '20:00',
      timezone: 'UTC',
    };
    const one = rule(schedule, { sinceMs: Date.parse('2026-11-20T00:00Z') });
    const friday = [web('2026-11-20T19:50Z')];
    expect(judged(one, friday, '2026-11-23T20:29Z').verdict).toBe('ok');
    expect(judged(one, friday, '2026-11-23T20:30Z').verdict).toBe('missing');
  });

  test('each series by a schedule of its own', () => {
    const files = [web('2026-11-01T01:50Z')];
    const weekly = rule({ kind: 'cron', cron: '0 2 * * 0', timezone: 'UTC' });
    expect(judged(rule(daily('02:00')), files, '2026-11-02T03:00Z').verdict).toBe('missing');
    expect(judged(weekly, files, '2026-11-02T03:00Z').verdict).toBe('ok');
  });

  test('until it comes: then it is well again', () => {
    const one = rule(daily('02:00'));
    const files = [web('2026-11-01T01:50Z'), web('2026-11-03T01:50Z')];
    expect(judged(one, files, '2026-11-03T01:49Z').verdict).toBe('missing');
    expect(judged(one, files, '2026-11-03T01:50Z').verdict).toBe('ok');
  });

  test('the same file told of twice is one', () => {
    const one = rule(daily('02:00'), { members: { kind: 'count', count: 2 } });
    const file = web('2026-11-01T01:50Z');
    expect(judged(one, [file, file], '2026-11-01T02:30Z').verdict).toBe('incomplete');
  });
});

/** Writes to S3 and SQS: an object written to try a replication and its removal, and messages that were read. To tell: SNS and CloudWatch. */
const WRITES = [
  'ChangeMessageVisibilityBatchCommand',
  'DeleteMessageBatchCommand',
  'DeleteObjectCommand',
  'PublishCommand',
  'PutMetricDataCommand',
  'PutObjectCommand',
  'ReceiveMessageCommand',
];

test("nothing here can replace a bucket's notifications: no request of the program writes a configuration", () => {
  const source = fileURLToPath(new URL('../src', import.meta.url));
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  const commands = files.flatMap((name) =>
    [...readFileSync(join(source, name), 'utf8').matchAll(/\b[A-Z]\w+Command\b/g)].map(
      ([command]) => command,
    ),
  );
  expect(commands.length).toBeGreaterThan(20);
  const writes = commands.filter((command) => !/^(?:Get|List|Head|Describe|Lookup)/.test(command));
  expect([...new Set(writes)].sort()).toEqual(WRITES);
});
