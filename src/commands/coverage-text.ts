/** What an answer about facts covers, for people. */
import type { Coverage } from '../serve/api.ts';
import { visible } from './output.ts';

/** `Complete until 2026-11-21 08:40 UTC; ... Newest: ... Sources: ...`. */
export function coverageText({ until, newest_event, complete_until, sources }: Coverage): string {
  const newest = newest_event === null ? 'none' : minuteText(newest_event);
  const followed = sources.length === 0 ? 'none is followed' : visible(sources.join(', '));
  return `${completeText(until, complete_until)} Newest record: ${newest}. Sources: ${followed}.`;
}

function completeText(until: string, completeUntil: string | null): string {
  if (completeUntil === null) return 'How late its records come is not known: some may be missing.';
  if (completeUntil === until) return 'Complete: 99 of 100 of its records have arrived.';
  return `Complete until ${minuteText(completeUntil)}; what is later may still come.`;
}

/** `2026-11-21 08:40 UTC`. */
export function minuteText(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
}
