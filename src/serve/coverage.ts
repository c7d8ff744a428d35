/** What an answer about facts says of itself. */
import type { Clock } from '../lib/clock.ts';
import { type FactTable, newestEventMs } from '../monitors/activity/facts.ts';
import type { ActivityQuery } from '../monitors/activity/levels.ts';
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

/** What an answer about facts covers: its range, and how far the facts in it reach. */
export async function coverageOf(
  activity: ActivityQuery,
  facts: FactTable,
  parts: ApiParts,
): Promise<shapes.Coverage> {
  const newestMs = await newestEventMs(activity, facts, parts.engine);
  return {
    since: isoOf(activity.range.startMs),
    until: isoOf(activity.range.endMs),
    newest_event: newestMs === undefined ? null : isoOf(newestMs),
    sources: parts.sources.map((source) => source.name),
  };
}
