/** A bucket as one side: its pages, listed one after the other. */
import type { Clock } from '../../../lib/clock.ts';
import { Fault } from '../../../lib/fault.ts';
import type { ListedObject, ListPage, ListRequest, S3 } from '../../../s3/s3.ts';
import type { RequestBudget } from './budget.ts';
import type { Entry, Side } from './entry.ts';

export interface ListingPlace {
  /** As messages name it. */
  readonly name: string;
  readonly bucket: string;
  readonly prefix: string;
}

interface Parts {
  readonly s3: Pick<S3, 'listPage'>;
  readonly budget: RequestBudget;
  readonly clock: Clock;
}

/** Waits between tries, beside those of the connection itself: a busy store has about two minutes. */
const WAITS_MS = [1_000, 4_000, 15_000, 30_000, 60_000];

export function openListingSide(place: ListingPlace, parts: Parts): Side {
  return {
    name: place.name,
    prefix: place.prefix,
    pages: (after, signal) => pagesOf(place, after, { ...parts, signal }),
  };
}

async function* pagesOf(
  { bucket, prefix }: ListingPlace,
  after: string,
  parts: Parts & { readonly signal: AbortSignal },
): AsyncGenerator<readonly Entry[]> {
  let request: ListRequest = { bucket, prefix, ...(after === '' ? {} : { startAfter: prefix + after }) };
  for (;;) {
    const page = await listed(request, parts);
    yield page.objects.map((object) => entryOf(object, { bucket, prefix }));
    if (!page.isTruncated) return;
    if (page.continuationToken === undefined || page.continuationToken === request.continuationToken) {
      throw new Fault(
        'unsupported',
        `Cannot list s3://${bucket}/${prefix}: the store says there is more, but not where it goes on.`,
      );
    }
    request = { bucket, prefix, continuationToken: page.continuationToken };
  }
}

async function listed(
  request: ListRequest,
  { s3, budget, clock, signal }: Parts & { readonly signal: AbortSignal },
): Promise<ListPage> {
  for (let attempt = 0; ; attempt += 1) {
    budget.take();
    try {
      return await s3.listPage(request, signal);
    } catch (error) {
      const waitMs = WAITS_MS[attempt];
      if (!(error instanceof Fault) || !error.retry || waitMs === undefined) throw error;
      await clock.sleep(waitMs, signal);
    }
  }
}

function entryOf(
  { key, etag, sizeBytes, modifiedMs }: ListedObject,
  { bucket, prefix }: Pick<ListingPlace, 'bucket' | 'prefix'>,
): Entry {
  if (!key.startsWith(prefix)) {
    throw new Fault(
      'unsupported',
      `Cannot list s3://${bucket}/${prefix}: the store gives keys without that prefix, got ${JSON.stringify(key)}.`,
    );
  }
  return { key: key.slice(prefix.length), etag, sizeBytes, modifiedMs };
}
