/** Stores that are spared: each request is taken off a budget first; a store that does not answer is left alone for a while. */
import type { Clock } from '../lib/clock.ts';
import { Fault, reasonOf } from '../lib/fault.ts';
import type { RequestBudget } from '../lib/request-budget.ts';
import { isObjectGone, type S3 } from './s3.ts';

const MINUTE_MS = 60_000;
/** A store that is busy is asked again after this, then twice as long each time it still is. */
const REST_MS = MINUTE_MS;
const REST_MS_MAX = 30 * MINUTE_MS;
/** A bucket that refuses is asked again after this. */
const REFUSED_MS = 60 * MINUTE_MS;

interface Rest {
  readonly untilMs: number;
  readonly ms: number;
  readonly reason: string;
  readonly mayPass: boolean;
}

/** Where buckets are: an `Estate`, or one store. */
export interface BucketPlaces {
  locate(
    bucketId: string,
    signal?: AbortSignal,
  ): Promise<
    { readonly store: { readonly name: string; readonly s3: S3 }; readonly bucket: string } | undefined
  >;
}

export interface SparedStoresParts {
  readonly estate: BucketPlaces;
  readonly budget: Pick<RequestBudget, 'spend'>;
  readonly clock: Clock;
}

type Kind = 'HEAD' | 'LIST' | 'GET';

/** Instead of an answer: `refused`, the store takes no such question; `silent`, it does not answer now; `unknown`, no store has the bucket. */
export interface Unanswered {
  readonly kind: 'refused' | 'silent' | 'unknown';
  readonly reason: string;
  /** Whether a request was sent; a store that is left alone is not asked. */
  readonly isSent: boolean;
  /** Whether the same question may bring an answer soon. */
  readonly mayPass: boolean;
}

/** What is asked, where it is, and with which connection. */
export interface Asking<Answer> {
  readonly bucketId: string;
  readonly kind: Kind;
  readonly send: (s3: S3, bucket: string, storeName: string) => Promise<Answer>;
}

export class SparedStores {
  /** Requests sent so far, repeats included. */
  readonly requests: Record<Kind, number> = { HEAD: 0, LIST: 0, GET: 0 };
  readonly #parts: SparedStoresParts;
  /** By `store <name>`, and by `<kind> <bucket id>`. */
  readonly #rests = new Map<string, Rest>();

  constructor(parts: SparedStoresParts) {
    this.#parts = parts;
  }

  /** Sends one question. Throws what is no `Fault`, and when the signal aborts. */
  async ask<Answer>(
    { bucketId, kind, send }: Asking<Answer>,
    signal: AbortSignal,
  ): Promise<Answer | Unanswered> {
    const rest = this.#restOf(`${kind} ${bucketId}`);
    if (rest !== undefined) return unsent('silent', rest);
    const place = await this.#parts.estate.locate(bucketId, signal);
    if (place === undefined) return unsent('unknown', { reason: `no store has ${bucketId}`, mayPass: false });
    const { store, bucket } = place;
    const storeRest = this.#restOf(`store ${store.name}`);
    if (storeRest !== undefined) return unsent('silent', storeRest);
    const sentBefore = store.s3.requests[kind] ?? 0;
    await this.#parts.budget.spend(1);
    try {
      const answer = await send(store.s3, bucket, store.name);
      this.#rests.delete(`store ${store.name}`);
      return answer;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof Fault)) throw error;
      const reason = reasonOf(error);
      if (isRefusal(error)) return { kind: 'refused', reason, isSent: true, mayPass: false };
      this.#rest(error, error.retry ? `store ${store.name}` : `${kind} ${bucketId}`);
      return { kind: 'silent', reason, isSent: true, mayPass: error.retry };
    } finally {
      const sent = Math.max(1, (store.s3.requests[kind] ?? 0) - sentBefore);
      this.requests[kind] += sent;
      if (sent > 1) await this.#parts.budget.spend(sent - 1);
    }
  }

  /** Why stores and buckets are left alone now, in sentences. */
  troubles(): string[] {
    const nowMs = this.#parts.clock.nowMs();
    return [...this.#rests.values()].filter(({ untilMs }) => untilMs > nowMs).map(({ reason }) => reason);
  }

  /** Leaves a bucket, and its store, alone no longer: somebody asks now. */
  async wake(bucketId: string, signal: AbortSignal): Promise<void> {
    for (const kind of ['HEAD', 'LIST', 'GET']) this.#rests.delete(`${kind} ${bucketId}`);
    const place = await this.#parts.estate.locate(bucketId, signal);
    if (place !== undefined) this.#rests.delete(`store ${place.store.name}`);
  }

  #restOf(name: string): Rest | undefined {
    const rest = this.#rests.get(name);
    return rest !== undefined && rest.untilMs > this.#parts.clock.nowMs() ? rest : undefined;
  }

  #rest(fault: Fault, name: string): void {
    // Of several that were under way when it fell silent each tells the same.
    if (fault.retry && this.#restOf(name) !== undefined) return;
    const beforeMs = this.#rests.get(name)?.ms ?? REST_MS / 2;
    const ms = fault.retry ? Math.min(REST_MS_MAX, beforeMs * 2) : REFUSED_MS;
    const untilMs = this.#parts.clock.nowMs() + ms;
    this.#rests.set(name, { ms, untilMs, reason: reasonOf(fault), mayPass: fault.retry });
  }
}

/** Whether a fault says something of this question alone, so that others may be asked. */
function isRefusal(fault: Fault): boolean {
  return (
    fault.code === 'unsupported' ||
    fault.code === 'invalid' ||
    fault.code === 'conflict' ||
    isObjectGone(fault)
  );
}

function unsent(
  kind: Unanswered['kind'],
  { reason, mayPass }: Pick<Unanswered, 'reason' | 'mayPass'>,
): Unanswered {
  return { kind, reason, isSent: false, mayPass };
}
