/** Which buckets are watched for backups, and for which of them. */
import type { Engine } from '../../engine/engine.ts';
import type { BucketWatch } from './book.ts';
import type { BackupsSettings, Discovery } from './monitor.ts';

/** Buckets with expected series, and of those there are the ones in which series are looked for. */
export function watchesOf(settings: BackupsSettings, existing: Iterable<string>): BucketWatch[] {
  const buckets = new Set(settings.expected.map(({ bucket }) => bucket));
  for (const { bucket } of settings.discover) if (!bucket.includes('*')) buckets.add(bucket);
  for (const bucket of existing)
    if (discoveryOf(bucket, settings.discover) !== undefined) buckets.add(bucket);
  return [...buckets].sort().map((bucket) => {
    const discovery = discoveryOf(bucket, settings.discover);
    return {
      bucket,
      expected: settings.expected.filter((one) => one.bucket === bucket),
      ...(discovery === undefined ? {} : { discovery }),
    };
  });
}

/** The first that fits the bucket. */
function discoveryOf(bucket: string, all: readonly Discovery[]): Discovery | undefined {
  return all.find((one) => fits(bucket, one.bucket));
}

/** Whether a bucket id is of a pattern: `*` stands for anything. */
export function fits(bucket: string, pattern: string): boolean {
  const pieces = pattern.split('*').map((piece) => piece.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${pieces.join('.*')}$`, 's').test(bucket);
}

const BUCKETS_MAX = 100_000;

/** Buckets that anything is known of: their stores list them, or events tell of them. */
export async function knownBuckets(engine: Engine): Promise<Set<string>> {
  const rows = await engine.query<{ bucket: string }>(
    `select distinct bucket from (
       select bucket from bucket_feeds group by bucket
       union all
       select bucket from bucket_configs where aspect = 'bucket' group by bucket
         having argMax(state, (state != 'failed', observed_at)) != 'absent'
     )
     limit ${BUCKETS_MAX}`,
  );
  return new Set(rows.map(({ bucket }) => bucket));
}
