/** The stores as looks reach them: each request is taken off the budget first; one that does not answer is left alone for a while. */
import type { Clock } from '../../lib/clock.ts';
import { Fault, reasonOf } from '../../lib/fault.ts';
import type { Estate } from '../../s3/estate.ts';
import type { HeadAnswer, ListPage, ListRequest, S3, VersionsPage, VersionsRequest } from '../../s3/s3.ts';
import type { Budget } from '../../lib/request-budget.ts';
import type { Observed } from './confirm-observation.ts';

const MINUTE_MS = 60_000;
/** A store that is busy is asked again after this, then twice as long each time it still is. */
const REST_MS = MINUTE_MS;
const REST_MS_MAX = 30 * MINUTE_MS;
/** A bucket that refuses is asked again after this. */
const REFUSED_MS = 60 * MINUTE_MS;
/** Clocks further apart are told. */
const SKEW_MS = MINUTE_MS;
const TROUBLES_TOLD_MAX = 3;

interface Rest {
  readonly untilMs: number;
  readonly ms: number;
  readonly reason: string;
}

interface StoresParts {
  readonly estate: Pick<Estate, 'locate'>;
  readonly budget: Budget;
  readonly clock: Clock;
}

type Kind = 'HEAD' | 'LIST';

/** Beside an answer: `refused`, the store takes no such question; `silent`, it does not answer now; `unknown`, no store has the bucket. */
export interface Unanswered {
  readonly kind: 'refused' | 'silent' | 'unknown';
}

export type Look = HeadAnswer | Unanswered;

export class Stores {
  /** Requests sent so far, repeats included. */
  readonly requests = { HEAD: 0, LIST: 0 };
  readonly #parts: StoresParts;
  /** By `store <name>`, and by `HEAD <bucket id>` and `LIST <bucket id>`. */
  readonly #rests = new Map<string, Rest>();
  readonly #skews = new Map<string, number>();

  constructor(parts: StoresParts) {
    this.#parts = parts;
  }

  async head({ bucket: id, key, versionId }: Observed, signal: AbortSignal): Promise<Look> {
    return this.#ask<Look>(id, { kind: 'HEAD', signal }, async (s3, bucket, storeName) => {
      const request = { bucket, key, ...(versionId === '' ? {} : { versionId }) };
      const answer = await s3.headObject(request, signal);
      if (answer.storeMs > 0) this.#skews.set(storeName, answer.storeMs - this.#parts.clock.nowMs());
      return answer;
    });
  }

  /** A page of a bucket's versions; refused where it keeps none. */
  async versions(request: VersionsRequest, signal: AbortSignal): Promise<VersionsPage | Unanswered> {
    return this.#ask(request.bucket, { kind: 'LIST', signal }, (s3, bucket) =>
      s3.listVersionsPage({ ...request, bucket }, signal),
    );
  }

  /** A page of a bucket's keys. */
  async keys(request: ListRequest, signal: AbortSignal): Promise<ListPage | Unanswered> {
    return this.#ask(request.bucket, { kind: 'LIST', signal }, (s3, bucket) =>
      s3.listPage({ ...request, bucket }, signal),
    );
  }

  /** What stands in the way, for people; empty when nothing does. */
  troubles(): string {
    const nowMs = this.#parts.clock.nowMs();
    const rests = [...this.#rests.values()].filter(({ untilMs }) => untilMs > nowMs);
    const skewed = [...this.#skews].filter(([, ms]) => Math.abs(ms) > SKEW_MS);
    return [
      ...rests.map(({ reason }) => reason),
      ...skewed.map(
        ([name, ms]) =>
          `The clock of ${name} is ${Math.round(Math.abs(ms) / 1000)} s ${ms > 0 ? 'ahead of' : 'behind'} ours.`,
      ),
    ]
      .slice(0, TROUBLES_TOLD_MAX)
      .join(' ');
  }

  async #ask<Answer>(
    id: string,
    { kind, signal }: { readonly kind: Kind; readonly signal: AbortSignal },
    send: (s3: S3, bucket: string, storeName: string) => Promise<Answer>,
  ): Promise<Answer | Unanswered> {
    if (this.#isResting(`${kind} ${id}`)) return { kind: 'silent' };
    const place = await this.#parts.estate.locate(id, signal);
    if (place === undefined) return { kind: 'unknown' };
    if (this.#isResting(`store ${place.store.name}`)) return { kind: 'silent' };
    const { store, bucket } = place;
    const sentBefore = store.s3.requests[kind] ?? 0;
    await this.#parts.budget.spend(1);
    try {
      const answer = await send(store.s3, bucket, store.name);
      this.#rests.delete(`store ${store.name}`);
      return answer;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof Fault)) throw error;
      if (error.code === 'unsupported' || error.code === 'invalid') return { kind: 'refused' };
      this.#rest(error, error.retry ? `store ${store.name}` : `${kind} ${id}`);
      return { kind: 'silent' };
    } finally {
      const sent = Math.max(1, (store.s3.requests[kind] ?? 0) - sentBefore);
      this.requests[kind] += sent;
      if (sent > 1) await this.#parts.budget.spend(sent - 1);
    }
  }

  #isResting(name: string): boolean {
    return (this.#rests.get(name)?.untilMs ?? 0) > this.#parts.clock.nowMs();
  }

  #rest(fault: Fault, name: string): void {
    const beforeMs = this.#rests.get(name)?.ms ?? REST_MS / 2;
    const ms = fault.retry ? Math.min(REST_MS_MAX, beforeMs * 2) : REFUSED_MS;
    this.#rests.set(name, { ms, untilMs: this.#parts.clock.nowMs() + ms, reason: reasonOf(fault) });
  }
}
