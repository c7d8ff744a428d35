/** What of replication is worth an alarm: pairs that fail or lag, and canaries that do not arrive. */
import type { AlarmFeed, EvidenceRow, FeedReading } from '../../alarms/feed.ts';
import type { Engine } from '../../engine/engine.ts';
import { SinceWhen } from '../../lib/since-when.ts';
import { canaryRows } from './canaries.ts';
import type { Canary } from './canary-rows.ts';
import type { CanaryBuckets } from './canary-target.ts';
import { REPLICATION_ALARMS } from './default-alarms.ts';
import { looksOf } from './looks.ts';
import { replicationObjects, type ReplicationRow, type Status } from './objects.ts';
import { readPairs } from './pairs.ts';
import { pairStates, type PairState } from './pairs-status.ts';

const DAY_MS = 86_400_000;
/** Canaries of longer ago tell nothing. */
const CANARIES_MS = 2 * DAY_MS;
const CANARIES_MAX = 10_000;
const EVIDENCE_ROWS = 5;
/** Pairs whose objects are shown: more that go wrong at once have one cause. */
const EVIDENCE_PAIRS = 20;

interface Parts {
  readonly engine: Engine;
  /** HEAD requests an hour that may be sent; 0 when none. */
  readonly requestsPerHour: number;
  /** The buckets for which canaries are written; of others they tell nothing any more. */
  readonly canaries: readonly CanaryBuckets[];
  /** False while what the sources had at the start is not read and judged. */
  readonly isSettled: () => boolean;
}

export function replicationAlarms(parts: Parts): AlarmFeed {
  const since = new SinceWhen();
  return {
    name: 'replication',
    definitions: REPLICATION_ALARMS,
    async readings(nowMs) {
      const [states, canaries] = await Promise.all([
        judgedStates(parts, nowMs),
        recentCanaries(parts, nowMs),
      ]);
      const objects = await objectsOf(states, nowMs, parts.engine);
      return [
        ...states.flatMap((state) => pairReadings(state, { since, nowMs, objects })),
        ...canaryReadings(canaries, nowMs),
      ];
    },
  };
}

/** By pair and status: versions that failed or are overdue, newest last. */
type PairObjects = ReadonlyMap<string, readonly EvidenceRow[]>;

async function objectsOf(states: readonly PairState[], nowMs: number, engine: Engine): Promise<PairObjects> {
  const wrong = states
    .filter(({ verdict }) => verdict === 'failing' || verdict === 'lagging')
    .slice(0, EVIDENCE_PAIRS);
  const found = new Map<string, readonly EvidenceRow[]>();
  for (const { pair, verdict, overdueObjects } of wrong) {
    const statuses: Status[] = [
      ...(verdict === 'failing' ? (['FAILED'] as const) : []),
      ...(overdueObjects > 0 ? (['PENDING'] as const) : []),
    ];
    for (const status of statuses) {
      const range = { startMs: 0, endMs: nowMs + DAY_MS };
      const query = { range, pair: pair.id, statuses: [status], limit: EVIDENCE_ROWS };
      const { rows } = await replicationObjects(query, engine);
      found.set(`${pair.id}\n${status}`, rows.map(objectRow).toReversed());
    }
  }
  return found;
}

function objectRow({
  key,
  version_id,
  written_ms,
  failed_ms,
  reason,
  size_bytes,
}: ReplicationRow): EvidenceRow {
  return {
    written: new Date(written_ms).toISOString(),
    key,
    version_id,
    size_bytes: Number(size_bytes),
    ...(failed_ms === null ? {} : { failed: new Date(failed_ms).toISOString() }),
    ...(reason === '' ? {} : { reason }),
  };
}

/** Pairs that are enabled; while the sources are read for the first time only those of which something is known. */
async function judgedStates(
  { engine, requestsPerHour, isSettled }: Parts,
  nowMs: number,
): Promise<PairState[]> {
  const pairs = (await readPairs({}, engine)).filter(({ isGone }) => !isGone);
  const looks = await looksOf(pairs, requestsPerHour, engine);
  const range = { startMs: nowMs - DAY_MS, endMs: nowMs };
  const settled = isSettled();
  const states = await pairStates({ pairs, range, nowMs, looks, isSettled: settled }, engine);
  return states.filter(({ verdict }) => verdict !== 'disabled' && (settled || verdict !== 'unknown'));
}

interface PairContext {
  readonly since: SinceWhen;
  readonly nowMs: number;
  readonly objects: PairObjects;
}

function pairReadings(state: PairState, { since, nowMs, objects }: PairContext): FeedReading[] {
  const { pair, verdict, sentence, sums, overdueObjects, oldestPendingMs, rpoSeconds } = state;
  const labels = { pair: pair.id, source: pair.source, destination: pair.destination };
  const numbers = {
    failedObjects: sums.failedObjects,
    pendingObjects: sums.pendingObjects,
    pendingBytes: sums.pendingBytes,
    overdueObjects,
    targetSeconds: pair.targetSeconds,
    ...(rpoSeconds === null ? {} : { rpoSeconds: Math.round(rpoSeconds) }),
  };
  const of = (definition: string, status: string, knownSinceMs?: number): FeedReading => {
    const sinceMs = knownSinceMs ?? since.of(`${definition} ${pair.id}`, status, nowMs);
    const shown = status === 'failing' ? 'FAILED' : status === 'lagging' ? 'PENDING' : '';
    const evidence = objects.get(`${pair.id}\n${shown}`) ?? [];
    return { definition, labels, reading: { status, sentence, sinceMs, numbers, evidence } };
  };
  const isBehind = overdueObjects > 0 && (verdict === 'lagging' || verdict === 'failing');
  // A pair that fails is told of by the other; whether it lags as well is a question of its own.
  const lag = isBehind ? 'lagging' : verdict === 'failing' ? 'ok' : verdict;
  const overdueMs =
    isBehind && oldestPendingMs !== null ? oldestPendingMs + pair.targetSeconds * 1000 : undefined;
  return [of('replication/failing', verdict), of('replication/lagging', lag, overdueMs)];
}

async function recentCanaries({ engine, canaries }: Parts, nowMs: number): Promise<Canary[]> {
  if (canaries.length === 0) return [];
  const range = { startMs: nowMs - CANARIES_MS, endMs: nowMs + DAY_MS };
  const rows = await canaryRows({ range, unwritten: true, limit: CANARIES_MAX }, engine);
  return rows.filter((row) =>
    canaries.some(({ source, destination }) => row.source === source && row.destination === destination),
  );
}

/** The canaries of each pair, newest first, as the newest deadline that counts. */
function canaryReadings(canaries: readonly Canary[], nowMs: number): FeedReading[] {
  const byPair = Map.groupBy(canaries, ({ pairId }) => pairId);
  return [...byPair].flatMap(([pair, all]) => {
    const [newest] = all;
    if (newest === undefined) return [];
    const { source, destination } = newest;
    const reading = { ...deadlineOf(all, nowMs), evidence: evidenceOf(all) };
    return [{ definition: 'replication/canary', labels: { pair, source, destination }, reading }];
  });
}

/**
 * The oldest that is overdue since one arrived; else the last that arrived; else the one that is under way. One that may not
 * be written, or not be looked for, is one that does not arrive.
 */
export function deadlineOf(
  newestFirst: readonly Canary[],
  nowMs: number,
): { readonly dueMs?: number; readonly metMs?: number; readonly reason?: string } {
  const arrived = newestFirst.findIndex(({ state }) => state === 'arrived');
  const waiting = arrived === -1 ? newestFirst : newestFirst.slice(0, arrived);
  const overdue = waiting.findLast(({ expectedByMs }) => expectedByMs <= nowMs);
  if (overdue !== undefined) return { dueMs: overdue.expectedByMs, reason: overdue.problem };
  const last = newestFirst[arrived];
  if (last === undefined) {
    const [underWay] = waiting;
    return underWay === undefined ? {} : { dueMs: underWay.expectedByMs };
  }
  return { dueMs: last.expectedByMs, metMs: (last.arrivedMs ?? last.sentMs) - last.skewMs };
}

function evidenceOf(newestFirst: readonly Canary[]) {
  return newestFirst
    .slice(0, EVIDENCE_ROWS)
    .toReversed()
    .map(({ sentMs, state, key, problem, arrivedMs }) => ({
      sent: new Date(sentMs).toISOString(),
      state,
      arrived: arrivedMs === null ? null : new Date(arrivedMs).toISOString(),
      key,
      problem,
    }));
}
