/**
 * What the CRR Monitor got wrong, each as a case that must go right here: events in, judged by the real engine, read as the
 * API reads it. All of it happens in pairs of their own, so that each case stands for itself.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../src/engine/engine.ts';
import { replicationObjects } from '../src/monitors/replication/objects.ts';
import { type PairState, pairStates } from '../src/monitors/replication/pairs-status.ts';
import { readPairs } from '../src/monitors/replication/pairs.ts';
import { rulesOf } from '../src/monitors/replication/rules.ts';
import { replicationSpeed, replicationSteps, type Step } from '../src/monitors/replication/series.ts';
import {
  judgeOnce,
  openStore,
  pairId,
  storeBatch,
  type StoredEvent,
  storePairs,
} from './replication-store.ts';

const START_MS = Date.UTC(2026, 4, 1, 12);
/** An hour after the start. */
const NOW_MS = START_MS + 3_600_000;

type EventOf = Omit<StoredEvent, 'bucket' | 'key'>;

const at = (seconds: number): string =>
  new Date(START_MS + seconds * 1000).toISOString().replace('T', ' ').replace('Z', '');

function event(event_name: string, seconds: number, more: Readonly<Record<string, unknown>> = {}): EventOf {
  return {
    event_name,
    event_time: at(seconds),
    version_id: 'v1',
    size_bytes: 1000,
    etag: 'e',
    sequencer_padded: event_name.startsWith('ObjectCreated:') ? String(seconds) : '',
    ...more,
  };
}

const put = (seconds: number, more: Readonly<Record<string, unknown>> = {}): EventOf =>
  event('ObjectCreated:Put', seconds, more);
const failed = (seconds: number, to: string): EventOf =>
  event('Replication:OperationFailedReplication', seconds, {
    replication_destination_bucket: to,
    replication_failure_reason: 'DstPutObjectNotPermitted',
    replication_operation: 'OBJECT_PUT',
  });
const look = (seconds: number, state: string, more: Readonly<Record<string, unknown>> = {}): EventOf =>
  event(`ObjectObserved:${state}`, seconds, { envelope: 'head', ...more });

/** What is told of a source and its destination in each case: buckets are named after the case. */
const CASES: Readonly<
  Record<string, { readonly source: readonly EventOf[]; readonly there?: readonly EventOf[] }>
> = {
  multipart: {
    source: [event('ObjectCreated:CompleteMultipartUpload', 0)],
    there: [event('ObjectCreated:CompleteMultipartUpload', 8)],
  },
  copied: { source: [event('ObjectCreated:Copy', 0)], there: [put(5)] },
  overwritten: {
    source: [put(0), put(1, { version_id: 'v2' })],
    there: [put(4), put(6, { version_id: 'v2' })],
  },
  etags: { source: [put(0, { etag: 'plain' })], there: [put(3, { etag: 'encrypted' })] },
  several: { source: [put(0)], there: [put(2)] },
  refused: { source: [put(0), look(1000, 'Denied')] },
  again: {
    source: [put(0), failed(610, 'again-there'), failed(4210, 'again-there'), failed(7810, 'again-there')],
  },
  pending: { source: [put(0)] },
  skewed: { source: [put(10)], there: [put(9)] },
  marker: {
    source: [event('ObjectRemoved:DeleteMarkerCreated', 0)],
    there: [event('ObjectRemoved:DeleteMarkerCreated', 4)],
  },
  reversed: { source: [put(0)], there: [put(7)] },
};

let store: { readonly engine: Engine; close(): Promise<void> };
beforeAll(async () => {
  store = await openStore();
  const { engine } = store;
  const pairs = Object.keys(CASES).map((name) => ({ source: name, destination: `${name}-there` }));
  await storePairs(
    [
      ...pairs.map((pair) => ({ ...pair, takes_delete_markers: 1 })),
      { source: 'several', destination: 'several-far' },
      { source: 'quiet', destination: 'quiet-there' },
    ],
    engine,
  );
  const told = Object.entries(CASES).flatMap(([name, { source, there = [] }]) => [
    ...source.map((one) => ({ ...one, bucket: name, key: 'k' }) as StoredEvent),
    ...there.map((one) => ({ ...one, bucket: `${name}-there`, key: 'k' }) as StoredEvent),
  ]);
  const isReversed = ({ bucket }: StoredEvent) => bucket === 'reversed-there';
  // The copy is told of before the original, and all of it a second time.
  await storeBatch(1, told.filter(isReversed), engine);
  await judgeOnce(engine);
  await storeBatch(
    2,
    told.filter((one) => !isReversed(one)),
    engine,
  );
  await judgeOnce(engine);
  await storeBatch(3, told, engine);
  await judgeOnce(engine);
}, 120_000);
afterAll(() => store.close());

async function state(name: string, destination = `${name}-there`): Promise<PairState> {
  const pairs = await readPairs({ pair: pairId({ source: name, destination }) }, store.engine);
  const looks = {
    requestsPerHour: 1000,
    reachable: new Set([name]),
    versioning: new Map(),
    withMetrics: new Set<string>(),
  };
  const range = { startMs: START_MS - 3_600_000, endMs: NOW_MS };
  const [only] = await pairStates({ pairs, range, nowMs: NOW_MS, looks, isSettled: true }, store.engine);
  if (only === undefined) throw new Error(`no pair of ${name}`);
  return only;
}

async function versions(name: string) {
  const range = { startMs: 0, endMs: NOW_MS + 86_400_000 };
  const { rows } = await replicationObjects({ range, bucket: name, limit: 10 }, store.engine);
  return rows.map(({ version_id: version, destination, status, latency_ms: latencyMs, reason }) => ({
    version,
    destination,
    status,
    latencyMs,
    reason,
  }));
}

async function steps(name: string, hours = 1): Promise<readonly Step[]> {
  const pairs = await readPairs({ bucket: name }, store.engine);
  const endMs = START_MS + hours * 3_600_000;
  const range = { startMs: START_MS, endMs };
  return (await replicationSteps(pairs, { range, nowMs: endMs }, store.engine)).steps;
}

describe('defects of the CRR Monitor that are not here', () => {
  test.each([
    ['multipart', 8000],
    ['copied', 5000],
  ])('%s objects are not dropped: they have a start, an end and a latency', async (name, latencyMs) => {
    expect(await versions(name)).toMatchObject([{ status: 'COMPLETED', latencyMs }]);
  });

  test('an overwrite does not hide the version before it', async () => {
    const found = await versions('overwritten');
    expect(found).toHaveLength(2);
    expect(found).toMatchObject([
      { version: 'v2', status: 'COMPLETED', latencyMs: 5000 },
      { version: 'v1', status: 'COMPLETED', latencyMs: 4000 },
    ]);
  });

  test('original and copy with different ETags are matched', async () => {
    expect(await versions('etags')).toMatchObject([{ status: 'COMPLETED', latencyMs: 3000 }]);
  });

  test('every destination has a state of its own', async () => {
    const found = (await versions('several')).map(({ destination, status }) => `${destination} ${status}`);
    expect(found.toSorted()).toEqual(['several-far PENDING', 'several-there COMPLETED']);
  });

  test('every rule is found, not the first alone, with prefix and tags, whatever the first one is', () => {
    const rule = (ID: string, Status: string, Filter: object) => ({
      ID,
      Status,
      Filter,
      Destination: { Bucket: 'arn:aws:s3:::copy' },
    });
    const document = JSON.stringify({
      Rules: [
        rule('first', 'Disabled', {}),
        rule('second', 'Enabled', { Prefix: 'a/' }),
        rule('third', 'Enabled', { Tag: { Key: 'k', Value: 'v' } }),
      ],
    });
    const found = rulesOf({ source: 's', document, targetSeconds: 900 });
    expect(found.map(({ ruleId, isEnabled }) => `${ruleId} ${isEnabled}`)).toEqual([
      'first false',
      'second true',
      'third true',
    ]);
  });

  test('a look that is refused removes nothing: the version stays, as one that cannot be told', async () => {
    expect(await versions('refused')).toMatchObject([{ status: 'UNKNOWN', reason: 'denied' }]);
    expect((await state('refused')).notes.join(' ')).toContain('cannot be told');
  });

  test('a failure counts once however often it is reported, and stands until it is mended', async () => {
    const { sums } = await state('again');
    expect(sums.failedObjects).toBe(1);
    const failures = (await steps('again', 3)).map((step) => step.failures);
    expect(failures.reduce((sum, count) => sum + count, 0)).toBe(1);
  });

  test('a failure counts when it happened, not when the object was written', async () => {
    const failures = (await steps('again')).map((step) => step.failures);
    // Written at 12:00:00, failed at 12:10:10.
    expect(failures.slice(0, 4)).toEqual([0, 0, 1, 0]);
  });

  test('what is pending for ever is told, with its age and bytes', async () => {
    const { verdict, sentence, rpoSeconds, overdueObjects } = await state('pending');
    expect({ verdict, rpoSeconds, overdueObjects }).toEqual({
      verdict: 'lagging',
      rpoSeconds: 3600,
      overdueObjects: 1,
    });
    expect(sentence).toBe('RPO now 1 h, target 15 min: 1 object, 1000 B waits.');
  });

  test('a copy that is a second older than its original divides nothing by zero', async () => {
    expect(await versions('skewed')).toMatchObject([{ status: 'COMPLETED', latencyMs: 0 }]);
    const [first] = await steps('skewed');
    // 1000 bytes in 0 + 1 seconds.
    expect(first === undefined ? undefined : replicationSpeed(first)).toBeCloseTo((1000 * 8) / 1024, 6);
  });

  test('delete markers are followed where the rule takes them', async () => {
    expect(await versions('marker')).toMatchObject([{ status: 'COMPLETED', latencyMs: 4000 }]);
  });

  test('the copy may be told of before the original', async () => {
    expect(await versions('reversed')).toMatchObject([{ status: 'COMPLETED', latencyMs: 7000 }]);
  });

  test('events that come twice count once', async () => {
    const { sums } = await state('overwritten');
    expect(sums.replicatedObjects).toBe(2);
    expect(sums.replicatedBytes).toBe(2000);
  });

  test('a source without failures has zeros, so that an alarm can end, however long nothing happens', async () => {
    const quiet = await steps('quiet');
    expect(quiet).toHaveLength(12);
    expect(quiet.every(({ failures, isKnown }) => failures === 0 && isKnown)).toBe(true);
  });

  test('rates are those of the CRR Monitor', () => {
    // 1,048,576 bytes in 9 s.
    expect(replicationSpeed({ replicatedObjects: 1, replicatedBytes: 1_048_576, elapsedSeconds: 9 })).toBe(
      819.2,
    );
  });
});

describe('five minutes are floored, never in the future', () => {
  test.each([
    ['2026-05-01T00:02:29Z', '2026-05-01T00:00:00Z'],
    ['2026-05-01T00:02:30Z', '2026-05-01T00:00:00Z'],
    ['2026-05-01T00:07:29Z', '2026-05-01T00:05:00Z'],
    ['2026-05-01T00:07:30Z', '2026-05-01T00:05:00Z'],
    ['2026-05-01T23:57:29Z', '2026-05-01T23:55:00Z'],
    ['2026-05-01T23:57:30Z', '2026-05-01T23:55:00Z'],
  ])('%s counts in %s', async (moment, start) => {
    const key = moment.replaceAll(/\W/g, '');
    const { engine } = store;
    await storePairs([{ source: key, destination: `${key}-there` }], engine);
    const time = moment.replace('T', ' ').replace('Z', '.000');
    await storeBatch(
      Number(key.slice(6, 8) + key.slice(9, 15)) + 10,
      [
        { ...put(0), bucket: `${key}-there`, key, event_time: time },
        { ...put(0), bucket: key, key, event_time: time },
      ] as StoredEvent[],
      engine,
    );
    await judgeOnce(engine);
    const rows = await engine.query<{ start: string }>(
      `select toString(time) as start from replication_5m where source = {key:String} and replicated_objects > 0`,
      { params: { key } },
    );
    expect(rows).toEqual([{ start: start.replace('T', ' ').replace('Z', '') }]);
  });
});
