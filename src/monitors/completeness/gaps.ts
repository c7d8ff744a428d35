/** Gaps between deliveries: what is usual, what is not. Pure; times in seconds since 1970 UTC. */

export interface Gap {
  readonly sinceS: number;
  readonly untilS: number;
}

export interface GapSummary {
  /** Half of the gaps are no longer; 0 when there are none. */
  readonly usualS: number;
  readonly p95S: number;
  readonly p99S: number;
  readonly longestS: number;
  readonly count: number;
}

const DAY_S = 86_400;
/** How many days the same hours are looked up in. */
const DAYS_MAX = 13;
/** Fewer gaps than this say nothing about what is usual. */
export const GAPS_MIN = 5;
/** A gap is well beyond the usual when it is so many times the 99th percentile. */
const BEYOND = 3;
/** Deliveries are known to the minute. */
const SHORTEST_S = 60;

/** The gaps between deliveries, which are in order. */
export function gapsBetween(deliveriesS: readonly number[]): Gap[] {
  return deliveriesS.slice(1).map((untilS, index) => ({ sinceS: deliveriesS[index] ?? untilS, untilS }));
}

export function summaryOf(gaps: readonly Gap[]): GapSummary {
  const lengths = gaps.map(lengthOf).sort((one, other) => one - other);
  const at = (share: number): number => lengths[Math.ceil(share * lengths.length) - 1] ?? 0;
  return {
    usualS: at(0.5),
    p95S: at(0.95),
    p99S: at(0.99),
    longestS: lengths.at(-1) ?? 0,
    count: lengths.length,
  };
}

/**
 * Whether nothing for so long is well beyond what is usual: longer than three times the 99th percentile, while in the same
 * hours of most other days something came. With no other day to compare with, the length decides.
 */
export function isUnusual(gap: Gap, usual: GapSummary, deliveriesS: readonly number[]): boolean {
  if (usual.count < GAPS_MIN || lengthOf(gap) <= BEYOND * Math.max(usual.p99S, SHORTEST_S)) return false;
  const days = sameHours(gap, deliveriesS);
  return days.known === 0 || days.busy * 2 >= days.known;
}

/** In how many other days the same hours are known, and had a delivery. */
function sameHours(
  gap: Gap,
  deliveriesS: readonly number[],
): { readonly known: number; readonly busy: number } {
  const [firstS = 0, lastS = 0] = [deliveriesS[0], deliveriesS.at(-1)];
  let known = 0;
  let busy = 0;
  for (let day = -DAYS_MAX; day <= DAYS_MAX; day += 1) {
    const sinceS = gap.sinceS + day * DAY_S;
    const untilS = gap.untilS + day * DAY_S;
    const isOverlapping = Math.abs(day) * DAY_S < lengthOf(gap);
    if (day === 0 || isOverlapping || sinceS < firstS || untilS > lastS) continue;
    known += 1;
    if (deliveriesS.some((atS) => atS > sinceS && atS < untilS)) busy += 1;
  }
  return { known, busy };
}

/** Gaps within the range that are well beyond the usual, longest first. The longest of all does not say what is usual. */
export function unusualGaps(deliveriesS: readonly number[], range: Gap): Gap[] {
  const gaps = gapsBetween(deliveriesS).sort((one, other) => lengthOf(other) - lengthOf(one));
  const usual = summaryOf(gaps.slice(1));
  return gaps.filter(
    (gap) => gap.untilS > range.sinceS && gap.sinceS < range.untilS && isUnusual(gap, usual, deliveriesS),
  );
}

export function lengthOf({ sinceS, untilS }: Gap): number {
  return untilS - sinceS;
}
