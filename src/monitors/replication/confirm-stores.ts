/** The stores as looks reach them: spared, and with what their clocks say. */
import type { HeadAnswer, ListPage, ListRequest, VersionsPage, VersionsRequest } from '../../s3/s3.ts';
import { SparedStores, type SparedStoresParts, type Unanswered } from '../../s3/spared-stores.ts';
import type { Observed } from './confirm-observation.ts';

/** Clocks further apart are told. */
const SKEW_MS = 60_000;
const TROUBLES_TOLD_MAX = 3;

export type Look = HeadAnswer | Unanswered;

export class Stores {
  readonly #parts: SparedStoresParts;
  readonly #stores: SparedStores;
  readonly #skews = new Map<string, number>();

  constructor(parts: SparedStoresParts) {
    this.#parts = parts;
    this.#stores = new SparedStores(parts);
  }

  /** Requests sent so far, repeats included. */
  get requests(): { readonly HEAD: number; readonly LIST: number } {
    const { HEAD, LIST } = this.#stores.requests;
    return { HEAD, LIST };
  }

  async head({ bucket: bucketId, key, versionId }: Observed, signal: AbortSignal): Promise<Look> {
    const version = versionId === '' ? {} : { versionId };
    return this.#stores.ask<HeadAnswer>(
      {
        bucketId,
        kind: 'HEAD',
        send: async (s3, bucket, storeName) => {
          const answer = await s3.headObject({ bucket, key, ...version }, signal);
          if (answer.storeMs > 0) this.#skews.set(storeName, answer.storeMs - this.#parts.clock.nowMs());
          return answer;
        },
      },
      signal,
    );
  }

  /** A page of a bucket's versions; refused where it keeps none. */
  async versions(request: VersionsRequest, signal: AbortSignal): Promise<VersionsPage | Unanswered> {
    return this.#stores.ask<VersionsPage>(
      {
        bucketId: request.bucket,
        kind: 'LIST',
        send: (s3, bucket) => s3.listVersionsPage({ ...request, bucket }, signal),
      },
      signal,
    );
  }

  /** A page of a bucket's keys. */
  async keys(request: ListRequest, signal: AbortSignal): Promise<ListPage | Unanswered> {
    return this.#stores.ask<ListPage>(
      {
        bucketId: request.bucket,
        kind: 'LIST',
        send: (s3, bucket) => s3.listPage({ ...request, bucket }, signal),
      },
      signal,
    );
  }

  /** What stands in the way, for people; empty when nothing does. */
  troubles(): string {
    const skewed = [...this.#skews].filter(([, ms]) => Math.abs(ms) > SKEW_MS);
    return [
      ...this.#stores.troubles(),
      ...skewed.map(
        ([name, ms]) =>
          `The clock of ${name} is ${Math.round(Math.abs(ms) / 1000)} s ${ms > 0 ? 'ahead of' : 'behind'} ours.`,
      ),
    ]
      .slice(0, TROUBLES_TOLD_MAX)
      .join(' ');
  }
}
