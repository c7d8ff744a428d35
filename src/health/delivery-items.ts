/** Whether notifications arrive. */
import { spanText } from '../lib/span-text.ts';
import { stateBy } from './machine-items.ts';
import type { HealthItem } from './own-health.ts';

/** A channel through which people are told. */
export interface DeliveryReading {
  readonly channel: string;
  /** Deliveries that failed since the last that succeeded. */
  readonly failuresInRow: number;
  /** Why the last one failed, without secrets; empty when it did not. */
  readonly reason: string;
  /** When the last was tried, milliseconds since 1970 UTC; absent when none was. */
  readonly triedMs?: number;
}

const FAILURES_BAD = 3;
/** What failed and was not tried again for so long may be mended: nobody knows before the next message. */
const RECENT_MS = 86_400_000;

export function deliveryItems(readings: readonly DeliveryReading[], nowMs: number): HealthItem[] {
  return readings.map((reading) => {
    const { channel, failuresInRow, triedMs = 0 } = reading;
    const isRecent = nowMs - triedMs < RECENT_MS;
    return {
      check: 'delivery',
      of: channel,
      state: stateBy(failuresInRow >= FAILURES_BAD && isRecent, failuresInRow > 0),
      sentence: sentenceOf(reading, nowMs),
      firstStep:
        failuresInRow === 0 ? '' : 'See whether its address and credentials are right; send a test message.',
      numbers: { failures_in_row: failuresInRow },
    };
  });
}

function sentenceOf({ channel, failuresInRow, reason, triedMs }: DeliveryReading, nowMs: number): string {
  if (triedMs === undefined) return `Nothing was sent through channel ${channel} yet.`;
  if (failuresInRow === 0) return `Channel ${channel} delivers.`;
  const times = failuresInRow === 1 ? 'once' : `${failuresInRow} times in a row`;
  const ago = spanText(Math.max(0, nowMs - triedMs) / 1000);
  return `Channel ${channel} failed to deliver ${times}, the last time ${ago} ago: ${reason}`;
}
