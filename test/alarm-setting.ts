/** Alarms over the real engine: a feed and points of metrics that a test fills, and a clock it turns. */
import { AlarmStore } from '../src/alarms/alarm-store.ts';
import type { AlarmDefinition } from '../src/alarms/definition.ts';
import { type Evaluator, openEvaluator } from '../src/alarms/evaluator.ts';
import type { FeedReading, MetricQuestion, MetricReader, MetricReading } from '../src/alarms/feed.ts';
import { alarmId } from '../src/alarms/alarm-id.ts';
import type { Engine } from '../src/engine/engine.ts';

export const START_MS = Date.parse('2026-11-21T12:00:00Z');
const MINUTE_MS = 60_000;

/** Points as they are stored: of one value a period, of all the labels in it. */
export class StoredPoints implements MetricReader {
  readonly asked: MetricQuestion[] = [];
  readonly #series = new Map<string, MetricReading & { points: { startMs: number; value: number }[] }>();
  failure: Error | undefined;

  put(labels: Readonly<Record<string, string>>, startMs: number, value: number): void {
    const id = alarmId('', labels);
    const series = this.#series.get(id) ?? { labels, points: [] };
    series.points.push({ startMs, value });
    this.#series.set(id, series);
  }

  /** Its source is known to be complete until then. */
  late(completeUntilMs: number): void {
    for (const [id, series] of this.#series) this.#series.set(id, { ...series, completeUntilMs });
  }

  read(question: MetricQuestion): Promise<readonly MetricReading[]> {
    this.asked.push(question);
    if (this.failure !== undefined) return Promise.reject(this.failure);
    const { where, startMs, endMs } = question;
    const within = [...this.#series.values()].map((series) => ({
      ...series,
      points: series.points.filter((point) => point.startMs >= startMs && point.startMs < endMs),
    }));
    const isMeant = ({ labels, points }: MetricReading): boolean =>
      points.length > 0 && Object.entries(where).every(([name, value]) => labels[name] === value);
    return Promise.resolve(within.filter(isMeant));
  }
}

export interface Setting {
  readonly evaluator: Evaluator;
  /** What the feed says now. */
  readings: FeedReading[];
  failure: Error | undefined;
  readonly points: StoredPoints;
  nowMs(): number;
  /** A pass at so many minutes after the start. */
  at(minutes: number): Promise<void>;
  /** Each minute from one to another, both inclusive. */
  through(from: number, to: number): Promise<void>;
  restarted(engine?: Engine): Setting;
}

interface Options {
  readonly engine: Engine;
  readonly definitions: readonly AlarmDefinition[];
  /** Minutes after the start of this run until which the program settles. */
  readonly settle?: number;
  readonly isUnread?: boolean;
}

/** Alarms over an emptied store. */
export async function settingOf(options: Options): Promise<Setting> {
  for (const table of ['alarm_states', 'alarm_transitions', 'silences', 'alarm_acknowledgements'])
    await options.engine.command(`truncate table ${table}`);
  return opened(options, { startMs: START_MS, points: new StoredPoints() });
}

function opened(options: Options, has: { readonly startMs: number; readonly points: StoredPoints }): Setting {
  const { engine, definitions, settle = 0 } = options;
  const { points } = has;
  let nowMs = has.startMs;
  const settledMs = nowMs + settle * MINUTE_MS;
  const clock = { nowMs: () => nowMs, sleep: async () => {} };
  const feed = {
    name: 'things',
    definitions: definitions.filter(({ rule }) => rule.kind === 'status' || rule.kind === 'deadline'),
    readings: () =>
      setting.failure === undefined ? Promise.resolve(setting.readings) : Promise.reject(setting.failure),
  };
  const evaluator = openEvaluator(
    { definitions, settledMs: () => settledMs },
    {
      feeds: [feed],
      store: new AlarmStore(engine),
      clock,
      ...(options.isUnread === true ? {} : { metrics: points }),
    },
  );
  const setting: Setting = {
    evaluator,
    readings: [],
    failure: undefined,
    points,
    nowMs: () => nowMs,
    async at(minutes) {
      nowMs = START_MS + minutes * MINUTE_MS;
      await evaluator.run(new AbortController().signal);
    },
    async through(from, to) {
      for (let minute = from; minute <= to; minute += 1) await setting.at(minute);
    },
    restarted: (other = engine) => {
      const again = opened({ ...options, engine: other }, { startMs: nowMs, points });
      again.readings = setting.readings;
      return again;
    },
  };
  return setting;
}

/** `12:05 a{x="1"} OK -> ALARM`, in the order of their sequence. */
export async function transitions(engine: Engine): Promise<string[]> {
  const rows = await engine.query<{ at: string; alarm: string; from: string; state: string }>(
    `select formatDateTime(at, '%H:%i') as at, alarm, from_state as from, state from alarm_transitions order by sequence`,
  );
  return rows.map(({ at, alarm, from, state }) => `${at} ${alarm} ${from === '' ? 'new' : from} -> ${state}`);
}

/** State of each alarm there is. */
export async function states(engine: Engine): Promise<Record<string, string>> {
  const rows = await engine.query<{ alarm: string; state: string }>(
    'select alarm, state from alarm_states order by alarm',
  );
  return Object.fromEntries(rows.map(({ alarm, state }) => [alarm, state]));
}
