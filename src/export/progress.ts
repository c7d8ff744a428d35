/** How far each publication has come, kept in a file: a value that may have been taken is never put again, for CloudWatch would add it up. */
import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { replaceFile } from '../lib/durable.ts';
import { Fault, reasonOf } from '../lib/fault.ts';

export interface Cursor {
  /** Namespace and name: what is published under another question goes on where the one before it ended. */
  readonly name: string;
  /** All periods that start before it are done; milliseconds since 1970 UTC, as all times here. */
  readonly untilMs: number;
  /** Values after it that were put, or may have been. */
  readonly sent: readonly string[];
}

/** A series that is published. */
export interface KnownSeries {
  readonly lastMs: number;
  readonly periodMs: number;
}

interface Kept {
  readonly version: 1;
  readonly cursors: Readonly<Record<string, Cursor>>;
  readonly series: Readonly<Record<string, KnownSeries>>;
}

export class Progress {
  readonly #path: string;
  readonly cursors = new Map<string, Cursor>();
  readonly series = new Map<string, KnownSeries>();
  #reading: Promise<void> | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /** Reads the file, once. Throws `conflict` when it is there and cannot be read: to begin anew might count values twice. */
  read(): Promise<void> {
    this.#reading ??= this.#read().catch((error: unknown) => {
      this.#reading = undefined;
      throw error;
    });
    return this.#reading;
  }

  /** Leaves out what nothing was published of since. */
  forget(beforeMs: number): void {
    for (const [id, { untilMs }] of this.cursors) if (untilMs < beforeMs) this.cursors.delete(id);
    for (const [id, { lastMs }] of this.series) if (lastMs < beforeMs) this.series.delete(id);
  }

  /** Resolves once all of it is on disk. */
  async save(): Promise<void> {
    const kept: Kept = {
      version: 1,
      cursors: Object.fromEntries(this.cursors),
      series: Object.fromEntries(this.series),
    };
    await mkdir(dirname(this.#path), { recursive: true });
    await replaceFile(this.#path, JSON.stringify(kept));
  }

  async #read(): Promise<void> {
    const kept = await this.#kept();
    for (const [id, cursor] of Object.entries(kept?.cursors ?? {})) this.cursors.set(id, cursor);
    for (const [id, series] of Object.entries(kept?.series ?? {})) this.series.set(id, series);
  }

  async #kept(): Promise<Kept | undefined> {
    try {
      const kept: unknown = JSON.parse(await readFile(this.#path, 'utf8'));
      if (isKept(kept)) return kept;
      throw new Error('it is of another form');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
      throw new Fault(
        'conflict',
        `Cannot publish to CloudWatch: ${this.#path}, which says how far that has come, cannot be read (${reasonOf(error)}); remove it to begin with the periods that end from now on.`,
        { cause: error },
      );
    }
  }
}

function isKept(value: unknown): value is Kept {
  return typeof value === 'object' && value !== null && 'version' in value && value.version === 1;
}
