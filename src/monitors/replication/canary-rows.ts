/** Canaries as the table `replication_canaries` keeps them. */
import type { Engine } from '../../engine/engine.ts';

export type CanaryState = 'under-way' | 'arrived' | 'lost' | 'refused';

/** A canary and the destination it is looked for at. Buckets are bucket ids. */
export interface Canary {
  readonly pairId: string;
  readonly key: string;
  readonly source: string;
  readonly destination: string;
  readonly matchBy: 'version' | 'key';
  /** At the source, empty when unversioned. */
  readonly versionId: string;
  /** Empty until it is written. */
  readonly etag: string;
  /** By the clock of the source, milliseconds since 1970 UTC. */
  readonly sentMs: number;
  /** Clock of the source minus ours. */
  readonly skewMs: number;
  /** By our clock: not there at a look after this, it is lost. */
  readonly expectedByMs: number;
  readonly state: CanaryState;
  readonly problem: string;
  /** By the clock of the source. */
  readonly arrivedMs: number | null;
  readonly uncertaintyMs: number | null;
  readonly destinationVersionId: string;
  readonly removedMs: number | null;
  readonly revision: number;
}

/** When the source took it, by our clock. */
export function ownSentMs({ sentMs, skewMs }: Canary): number {
  return sentMs - skewMs;
}

/** From its writing until the first look that saw it; null when none did. */
export function latencyMsOf({ sentMs, arrivedMs }: Canary): number | null {
  return arrivedMs === null ? null : arrivedMs - sentMs;
}

/** Columns of the table under the names of `Canary`; `canaries` is the table. */
export const CANARY_COLUMNS = `
  pair_id as pairId, key, source, destination, toString(match_by) as matchBy, version_id as versionId, etag,
  toUnixTimestamp64Milli(sent_at) as sentMs, skew_ms as skewMs, toUnixTimestamp64Milli(expected_by) as expectedByMs,
  toString(canaries.state) as state, problem, toUnixTimestamp64Milli(arrived_at) as arrivedMs,
  uncertainty_ms as uncertaintyMs, destination_version_id as destinationVersionId,
  toUnixTimestamp64Milli(removed_at) as removedMs, revision`;

const KEPT_MAX = 50_000;

/** Those that are not removed yet, oldest first. */
export function keptCanaries(engine: Engine): Promise<Canary[]> {
  return engine.query<Canary>(
    `select ${CANARY_COLUMNS} from replication_canaries as canaries
     where removed_at is null order by sent_at desc limit ${KEPT_MAX}`,
  );
}

/** When the newest canary of each pair was sent or first tried, by our clock. */
export async function newestSent(engine: Engine): Promise<Map<string, number>> {
  const rows = await engine.query<{ pair_id: string; own_ms: number }>(
    'select pair_id, max(toUnixTimestamp64Milli(sent_at) - skew_ms) as own_ms from replication_canaries group by pair_id',
  );
  return new Map(rows.map((row) => [row.pair_id, row.own_ms]));
}

/** Writes what holds of a canary now. */
export async function saveCanary(canary: Canary, engine: Engine): Promise<void> {
  const row = {
    pair_id: canary.pairId,
    key: canary.key,
    source: canary.source,
    destination: canary.destination,
    match_by: canary.matchBy,
    version_id: canary.versionId,
    etag: canary.etag,
    sent_at: isoOf(canary.sentMs),
    skew_ms: canary.skewMs,
    expected_by: isoOf(canary.expectedByMs),
    state: canary.state,
    problem: canary.problem,
    arrived_at: canary.arrivedMs === null ? null : isoOf(canary.arrivedMs),
    uncertainty_ms: canary.uncertaintyMs,
    destination_version_id: canary.destinationVersionId,
    removed_at: canary.removedMs === null ? null : isoOf(canary.removedMs),
    revision: canary.revision,
  };
  await engine.insertRows({ table: 'replication_canaries', rows: [row] });
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}
