/** Up to when facts have usually arrived. */
import type { Arrivals } from './arrivals.ts';
import { type Followed, verdictOf } from './verdict.ts';

export interface KnownSource {
  readonly arrivals: Arrivals;
  readonly followed: Followed | undefined;
}

/**
 * Before this, in milliseconds since 1970 UTC, 99 of 100 records of each of these formats have arrived: the least over the
 * sources that are followed, and without one the latest of what was loaded by hand. A source that fails or is silent has
 * shown nothing since its last delivery. Nothing when no source has such records with a known delivery.
 */
export function completeUntilMs(
  formats: readonly string[],
  sources: readonly KnownSource[],
  nowMs: number,
): number | undefined {
  const known = sources.flatMap(({ arrivals, followed }) => {
    const latenesses = formats.flatMap((format) => arrivals.byFormat.get(format) ?? []);
    if (latenesses.length === 0) return [];
    const latestS = Math.max(...latenesses.map((lateness) => lateness.p99_seconds));
    const { verdict } = verdictOf(arrivals, followed, nowMs);
    const isWatching = verdict === 'fresh' || verdict === 'quiet' || isBeginning(verdict, followed);
    const seenMs = isWatching ? nowMs : Math.min(nowMs, arrivals.lastDeliveryMs);
    const lateMs = (latestS + (isWatching ? (arrivals.intakeLagS ?? 0) : 0)) * 1000;
    return [{ isFollowed: followed !== undefined, untilMs: seenMs - lateMs }];
  });
  const live = known.filter(({ isFollowed }) => isFollowed).map(({ untilMs }) => untilMs);
  if (live.length > 0) return Math.min(...live);
  return known.length === 0 ? undefined : Math.max(...known.map(({ untilMs }) => untilMs));
}

/** Followed, with too few deliveries to say more. */
function isBeginning(verdict: string, followed: Followed | undefined): boolean {
  return verdict === 'unknown' && followed !== undefined;
}
