/** Values handed from those who push to one who reads, in order. It has no bound of its own: who pushes has one. */
export class Channel<Value extends object> {
  readonly #values: Value[] = [];
  #isClosed = false;
  #wake: () => void = () => undefined;

  get size(): number {
    return this.#values.length;
  }

  push(value: Value): void {
    this.#values.push(value);
    this.#wake();
  }

  /** Nothing more is pushed: reading ends behind what is there. */
  close(): void {
    this.#isClosed = true;
    this.#wake();
  }

  /** Takes out what nobody has read. */
  drain(): Value[] {
    return this.#values.splice(0);
  }

  /** Every value once, until the channel is closed and empty or the signal aborts. */
  async *read(signal: AbortSignal): AsyncGenerator<Value> {
    const onAbort = (): void => this.#wake();
    signal.addEventListener('abort', onAbort);
    try {
      while (!signal.aborted) {
        const value = this.#values.shift();
        if (value !== undefined) {
          yield value;
          continue;
        }
        if (this.#isClosed) return;
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }
}
