/**
 * The pipeline under faults: channels fail, time out after they have taken a message, refuse, break and dawdle; the store
 * refuses before or after it has stored; the process dies between any two steps; the clock jumps; rows are read twice.
 * `SEED=<number>` runs one seed.
 */
import { expect, test } from 'vitest';
import { randomOf } from '../src/demo/random.ts';
import { silentLog } from '../src/lib/log.ts';
import { type Book, type Entry, KeptMarks } from '../src/notify/book.ts';
import type { AlarmState, Channel, Delivery, Notification } from '../src/notify/channel.ts';
import { Notifier, type NotifyStore } from '../src/notify/deliver.ts';
import type { Rules } from '../src/notify/rules.ts';
import { HOUR_MS, MemoryStore, MINUTE_MS, route, rules } from './notify-book.ts';

const NEVER = new AbortController().signal;
const START_MS = Date.UTC(2026, 4, 4);
const REPEAT_MS = HOUR_MS;
const ALARMS = ['a', 'b', 'c', 'd', 'e', 'f'];
const STATES: readonly AlarmState[] = ['OK', 'ALARM', 'INSUFFICIENT_DATA'];
const CHANNELS = ['chat', 'mail', 'pager'];
const STEPS = 120;
/** Of a pass: it waits for nothing but the store. */
const TURNS_MAX = 100;
const SEEDS =
  process.env['SEED'] === undefined
    ? Array.from({ length: 40 }, (_, index) => index + 1)
    : [Number(process.env['SEED'])];

const RULES: Rules = rules({
  acknowledging: ['pager'],
  routes: [
    route({
      name: 'first',
      goesOn: true,
      channels: ['chat'],
      groupBy: ['half'],
      states: STATES,
      repeatIntervalMs: REPEAT_MS,
      escalate: [{ afterMs: 20 * MINUTE_MS, channels: ['pager'] }],
    }),
    route({
      name: 'second',
      channels: ['mail'],
      groupBy: ['alarm'],
      states: STATES,
      repeatIntervalMs: REPEAT_MS,
    }),
  ],
});

/** One message that a receiver got, or refused. */
interface Receipt {
  readonly channel: string;
  readonly notification: Notification;
  /** When the store knew that it was delivered; nothing while it does not. */
  recordedMs?: number;
  /** The process that sent it, once the channel said that it was delivered. */
  deliveredBy?: object;
  readonly sentBy: object;
  readonly isRefused: boolean;
}

class World {
  readonly store = new MemoryStore();
  readonly receipts: Receipt[] = [];
  nowMs = START_MS;
  hasFaults = true;
  crashes = 0;
  readonly #random: () => number;
  #gates: (() => void)[] = [];
  #life = { isDead: false };
  #notifier: Notifier;

  constructor(seed: number) {
    this.#random = randomOf(seed);
    this.#notifier = this.#started();
  }

  chance(probability: number): boolean {
    return this.#random() < probability;
  }

  pick<Value>(values: readonly Value[]): Value {
    const value = values[Math.floor(this.#random() * values.length)];
    if (value === undefined) throw new Error('nothing to pick from');
    return value;
  }

  change(): void {
    const alarm = this.pick(ALARMS);
    this.changeTo(alarm, this.pick(STATES.filter((state) => state !== this.stateOf(alarm))));
  }

  stateOf(alarm: string): AlarmState {
    return this.store.transitions.findLast((one) => one.alarm === alarm)?.to ?? 'OK';
  }

  /** A time of its own for each transition, by which receivers tell them apart. */
  changeTo(alarm: string, to: AlarmState): void {
    const atMs = Math.floor(this.nowMs / 1000) * 1000 + this.store.transitions.length;
    this.store.change(alarm, to, { atMs, labels: { half: alarm < 'd' ? 'one' : 'two' } });
  }

  async pass(): Promise<void> {
    if (this.#life.isDead) this.#notifier = this.#started();
    const life = this.#life;
    let isOver = false;
    const passing = this.#notifier
      .pass(NEVER)
      .catch(() => undefined)
      .finally(() => {
        isOver = true;
      });
    for (let turns = 0; turns < TURNS_MAX && !isOver && !life.isDead; turns += 1) await turn();
    if (isOver) await passing;
    // What is being sent goes on for a while beside.
    for (let turns = 0; turns < 8 && !life.isDead; turns += 1) await turn();
  }

  async openGates(): Promise<void> {
    for (const open of this.#gates.splice(0)) open();
    await turn();
  }

  #started(): Notifier {
    const life = { isDead: false };
    this.#life = life;
    this.#gates = [];
    const channels = CHANNELS.map(
      (name): Channel => ({
        name,
        kind: 'webhook',
        send: (notification) => this.#send(name, notification, life),
      }),
    );
    const clock = { nowMs: () => this.nowMs, sleep: () => Promise.resolve() };
    return new Notifier(RULES, { store: this.#faulty(life), channels, clock, log: silentLog });
  }

  /** Dies here, perhaps: what is dead neither goes on nor fails. */
  async #mayDie(life: { isDead: boolean }, probability: number): Promise<void> {
    await turn();
    if (this.hasFaults && !life.isDead && this.chance(probability)) {
      life.isDead = true;
      this.crashes += 1;
    }
    if (life.isDead) await new Promise(() => undefined);
  }

  #faulty(life: { isDead: boolean }): NotifyStore {
    return {
      read: async (): Promise<Book> => {
        await this.#mayDie(life, 0.01);
        if (this.hasFaults && this.chance(0.03)) throw new Error('the engine refuses');
        const book = await this.store.read();
        const doubled = [...book.transitions, ...book.transitions.slice(0, 3)].sort(
          () => this.#random() - 0.5,
        );
        return { ...book, transitions: doubled };
      },
      append: async (entries) => {
        await this.#mayDie(life, 0.02);
        if (this.hasFaults && this.chance(0.03)) throw new Error('the engine refuses');
        await this.store.append(entries);
        this.#noteRecorded(entries);
        await this.#mayDie(life, 0.02);
        if (this.hasFaults && this.chance(0.03)) throw new Error('the engine answers too late');
      },
    };
  }

  async #send(channel: string, notification: Notification, life: { isDead: boolean }): Promise<Delivery> {
    await this.#mayDie(life, 0.02);
    if (this.hasFaults && this.chance(0.2)) await new Promise<void>((resolve) => this.#gates.push(resolve));
    if (this.hasFaults && this.chance(0.15))
      return { kind: 'failed', reason: 'no', ...(this.chance(0.2) ? { retryAfterMs: 90_000 } : {}) };
    if (this.hasFaults && !life.isDead && this.chance(0.03)) {
      this.receipts.push({ channel, notification, sentBy: life, isRefused: true });
      return { kind: 'refused', reason: 'no' };
    }
    if (this.hasFaults && this.chance(0.02)) throw new TypeError('a mistake of ours');
    await this.#mayDie(life, 0);
    const taken = this.hasFaults && this.chance(0.2) ? Math.floor(notification.alarms.length / 2) : 0;
    const alarms = notification.alarms.slice(0, taken === 0 ? undefined : taken);
    const receipt: Receipt = {
      channel,
      notification: { ...notification, alarms },
      sentBy: life,
      isRefused: false,
    };
    this.receipts.push(receipt);
    await this.#mayDie(life, 0.04);
    if (taken > 0) {
      receipt.deliveredBy = life;
      return { kind: 'failed', reason: 'HTTP 429', taken };
    }
    if (this.hasFaults && this.chance(0.05)) return { kind: 'failed', reason: 'no answer' };
    receipt.deliveredBy = life;
    return { kind: 'delivered', id: '' };
  }

  #noteRecorded(entries: readonly Entry[]): void {
    for (const entry of entries) {
      if (entry.kind !== 'delivered' && entry.kind !== 'refused') continue;
      const receipt = this.receipts.findLast(
        ({ channel, notification }) => channel === entry.channel && notification.id === entry.id,
      );
      if (receipt !== undefined) receipt.recordedMs = entry.atMs;
    }
  }
}

/** Lets everything go on that waits for nothing but its turn. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

async function live(world: World): Promise<void> {
  for (let step = 0; step < STEPS; step += 1) {
    if (world.chance(0.3)) world.change();
    if (world.chance(0.3)) await world.openGates();
    world.nowMs += world.pick([1, 10, 30, 120, 600]) * 1000;
    if (world.chance(0.02)) world.nowMs += world.pick([-3, -1, 1, 5]) * HOUR_MS;
    if (world.chance(0.02)) silenceSome(world);
    if (world.chance(0.1)) acknowledgeSome(world);
    await world.pass();
  }
  world.hasFaults = false;
  // A later step is never reached without an ALARM.
  for (const alarm of ALARMS) if (world.stateOf(alarm) === 'INSUFFICIENT_DATA') world.changeTo(alarm, 'OK');
  for (let pass = 0; pass < 100; pass += 1) {
    await world.openGates();
    world.nowMs += 4 * MINUTE_MS;
    await world.pass();
  }
}

function silenceSome(world: World): void {
  world.store.silences = [
    ...world.store.silences,
    {
      id: 's',
      match: [{ label: 'alarm', values: [world.pick(ALARMS)] }],
      startMs: world.nowMs,
      endMs: world.nowMs + 30 * MINUTE_MS,
      author: 'ada',
      reason: 'trying',
    },
  ];
}

function acknowledgeSome(world: World): void {
  const { store, nowMs } = world;
  const alarm = world.pick(ALARMS);
  const sequence = store.transitions.findLast((one) => one.alarm === alarm)?.sequence ?? 0;
  if (world.stateOf(alarm) !== 'ALARM') return;
  const said = { alarm, sequence, atMs: nowMs, endMs: nowMs + HOUR_MS, author: 'ada', reason: '' };
  store.acknowledgements = [...store.acknowledgements, said];
}

/** What of a channel's transitions was settled or refused, by alarm: nothing is received of it. */
function settledOf(channel: string, entries: readonly Entry[]): Set<string> {
  const marks = new KeptMarks();
  const found = new Set<string>();
  for (const entry of entries) {
    if (entry.channel === channel && (entry.kind === 'settled' || entry.kind === 'refused'))
      for (const { alarm, upTo } of entry.covers)
        for (
          let sequence = (marks.alarms.get(channel)?.get(alarm)?.upTo ?? 0) + 1;
          sequence <= upTo;
          sequence += 1
        )
          found.add(`${alarm} ${sequence}`);
    marks.add([entry]);
  }
  return found;
}

function lostOf({ store, receipts }: World): string[] {
  return CHANNELS.flatMap((channel) => {
    const settled = settledOf(channel, store.entries);
    const received = new Set(
      receipts
        .filter((one) => one.channel === channel && !one.isRefused)
        .flatMap(({ notification }) =>
          notification.alarms.flatMap(({ id, passed }) => passed.map(({ atMs }) => `${id} ${atMs}`)),
        ),
    );
    return store.transitions
      .filter(
        ({ alarm, sequence, atMs }) =>
          !settled.has(`${alarm} ${sequence}`) && !received.has(`${alarm} ${atMs}`),
      )
      .map(({ alarm, sequence, to }) => `${channel} was not told of #${sequence}: ${alarm} ${to}`);
  });
}

/**
 * Transitions received again although the store knew that they were, or the process that saw them delivered still lived;
 * and reminders that came too early.
 */
function repeatedOf({ receipts }: World): string[] {
  const known = new Map<string, Receipt>();
  const lastTold = new Map<string, number>();
  const found: string[] = [];
  for (const receipt of receipts) {
    const { channel, notification, recordedMs } = receipt;
    for (const { id, passed, state } of notification.alarms) {
      const place = `${channel} ${id}`;
      for (const { atMs } of receipt.isRefused ? [] : passed) {
        const before = known.get(`${place} ${atMs}`);
        const isKnown = before?.recordedMs !== undefined || before?.deliveredBy === receipt.sentBy;
        if (isKnown) found.push(`${place} was told twice of ${state}`);
        known.set(`${place} ${atMs}`, receipt);
      }
      if (notification.kind === 'acknowledgement') continue;
      const toldMs = lastTold.get(place);
      if (
        passed.length === 0 &&
        toldMs !== undefined &&
        Math.abs(notification.createdMs - toldMs) < REPEAT_MS
      )
        found.push(`${place} was reminded after ${(notification.createdMs - toldMs) / MINUTE_MS} min`);
      if (recordedMs === undefined) continue;
      if (state === 'ALARM') lastTold.set(place, recordedMs);
      else lastTold.delete(place);
    }
  }
  return found;
}

test('no transition is lost or skipped, and none told twice, whatever fails', {
  timeout: 60_000,
}, async () => {
  let [crashes, receipts, reminders, acknowledged] = [0, 0, 0, 0];
  for (const seed of SEEDS) {
    const world = new World(seed);
    await live(world);
    expect({ seed, lost: lostOf(world), repeated: repeatedOf(world) }).toEqual({
      seed,
      lost: [],
      repeated: [],
    });
    crashes += world.crashes;
    receipts += world.receipts.length;
    reminders += countOf('reminder', world);
    acknowledged += countOf('acknowledgement', world);
  }
  // Otherwise nothing was tried.
  expect(crashes).toBeGreaterThan(SEEDS.length);
  expect(receipts).toBeGreaterThan(20 * SEEDS.length);
  expect(reminders).toBeGreaterThan(SEEDS.length);
  expect(acknowledged).toBeGreaterThan(SEEDS.length / 4);
});

function countOf(kind: Notification['kind'], { receipts }: World): number {
  return receipts.filter(({ notification }) => notification.kind === kind).length;
}
