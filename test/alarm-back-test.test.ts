/** Back-tests over a store with runs of backups as the monitor leaves them. It is noon of Saturday, 21 November 2026. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { alarmId } from '../src/alarms/alarm-id.ts';
import type { AlarmDefinition, AlarmRule } from '../src/alarms/definition.ts';
import type { MetricQuestion, MetricReader } from '../src/alarms/feed.ts';
import { type App, openApp } from '../src/app.ts';
import { configSchema } from '../src/config/schema.ts';
import { systemClock } from '../src/lib/clock.ts';
import { silentLog } from '../src/lib/log.ts';
import { answerBackTest } from '../src/serve/alarm-back-test.ts';
import { type Canary, saveCanary } from '../src/monitors/replication/canary-rows.ts';
import { storeActs, storeRuns, storeSeries } from './backup-rows.ts';
import { keptFolder } from './temp.ts';

const NOW = '2026-11-21T12:00:00Z';
const NOW_MS = Date.parse(NOW);
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const folder = keptFolder();
const signal = new AbortController().signal;
let app: App;

const day = (date: number, time: string): string => `2026-11-${String(date).padStart(2, '0')}T${time}:00Z`;

beforeAll(async () => {
  const clock = { ...systemClock, nowMs: () => NOW_MS };
  app = await openApp(configSchema.parse({ data: join(folder, 'data') }), {}, { clock, log: silentLog });
  const { engine } = app;
  const series = ['orders', 'users', 'learned', 'resting'].map((name) => ({
    bucket: 'dumps',
    series: name,
    judged: NOW,
    verdict: 'ok' as const,
    declared: name !== 'learned',
  }));
  await storeSeries(series, engine);
  const run = { bucket: 'dumps', judged: NOW };
  const ok = (name: string, date: number) => ({
    ...run,
    series: name,
    due: day(date, '01:30'),
    verdict: 'ok' as const,
    arrived: day(date, '01:40'),
  });
  const missing = (name: string, date: number) => ({
    ...run,
    series: name,
    due: day(date, '01:30'),
    verdict: 'missing' as const,
    sentence: 'Nothing came.',
  });
  await storeRuns(
    [
      ...[17, 19, 21].map((date) => ok('orders', date)),
      ...[18, 20].map((date) => missing('orders', date)),
      ...[17, 18, 19, 20, 21].map((date) => ok('users', date)),
      ...[17, 18].flatMap((date) => [missing('learned', date), missing('resting', date)]),
    ],
    engine,
  );
  await storeActs([{ bucket: 'dumps', series: 'resting', at: day(16, '00:00'), act: 'pause' }], engine);
}, 60_000);
afterAll(async () => {
  await app.close();
  rmSync(folder, { recursive: true, force: true });
});

function definitionOf(rule: AlarmRule, monitor = 'backups'): AlarmDefinition {
  const labels = { monitor };
  return { id: 'backup-late', title: 'Backup {series}', severity: 'warning', firstStep: '', labels, rule };
}

const STATUS: AlarmRule = { kind: 'status', alarmOn: ['missing'], okOn: ['ok'] };

describe('a status definition of backups', () => {
  test('fires for each run that was wrong, from its deadline to the arrival of the next', async () => {
    const question = { definition: definitionOf(STATUS), startMs: NOW_MS - 5 * DAY_MS, endMs: NOW_MS };
    const firing = {
      alarm: alarmId('backup-late', { bucket: 'dumps', series: 'orders' }),
      title: 'Backup orders',
      sentence: 'Nothing came.',
    };
    expect(await answerBackTest(question, { engine: app.engine, signal })).toEqual({
      definition: 'backup-late',
      since: '2026-11-16T12:00:00Z',
      until: '2026-11-21T12:00:00Z',
      alarms: 3,
      fired: [
        { ...firing, start: '2026-11-18T02:00:00Z', end: '2026-11-19T01:40:00Z' },
        { ...firing, start: '2026-11-20T02:00:00Z', end: '2026-11-21T01:40:00Z' },
      ],
      omitted: 0,
      note: 'Runs count as they are judged now, by the rules there are now.',
      sentence: 'It would have fired 2 times in 5 d, on 1 of 3 alarms, 23.7 h each.',
    });
  });

  test('knows from runs before the start what held then, and nothing of runs after the end', async () => {
    const startMs = Date.parse(day(18, '12:00'));
    const question = { definition: definitionOf(STATUS), startMs, endMs: startMs + DAY_MS / 2 };
    const { fired } = await answerBackTest(question, { engine: app.engine, signal });
    expect(fired).toMatchObject([{ start: '2026-11-18T12:00:00Z', end: null }]);
  });
});

test('a deadline definition of canaries fires for one that was not there in time, until a newer one arrives', async () => {
  const canary = {
    pairId: 'a>b',
    source: 'a',
    destination: 'b',
    matchBy: 'version',
    versionId: '',
    etag: 'e',
    skewMs: 0,
    problem: '',
    uncertaintyMs: null,
    destinationVersionId: '',
    removedMs: null,
    revision: 1,
  } as const;
  const sent = (time: string, arrived: string | null): Canary => ({
    ...canary,
    key: time,
    sentMs: Date.parse(day(20, time)),
    expectedByMs: Date.parse(day(20, time)) + 15 * MINUTE_MS,
    state: arrived === null ? 'lost' : 'arrived',
    arrivedMs: arrived === null ? null : Date.parse(day(20, arrived)),
  });
  for (const one of [sent('08:00', '08:05'), sent('09:00', null), sent('10:00', '10:02')])
    await saveCanary(one, app.engine);
  const definition = definitionOf({ kind: 'deadline', graceMs: 0 }, 'replication');
  const question = { definition, startMs: NOW_MS - 3 * DAY_MS, endMs: NOW_MS };
  const { fired, note } = await answerBackTest(question, { engine: app.engine, signal });
  expect(fired).toEqual([
    {
      alarm: alarmId('backup-late', { pair: 'a>b', source: 'a', destination: 'b' }),
      title: 'Backup {series}',
      start: '2026-11-20T09:15:00Z',
      end: '2026-11-20T10:02:00Z',
      sentence: 'Due 2026-11-20T09:15Z; not there by then.',
    },
  ]);
  expect(note).toBe('');
});

describe('the route', () => {
  const post = async (body: unknown) => {
    const response = await app.api.request('/api/v1/alarms/backtest', {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', host: 'localhost' },
    });
    return [response.status, (await response.json()) as { readonly detail?: string }] as const;
  };

  test('takes a definition by its id, and the last 30 days', async () => {
    expect(await post({ definition: 'backups/missing' })).toMatchObject([
      200,
      { definition: 'backups/missing', since: '2026-10-22T12:00:00Z', until: NOW, alarms: 3 },
    ]);
  });

  test.each([
    [{}, 400, 'give a definition or a section'],
    [{ definition: 'backups/missing', section: { id: 'a' } }, 400, 'one of the two'],
    [{ definition: 'backups/mising' }, 404, 'is "backups/missing" meant?'],
    [{ definition: 'backups/missing', since: '2027-01-01T00:00:00Z' }, 400, 'is not before until'],
    [{ definition: 'backups/missing', period_seconds: 60 }, 400, 'it is no metric alarm'],
    [{ section: { id: 'a', metric: 'Rejects' } }, 400, 'Cannot test this alarm: threshold '],
    [{ section: { id: 'backups/missing', metric: 'Rejects', threshold: 1 } }, 400, 'is there twice'],
  ])('refuses %j', async (body, status, detail) => {
    const [answered, problem] = await post(body);
    expect(answered).toBe(status);
    expect(problem.detail).toContain(detail);
  });
});

describe('a metric definition', () => {
  const RULE: AlarmRule = {
    kind: 'metric',
    metric: 'Rejects',
    statistic: 'Sum',
    periodMs: MINUTE_MS,
    evaluationPeriods: 2,
    datapointsToAlarm: 2,
    limit: { kind: 'threshold', operator: 'GreaterThanThreshold', threshold: 0 },
    missing: 'missing',
  };
  const definition = { ...definitionOf(RULE, 'intake'), where: { source: 'logs' } };

  /** A point each period: 1 in the first two minutes of every day, else 0. */
  function reader(
    series: readonly string[],
    more: { readonly completeUntilMs?: number } = {},
  ): MetricReader & { readonly asked: MetricQuestion[] } {
    const asked: MetricQuestion[] = [];
    const pointsOf = ({ startMs, endMs, periodMs }: MetricQuestion) =>
      Array.from({ length: (endMs - startMs) / periodMs }, (_, index) => {
        const atMs = startMs + index * periodMs;
        return { startMs: atMs, value: atMs % DAY_MS < 2 * MINUTE_MS ? 1 : 0 };
      });
    return {
      asked,
      read: async (question) => {
        asked.push(question);
        return series.map((bucket) => ({
          labels: { source: 'logs', bucket },
          points: pointsOf(question),
          ...more,
        }));
      },
    };
  }

  test('is asked for in stretches that lie side by side, with what comes before the start', async () => {
    const metrics = reader(['a']);
    const question = { definition, startMs: NOW_MS - 3 * DAY_MS, endMs: NOW_MS };
    const { sentence, fired } = await answerBackTest(question, { engine: app.engine, metrics, signal });
    expect(sentence).toBe('It would have fired 3 times in 3 d, 1 min each.');
    expect(fired[0]).toMatchObject({ start: '2026-11-19T00:02:00Z', end: '2026-11-19T00:03:00Z' });
    expect(metrics.asked[0]).toMatchObject({
      metric: 'Rejects',
      statistic: 'Sum',
      where: { source: 'logs' },
      startMs: question.startMs - 4 * MINUTE_MS,
    });
    expect(metrics.asked.at(-1)?.endMs).toBe(NOW_MS);
    for (const [index, { startMs, endMs }] of metrics.asked.entries()) {
      expect(endMs - startMs).toBeLessThanOrEqual(1440 * MINUTE_MS);
      expect(startMs).toBe(metrics.asked[index - 1]?.endMs ?? startMs);
    }
  });

  test.each([
    [
      'said not to be looked at',
      DAY_MS / 4,
      ' What is after 2026-11-21T06:00Z is not complete yet, and was not looked at.',
    ],
    [
      'taken for there after the wait',
      30 * DAY_MS,
      ' What is after 2026-11-20T12:00Z is not complete yet, and was not looked at.',
    ],
    ['nothing when all is complete', 0, ''],
  ])('what is on its way is %s', async (_what, lateMs, said) => {
    const metrics = reader(['a'], { completeUntilMs: NOW_MS - lateMs });
    const question = { definition, startMs: NOW_MS - 3 * DAY_MS, endMs: NOW_MS };
    const { note } = await answerBackTest(question, { engine: app.engine, metrics, signal });
    expect(note).toBe(
      `Every point counts as there when its period ended: what came late would have been noticed later.${said}`,
    );
  });

  test('is tested by another period, in which it would not have fired', async () => {
    const metrics = reader(['a']);
    const question = { definition, startMs: NOW_MS - 3 * DAY_MS, endMs: NOW_MS, periodMs: 5 * MINUTE_MS };
    const { sentence } = await answerBackTest(question, { engine: app.engine, metrics, signal });
    expect(sentence).toBe('It would not have fired in 3 d.');
    expect(metrics.asked.map(({ periodMs }) => periodMs)).toEqual([5 * MINUTE_MS]);
    await expect(
      answerBackTest({ ...question, periodMs: 7000 }, { engine: app.engine, metrics, signal }),
    ).rejects.toThrow(
      'Cannot test "backup-late" by this period: it is not 10 s, 20 s, 30 s or whole minutes, got 7 s.',
    );
  });

  test('of more than can be looked at is refused before all of it is read', async () => {
    const metrics = reader(Array.from({ length: 100 }, (_, index) => `b${index}`));
    const question = { definition, startMs: NOW_MS - 30 * DAY_MS, endMs: NOW_MS };
    await expect(answerBackTest(question, { engine: app.engine, metrics, signal })).rejects.toThrow(
      'Cannot test that at once: 100 alarms by 60 s over so long are too many looks. Take about 9.9 days, or a longer period.',
    );
    expect(metrics.asked).toHaveLength(1);
  });
});

test.each<[AlarmRule, string, string]>([
  [STATUS, 'replication', 'it is a status alarm, and what was said of it is not kept over time'],
  [{ kind: 'deadline', graceMs: 0 }, 'intake', 'it is a deadline alarm, and what was due'],
  [{ kind: 'composite', rule: 'ALARM(a)' }, 'backups', 'it is a composite alarm, and it hangs on the states'],
])('what is not kept is refused, with the reason: %j of %s', async (rule, monitor, reason) => {
  const question = { definition: definitionOf(rule, monitor), startMs: 0, endMs: NOW_MS };
  await expect(answerBackTest(question, { engine: app.engine, signal })).rejects.toThrow(
    `Cannot test "backup-late" over what is stored: ${reason}`,
  );
});
