/** How far what is known of replication reaches. */
import type { Engine } from '../../engine/engine.ts';
import { ADDED_UP } from './range.ts';

export interface Freshness {
  /** Time of the newest event of objects, milliseconds since 1970 UTC; null when there is none. */
  readonly newestEventMs: number | null;
  /** Events stored up to then are judged; null when nothing was judged yet. */
  readonly judgedUntilMs: number | null;
}

export async function freshness(engine: Engine): Promise<Freshness> {
  const [[newest], [judged]] = await Promise.all([
    engine.query<{ ms: number | null }>(
      `select if(count() = 0, null, toUnixTimestamp64Milli(max(last_event))) as ms from bucket_feeds ${ADDED_UP}`,
    ),
    engine.query<{ ms: number | null }>(
      `select if(count() = 0, null, toUnixTimestamp64Milli(max(judged_until))) as ms from replication_progress where is_applied = 1`,
    ),
  ]);
  return { newestEventMs: newest?.ms ?? null, judgedUntilMs: judged?.ms ?? null };
}
