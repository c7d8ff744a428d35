import { expect, test } from 'vitest';
import { backupsSettings } from '../backup-series.ts';
import { configSchema } from '../config/schema.ts';
import { judgeSeries } from '../monitors/backups/judge.ts';
import { propose } from '../monitors/backups/learn.ts';
import type { Arrival } from '../monitors/backups/runs.ts';
import { Calendars } from '../monitors/backups/schedule.ts';
import { type BackupFile, SeriesSorter } from '../monitors/backups/series.ts';
import type { JudgedRun } from '../monitors/backups/verdict.ts';
import { BACKUPS_SECTION } from './backup-plans.ts';
import { type BackupSpan, backupRequests, earlierBackupRequests } from './backup-runs.ts';
import { configLines } from './bucket-configs.ts';
import { BUCKETS } from './company.ts';
import { estateFiles, liveFiles } from './estate.ts';
import { doneMs, notifiedObject } from './notification.ts';
import { eventNameOf, type S3Request } from './request.ts';

const SEED = 7;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** A Thursday afternoon, on no boundary of anything. */
const END_MS = Date.UTC(2025, 10, 20, 14, 37, 12);

const { backups } = configSchema.parse({ backups: BACKUPS_SECTION });
const settings = backupsSettings(backups);
const sorter = new SeriesSorter(settings.expected, settings.discover[0]?.grouping);
const calendars = new Calendars();

const FOUND = 'grafana/{date}/grafana-{date}.tar.gz';
const EXPECTED = {
  'postgres/orders': 'late',
  'postgres/forecast': 'too-small',
  wal: 'ok',
  'mail-archive': 'ok',
  gitlab: 'retired',
  'ledger-close': 'ok',
  search: 'incomplete',
  config: 'ok',
};

function spanTo(endMs: number, days = 14): BackupSpan {
  return { seed: SEED, startMs: endMs - days * DAY_MS, endMs, historyEndMs: endMs };
}

/** What is told of the requests. */
function filesOf(requests: readonly S3Request[]): readonly BackupFile[] {
  return requests
    .filter((request) => eventNameOf(request).startsWith('ObjectCreated:'))
    .map((request) => {
      const { key, size = 0, etag = '', versionId = '' } = notifiedObject(request);
      return { key, versionId, etag, sizeBytes: size, atMs: doneMs(request) };
    })
    .sort((one, other) => one.atMs - other.atMs);
}

function filesTo(endMs: number, days = 14): readonly BackupFile[] {
  const span = spanTo(endMs, days);
  return filesOf([...earlierBackupRequests(span), ...backupRequests(span)]);
}

function arrivalsBySeries(files: readonly BackupFile[]): ReadonlyMap<string, readonly Arrival[]> {
  const sorted = files.flatMap((file) => sorter.sort(file) ?? []);
  return new Map(
    [...Map.groupBy(sorted, ({ id }) => id)].map(([id, all]) => [id, all.map(({ arrival }) => arrival)]),
  );
}

interface Judged {
  readonly verdict: string;
  readonly sentence: string;
  readonly runs: readonly JudgedRun[];
}

/** The declared series with files, judged as of a time. */
function judged(files: readonly BackupFile[], nowMs: number): ReadonlyMap<string, Judged> {
  const rows = [...arrivalsBySeries(files)].flatMap(([id, arrivals]) => {
    const declared = settings.expected.find(({ name }) => id === name || id.startsWith(`${name}/`));
    if (declared === undefined) return [];
    const rule = { ...declared.rule, sinceMs: arrivals[0]?.atMs ?? 0 };
    const { runs, state } = judgeSeries({ ...declared, rule }, arrivals, { nowMs, calendars });
    return [[id, { verdict: state.verdict, sentence: state.sentence, runs }] as const];
  });
  return new Map(rows);
}

function verdicts(files: readonly BackupFile[], nowMs: number): Readonly<Record<string, string>> {
  return Object.fromEntries([...judged(files, nowMs)].map(([id, { verdict }]) => [id, verdict]));
}

interface Message {
  readonly Records: readonly [
    {
      readonly eventTime: string;
      readonly eventName: string;
      readonly s3: {
        readonly object: {
          readonly key: string;
          readonly size: number;
          readonly eTag: string;
          readonly versionId: string;
        };
      };
    },
  ];
}

/** What the files of a history tell of the backups. */
function filesTold(span: BackupSpan): readonly BackupFile[] {
  return [...estateFiles(span)]
    .filter(({ path }) => path.startsWith(`events/${BUCKETS.backups.name}/`))
    .flatMap(({ bytes }) => bytes.toString().trimEnd().split('\n'))
    .map((line) => (JSON.parse(line) as Message).Records[0])
    .filter(({ eventName }) => eventName.startsWith('ObjectCreated:'))
    .map(({ eventTime, s3: { object } }) => ({
      key: decodeURIComponent(object.key),
      versionId: object.versionId,
      etag: object.eTag,
      sizeBytes: object.size,
      atMs: Date.parse(eventTime),
    }))
    .sort((one, other) => one.atMs - other.atMs);
}

test('the files of a history tell what was backed up, and of rare backups what came before it', () => {
  const span = spanTo(END_MS, 2);
  const told = filesTold(span);
  expect(told).toEqual(filesTo(END_MS, 2));
  const before = told.filter(({ atMs }) => atMs < span.startMs);
  expect(new Set(before.map(({ key }) => key.split('/')[0]))).toEqual(
    new Set(['mail-archive', 'ledger-close']),
  );
});

test.each([
  ['a Thursday afternoon', '2025-11-20T14:37:12Z'],
  ['midnight of the first of a month', '2026-03-01T00:00:00Z'],
  ['the last second of a month', '2026-02-28T23:59:59Z'],
  ['New Year, between due time and arrival of the monthly one', '2026-01-01T05:02:00Z'],
  ['a Sunday, between due time and arrival of the weekly one', '2025-11-23T04:31:00Z'],
  ['between due time and arrival of the nightly ones', '2025-11-24T02:11:00Z'],
  ['between arrival and deadline of the nightly ones', '2025-11-24T02:50:00Z'],
  ['seconds after the deadline of the nightly ones', '2025-11-24T02:55:06Z'],
  ['seconds after the deadline of the set', '2025-11-24T04:05:06Z'],
  ['before clocks go forward', '2026-03-29T00:59:59Z'],
  ['after clocks went forward', '2026-03-29T01:30:00Z'],
  ['the morning after clocks went forward', '2026-03-29T08:00:00Z'],
  ['the first of the hours that come twice', '2025-10-26T00:30:00Z'],
  ['the second of them', '2025-10-26T01:30:00Z'],
  ['a day after clocks went back', '2025-10-27T02:12:00Z'],
  ['a Saturday in summer', '2026-07-04T19:05:00Z'],
])('the eight series stand as they are meant to: %s', (_, time) => {
  const nowMs = Date.parse(time);
  expect(verdicts(filesTo(nowMs), nowMs)).toEqual(EXPECTED);
});

test('within seconds of its deadline the late one is missing', () => {
  const nowMs = Date.parse('2025-11-24T02:55:02Z');
  expect(verdicts(filesTo(nowMs), nowMs)).toEqual({ ...EXPECTED, 'postgres/orders': 'missing' });
});

test('the eight series stand as they are meant to whenever the demo is started', () => {
  for (let nowMs = END_MS; nowMs < END_MS + 400 * DAY_MS; nowMs += 151 * HOUR_MS + 7 * MINUTE_MS + 11_000)
    expect([new Date(nowMs), verdicts(filesTo(nowMs), nowMs)]).toEqual([new Date(nowMs), EXPECTED]);
});

test('what is wrong says so with its numbers', () => {
  const series = judged(filesTo(END_MS), END_MS);
  expect(series.get('search')?.sentence).toBe('5 of 6 members; missing: 6.');
  expect(series.get('postgres/forecast')?.sentence).toMatch(/6\d % less than the median/);
  expect(series.get('postgres/orders')?.sentence).toMatch(/ (3[1-9]|[45]\d)\.\d min after the deadline/);
});

test('the history has a few blemishes, and sizes and times that vary', () => {
  const series = judged(filesTo(END_MS), END_MS);
  const wrong = (id: string): readonly string[] =>
    (series.get(id)?.runs ?? []).flatMap(({ verdict }) =>
      verdict === 'ok' || verdict === 'expected' ? [] : [verdict],
    );
  expect(wrong('wal')).toEqual(['missing']);
  expect(wrong('config')).toEqual(['missing']);
  expect(wrong('postgres/forecast')).toEqual(['late', 'too-small']);
  expect(wrong('search')).toEqual(['late', 'incomplete']);
  expect(wrong('postgres/orders')).toEqual(['late']);
  expect([...wrong('mail-archive'), ...wrong('ledger-close')]).toEqual([]);
  const orders = series.get('postgres/orders')?.runs ?? [];
  expect(new Set(orders.map(({ sizeBytes }) => sizeBytes)).size).toBe(orders.length);
  expect(new Set(orders.map(({ dueMs, arrivedMs = 0 }) => arrivedMs - dueMs)).size).toBe(orders.length);
});

test('one series that nobody declared proposes itself', () => {
  const arrivals = arrivalsBySeries(filesTo(END_MS));
  expect([...arrivals.keys()].toSorted()).toEqual([...Object.keys(EXPECTED), FOUND].toSorted());
  const time = { nowMs: END_MS, calendars, timezone: settings.timezone };
  const proposal = propose(arrivals.get(FOUND) ?? [], time);
  expect(proposal?.rule.schedule.kind).toBe('cron');
  expect(proposal?.fired).toEqual([]);
});

test('backupRequests() is the same however time is cut', () => {
  const whole = spanTo(END_MS);
  const cutMs = END_MS - 5 * DAY_MS + 1_234_567;
  const parts = [
    ...backupRequests({ ...whole, endMs: cutMs }),
    ...backupRequests({ ...whole, startMs: cutMs }),
  ];
  expect(parts).toEqual(backupRequests(whole));
});

test('what is written is locked, and the mail archive expires before its next run', () => {
  const lines = configLines(END_MS).map(
    (line) => JSON.parse(line) as { bucket: string; aspect: string; document: string },
  );
  const documentOf = (aspect: string): unknown =>
    JSON.parse(
      lines.find((each) => each.bucket === BUCKETS.backups.name && each.aspect === aspect)?.document ?? '',
    );
  expect(documentOf('versioning')).toEqual({ Status: 'Enabled' });
  expect(documentOf('object_lock')).toMatchObject({
    ObjectLockConfiguration: { Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Days: 35 } } },
  });
  expect(documentOf('lifecycle')).toMatchObject({
    Rules: [
      { Filter: { Prefix: '' }, Expiration: { Days: 90 } },
      { Filter: { Prefix: 'mail-archive/' }, Expiration: { Days: 3 } },
    ],
  });
});

test('live files go on with the hourly series, and with what is wrong', () => {
  const endMs = END_MS + DAY_MS;
  const later = backupRequests({ seed: SEED, startMs: END_MS, endMs, historyEndMs: END_MS });
  const files = [...filesTo(END_MS), ...filesOf(later)];
  expect(filesOf(later).filter(({ key }) => key.startsWith('wal/'))).toHaveLength(24);
  expect(verdicts(files, endMs)).toEqual(EXPECTED);
  const startMs = END_MS - (END_MS % HOUR_MS) + HOUR_MS;
  const live = [...liveFiles({ seed: SEED, startMs, endMs: startMs + 15 * MINUTE_MS, historyEndMs: END_MS })];
  const told = live.filter(({ path }) => path.startsWith(`events/${BUCKETS.backups.name}/`));
  expect(told.map(({ bytes }) => bytes.toString()).join('\n')).toContain('"key":"wal/2025/11/20/wal-');
});
