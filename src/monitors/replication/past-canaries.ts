/** What was known of canaries over time: which was due, and whether it had arrived by then. */
import type { Engine } from '../../engine/engine.ts';
import { deadlineOf } from './alarms.ts';
import { type Canary, ownSentMs } from './canary-rows.ts';
import { canaryRows } from './canaries.ts';

export interface PastCanaries {
  readonly pair: string;
  readonly source: string;
  readonly destination: string;
  /** In order of time. */
  readonly deadlines: readonly PastDeadline[];
}

export interface PastDeadline {
  /** From when on it was so, milliseconds since 1970 UTC, as the other times. */
  readonly atMs: number;
  readonly dueMs?: number;
  readonly metMs?: number;
  /** Why it is not there. */
  readonly reason?: string;
}

/** Canaries of so long before the start, for what held at the start. */
const BEFORE_MS = 2 * 86_400_000;
const CANARIES_MAX = 50_000;
/** Of so many newest ones is told how they stood. */
const NEWEST = 50;

/** The pairs that have canaries, and whether those at the start are missing as there are too many. */
export async function pastCanaries(
  { startMs, endMs }: { readonly startMs: number; readonly endMs: number },
  engine: Engine,
): Promise<{ readonly pairs: readonly PastCanaries[]; readonly isCut: boolean }> {
  const range = { startMs: Math.max(0, startMs - BEFORE_MS), endMs };
  const rows = await canaryRows({ range, unwritten: true, limit: CANARIES_MAX }, engine);
  const byPair = Map.groupBy(rows, ({ pairId }) => pairId);
  const pairs = [...byPair].flatMap(([pair, canaries]): PastCanaries[] => {
    const [newest] = canaries;
    if (newest === undefined) return [];
    const { source, destination } = newest;
    return [{ pair, source, destination, deadlines: deadlinesOf(canaries, endMs) }];
  });
  return { pairs, isCut: rows.length === CANARIES_MAX };
}

/** What was due of the canaries of a pair, newest first, whenever that changed. */
export function deadlinesOf(newestFirst: readonly Canary[], endMs: number): PastDeadline[] {
  const times = newestFirst.flatMap((canary) => [
    ownSentMs(canary),
    canary.expectedByMs,
    ownArrivedMs(canary),
  ]);
  const past = [...new Set(times)].filter((atMs) => atMs <= endMs).sort((a, b) => a - b);
  let first = newestFirst.length;
  return past.map((atMs) => {
    while (first > 0 && sentBy(newestFirst[first - 1], atMs)) first -= 1;
    const known = newestFirst.slice(first, first + NEWEST).map((canary) => asOf(canary, atMs));
    return { atMs, ...deadlineOf(known, atMs) };
  });
}

function sentBy(canary: Canary | undefined, atMs: number): boolean {
  return canary !== undefined && ownSentMs(canary) <= atMs;
}

/** Infinity for one that did not arrive. */
function ownArrivedMs({ arrivedMs, skewMs }: Canary): number {
  return arrivedMs === null ? Number.POSITIVE_INFINITY : arrivedMs - skewMs;
}

function asOf(canary: Canary, atMs: number): Canary {
  if (ownArrivedMs(canary) <= atMs) return { ...canary, state: 'arrived' };
  return { ...canary, state: 'under-way', arrivedMs: null };
}
