import { z } from '@hono/zod-openapi';
import { Fault } from '../lib/fault.ts';

const time = z.string().max(40).optional();

/** The range and bucket every question about facts takes. */
export const rangeQuery = z.strictObject({
  since: time.openapi({ description: 'Start, inclusive, ISO 8601; default: a day before `until`.' }),
  until: time.openapi({ description: 'End, exclusive, ISO 8601; default: now.' }),
  bucket: z.string().max(255).optional(),
});

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** The range asked for, its start on a whole minute. Throws `invalid` when it is none. */
export function rangeOf(
  query: { readonly since?: string | undefined; readonly until?: string | undefined },
  nowMs: number,
): { startMs: number; endMs: number } {
  const endMs = query.until === undefined ? nowMs : instant('until', query.until);
  const startMs = query.since === undefined ? endMs - DAY_MS : instant('since', query.since);
  if (startMs >= endMs)
    throw new Fault(
      'invalid',
      `Cannot use the range: since ${query.since ?? ''} is not before until ${query.until ?? 'now'}.`,
    );
  return { startMs: Math.floor(startMs / MINUTE_MS) * MINUTE_MS, endMs };
}

function instant(name: string, text: string): number {
  const ms = Date.parse(text);
  if (Number.isNaN(ms) || ms < 0 || ms > 4_294_967_295_000) {
    throw new Fault(
      'invalid',
      `Cannot read ${name}: it is not an ISO 8601 time such as 2026-11-21T10:00:00Z, got "${text}".`,
    );
  }
  return ms;
}
