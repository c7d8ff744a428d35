/** When a series has to be listed before something is said of it. */
import type { BookSeries } from './book.ts';
import type { Stand } from './stand.ts';
import type { SeriesVerdict } from './verdict.ts';

/** Whether the rest of a run, or a run, that nobody told of would mend it. */
export function isMendable(verdict: SeriesVerdict): boolean {
  return verdict === 'missing' || verdict === 'incomplete' || verdict === 'too-small';
}

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** Where events tell of a bucket, what comes late is told; it is listed now and then all the same. */
const TOLD_MS = HOUR_MS;
const UNTOLD_MS_MIN = 5 * MINUTE_MS;
const RECENT_MS = 30 * 86_400_000;

/**
 * Why the series has to be listed now: a run would be wrong since a moment after the last look (`deadline`), or is
 * wrong and may have come meanwhile (`recovery`). Nothing for a series that nobody expects.
 */
export function suspicion(
  { series, stand }: { readonly series: BookSeries; readonly stand: Stand },
  lastLookMs: number,
  nowMs: number,
): 'deadline' | 'recovery' | undefined {
  const { verdict, sinceMs } = stand.state;
  if (!isMendable(verdict)) return undefined;
  if (lastLookMs < sinceMs) return 'deadline';
  const isTold = series.files.some(({ feed, atMs }) => feed === 'event' && atMs > nowMs - RECENT_MS);
  const pauseMs = isTold ? TOLD_MS : Math.min(HOUR_MS, Math.max(UNTOLD_MS_MIN, (nowMs - sinceMs) / 4));
  return nowMs - lastLookMs >= pauseMs ? 'recovery' : undefined;
}
