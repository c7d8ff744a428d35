/** How much is stored in each bucket, as its store counted last. */
import type { Metrics } from '../metrics/metrics.ts';
import type { Clock } from '../lib/clock.ts';
import type { BucketStorage } from './bucket-api.ts';
import { isoOf } from './ledger-queries.ts';

const DAY_MS = 86_400_000;
/** How far back the newest count is looked for: it is told up to two days late. */
const DAYS = 8;

interface StorageParts {
  readonly metrics: Pick<Metrics, 'read'>;
  readonly clock: Clock;
}

/** By bucket; buckets that nothing was counted of lately are left out. */
export async function storedByBucket(
  { metrics, clock }: StorageParts,
  signal: AbortSignal,
): Promise<Map<string, BucketStorage>> {
  const endMs = Math.ceil(clock.nowMs() / DAY_MS) * DAY_MS;
  const range = { periodMs: DAY_MS, startMs: endMs - DAYS * DAY_MS, endMs };
  const read = (metric: string) =>
    metrics.read({ metric, statistic: 'Average', where: {}, ...range }, signal);
  const [sizes, counts] = await Promise.all([read('BucketSizeBytes'), read('NumberOfObjects')]);
  const stored = new Map<string, BucketStorage>();
  for (const [name, readings] of [['bytes', sizes] as const, ['objects', counts] as const]) {
    for (const { labels, points } of readings) {
      const { bucket = '' } = labels;
      const newest = points.at(-1);
      if (newest === undefined) continue;
      const day = isoOf(newest.startMs);
      const before = stored.get(bucket) ?? { bytes: null, objects: null, day };
      const latest = before.day > day ? before.day : day;
      stored.set(bucket, { ...before, [name]: Math.round(newest.value), day: latest });
    }
  }
  return stored;
}
