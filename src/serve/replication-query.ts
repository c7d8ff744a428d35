/** Parameters that questions about replication share. */
import type { z } from '@hono/zod-openapi';
import { rangeOf, rangeQuery } from './range.ts';
import { pairId } from './replication-api.ts';

export const chosenQuery = rangeQuery.extend({ pair: pairId.optional() });

type Chosen = z.output<typeof chosenQuery>;

/** The pair or bucket asked for. */
export function chosen({ pair, bucket }: Pick<Chosen, 'pair' | 'bucket'>): {
  pair?: string;
  bucket?: string;
} {
  return { ...(pair === undefined ? {} : { pair }), ...(bucket === undefined ? {} : { bucket }) };
}

/** The range asked for; without a start everything until its end. */
export function everythingOf(
  { since, until }: Pick<Chosen, 'since' | 'until'>,
  nowMs: number,
): { startMs: number; endMs: number } {
  return rangeOf({ since: since ?? '1970-01-01T00:00:00Z', until }, nowMs);
}
