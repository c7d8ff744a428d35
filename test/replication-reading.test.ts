/** What the API says of replication, over rows as the judge leaves them. Expectations are worked out in the comments. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type App, openApp } from '../src/app.ts';
import { configSchema } from '../src/config/schema.ts';
import { systemClock } from '../src/lib/clock.ts';
import { silentLog } from '../src/lib/log.ts';
import type {
  ObjectHistory,
  Pair,
  Pairs,
  ReplicationFailures,
  ReplicationObjects,
  ReplicationSeries,
} from '../src/serve/replication-api.ts';
import { engineTime, fed, judged, paired } from './replication-rows.ts';
import { keptFolder } from './temp.ts';

const NOW_MS = Date.UTC(2026, 2, 2, 12, 0, 0);
const DAY = 'since=2026-03-01T12:00:00Z&until=2026-03-02T12:00:00Z';
const WELL = 'media/media-copy/all';
const LATE = 'archive/archive-copy/all';
const BROKEN = 'billing/billing-copy/all';
const folder = keptFolder();
let app: App;

const ago = (minutes: number, seconds = 0): string =>
  new Date(NOW_MS - minutes * 60_000 - seconds * 1000).toISOString();

beforeAll(async () => {
  app = await openApp(
    configSchema.parse({ data: join(folder, 'data') }),
    {},
    { clock: { ...systemClock, nowMs: () => NOW_MS }, log: silentLog },
  );
  const { engine } = app;
  await paired(
    [
      { source: 'media', destination: 'media-copy', rule: 'all' },
      { source: 'archive', destination: 'archive-copy', rule: 'all' },
      { source: 'billing', destination: 'billing-copy', rule: 'all' },
      { source: 'quiet', destination: 'quiet-copy', rule: 'all' },
      { source: 'dark', destination: 'dark-copy', rule: 'all' },
      { source: 'off', destination: 'off-copy', rule: 'all', isEnabled: false },
      { source: 'media', destination: 'gone-copy', rule: 'old', isGone: true },
    ],
    engine,
  );
  for (const bucket of [
    'media',
    'media-copy',
    'archive',
    'archive-copy',
    'billing',
    'billing-copy',
    'quiet',
    'quiet-copy',
  ])
    await fed(bucket, 'notifications', ago(1), engine);
  const well = { source: 'media', pair: WELL, destination: 'media-copy', status: 'COMPLETED' };
  await judged(
    [
      // In the last hour: two within 15 min, one after 20 min.
      { ...well, key: 'a', written: ago(40), replicated: ago(39), bytes: 1_048_576 },
      { ...well, key: 'b', written: ago(30), replicated: ago(29, 50), bytes: 1024 },
      { ...well, key: 'c', written: ago(50), replicated: ago(30), bytes: 1024 },
      // Five hours ago, 10 s.
      { ...well, key: 'd', written: ago(300), replicated: ago(299, 50), bytes: 1024 },
      { ...well, key: 'e', status: 'NOT_TRACKED', reason: 'older-than-rule', written: ago(100), bytes: 500 },
      { ...well, key: 'f', status: 'PENDING', written: ago(4), bytes: 2048 },
      {
        source: 'media',
        pair: '',
        destination: '',
        key: 'tmp/x',
        status: 'NOT_TRACKED',
        reason: 'no-rule',
        written: ago(99),
      },
    ],
    engine,
  );
  const late = { source: 'archive', pair: LATE, destination: 'archive-copy', status: 'PENDING' };
  await judged(
    [
      { ...late, key: 'one', written: ago(34), bytes: 3 * 1024 ** 2 },
      // The target divides these two, which are of the same five minutes.
      { ...late, key: 'two', written: ago(15, 1), bytes: 1024 ** 2 },
      { ...late, key: 'three', written: ago(14, 59), bytes: 0 },
      { ...late, key: 'arrived', written: ago(60) },
    ],
    engine,
  );
  const was = { status: 'PENDING', written: ago(60) };
  await judged(
    [{ ...late, key: 'arrived', status: 'COMPLETED', written: ago(60), replicated: ago(20), was }],
    engine,
  );
  const broken = {
    source: 'billing',
    pair: BROKEN,
    destination: 'billing-copy',
    status: 'FAILED',
    operation: 'OBJECT_PUT',
  };
  await judged(
    [
      {
        ...broken,
        key: 'in voice,1.pdf',
        reason: 'DstKmsKeyInvalidState',
        written: ago(50),
        failed: ago(49),
        bytes: 10,
      },
      {
        ...broken,
        key: 'invoice-2.pdf',
        reason: 'DstKmsKeyInvalidState',
        written: ago(48),
        failed: ago(47),
        bytes: 20,
      },
      { ...broken, key: 'x', reason: 'DstMoonNotFull', written: ago(46), failed: ago(45), bytes: 5 },
      {
        ...broken,
        key: 'mended',
        reason: 'DstPutObjectNotPermitted',
        written: ago(45),
        failed: ago(44),
        bytes: 5,
      },
      { ...broken, key: 'waits', status: 'PENDING', written: ago(20), bytes: 7 },
    ],
    engine,
  );
  const failedBefore = { status: 'FAILED', written: ago(45), failed: ago(44) };
  await judged(
    [
      {
        ...broken,
        key: 'mended',
        status: 'COMPLETED',
        written: ago(45),
        failed: ago(44),
        replicated: ago(10),
        bytes: 5,
        was: failedBefore,
      },
    ],
    engine,
  );
}, 60_000);
afterAll(async () => {
  await app.close();
  rmSync(folder, { recursive: true, force: true });
});

async function ask(path: string): Promise<Response> {
  return app.api.request(`/api/v1/replication${path}`);
}

async function get<Answer>(path: string): Promise<Answer> {
  const response = await ask(path);
  expect(response.status).toBe(200);
  return (await response.json()) as Answer;
}

async function pair(id: string): Promise<Pair> {
  const { rows } = await get<Pairs>(`/pairs?${DAY}&pair=${encodeURIComponent(id)}`);
  const [only] = rows;
  if (only === undefined) throw new Error(`no pair ${id}`);
  return only;
}

describe('pairs', () => {
  test('all but gone ones, with a sentence over all', async () => {
    const { rows, sentence } = await get<Pairs>(`/pairs?${DAY}`);
    expect(rows.map(({ id, verdict }) => [id, verdict])).toEqual([
      [LATE, 'lagging'],
      [BROKEN, 'failing'],
      ['dark/dark-copy/all', 'unknown'],
      [WELL, 'ok'],
      ['off/off-copy/all', 'disabled'],
      ['quiet/quiet-copy/all', 'idle'],
    ]);
    expect(sentence).toBe(
      '1 of 6 pairs is failing, 1 of 6 pairs is lagging, 1 of 6 pairs is unknown; oldest pending 34 min, target 15 min.',
    );
  });

  test('a gone one is given when it is asked for', async () => {
    expect(await pair('media/gone-copy/old')).toMatchObject({
      verdict: 'disabled',
      sentence: 'The rule is gone.',
    });
    expect((await ask('/pairs?pair=no/such/pair')).status).toBe(404);
  });

  test('one that keeps its target: counts, latency, shares and coverage', async () => {
    const well = await pair(WELL);
    expect(well).toMatchObject({
      verdict: 'ok',
      sentence: 'RPO now 4 min, target 15 min.',
      rpo_seconds: 240,
      oldest_pending: ago(4).replace('.000Z', 'Z'),
      pending_objects: 1,
      pending_bytes: 2048,
      overdue_objects: 0,
      replicated_objects: 4,
      replicated_bytes: 1_048_576 + 3 * 1024,
      untracked_objects: 1,
      failures: 0,
      // 2 of 3 in the hour; 3 of 4 in the day.
      within_target: { hour: 2 / 3, day: 0.75, month: 0.75 },
      // a, b, c, d, f of these, e and tmp/x.
      coverage: { covered_objects: 5, no_rule_objects: 1, older_objects: 1, share: 5 / 7 },
    });
    // 20 min = 1,200,000 ms, in a bin that is 2.2 % wide.
    expect(well.latency_ms?.max).toBeGreaterThan(1_200_000 * 0.989);
    expect(well.latency_ms?.max).toBeLessThan(1_200_000 * 1.011);
  });

  test('one that lags: overdue to the second, whatever the five minutes', async () => {
    expect(await pair(LATE)).toMatchObject({
      verdict: 'lagging',
      sentence: 'RPO now 34 min, target 15 min: 3 objects, 4.0 MiB wait.',
      rpo_seconds: 2040,
      pending_objects: 3,
      overdue_objects: 2,
      // One arrived after 40 min, two are overdue.
      within_target: { hour: 0, day: 0, month: 0 },
    });
  });

  test('one that fails and lags says both, the cause of most first; what was mended is not counted as failed', async () => {
    expect(await pair(BROKEN)).toMatchObject({
      verdict: 'failing',
      sentence:
        "3 objects failed: the destination's KMS key cannot be used: it is disabled or to be deleted. RPO now 20 min, target 15 min: 1 object, 7 B waits.",
      failed_objects: 3,
      failed_bytes: 35,
      failures: 4,
    });
  });

  test('one of which nothing tells is unknown, and has no RPO', async () => {
    const dark = await pair('dark/dark-copy/all');
    expect(dark.rpo_seconds).toBeNull();
    expect(dark.sentence).toContain('Nothing tells of writes to dark');
    expect(dark.feeds).toEqual([]);
  });

  test('an inventory tells of a bucket too', async () => {
    await paired([{ source: 'listed', destination: 'listed-copy', rule: 'all' }], app.engine);
    await app.engine.insertRows({
      table: 'object_versions',
      rows: [
        { bucket: 'listed', key: 'k', version_id: 'v', feeds: 8, modified: engineTime(ago(60)) },
        { bucket: 'listed-copy', key: 'k', version_id: 'v', feeds: 8, modified: engineTime(ago(60)) },
      ],
    });
    const listed = await pair('listed/listed-copy/all');
    expect(listed.verdict).toBe('idle');
    expect(listed.feeds).toEqual(['inventory of listed', 'inventory of listed-copy']);
    expect(listed.notes.join(' ')).toContain('writes are known only from inventory');
  });

  test('a bucket chooses the pairs it is source or destination of', async () => {
    const { rows } = await get<Pairs>(`/pairs?${DAY}&bucket=media-copy`);
    expect(rows.map(({ id }) => id)).toEqual([WELL]);
  });
});

describe('series', () => {
  async function seriesOf(
    query: string,
  ): Promise<{ answer: ReplicationSeries; at: (metric: string, time: string) => number | null | undefined }> {
    const answer = await get<ReplicationSeries>(`/series?${query}`);
    return {
      answer,
      at: (metric, time) =>
        answer.series.find((one) => one.metric === metric)?.values[answer.times.indexOf(time)],
    };
  }

  test('floors to five minutes, 0 where nothing happened, as the CRR Monitor names and counts', async () => {
    const { answer, at } = await seriesOf(
      `since=2026-03-02T10:00:00Z&until=2026-03-02T12:00:00Z&pair=${WELL}`,
    );
    expect(answer.step_seconds).toBe(300);
    expect(answer.times).toHaveLength(24);
    // a arrived at 11:21; b at 11:30:10 and c at 11:30:00.
    expect(at('ReplicationObjects', '2026-03-02T11:20:00Z')).toBe(1);
    expect(at('ReplicationObjects', '2026-03-02T11:30:00Z')).toBe(2);
    expect(at('ReplicationObjects', '2026-03-02T11:25:00Z')).toBe(0);
    expect(at('FailedReplications', '2026-03-02T11:25:00Z')).toBe(0);
    // a: ((1,048,576 * 8) / 1024) / (60 + 1).
    expect(at('ReplicationSpeed', '2026-03-02T11:20:00Z')).toBeCloseTo(8192 / 61, 6);
    expect(at('ReplicationSpeed', '2026-03-02T11:25:00Z')).toBeNull();
    expect(at('ReplicationLatency', '2026-03-02T11:25:00Z')).toBeNull();
  });

  test('what was under way at the end of each step is counted back from what is now', async () => {
    const { at } = await seriesOf(`since=2026-03-02T10:00:00Z&until=2026-03-02T12:00:00Z&pair=${WELL}`);
    // c from 11:10 to 11:30, a from 11:20 to 11:21, b from 11:30 to 11:30:10, f from 11:56.
    expect(at('OperationsPendingReplication', '2026-03-02T11:05:00Z')).toBe(0);
    expect(at('OperationsPendingReplication', '2026-03-02T11:10:00Z')).toBe(1);
    expect(at('OperationsPendingReplication', '2026-03-02T11:20:00Z')).toBe(1);
    expect(at('OperationsPendingReplication', '2026-03-02T11:30:00Z')).toBe(0);
    expect(at('OperationsPendingReplication', '2026-03-02T11:55:00Z')).toBe(1);
    expect(at('BytesPendingReplication', '2026-03-02T11:25:00Z')).toBe(1024);
    expect(at('BytesPendingReplication', '2026-03-02T11:55:00Z')).toBe(2048);
  });

  test('a failure counts once, when it happened first, whatever became of it', async () => {
    const { answer, at } = await seriesOf(
      `since=2026-03-02T11:00:00Z&until=2026-03-02T12:00:00Z&pair=${BROKEN}`,
    );
    const failures = answer.series.find(({ metric }) => metric === 'FailedReplications')?.values ?? [];
    expect(failures.reduce<number>((sum, value) => sum + (value ?? 0), 0)).toBe(4);
    // Failed at 11:11, 11:13, 11:15 and 11:16.
    expect(at('FailedReplications', '2026-03-02T11:10:00Z')).toBe(2);
    expect(at('FailedReplications', '2026-03-02T11:15:00Z')).toBe(2);
  });

  test('canaries: the longest of a step, in seconds', async () => {
    const common = { pair_id: WELL, source: 'media', destination: 'media-copy', key: 'k', state: 'arrived' };
    await app.engine.insertRows({
      table: 'replication_canaries',
      rows: [
        { ...common, sent_at: engineTime(ago(40)), arrived_at: engineTime(ago(39, 50)) },
        { ...common, sent_at: engineTime(ago(38)), arrived_at: engineTime(ago(37)) },
      ],
    });
    const { at } = await seriesOf(`since=2026-03-02T11:00:00Z&until=2026-03-02T12:00:00Z&pair=${WELL}`);
    expect(at('CanaryLatency', '2026-03-02T11:20:00Z')).toBe(60);
    expect(at('CanaryLatency', '2026-03-02T11:25:00Z')).toBeNull();
  });

  test('null before the pair was there, and longer steps of a long range', async () => {
    const { answer, at } = await seriesOf(
      `since=2025-12-20T00:00:00Z&until=2026-03-02T12:00:00Z&pair=${WELL}`,
    );
    expect(answer.step_seconds).toBe(21_600);
    expect(at('ReplicationObjects', '2025-12-31T18:00:00Z')).toBeNull();
    expect(at('ReplicationObjects', '2026-01-01T00:00:00Z')).toBe(0);
  });
});

describe('objects', () => {
  test('what waits, the oldest first; what has arrived since is not among it', async () => {
    const { rows } = await get<ReplicationObjects>('/objects?status=PENDING&bucket=archive');
    expect(rows.map(({ key, age_seconds: age }) => [key, age])).toEqual([
      ['one', 2040],
      ['two', 901],
      ['three', 899],
    ]);
    const old = await get<ReplicationObjects>('/objects?status=PENDING&bucket=archive&older_than=900');
    expect(old.rows.map(({ key }) => key)).toEqual(['one', 'two']);
  });

  test('pages go on where they ended, through all of it and each once', async () => {
    const keys: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: ReplicationObjects = await get(
        `/objects?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`,
      );
      keys.push(...page.rows.map(({ pair_id: id, key }) => `${id} ${key}`));
      expect(page.rows.length).toBeLessThanOrEqual(2);
      cursor = page.next_cursor;
    }
    // 7 of media, 4 of archive, 5 of billing.
    expect(keys).toHaveLength(16);
    expect(new Set(keys).size).toBe(16);
    expect((await ask('/objects?cursor=here')).status).toBe(400);
    expect((await ask('/objects?status=LOST')).status).toBe(400);
  });

  test('by reason and by key', async () => {
    const { rows } = await get<ReplicationObjects>('/objects?reason=DstKmsKeyInvalidState');
    expect(rows.map(({ key }) => key)).toEqual(['invoice-2.pdf', 'in voice,1.pdf']);
    const one = await get<ReplicationObjects>('/objects?bucket=media&key=c');
    expect(one.rows).toMatchObject([{ key: 'c', status: 'COMPLETED', latency_ms: 1_200_000 }]);
  });
});

describe('failures', () => {
  test('as they stand, by reason, with cause, fix and the missing action', async () => {
    const { rows } = await get<ReplicationFailures>(`/failures?pair=${BROKEN}`);
    expect(rows).toMatchObject([
      {
        reason: 'DstKmsKeyInvalidState',
        operation: 'OBJECT_PUT',
        objects: 2,
        bytes: 30,
        first_failed: ago(49).replace('.000Z', 'Z'),
        last_failed: ago(47).replace('.000Z', 'Z'),
        example: { key: 'invoice-2.pdf', version_id: 'v1' },
      },
      { reason: 'DstMoonNotFull', objects: 1, permission: '' },
    ]);
    expect(rows[0]?.fix).toContain('Enable the key');
  });
});

describe('manifest', () => {
  test('CSV as S3 Batch Operations takes it: no heading, keys URL-encoded', async () => {
    const response = await ask(`/manifest?pair=${BROKEN}`);
    expect(response.headers.get('content-type')).toContain('text/csv');
    expect(response.headers.get('content-disposition')).toContain('attachment');
    expect(await response.text()).toBe(
      'billing,in%20voice%2C1.pdf,v1\nbilling,invoice-2.pdf,v1\nbilling,x,v1\n',
    );
  });

  test('is for one source bucket', async () => {
    const response = await ask('/manifest');
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('one source bucket');
    expect(await (await ask('/manifest?bucket=archive&status=PENDING,FAILED')).text()).toBe(
      'archive,one,v1\narchive,three,v1\narchive,two,v1\n',
    );
  });
});

describe('object', () => {
  beforeAll(async () => {
    const common = { key: 'c', version_id: 'v1', size_bytes: 1024 };
    const events = [
      {
        bucket: 'media',
        event_name: 'ObjectCreated:Put',
        at: ago(50),
        envelope: 's3',
        completeness: 2,
        request_id: 'R1',
        sequencer_padded: '1',
      },
      {
        bucket: 'media',
        event_name: 'ObjectCreated:Put',
        at: ago(50),
        envelope: 'cloudtrail',
        completeness: 0,
        request_id: 'R1',
        occurrence: 'R1',
      },
      {
        bucket: 'media',
        event_name: 'Replication:OperationMissedThreshold',
        at: ago(35),
        envelope: 's3',
        completeness: 2,
        replication_destination_bucket: 'media-copy',
      },
      {
        bucket: 'media-copy',
        event_name: 'ObjectCreated:Put',
        at: ago(30),
        envelope: 's3',
        completeness: 2,
        request_id: 'R2',
        sequencer_padded: '2',
      },
      {
        bucket: 'media-copy',
        event_name: 'ObjectObserved:Present',
        at: ago(20),
        envelope: 'head',
        completeness: 2,
        replication_status: 'REPLICA',
        occurrence: '1',
      },
      {
        bucket: 'media-copy',
        event_name: 'ObjectObserved:Present',
        at: ago(10),
        envelope: 'head',
        completeness: 2,
        replication_status: 'REPLICA',
        occurrence: '2',
      },
    ];
    await app.engine.insertRows({
      table: 'object_events',
      rows: events.map(({ at, ...event }, index) => ({
        batch_id: 1,
        record_number: index,
        ...common,
        event_time: engineTime(at),
        ...event,
      })),
    });
  });

  test('one history over source and destination, each thing once whoever told it', async () => {
    const { versions } = await get<ObjectHistory>('/object?bucket=media&key=c');
    expect(versions).toHaveLength(1);
    expect(versions[0]).toMatchObject({
      version_id: 'v1',
      size_bytes: 1024,
      written_at: ago(50).replace('.000Z', 'Z'),
    });
    expect(versions[0]?.destinations).toMatchObject([{ destination: 'media-copy', status: 'COMPLETED' }]);
    expect(versions[0]?.steps.map(({ bucket, what, feed }) => `${bucket}: ${what} (${feed})`)).toEqual([
      'media: written by PutObject (notification, CloudTrail)',
      'media: replication to media-copy took longer than 15 minutes (notification)',
      'media-copy: written by PutObject (notification)',
      'media-copy: looked up: there, replication status REPLICA (HEAD)',
    ]);
  });

  test('nothing is known of what nothing told', async () => {
    expect(await get<ObjectHistory>('/object?bucket=media&key=none')).toEqual({
      bucket: 'media',
      key: 'none',
      versions: [],
      has_more: false,
    });
  });
});
