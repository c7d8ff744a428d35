/** The drift audit: merges two sides to their end, or to where it is stopped, and keeps how far it came. */
import type { Clock } from '../../../lib/clock.ts';
import { Fault } from '../../../lib/fault.ts';
import { readAhead } from './ahead.ts';
import { isSpent } from './budget.ts';
import type { Answer, Rules, Verdict } from './classify.ts';
import { type Difference, differencesIn } from './difference.ts';
import type { Pairing, Side } from './entry.ts';
import { merge, type Step } from './merge.ts';
import type { Output } from './outputs.ts';
import type { AnswerCount, Progress, ProgressStore } from './progress.ts';

/** How an audit ended: at the end of both sides, when it was told to stop, or when its requests were used up. */
export type Ending = 'complete' | 'interrupted' | 'max-requests';

export interface AuditRequest {
  readonly rules: Rules;
  readonly from: Progress;
}

export interface AuditParts {
  readonly source: Side;
  readonly destination: Side;
  readonly outputs: readonly Output[];
  readonly store: ProgressStore;
  readonly clock: Clock;
  /** Requests sent by this run so far. */
  readonly requests: () => number;
  /** Told after each step. */
  readonly onProgress: (progress: Progress) => void;
}

export interface AuditResult {
  readonly ending: Ending;
  readonly progress: Progress;
}

/** Pages read ahead on each side. */
const AHEAD = 2;
const SAVE_MS = 1_000;
const FIRST = 20;

/**
 * Runs until the end, until the signal aborts or until the budget is spent; all three are results. Whatever else
 * fails is thrown, with the progress kept. Going on from what was kept gives what one run without a stop would.
 */
export async function audit(
  request: AuditRequest,
  parts: AuditParts,
  signal: AbortSignal,
): Promise<AuditResult> {
  const run = new Run(request, parts);
  const stop = new AbortController();
  const steps = merge({
    after: request.from.lastKey,
    source: pagesOf(parts.source, request.from.lastKey, AbortSignal.any([signal, stop.signal])),
    destination: pagesOf(parts.destination, request.from.lastKey, AbortSignal.any([signal, stop.signal])),
  });
  try {
    for await (const step of steps) {
      await run.take(step);
      // What was read ahead is not worth finishing.
      signal.throwIfAborted();
    }
    await run.save();
    return { ending: 'complete', progress: run.progress };
  } catch (error) {
    stop.abort(new Error('the other side failed'));
    const ending = isSpent(error) ? 'max-requests' : signal.aborted ? 'interrupted' : undefined;
    if (ending === undefined) {
      // Keys out of order: what was merged is not to be built upon.
      const isWrong = error instanceof Fault && error.code === 'unsupported';
      await (isWrong ? parts.store.discard() : run.save()).catch(() => undefined);
      throw error;
    }
    await run.save();
    return { ending, progress: run.progress };
  }
}

function pagesOf(side: Side, after: string, signal: AbortSignal) {
  return { name: side.name, pages: readAhead(side.pages(after, signal), AHEAD) };
}

/** One run of an audit: what it adds to the progress it started from. */
class Run {
  readonly #rules: Rules;
  readonly #parts: AuditParts;
  readonly #requestsBefore: number;
  #progress: Progress;
  #savedMs: number;

  constructor({ rules, from }: AuditRequest, parts: AuditParts) {
    this.#rules = rules;
    this.#parts = parts;
    this.#progress = from;
    this.#requestsBefore = from.requests;
    this.#savedMs = parts.clock.nowMs();
  }

  get progress(): Progress {
    return this.#progress;
  }

  async take({ pairings, lastKey }: Step): Promise<void> {
    const { clock, outputs, onProgress } = this.#parts;
    const tally = new Tally(this.#progress);
    const found = differencesIn(pairings, {
      rules: this.#rules,
      sides: this.#parts,
      count: (pairing, verdict) => tally.add(pairing, verdict),
    });
    for (const output of outputs) await output.write(found);
    this.#progress = { ...tally.totals(), lastKey, first: firstOf(this.#progress.first, found) };
    onProgress(this.#progress);
    if (clock.nowMs() - this.#savedMs >= SAVE_MS) await this.save();
  }

  /** Outputs first: what is kept never promises more than they hold. */
  async save(): Promise<void> {
    const { outputs, store, requests, clock } = this.#parts;
    const lengths: Record<string, number> = {};
    for (const output of outputs) lengths[output.name] = await output.commit();
    this.#progress = { ...this.#progress, requests: this.#requestsBefore + requests(), outputs: lengths };
    await store.save(this.#progress);
    this.#savedMs = clock.nowMs();
  }
}

function firstOf(before: readonly Difference[], found: readonly Difference[]): readonly Difference[] {
  return before.length >= FIRST ? before : [...before, ...found.slice(0, FIRST - before.length)];
}

class Tally {
  readonly #before: Progress;
  readonly #answers: Record<Answer, { objects: number; bytes: number }>;
  #sourceObjects: number;
  #destinationObjects: number;

  constructor(before: Progress) {
    this.#before = before;
    this.#answers = structuredClone(before.answers) as Record<Answer, { objects: number; bytes: number }>;
    this.#sourceObjects = before.sourceObjects;
    this.#destinationObjects = before.destinationObjects;
  }

  add({ source, destination }: Pairing, { answer }: Verdict): void {
    const count = this.#answers[answer];
    count.objects += 1;
    count.bytes += source?.sizeBytes ?? destination?.sizeBytes ?? 0;
    if (source !== undefined) this.#sourceObjects += 1;
    if (destination !== undefined) this.#destinationObjects += 1;
  }

  totals(): Progress {
    const answers: Readonly<Record<Answer, AnswerCount>> = this.#answers;
    return {
      ...this.#before,
      answers,
      sourceObjects: this.#sourceObjects,
      destinationObjects: this.#destinationObjects,
    };
  }
}
