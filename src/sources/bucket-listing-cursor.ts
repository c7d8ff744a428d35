/** Where a bucket listing keeps how far it got, so that a restart goes on from there. */
import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../lib/clock.ts';
import { replaceFile } from '../lib/durable.ts';
import { reasonOf } from '../lib/fault.ts';
import type { StreamName } from './bucket-listing-keys.ts';
import type { Wanted } from './bucket-listing-retries.ts';

/** Keeps one text for each source. */
export interface CursorStore {
  /** The text last written for the source, if any. */
  read(source: string): Promise<string | undefined>;
  /** Replaces it, whole or not at all; durable when it returns. */
  write(source: string, text: string): Promise<void>;
}

/** How far a stream was read. */
export interface StoredStream extends StreamName {
  /** Every object whose key sorts at or before it is settled. */
  readonly start: string;
  /** Marks of settled keys after it. */
  readonly known: readonly string[];
}

export interface StoredCursor {
  readonly version: 1;
  readonly location: string;
  readonly streams: readonly StoredStream[];
  /** Objects that could not be read and are to be tried again. */
  readonly retries: readonly Wanted[];
}

const SAVE_MS = 1_000;
const NAME_LENGTH_MAX = 150;

/** Reads and writes one source's cursor. A store that fails is a `problem`, and costs no more than repeated offers. */
export class CursorWriter {
  readonly #request: { readonly source: string; readonly location: string };
  readonly #parts: { readonly cursors: CursorStore; readonly clock: Clock };
  #written = '';
  #writtenMs = 0;
  #turn: Promise<void> = Promise.resolve();
  #problem = '';

  constructor(
    request: { readonly source: string; readonly location: string },
    parts: { readonly cursors: CursorStore; readonly clock: Clock },
  ) {
    this.#request = request;
    this.#parts = parts;
  }

  /** Why the cursor could not be kept; empty when it could. */
  get problem(): string {
    return this.#problem;
  }

  /** The stored cursor; nothing when there is none, it is of another place, or it cannot be read: all is offered again. */
  async read(): Promise<StoredCursor | undefined> {
    const { source, location } = this.#request;
    try {
      const text = await this.#parts.cursors.read(source);
      if (text === undefined) return undefined;
      const cursor: unknown = JSON.parse(text);
      if (!isCursor(cursor)) throw new Error('it is not a cursor of this version');
      return cursor.location === location ? cursor : undefined;
    } catch (error) {
      this.#problem = `Cannot read the cursor: ${reasonOf(error)}; everything is offered again.`;
      return undefined;
    }
  }

  /** Whether the last write is a second ago. */
  isDue(): boolean {
    return this.#parts.clock.nowMs() - this.#writtenMs >= SAVE_MS;
  }

  /** Writes what `cursorOf` gives when its turn comes, unless it is what was written last. One write at a time. */
  async save(cursorOf: () => StoredCursor): Promise<void> {
    this.#writtenMs = this.#parts.clock.nowMs();
    this.#turn = this.#turn.then(() => this.#write(cursorOf()));
    await this.#turn;
  }

  async #write(cursor: StoredCursor): Promise<void> {
    const text = JSON.stringify(cursor);
    if (text === this.#written) return;
    try {
      await this.#parts.cursors.write(this.#request.source, text);
      this.#written = text;
      this.#problem = '';
    } catch (error) {
      this.#problem = `Cannot keep the cursor: ${reasonOf(error)}; after a restart the same is offered again.`;
    }
  }
}

/** Keeps each source's text in a file of the folder, which is made when it is needed. */
export function openCursorFiles(folder: string): CursorStore {
  const pathOf = (source: string): string => join(folder, `${fileNameOf(source)}.cursor.json`);
  return {
    read: async (source) => {
      try {
        return await readFile(pathOf(source), 'utf8');
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
        throw error;
      }
    },
    write: async (source, text) => {
      await mkdir(folder, { recursive: true });
      await replaceFile(pathOf(source), text);
    },
  };
}

function isCursor(value: unknown): value is StoredCursor {
  return (
    hasFields(value, ['location']) &&
    value['version'] === 1 &&
    isListOf(value['streams'], isStream) &&
    isListOf(value['retries'], isRetry)
  );
}

function isStream(value: unknown): boolean {
  if (!hasFields(value, ['prefix', 'layout', 'start'])) return false;
  const isLayout = value['layout'] === 'names' || value['layout'] === 'days';
  return isLayout && isListOf(value['known'], (mark) => typeof mark === 'string');
}

function isRetry(value: unknown): boolean {
  return hasFields(value, ['key', 'etag']) && typeof value['modifiedMs'] === 'number';
}

function isListOf(value: unknown, isEntry: (entry: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isEntry);
}

/** Whether it is an object with a text in each of these fields. */
function hasFields(value: unknown, fields: readonly string[]): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  return fields.every((field) => typeof (value as Record<string, unknown>)[field] === 'string');
}

/** The source's name where a file can have it; a long one is told apart by its hash. */
function fileNameOf(source: string): string {
  const encoded = encodeURIComponent(source);
  if (encoded.length <= NAME_LENGTH_MAX) return encoded;
  const hash = createHash('sha256').update(source).digest('hex').slice(0, 16);
  return `${encoded.slice(0, NAME_LENGTH_MAX)}-${hash}`;
}
