/** Evaluates all alarms, again and again: asks feeds and metrics, and stores what comes of it. */
import { Bell } from '../lib/bell.ts';
import type { Clock } from '../lib/clock.ts';
import { Fault } from '../lib/fault.ts';
import type { Job } from '../lib/job.ts';
import type { Labels } from './alarm.ts';
import { alarmId } from './alarm-id.ts';
import type { AlarmStore, Ended, Said } from './alarm-store.ts';
import { type Asked, feedAsked, groupAsked, type Pass } from './asked.ts';
import type { KnownState } from './composite-alarm.ts';
import { CompositePass } from './composite-pass.ts';
import { type AlarmDefinition, expand } from './definition.ts';
import { Explained } from './explained.ts';
import type { AlarmFeed, MetricReader } from './feed.ts';
import type { Look } from './look.ts';
import { metricGroups } from './metric-looks.ts';
import type { StoredAlarm, Transition, TransitionTime } from './state.ts';

export interface EvaluatorRequest {
  /** Those that are enabled, of feeds and of the configuration. */
  readonly definitions: readonly AlarmDefinition[];
  /** Until when the program settles: gaps change nothing before that. Infinity while nobody can tell. */
  readonly settledMs: () => number;
}

export interface EvaluatorParts {
  readonly feeds: readonly AlarmFeed[];
  /** Absent: metric alarms say that metrics are not read. */
  readonly metrics?: MetricReader;
  readonly store: AlarmStore;
  readonly clock: Clock;
  /** Labels that go with an alarm for routing, by those of its series: tags. Absent: none. */
  readonly labelsOf?: () => Promise<(labels: Labels) => Labels>;
  /** Called when transitions have been stored. */
  readonly onTransitions?: () => void;
}

export interface EvaluatorStatus {
  /** End of the last pass, milliseconds since 1970 UTC; absent before the first. */
  readonly evaluatedMs?: number;
  /** How many alarms limits leave out, by definition. */
  readonly omitted: ReadonlyMap<string, number>;
}

/** A job, and what came of its last pass. */
export interface Evaluator extends Job {
  /** Asks the feed of this name now, and not only when its turn comes. */
  ask(feed: string): void;
  status(): EvaluatorStatus;
}

const EVERY_MS = 10_000;

/** The evaluator of these definitions. Throws `invalid` for composites that cannot be ordered. */
export function openEvaluator(request: EvaluatorRequest, parts: EvaluatorParts): Evaluator {
  return new RunningEvaluator(request, parts);
}

class RunningEvaluator implements Evaluator {
  readonly name = 'alarms';
  readonly everyMs = EVERY_MS;
  readonly bell: Bell;
  readonly #request: EvaluatorRequest;
  readonly #parts: EvaluatorParts;
  readonly #asked: readonly Asked[];
  /** By name. */
  readonly #feeds: ReadonlyMap<string, Asked>;
  readonly #composites: CompositePass;
  readonly #definitions: ReadonlySet<string>;
  readonly #omitted = new Map<string, number>();
  readonly #explained: Explained;
  #evaluatedMs: number | undefined;

  constructor(request: EvaluatorRequest, parts: EvaluatorParts) {
    const { definitions } = request;
    this.#request = request;
    this.#parts = parts;
    this.bell = new Bell(parts);
    this.#composites = new CompositePass(definitions);
    this.#definitions = new Set(definitions.map(({ id }) => id));
    this.#explained = new Explained(parts.metrics);
    this.#feeds = new Map(parts.feeds.map((feed) => [feed.name, feedAsked(feed, definitions)]));
    this.#asked = [
      ...this.#feeds.values(),
      ...metricGroups(definitions).map((group) => groupAsked(group, parts.metrics)),
    ];
  }

  status(): EvaluatorStatus {
    const omitted = new Map([...this.#omitted].filter(([, count]) => count > 0));
    return {
      omitted,
      ...(this.#evaluatedMs === undefined ? {} : { evaluatedMs: this.#evaluatedMs }),
    };
  }

  ask(feed: string): void {
    this.#feeds.get(feed)?.hurry();
    this.bell.ring();
  }

  async run(signal: AbortSignal): Promise<void> {
    const { store, clock } = this.#parts;
    const nowMs = clock.nowMs();
    await store.read();
    const due = this.#asked.filter((one) => one.isDue(nowMs));
    const settledMs = this.#request.settledMs();
    const pass = {
      nowMs,
      knownOf: this.#known(),
      judgedOf: store.judgedUntil(),
      isSettled: nowMs >= settledMs,
      signal,
    };
    const looks: Look[] = [];
    const problems: string[] = [];
    // One family after the other, so that the points of all are never in memory at a time.
    for (const family of Map.groupBy(due, (one) => one.family).values()) {
      for (const found of await Promise.all(family.map((one) => one.look(pass)))) {
        looks.push(...found.looks);
        if (found.problem !== undefined) problems.push(found.problem);
      }
    }
    await this.#judge(looks, { nowMs, settledMs }, signal);
    for (const one of due) one.done(nowMs);
    this.#evaluatedMs = clock.nowMs();
    if (problems.length > 0) throw new Fault('unavailable', problems.join(' '));
  }

  async #judge(looks: readonly Look[], time: TransitionTime, signal: AbortSignal): Promise<void> {
    const { store, onTransitions } = this.#parts;
    const labelsOf = await this.#parts.labelsOf?.();
    const said = looks
      .flatMap((look) => this.#saidOf(look, time.nowMs))
      .map(({ alarm, evaluation }) => ({
        alarm: { ...alarm, labels: { ...labelsOf?.(alarm.labels), ...alarm.labels } },
        evaluation,
      }));
    const rounds = roundsOf(await this.#explained.with(said, signal));
    const newest = rounds.pop() ?? [];
    const made: Transition[] = [];
    for (const round of rounds) made.push(...(await store.write({ said: round }, time)));
    const findings = {
      said: newest,
      gone: this.#gone(looks, said, time),
      composites: (states: readonly KnownState[]) => this.#composites.run(states, time.nowMs),
    };
    made.push(...(await store.write(findings, time)));
    if (made.length > 0) onTransitions?.();
  }

  #saidOf({ definition, sightings }: Look, nowMs: number): Said[] {
    const labels = sightings.map((sighting) => sighting.labels);
    const { store } = this.#parts;
    const isThere = (id: string): boolean => store.storedOf(id) !== undefined;
    const { alarms, omitted } = expand(definition, labels, { isThere });
    this.#omitted.set(definition.id, omitted);
    const byId = new Map(sightings.map((one) => [alarmId(definition.id, one.labels), one]));
    return alarms.flatMap((alarm) => {
      const sighting = byId.get(alarm.id);
      if (sighting === undefined) return [];
      const { completeUntilMs } = sighting;
      const stored = store.storedOf(alarm.id);
      const skipped = stored === undefined ? [] : (sighting.skipped?.(stored) ?? []);
      const state = skipped.at(-1)?.state ?? stored?.state;
      const evaluation = sighting.evaluate({
        nowMs,
        ...(completeUntilMs === undefined ? {} : { completeUntilMs }),
        ...(state === undefined ? {} : { state }),
      });
      return [...skipped, evaluation].map((one) => ({ alarm, evaluation: one }));
    });
  }

  /** Alarms of definitions that are gone; and, once the program has settled, of series that are. */
  #gone(looks: readonly Look[], said: readonly Said[], { nowMs, settledMs }: TransitionTime): Ended[] {
    const looked = nowMs < settledMs ? [] : looks.map(({ definition }) => definition.id);
    const isLooked = new Set(looked);
    const there = new Set(said.map(({ alarm }) => alarm.id));
    return [...this.#parts.store.listed()].flatMap(({ id, definition }): Ended[] => {
      if (!this.#definitions.has(definition)) return [{ id, why: 'its definition is gone or turned off' }];
      if (!isLooked.has(definition) || there.has(id)) return [];
      return [{ id, why: 'what it was about is gone, or is not judged now' }];
    });
  }

  #known(): Pass['knownOf'] {
    const known = new Map<string, StoredAlarm[]>();
    for (const { id, definition } of this.#parts.store.listed()) {
      const stored = this.#parts.store.storedOf(id);
      if (stored === undefined) continue;
      const of = known.get(definition);
      if (of === undefined) known.set(definition, [stored]);
      else of.push(stored);
    }
    return (definition) => known.get(definition) ?? [];
  }
}

/** Each alarm at most once in each; what is said of one stays in its order. */
function roundsOf(said: readonly Said[]): Said[][] {
  const rounds: Said[][] = [];
  const counts = new Map<string, number>();
  for (const one of said) {
    const count = counts.get(one.alarm.id) ?? 0;
    counts.set(one.alarm.id, count + 1);
    (rounds[count] ??= []).push(one);
  }
  return rounds;
}
