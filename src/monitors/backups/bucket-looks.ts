/** Lists buckets, a part at a time, under the budget. */
import type { Engine } from '../../engine/engine.ts';
import type { Clock } from '../../lib/clock.ts';
import type { RequestBudget } from '../../lib/request-budget.ts';
import { engineTime } from '../../lib/engine-time.ts';
import type { ListedObject, ListPage, ListRequest } from '../../s3/s3.ts';
import { type BucketPlaces, SparedStores } from '../../s3/spared-stores.ts';
import { type LookPart, partKey } from './look-plan.ts';

export type LookCause = 'first' | 'regular' | 'deadline' | 'recovery' | 'asked';

export interface BucketLookRequest {
  /** Bucket id. */
  readonly bucket: string;
  readonly part: LookPart;
  readonly cause: LookCause;
  /** How long to wait for the store; default: as long as a whole bucket may take. */
  readonly timeoutMs?: number;
}

/** What listing a part came to. */
export interface BucketLook {
  readonly atMs: number;
  readonly requests: number;
  readonly keys: number;
  /** The last key listed; empty when none was. */
  readonly lastKey: string;
  /** Why it was not listed to its end; empty when it was. */
  readonly problem: string;
}

const NO_REQUESTS = 'backups.looks.requests_per_hour is 0';
const NO_BUDGET = 'backups.looks.requests_per_hour is used up';
/** Share of the requests of an hour that whole looks leave to deadlines. */
const LEFT_RATIO = 0.1;
/** A whole part has to be listed within this. */
const LOOK_MS = 30 * 60_000;

interface LooksParts {
  readonly estate: BucketPlaces;
  readonly budget: RequestBudget;
  readonly clock: Clock;
}

export class BucketLooks {
  readonly #parts: LooksParts;
  readonly #stores: SparedStores;

  constructor(parts: LooksParts) {
    this.#parts = parts;
    this.#stores = new SparedStores(parts);
  }

  /** Lists the part and gives each page to `take`. What stands in the way is told, not thrown. */
  async look(
    request: BucketLookRequest,
    take: (objects: readonly ListedObject[]) => Promise<void>,
    stop: AbortSignal,
  ): Promise<BucketLook> {
    const { timeoutMs = LOOK_MS } = request;
    const counted = { atMs: this.#parts.clock.nowMs(), requests: 0, keys: 0, lastKey: '' };
    const timeout = AbortSignal.timeout(timeoutMs);
    const signal = AbortSignal.any([stop, timeout]);
    try {
      if (request.cause === 'asked') await this.#stores.wake(request.bucket, signal);
      let from = startOf(request.part);
      for (;;) {
        const page = await this.#page(request, from, signal);
        if ('reason' in page)
          return { ...counted, requests: counted.requests + page.requests, problem: page.reason };
        counted.requests += 1;
        counted.keys += page.objects.length;
        counted.lastKey = page.objects.at(-1)?.key ?? counted.lastKey;
        await take(page.objects);
        if (!page.isTruncated) return { ...counted, problem: '' };
        if (page.continuationToken === undefined)
          return { ...counted, problem: 'the store says there is more, and not where' };
        from = { continuationToken: page.continuationToken };
      }
    } catch (error) {
      stop.throwIfAborted();
      if (!timeout.aborted) throw error;
      const requests = counted.requests + 1;
      return { ...counted, requests, problem: `it took longer than ${Math.ceil(timeoutMs / 1000)} s` };
    }
  }

  async #page(
    { bucket: bucketId, part, cause }: BucketLookRequest,
    from: Pick<ListRequest, 'startAfter' | 'continuationToken'>,
    signal: AbortSignal,
  ): Promise<ListPage | { readonly reason: string; readonly requests: number }> {
    const { budget } = this.#parts;
    if (budget.perHour === 0) return { reason: NO_REQUESTS, requests: 0 };
    const isWhole = cause === 'first' || cause === 'regular';
    const kept = isWhole ? Math.floor(budget.perHour * LEFT_RATIO) : 0;
    if ((await budget.left()) - kept < 1) return { reason: NO_BUDGET, requests: 0 };
    const answer = await this.#stores.ask<ListPage>(
      {
        bucketId,
        kind: 'LIST',
        send: (s3, bucket) => s3.listPage({ bucket, prefix: part.prefix, ...from }, signal),
      },
      signal,
    );
    return 'kind' in answer ? { reason: answer.reason, requests: answer.isSent ? 1 : 0 } : answer;
  }
}

function startOf({ startAfter }: LookPart): Pick<ListRequest, 'startAfter' | 'continuationToken'> {
  return startAfter === undefined ? {} : { startAfter };
}

/** Writes down what a look cost and gave. */
export async function saveLook(
  { bucket, part, cause }: BucketLookRequest,
  look: BucketLook & { readonly files: number; readonly leftOut: number },
  engine: Engine,
): Promise<void> {
  const row = {
    bucket,
    at: engineTime(look.atMs),
    prefix: part.prefix,
    cause,
    requests: look.requests,
    keys: look.keys,
    files: look.files,
    left_out: look.leftOut,
    problem: look.problem,
  };
  await engine.insertRows({ table: 'backup_looks', rows: [row] });
}

/** When each part of a bucket was last listed whole; by `partKey`, milliseconds since 1970 UTC. */
export async function lastLooks(engine: Engine): Promise<Map<string, number>> {
  const rows = await engine.query<{ bucket: string; prefix: string; at_ms: number }>(
    `select bucket, prefix, toUnixTimestamp64Milli(max(at)) as at_ms from backup_looks
     where cause in ('first', 'regular', 'asked') and problem = '' group by bucket, prefix`,
  );
  return new Map(rows.map(({ bucket, prefix, at_ms: atMs }) => [partKey(bucket, prefix), atMs]));
}
