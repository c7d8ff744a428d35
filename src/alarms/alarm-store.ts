/** What is known of every alarm, in memory as in the store: transitions are written first, then what is said now. */
import type { Engine } from '../engine/engine.ts';
import { engineTime } from '../lib/engine-time.ts';
import type { Evaluation } from './alarm.ts';
import {
  type AlarmFacts,
  factsOf,
  goneRow,
  type ReadAlarm,
  readNewestTransitions,
  readStates,
  type Row,
  stateRow,
  transitionRow,
} from './alarm-rows.ts';
import type { KnownState } from './composite-alarm.ts';
import type { Alarm } from './definition.ts';
import { type StoredAlarm, type Transition, type TransitionTime, transitionOf } from './state.ts';

export interface Said {
  readonly alarm: Alarm;
  readonly evaluation: Evaluation;
}

/** An alarm that is not watched any more. */
export interface Ended {
  readonly id: string;
  /** E.g. `its definition is gone or turned off`. */
  readonly why: string;
}

/** What one pass of the evaluator comes to. */
export interface Findings {
  readonly said: readonly Said[];
  /** Alarms to take back; one that is not OK ends first, as nobody would hear of it again. */
  readonly gone?: readonly Ended[];
  /** What is said of composites, from the states that all alarms have by then. */
  readonly composites?: (states: readonly KnownState[]) => readonly Said[];
}

type Numbered<Kind> = Kind & { readonly sequence: number };

/** One alarm. */
interface Kept {
  readonly facts: AlarmFacts;
  readonly stored: Numbered<StoredAlarm>;
  /** Whether a row says that it is there; else its transitions alone are left. */
  readonly isListed: boolean;
  /** Tells what its row says from anything else; 0: not known. */
  readonly sign: number;
  /** The same without what moves while all is well. */
  readonly plainSign: number;
  readonly writtenMs: number;
  /** Up to when data was looked at when its row was written. */
  readonly asOfMs: number;
}

/** An alarm on its way to the store. */
interface Change {
  readonly kept: Kept;
  readonly made?: Numbered<Transition>;
  readonly state: Row;
}

const ROWS_AT_ONCE = 20_000;
/** A row that says the same is written again after this: its retention counts from when it was evaluated. */
const AGAIN_MS = 86_400_000;
/** While an alarm is OK, numbers that move are written this often. */
const MOVING_MS = 600_000;

export class AlarmStore {
  readonly #engine: Engine;
  #alarms = new Map<string, Kept>();
  #isRead = false;
  #sequence = 0;
  /** Of two rows the later one counts: no two writings have the same time. */
  #lastMs = 0;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** Reads what the store has: once, and again after a writing that failed. */
  async read(): Promise<void> {
    if (this.#isRead) return;
    const [states, transitions] = await Promise.all([
      readStates(this.#engine),
      readNewestTransitions(this.#engine),
    ]);
    const alarms = new Map(states.map((row) => [row.alarm, keptOf(row, true)]));
    for (const row of transitions) {
      const listed = alarms.get(row.alarm);
      if (listed === undefined || listed.stored.revision < row.revision)
        alarms.set(row.alarm, keptOf(row, listed !== undefined));
      // The row of a state does not say when its transition was noticed.
      else if (listed.stored.revision === row.revision)
        alarms.set(row.alarm, { ...listed, stored: { ...listed.stored, atMs: row.atMs } });
    }
    this.#alarms = alarms;
    this.#sequence = [...alarms.values()].reduce((most, { stored }) => Math.max(most, stored.sequence), 0);
    this.#lastMs = states.reduce((last, { writtenMs }) => Math.max(last, writtenMs), this.#lastMs);
    this.#isRead = true;
  }

  /** An alarm as its newest transition left it; nothing when it never had one. */
  storedOf(alarm: string): StoredAlarm | undefined {
    return this.#alarms.get(alarm)?.stored;
  }

  /** The alarms there are, with the definitions they are of. */
  *listed(): Iterable<AlarmFacts> {
    for (const { facts, isListed } of this.#alarms.values()) if (isListed) yield facts;
  }

  /** Up to when data was looked at, by definition. */
  judgedUntil(): (definition: string) => number | undefined {
    const until = new Map<string, number>();
    for (const { facts, isListed, asOfMs } of this.#alarms.values())
      if (isListed) until.set(facts.definition, Math.max(asOfMs, until.get(facts.definition) ?? 0));
    return (definition) => until.get(definition);
  }

  /**
   * Writes the transitions that come of it, then what is said now where it differs; gives the transitions. They are one
   * block: who reads them sees none without the composite that explains it.
   */
  async write(
    { said, gone = [], composites = () => [] }: Findings,
    time: TransitionTime,
  ): Promise<Transition[]> {
    const writtenMs = this.#next(time.nowMs);
    const changed = (all: readonly Said[]): Change[] =>
      all.flatMap((one) => this.#changed(one, time, writtenMs));
    const others = [...changed(said), ...gone.flatMap((one) => this.#ended(one, time.nowMs))];
    const changes = [...others, ...changed(composites(this.#states(others)))];
    await this.#store(changes, writtenMs);
    return changes.flatMap(({ made }) => made ?? []);
  }

  #changed({ alarm, evaluation }: Said, time: TransitionTime, writtenMs: number): Change[] {
    const kept = this.#alarms.get(alarm.id);
    const stored = kept?.stored;
    const judged = { alarm, evaluation, ...(stored === undefined ? {} : { stored }) };
    const transition = this.#numbered(transitionOf(judged, time));
    const now = transition ?? stored;
    if (now === undefined) return [];
    return changeOf({ facts: factsOf(alarm), evaluation, transition, now }, kept, writtenMs);
  }

  #ended({ id, why }: Ended, nowMs: number): Change[] {
    const kept = this.#alarms.get(id);
    if (kept === undefined) return [];
    const made = this.#numbered(endOf(kept, why, nowMs));
    const stored = made ?? kept.stored;
    return [
      {
        kept: { ...kept, stored, isListed: false, sign: 0 },
        state: goneRow(kept.facts),
        ...(made === undefined ? {} : { made }),
      },
    ];
  }

  /** Of the alarms there are once these changes are stored. */
  #states(changes: readonly Change[]): KnownState[] {
    const all = new Map(this.#alarms);
    for (const { kept } of changes) all.set(kept.facts.id, kept);
    return [...all.values()]
      .filter(({ isListed }) => isListed)
      .map(({ facts: { id, definition }, stored: { state } }) => ({ id, definition, state }));
  }

  #numbered(transition: Transition | undefined): Numbered<Transition> | undefined {
    if (transition === undefined) return undefined;
    this.#sequence += 1;
    return { ...transition, sequence: this.#sequence };
  }

  #next(nowMs: number): number {
    this.#lastMs = Math.max(nowMs, this.#lastMs + 1);
    return this.#lastMs;
  }

  async #store(changes: readonly Change[], writtenMs: number): Promise<void> {
    // What a failed writing has left behind is read again before anything else is written.
    this.#isRead = false;
    const transitions = changes.flatMap(({ kept, made }) =>
      made === undefined ? [] : [transitionRow(kept.facts, made)],
    );
    await this.#insert('alarm_transitions', transitions);
    const evaluated_at = engineTime(writtenMs);
    await this.#insert(
      'alarm_states',
      changes.map(({ state }) => ({ ...state, evaluated_at })),
    );
    for (const { kept } of changes) this.#alarms.set(kept.facts.id, kept);
    this.#isRead = true;
  }

  async #insert(table: string, rows: readonly Row[]): Promise<void> {
    for (let start = 0; start < rows.length; start += ROWS_AT_ONCE)
      await this.#engine.insertRows({ table, rows: rows.slice(start, start + ROWS_AT_ONCE) });
  }
}

function keptOf(row: ReadAlarm, isListed: boolean): Kept {
  const { alarm, state, sinceMs, sentence, revision, atMs, sequence, writtenMs, asOfMs, ...facts } = row;
  const stored = { alarm, state, sinceMs, sentence, revision, atMs, sequence };
  return { facts: { ...facts, id: alarm }, stored, isListed, sign: 0, plainSign: 0, writtenMs, asOfMs };
}

interface Now {
  readonly facts: AlarmFacts;
  readonly evaluation: Evaluation;
  readonly transition: Numbered<Transition> | undefined;
  readonly now: Numbered<StoredAlarm>;
}

/** Nothing when the store says the same already. */
function changeOf(
  { facts, evaluation, transition, now }: Now,
  before: Kept | undefined,
  writtenMs: number,
): Change[] {
  const { as_of, ...state } = stateRow(facts, now, evaluation);
  const [sign, plainSign] = [signOf(state), signOf({ ...state, sentence: '', numbers: {}, evidence: [] })];
  const ageMs = writtenMs - (before?.writtenMs ?? 0);
  const mayMove = now.state === 'OK' && facts.kind !== 'composite';
  const isMoving = mayMove && plainSign === before?.plainSign && ageMs < MOVING_MS;
  const isSame = before?.isListed === true && (sign === before.sign || isMoving) && ageMs < AGAIN_MS;
  if (isSame) return [];
  const { alarm, state: name, sinceMs, revision, atMs, sequence } = now;
  const stored = { alarm, state: name, sinceMs, sentence: now.sentence, revision, atMs, sequence };
  return [
    {
      kept: { facts, stored, isListed: true, sign, plainSign, writtenMs, asOfMs: evaluation.asOfMs },
      state: { ...state, as_of },
      ...(transition === undefined ? {} : { made: transition }),
    },
  ];
}

/** OK, as that alone ends what people were told of it: also where it was ALARM before its data was missing. */
function endOf({ facts, stored }: Kept, why: string, nowMs: number): Transition | undefined {
  const evaluation: Evaluation = {
    state: 'OK',
    sentence: `It ended because it is not watched any more: ${why}. Whether all is well is not known.`,
    numbers: {},
    evidence: [],
    asOfMs: nowMs,
    leansOnGaps: false,
  };
  return transitionOf(
    { alarm: { id: facts.id, firstStep: '' }, stored, evaluation },
    { nowMs, settledMs: nowMs },
  );
}

/** A number that tells rows apart well enough to see a change: FNV-1a over their text, never 0. */
function signOf(row: Row): number {
  const text = JSON.stringify(row);
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash ^= text.charCodeAt(index);
    hash = Math.imul(hash, 0x01000193);
  }
  return hash >>> 0 || 1;
}
