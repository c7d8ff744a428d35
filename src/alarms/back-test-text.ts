/** What a back-test comes to, as one sentence. */
import { spanText } from '../lib/span-text.ts';
import type { BackTestOutcome, Firing } from './back-test.ts';

/** `It would have fired 4 times in 30 d, 12 min each.` */
export function backTestSentence(
  { alarms, omitted, firings }: BackTestOutcome,
  { startMs, endMs }: { readonly startMs: number; readonly endMs: number },
): string {
  const span = spanText((endMs - startMs) / 1000);
  if (alarms === 0) return `Nothing is stored of the last ${span} that it would have looked at.`;
  const left = omitted === 0 ? '' : ` ${omitted} more alarms than a definition may have were left out.`;
  if (firings.length === 0) return `It would not have fired in ${span}.${left}`;
  const times = firings.length === 1 ? 'once' : `${firings.length} times`;
  const fired = new Set(firings.map(({ alarm }) => alarm.id)).size;
  const on = alarms === 1 ? '' : `, on ${fired} of ${alarms} alarms`;
  return `It would have fired ${times} in ${span}${on}${lengthText(firings, endMs)}.${ongoingText(firings)}${left}`;
}

/** Those that go on are as long as they are known to be. */
function lengthText(firings: readonly Firing[], nowMs: number): string {
  const lengths = firings.map(({ startMs, endMs = nowMs }) => (endMs - startMs) / 1000).sort((a, b) => a - b);
  const [shortest, longest] = [spanText(lengths[0] ?? 0), spanText(lengths.at(-1) ?? 0)];
  if (firings.length === 1) return `, for ${longest}`;
  if (shortest === longest) return `, ${longest} each`;
  const all = lengths.reduce((sum, seconds) => sum + seconds, 0);
  return `, ${shortest} to ${longest} each, ${spanText(all)} in all`;
}

function ongoingText(firings: readonly Firing[]): string {
  const ongoing = firings.filter(({ endMs }) => endMs === undefined).length;
  if (ongoing === 0) return '';
  return ongoing === 1 ? ' 1 would still be in ALARM.' : ` ${ongoing} would still be in ALARM.`;
}
