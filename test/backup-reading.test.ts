/** What the API says of backups, over rows as the monitor leaves them. It is noon of Saturday, 21 November 2026. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { type App, openApp } from '../src/app.ts';
import { configSchema } from '../src/config/schema.ts';
import { systemClock } from '../src/lib/clock.ts';
import { silentLog } from '../src/lib/log.ts';
import { decidingRuns } from '../src/monitors/backups/run-rows.ts';
import type * as shapes from '../src/serve/backup-api.ts';
import {
  after,
  type RunFixture,
  type SeriesFixture,
  storeActs,
  storeFiles,
  storeLooks,
  storeRuns,
  storeSeries,
} from './backup-rows.ts';
import { keptFolder } from './temp.ts';

type Runs = z.infer<typeof shapes.Runs>;
type Metric = z.infer<typeof shapes.BackupMetric>;

const NOW = '2026-11-21T12:00:00Z';
const HOSTILE = `a%2520b/'; drop table "x"\n\u001b[31m\u202e<b>`;
const TWIN = 'db/orders';
const folder = keptFolder();
let app: App | undefined;

/** The engine has one data folder at a time: another store is opened when the one before is closed. */
async function open(name: string, backups: unknown): Promise<App> {
  await app?.close();
  app = await openApp(
    configSchema.parse({ data: join(folder, name), backups }),
    {},
    { clock: { ...systemClock, nowMs: () => Date.parse(NOW) }, log: silentLog },
  );
  return app;
}

const day = (date: number, time = '01:30:00'): string => `2026-11-${String(date).padStart(2, '0')}T${time}Z`;
const daily = (id: Pick<RunFixture, 'bucket' | 'series'>, dates: readonly number[]): RunFixture[] =>
  dates.map((date) => ({
    ...id,
    due: day(date),
    verdict: 'ok',
    judged: NOW,
    arrived: day(date, '01:40:00'),
    bytes: 1000 + date,
    usual: 1000,
    keys: [`${id.series}/2026-11-${date}.gz`],
  }));

async function stored(): Promise<void> {
  const { engine } = await open('data', {
    series: [{ name: 'never', bucket: 'unseen', pattern: 'x', schedule: { every: '1d' } }],
    metric: { name: 'Arrivals', dimension: 'Machine' },
  });
  const well = { bucket: 'dumps', series: TWIN };
  const gone = { bucket: 'dumps', series: 'web' };
  const base: Omit<SeriesFixture, 'bucket' | 'series' | 'verdict'> = { judged: NOW };
  await storeSeries(
    [
      {
        ...base,
        ...well,
        verdict: 'ok',
        sentence: '1.0 KiB in 1 file.',
        pattern: 'db/{database}/{date}.gz',
        nextDues: [22, 23, 24, 25, 26].map((date) => day(date)),
        nextDeadline: day(22, '02:00:00'),
        rule: { name: 'db', schedule: { cron: '30 1 * * *' } },
        since: day(21, '01:40:00'),
        newestDue: day(21),
        files: 40,
        firstAt: day(1),
        lastAt: day(21, '01:40:00'),
        keepSeconds: 86_400,
      },
      { ...base, bucket: 'copies', series: TWIN, verdict: 'late', newestDue: day(20), since: day(20) },
      { ...base, ...gone, verdict: 'missing', newestDue: day(21), since: day(21, '02:00:00') },
      {
        ...base,
        bucket: 'dumps',
        series: HOSTILE,
        verdict: 'paused',
        pattern: `${HOSTILE}{no part}`,
        evidence: 'AccessDenied: ListBucket',
      },
      { ...base, bucket: 'dumps', series: 'found', verdict: 'learning', declared: false, fit: 0.9, fired: 3 },
      { ...base, bucket: 'dumps', series: 'undone', verdict: 'missing', judged: day(20) },
      { ...base, bucket: 'dumps', series: 'undone', verdict: 'missing', deleted: true },
      // Judged before: what was judged later counts.
      { ...base, ...well, verdict: 'missing', judged: day(20) },
    ],
    engine,
  );
  await storeRuns(
    [
      // 40 days of runs, and one under way: the last 30 are shown.
      ...daily(
        well,
        Array.from({ length: 21 }, (_, index) => index + 1),
      ),
      ...Array.from({ length: 19 }, (_, index): RunFixture => {
        const due = after(day(1), -(index + 1) * 1440);
        return { ...well, due, verdict: 'late', judged: NOW, arrived: after(due, 60), bytes: 7 };
      }),
      { ...well, due: day(22), verdict: 'expected', judged: NOW, sentence: 'Not due yet.' },
      { ...well, due: day(21, '13:00:00'), verdict: 'missing', judged: day(20) },
      { ...well, due: day(21, '13:00:00'), verdict: 'missing', judged: NOW, deleted: true },
      ...daily(gone, [18, 19]),
      // Months ago, and since then nothing good.
      ...[1, 3, 5].map((month): RunFixture => {
        const due = `2026-0${month}-01T01:30:00Z`;
        const keys = [`${HOSTILE}/${month}`];
        return { bucket: 'dumps', series: HOSTILE, due, verdict: 'ok', judged: NOW, arrived: due, keys };
      }),
      { bucket: 'dumps', series: HOSTILE, due: '2026-06-01T01:30:00Z', verdict: 'missing', judged: NOW },
      { bucket: 'dumps', series: HOSTILE, due: day(5), verdict: 'missing', judged: NOW },
      { ...gone, due: day(20), verdict: 'too-small', judged: NOW, keys: ['web/small.gz'], bytes: 1 },
      { ...gone, due: day(21), verdict: 'missing', judged: NOW, sentence: 'Nothing came by the deadline.' },
      {
        bucket: 'copies',
        series: TWIN,
        due: day(20),
        verdict: 'late',
        judged: NOW,
        arrived: day(20, '09:00:00'),
        bytes: '9007199254740993',
        keys: [`${HOSTILE}.gz`],
      },
    ],
    engine,
  );
  await storeFiles(
    [
      // On the 19th: told by an event and, with the start of its upload, by a listing: one file.
      { ...well, key: 'db/orders/19', at: day(19, '03:00:00.250'), etag: 'abc-2' },
      { ...well, key: 'db/orders/19', at: day(19, '01:40:00'), feed: 'listing', etag: 'abc-2' },
      // On the 20th: told by a listing alone, then written again with other content, an event of each writing but the first.
      { ...well, key: 'db/orders/20', at: day(20, '01:40:00'), feed: 'listing', etag: 'one' },
      { ...well, key: 'db/orders/20', at: day(20, '01:50:00.100'), etag: 'two' },
      { ...well, key: 'db/orders/20', at: day(20, '01:50:01'), feed: 'listing', etag: 'two' },
      // On the 21st: one that is gone again, and its event came twice.
      { ...well, key: 'db/orders/21', at: day(21), removed: NOW, content: 'whole', lockUntil: day(28) },
      { ...well, key: 'db/orders/21', at: day(21), removed: NOW, content: 'whole', lockUntil: day(28) },
      { bucket: 'copies', series: TWIN, key: 'db/orders/21', at: day(21) },
      // Keys are stored as the object has them: these are two series, and one key is never the other.
      { bucket: 'dumps', series: 'a%20b', key: 'a%20b/1', at: day(21), etag: 'same' },
      { bucket: 'dumps', series: 'a b', key: 'a b/1', at: day(21), etag: 'same' },
      { bucket: 'dumps', series: HOSTILE, key: `${HOSTILE}+%2B`, at: day(21, '11:59:59.999') },
      { bucket: 'dumps', series: HOSTILE, key: 'after', at: day(21, '12:00:00') },
    ],
    engine,
  );
  const pausedBy = { bucket: 'dumps', series: HOSTILE, author: 'ana', reason: "moves\u0000 to '\\" };
  await storeActs(
    [
      { ...pausedBy, at: day(20), act: 'pause', until: day(30) },
      { ...pausedBy, at: day(20, '02:00:00'), act: 'accept-size' },
      // Paused until yesterday; paused and resumed.
      { ...gone, at: day(1), act: 'pause', until: day(20) },
      { ...well, at: day(1), act: 'pause' },
      { ...well, at: day(2), act: 'resume' },
    ],
    engine,
  );
  await storeLooks(
    [
      { bucket: 'dumps', at: day(21, '06:00:00'), keys: 41 },
      { bucket: 'dumps', at: day(21, '07:00:00'), prefix: 'db/', cause: 'deadline', keys: 3 },
      { bucket: 'dumps', at: day(21, '07:30:00'), prefix: 'web/', cause: 'deadline', problem: 'SlowDown' },
      { bucket: 'my-backups', at: day(21), keys: 5, cause: 'first' },
      { bucket: 'no-more-watched', at: day(1), keys: 5 },
    ],
    engine,
  );
}

beforeAll(stored, 60_000);
afterAll(async () => {
  await app?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function ask(path: string): Promise<Response> {
  if (app === undefined) throw new Error('no store is open');
  return app.api.request(`/api/v1/backups${path}`);
}

async function get<Answer>(path: string): Promise<Answer> {
  const response = await ask(path);
  expect(response.status, await response.clone().text()).toBe(200);
  return (await response.json()) as Answer;
}

function pathOf(bucket: string, series: string): string {
  return `/series?${new URLSearchParams({ bucket, series }).toString()}`;
}

async function row(bucket: string, series: string): Promise<shapes.Series> {
  return (await get<shapes.SeriesDetail>(pathOf(bucket, series))).row;
}

describe('series', () => {
  test('worst first, with a sentence over all and how many have each verdict', async () => {
    const { rows, sentence, counts, judged_at: judgedAt } = await get<shapes.Backups>('');
    expect(rows.map(({ bucket, series, verdict }) => [verdict, bucket, series])).toEqual([
      ['missing', 'dumps', 'web'],
      ['late', 'copies', TWIN],
      ['ok', 'dumps', TWIN],
      ['learning', 'dumps', 'found'],
      ['paused', 'dumps', HOSTILE],
    ]);
    expect(sentence).toBe(
      '1 of 3 backups is missing, 1 is late. 1 bucket could not be listed. 1 more series was found and waits to be accepted. 1 is paused.',
    );
    expect(counts).toMatchObject({ missing: 1, late: 1, ok: 1, learning: 1, paused: 1, new: 0, retired: 0 });
    expect(judgedAt).toBe(NOW);
  });

  test('those of one bucket', async () => {
    const { rows, sentence, discovering } = await get<shapes.Backups>('?bucket=copies');
    expect(rows.map(({ bucket }) => bucket)).toEqual(['copies']);
    expect(sentence).toBe('1 of 1 backup is late.');
    expect(discovering.map(({ bucket }) => bucket)).toEqual(['copies']);
  });

  test('buckets that are watched, with their last whole look and what is wrong', async () => {
    const { discovering } = await get<shapes.Backups>('');
    expect(discovering).toEqual([
      { bucket: 'copies', last_look: null, keys: 0, left_out: 0, problem: '' },
      { bucket: 'dumps', last_look: day(21, '07:30:00'), keys: 41, left_out: 0, problem: 'SlowDown' },
      { bucket: 'my-backups', last_look: day(21), keys: 5, left_out: 0, problem: '' },
      { bucket: 'unseen', last_look: null, keys: 0, left_out: 0, problem: '' },
    ]);
  });

  test('the run that decides, the next one, and what is promised', async () => {
    expect(await row('dumps', TWIN)).toMatchObject({
      declared: true,
      verdict: 'ok',
      pattern: 'db/{database}/{date}.gz',
      next_due: day(22),
      next_deadline: day(22, '02:00:00'),
      newest: { due: day(21), verdict: 'ok', size_bytes: 1021, usual_bytes: 1000, files: 1 },
      files: 40,
      first_at: day(1),
      proposal: null,
      evidence: '',
    });
    expect((await row('dumps', 'web')).newest).toMatchObject({
      due: day(21),
      verdict: 'missing',
      arrived: null,
    });
    expect(await row('dumps', 'found')).toMatchObject({
      declared: false,
      newest: null,
      next_due: null,
      since: null,
      proposal: { fit: 0.9, fired: 3 },
    });
  });

  test('the last 30 runs, oldest first, without those that were taken back', async () => {
    const { recent } = await row('dumps', TWIN);
    // The one under way, 21 of November, 8 of October.
    expect(recent).toHaveLength(30);
    expect(recent.slice(-2)).toEqual([
      { due: day(21), verdict: 'ok', size_bytes: 1021 },
      { due: day(22), verdict: 'expected', size_bytes: 0 },
    ]);
    expect(recent[0]).toEqual({ due: '2026-10-24T01:30:00Z', verdict: 'late', size_bytes: 7 });
    expect(recent.map(({ due }) => due)).toEqual(recent.map(({ due }) => due).toSorted());
  });

  test('the last runs of a series that is seldom due are of months', async () => {
    const { recent } = await row('dumps', HOSTILE);
    expect(recent.map(({ due, verdict }) => `${due.slice(0, 10)} ${verdict}`)).toEqual([
      '2026-01-01 ok',
      '2026-03-01 ok',
      '2026-05-01 ok',
      '2026-06-01 missing',
      '2026-11-05 missing',
    ]);
  });

  test('the newest good run is known, however old it is', async () => {
    if (app === undefined) throw new Error('no store is open');
    const runs = await decidingRuns({ nowMs: Date.parse(NOW) }, app.engine);
    const good = [...runs.values()].flatMap((run) => (run.good === undefined ? [] : [run.good]));
    expect(good.map(({ series, dueMs }) => [series, new Date(dueMs).toISOString().slice(0, 10)])).toEqual(
      expect.arrayContaining([
        [HOSTILE, '2026-05-01'],
        ['web', '2026-11-19'],
        [TWIN, '2026-11-21'],
        [TWIN, '2026-11-20'],
      ]),
    );
    expect(good).toHaveLength(4);
  });

  test('a pause holds until it is past or taken back', async () => {
    expect((await row('dumps', HOSTILE)).paused).toEqual({
      until: day(30),
      author: 'ana',
      reason: "moves\u0000 to '\\",
    });
    expect((await row('dumps', 'web')).paused).toBeNull();
    expect((await row('dumps', TWIN)).paused).toBeNull();
  });

  test('sizes beyond 2^53 are numbers', async () => {
    const { newest } = await row('copies', TWIN);
    expect(newest?.size_bytes).toBe(9_007_199_254_740_992);
    expect(newest?.keys).toEqual([`${HOSTILE}.gz`]);
  });

  test('safety nothing is known of says so', async () => {
    expect((await row('dumps', TWIN)).safety).toMatchObject({
      state: 'unknown',
      sentence: expect.stringContaining('Not known: nothing is stored of'),
    });
  });
});

describe('one series', () => {
  test('runs, files, acts and looks, each latest first', async () => {
    const detail = await get<shapes.SeriesDetail>(pathOf('dumps', TWIN));
    expect(detail.next_dues).toEqual([22, 23, 24, 25, 26].map((date) => day(date)));
    expect(detail.rule).toEqual({ name: 'db', schedule: { cron: '30 1 * * *' } });
    expect(detail.runs).toHaveLength(41);
    expect(detail.runs[0]).toMatchObject({
      due: day(22),
      verdict: 'expected',
      deadline: day(22, '02:00:00'),
    });
    expect(detail.files.map(({ key, at, feed }) => [key, at, feed]).slice(0, 2)).toEqual([
      ['db/orders/21', day(21), 'event'],
      ['db/orders/20', day(20, '01:50:01'), 'listing'],
    ]);
    expect(detail.files[0]).toMatchObject({
      removed_at: NOW,
      content: 'whole',
      lock_mode: 'COMPLIANCE',
      lock_until: day(28),
    });
    expect(detail.acts.map(({ act }) => act)).toEqual(['resume', 'pause']);
    // The look at web/ cannot have seen it.
    expect(detail.looks.map(({ prefix, keys }) => [prefix, keys])).toEqual([
      ['db/', 3],
      ['', 41],
    ]);
  });

  test('whatever its name is', async () => {
    const { row: found, files, acts } = await get<shapes.SeriesDetail>(pathOf('dumps', HOSTILE));
    expect(found).toMatchObject({ series: HOSTILE, evidence: 'AccessDenied: ListBucket' });
    expect(files.map(({ key }) => key)).toEqual(['after', `${HOSTILE}+%2B`]);
    expect(acts.map(({ act }) => act)).toEqual(['accept-size', 'pause']);
  });

  test.each([
    ['dumps', 'none'],
    ['copies', 'web'],
    ['dumps', 'undone'],
    ['', 'web'],
  ])('404 or 400 for "%s" "%s"', async (bucket, series) => {
    const response = await ask(pathOf(bucket, series));
    expect(response.status).toBe(bucket === '' ? 400 : 404);
    expect(await response.json()).toMatchObject({ code: bucket === '' ? 'invalid' : 'not_found' });
  });
});

describe('runs', () => {
  const dues = async (query: string): Promise<string[]> =>
    (await get<Runs>(`/runs${query}`)).rows.map(({ due, series }) => `${due} ${series}`);

  test('of the last 14 days and under way, latest first', async () => {
    const { rows } = await get<Runs>('/runs');
    expect(rows[0]).toMatchObject({ due: day(22), verdict: 'expected' });
    // Orders of 8 to 22 November, four of web, one of the copies.
    expect(rows).toHaveLength(15 + 4 + 1);
    expect(rows.at(-1)?.due).toBe(day(8));
  });

  test('of a range: its start is in it, its end is not', async () => {
    expect(await dues(`?since=${day(19)}&until=${day(21)}`)).toEqual([
      `${day(20)} ${TWIN}`,
      `${day(20)} ${TWIN}`,
      `${day(20)} web`,
      `${day(19)} ${TWIN}`,
      `${day(19)} web`,
    ]);
  });

  test('of a bucket, a series, so many', async () => {
    expect(await dues('?bucket=dumps&series=web&limit=2')).toEqual([`${day(21)} web`, `${day(20)} web`]);
    expect(await dues('?bucket=no')).toEqual([]);
  });

  test.each(['since=x', 'limit=0', 'limit=50001', 'what=1', `since=${NOW}&until=${day(1)}`])(
    'refuses %s',
    async (query) => expect((await ask(`/runs?${query}`)).status).toBe(400),
  );
});

describe('the count of files', () => {
  const values = async (query: string): Promise<Record<string, number[]>> => {
    const { series } = await get<Metric>(`/metric?${query}`);
    return Object.fromEntries(
      series.map(({ bucket, value, points }) => [`${bucket}: ${value}`, points.map((point) => point.value)]),
    );
  };

  test('under the names of the configuration, each file once, by event time, 0 where nothing came', async () => {
    const answer = await get<Metric>(`/metric?since=${day(19, '00:00:00')}`);
    expect(answer).toMatchObject({ metric: 'Arrivals', dimension: 'Machine', step_seconds: 86_400 });
    expect(answer.series[0]?.points.map(({ time }) => time)).toEqual(
      [19, 20, 21].map((date) => day(date, '00:00:00')),
    );
    expect(await values(`since=${day(19, '00:00:00')}`)).toEqual({
      [`copies: ${TWIN}`]: [0, 0, 1],
      [`dumps: ${HOSTILE}`]: [0, 0, 1],
      'dumps: a b': [0, 0, 1],
      'dumps: a%20b': [0, 0, 1],
      [`dumps: ${TWIN}`]: [1, 2, 1],
      'dumps: found': [0, 0, 0],
      'dumps: web': [0, 0, 0],
    });
  });

  test('in steps; a writing is in the step of its event', async () => {
    expect(
      await values(
        `bucket=dumps&series=${TWIN}&since=${day(19, '01:00:00')}&until=${day(19, '04:00:00')}&step=3600`,
      ),
    ).toEqual({ [`dumps: ${TWIN}`]: [0, 0, 1] });
    // The event of what the listing told is after the range.
    expect(
      await values(
        `bucket=dumps&series=${TWIN}&since=${day(19, '01:00:00')}&until=${day(19, '02:00:00')}&step=3600`,
      ),
    ).toEqual({ [`dumps: ${TWIN}`]: [0] });
  });

  test('the last 14 days, in steps of a day, are 15 of them', async () => {
    expect((await values('bucket=copies'))[`copies: ${TWIN}`]).toEqual([...Array(14).fill(0), 1]);
  });

  test('more points than an answer has are a limit', async () => {
    const response = await ask(`/metric?since=1970-01-01T00:00:00Z&step=1`);
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ code: 'limit' });
  });
});

describe('another store', () => {
  test('without a row is empty, and the sentence says why', async () => {
    await open('other', { discover: [{ bucket: 'dumps' }] });
    expect(await get('')).toMatchObject({
      sentence: 'No backup is known yet: 1 bucket is watched, and none was listed.',
      judged_at: null,
      rows: [],
      discovering: [{ bucket: 'dumps', last_look: null }],
    });
    expect(await get('/runs')).toEqual({ rows: [] });
    expect(await get('/metric')).toMatchObject({ metric: 'Backups', dimension: 'System', series: [] });
  });

  test('of 1,000 series with 40 runs each is under the limits', async () => {
    if (app === undefined) throw new Error('no store is open');
    const { engine } = app;
    const names = Array.from({ length: 1000 }, (_, index) => `host-${index}`);
    const base = { bucket: 'b', judged: NOW, verdict: 'ok' as const };
    await storeSeries(
      names.map((series) => ({ ...base, series, newestDue: day(21) })),
      engine,
    );
    const dues = Array.from({ length: 40 }, (_, daysBack) => after(day(21), -daysBack * 1440));
    await storeRuns(
      dues.flatMap((due) => names.map((series) => ({ ...base, series, due, bytes: 1 }))),
      engine,
    );
    const { rows, sentence } = await get<shapes.Backups>('');
    expect(sentence).toBe('All 1,000 backups arrived.');
    expect(rows).toHaveLength(1000);
    expect(rows.every(({ recent, newest }) => recent.length === 30 && newest?.due === day(21))).toBe(true);
    expect((await get<Runs>('/runs?limit=50000')).rows).toHaveLength(14_000);
    expect((await get<Metric>('/metric')).series).toHaveLength(1000);
  }, 30_000);
});
