/** Up to when the values of a metric no longer change. */
import type { Metrics } from './metrics.ts';
import { metricsIn } from './plan.ts';

/**
 * Before it, in milliseconds since 1970 UTC, all that a name or an expression is about has usually arrived: now, for what
 * is never late. Nothing while it is not known how late the records of one of its metrics are. Throws `invalid` or
 * `not_found` for what is no metric.
 */
export async function closedUntil(
  text: string,
  {
    metrics,
    nowMs,
  }: { readonly metrics: Pick<Metrics, 'catalogue' | 'completeUntil'>; readonly nowMs: number },
): Promise<number | undefined> {
  let closedMs = nowMs;
  for (const metric of metricsIn(text, metrics.catalogue)) {
    if (metric.formats.length === 0) continue;
    const completeMs = await metrics.completeUntil(metric);
    if (completeMs === undefined) return undefined;
    closedMs = Math.min(closedMs, completeMs);
  }
  return closedMs;
}
