/** How far each listing got, in a file: a position counts once everything before it is in the ledger. */
import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { replaceFile } from '../../lib/durable.ts';
import type { VersionMarker } from '../../s3/s3.ts';

/** A walk through a bucket's keys under a prefix. */
export interface Walk {
  readonly startedMs: number;
  /** Where the next page begins; absent before the first. */
  readonly after?: VersionMarker;
  readonly isEnded: boolean;
}

interface Step {
  readonly walk: Walk;
  isSettled: boolean;
}

export class Progress {
  readonly #path: string;
  #walks: Map<string, Walk> | undefined;
  /** Steps of each walk that are not all settled, in order. */
  readonly #steps = new Map<string, Step[]>();

  constructor(path: string) {
    this.#path = path;
  }

  /** How far a walk got; nothing when there was none. */
  async walkOf(id: string): Promise<Walk | undefined> {
    this.#walks ??= await this.#read();
    return this.#walks.get(id);
  }

  /** Whether something offered by a walk is on its way to the ledger. */
  isUnderWay(id: string): boolean {
    return (this.#steps.get(id) ?? []).length > 0;
  }

  /** Notes a step; gives what to call once its page is in the ledger, and what to call when it was lost. */
  step(id: string, walk: Walk): { settle(): Promise<void>; lose(): void } {
    const steps = this.#steps.get(id) ?? [];
    this.#steps.set(id, steps);
    const step: Step = { walk, isSettled: false };
    steps.push(step);
    return {
      settle: async () => {
        step.isSettled = true;
        let reached: Walk | undefined;
        while (steps[0]?.isSettled === true) reached = steps.shift()?.walk;
        if (reached !== undefined) await this.#write(id, reached);
      },
      // The walk goes on from the last page before it that is in the ledger.
      lose: () => this.#steps.delete(id),
    };
  }

  async #write(id: string, walk: Walk): Promise<void> {
    this.#walks ??= await this.#read();
    this.#walks.set(id, walk);
    await mkdir(dirname(this.#path), { recursive: true });
    await replaceFile(this.#path, JSON.stringify([...this.#walks]));
  }

  /** What cannot be read is begun again. */
  async #read(): Promise<Map<string, Walk>> {
    try {
      const kept: unknown = JSON.parse(await readFile(this.#path, 'utf8'));
      return new Map(Array.isArray(kept) ? kept.filter(isEntry) : []);
    } catch {
      return new Map();
    }
  }
}

function isEntry(value: unknown): value is [string, Walk] {
  if (!Array.isArray(value) || value.length !== 2 || typeof value[0] !== 'string') return false;
  const walk: unknown = value[1];
  return typeof walk === 'object' && walk !== null && 'startedMs' in walk && 'isEnded' in walk;
}
