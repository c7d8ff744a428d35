/** Sends what the pipeline says is due: claim, send, record, in that order. */
import type { Clock } from '../lib/clock.ts';
import { reasonOf } from '../lib/fault.ts';
import type { Log } from '../lib/log.ts';
import type { Book, Claim, Entry } from './book.ts';
import type { Channel, Delivery, Notification } from './channel.ts';
import { elapsedMs } from './line.ts';
import { type Held, planOf, renewalsOf } from './pipeline.ts';
import type { Rules } from './rules.ts';

/** Meanwhile somebody may have silenced what is still to be sent. */
const PLAN_AGE_MS_MAX = 5_000;

/** Where the pipeline keeps what it knows. */
export interface NotifyStore {
  /** Everything that was appended before is in it. */
  read(): Promise<Book>;
  /** Stores all or nothing. When it rejects they may be stored or not; adding them again is harmless. */
  append(entries: readonly Entry[]): Promise<void>;
}

export interface NotifierParts {
  readonly store: NotifyStore;
  readonly channels: readonly Channel[];
  readonly clock: Clock;
  readonly log: Log;
  /** Called when a channel is free again, after something was handed over. */
  readonly onFree?: () => void;
}

/**
 * One for a store. Channels do not wait for one another; on one channel, messages go one after the other. A crash between
 * claim and record repeats that message, and no other, after the pause that a failure has.
 */
export class Notifier {
  readonly #rules: Rules;
  readonly #parts: NotifierParts;
  readonly #channels: ReadonlyMap<string, Channel>;
  /** Channels that are sending. */
  readonly #busy = new Map<string, Promise<void>>();
  /** Outcomes that the store did not take: until it does, nothing else is sent on their channel. */
  readonly #unrecorded = new Map<string, readonly Entry[]>();
  /** When channels that forget were last told again. */
  readonly #renewedMs = new Map<string, number>();
  #isPassing = false;

  constructor(rules: Rules, parts: NotifierParts) {
    this.#rules = rules;
    this.#parts = parts;
    this.#channels = new Map(parts.channels.map((channel) => [channel.name, channel]));
  }

  /**
   * Looks once at what is due and begins to send it on every channel that is free; gives what is held, and why. Rejects when
   * the store does; calling it again is harmless.
   */
  async pass(signal: AbortSignal): Promise<readonly Held[]> {
    if (this.#isPassing) throw new Error('one pass at a time');
    this.#isPassing = true;
    try {
      return await this.#pass(signal);
    } finally {
      this.#isPassing = false;
    }
  }

  /** Resolves when nothing is being sent. */
  async idle(): Promise<void> {
    await Promise.all(this.#busy.values());
  }

  async #pass(signal: AbortSignal): Promise<readonly Held[]> {
    const { store, clock } = this.#parts;
    for (const [channel, entries] of this.#unrecorded) {
      await store.append(entries);
      this.#unrecorded.delete(channel);
    }
    // Before the book is read: a channel that becomes free afterwards has told more than the book knows.
    const busy = new Set(this.#busy.keys());
    const book = await store.read();
    const plan = planOf(book, this.#rules, clock.nowMs());
    // Marks of all channels begin together: one that began later would take what others know for told.
    const first = [...plan.begun, ...plan.settled.filter(({ channel }) => !busy.has(channel))];
    if (first.length > 0) await store.append(first);
    const free = plan.due.filter(({ channel }) => !busy.has(channel));
    for (const [name, claims] of Map.groupBy(free, ({ channel }) => channel))
      this.#beginAll(name, claims, signal);
    for (const channel of this.#channels.values())
      if (!busy.has(channel.name) && !this.#busy.has(channel.name)) this.#renew(channel, book, signal);
    return plan.held;
  }

  #beginAll(name: string, claims: readonly Claim[], signal: AbortSignal): void {
    const channel = this.#channels.get(name);
    if (channel === undefined)
      this.#parts.log.error({ channel: name }, 'a route names a channel that is not there');
    else this.#begin(name, this.#sendAll(channel, claims, signal), signal);
  }

  #renew(channel: Channel, book: Book, signal: AbortSignal): void {
    const { name, renewMs } = channel;
    const nowMs = this.#parts.clock.nowMs();
    const lastMs = this.#renewedMs.get(name);
    if (renewMs === undefined || (lastMs !== undefined && elapsedMs(lastMs, nowMs) < renewMs)) return;
    this.#renewedMs.set(name, nowMs);
    const renewals = renewalsOf(name, book, { rules: this.#rules, nowMs });
    if (renewals.length > 0) this.#begin(name, this.#renewAll(channel, renewals, signal), signal);
  }

  /** Not recorded: what is not taken now is sent again next time. */
  async #renewAll(
    channel: Channel,
    renewals: readonly Notification[],
    signal: AbortSignal,
  ): Promise<boolean> {
    for (const notification of renewals) {
      const delivery = await tried(channel, notification, signal);
      if (delivery.kind === 'delivered') continue;
      this.#parts.log.warn({ channel: channel.name, reason: delivery.reason }, 'alarms could not be renewed');
      return false;
    }
    return true;
  }

  /** Nothing else is sent on a channel until this is over; it gives whether the channel takes messages. */
  #begin(name: string, work: Promise<boolean>, signal: AbortSignal): void {
    const { log, onFree } = this.#parts;
    const sending = work
      .catch((error: unknown) => {
        if (!signal.aborted) log.error({ channel: name, error: reasonOf(error) }, 'cannot keep what is sent');
        return false;
      })
      .then((isFine) => {
        this.#busy.delete(name);
        if (isFine) onFree?.();
      });
    this.#busy.set(name, sending);
  }

  /**
   * Ends at the first that fails, as the others would wait behind it, and before the plan is old: what is left is due again
   * on the next pass. Gives whether the channel takes messages.
   */
  async #sendAll(channel: Channel, claims: readonly Claim[], signal: AbortSignal): Promise<boolean> {
    const plannedMs = claims[0]?.atMs ?? 0;
    for (const claim of claims) {
      if (signal.aborted || elapsedMs(plannedMs, this.#parts.clock.nowMs()) > PLAN_AGE_MS_MAX) break;
      const delivery = await this.#sendOne(channel, claim, signal);
      if (delivery.kind === 'failed') return false;
    }
    return true;
  }

  async #sendOne(channel: Channel, claim: Claim, signal: AbortSignal): Promise<Delivery> {
    const { store, clock } = this.#parts;
    await store.append([{ kind: 'claimed', ...claim, atMs: clock.nowMs() }]);
    const delivery = await tried(channel, claim.notification, signal);
    const outcome = outcomesOf(claim, delivery, clock.nowMs());
    if (delivery.kind !== 'delivered')
      this.#parts.log.warn(
        { channel: channel.name, attempt: claim.attempt, reason: delivery.reason },
        `notification ${delivery.kind}`,
      );
    try {
      await store.append(outcome);
    } catch (error) {
      this.#unrecorded.set(channel.name, outcome);
      throw error;
    }
    return delivery;
  }
}

/** What a channel throws may hold a secret; it throws when it is aborted, and by a mistake of ours. */
async function tried(channel: Channel, notification: Notification, signal: AbortSignal): Promise<Delivery> {
  try {
    return await channel.send(notification, signal);
  } catch (error) {
    signal.throwIfAborted();
    return {
      kind: 'failed',
      reason: `the channel broke (${error instanceof Error ? error.name : 'unknown'})`,
    };
  }
}

/** Of a message of which a part was taken, what became of that and of the rest. */
function outcomesOf(
  { channel, group, attempt, covers, notification }: Claim,
  delivery: Delivery,
  atMs: number,
): Entry[] {
  const common = { channel, group, attempt, covers, atMs, id: notification.id };
  switch (delivery.kind) {
    case 'delivered':
      return [{ kind: 'delivered', ...common, providerId: delivery.id }];
    case 'refused':
      return [{ kind: 'refused', ...common, reason: delivery.reason }];
    case 'failed': {
      const { reason, retryAfterMs = 0, taken = 0 } = delivery;
      const failed: Entry = { kind: 'failed', ...common, covers: covers.slice(taken), reason, retryAfterMs };
      if (taken === 0) return [failed];
      return [{ kind: 'delivered', ...common, covers: covers.slice(0, taken), providerId: '' }, failed];
    }
  }
}
