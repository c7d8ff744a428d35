/** What the alarms of the simulation are about: points, statuses and deadlines that a seeded random changes. */
import { alarmId } from '../src/alarms/alarm-id.ts';
import type { AlarmDefinition } from '../src/alarms/definition.ts';
import type { AlarmFeed, FeedReading, MetricReader, MetricReading } from '../src/alarms/feed.ts';
import type { MetricRule } from '../src/alarms/metric-rule.ts';
import { Fault } from '../src/lib/fault.ts';
import { MINUTE_MS } from './notify-book.ts';

const BASE = { title: '{thing}', severity: 'warning', firstStep: '' } as const;

function metric(id: string, rule: Partial<MetricRule>): AlarmDefinition {
  return {
    ...BASE,
    id,
    labels: { monitor: 'load' },
    rule: {
      kind: 'metric',
      metric: 'Load',
      statistic: 'Maximum',
      periodMs: MINUTE_MS,
      evaluationPeriods: 1,
      datapointsToAlarm: 1,
      limit: { kind: 'threshold', operator: 'GreaterThanThreshold', threshold: 80, recoveryThreshold: 60 },
      missing: 'missing',
      ...rule,
    },
  };
}

const METRICS = [
  metric('load', {}),
  metric('load-often', { evaluationPeriods: 3, datapointsToAlarm: 2, missing: 'breaching' }),
  metric('load-calm', { evaluationPeriods: 2, recoveryPeriods: 2, missing: 'notBreaching' }),
  metric('load-kept', { missing: 'ignore' }),
];
const BAD: AlarmDefinition = {
  ...BASE,
  id: 'bad',
  labels: { monitor: 'things', role: 'effect' },
  rule: { kind: 'status', alarmOn: ['bad'], okOn: ['ok'] },
};
const HELD: AlarmDefinition = {
  ...BASE,
  id: 'held',
  labels: { monitor: 'things' },
  rule: { kind: 'status', alarmOn: ['bad'], okOn: ['ok'], holdMs: 2 * MINUTE_MS },
};
const DUE: AlarmDefinition = {
  ...BASE,
  id: 'due',
  labels: { monitor: 'things' },
  rule: { kind: 'deadline', graceMs: 30_000 },
};
const COMPOSITES: readonly AlarmDefinition[] = [
  {
    ...BASE,
    id: 'cause',
    labels: { role: 'cause' },
    rule: { kind: 'composite', rule: 'ALARM(bad) AND ALARM(due)' },
  },
  { ...BASE, id: 'over', labels: {}, rule: { kind: 'composite', rule: 'ALARM(cause) OR NOT OK(load)' } },
  {
    ...BASE,
    id: 'page',
    labels: {},
    rule: {
      kind: 'composite',
      rule: 'ALARM(bad)',
      suppressor: { alarm: 'due', waitMs: MINUTE_MS, extensionMs: MINUTE_MS },
    },
  },
];

export const DEFINITIONS: readonly AlarmDefinition[] = [...METRICS, BAD, HELD, DUE, ...COMPOSITES];

const HOSTS = ['h1', 'h2'];
const THINGS = ['a', 'b', 'c', 'd'];
const VALUES = { low: 10, middle: 70, high: 90 } as const;
const STATUSES = ['ok', 'ok', 'bad', 'bad', 'odd', 'gone'];

/** How the world decides. */
interface Fate {
  readonly nowMs: number;
  readonly hasFaults: boolean;
  chance(probability: number): boolean;
  pick<Value>(values: readonly Value[]): Value;
}

/** A point, and from when on it can be read. */
interface Point {
  readonly startMs: number;
  readonly value: number;
  readonly readableMs: number;
}

interface Thing {
  status: string;
  sinceMs: number;
  dueMs: number;
  metMs?: number;
}

export class Things {
  readonly #fate: Fate;
  readonly #levels = new Map<string, keyof typeof VALUES>(HOSTS.map((host) => [host, 'low']));
  readonly #points = new Map<string, Map<number, Point>>(HOSTS.map((host) => [host, new Map()]));
  readonly #things = new Map<string, Thing>();
  /** Until then nothing can be read. */
  #blindMs = { feed: 0, metrics: 0 };

  constructor(fate: Fate) {
    this.#fate = fate;
  }

  /** Something happens, perhaps; and the points of the periods that have ended are there, or late, or never. */
  change(): void {
    const fate = this.#fate;
    for (const host of HOSTS)
      if (fate.chance(0.15)) this.#levels.set(host, fate.pick(['low', 'middle', 'high']));
    for (const name of THINGS) this.#changeThing(name);
    this.#measure(fate.pick([1, 1, 2, 5]), () => !fate.chance(0.15));
    if (fate.chance(0.02)) this.#blindMs.feed = fate.nowMs + fate.pick([1, 7]) * MINUTE_MS;
    if (fate.chance(0.02)) this.#blindMs.metrics = fate.nowMs + fate.pick([1, 7]) * MINUTE_MS;
  }

  /** The truth in the end, which does not hang on what was before: all that is late comes, and levels are high or low. */
  settle(): void {
    this.#blindMs = { feed: 0, metrics: 0 };
    for (const host of HOSTS) this.#levels.set(host, this.#fate.pick(['low', 'high']));
    for (const name of THINGS) {
      const thing = this.#thing(name);
      this.#say(thing, this.#fate.pick(['ok', 'bad', 'gone']));
      thing.dueMs = this.#fate.nowMs - 10 * MINUTE_MS;
      if (this.#fate.chance(0.5)) thing.metMs = this.#fate.nowMs;
      else delete thing.metMs;
    }
    this.#points.forEach((points) => points.clear());
    this.stay();
  }

  /** All that was due is there: nothing is explained by a cause any more. */
  relieve(): void {
    for (const thing of this.#things.values()) thing.metMs ??= this.#fate.nowMs;
  }

  /** Nothing changes, and every period has its point. */
  stay(): void {
    this.#measure(30, () => true);
  }

  /** State of every alarm that is there after `settle()`, as anybody can tell. */
  expected(): Record<string, string> {
    const states: Record<string, string> = {};
    for (const host of HOSTS)
      for (const { id } of METRICS)
        states[alarmId(id, { host })] = this.#levels.get(host) === 'high' ? 'ALARM' : 'OK';
    const there = THINGS.map((name) => ({ name, ...this.#thing(name) })).filter(
      ({ status }) => status !== 'gone',
    );
    for (const { name, status, metMs } of there) {
      const labels = { thing: name };
      states[alarmId('bad', labels)] = status === 'bad' ? 'ALARM' : 'OK';
      states[alarmId('held', labels)] = status === 'bad' ? 'ALARM' : 'OK';
      states[alarmId('due', labels)] = metMs === undefined ? 'ALARM' : 'OK';
    }
    if (there.length === 0)
      return { ...states, ...Object.fromEntries(['cause', 'over'].map((id) => [id, '?'])) };
    const isBad = there.some(({ status }) => status === 'bad');
    const isCause = isBad && there.some(({ metMs }) => metMs === undefined);
    const isLoaded = HOSTS.some((host) => this.#levels.get(host) === 'high');
    states['cause'] = isCause ? 'ALARM' : 'OK';
    states['over'] = isCause || isLoaded ? 'ALARM' : 'OK';
    if (there.every(({ metMs }) => metMs !== undefined)) states['page'] = isBad ? 'ALARM' : 'OK';
    return states;
  }

  readonly feed: AlarmFeed = {
    name: 'things',
    definitions: [BAD, HELD, DUE],
    readings: async () => {
      if (this.#fate.nowMs < this.#blindMs.feed) throw new Fault('unavailable', 'The feed is blind.');
      return [...this.#things].flatMap(([name, thing]) =>
        thing.status === 'gone' ? [] : readingsOf(name, thing),
      );
    },
  };

  /** Points as the store has them: some twice, in any order. */
  readonly metrics: MetricReader = {
    read: async ({ startMs, endMs }) => {
      const { nowMs } = this.#fate;
      if (nowMs < this.#blindMs.metrics) throw new Fault('unavailable', 'Metrics are blind.');
      return [...this.#points].flatMap(([host, all]): MetricReading[] => {
        const points = [...all.values()].filter(
          (point) => point.startMs >= startMs && point.startMs < endMs && point.readableMs <= nowMs,
        );
        return points.length === 0
          ? []
          : [{ labels: { host }, points: points.flatMap((point) => [point, point]).reverse() }];
      });
    },
  };

  #changeThing(name: string): void {
    const fate = this.#fate;
    const thing = this.#thing(name);
    if (fate.chance(0.15)) this.#say(thing, fate.pick(STATUSES));
    if (thing.metMs === undefined && fate.chance(0.2)) thing.metMs = fate.nowMs;
    else if (thing.metMs !== undefined && fate.chance(0.2)) {
      thing.dueMs = fate.nowMs + fate.pick([0, 1, 3]) * MINUTE_MS;
      delete thing.metMs;
    }
  }

  #say(thing: Thing, status: string): void {
    if (thing.status !== status) thing.sinceMs = this.#fate.nowMs;
    thing.status = status;
  }

  #thing(name: string): Thing {
    const { nowMs } = this.#fate;
    const thing = this.#things.get(name) ?? { status: 'ok', sinceMs: nowMs, dueMs: nowMs, metMs: nowMs };
    this.#things.set(name, thing);
    return thing;
  }

  #measure(periods: number, isThere: () => boolean): void {
    const { nowMs } = this.#fate;
    const lastMs = Math.floor(nowMs / MINUTE_MS) * MINUTE_MS;
    for (const [host, points] of this.#points)
      for (let startMs = lastMs - periods * MINUTE_MS; startMs <= lastMs; startMs += MINUTE_MS) {
        if (points.has(startMs) || !isThere()) continue;
        const isLate = this.#fate.hasFaults && this.#fate.chance(0.1);
        const readableMs = isLate ? nowMs + 3 * MINUTE_MS : nowMs - MINUTE_MS;
        points.set(startMs, { startMs, value: VALUES[this.#levels.get(host) ?? 'low'], readableMs });
      }
  }
}

function readingsOf(thing: string, { status, sinceMs, dueMs, metMs }: Thing): FeedReading[] {
  const reading = { status, sentence: `It is ${status}.`, sinceMs };
  const deadline = { dueMs, ...(metMs === undefined ? {} : { metMs }) };
  const labels = { thing };
  return [
    { definition: BAD.id, labels, reading },
    { definition: HELD.id, labels, reading },
    { definition: DUE.id, labels, reading: deadline },
  ];
}
