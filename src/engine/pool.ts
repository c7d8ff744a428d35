import { Fault } from '../lib/fault.ts';

/** A few connections lent out one call at a time, in order of asking; opened when first needed. */
export class Pool<Connection extends { close(): void }> {
  readonly #size: number;
  readonly #open: () => Connection;
  readonly #idle: Connection[];
  readonly #waiting: ((connection: Connection) => void)[] = [];
  readonly #running = new Set<Promise<unknown>>();
  #opened: number;
  #draining = false;

  constructor(size: number, open: () => Connection, opened: readonly Connection[] = []) {
    this.#size = size;
    this.#open = open;
    this.#idle = [...opened];
    this.#opened = opened.length;
  }

  /**
   * Runs `call` with a connection. When the signal aborts the caller is released at once; the connection stays lent
   * until the call behind it has really ended.
   */
  async use<Result>(
    signal: AbortSignal | undefined,
    call: (connection: Connection) => Promise<Result>,
  ): Promise<Result> {
    if (this.#draining)
      throw new Fault('unavailable', 'Cannot use the store: it is closing.', { retry: false });
    signal?.throwIfAborted();
    const run = this.#runOne(signal, call);
    this.#running.add(run);
    const forget = (): void => void this.#running.delete(run);
    run.then(forget, forget);
    return signal === undefined ? run : raceAbort(run, signal);
  }

  /** Waits for the calls under way and closes every connection. */
  async drain(): Promise<void> {
    this.#draining = true;
    await Promise.allSettled(this.#running);
    for (const connection of this.#idle.splice(0)) connection.close();
  }

  async #runOne<Result>(
    signal: AbortSignal | undefined,
    call: (connection: Connection) => Promise<Result>,
  ): Promise<Result> {
    const connection = await this.#lend();
    try {
      signal?.throwIfAborted();
      const result = await call(connection);
      this.#giveBack(connection);
      return result;
    } catch (error) {
      // A connection whose statement failed may still hold rows of it: the next statement gets another connection.
      connection.close();
      this.#opened -= 1;
      const next = this.#waiting.shift();
      if (next !== undefined) {
        this.#opened += 1;
        next(this.#open());
      }
      throw error;
    }
  }

  #giveBack(connection: Connection): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#idle.push(connection);
    else next(connection);
  }

  async #lend(): Promise<Connection> {
    const idle = this.#idle.pop();
    if (idle !== undefined) return idle;
    if (this.#opened < this.#size) {
      this.#opened += 1;
      return this.#open();
    }
    return new Promise((resolve) => void this.#waiting.push(resolve));
  }
}

function raceAbort<Result>(run: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
    signal.addEventListener('abort', onAbort, { once: true });
    run.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
