/** Reads off the program's parts what its health is judged by. */
import { statfs } from 'node:fs/promises';
import { freemem, totalmem } from 'node:os';
import type { Engine } from '../engine/engine.ts';
import type { Clock } from '../lib/clock.ts';
import { Fault, reasonOf } from '../lib/fault.ts';
import type { JobRecord } from '../lib/job-records.ts';
import type { Source } from '../sources/source.ts';
import type { DeliveryReading } from './delivery-items.ts';
import type { EngineErrors } from './engine-errors.ts';
import type { DiskReading, MemoryReading } from './machine-items.ts';
import type { HealthReadings } from './own-health.ts';
import type { SourceReading } from './source-items.ts';
import type { EngineReading, SpoolReading } from './store-items.ts';

export interface ReadingParts {
  readonly engine: Engine;
  readonly errors: EngineErrors;
  /** The data folder. */
  readonly folder: string;
  readonly sources: readonly Source[];
  readonly spool: () => SpoolReading;
  readonly jobs: () => readonly JobRecord[];
  readonly deliveries: () => readonly DeliveryReading[];
  readonly memory: () => MemoryReading;
  readonly clock: Clock;
}

/** How long the engine may take to answer. */
export const ANSWER_MS_MAX = 1000;
const WINDOW_MS = 3_600_000;

/** Everything, now. What cannot be read is a reading too. */
export async function readHealth(parts: ReadingParts): Promise<HealthReadings> {
  const nowMs = parts.clock.nowMs();
  const answer = await engineAnswer(parts.engine);
  const ledger = answer.isAnswering ? await ledgerRows(nowMs, parts.engine) : new Map<string, LedgerRow>();
  return {
    nowMs,
    engine: { ...answer, ...parts.errors.recent() },
    disk: await diskOf(parts.folder),
    memory: parts.memory(),
    spool: parts.spool(),
    sources: parts.sources.map((source) => sourceReading(source, ledger.get(source.name))),
    jobs: parts.jobs(),
    deliveries: parts.deliveries(),
  };
}

/** Whether the engine answers the shortest of questions in time. */
export async function engineAnswer(
  engine: Pick<Engine, 'query'>,
): Promise<Pick<EngineReading, 'isAnswering' | 'tookMs' | 'reason'>> {
  const startMs = performance.now();
  try {
    await engine.query('select 1', {
      limits: { timeMs: ANSWER_MS_MAX },
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
    });
    return { isAnswering: true, tookMs: performance.now() - startMs, reason: '' };
  } catch (error) {
    return { isAnswering: false, tookMs: performance.now() - startMs, reason: reasonOf(error) };
  }
}

/** Free space for who is no superuser. */
export async function diskOf(folder: string): Promise<DiskReading> {
  try {
    const { bavail, blocks, bsize } = await statfs(folder);
    return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
  } catch (error) {
    return { reason: reasonOf(error) };
  }
}

/** Of this process. What a container's group has in use counts the page cache, which gives way: our own share alone is told. */
export function processMemory(): MemoryReading {
  const residentBytes = process.memoryUsage.rss();
  const limitBytes = process.constrainedMemory();
  const isLimited = limitBytes > 0 && limitBytes < totalmem();
  const roomBytes = isLimited ? Math.max(0, limitBytes - residentBytes) : Infinity;
  return { residentBytes, availableBytes: Math.min(freemem(), roomBytes) };
}

interface LedgerRow {
  readonly source: string;
  readonly records: string | number;
  readonly rejects: string | number;
  readonly rejected_batches: string | number;
  readonly lag_s: number | null;
}

/** Of the last hour, by source. What was there before the source was first read waited for us to begin: that is no lag. */
async function ledgerRows(nowMs: number, engine: Engine): Promise<Map<string, LedgerRow>> {
  try {
    const rows = await engine.query<LedgerRow>(LEDGER, { params: { since_ms: nowMs - WINDOW_MS } });
    return new Map(rows.map((row) => [row.source, row]));
  } catch (error) {
    if (!(error instanceof Fault) || error.code === 'invalid') throw error;
    // It is among the errors of the engine.
    return new Map();
  }
}

const LEDGER = `
select
  source,
  toUnixTimestamp64Milli(min(loaded_at)) as began_ms,
  sumIf(ledger.facts, is_recent) as records,
  sumIf(ledger.rejects, is_recent) as rejects,
  countIf(is_recent and state = 'rejected') as rejected_batches,
  groupArrayIf(
    (toUnixTimestamp64Milli(assumeNotNull(delivered_at)), toUnixTimestamp64Milli(loaded_at)),
    is_recent and delivered_at is not null and state = 'loaded') as recent,
  arrayMap(pair -> greatest(0, pair.2 - pair.1), arrayFilter(pair -> pair.1 >= began_ms, recent)) as lags,
  if(empty(lags), null, round(arrayReduce('quantileExact(0.95)', lags) / 1000, 1)) as lag_s
from (select *, toUnixTimestamp64Milli(loaded_at) >= {since_ms:Int64} as is_recent from batches) as ledger
group by source
order by source
limit 10000`;

function sourceReading(source: Source, row: LedgerRow | undefined): SourceReading {
  const { state, message, queue } = source.status();
  return {
    name: source.name,
    isFailing: state === 'failing',
    message: state === 'failing' ? message : '',
    records: Number(row?.records ?? 0),
    rejects: Number(row?.rejects ?? 0),
    rejectedBatches: Number(row?.rejected_batches ?? 0),
    ...(row?.lag_s == null ? {} : { lagSeconds: row.lag_s }),
    ...(queue === undefined ? {} : { queue }),
  };
}
