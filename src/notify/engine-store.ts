/** What the pipeline knows, in the engine: read once, then kept up to date in memory. */
import { createHash } from 'node:crypto';
import type { Engine } from '../engine/engine.ts';
import type { Clock } from '../lib/clock.ts';
import type { Acknowledgement, Book, Entry, Marks, Transition } from './book.ts';
import type { NotifyStore } from './deliver.ts';
import { elapsedMs } from './line.ts';
import { NOWHERE } from './route.ts';
import { entryRow, type ReadEntries, readEntries } from './stored-entries.ts';
import {
  readAcknowledgements,
  readSilences,
  readTransitions,
  readTransitionsAfter,
  TRANSITIONS_OF_ALARM_MAX,
} from './stored-transitions.ts';

export interface EngineStoreParts {
  readonly engine: Engine;
  readonly clock: Clock;
}

/** What the tables say, as far as it is still asked for. */
interface Known {
  readonly marks: ReadEntries['marks'];
  /** Up to this transition all have been read. */
  sequence: number;
  /** Since when one is missing among those behind it. */
  missingSinceMs: number | undefined;
  /** By alarm, in order. */
  readonly transitions: Map<string, readonly Transition[]>;
}

/** So many of the newest are read again at the start: one of a writing under way may be missing among them. */
const RECENT = 1_000;
/** What is missing for so long was never stored. */
const MISSING_MS = 60_000;

/** One for a store; nobody else writes notifications. */
export class EngineStore implements NotifyStore {
  readonly #channels: readonly string[];
  readonly #parts: EngineStoreParts;
  #known: Known | undefined;
  #loading: Promise<Known> | undefined;
  /** As they were known last, also while all is read anew. */
  #marks: Marks | undefined;
  /** Never used again, even when an insert failed: it may have been stored. */
  #number = 0;

  /** `channels`: names of those that there are; marks of others do not hold transitions back. */
  constructor(channels: readonly string[], parts: EngineStoreParts) {
    this.#channels = channels;
    this.#parts = parts;
  }

  async read(): Promise<Book> {
    const { engine, clock } = this.#parts;
    const known = await this.#load();
    await this.#catchUp(known);
    const nowMs = clock.nowMs();
    // After the transitions: what was said before one of them is read with it.
    const acknowledgements = await readAcknowledgements(nowMs, engine);
    this.#forget(known, acknowledgements);
    const transitions = [...known.transitions.values()].flat();
    const silences = await readSilences(this.#pendingSinceMs(known, nowMs), engine);
    return { transitions, silences, acknowledgements, marks: known.marks };
  }

  /** How the last tries on each channel ended; undefined before anything is read. */
  channelMarks(): Marks['channels'] | undefined {
    return this.#marks?.channels;
  }

  async append(entries: readonly Entry[]): Promise<void> {
    if (entries.length === 0) return;
    await this.#load();
    const first = this.#number + 1;
    const rows = entries.map((entry, index) => entryRow(entry, { number: first + index, first }));
    this.#number += rows.length;
    // By what they say: the same entries again, after an insert that seemed to fail, are not stored twice.
    const token = createHash('sha256').update(JSON.stringify(entries)).digest('hex');
    try {
      await this.#parts.engine.insertRows({ table: 'notifications', rows, token: `notifications/${token}` });
    } catch (error) {
      this.#known = undefined;
      throw error;
    }
    // Perhaps read anew meanwhile, without these.
    (await this.#load()).marks.add(entries);
  }

  async #load(): Promise<Known> {
    if (this.#known !== undefined) return this.#known;
    this.#loading ??= this.#readAll().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  async #readAll(): Promise<Known> {
    const { engine, clock } = this.#parts;
    const { marks, number } = await readEntries(engine);
    const all = await readTransitions({ channels: this.#channels, nowMs: clock.nowMs() }, engine);
    const known = {
      marks,
      sequence: Math.max(0, (all.at(-1)?.sequence ?? 0) - RECENT),
      missingSinceMs: undefined,
      transitions: Map.groupBy(all, ({ alarm }) => alarm),
    };
    this.#number = Math.max(this.#number, number);
    this.#known = known;
    this.#marks = marks;
    return known;
  }

  /** Of one writing, nodes of a cluster may show a later transition before an earlier one: what is missing is asked for again. */
  async #catchUp(known: Known): Promise<void> {
    const { engine, clock } = this.#parts;
    const found = await readTransitionsAfter(known.sequence, engine);
    for (const transition of found) {
      const { alarm, sequence } = transition;
      const others = (known.transitions.get(alarm) ?? []).filter((one) => one.sequence !== sequence);
      known.transitions.set(
        alarm,
        [...others, transition]
          .sort((left, right) => left.sequence - right.sequence)
          .slice(-TRANSITIONS_OF_ALARM_MAX),
      );
      if (sequence === known.sequence + 1) known.sequence = sequence;
    }
    const newest = found.at(-1)?.sequence ?? known.sequence;
    const nowMs = clock.nowMs();
    if (newest > known.sequence) known.missingSinceMs ??= nowMs;
    const isNever = elapsedMs(known.missingSinceMs ?? nowMs, nowMs) >= MISSING_MS;
    // Others read meanwhile, and may be further.
    if (isNever) known.sequence = Math.max(known.sequence, newest);
    if (newest <= known.sequence) known.missingSinceMs = undefined;
  }

  /** Lets go of what every channel knows. */
  #forget({ transitions, marks }: Known, acknowledgements: readonly Acknowledgement[]): void {
    const held = Map.groupBy(acknowledgements, ({ alarm }) => alarm);
    for (const [alarm, history] of transitions) {
      const said = (held.get(alarm) ?? []).map(({ sequence }) => sequence);
      const bound = Math.min(this.#furthestBehind(alarm, marks), ...said);
      const [first] = history;
      if (first === undefined || first.sequence > bound || history.length === 1) continue;
      const last = history.length - 1;
      transitions.set(
        alarm,
        history.filter(({ sequence }, index) => sequence > bound || index === last),
      );
    }
  }

  /** 0 when nobody was told anything of the alarm. */
  #furthestBehind(alarm: string, marks: Known['marks']): number {
    const upTo = this.#channels.flatMap((channel) => marks.alarms.get(channel)?.get(alarm)?.upTo ?? []);
    if (upTo.length > 0) return Math.min(...upTo);
    return marks.alarms.get(NOWHERE)?.get(alarm)?.upTo ?? 0;
  }

  /** From when on it matters what was silenced: transitions that are still to be told. */
  #pendingSinceMs({ transitions, marks }: Known, nowMs: number): number {
    let sinceMs = nowMs;
    for (const [alarm, history] of transitions) {
      const bound = this.#furthestBehind(alarm, marks);
      for (const { sequence, atMs } of history) if (sequence > bound && atMs < sinceMs) sinceMs = atMs;
    }
    return sinceMs;
  }
}
