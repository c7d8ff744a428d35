/** What tells of the buckets of pairs. */
import type { Engine } from '../../engine/engine.ts';

export interface Feed {
  /** E.g. `notifications`, `EventBridge`, `CloudTrail`, `HEAD`. */
  readonly name: string;
  /** Time of the last event it told, milliseconds since 1970 UTC. */
  readonly lastMs: number;
}

/** What ever told of each bucket, by bucket, the most recent first. */
export async function feedsOf(buckets: readonly string[], engine: Engine): Promise<Map<string, Feed[]>> {
  if (buckets.length === 0) return new Map();
  const rows = await engine.query<{ bucket: string; feed: string; last_ms: string | number }>(
    `select bucket, feed, toUnixTimestamp64Milli(max(last_event)) as last_ms
     from bucket_feeds
     where has({buckets:Array(String)}, bucket)
     group by bucket, feed
     order by bucket, last_ms desc, feed
     settings final = 0`,
    { params: { buckets: [...new Set(buckets)] } },
  );
  const feeds = new Map<string, Feed[]>();
  for (const { bucket, feed, last_ms: lastMs } of rows) {
    feeds.set(bucket, [...(feeds.get(bucket) ?? []), { name: feed, lastMs: Number(lastMs) }]);
  }
  return feeds;
}
