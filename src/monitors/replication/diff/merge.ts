/** The merge of two sides, a page of each in memory. */
import { Fault } from '../../../lib/fault.ts';
import { compareKeyBytes } from '../../../lib/key-order.ts';
import type { Entry, Pairing, Side } from './entry.ts';

/** What one step merged: every key of both sides after the step before, up to and including `lastKey`. */
export interface Step {
  readonly pairings: readonly Pairing[];
  readonly lastKey: string;
}

export interface MergeRequest {
  /** Only keys after it; empty for all. */
  readonly after: string;
  readonly source: Pick<Side, 'name'> & { readonly pages: AsyncIterable<readonly Entry[]> };
  readonly destination: MergeRequest['source'];
}

/**
 * Pairs the entries of both sides in order of the UTF-8 bytes of their keys, in steps that end where a page does.
 * Throws `unsupported` at a key out of order: then what was merged before may be wrong.
 */
export async function* merge({ after, source, destination }: MergeRequest): AsyncGenerator<Step> {
  const left = new Cursor(source, after);
  const right = new Cursor(destination, after);
  try {
    await Promise.all([left.fill(), right.fill()]);
    while (!left.isDone || !right.isDone) {
      const step = mergePages(left, right);
      if (step !== undefined) yield step;
      await Promise.all([left.fill(), right.fill()]);
    }
  } finally {
    await Promise.all([left.close(), right.close()]);
  }
}

/** Merges until one side has to turn the page. */
function mergePages(left: Cursor, right: Cursor): Step | undefined {
  const pairings: Pairing[] = [];
  while (left.canServe || right.canServe) {
    if (!left.canServe && !left.isDone) break;
    if (!right.canServe && !right.isDone) break;
    const order = compareHeads(left.head, right.head);
    const source = order <= 0 ? left.take() : undefined;
    const destination = order >= 0 ? right.take() : undefined;
    pairings.push({ key: source?.key ?? destination?.key ?? '', source, destination });
  }
  const last = pairings.at(-1);
  return last === undefined ? undefined : { pairings, lastKey: last.key };
}

function compareHeads(left: Entry | undefined, right: Entry | undefined): number {
  if (left === undefined) return 1;
  return right === undefined ? -1 : compareKeyBytes(left.key, right.key);
}

/** One side, read a page at a time. */
class Cursor {
  readonly #name: string;
  readonly #pages: AsyncIterator<readonly Entry[]>;
  #page: readonly Entry[] = [];
  #next = 0;
  #lastKey: string | undefined;
  isDone = false;

  constructor({ name, pages }: MergeRequest['source'], after: string) {
    this.#name = name;
    this.#pages = pages[Symbol.asyncIterator]();
    this.#lastKey = after === '' ? undefined : after;
  }

  get canServe(): boolean {
    return this.#next < this.#page.length;
  }

  get head(): Entry | undefined {
    return this.#page[this.#next];
  }

  take(): Entry | undefined {
    const taken = this.head;
    this.#next += 1;
    return taken;
  }

  /** Turns the page when it is read; does nothing at the end. */
  async fill(): Promise<void> {
    while (!this.canServe && !this.isDone) {
      const turned = await this.#pages.next();
      this.isDone = turned.done === true;
      this.#page = turned.done === true ? [] : turned.value;
      this.#next = 0;
      for (const { key } of this.#page) this.#follow(key);
    }
  }

  async close(): Promise<void> {
    await this.#pages.return?.();
  }

  #follow(key: string): void {
    if (this.#lastKey !== undefined && compareKeyBytes(this.#lastKey, key) >= 0) {
      throw new Fault(
        'unsupported',
        `Cannot compare ${this.#name}: its keys do not come in order of their UTF-8 bytes, ` +
          `got ${JSON.stringify(key)} after ${JSON.stringify(this.#lastKey)}. ` +
          'What was found so far may be wrong. Write a listing to a file, sorted by bytes, and compare the file.',
      );
    }
    this.#lastKey = key;
  }
}
