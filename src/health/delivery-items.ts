/** Whether notifications arrive. */
import { stateBy } from './machine-items.ts';
import type { HealthItem } from './own-health.ts';

/** A channel through which people are told. */
export interface DeliveryReading {
  readonly channel: string;
  /** Deliveries that failed since the last that succeeded. */
  readonly failuresInRow: number;
  /** Why the last one failed, without secrets; empty when it did not. */
  readonly reason: string;
}

const FAILURES_BAD = 3;

export function deliveryItems(readings: readonly DeliveryReading[]): HealthItem[] {
  return readings.map(({ channel, failuresInRow, reason }) => ({
    check: 'delivery',
    of: channel,
    state: stateBy(failuresInRow >= FAILURES_BAD, failuresInRow > 0),
    sentence:
      failuresInRow === 0
        ? `Channel ${channel} delivers.`
        : `Channel ${channel} failed to deliver ${failuresInRow} times in a row, the last time: ${reason}`,
    firstStep:
      failuresInRow === 0 ? '' : 'See whether its address and credentials are right; send a test message.',
    numbers: { failures_in_row: failuresInRow },
  }));
}
