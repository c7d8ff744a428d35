/** What ends the pause of a job before its time. */
import type { Clock } from './clock.ts';

export class Bell {
  readonly #clock: Clock;
  #isRung = false;
  #wake: (() => void) | undefined;

  constructor(parts: { readonly clock: Clock }) {
    this.#clock = parts.clock;
  }

  /** Ends the pause under way; the next one, when there is none. */
  ring(): void {
    this.#isRung = true;
    this.#wake?.();
  }

  /** Resolves after `ms`, when it is rung, or when the signal aborts. */
  async pause(ms: number, signal: AbortSignal): Promise<void> {
    if (!this.#isRung) {
      const rung = new AbortController();
      this.#wake = () => rung.abort();
      await this.#clock.sleep(ms, AbortSignal.any([signal, rung.signal])).catch(() => undefined);
      this.#wake = undefined;
    }
    this.#isRung = false;
  }
}
