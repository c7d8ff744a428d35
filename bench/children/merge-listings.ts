/** Merges two made-up listings of so many keys. Prints what it found, and the most memory it had above the start. */
import { audit } from '../../src/monitors/replication/diff/audit.ts';
import { RequestBudget } from '../../src/monitors/replication/diff/budget.ts';
import { openListingSide } from '../../src/monitors/replication/diff/listing-side.ts';
import { startOf } from '../../src/monitors/replication/diff/progress.ts';
import { systemClock } from '../../src/lib/clock.ts';
import type { ListedObject, ListPage, ListRequest } from '../../src/s3/s3.ts';

const KEYS = Number(process.argv[2]);
const PAGE = 1000;
const START_MS = Date.UTC(2026, 4, 3);

/** Key number `index`; one in a thousand is not there at the destination, one in a thousand is of another size. */
function objectAt(index: number, isDestination: boolean): ListedObject {
  return {
    key: `folder-${String(Math.floor(index / 500)).padStart(6, '0')}/object-${String(index).padStart(9, '0')}.parquet`,
    etag: index.toString(16).padStart(32, '0'),
    sizeBytes: isDestination && index % 1000 === 7 ? 2 : 1,
    modifiedMs: START_MS,
    storageClass: 'STANDARD',
  };
}

const lister = {
  listPage: ({ bucket, continuationToken = '0' }: ListRequest): Promise<ListPage> => {
    const isDestination = bucket === 'destination';
    const first = Number(continuationToken);
    const end = Math.min(KEYS, first + PAGE);
    const objects: ListedObject[] = [];
    for (let index = first; index < end; index += 1)
      if (!isDestination || index % 1000 !== 3) objects.push(objectAt(index, isDestination));
    const more = end < KEYS ? { continuationToken: String(end) } : {};
    return Promise.resolve({ objects, folders: [], isTruncated: end < KEYS, ...more });
  },
};

globalThis.gc?.();
const idleBytes = process.memoryUsage.rss();
let mostBytes = idleBytes;
const budget = new RequestBudget(Infinity);
const sideOf = (bucket: string) =>
  openListingSide({ name: bucket, bucket, prefix: '' }, { s3: lister, budget, clock: systemClock });
const startedMs = systemClock.nowMs();
const { progress } = await audit(
  {
    rules: { modifiedWindowMs: 2000, inFlightAfterMs: startedMs, ignoresExtra: false, hasOpaqueEtags: false },
    from: startOf(startedMs),
  },
  {
    source: sideOf('source'),
    destination: sideOf('destination'),
    outputs: [],
    store: {
      load: () => Promise.resolve(undefined),
      save: () => Promise.resolve(),
      discard: () => Promise.resolve(),
    },
    clock: systemClock,
    requests: () => 0,
    onProgress: () => {
      mostBytes = Math.max(mostBytes, process.memoryUsage.rss());
    },
  },
  new AbortController().signal,
);
const { answers, sourceObjects, destinationObjects } = progress;
const counts = {
  same: answers.same.objects,
  missing: answers.missing.objects,
  size_differs: answers['size-differs'].objects,
};
const grownBytes = mostBytes - idleBytes;
const elapsedMs = systemClock.nowMs() - startedMs;
process.stdout.write(
  JSON.stringify({ ...counts, sourceObjects, destinationObjects, idleBytes, grownBytes, elapsedMs }),
);
