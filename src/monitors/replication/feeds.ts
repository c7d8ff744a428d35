/** What tells of the buckets of pairs. */
import type { Engine } from '../../engine/engine.ts';

export interface Feed {
  /** E.g. `notifications`, `EventBridge`, `CloudTrail`, `HEAD`. */
  readonly name: string;
  /** Time of the last event it told, milliseconds since 1970 UTC. */
  readonly lastMs: number;
}

interface Row {
  readonly bucket: string;
  readonly feed: string;
  readonly last_ms: string | number;
}

/** What ever told of each bucket, by bucket, the most recent first. */
export async function feedsOf(buckets: readonly string[], engine: Engine): Promise<Map<string, Feed[]>> {
  if (buckets.length === 0) return new Map();
  const rows = await engine.query<Row>(
    `select bucket, feed, toUnixTimestamp64Milli(max(last_event)) as last_ms
     from bucket_feeds
     where bucket in {buckets:Array(String)}
     group by bucket, feed
     order by bucket, last_ms desc, feed
     settings final = 0`,
    { params: { buckets: [...new Set(buckets)] } },
  );
  const told = new Set(rows.map(({ bucket }) => bucket));
  const listed = await inventoriesOf(
    [...new Set(buckets)].filter((bucket) => !told.has(bucket)),
    engine,
  );
  const feeds = new Map<string, Feed[]>();
  for (const { bucket, feed, last_ms: lastMs } of [...rows, ...listed]) {
    feeds.set(bucket, [...(feeds.get(bucket) ?? []), { name: feed, lastMs: Number(lastMs) }]);
  }
  return feeds;
}

/** Inventories write no events: buckets of which nothing else tells are sought in what is known of versions. */
function inventoriesOf(buckets: readonly string[], engine: Engine): Promise<Row[]> {
  if (buckets.length === 0) return Promise.resolve([]);
  return engine.query<Row>(
    `select bucket, 'inventory' as feed, toUnixTimestamp64Milli(max(coalesce(last_seen_at, modified, toDateTime64(0, 3, 'UTC')))) as last_ms
     from object_versions
     where bucket in {buckets:Array(String)} and bitAnd(feeds, ${INVENTORY}) != 0
     group by bucket
     settings final = 0`,
    { params: { buckets } },
  );
}

/** Its bit in `object_versions.feeds`. */
const INVENTORY = 8;
