/** Which pair a canary of the configuration is for, and where it is written. */
import { createHash } from 'node:crypto';
import type { Engine } from '../../engine/engine.ts';
import type { Canary } from './canary-rows.ts';

/** A canary of the configuration: of a pair by its id, or by its buckets. */
export interface CanarySettings {
  readonly pair?: string | undefined;
  readonly source?: string | undefined;
  readonly destination?: string | undefined;
  readonly everyMs: number;
  /** Where it is written, below the prefix of the pair. */
  readonly prefix: string;
  readonly isRemovedAtDestination: boolean;
  /** Time within which a copy is expected when the pair is not known. */
  readonly targetMs: number;
}

export interface CanaryTarget {
  readonly pairId: string;
  readonly source: string;
  readonly destination: string;
  readonly matchBy: 'version' | 'key';
  readonly targetMs: number;
  /** What every key of its canaries begins with. */
  readonly folder: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Why nothing would be replicated; empty for no reason known. */
  readonly obstacle: string;
}

interface PairRow {
  readonly pair_id: string;
  readonly source: string;
  readonly destination: string;
  readonly prefix: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly match_by: 'version' | 'key';
  readonly target_seconds: number;
  readonly is_active: 0 | 1;
}

export type CanaryBuckets = Pick<CanaryTarget, 'source' | 'destination'>;

/** The buckets that canaries of the configuration are for. */
export function canaryBuckets({
  pair,
  ...buckets
}: Pick<CanarySettings, 'pair' | 'source' | 'destination'>): CanaryBuckets {
  const [source = '', destination = ''] = pair?.split('/') ?? [buckets.source, buckets.destination];
  return { source, destination };
}

/** Looks the pair up. One that nobody knows of is taken to be a copy by key of everything. */
export async function canaryTarget(settings: CanarySettings, engine: Engine): Promise<CanaryTarget> {
  const { source, destination } = canaryBuckets(settings);
  const [row] = await engine.query<PairRow>(
    `select pair_id, source, destination, prefix, tags, match_by, target_seconds, is_enabled and not is_gone as is_active
     from replication_pairs
     where source = {source:String} and destination = {destination:String} and ({pair:String} in ('', pair_id))
     order by is_active desc, priority desc, pair_id
     limit 1`,
    { params: { source, destination, pair: settings.pair ?? '' } },
  );
  const pairId = row?.pair_id ?? settings.pair ?? `${source}/${destination}/`;
  return {
    pairId,
    source,
    destination,
    matchBy: row?.match_by ?? 'key',
    targetMs: row === undefined ? settings.targetMs : row.target_seconds * 1000,
    folder: `${folderBelow(row?.prefix ?? '', settings.prefix)}${slugOf(pairId)}/`,
    tags: row?.tags ?? {},
    obstacle: row?.is_active === 0 ? 'the rule of the pair is disabled or no more' : '',
  };
}

const HOUR_MS = 3_600_000;

/** After so long it is lost. */
export function patienceMs({ targetMs }: CanaryTarget): number {
  return Math.max(4 * targetMs, HOUR_MS);
}

/** A canary that is about to be written. */
export function newCanary(target: CanaryTarget, nowMs: number): Canary {
  return {
    pairId: target.pairId,
    key: `${target.folder}${new Date(nowMs).toISOString().replaceAll(/[-:]/g, '')}`,
    source: target.source,
    destination: target.destination,
    matchBy: target.matchBy,
    versionId: '',
    etag: '',
    sentMs: nowMs,
    skewMs: 0,
    expectedByMs: nowMs + patienceMs(target),
    state: 'under-way',
    problem: '',
    arrivedMs: null,
    uncertaintyMs: null,
    destinationVersionId: '',
    removedMs: null,
    revision: nowMs,
  };
}

/** What the object says to whoever finds it. */
export function canaryBody({ pairId, key }: Canary): string {
  return `Canary of Bucketwatch: ${key}\nIt is here to see how long replication takes (${pairId}); it may be deleted.\n`;
}

/** A key that does not begin with the prefix of the rule would never be replicated. */
function folderBelow(pairPrefix: string, prefix: string): string {
  return prefix.startsWith(pairPrefix) ? prefix : `${pairPrefix}${prefix}`;
}

const SLUG_LENGTH_MAX = 80;

/** The pair as part of a key: what any store takes, and a hash, as rule ids may hold anything. */
function slugOf(pairId: string): string {
  const words = pairId
    .split('/')
    .slice(1)
    .join('-')
    .replaceAll(/[^\w.-]+/g, '-');
  const hash = createHash('sha256').update(pairId).digest('hex').slice(0, 8);
  return `${words.slice(0, SLUG_LENGTH_MAX)}-${hash}`;
}
