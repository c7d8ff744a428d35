/** What the evaluator reads at once: a feed, or a group of metric definitions. */
import { reasonOf } from '../lib/fault.ts';
import { capped } from './alarm.ts';
import { labelsOfId } from './alarm-id.ts';
import type { AlarmDefinition } from './definition.ts';
import type { AlarmFeed, FeedReading, MetricReader } from './feed.ts';
import { JudgedUntil } from './judged-until.ts';
import { blindLook, feedLook, type Look, metricLook } from './look.ts';
import { latest, type MetricGroup, readGroup } from './metric-looks.ts';
import type { StoredAlarm } from './state.ts';
import { UnseenSeries } from './unseen-series.ts';

export interface Pass {
  readonly nowMs: number;
  /** The alarms there are of a definition. */
  readonly knownOf: (definition: string) => readonly StoredAlarm[];
  /** Up to when the data of a definition was looked at, by the store. */
  readonly judgedOf: (definition: string) => number | undefined;
  /** False while the program settles after its start. */
  readonly isSettled: boolean;
  readonly signal: AbortSignal;
}

interface Reading {
  /** E.g. `the metric Rejects`. */
  readonly name: string;
  /** Those of one family are read together. */
  readonly family: string;
  readonly everyMs: number;
  readonly definitions: readonly AlarmDefinition[];
  readonly read: (pass: Pass) => Promise<ReadLooks>;
  /** What was read last is stored. */
  readonly done?: () => void;
}

interface ReadLooks {
  readonly looks: readonly Look[];
  /** When they change by themselves, milliseconds since 1970 UTC; absent: not before its next turn, as far as it is known. */
  readonly changeMs?: number;
}

const FEEDS_EVERY_MS = 60_000;
/** What cannot be read for so long is not known any more. */
const BLIND_MS = 300_000;

/** One of them, with what became of its turns. */
export class Asked {
  readonly #reading: Reading;
  #turn: number | undefined;
  /** How often it was to be asked before its turn; and of these, how often by the last that is stored. */
  #wanted = 0;
  #answered = 0;
  #changeMs = Number.POSITIVE_INFINITY;
  /** What holds once it is stored. */
  #looked: { readonly wanted: number; readonly changeMs: number } | undefined;
  #failingSinceMs: number | undefined;

  constructor(reading: Reading) {
    this.#reading = reading;
  }

  get family(): string {
    return this.#reading.family;
  }

  isDue(nowMs: number): boolean {
    return this.#turn !== this.#turnOf(nowMs) || this.#answered !== this.#wanted || nowMs >= this.#changeMs;
  }

  /** It is asked the next time, whether it is its turn or not. */
  hurry(): void {
    this.#wanted += 1;
  }

  /** Its turn is over: what came of it is stored. */
  done(nowMs: number): void {
    this.#turn = this.#turnOf(nowMs);
    if (this.#failingSinceMs === undefined) this.#reading.done?.();
    if (this.#looked === undefined) return;
    this.#answered = this.#looked.wanted;
    this.#changeMs = this.#looked.changeMs;
  }

  /** What can be told now, and why nothing can: that leaves alarms as they are for a while. */
  async look(pass: Pass): Promise<{ readonly looks: readonly Look[]; readonly problem?: string }> {
    const { name, definitions, read } = this.#reading;
    const wanted = this.#wanted;
    this.#looked = undefined;
    try {
      const { looks, changeMs = Number.POSITIVE_INFINITY } = await read(pass);
      this.#failingSinceMs = undefined;
      this.#looked = { wanted, changeMs };
      return { looks };
    } catch (error) {
      pass.signal.throwIfAborted();
      this.#failingSinceMs ??= pass.nowMs;
      const problem = `Cannot read ${name}: ${reasonOf(error)}`;
      if (pass.nowMs - this.#failingSinceMs < BLIND_MS) return { looks: [], problem };
      const sentence = capped(`It cannot be told: ${reasonOf(error)}`);
      const looks = definitions.map((one) =>
        blindLook(
          one,
          pass.knownOf(one.id).map(({ alarm }) => labelsOfId(alarm)),
          sentence,
        ),
      );
      return { looks, problem };
    }
  }

  #turnOf(nowMs: number): number {
    return Math.floor(nowMs / this.#reading.everyMs);
  }
}

/** The definitions among these that the feed has readings for. */
export function feedAsked(feed: AlarmFeed, definitions: readonly AlarmDefinition[]): Asked {
  const ids = new Set(feed.definitions.map(({ id }) => id));
  const own = definitions.filter(
    ({ id, rule }) => ids.has(id) && (rule.kind === 'status' || rule.kind === 'deadline'),
  );
  return new Asked({
    name: `the alarms of ${feed.name}`,
    family: `feed ${feed.name}`,
    everyMs: FEEDS_EVERY_MS,
    definitions: own,
    async read({ nowMs }) {
      const readings = own.length === 0 ? [] : await feed.readings(nowMs);
      const changeMs = nextDeadlineMs(own, readings, nowMs);
      return { looks: own.map((definition) => feedLook(definition, readings)), changeMs };
    },
  });
}

/** When the first of what is due is overdue. */
function nextDeadlineMs(
  definitions: readonly AlarmDefinition[],
  readings: readonly FeedReading[],
  nowMs: number,
): number {
  const graceMs = new Map(
    definitions.flatMap(({ id, rule }) => (rule.kind === 'deadline' ? [[id, rule.graceMs]] : [])),
  );
  const deadlines = readings.flatMap(({ definition, reading }) => {
    const grace = graceMs.get(definition);
    if (grace === undefined || 'status' in reading || reading.metMs !== undefined) return [];
    return reading.dueMs === undefined ? [] : [reading.dueMs + grace];
  });
  return deadlines.filter((ms) => ms > nowMs).reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
}

const UNREAD = 'Metrics are not read.';

export function groupAsked(group: MetricGroup, metrics: MetricReader | undefined): Asked {
  const { definitions, everyMs, question } = group;
  const series = new UnseenSeries();
  const judged = new JudgedUntil(group);
  let completeUntilMs: number | undefined;
  return new Asked({
    name: `the metric ${question.metric}`,
    family: JSON.stringify([question.metric, question.statistic, question.periodMs]),
    everyMs,
    definitions,
    done: () => judged.done(),
    async read({ nowMs, knownOf, judgedOf, isSettled, signal }) {
      judged.begin(latestOf(definitions.flatMap(({ id }) => judgedOf(id) ?? [])), nowMs);
      const firstMs = isSettled ? judged.firstMs(nowMs) : undefined;
      const found =
        metrics === undefined
          ? []
          : await readGroup(group, { nowMs, completeUntilMs, firstMs }, { metrics, signal });
      completeUntilMs = latest(found);
      const readings = judged.notBefore(found, nowMs);
      const skipped = isSettled ? judged.skipped(readings, nowMs) : undefined;
      const looks = definitions.map((definition) => {
        const known = knownOf(definition.id);
        const all = series.withUnseen(readings, { definition, known }, nowMs);
        return metrics === undefined
          ? blindLook(
              definition,
              all.map(({ labels }) => labels),
              UNREAD,
            )
          : metricLook(definition, all, skipped);
      });
      return { looks };
    },
  });
}

function latestOf(times: readonly number[]): number | undefined {
  return times.length === 0 ? undefined : times.reduce((most, time) => Math.max(most, time));
}
