/** Objects that could not be read: tried again at the next look, then ever more rarely, until they can be or are gone. */

export interface Wanted {
  readonly key: string;
  readonly etag: string;
  /** Milliseconds since 1970 UTC, 0 when the store does not say. */
  readonly modifiedMs: number;
}

interface Retry {
  readonly wanted: Wanted;
  attempts: number;
  dueMs: number;
  isUnderWay: boolean;
}

const WAIT_MS_MAX = 900_000;

export class Retries {
  readonly #waitMs: number;
  readonly #max: number;
  readonly #retries = new Map<string, Retry>();
  #reason = '';

  /** The second wait is `waitMs`, each further one twice as long, at most 15 minutes. */
  constructor(request: { readonly waitMs: number; readonly max: number }) {
    this.#waitMs = request.waitMs;
    this.#max = request.max;
  }

  get isFull(): boolean {
    return this.#retries.size >= this.#max;
  }

  get size(): number {
    return this.#retries.size;
  }

  /** Why the last one failed. */
  get reason(): string {
    return this.#reason;
  }

  restore(wanted: readonly Wanted[]): void {
    for (const one of wanted)
      this.#retries.set(one.key, { wanted: one, attempts: 0, dueMs: 0, isUnderWay: false });
  }

  failed(wanted: Wanted, reason: string, nowMs: number): void {
    this.#reason = reason;
    const known = this.#retries.get(wanted.key);
    const attempts = (known?.wanted.etag === wanted.etag ? known.attempts : 0) + 1;
    const waitMs = attempts === 1 ? 0 : Math.min(WAIT_MS_MAX, this.#waitMs * 2 ** (attempts - 2));
    this.#retries.set(wanted.key, { wanted, attempts, dueMs: nowMs + waitMs, isUnderWay: false });
  }

  settle(wanted: Wanted): void {
    if (this.#retries.get(wanted.key)?.wanted.etag === wanted.etag) this.#retries.delete(wanted.key);
  }

  /** Those whose time has come, marked as under way. */
  takeDue(nowMs: number): Wanted[] {
    const due = [...this.#retries.values()].filter((retry) => !retry.isUnderWay && retry.dueMs <= nowMs);
    for (const retry of due) retry.isUnderWay = true;
    return due.map(({ wanted }) => wanted);
  }

  stored(): Wanted[] {
    return [...this.#retries.values()].map(({ wanted: { key, etag, modifiedMs } }) => ({
      key,
      etag,
      modifiedMs,
    }));
  }
}
