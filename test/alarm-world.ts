/**
 * Alarms and notifications over the real engine in a world that fails: what is asked of the engine and what is sent wait for
 * their turn, a seeded random says whose it is and what becomes of it, and the process dies between any two of them.
 */
import { AlarmStore } from '../src/alarms/alarm-store.ts';
import { type Evaluator, openEvaluator } from '../src/alarms/evaluator.ts';
import { saveAcknowledgement, saveSilence } from '../src/alarms/silences.ts';
import type { Engine } from '../src/engine/engine.ts';
import { type Random, randomOf } from '../src/demo/random.ts';
import { Fault } from '../src/lib/fault.ts';
import { silentLog } from '../src/lib/log.ts';
import type { Channel, Delivery, Notification } from '../src/notify/channel.ts';
import { Notifier } from '../src/notify/deliver.ts';
import { EngineStore } from '../src/notify/engine-store.ts';
import { type Rules, WEEKDAYS } from '../src/notify/rules.ts';
import { Records } from './alarm-records.ts';
import { DEFINITIONS, Things } from './alarm-things.ts';
import { HOUR_MS, MINUTE_MS, route, rules } from './notify-book.ts';
import { bound } from './replication-store.ts';

export const START_MS = Date.parse('2026-11-21T12:00:00Z');
export const REPEAT_MS = HOUR_MS;
export const CHANNELS = ['chat', 'mail', 'letter', 'pager'];
const NEVER = new AbortController().signal;
const SETTLE_MS = 30_000;
const SECOND_MS = 1000;
/** Events of one step: more of them go round in circles. */
const EVENTS_MAX = 2_000;

/** `chat` is told all, `mail` the usual states but for twenty minutes after noon, `letter` all in digests, and `pager` what lasts. */
export const RULES: Rules = rules({
  routes: [
    route({
      name: 'first',
      goesOn: true,
      channels: ['chat'],
      groupBy: ['monitor'],
      states: ['OK', 'ALARM', 'INSUFFICIENT_DATA'],
      groupWaitMs: 2_000,
      repeatIntervalMs: REPEAT_MS,
      escalate: [{ afterMs: 20 * MINUTE_MS, channels: ['pager'] }],
    }),
    route({
      name: 'second',
      goesOn: true,
      channels: ['mail'],
      groupBy: ['alarm'],
      groupWaitMs: 0,
      repeatIntervalMs: REPEAT_MS,
      mute: ['lunch'],
    }),
    route({
      name: 'third',
      channels: ['letter'],
      states: ['OK', 'ALARM', 'INSUFFICIENT_DATA'],
      digest: { cron: '*/30 * * * *', timezone: 'UTC' },
    }),
  ],
  inhibit: [
    {
      source: [{ label: 'role', values: ['cause'] }],
      target: [{ label: 'role', values: ['effect'] }],
      equal: [],
    },
  ],
  muteTimes: {
    lunch: [{ weekdays: WEEKDAYS, fromMinute: 12 * 60 + 20, toMinute: 12 * 60 + 40, timezone: 'UTC' }],
  },
});

interface Life {
  isDead: boolean;
  readonly settledMs: number;
}

interface Waiting {
  readonly kind: 'engine' | 'send';
  readonly life: Life;
  readonly go: () => Promise<void>;
}

export class World {
  readonly records = new Records();
  /** Mistakes of ours: what was thrown that no fault explains. */
  readonly broken: unknown[] = [];
  readonly things: Things;
  hasFaults = true;
  crashes = 0;
  refusals = 0;
  nowMs = START_MS;
  latestMs = START_MS;
  readonly #random: Random;
  readonly #real: Engine;
  #waiting: Waiting[] = [];
  #life: Life = { isDead: true, settledMs: 0 };
  #evaluator: Evaluator | undefined;
  #notifier: Notifier | undefined;
  #store: EngineStore | undefined;
  #isEvaluating = false;
  #isPassing = false;
  #isRung = false;
  #said = 0;
  /** While it is above 0 every call of the engine fails. */
  #downCalls = 0;

  private constructor(seed: number, real: Engine) {
    this.#random = randomOf(seed);
    this.#real = real;
    this.things = new Things(this);
  }

  /** Over an emptied store in which every channel has been told something, once. */
  static async over(engine: Engine, seed: number): Promise<World> {
    for (const table of [
      'alarm_states',
      'alarm_transitions',
      'silences',
      'alarm_acknowledgements',
      'notifications',
    ])
      await engine.command(`truncate table ${table}`);
    const world = new World(seed, engine);
    const clock = world.#clock();
    await new EngineStore(CHANNELS, { engine, clock }).append(
      CHANNELS.map((channel) => ({
        kind: 'settled',
        atMs: START_MS,
        channel,
        why: 'told from here on',
        covers: [{ alarm: 'other', upTo: 0, state: 'OK' }],
      })),
    );
    return world;
  }

  chance(probability: number): boolean {
    return this.#random() < probability;
  }

  pick<Value>(values: readonly Value[]): Value {
    const value = values[Math.floor(this.#random() * values.length)];
    if (value === undefined) throw new Error('nothing to pick from');
    return value;
  }

  /** Time goes on, or jumps. */
  advance(ms: number): void {
    this.nowMs += ms;
    this.latestMs = Math.max(this.latestMs, this.nowMs);
  }

  /** Alarms are evaluated and told once, or not to the end. */
  async step(): Promise<void> {
    if (this.#life.isDead) this.#start();
    if (!this.hasFaults || this.chance(0.9)) this.#evaluate();
    if (!this.hasFaults || this.chance(0.7)) this.#isRung = true;
    await this.#drain();
  }

  /** Somebody mutes an alarm, or takes one on, for half an hour at most. */
  async say(): Promise<void> {
    const transition = this.pick(this.records.transitions);
    const said = { author: 'ada', reason: 'trying' };
    const endsMs = this.nowMs + this.pick([2, 10, 30]) * MINUTE_MS;
    this.#said += 1;
    if (this.chance(0.5)) {
      const { alarm, sequence } =
        this.records.transitions.findLast((one) => one.alarm === transition.alarm) ?? transition;
      await saveAcknowledgement({ alarm, sequence, atMs: this.nowMs, endsMs, ...said }, this.#real);
      return;
    }
    const silence = {
      id: `s${this.#said}`,
      matchers: [{ label: 'alarm', values: [transition.alarm] }],
      startsMs: this.nowMs,
      endsMs,
      createdMs: this.nowMs,
    };
    await saveSilence({ ...silence, ...said }, this.nowMs, this.#real);
  }

  /** What is known in memory, and what the store says to the next process. */
  async books(): Promise<readonly unknown[]> {
    const next = new EngineStore(CHANNELS, { engine: this.#real, clock: this.#clock() });
    const [here, there] = [this.#store?.read(), next.read()];
    await this.#drain();
    return [marksOf(await here), marksOf(await there)];
  }

  #start(): void {
    const life: Life = { isDead: false, settledMs: this.nowMs + SETTLE_MS };
    this.#life = life;
    this.#waiting = [];
    this.#isEvaluating = false;
    this.#isPassing = false;
    const engine = this.#failing(life);
    const clock = this.#clock();
    this.#evaluator = openEvaluator(
      { definitions: DEFINITIONS, settledMs: () => life.settledMs },
      {
        feeds: [this.things.feed],
        metrics: this.things.metrics,
        store: new AlarmStore(engine),
        clock,
        onTransitions: () => {
          this.#isRung = true;
        },
      },
    );
    const channels = CHANNELS.map(
      (name): Channel => ({
        name,
        kind: 'webhook',
        send: (notification) => this.#turn('send', life, () => this.#received(name, notification, life)),
      }),
    );
    this.#store = new EngineStore(CHANNELS, { engine, clock });
    this.#notifier = new Notifier(RULES, { store: this.#store, channels, clock, log: silentLog });
  }

  #evaluate(): void {
    if (this.#isEvaluating || this.#evaluator === undefined) return;
    const life = this.#life;
    this.#isEvaluating = true;
    this.#evaluator
      .run(NEVER)
      .catch((error: unknown) => this.#note(error))
      .finally(() => {
        if (life === this.#life) this.#isEvaluating = false;
      });
  }

  #pass(): void {
    if (this.#isPassing || !this.#isRung || this.#notifier === undefined) return;
    const life = this.#life;
    this.#isRung = false;
    this.#isPassing = true;
    this.#notifier
      .pass(NEVER)
      .catch((error: unknown) => this.#note(error))
      .finally(() => {
        if (life === this.#life) this.#isPassing = false;
      });
  }

  #note(error: unknown): void {
    if (!(error instanceof Fault)) this.broken.push(error);
  }

  /** Gives one after the other of those that wait its turn, until both jobs are at rest; a send may wait longer. */
  async #drain(): Promise<void> {
    for (let event = 0; event < EVENTS_MAX; event += 1) {
      this.#pass();
      await allRested();
      if (this.#life.isDead) return;
      if (this.#isRung && !this.#isPassing) continue;
      const calls = this.#waiting.filter(({ kind }) => kind === 'engine');
      const isOver = !this.#isEvaluating && !this.#isPassing && calls.length === 0;
      if (isOver && (this.#waiting.length === 0 || (this.hasFaults && this.chance(0.3)))) return;
      const next = this.pick(calls.length > 0 && this.chance(0.8) ? calls : this.#waiting);
      this.#waiting = this.#waiting.filter((one) => one !== next);
      await next.go();
      if (this.hasFaults) this.advance(this.pick([0, 0, 1, 40, 700]));
    }
    throw new Error('it never comes to rest');
  }

  #turn<Result>(kind: Waiting['kind'], life: Life, act: () => Promise<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      const go = async (): Promise<void> => {
        if (this.#dies(life, 0.006)) return;
        try {
          const result = await act();
          if (!this.#dies(life, 0.006)) resolve(result);
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      };
      this.#waiting.push({ kind, life, go });
    });
  }

  /** What is dead neither goes on nor fails. */
  #dies(life: Life, probability: number): boolean {
    if (this.hasFaults && !life.isDead && this.chance(probability)) {
      life.isDead = true;
      this.crashes += 1;
    }
    return life.isDead;
  }

  #failing(life: Life): Engine {
    const real = bound(this.#real);
    return {
      ...real,
      query: (sql, options) =>
        this.#turn('engine', life, () => this.#refused(() => real.query(sql, options))),
      insertRows: (insert, options) =>
        this.#turn('engine', life, () =>
          this.#refused(async () => {
            await real.insertRows(insert, options);
            this.records.stored(insert.table, insert.rows);
          }),
        ),
    };
  }

  /** Fails before it is done or, which looks the same, after. */
  async #refused<Result>(call: () => Promise<Result>): Promise<Result> {
    if (this.hasFaults && this.#downCalls === 0 && this.chance(0.004)) this.#downCalls = 30;
    this.#downCalls = this.hasFaults ? Math.max(0, this.#downCalls - 1) : 0;
    const fault = new Fault('unavailable', 'The engine refuses.');
    if (this.#downCalls > 0 || (this.hasFaults && this.chance(0.02))) {
      this.refusals += 1;
      throw fault;
    }
    const result = await call();
    if (this.hasFaults && this.chance(0.02)) {
      this.refusals += 1;
      throw fault;
    }
    return result;
  }

  async #received(channel: string, notification: Notification, life: Life): Promise<Delivery> {
    const isRefused = this.hasFaults && this.chance(0.03);
    const fails = this.hasFaults && !isRefused;
    if (fails && this.chance(0.1)) return { kind: 'failed', reason: 'HTTP 503' };
    if (fails && this.chance(0.03))
      return { kind: 'failed', reason: 'HTTP 429', retryAfterMs: 90 * SECOND_MS };
    if (fails && this.chance(0.05)) {
      this.advance(10 * SECOND_MS);
      return { kind: 'failed', reason: 'no answer for 10 s' };
    }
    const receipt = this.records.received({ channel, notification, isRefused, sentBy: life });
    if (isRefused) return { kind: 'refused', reason: 'HTTP 400' };
    if (fails && this.chance(0.06)) return { kind: 'failed', reason: 'the answer was lost' };
    if (this.#dies(life, 0.02)) return { kind: 'delivered', id: '' };
    receipt.deliveredTo = life;
    return { kind: 'delivered', id: '' };
  }

  #clock() {
    return { nowMs: () => this.nowMs, sleep: () => Promise.resolve() };
  }
}

function marksOf(book: Awaited<ReturnType<EngineStore['read']>> | undefined): unknown {
  const plain = (all: ReadonlyMap<string, ReadonlyMap<string, unknown>>): unknown =>
    Object.fromEntries([...all].map(([channel, inner]) => [channel, Object.fromEntries(inner)]));
  if (book === undefined) return book;
  const { alarms, groups, tried } = book.marks;
  return { alarms: plain(alarms), groups: plain(groups), tried: plain(tried) };
}

/** Resolves when all that waits for nothing but its turn has gone on. */
function allRested(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
