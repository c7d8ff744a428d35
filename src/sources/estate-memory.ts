/** What was offered of each bucket last, so that only what changed or is a day old is offered again. */
import { createHash } from 'node:crypto';
import type { CursorStore } from './bucket-listing-cursor.ts';

/** An answer as it is told apart from the one before. */
export interface Offered {
  readonly hash: string;
  readonly atMs: number;
}

export type KnownBucket = Readonly<Record<string, Offered>>;

interface Stored {
  readonly version: 1;
  readonly location: string;
  /** By bucket, then by aspect. */
  readonly buckets: Readonly<Record<string, KnownBucket>>;
}

const HASH_CHARACTERS = 16;

export function hashOf(...parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, HASH_CHARACTERS);
}

/** Reads and keeps it under the source's name. What cannot be read or kept costs no more than repeated offers. */
export class EstateMemory {
  readonly #source: string;
  readonly #location: string;
  readonly #cursors: CursorStore;
  #buckets: Map<string, KnownBucket> | undefined;
  #problem = '';

  constructor(of: { readonly source: string; readonly location: string }, cursors: CursorStore) {
    this.#source = of.source;
    this.#location = of.location;
    this.#cursors = cursors;
  }

  /** Why it could not be read or kept; empty when it could. */
  get problem(): string {
    return this.#problem;
  }

  async buckets(): Promise<ReadonlyMap<string, KnownBucket>> {
    this.#buckets ??= await this.#read();
    return this.#buckets;
  }

  /** Takes over what the ledger has now; durable when it resolves, unless there is a `problem`. */
  async keep(changes: ReadonlyMap<string, KnownBucket>, gone: readonly string[]): Promise<void> {
    const buckets = new Map(await this.buckets());
    for (const [bucket, known] of changes) buckets.set(bucket, known);
    for (const bucket of gone) buckets.delete(bucket);
    this.#buckets = buckets;
    const stored: Stored = { version: 1, location: this.#location, buckets: Object.fromEntries(buckets) };
    this.#problem = await this.#cursors.write(this.#source, JSON.stringify(stored)).then(
      () => '',
      () => 'Cannot keep what was offered: after a restart all is offered again.',
    );
  }

  async #read(): Promise<Map<string, KnownBucket>> {
    try {
      const text = await this.#cursors.read(this.#source);
      if (text === undefined) return new Map();
      const stored: unknown = JSON.parse(text);
      if (!isStored(stored)) throw new Error('of another version');
      return new Map(stored.location === this.#location ? Object.entries(stored.buckets) : []);
    } catch {
      this.#problem = 'Cannot read what was offered before: all is offered again.';
      return new Map();
    }
  }
}

function isStored(value: unknown): value is Stored {
  if (!isObject(value) || value['version'] !== 1 || typeof value['location'] !== 'string') return false;
  const { buckets } = value;
  return isObject(buckets) && Object.values(buckets).every(isKnown);
}

function isKnown(value: unknown): boolean {
  return (
    isObject(value) &&
    Object.values(value).every(
      (offered) =>
        isObject(offered) && typeof offered['hash'] === 'string' && typeof offered['atMs'] === 'number',
    )
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
