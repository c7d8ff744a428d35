/** Messages of a queue that are under way here: kept from being given out again, then deleted or given back. */
import type { Clock } from '../lib/clock.ts';
import { Fault } from '../lib/fault.ts';
import type { Queue, ReceivedMessage } from '../s3/queue.ts';

export interface HeldParts {
  readonly queue: Queue;
  readonly clock: Clock;
}

interface Held {
  /** Of the latest delivery: only that one deletes. */
  receipt: string;
  readonly sentMs: number;
  readonly bodyLength: number;
  heldUntilMs: number;
  /** Its receipt has run out: it is not held any longer, and will be given out again. */
  isLost: boolean;
}

/** Messages under way, and characters in their bodies: beyond either nothing more is received. */
const MESSAGES_MAX = 4_000;
const CHARACTERS_MAX = 64 * 1024 * 1024;
/** Deletions wait this long for company. */
const COLLECT_MS = 20;

export class HeldMessages {
  readonly #parts: HeldParts;
  readonly #visibilityMs: number;
  readonly #held = new Map<string, Held>();
  #characters = 0;
  #finished: string[] = [];
  #deleting: Promise<void> | undefined;
  #problem: Fault | undefined;

  constructor(visibilityMs: number, parts: HeldParts) {
    this.#visibilityMs = visibilityMs;
    this.#parts = parts;
  }

  get isFull(): boolean {
    return this.#held.size >= MESSAGES_MAX || this.#characters >= CHARACTERS_MAX;
  }

  /** Why the last message could not be held or deleted. */
  get problem(): string {
    return this.#problem?.message ?? '';
  }

  /** When the oldest of them was sent; nothing when there is none. */
  get oldestSentMs(): number | undefined {
    let oldest: number | undefined;
    for (const { sentMs } of this.#held.values())
      if (sentMs > 0 && sentMs < (oldest ?? Infinity)) oldest = sentMs;
    return oldest;
  }

  /** Holds a message; false when it is under way already, and then only its new receipt is taken over. */
  take(message: ReceivedMessage): boolean {
    const { messageId, receipt, sentMs, body } = message;
    const heldUntilMs = this.#parts.clock.nowMs() + this.#visibilityMs;
    const known = this.#held.get(messageId);
    if (known === undefined) {
      this.#held.set(messageId, { receipt, sentMs, bodyLength: body.length, heldUntilMs, isLost: false });
      this.#characters += body.length;
      return true;
    }
    Object.assign(known, { receipt, heldUntilMs, isLost: false });
    return false;
  }

  /** Deletes a message, soon and with others. */
  finish(messageId: string): void {
    const held = this.#letGo(messageId);
    if (held === undefined) return;
    this.#finished.push(held.receipt);
    this.#deleting ??= this.#deleteSoon();
  }

  /** Gives a message back: the queue gives it out again after `waitMs`. */
  async giveBack(messageId: string, waitMs: number): Promise<void> {
    const held = this.#letGo(messageId);
    if (held === undefined || held.isLost) return;
    await this.#tell(() => this.#parts.queue.hold([held.receipt], Math.ceil(waitMs / 1000)));
  }

  /** Goes on holding what takes long, until the signal aborts. */
  async keep(signal: AbortSignal): Promise<void> {
    const everyMs = this.#visibilityMs / 3;
    const isRunning = (): Promise<boolean> =>
      this.#parts.clock.sleep(everyMs, signal).then(
        () => true,
        () => false,
      );
    while (await isRunning()) await this.#holdOn();
  }

  /** Waits until everything finished is deleted. */
  async settle(): Promise<void> {
    await this.#deleting;
  }

  #letGo(messageId: string): Held | undefined {
    const held = this.#held.get(messageId);
    this.#held.delete(messageId);
    this.#characters -= held?.bodyLength ?? 0;
    return held;
  }

  async #holdOn(): Promise<void> {
    const { clock, queue } = this.#parts;
    const soonMs = clock.nowMs() + (this.#visibilityMs * 2) / 3;
    const due = new Map<string, Held>();
    for (const held of this.#held.values())
      if (!held.isLost && held.heldUntilMs <= soonMs) due.set(held.receipt, held);
    if (due.size === 0) return;
    const heldUntilMs = clock.nowMs() + this.#visibilityMs;
    const refused = await this.#tell(() => queue.hold([...due.keys()], Math.ceil(this.#visibilityMs / 1000)));
    if (refused === undefined) return;
    for (const { receipt } of refused) {
      const held = due.get(receipt);
      // A receipt taken over meanwhile is not the refused one.
      if (held?.receipt === receipt) held.isLost = true;
    }
    for (const held of due.values()) if (!held.isLost) held.heldUntilMs = heldUntilMs;
  }

  async #deleteSoon(): Promise<void> {
    await this.#parts.clock.sleep(COLLECT_MS);
    while (this.#finished.length > 0) {
      const receipts = this.#finished;
      this.#finished = [];
      // What is refused comes again, is known then, and is deleted by its new receipt.
      await this.#tell(() => this.#parts.queue.remove(receipts));
    }
    this.#deleting = undefined;
  }

  async #tell<Answer>(request: () => Promise<Answer>): Promise<Answer | undefined> {
    try {
      const answer = await request();
      this.#problem = undefined;
      return answer;
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      this.#problem = error;
      return undefined;
    }
  }
}
