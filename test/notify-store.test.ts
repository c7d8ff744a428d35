/** One contract for what notifications are kept in: the engine, and the memory that other suites use. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ALARMS_MIGRATIONS } from '../src/alarms/migrations.ts';
import { openCluster } from '../src/engine/cluster.ts';
import type { Engine } from '../src/engine/engine.ts';
import { migrate } from '../src/engine/migrate.ts';
import { silentLog } from '../src/lib/log.ts';
import { NOTIFY_MIGRATIONS } from '../src/notify/migrations.ts';
import type { Book, Claim, Entry } from '../src/notify/book.ts';
import type { AlarmState, Channel, Notification } from '../src/notify/channel.ts';
import { Notifier, type NotifyStore } from '../src/notify/deliver.ts';
import { EngineStore } from '../src/notify/engine-store.ts';
import { evidenceText } from '../src/notify/stored-transitions.ts';
import { storeAcknowledgement, storeSilence, storeTransition } from './alarm-table-rows.ts';
import { HOUR_MS, MemoryStore, MINUTE_MS, route, rules } from './notify-book.ts';
import { ALARM_NOTIFICATION } from './notify-samples.ts';
import { openStore } from './replication-store.ts';
import { startNodes, unavailableReason } from './cluster-nodes/nodes.ts';

const NEVER = new AbortController().signal;
const NOW_MS = Date.UTC(2026, 10, 21, 12);
const CHANNELS = ['ops', 'pager'];
const TABLES = ['alarm_transitions', 'silences', 'alarm_acknowledgements', 'notifications'];
const clock = { ms: NOW_MS, nowMs: () => clock.ms, sleep: () => Promise.resolve() };
let engine: Engine;
let opened: Awaited<ReturnType<typeof openStore>>;

beforeAll(async () => {
  opened = await openStore();
  ({ engine } = opened);
});
afterAll(() => opened.close());

/** A store, and how people and alarms get into it. */
interface Case {
  readonly store: NotifyStore;
  /** The store as the next process finds it. */
  readonly reopened: () => NotifyStore;
  readonly change: (alarm: string, to: AlarmState, atMs?: number) => Promise<number>;
  readonly acknowledge: (alarm: string, sequence: number) => Promise<void>;
  readonly silence: (id: string, endMs: number) => Promise<void>;
}

async function engineCase(over: Engine = engine): Promise<Case> {
  for (const table of TABLES) await over.command(`truncate table ${table}`);
  const states = new Map<string, AlarmState>();
  let sequence = 0;
  const reopened = () => new EngineStore(CHANNELS, { engine: over, clock });
  return {
    store: reopened(),
    reopened,
    change: async (alarm, to, atMs = NOW_MS) => {
      sequence += 1;
      const from = states.get(alarm) ?? 'OK';
      states.set(alarm, to);
      await storeTransition({ sequence, alarm, from, to, atMs }, over);
      return sequence;
    },
    acknowledge: (alarm, said) =>
      storeAcknowledgement({ alarm, sequence: said, atMs: NOW_MS, endMs: NOW_MS + HOUR_MS }, over),
    silence: (id, endMs) => storeSilence({ id, bucket: 'vault', startMs: NOW_MS - HOUR_MS, endMs }, over),
  };
}

async function memoryCase(): Promise<Case> {
  const store = new MemoryStore(CHANNELS);
  return {
    store,
    reopened: () => store,
    change: async (alarm, to, atMs = NOW_MS) => store.change(alarm, to, { atMs }).sequence,
    acknowledge: async (alarm, sequence) => {
      const said = { alarm, sequence, atMs: NOW_MS, endMs: NOW_MS + HOUR_MS, author: 'bob', reason: '' };
      store.acknowledgements.push(said);
    },
    silence: async (id, endMs) => {
      const match = [{ label: 'bucket', values: ['vault'] }];
      store.silences.push({ id, match, startMs: NOW_MS - HOUR_MS, endMs, author: 'alice', reason: 'a move' });
    },
  };
}

function settled(channel: string, alarm: string, upTo: number, state: AlarmState = 'ALARM'): Entry {
  return { kind: 'settled', atMs: NOW_MS, channel, why: 'no', covers: [{ alarm, upTo, state }] };
}

function claim(channel: string, alarm: string, upTo: number, given: Partial<Claim> = {}): Claim {
  const covers = [{ alarm, upTo, state: 'ALARM' as const }];
  return {
    atMs: NOW_MS,
    channel,
    group: 'g',
    attempt: 1,
    notification: ALARM_NOTIFICATION,
    covers,
    ...given,
  };
}

function outcome(
  kind: 'delivered' | 'refused' | 'failed',
  { channel, group, attempt, covers, notification, atMs }: Claim,
): Entry {
  const common = { channel, group, attempt, covers, atMs: atMs + 500, id: notification.id };
  switch (kind) {
    case 'delivered':
      return { kind, ...common, providerId: 'p-1' };
    case 'refused':
      return { kind, ...common, reason: 'no such room' };
    case 'failed':
      return { kind, ...common, reason: 'HTTP 503', retryAfterMs: 7000 };
  }
}

function sequencesOf(book: Book): number[] {
  return [...new Set(book.transitions.map(({ sequence }) => sequence))].sort((left, right) => left - right);
}

function marksOf({ marks }: Book) {
  const plain = <Mark>(all: ReadonlyMap<string, ReadonlyMap<string, Mark>>) =>
    Object.fromEntries([...all].map(([channel, inner]) => [channel, Object.fromEntries(inner)]));
  const channels = Object.fromEntries(marks.channels);
  return { alarms: plain(marks.alarms), groups: plain(marks.groups), tried: plain(marks.tried), channels };
}

/** The same twice: in the process that wrote it, and in the next. */
async function bothBooks({ store, reopened }: Case): Promise<Book> {
  const book = await store.read();
  const next = await reopened().read();
  expect(marksOf(next)).toEqual(marksOf(book));
  expect(sequencesOf(next)).toEqual(sequencesOf(book));
  return book;
}

describe.each([
  ['the engine', () => engineCase()],
  ['memory', memoryCase],
] as const)('%s', (_name, open) => {
  /** Read once, so that what follows is kept up to date rather than read anew. */
  async function begun(): Promise<Case> {
    const one = await open();
    expect(sequencesOf(await one.store.read())).toEqual([]);
    return one;
  }

  test('of an alarm without marks everything is there', async () => {
    const one = await begun();
    await one.change('a', 'ALARM');
    await one.change('b', 'ALARM');
    await one.change('a', 'OK');
    const book = await bothBooks(one);
    expect(sequencesOf(book)).toEqual([1, 2, 3]);
    expect(marksOf(book)).toEqual({ alarms: {}, groups: {}, tried: {}, channels: {} });
    expect(book.transitions.find(({ sequence }) => sequence === 1)).toMatchObject({
      alarm: 'a',
      from: 'OK',
      to: 'ALARM',
      atMs: NOW_MS,
      severity: 'warning',
    });
  });

  test('what every channel knows is not asked for, but the last one always is', async () => {
    const one = await begun();
    for (const to of ['ALARM', 'OK', 'ALARM', 'OK'] as const) await one.change('a', to);
    await one.store.append([settled('ops', 'a', 2, 'OK'), settled('pager', 'a', 4, 'OK')]);
    expect(sequencesOf(await bothBooks(one))).toEqual([3, 4]);
    await one.store.append([settled('ops', 'a', 4, 'OK')]);
    expect(sequencesOf(await bothBooks(one))).toEqual([4]);
    await one.change('a', 'ALARM');
    expect(sequencesOf(await bothBooks(one))).toEqual([5]);
  });

  test('two who read at the same time get each transition once', async () => {
    const one = await begun();
    await one.change('a', 'ALARM');
    await one.change('a', 'OK');
    const books = await Promise.all([one.store.read(), one.store.read()]);
    expect(books.map(({ transitions }) => transitions.map(({ sequence }) => sequence))).toEqual([
      [1, 2],
      [1, 2],
    ]);
  });

  test('a channel that is gone holds nothing back', async () => {
    const one = await begun();
    for (const to of ['ALARM', 'OK', 'ALARM'] as const) await one.change('a', to);
    await one.store.append([settled('gone', 'a', 1), settled('ops', 'a', 3), settled('pager', 'a', 3)]);
    expect(sequencesOf(await bothBooks(one))).toEqual([3]);
  });

  test('all since an acknowledgement is there', async () => {
    const one = await begun();
    const said = await one.change('a', 'ALARM');
    await one.acknowledge('a', said);
    await one.change('a', 'OK');
    await one.change('a', 'ALARM');
    await one.store.append([settled('ops', 'a', 3), settled('pager', 'a', 3)]);
    const book = await bothBooks(one);
    expect(sequencesOf(book)).toEqual([2, 3]);
    expect(book.acknowledgements).toMatchObject([{ alarm: 'a', sequence: said, author: 'bob' }]);
  });

  test('silences are there while they last, and while what they held is not told', async () => {
    const one = await begun();
    await one.silence('now', NOW_MS + HOUR_MS);
    await one.silence('over', NOW_MS - MINUTE_MS);
    await one.change('a', 'ALARM', NOW_MS - 2 * MINUTE_MS);
    const { silences } = await bothBooks(one);
    expect(silences.map(({ id }) => id).sort()).toEqual(['now', 'over']);
    expect(silences.find(({ id }) => id === 'now')).toMatchObject({
      match: [{ label: 'bucket', values: ['vault'] }],
      startMs: NOW_MS - HOUR_MS,
      endMs: NOW_MS + HOUR_MS,
      author: 'alice',
    });
  });

  const told = claim('ops', 'a', 1);
  const again = claim('ops', 'a', 1, { attempt: 2, atMs: NOW_MS + 10_000 });
  test.each<[string, Entry[]]>([
    ['claimed', [{ kind: 'claimed', ...told }]],
    ['failed', [{ kind: 'claimed', ...told }, outcome('failed', told)]],
    ['delivered', [{ kind: 'claimed', ...told }, outcome('delivered', told)]],
    ['refused', [{ kind: 'claimed', ...told }, outcome('refused', told)]],
    ['failed, then claimed', [outcome('failed', told), { kind: 'claimed', ...again }]],
    ['delivered, then settled', [outcome('delivered', told), settled('ops', 'a', 2)]],
    ['delivered, then over', [outcome('delivered', told), settled('ops', 'a', 2, 'OK')]],
    ['over, then delivered', [settled('ops', 'a', 0, 'OK'), outcome('delivered', told)]],
    ['settled late', [settled('ops', 'a', 5, 'OK'), outcome('delivered', told)]],
    ['delivered, then claimed', [outcome('delivered', told), { kind: 'claimed', ...again }]],
    ['delivered twice', [outcome('delivered', told), outcome('delivered', told)]],
    ['refused after a failure', [outcome('failed', told), outcome('refused', again)]],
    ['failed after a delivery', [outcome('delivered', told), outcome('failed', again)]],
    ['delivered after a failure', [outcome('failed', told), outcome('delivered', again)]],
  ])('marks of what was %s', async (_what, entries) => {
    const one = await begun();
    for (const entry of entries) await one.store.append([entry]);
    const memory = new MemoryStore();
    await memory.append(entries);
    expect(marksOf(await bothBooks(one))).toEqual(marksOf(await memory.read()));
  });

  test('failures and refusals of a channel count since its last delivery, each once', async () => {
    const one = await begun();
    const third = claim('ops', 'b', 2);
    const failed = outcome('failed', again);
    const entries = [
      outcome('failed', told),
      outcome('delivered', told),
      failed,
      failed,
      outcome('refused', third),
    ];
    for (const entry of entries) await one.store.append([entry]);
    const { channels } = marksOf(await bothBooks(one));
    expect(channels).toMatchObject({ ops: { failuresInRow: 2, triedMs: third.atMs + 500 } });
    expect(channels['ops']?.reason).not.toBe('');
  });

  test('several at once are folded in their order', async () => {
    const one = await begun();
    await one.store.append([settled('ops', 'a', 1), settled('ops', 'a', 2, 'OK'), settled('ops', 'b', 1)]);
    expect(marksOf(await bothBooks(one)).alarms).toEqual({
      ops: { a: { upTo: 2, state: 'OK' }, b: { upTo: 1, state: 'ALARM' } },
    });
  });
});

describe('the engine alone', () => {
  test('all of an append are stored, or none', async () => {
    const { store, reopened } = await engineCase();
    const tooMuch = settled('ops', 'b', -1);
    await expect(store.append([settled('ops', 'a', 1), tooMuch])).rejects.toThrow();
    expect(marksOf(await store.read())).toEqual(marksOf(await reopened().read()));
    expect(marksOf(await store.read()).alarms).toEqual({});
    await store.append([settled('ops', 'a', 1)]);
    expect(marksOf(await store.read()).alarms).toEqual({ ops: { a: { upTo: 1, state: 'ALARM' } } });
  });

  test('a transition that is seen after a later one is not lost', async () => {
    const { store } = await engineCase();
    const change = (sequence: number, alarm: string) =>
      storeTransition({ sequence, alarm, from: 'OK', to: 'ALARM', atMs: NOW_MS }, engine);
    await change(1, 'a');
    await store.read();
    await change(3, 'c');
    expect(sequencesOf(await store.read())).toEqual([1, 3]);
    await change(2, 'b');
    expect(sequencesOf(await store.read())).toEqual([1, 2, 3]);
    await change(5, 'a');
    await store.read();
    clock.ms += MINUTE_MS;
    expect(sequencesOf(await store.read())).toEqual([1, 2, 3, 5]);
    await change(6, 'b');
    expect(sequencesOf(await store.read())).toEqual([1, 2, 3, 5, 6]);
    clock.ms = NOW_MS;
  });

  test('the same append again is stored once', async () => {
    const { store } = await engineCase();
    await store.append([outcome('delivered', claim('ops', 'a', 1))]);
    await store.append([outcome('delivered', claim('ops', 'a', 1))]);
    expect(await engine.query('select count() as rows from notifications')).toEqual([{ rows: 1 }]);
  });

  test('of an alarm that nobody can be told of, as many are kept as are read after a restart', async () => {
    const { store, reopened } = await engineCase();
    await store.read();
    await engine.command(
      `insert into alarm_transitions (alarm, revision, sequence, at, state, severity)
       select 'a', number + 1, number + 1, now64(3), if(number % 2, 'OK', 'ALARM'), 'info' from numbers(205)`,
    );
    const sequences = Array.from({ length: 200 }, (_, index) => index + 6);
    expect(sequencesOf(await store.read())).toEqual(sequences);
    expect(sequencesOf(await reopened().read())).toEqual(sequences);
  });

  test('an empty state before is OK; numbers and evidence are texts', async () => {
    const { store } = await engineCase();
    await storeTransition({ sequence: 1, alarm: 'a', from: 'OK', to: 'ALARM', atMs: NOW_MS }, engine);
    await engine.command(
      `insert into alarm_transitions (alarm, revision, sequence, at, state, severity, numbers, evidence)
       values ('b', 1, 2, now64(3), 'ALARM', 'info', {'age_hours': 1234.56789, 'gone': nan}, ['{"key":"a/b","size_bytes":12,"etag":null}', 'plain'])`,
    );
    const { transitions } = await store.read();
    expect(transitions.map(({ from }) => from)).toEqual(['OK', 'OK']);
    expect(transitions[1]).toMatchObject({
      numbers: [{ name: 'age', value: '51.4 d' }],
      evidence: ['key a/b, size 12 B', 'plain'],
    });
  });

  test.each([
    ['{"a":1,"b":"x"}', 'a 1, b x'],
    ['[1,2]', '[1,2]'],
    ['{"a":{"b":1}}', 'a {"b":1}'],
    ['{"at":"2026-11-21T02:30:05.000Z","tookMs":12.5}', 'at 2026-11-21 02:30:05 UTC, took 12.5 ms'],
    ['{"http_status":503,"error_code":"Slow_Down"}', 'http status 503, error code Slow_Down'],
    ['{broken', '{broken'],
    ['', ''],
  ])('evidenceText(%s)', (json, text) => {
    expect(evidenceText(json)).toBe(text);
  });
});

test('a process that dies between claim and record repeats that message, and no other', async () => {
  const { store, reopened, change } = await engineCase();
  const received: string[] = [];
  const channel: Channel = {
    name: 'ops',
    kind: 'webhook',
    send: async ({ id, alarms }: Notification) => {
      received.push(`${id} ${alarms.map((alarm) => alarm.id).join()}`);
      return { kind: 'delivered', id: '' };
    },
  };
  const given = rules({ routes: [route({ groupBy: ['alarm'], groupWaitMs: 0 })] });
  const notifier = (over: NotifyStore) =>
    new Notifier(given, { store: over, channels: [channel], clock, log: silentLog });
  const passed = async (one: Notifier): Promise<void> => {
    await one.pass(NEVER);
    await one.idle();
  };
  clock.ms = NOW_MS;
  await store.append([settled('ops', 'other', 0, 'OK')]);
  await change('a', 'ALARM');
  await passed(notifier(store));
  expect(received).toHaveLength(1);

  await change('b', 'ALARM');
  const dying = dyingAfter('claimed', store);
  await notifier(dying.store).pass(NEVER);
  await dying.isDead;
  expect(received.map((line) => line.split(' ')[1])).toEqual(['a', 'b']);

  const next = notifier(reopened());
  await passed(next);
  expect(received).toHaveLength(2);
  clock.ms += 10_000;
  await passed(next);
  await passed(next);
  expect(received.slice(2)).toEqual([received[1]]);
});

/** Takes what is claimed, and is never heard of again when the outcome comes. */
function dyingAfter(kind: Entry['kind'], store: NotifyStore) {
  let die = (): void => undefined;
  const isDead = new Promise<void>((resolve) => {
    die = resolve;
  });
  let hasSeen = false;
  const dying: NotifyStore = {
    read: () => store.read(),
    append: async (entries) => {
      if (hasSeen) {
        die();
        await new Promise(() => undefined);
      }
      await store.append(entries);
      hasSeen = entries.some((entry) => entry.kind === kind);
    },
  };
  return { store: dying, isDead };
}

describe('on a cluster', () => {
  const reason = unavailableReason();
  if (reason !== undefined) {
    test.skip(reason, () => undefined);
    return;
  }
  test('a book is as it is in this process', { timeout: 120_000 }, async () => {
    const nodes = await startNodes(2);
    const { urls, clusterName: cluster } = nodes;
    const over = await openCluster({ urls, cluster, database: 'notify', replicated: false });
    try {
      await migrate([...ALARMS_MIGRATIONS, ...NOTIFY_MIGRATIONS], over);
      const [far, near] = [await bookOf(await engineCase(over)), await bookOf(await engineCase())];
      expect(far).toEqual(near);
      expect(far.sequences).toEqual([2, 3, 4, 6]);
    } finally {
      await over.close();
      await nodes.stop();
    }
  });
});

/** Of alarms that are told in part, acknowledged and silenced. */
async function bookOf(one: Case) {
  await one.store.read();
  for (const to of ['ALARM', 'OK', 'ALARM'] as const) await one.change('a', to);
  await one.change('b', 'ALARM');
  for (const to of ['ALARM', 'OK'] as const) await one.change('c', to);
  await one.acknowledge('a', 1);
  await one.silence('s', NOW_MS + HOUR_MS);
  await one.store.append([
    ...['a', 'c'].flatMap((alarm) => [settled('ops', alarm, 6, 'OK'), settled('pager', alarm, 6, 'OK')]),
    { kind: 'claimed', ...claim('ops', 'b', 0) },
  ]);
  await one.store.append([outcome('delivered', claim('ops', 'b', 0))]);
  const book = await bothBooks(one);
  return { ...book, sequences: sequencesOf(book), marks: marksOf(book) };
}
