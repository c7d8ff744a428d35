/** What an answer about facts says of itself. */
import type { Clock } from '../lib/clock.ts';
import { type FactTable, newestEventMs } from '../monitors/activity/facts.ts';
import type { ActivityQuery } from '../monitors/activity/levels.ts';
import { completeUntilMs } from '../monitors/completeness/complete-until.ts';
import type * as shapes from './api.ts';
import { isoOf } from './ledger-queries.ts';
import { rangeOf } from './range.ts';
import type { ApiParts } from './route.ts';

/** The range and bucket of a query. Throws `invalid` when the range is none. */
export function activityOf(
  query: { since?: string | undefined; until?: string | undefined; bucket?: string | undefined },
  clock: Clock,
): ActivityQuery {
  const range = rangeOf(query, clock.nowMs());
  return { range, ...(query.bucket === undefined ? {} : { bucket: query.bucket }) };
}

/** What an answer covers: its range, how far the facts in it reach, and up to when they have usually arrived. */
export async function coverageOf(
  activity: ActivityQuery,
  facts: FactTable,
  parts: ApiParts,
): Promise<shapes.Coverage> {
  const [newestMs, completeMs] = await Promise.all([
    newestEventMs(activity, facts, parts.engine),
    completeUntil(facts.formats, parts),
  ]);
  return coverage(activity.range, { newestMs, completeMs }, parts);
}

/** What an answer covers that is made of records of these formats; none: it is never late. */
export async function coverageOfFormats(
  { range }: ActivityQuery,
  formats: readonly string[],
  parts: ApiParts,
): Promise<shapes.Coverage> {
  const completeMs = formats.length === 0 ? parts.clock.nowMs() : await completeUntil(formats, parts);
  return coverage(range, { newestMs: undefined, completeMs }, parts);
}

interface Reached {
  readonly newestMs: number | undefined;
  readonly completeMs: number | undefined;
}

function coverage(
  { startMs, endMs }: ActivityQuery['range'],
  { newestMs, completeMs }: Reached,
  parts: ApiParts,
): shapes.Coverage {
  return {
    since: isoOf(startMs),
    until: isoOf(endMs),
    newest_event: newestMs === undefined ? null : isoOf(newestMs),
    complete_until: completeMs === undefined ? null : isoOf(Math.min(endMs, completeMs)),
    sources: parts.sources.map((source) => source.name),
  };
}

/** Before it, 99 of 100 records of the formats have usually arrived; milliseconds, undefined when nothing is known. */
export async function completeUntil(
  formats: readonly string[],
  parts: Pick<ApiParts, 'sources' | 'arrivals' | 'clock'>,
): Promise<number | undefined> {
  const followed = new Map(parts.sources.map((source) => [source.name, source]));
  const sources = (await parts.arrivals.get()).map((arrivals) => ({
    arrivals,
    followed: followed.get(arrivals.source)?.status(),
  }));
  const untilMs = completeUntilMs(formats, sources, parts.clock.nowMs());
  return untilMs === undefined ? undefined : Math.max(0, untilMs);
}
