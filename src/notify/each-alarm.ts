/** Receivers that take one alarm at a time. */
import { createHash } from 'node:crypto';
import type { Delivery, Notification, NotifiedAlarm } from './channel.ts';
import { shown } from './text.ts';

/**
 * Sends each alarm by itself, in order, and ends at the first that may be taken later; those before it are told. After a crash
 * they are sent again: such receivers know them by their key.
 */
export async function sendEach(
  { alarms }: Notification,
  send: (alarm: NotifiedAlarm) => Promise<Delivery>,
): Promise<Delivery> {
  const ids: string[] = [];
  let refusal: Extract<Delivery, { kind: 'refused' }> | undefined;
  for (const [taken, alarm] of alarms.entries()) {
    const delivery = await send(alarm);
    if (delivery.kind === 'failed') {
      if (taken === 0) return delivery;
      const before = refusal === undefined ? '' : `, of which some are refused: ${refusal.reason}`;
      const reason = `${delivery.reason} (after ${taken} of ${alarms.length} alarms${before})`;
      return { ...delivery, reason, taken };
    }
    if (delivery.kind === 'refused') refusal ??= delivery;
    else if (delivery.id !== '') ids.push(delivery.id);
  }
  return refusal ?? { kind: 'delivered', id: ids.slice(0, 20).join(' ') };
}

/** The key of an alarm at a receiver: the same for its alarm, its reminders and its recovery. */
export function keyOf({ id }: NotifiedAlarm, lengthMax: number): string {
  const key = `bucketwatch/${id}`;
  if (key.length <= lengthMax && shown(key, lengthMax) === key) return key;
  return `bucketwatch/${createHash('sha256').update(id).digest('hex')}`;
}

/** Labels and numbers by name, for receivers that take details; the numbers win. */
export function detailsOf(alarm: NotifiedAlarm, limit: { readonly count: number; readonly textMax: number }) {
  const named = [
    ...Object.entries(alarm.labels),
    ...alarm.numbers.map(({ name, value }) => [name, value] as const),
  ];
  const shownPairs = named
    .slice(-limit.count)
    .map(([name, value]) => [shown(name, 60), shown(value, limit.textMax)] as const);
  return Object.fromEntries(shownPairs);
}
