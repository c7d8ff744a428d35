/** Runs as they were judged. */
import type { Engine } from '../../engine/engine.ts';
import { conditionOf, idOf, type SeriesChoice } from './chosen.ts';
import type { RunVerdict } from './verdict.ts';

/** A run of a series as it is stored. Times in milliseconds since 1970 UTC. */
export interface StoredRun {
  readonly bucket: string;
  readonly series: string;
  readonly dueMs: number;
  readonly deadlineMs: number;
  readonly verdict: RunVerdict;
  readonly sentence: string;
  readonly sinceMs: number;
  readonly arrivedMs: number | null;
  readonly sizeBytes: number;
  /** Median of the good runs before it; null where there were too few. */
  readonly usualBytes: number | null;
  readonly files: number;
  /** At most 20. */
  readonly keys: readonly string[];
  readonly members: number;
  readonly membersExpected: number | null;
}

const COLUMNS = `bucket, series, verdict, sentence, files, keys, members,
  toUnixTimestamp64Milli(due) as dueMs,
  toUnixTimestamp64Milli(deadline) as deadlineMs,
  toUnixTimestamp64Milli(since) as sinceMs,
  toUnixTimestamp64Milli(arrived) as arrivedMs,
  size_bytes as sizeBytes,
  usual_bytes as usualBytes,
  members_expected as membersExpected`;

/** Integers beyond 2^53 come as text. */
type Row = { readonly [Name in keyof StoredRun]: StoredRun[Name] | string };

function runOf(row: Row): StoredRun {
  const sizes = {
    sizeBytes: Number(row.sizeBytes),
    usualBytes: row.usualBytes === null ? null : Number(row.usualBytes),
  };
  return { ...(row as StoredRun), ...sizes };
}

export interface RunsQuery extends SeriesChoice {
  /** When a run was due, milliseconds since 1970 UTC. */
  readonly startMs: number;
  /** Exclusive; absent: those under way too. */
  readonly endMs?: number | undefined;
  readonly limit: number;
}

/** Runs by when they were due, latest first. */
export async function runRows(query: RunsQuery, engine: Engine): Promise<StoredRun[]> {
  const { isChosen, params } = conditionOf(query);
  const isBefore = query.endMs === undefined ? '' : `and due < fromUnixTimestamp64Milli(${query.endMs})`;
  const rows = await engine.query<Row>(
    `select ${COLUMNS}
     from backup_runs
     where ${isChosen} and due >= fromUnixTimestamp64Milli(${query.startMs}) ${isBefore}
     order by due desc, bucket, series
     limit ${query.limit}`,
    { params },
  );
  return rows.map(runOf);
}

export interface DecidingRuns {
  /** The run that decides how the series stands. */
  readonly newest?: StoredRun;
  /** The newest that was right, be it late. */
  readonly good?: StoredRun;
}

/** Series as they stand at a moment. */
export interface StandQuery extends SeriesChoice {
  readonly nowMs: number;
}

/** Of each series the runs that matter now, by `idOf`; a series without any is left out. */
export async function decidingRuns(query: StandQuery, engine: Engine): Promise<Map<string, DecidingRuns>> {
  const { isChosen, params } = conditionOf(query);
  const newest = `select bucket, series, assumeNotNull(newest_due)
    from backup_series where newest_due is not null and ${isChosen}`;
  const isGood = "verdict in ('ok', 'late')";
  const goodWhen = (condition: string): string =>
    `select bucket, series, max(due) from backup_runs where ${isGood} and ${condition} group by bucket, series`;
  const good = `${goodWhen(lately(query))} union all ${goodWhen(before(query, { condition: isGood, runs: 1 }))}`;
  const rows = await engine.query<Row & { readonly isNewest: number; readonly isGood: number }>(
    `select ${COLUMNS},
       (bucket, series, due) global in (${newest}) as isNewest,
       (bucket, series, due) global in (${good}) as isGood
     from backup_runs
     where ${isChosen} and (isNewest or isGood)`,
    { params },
  );
  const runs = new Map<string, DecidingRuns>();
  for (const { isNewest, isGood, ...row } of rows) {
    const run = runOf(row);
    runs.set(idOf(run), {
      ...runs.get(idOf(run)),
      ...(isNewest === 1 ? { newest: run } : {}),
      ...(isGood === 1 ? { good: run } : {}),
    });
  }
  return runs;
}

export interface RunMark {
  readonly dueMs: number;
  readonly verdict: RunVerdict;
  readonly sizeBytes: number;
}

const RECENT_RUNS = 30;

/** The last 30 runs of each series, oldest first, by `idOf`. */
export async function recentRuns(query: StandQuery, engine: Engine): Promise<Map<string, RunMark[]>> {
  const { params } = conditionOf(query);
  const marksWhen = (condition: string): string =>
    `select bucket, series, toUnixTimestamp64Milli(due) as dueMs, verdict, size_bytes
     from backup_runs where ${condition} order by due desc limit ${RECENT_RUNS} by bucket, series`;
  const rows = await engine.query<{
    readonly bucket: string;
    readonly series: string;
    readonly marks: readonly (readonly [dueMs: number, verdict: RunVerdict, sizeBytes: number | string])[];
  }>(
    `select bucket, series,
       arraySlice(arraySort(groupArray((dueMs, verdict, size_bytes))), -${RECENT_RUNS}) as marks
     from (
       select * from (${marksWhen(lately(query))})
       union all
       select * from (${marksWhen(before(query, { condition: '1', runs: RECENT_RUNS }))})
     )
     group by bucket, series`,
    { params },
  );
  return new Map(
    rows.map(({ marks: found, ...id }) => [
      idOf(id),
      found.map(([dueMs, verdict, sizeBytes]) => ({ dueMs, verdict, sizeBytes: Number(sizeBytes) })),
    ]),
  );
}

/** Daily runs of so long are enough: years of hourly ones are not read for the last of them. */
const LATELY_MS = 45 * 86_400_000;

/** A condition on runs of the series chosen: those of the last weeks. */
function lately(query: StandQuery): string {
  const { isChosen } = conditionOf(query);
  return `${isChosen} and due >= fromUnixTimestamp64Milli(${query.nowMs - LATELY_MS})`;
}

/** Runs before them, of the series with too few that fulfil the condition in the last weeks. */
function before(query: StandQuery, few: { readonly condition: string; readonly runs: number }): string {
  const { isChosen } = conditionOf(query);
  return `due < fromUnixTimestamp64Milli(${query.nowMs - LATELY_MS})
    and (bucket, series) global in (
      select bucket, series from backup_series
      where ${isChosen} and (bucket, series) global not in (
        select bucket, series from backup_runs where ${few.condition} and ${lately(query)}
        group by bucket, series having count() >= ${few.runs}))`;
}
