/** Messages that failed and will come again. */
import type { Clock } from '../lib/clock.ts';

interface Trouble {
  readonly reason: string;
  /** When it is forgotten: the message should have come again, or went to a dead-letter queue or another reader. */
  readonly untilMs: number;
}

const TROUBLES_MAX = 1_000;
const GRACE_MS = 60_000;

export class Troubles {
  readonly #clock: Clock;
  readonly #troubles = new Map<string, Trouble>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  begin(messageId: string, reason: string, waitMs: number): void {
    this.#forgetOld();
    this.#troubles.delete(messageId);
    if (this.#troubles.size < TROUBLES_MAX)
      this.#troubles.set(messageId, { reason, untilMs: this.#clock.nowMs() + waitMs + GRACE_MS });
  }

  end(messageId: string): void {
    this.#troubles.delete(messageId);
  }

  /** For people; empty when there is none. */
  text(): string {
    this.#forgetOld();
    const last = [...this.#troubles.values()].at(-1);
    if (last === undefined) return '';
    return `${this.#troubles.size} messages cannot be stored and will be tried again; the last: ${last.reason}`;
  }

  #forgetOld(): void {
    const nowMs = this.#clock.nowMs();
    for (const [messageId, { untilMs }] of this.#troubles)
      if (untilMs < nowMs) this.#troubles.delete(messageId);
  }
}
