/** What to think of a source now: whether nothing new means no traffic, or that something is wrong. */
import type { Arrivals } from './arrivals.ts';
import { GAPS_MIN, gapsBetween, isUnusual, summaryOf } from './gaps.ts';
import { spanText } from '../../lib/span-text.ts';

export type SourceVerdict = 'fresh' | 'quiet' | 'silent' | 'failing' | 'unknown';

export interface Judged {
  readonly verdict: SourceVerdict;
  readonly reason: string;
  /** Since when nothing has come, in milliseconds since 1970 UTC, when that is longer than usual. */
  readonly quietSinceMs: number | undefined;
}

/** A source as it says of itself; nothing for one that is not followed. */
export interface Followed {
  readonly state: 'idle' | 'reading' | 'waiting' | 'failing' | 'done';
  readonly message: string;
}

/** The verdict on a source. */
export function verdictOf(
  arrivals: Arrivals | undefined,
  followed: Followed | undefined,
  nowMs: number,
): Judged {
  const judged = (verdict: SourceVerdict, reason: string, quietSinceMs?: number): Judged => ({
    verdict,
    reason,
    quietSinceMs,
  });
  if (followed === undefined) return judged('unknown', 'It is not followed: only what was loaded is known.');
  if (followed.state === 'failing') return judged('failing', followed.message);
  if (arrivals === undefined) return judged('unknown', 'Nothing has come from it yet.');
  const { deliveriesS, lastDeliveryMs } = arrivals;
  const usual = summaryOf(gapsBetween(deliveriesS));
  const lastS = Math.floor(lastDeliveryMs / 1000);
  const waitS = Math.max(0, Math.floor(nowMs / 1000) - lastS);
  const ago = `The last delivery was ${spanText(waitS)} ago`;
  if (usual.count < GAPS_MIN)
    return judged('unknown', `${ago}; there are too few to say whether that is usual.`);
  const often = `half of its deliveries come within ${spanText(usual.usualS)} of each other, 99 % within ${spanText(usual.p99S)}`;
  if (waitS <= usual.p95S + MINUTE_S) return judged('fresh', `${ago}; ${often}.`);
  // At a first start what lies there is old for as long as it is being loaded.
  if (followed.state === 'reading')
    return judged('unknown', `${ago}, of what is loaded; it is being read now.`);
  const wait = { sinceS: lastS, untilS: lastS + waitS };
  if (isUnusual(wait, usual, deliveriesS))
    return judged('silent', `${ago}, and ${often}: what is missing has not arrived.`, lastDeliveryMs);
  return judged(
    'quiet',
    `${ago}; ${often}. That happens: it may be that there was no traffic.`,
    lastDeliveryMs,
  );
}

/** Deliveries are known to the minute. */
const MINUTE_S = 60;
