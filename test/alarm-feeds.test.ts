/** What monitors give alarms: quiet while all is well, an alarm when it is not. Over the real engine. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { AlarmStore } from '../src/alarms/alarm-store.ts';
import { openEvaluator } from '../src/alarms/evaluator.ts';
import type { AlarmFeed } from '../src/alarms/feed.ts';
import type { Engine } from '../src/engine/engine.ts';
import { backupAlarms } from '../src/monitors/backups/alarms.ts';
import { intakeAlarms } from '../src/monitors/completeness/alarms.ts';
import { saveCanary, type Canary } from '../src/monitors/replication/canary-rows.ts';
import { replicationAlarms } from '../src/monitors/replication/alarms.ts';
import type { Source, SourceStatus } from '../src/sources/source.ts';
import { storeSeries } from './backup-act-server.ts';
import { states, transitions } from './alarm-setting.ts';
import { fed, judged, paired } from './replication-rows.ts';
import { openStore } from './replication-store.ts';

const NOW_MS = Date.parse('2026-11-21T12:00:00Z');
const MINUTE_MS = 60_000;

let engine: Engine;
let store: Awaited<ReturnType<typeof openStore>>;
beforeAll(async () => {
  store = await openStore();
  ({ engine } = store);
});
afterAll(() => store.close());
beforeEach(async () => {
  for (const table of [
    'alarm_states',
    'alarm_transitions',
    'backup_series',
    'backup_runs',
    'replication_pairs',
    'replication_canaries',
    'batches',
    'parked_messages',
    'rejects',
  ])
    await engine.command(`truncate table ${table}`);
});

/** A run of the program over a feed; it settles so many minutes after its start. */
function watching(feed: AlarmFeed, settle = 0): (minutes: number) => Promise<Record<string, string>> {
  let nowMs = NOW_MS;
  const evaluator = openEvaluator(
    { definitions: feed.definitions, settledMs: () => NOW_MS + settle * MINUTE_MS },
    { feeds: [feed], store: new AlarmStore(engine), clock: { nowMs: () => nowMs, sleep: async () => {} } },
  );
  return async (minutes) => {
    nowMs = NOW_MS + minutes * MINUTE_MS;
    await evaluator.run(new AbortController().signal);
    return states(engine);
  };
}

/** Ids of those in ALARM. */
function alarming(all: Readonly<Record<string, string>>): string[] {
  return Object.keys(all).filter((id) => all[id] === 'ALARM');
}

describe('backups', () => {
  test.each([
    ['missing', 'backups/missing'],
    ['incomplete', 'backups/missing'],
    ['too-small', 'backups/wrong'],
    ['too-large', 'backups/wrong'],
    ['duplicate', 'backups/wrong'],
    ['wrong-content', 'backups/wrong'],
    ['late', 'backups/late'],
  ])('a series that is %s is an alarm of %s alone', async (verdict, definition) => {
    await storeSeries(
      [
        { bucket: 'vault', series: 'orders', verdict },
        { bucket: 'vault', series: 'fine' },
      ],
      engine,
    );
    const all = await watching(backupAlarms(engine))(0);
    expect(alarming(all)).toEqual([`${definition}{bucket="vault",series="orders"}`]);
    expect(Object.keys(all)).toHaveLength(6);
  });

  test.each(['new', 'learning', 'paused', 'retired'])(
    'of a series that is %s nothing is said',
    async (verdict) => {
      await storeSeries([{ bucket: 'vault', series: 'orders', verdict }], engine);
      expect(await watching(backupAlarms(engine))(0)).toEqual({});
    },
  );

  test('say why, since when, and what the last five runs were', async () => {
    await storeSeries(
      [
        {
          bucket: 'vault',
          series: 'orders',
          verdict: 'missing',
          sentence: 'Nothing came by the deadline.',
          since: '2026-11-21 02:30:00.000',
          evidence: 'Cannot list vault.',
        },
      ],
      engine,
    );
    const days = [14, 15, 16, 17, 18, 19, 20, 21];
    const runs = days.map((day) => ({
      bucket: 'vault',
      series: 'orders',
      due: `2026-11-${day} 02:00:00.000`,
      opens: `2026-11-${day} 01:00:00.000`,
      deadline: `2026-11-${day} 02:30:00.000`,
      since: `2026-11-${day} 02:30:00.000`,
      verdict: day === 21 ? 'missing' : 'ok',
      size_bytes: day,
      judged_at: '2026-11-21 02:30:00.000',
      is_deleted: 0,
    }));
    await engine.insertRows({ table: 'backup_runs', rows: runs });
    await watching(backupAlarms(engine))(0);
    const [row] = await engine.query<{ sentence: string; since: string; evidence: string[]; title: string }>(
      "select sentence, toString(since) as since, evidence, title from alarm_states where state = 'ALARM'",
    );
    expect(row?.title).toBe('Backup orders of vault is missing or incomplete');
    expect(row?.sentence).toBe('Nothing came by the deadline. Cannot list vault.');
    expect(row?.since).toBe('2026-11-21 02:30:00.000');
    expect(row?.evidence.map((text) => JSON.parse(text) as unknown)).toEqual(
      [17, 18, 19, 20, 21].map((day) => ({
        due: `2026-11-${day}T02:00:00.000Z`,
        verdict: day === 21 ? 'missing' : 'ok',
        size_bytes: day,
      })),
    );
  });
});

describe('intake', () => {
  let status: SourceStatus = { state: 'waiting', message: '', lastCheckedMs: NOW_MS, requests: {} };
  const source: Source = {
    name: 'logs',
    kind: 'queue',
    location: 'here',
    batches: () => {
      throw new Error('nothing is asked of it here');
    },
    status: () => status,
  };
  let bytes = 0;
  const feed = (): AlarmFeed =>
    intakeAlarms({ engine, sources: [source], spool: () => ({ bytes, bytesMax: 1000 }) });
  beforeEach(() => {
    status = { state: 'waiting', message: '', lastCheckedMs: NOW_MS, requests: {} };
    bytes = 0;
  });

  /** Deliveries of one batch each, so many minutes before now. */
  async function delivered(minutes: readonly number[], more: object = {}): Promise<void> {
    const time = (ago: number): string => new Date(NOW_MS - ago * MINUTE_MS).toISOString().replace('Z', '');
    const rows = minutes.map((ago) => ({
      batch_id: ago + 1,
      source: 'logs',
      origin: `s3://logs/${ago}`,
      format: 'access-log',
      state: 'loaded',
      facts: 10,
      rejects: 0,
      first_event: time(ago + 10),
      last_event: time(ago + 10),
      delivered_at: time(ago),
      received_at: time(ago),
      loaded_at: time(ago),
      ...more,
    }));
    await engine.insertRows({ table: 'batches', rows });
  }

  const steady = (from: number): number[] => Array.from({ length: 300 }, (_, index) => from + index * 5);

  test('is quiet before anything came, and while all comes', async () => {
    const at = watching(feed());
    expect(new Set(Object.values(await at(0)))).toEqual(new Set(['OK']));
    await delivered(steady(1));
    const all = await at(1);
    expect(new Set(Object.values(all))).toEqual(new Set(['OK']));
    expect(Object.keys(all)).toContain('intake/silent{source="logs"}');
  });

  test('a source from which nothing comes for longer than ever is silent', async () => {
    await delivered(steady(240));
    expect(alarming(await watching(feed())(0))).toEqual(['intake/silent{source="logs"}']);
  });

  test('a source that is silent only because not all of it is loaded yet is no alarm', async () => {
    await delivered(steady(240));
    const at = watching(feed(), 10);
    expect(alarming(await at(0))).toEqual([]);
    expect(alarming(await at(9))).toEqual([]);
    expect(alarming(await at(10))).toEqual(['intake/silent{source="logs"}']);
  });

  test('a source that fails for five minutes is an alarm, one that recovers is not', async () => {
    const at = watching(feed());
    status = { ...status, state: 'failing', message: 'AccessDenied' };
    expect(alarming(await at(0))).toEqual([]);
    expect(alarming(await at(4))).toEqual([]);
    expect(alarming(await at(5))).toEqual(['intake/failing{source="logs"}']);
    status = { ...status, state: 'waiting', message: '' };
    expect(alarming(await at(6))).toEqual([]);
  });

  test.each([
    [
      'records that cannot be read',
      { rejects: 3 },
      'intake/rejects{source="logs"}',
      '3 records were rejected in the last hour.',
    ],
    [
      'a batch that cannot be read',
      { state: 'rejected', reason: 'Not gzip.' },
      'intake/rejected-batches{source="logs"}',
      '1 batch was rejected in the last day.',
    ],
  ])('%s are an alarm until they are long ago', async (_what, more, id, sentence) => {
    await delivered([5], more);
    const at = watching(feed());
    expect(alarming(await at(0))).toEqual([id]);
    const [row] = await engine.query<{ sentence: string }>(
      "select sentence from alarm_states where state = 'ALARM'",
    );
    expect(row?.sentence).toBe(sentence);
    expect(alarming(await at(24 * 60))).toEqual([]);
  });

  test('records that cannot be read are shown, the newest last and no more than five', async () => {
    await delivered([5], { rejects: 7 });
    const [batch] = await engine.query<{ batch_id: string }>(
      'select toString(batch_id) as batch_id from batches where rejects > 0',
    );
    const rows = Array.from({ length: 7 }, (_, index) => ({
      batch_id: batch?.batch_id ?? '',
      line_number: index + 1,
      format: 'access-log',
      reason: 'Not a record.',
      line: `line ${index + 1} ${'x'.repeat(500)}`,
      loaded_at: `2026-11-21 11:5${index}:00`,
    }));
    await engine.insertRows({ table: 'rejects', rows });
    await watching(feed())(0);
    const [row] = await engine.query<{ evidence: string[] }>(
      "select evidence from alarm_states where state = 'ALARM'",
    );
    const shown = (row?.evidence ?? []).map((text) => JSON.parse(text) as Record<string, string>);
    expect(shown.map(({ line }) => line?.slice(0, 6))).toEqual([
      'line 3',
      'line 4',
      'line 5',
      'line 6',
      'line 7',
    ]);
    expect(shown.at(-1)).toMatchObject({ at: '2026-11-21T11:56:00Z', reason: 'Not a record.' });
    expect(shown.at(-1)?.['line']).toHaveLength(300);
  });

  test('messages of which nothing can be made are an alarm, whoever sent them', async () => {
    const received_at = '2026-11-21 11:59:00.000';
    await engine.insertRows({
      table: 'parked_messages',
      rows: [
        { parked_id: 1, source: 'hook', reason: 'No records.', body: '{}', message_id: 'm', received_at },
      ],
    });
    const at = watching(feed());
    expect(alarming(await at(0))).toEqual(['intake/parked{source="hook"}']);
    const [row] = await engine.query<{ evidence: string[] }>(
      "select evidence from alarm_states where state = 'ALARM'",
    );
    expect(row?.evidence).toEqual(['{"reason":"No records."}']);
  });

  test('dead letters are an alarm, and a queue that may not be asked is none', async () => {
    const at = watching(feed());
    const queue = { waiting: 0, inFlight: 0, delayed: 0, deadLetterQueue: 'dead' };
    status = { ...status, queue };
    expect(Object.keys(await at(0))).not.toContain('intake/dead-letters{source="logs"}');
    status = { ...status, queue: { ...queue, deadLetters: 0 } };
    expect(alarming(await at(1))).toEqual([]);
    status = { ...status, queue: { ...queue, deadLetters: 2 } };
    expect(alarming(await at(2))).toEqual(['intake/dead-letters{source="logs"}']);
  });

  test('a spool that stays nearly full is an alarm', async () => {
    const at = watching(feed());
    bytes = 900;
    expect(alarming(await at(0))).toEqual([]);
    bytes = 100;
    expect(alarming(await at(1))).toEqual([]);
    bytes = 950;
    expect(alarming(await at(2))).toEqual([]);
    expect(alarming(await at(7))).toEqual(['intake/spool']);
  });
});

describe('replication', () => {
  const canary = (minutes: number, more: Partial<Canary> = {}): Canary => ({
    pairId: 'a/b/r',
    key: `.bucketwatch/canary/${minutes}`,
    source: 'a',
    destination: 'b',
    matchBy: 'version',
    versionId: 'v',
    etag: 'e',
    sentMs: NOW_MS + minutes * MINUTE_MS,
    skewMs: 0,
    expectedByMs: NOW_MS + (minutes + 15) * MINUTE_MS,
    state: 'under-way',
    problem: '',
    arrivedMs: null,
    uncertaintyMs: null,
    destinationVersionId: '',
    removedMs: null,
    revision: 1,
    ...more,
  });
  const feed = (isSettled = true): AlarmFeed =>
    replicationAlarms({
      engine,
      requestsPerHour: 0,
      canaries: [{ source: 'a', destination: 'b' }],
      isSettled: () => isSettled,
    });
  const CANARY = 'replication/canary{destination="b",pair="a/b/r",source="a"}';

  test('a canary is an alarm from the time it is expected by, until one arrives', async () => {
    const at = watching(feed());
    await saveCanary(canary(0), engine);
    expect(await at(0)).toEqual({ [CANARY]: 'OK' });
    expect(alarming(await at(14))).toEqual([]);
    expect(alarming(await at(15))).toEqual([CANARY]);
    await saveCanary(canary(0, { state: 'lost', revision: 2 }), engine);
    await saveCanary(canary(10), engine);
    // The next one being under way ends nothing.
    expect(alarming(await at(16))).toEqual([CANARY]);
    await saveCanary(
      canary(10, { state: 'arrived', arrivedMs: NOW_MS + 17 * MINUTE_MS, revision: 2 }),
      engine,
    );
    expect(await at(18)).toEqual({ [CANARY]: 'OK' });
    expect(await transitions(engine)).toEqual([
      `12:00 ${CANARY} new -> OK`,
      `12:15 ${CANARY} OK -> ALARM`,
      `12:18 ${CANARY} ALARM -> OK`,
    ]);
  });

  test('a pair that fails is an alarm, and one that stays behind its target another', async () => {
    await paired(
      [
        { source: 'fails', destination: 'x', rule: 'r' },
        { source: 'lags', destination: 'y', rule: 'r' },
        { source: 'well', destination: 'z', rule: 'r' },
        { source: 'off', destination: 'x', rule: 'r', isEnabled: false },
      ],
      engine,
    );
    const time = (minutes: number): string => new Date(NOW_MS + minutes * MINUTE_MS).toISOString();
    for (const bucket of ['fails', 'lags', 'well', 'x', 'y', 'z'])
      await fed(bucket, 'notifications', time(20), engine);
    const row = (source: string, destination: string, status: string) => ({
      source,
      destination,
      pair: `${source}/${destination}/r`,
      key: 'k',
      status,
      written: time(-1),
      bytes: 10,
    });
    await judged(
      [
        { ...row('fails', 'x', 'FAILED'), reason: 'DstPutObjectNotPermitted', failed: time(-1) },
        row('lags', 'y', 'PENDING'),
        { ...row('well', 'z', 'COMPLETED'), replicated: time(0) },
      ],
      engine,
    );
    const at = watching(feed());
    const failing = 'replication/failing{destination="x",pair="fails/x/r",source="fails"}';
    const all = await at(0);
    expect(alarming(all)).toEqual([failing]);
    expect(Object.keys(all)).toHaveLength(6);
    const [failed] = await engine.query<{ evidence: string[] }>(
      "select evidence from alarm_states where state = 'ALARM'",
    );
    expect(failed?.evidence.map((text) => JSON.parse(text) as unknown)).toEqual([
      {
        written: time(-1),
        key: 'k',
        version_id: expect.any(String) as string,
        size_bytes: 10,
        failed: time(-1),
        reason: 'DstPutObjectNotPermitted',
      },
    ]);
    // Written at -1 with a target of 15 minutes, it is overdue from 14 on; so for five minutes it is an alarm.
    expect(alarming(await at(18))).toEqual([failing]);
    expect(alarming(await at(19))).toEqual([
      failing,
      'replication/lagging{destination="y",pair="lags/y/r",source="lags"}',
    ]);
  });

  test.each<readonly [string, Partial<Canary>]>([
    ['written', { etag: '', problem: 'Cannot write a canary to a: AccessDenied.' }],
    ['looked for', { problem: 'Cannot look for it in b: AccessDenied.' }],
  ])('a canary that may not be %s is an alarm that says why', async (_what, more) => {
    const at = watching(feed());
    await saveCanary(canary(0, { state: 'refused', ...more }), engine);
    expect(alarming(await at(14))).toEqual([]);
    expect(alarming(await at(15))).toEqual([CANARY]);
    const [row] = await engine.query<{ sentence: string; evidence: string[] }>(
      'select sentence, evidence from alarm_states',
    );
    expect(row?.sentence).toBe(`Due 2026-11-21T12:15Z; not there by then. ${more.problem}`);
    expect(row?.evidence.join()).toContain('"state":"refused"');
    const daysLater = await at(5 * 24 * 60);
    expect(alarming(daysLater)).toEqual(more.etag === '' ? [CANARY] : []);
  });

  test('canaries of long ago tell nothing, nor those of pairs for which none are written', async () => {
    await saveCanary(canary(-3 * 24 * 60, { state: 'lost' }), engine);
    await saveCanary(canary(-60, { state: 'refused', etag: '', destination: 'c', pairId: 'a/c/r' }), engine);
    expect(await watching(feed())(0)).toEqual({});
  });

  test('a pair of which nothing can be told yet is no alarm while the sources are read', async () => {
    await paired([{ source: 'a', destination: 'b', rule: 'r' }], engine);
    expect(await watching(feed(false))(0)).toEqual({});
    expect(new Set(Object.values(await watching(feed())(1)))).toEqual(new Set(['INSUFFICIENT_DATA']));
  });
});
