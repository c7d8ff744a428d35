/** The judge: every rule as a row, any order and repetition, a crash between any two statements, a cluster. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../src/engine/engine.ts';
import { openCluster } from '../src/engine/cluster.ts';
import { migrate } from '../src/engine/migrate.ts';
import { MIGRATIONS } from '../src/migrations.ts';
import { askToJudge } from '../src/monitors/replication/units.ts';
import { startNodes, unavailableReason } from './cluster-nodes/nodes.ts';
import { at, type Case, CASES, DEFAULT_PAIRS, type Expected } from './replication-cases.ts';
import {
  bound,
  dyingEngine,
  judgeOnce,
  openStore,
  type StoredEvent,
  type StoredPair,
  storeBatch,
  storeEvents,
  storeLoaded,
  storePairs,
  sumsBothWays,
} from './replication-store.ts';

/** The buckets of a case: in one store no two cases share any. */
function bucketOf(name: unknown, prefix: string): string {
  return `${prefix}-${name as string}`;
}

function eventsOf({ events, key = 'a' }: Case, prefix: string): StoredEvent[] {
  return events.map((event) => {
    const to = event.replication_destination_bucket;
    return {
      ...event,
      key,
      bucket: bucketOf(event.bucket, prefix),
      ...(to === undefined ? {} : { replication_destination_bucket: bucketOf(to, prefix) }),
    };
  });
}

function pairsOf(pairs: readonly StoredPair[], prefix: string): StoredPair[] {
  return pairs.map((pair) => ({
    ...pair,
    source: bucketOf(pair.source, prefix),
    destination: bucketOf(pair.destination, prefix),
  }));
}

interface Row {
  readonly source: string;
  readonly pair_id: string;
  readonly version_id: string;
  readonly status: string;
}

/** All states, by prefix of the buckets, without ticks and prefixes. */
async function statesOf(engine: Engine): Promise<Map<string, Row[]>> {
  const rows = await engine.query<Row>(
    'select * from replications order by source, pair_id, key, version_id',
  );
  const states = new Map<string, Row[]>();
  for (const row of rows) {
    const prefix = row.source.slice(0, row.source.lastIndexOf('-'));
    const plain = JSON.parse(JSON.stringify({ ...row, tick: undefined }).replaceAll(`${prefix}-`, '')) as Row;
    states.set(prefix, [...(states.get(prefix) ?? []), plain]);
  }
  return states;
}

function rowOf(expected: Expected, key: string): unknown {
  const { pair = '', version = 'v1' } = expected;
  const [source = 's', destination = ''] = pair === '' ? [] : pair.split('/');
  const moment = (seconds: number | undefined): string | null => (seconds === undefined ? null : at(seconds));
  return {
    source,
    pair_id: pair,
    key,
    version_id: version,
    destination,
    status: expected.status,
    reason: expected.reason ?? '',
    operation: expected.operation ?? '',
    written_at: moment(expected.written),
    replicated_at: moment(expected.replicated),
    seen_at: moment(expected.seen),
    failed_at: moment(expected.failed),
    latency_ms: expected.latencyMs ?? null,
    is_skewed: expected.isSkewed === true ? 1 : 0,
    is_delete_marker: expected.size === 0 && expected.operation === undefined ? 1 : 0,
    size_bytes: expected.size ?? 1000,
  };
}

const PREFIXES = CASES.map((_, index) => `case${String(index).padStart(2, '0')}`);

async function judgeCases(engine: Engine): Promise<void> {
  const prefixed = CASES.map((one, index) => ({ one, prefix: PREFIXES[index] ?? '' }));
  await storePairs(
    prefixed.flatMap(({ one, prefix }) => pairsOf(one.pairs ?? DEFAULT_PAIRS, prefix)),
    engine,
  );
  await storeBatch(
    1,
    prefixed.flatMap(({ one, prefix }) => eventsOf(one, prefix)),
    engine,
  );
  await judgeOnce(engine);
  const changed = prefixed.flatMap(({ one, prefix }) => pairsOf(one.later ?? [], prefix));
  await storePairs(changed, engine);
  await askToJudge({ buckets: changed.map(({ source }) => source), unit: 2 }, engine);
  await judgeOnce(engine);
}

describe('a version of which this is known', () => {
  let opened: Awaited<ReturnType<typeof openStore>>;
  let states: Map<string, Row[]>;
  beforeAll(async () => {
    opened = await openStore();
    await judgeCases(opened.engine);
    states = await statesOf(opened.engine);
  }, 120_000);
  afterAll(() => opened.close());

  test.each(CASES.map((one, index) => ({ ...one, prefix: PREFIXES[index] ?? '' })))(
    '$name',
    ({ prefix, expected, key = 'a' }) => {
      expect(states.get(prefix) ?? []).toEqual(expected.map((row) => rowOf(row, key)));
    },
  );

  test('the sums are those of the states', async () => {
    const { stored, recomputed } = await sumsBothWays(opened.engine);
    expect(stored.length).toBeGreaterThan(CASES.length);
    expect(stored).toEqual(recomputed);
  });
});

/** The events of all cases whose pairs never change, in buckets of the prefix. */
function steadyEvents(prefix: string): { events: StoredEvent[]; pairs: StoredPair[]; prefixes: string[] } {
  const steady = CASES.filter((one) => one.later === undefined);
  const named = steady.map((one, index) => ({ one, own: `${prefix}${String(index).padStart(2, '0')}` }));
  return {
    events: named.flatMap(({ one, own }) => eventsOf(one, own)),
    pairs: named.flatMap(({ one, own }) => pairsOf(one.pairs ?? DEFAULT_PAIRS, own)),
    prefixes: named.map(({ own }) => own),
  };
}

describe('whatever the way to the same evidence', () => {
  let opened: Awaited<ReturnType<typeof openStore>>;
  let batches = 100;
  beforeAll(async () => {
    opened = await openStore();
  }, 60_000);
  afterAll(() => opened.close());

  async function expectAsStated(prefixes: readonly string[]): Promise<void> {
    const states = await statesOf(opened.engine);
    const steady = CASES.filter((one) => one.later === undefined);
    for (const [index, { expected, key = 'a' }] of steady.entries()) {
      // What was the pair's on the way there, and is no longer, stays as NONE.
      const inForce = (states.get(prefixes[index] ?? '') ?? []).filter(({ status }) => status !== 'NONE');
      expect(inForce).toEqual(expected.map((row) => rowOf(row, key)));
    }
    const { stored, recomputed } = await sumsBothWays(opened.engine);
    expect(stored).toEqual(recomputed);
  }

  test('events in any order and repeated, judged in between, give the same states and sums', {
    timeout: 240_000,
  }, async () => {
    const { engine } = opened;
    let run = 0;
    const count = steadyEvents('').events.length;
    const order = fc.tuple(
      fc.shuffledSubarray([...Array(count).keys()], { minLength: count }),
      fc.array(fc.nat({ max: count - 1 }), { maxLength: 60 }),
      fc.integer({ min: 1, max: 4 }),
    );
    await fc.assert(
      fc.asyncProperty(order, async ([places, repeated, parts]) => {
        run += 1;
        const { events, pairs, prefixes } = steadyEvents(`any${run}-`);
        await storePairs(pairs, engine);
        const told = [...places, ...repeated]
          .map((place) => events[place])
          .filter((one) => one !== undefined);
        const size = Math.ceil(told.length / parts);
        for (let start = 0; start < told.length; start += size) {
          batches += 1;
          await storeBatch(batches, told.slice(start, start + size), engine);
          await judgeOnce(engine);
        }
        await expectAsStated(prefixes);
      }),
      { numRuns: 6, endOnFailure: true },
    );
  });

  test('a judge that dies between any two statements is finished by the next', {
    timeout: 240_000,
  }, async () => {
    const { engine } = opened;
    let deaths = 0;
    for (let dies = 0; ; dies += 1) {
      const { events, pairs, prefixes } = steadyEvents(`dead${dies}-`);
      await storePairs(pairs, engine);
      batches += 1;
      await storeBatch(
        batches,
        events.filter((_, index) => index % 2 === 0),
        engine,
      );
      await judgeOnce(engine);
      batches += 1;
      await storeBatch(batches, events, engine);
      const mortal = dyingEngine(engine, Math.floor(dies / 2), dies % 2 === 0 ? 'before' : 'after');
      const hasDied = await judgeOnce(mortal).then(
        () => false,
        () => true,
      );
      await judgeOnce(engine);
      await expectAsStated(prefixes);
      if (!hasDied) break;
      deaths += 1;
    }
    // Questions and statements of one start and one tick, each before and after it is done.
    expect(deaths).toBeGreaterThanOrEqual(2 * 8);
  });

  test('a unit is judged once its batch is in the ledger', async () => {
    const { engine } = opened;
    await storePairs([{ source: 'late-s', destination: 'late-d' }], engine);
    batches += 1;
    const event = {
      event_name: 'ObjectCreated:Put',
      event_time: at(0),
      key: 'a',
      version_id: 'v',
      bucket: 'late-s',
    };
    await storeEvents(batches, [event], engine);
    await judgeOnce(engine);
    expect((await statesOf(engine)).get('late')).toBeUndefined();
    await storeLoaded(batches, engine);
    await judgeOnce(engine);
    expect((await statesOf(engine)).get('late')).toMatchObject([{ status: 'PENDING' }]);
  });

  test('a unit too big for a tick is judged in slices, also when a judge is stopped in between', {
    timeout: 120_000,
  }, async () => {
    const { engine } = opened;
    await storePairs([{ source: 'big-s', destination: 'big-d' }], engine);
    await engine.command(
      `insert into object_events (batch_id, event_time, event_name, bucket, key, version_id, sequencer_padded, size_bytes)
       select 77, toDateTime64('2026-05-01 00:00:00', 3, 'UTC'), 'ObjectCreated:Put', 'big-s', toString(number), 'v', '1', 1
       from numbers(230000)`,
    );
    await storeLoaded(77, engine);
    const stop = new AbortController();
    const slow: Engine = {
      ...bound(engine),
      command: async (sql, options) => {
        await engine.command(sql, options);
        if (sql.startsWith('insert into replications_judged')) stop.abort();
      },
    };
    await judgeOnce(slow, stop.signal);
    const count =
      'select count() as n, sum(is_applied) as applied from replication_progress where has(units, 77)';
    expect(await engine.query(count)).toEqual([{ n: 1, applied: 1 }]);
    await judgeOnce(engine);
    expect(await engine.query(count)).toEqual([{ n: 3, applied: 3 }]);
    expect(
      await engine.query(
        "select count() as n, (select sum(pending_objects) from replication_5m where source = 'big-s') as pending from replications where source = 'big-s'",
      ),
    ).toEqual([{ n: 230_000, pending: 230_000 }]);
  });
});

describe('a cluster of two nodes', () => {
  const missing = unavailableReason();
  if (missing !== undefined) {
    test.skip(`left out: ${missing}`, () => {});
    return;
  }
  test('judges as the engine in this process does', { timeout: 180_000 }, async () => {
    const nodes = await startNodes(2);
    const engine = await openCluster({
      urls: nodes.urls,
      cluster: nodes.clusterName,
      database: 'judge',
      replicated: false,
    });
    try {
      await migrate(MIGRATIONS, engine);
      await judgeCases(engine);
      const states = await statesOf(engine);
      for (const [index, { expected, key = 'a' }] of CASES.entries()) {
        expect(states.get(PREFIXES[index] ?? '') ?? []).toEqual(expected.map((row) => rowOf(row, key)));
      }
      const { stored, recomputed } = await sumsBothWays(engine);
      expect(stored.length).toBeGreaterThan(CASES.length);
      expect(stored).toEqual(recomputed);
    } finally {
      await engine.close();
      await nodes.stop();
    }
  });
});
