/** How many requests may still be sent: so many an hour, kept in a file, so that a restart gives no new ones. */
import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock } from './clock.ts';
import { replaceFile } from './durable.ts';

const HOUR_MS = 3_600_000;

export interface BudgetRequest {
  /** Requests an hour; also how many may be saved up. */
  readonly perHour: number;
  readonly path: string;
}

/** What may be sent. */
export type RequestBudget = Pick<Budget, 'perHour' | 'left' | 'spend'>;

/** For who asked for every request that is sent. */
export const UNLIMITED: RequestBudget = {
  perHour: Infinity,
  left: () => Promise.resolve(Infinity),
  spend: () => Promise.resolve(),
};

interface Kept {
  readonly left: number;
  readonly atMs: number;
}

export class Budget {
  readonly perHour: number;
  readonly #path: string;
  readonly #clock: Clock;
  #kept: Kept | undefined;
  #read: Promise<Kept> | undefined;
  /** One file is replaced at a time, though several send at once. */
  #saved: Promise<void> = Promise.resolve();

  constructor({ perHour, path }: BudgetRequest, parts: { readonly clock: Clock }) {
    this.perHour = perHour;
    this.#path = path;
    this.#clock = parts.clock;
  }

  /** Whole requests that may be sent now; below 0 when repeats went over it. */
  async left(): Promise<number> {
    this.#read ??= this.#readKept();
    const read = await this.#read;
    this.#kept ??= read;
    const nowMs = this.#clock.nowMs();
    // A clock that was set back gives nothing until it is where it was.
    const grown = (Math.max(0, nowMs - this.#kept.atMs) * this.perHour) / HOUR_MS;
    this.#kept = {
      left: Math.min(this.perHour, this.#kept.left + grown),
      atMs: Math.max(nowMs, this.#kept.atMs),
    };
    return Math.floor(this.#kept.left);
  }

  /** Resolves once the spending is on disk, before the request is sent. */
  async spend(requests: number): Promise<void> {
    await this.left();
    const { left, atMs } = this.#kept ?? { left: 0, atMs: this.#clock.nowMs() };
    this.#kept = { left: left - requests, atMs };
    const saving = this.#saved.then(() => this.#save());
    this.#saved = saving.catch(() => undefined);
    await saving;
  }

  async #save(): Promise<void> {
    await mkdir(dirname(this.#path), { recursive: true });
    await replaceFile(this.#path, JSON.stringify(this.#kept));
  }

  /** What cannot be read is taken for spent: an hour makes it whole. */
  async #readKept(): Promise<Kept> {
    const nowMs = this.#clock.nowMs();
    try {
      const kept: unknown = JSON.parse(await readFile(this.#path, 'utf8'));
      return isKept(kept) ? kept : { left: 0, atMs: nowMs };
    } catch (error) {
      const isNew = error instanceof Error && 'code' in error && error.code === 'ENOENT';
      return { left: isNew ? this.perHour : 0, atMs: nowMs };
    }
  }
}

function isKept(value: unknown): value is Kept {
  if (typeof value !== 'object' || value === null || !('left' in value) || !('atMs' in value)) return false;
  return Number.isFinite(value.left) && Number.isFinite(value.atMs);
}
