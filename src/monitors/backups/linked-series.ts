/** What secret links need of series: which there are, and what one of them shows. */
import type { Engine } from '../../engine/engine.ts';
import { idOf } from './chosen.ts';
import type { SeriesId } from './monitor.ts';
import type { RunVerdict, SeriesVerdict } from './verdict.ts';

/** A series, and how often its link was made anew. */
export interface LinkedSeries extends SeriesId {
  readonly renewals: number;
}

/** Times in milliseconds since 1970 UTC, null where there is none. */
export interface ShownSeries extends SeriesId {
  readonly verdict: SeriesVerdict;
  readonly sentence: string;
  readonly sinceMs: number | null;
  readonly schedule: string;
  readonly nextDueMs: number | null;
  /** Whether its bucket could be listed when it had to be. */
  readonly isSeen: boolean;
  readonly judgedMs: number;
  /** The last of them, latest first. */
  readonly runs: readonly ShownRun[];
}

export interface ShownRun {
  readonly dueMs: number;
  readonly verdict: RunVerdict;
  readonly arrivedMs: number | null;
  readonly sizeBytes: number;
}

const SERIES_MAX = 1_000_000;
const RUNS_SHOWN = 30;

/** Every series there is. */
export async function linkedSeries(engine: Engine): Promise<LinkedSeries[]> {
  const limits = { resultRows: SERIES_MAX };
  const [series, renewed] = await Promise.all([
    engine.query<SeriesId>('select bucket, series from backup_series where is_deleted = 0', { limits }),
    engine.query<LinkedSeries>(
      `select bucket, series, toUInt32(count()) as renewals
       from backup_acts
       where act = 'renew-link'
       group by bucket, series`,
      { limits },
    ),
  ]);
  const renewals = new Map(renewed.map((one) => [idOf(one), one.renewals]));
  return series.map((one) => ({ ...one, renewals: renewals.get(idOf(one)) ?? 0 }));
}

/** The buckets that have a series of that name, in order. */
export async function bucketsOfSeries(series: string, engine: Engine): Promise<string[]> {
  const rows = await engine.query<{ readonly bucket: string }>(
    'select bucket from backup_series where series = {series:String} and is_deleted = 0 order by bucket limit 100',
    { params: { series } },
  );
  return rows.map(({ bucket }) => bucket);
}

/** What a link shows of a series; nothing when there is no such series. */
export async function shownSeries(id: SeriesId, engine: Engine): Promise<ShownSeries | undefined> {
  const params = { ...id };
  const [rows, runs] = await Promise.all([
    engine.query<Omit<ShownSeries, 'runs' | 'isSeen'> & { readonly is_seen: 0 | 1 }>(
      `select
         bucket, series, verdict, sentence, schedule,
         toUnixTimestamp64Milli(since) as sinceMs,
         if(empty(next_dues), null, toUnixTimestamp64Milli(next_dues[1])) as nextDueMs,
         evidence = '' as is_seen,
         toUnixTimestamp64Milli(judged_at) as judgedMs
       from backup_series
       where bucket = {bucket:String} and series = {series:String} and is_deleted = 0`,
      { params },
    ),
    engine.query<ShownRun>(
      `select
         toUnixTimestamp64Milli(due) as dueMs, verdict,
         toUnixTimestamp64Milli(arrived) as arrivedMs,
         toFloat64(size_bytes) as sizeBytes
       from backup_runs
       where bucket = {bucket:String} and series = {series:String} and is_deleted = 0
       order by due desc
       limit ${RUNS_SHOWN}`,
      { params },
    ),
  ]);
  const [row] = rows;
  if (row === undefined) return undefined;
  const { is_seen: isSeen, ...shown } = row;
  return { ...shown, isSeen: isSeen === 1, runs };
}
