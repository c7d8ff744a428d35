/** Lists buckets, a part at a time, under the budget. */
import type { Engine } from '../../engine/engine.ts';
import type { Clock } from '../../lib/clock.ts';
import { Fault, reasonOf } from '../../lib/fault.ts';
import type { Budget } from '../../lib/request-budget.ts';
import { storeTime } from '../../lib/store-time.ts';
import type { Estate } from '../../s3/estate.ts';
import type { ListedObject } from '../../s3/s3.ts';
import type { LookPart } from './look-plan.ts';

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
  /** Why it was not listed to its end; empty when it was. */
  readonly problem: string;
}

const NO_STORE = 'no store of the estate has the bucket';
const NO_BUDGET = 'backups.looks.requests_per_hour is used up';

/** A whole part has to be listed within this. */
const LOOK_MS = 30 * 60_000;
/** A store that did not answer is left alone for a while; a bucket that refuses for longer. */
const SILENT_MS = 60_000;
const REFUSED_MS = 15 * 60_000;

export class BucketLooks {
  readonly #parts: {
    readonly estate: Pick<Estate, 'locate'>;
    readonly budget: Budget;
    readonly clock: Clock;
  };
  readonly #rests = new Map<string, { readonly untilMs: number; readonly problem: string }>();

  constructor(parts: {
    readonly estate: Pick<Estate, 'locate'>;
    readonly budget: Budget;
    readonly clock: Clock;
  }) {
    this.#parts = parts;
  }

  /** Why nothing may be asked of the bucket now; empty when it may. */
  async hindrance(bucket: string, signal: AbortSignal): Promise<string> {
    const { estate, budget } = this.#parts;
    if (budget.perHour === 0) return 'backups.looks.requests_per_hour is 0';
    const rest = this.#resting(bucket);
    if (rest !== undefined) return rest;
    return (await estate.locate(bucket, signal)) === undefined ? NO_STORE : '';
  }

  /** Lists the part and gives each page to `take`. What stands in the way is told, not thrown. */
  async look(
    { bucket: id, part, cause, timeoutMs = LOOK_MS }: BucketLookRequest,
    take: (objects: readonly ListedObject[]) => Promise<void>,
    stop: AbortSignal,
  ): Promise<BucketLook> {
    const { estate, budget, clock } = this.#parts;
    const atMs = clock.nowMs();
    const counted = { requests: 0, keys: 0 };
    const timeout = AbortSignal.timeout(timeoutMs);
    const signal = AbortSignal.any([stop, timeout]);
    const ended = (problem: string): BucketLook => ({ atMs, ...counted, problem });
    const rest = cause === 'asked' ? undefined : this.#resting(id);
    if (rest !== undefined) return ended(rest);
    if (budget.perHour === 0) return ended('backups.looks.requests_per_hour is 0');
    try {
      const place = await estate.locate(id, signal);
      if (place === undefined) return ended(NO_STORE);
      let token: string | undefined;
      do {
        if ((await budget.left()) < 1) return ended(NO_BUDGET);
        await budget.spend(1);
        counted.requests += 1;
        const from = token === undefined ? startOf(part) : { continuationToken: token };
        const page = await place.store.s3.listPage(
          { bucket: place.bucket, prefix: part.prefix, ...from },
          signal,
        );
        counted.keys += page.objects.length;
        await take(page.objects);
        token = page.isTruncated ? page.continuationToken : undefined;
        if (page.isTruncated && token === undefined)
          return ended('the store says there is more, and not where');
      } while (token !== undefined);
      this.#rests.delete(id);
      return ended('');
    } catch (error) {
      stop.throwIfAborted();
      if (!timeout.aborted && !(error instanceof Fault)) throw error;
      const problem = timeout.aborted ? `it took longer than ${timeoutMs / 1000} s` : reasonOf(error);
      const isRefused = !timeout.aborted && error instanceof Fault && !error.retry;
      this.#rests.set(id, { problem, untilMs: clock.nowMs() + (isRefused ? REFUSED_MS : SILENT_MS) });
      return ended(problem);
    }
  }

  #resting(bucket: string): string | undefined {
    const rest = this.#rests.get(bucket);
    return rest !== undefined && rest.untilMs > this.#parts.clock.nowMs() ? rest.problem : undefined;
  }
}

function startOf({ startAfter }: LookPart): { startAfter?: string } {
  return startAfter === undefined ? {} : { startAfter };
}

/** Writes down what a look cost and gave. */
export async function saveLook(
  { bucket, part, cause }: BucketLookRequest,
  look: BucketLook & { readonly files: number },
  engine: Engine,
): Promise<void> {
  const row = {
    bucket,
    at: storeTime(look.atMs),
    prefix: part.prefix,
    cause,
    requests: look.requests,
    keys: look.keys,
    files: look.files,
    problem: look.problem,
  };
  await engine.insertRows({ table: 'backup_looks', rows: [row] });
}

/** When each bucket was last listed whole, milliseconds since 1970 UTC. */
export async function lastWholeLooks(engine: Engine): Promise<Map<string, number>> {
  const rows = await engine.query<{ bucket: string; at_ms: number }>(
    `select bucket, toUnixTimestamp64Milli(max(at)) as at_ms from backup_looks
     where cause in ('first', 'regular', 'asked') and problem = '' group by bucket`,
  );
  return new Map(rows.map(({ bucket, at_ms: atMs }) => [bucket, atMs]));
}
