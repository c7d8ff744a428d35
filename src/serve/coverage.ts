/** What an answer about facts covers. */
import { type FactTable, newestEventMs, type Range } from '../monitors/activity/facts.ts';
import { completeUntilMs } from '../monitors/completeness/complete-until.ts';
import type * as shapes from './api.ts';
import { isoOf } from './ledger-queries.ts';
import type { ApiParts } from './route.ts';

/** Its range, how far the facts in it reach, and up to when they have usually arrived. */
export async function coverageOf(
  activity: { readonly range: Range; readonly bucket?: string },
  facts: FactTable,
  parts: ApiParts,
): Promise<shapes.Coverage> {
  const { startMs, endMs } = activity.range;
  const [newestMs, completeMs] = await Promise.all([
    newestEventMs(activity, facts, parts.engine),
    completeUntil(facts.format, parts),
  ]);
  return {
    since: isoOf(startMs),
    until: isoOf(endMs),
    newest_event: newestMs === undefined ? null : isoOf(newestMs),
    complete_until: completeMs === undefined ? null : isoOf(Math.min(endMs, completeMs)),
    sources: parts.sources.map((source) => source.name),
  };
}

async function completeUntil(format: string, parts: ApiParts): Promise<number | undefined> {
  const followed = new Map(parts.sources.map((source) => [source.name, source]));
  const sources = (await parts.arrivals.get()).map((arrivals) => ({
    arrivals,
    followed: followed.get(arrivals.source)?.status(),
  }));
  const untilMs = completeUntilMs(format, sources, parts.clock.nowMs());
  return untilMs === undefined ? undefined : Math.max(0, untilMs);
}
