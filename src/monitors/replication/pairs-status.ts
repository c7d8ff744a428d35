/** How pairs stand: verdicts, sums, shares within the target, and what tells of them. */
import type { Engine } from '../../engine/engine.ts';
import { causeOf } from './failure-causes.ts';
import { replicationFailures } from './failures.ts';
import { type Feed, feedsOf } from './feeds.ts';
import { pairSums, type PairSums, ruleless, type WindowName } from './pair-sums.ts';
import type { Pair } from './pairs.ts';
import { type Looks, notesOf } from './pair-notes.ts';
import { type Waiting, waitingOf } from './pending.ts';
import type { Range } from './range.ts';
import { type PairVerdict, verdictOf } from './verdict.ts';

export interface PairState {
  readonly pair: Pair;
  readonly sums: PairSums;
  readonly verdict: PairVerdict;
  readonly sentence: string;
  /** Age of the oldest version that waits; 0 when none does, null when it is unknown. */
  readonly rpoSeconds: number | null;
  readonly oldestPendingMs: number | null;
  readonly overdueObjects: number;
  readonly withinTarget: Readonly<Record<WindowName, number | null>>;
  readonly coverage: {
    readonly coveredObjects: number;
    readonly rulelessObjects: number;
    readonly olderObjects: number;
    /** 0 to 1; null when there are no versions. */
    readonly share: number | null;
  };
  /** E.g. `notifications of media`. */
  readonly feeds: readonly string[];
  readonly notes: readonly string[];
}

export interface StatesQuery {
  readonly pairs: readonly Pair[];
  readonly range: Range;
  readonly nowMs: number;
  readonly looks: Looks;
  /** False while the sources are read for the first time: what waits may only not have been read. */
  readonly isSettled: boolean;
}

/** The state of each pair, in the order given. */
export async function pairStates(query: StatesQuery, engine: Engine): Promise<PairState[]> {
  const { pairs, nowMs } = query;
  const sources = pairs.map(({ source }) => source);
  const [sums, waiting, feeds, unruled] = await Promise.all([
    pairSums(pairs, query, engine),
    waitingOf(pairs, nowMs, engine),
    feedsOf([...sources, ...pairs.map(({ destination }) => destination)], engine),
    ruleless(sources, engine),
  ]);
  const failing = pairs.filter(({ id }) => (sums.get(id)?.failedObjects ?? 0) > 0);
  const causes = await causesOf(failing, nowMs, engine);
  return pairs.flatMap((pair) => {
    const found = sums.get(pair.id);
    if (found === undefined) return [];
    return stateOf(
      {
        pair,
        sums: found,
        waiting: waiting.get(pair.id),
        sourceFeeds: feeds.get(pair.source) ?? [],
        destinationFeeds: feeds.get(pair.destination) ?? [],
        rulelessObjects: unruled.get(pair.source) ?? 0,
        failureCause: causes.get(pair.id) ?? '',
      },
      query,
    );
  });
}

/** The cause of most failures of each pair. */
async function causesOf(pairs: readonly Pair[], nowMs: number, engine: Engine): Promise<Map<string, string>> {
  const [only] = pairs;
  if (only === undefined) return new Map();
  const range = { startMs: 0, endMs: nowMs };
  const rows = await replicationFailures(pairs.length === 1 ? { range, pair: only.id } : { range }, engine);
  const causes = new Map<string, string>();
  for (const { pair_id: id, reason } of rows) {
    if (!causes.has(id) && reason !== '') causes.set(id, causeOf(reason).cause);
  }
  return causes;
}

const STILL_READING = 'Still reading what the sources had at the start.';

interface Known {
  readonly pair: Pair;
  readonly sums: PairSums;
  readonly waiting: Waiting | undefined;
  readonly sourceFeeds: readonly Feed[];
  readonly destinationFeeds: readonly Feed[];
  readonly rulelessObjects: number;
  readonly failureCause: string;
}

function stateOf(known: Known, { nowMs, looks, isSettled }: StatesQuery): PairState {
  const { pair, sums, waiting, sourceFeeds, destinationFeeds } = known;
  const { notes, blindness } = notesOf({ pair, sums, sourceFeeds, destinationFeeds, looks, nowMs });
  const oldestSeconds = waiting === undefined ? undefined : Math.max(0, (nowMs - waiting.oldestMs) / 1000);
  const overdueObjects = waiting?.overdueObjects ?? 0;
  const { verdict, sentence } = verdictOf({
    isEnabled: pair.isEnabled,
    isGone: pair.isGone,
    blindness: blindness === '' && !isSettled ? STILL_READING : blindness,
    targetSeconds: pair.targetSeconds,
    ...(oldestSeconds === undefined ? {} : { oldestSeconds }),
    pendingObjects: sums.pendingObjects,
    pendingBytes: sums.pendingBytes,
    overdueObjects,
    failedObjects: sums.failedObjects,
    failureCause: known.failureCause,
    activity: sums.writtenInRange + sums.replicatedObjects,
  });
  const share = (name: WindowName) => shareInTime(sums.windows[name], overdueObjects);
  return {
    pair,
    sums,
    verdict,
    sentence,
    rpoSeconds: verdict === 'unknown' ? null : (oldestSeconds ?? 0),
    oldestPendingMs: waiting?.oldestMs ?? null,
    overdueObjects,
    withinTarget: { hour: share('hour'), day: share('day'), month: share('month') },
    coverage: coverageOf(sums, known.rulelessObjects),
    feeds: [
      ...sourceFeeds.map(({ name }) => `${name} of ${pair.source}`),
      ...destinationFeeds.map(({ name }) => `${name} of ${pair.destination}`),
    ],
    notes,
  };
}

/** Of what arrived, failed or is overdue the share that arrived within the target; null when there is nothing of it. */
export function shareInTime(
  window: { readonly arrived: number; readonly inTime: number; readonly failures: number },
  overdueObjects: number,
): number | null {
  const due = window.arrived + window.failures + overdueObjects;
  return due <= 0 ? null : Math.min(1, Math.max(0, window.inTime / due));
}

function coverageOf(sums: PairSums, rulelessObjects: number): PairState['coverage'] {
  const olderObjects = Math.max(0, sums.untrackedObjects);
  const coveredObjects = Math.max(0, sums.writtenObjects - olderObjects);
  const all = coveredObjects + olderObjects + rulelessObjects;
  return { coveredObjects, rulelessObjects, olderObjects, share: all === 0 ? null : coveredObjects / all };
}
