/** What people said of series, and what that makes of them. */
import type { Engine } from '../../engine/engine.ts';
import { engineTime, engineTimeIfAny } from '../../lib/engine-time.ts';
import type { Act, ActKind } from './monitor.ts';
import type { SeriesStanding } from './verdict.ts';

/** An act as it was stored. */
export interface StoredAct extends Act {
  /** Milliseconds since 1970 UTC. */
  readonly atMs: number;
}

export async function saveAct(act: StoredAct, engine: Engine): Promise<void> {
  const row = {
    bucket: act.bucket,
    series: act.series,
    at: engineTime(act.atMs),
    act: act.act,
    until: engineTimeIfAny(act.untilMs),
    author: act.author,
    reason: act.reason,
  };
  await engine.insertRows({ table: 'backup_acts', rows: [row] });
}

interface Row {
  readonly bucket: string;
  readonly series: string;
  readonly act: ActKind;
  readonly author: string;
  readonly reason: string;
  readonly at_ms: number;
  readonly until_ms: number | null;
}

/** Every act, oldest first. */
export async function readActs(engine: Engine): Promise<StoredAct[]> {
  const rows = await engine.query<Row>(
    `select bucket, series, act, author, reason, toUnixTimestamp64Milli(at) as at_ms,
       toUnixTimestamp64Milli(backup_acts.until) as until_ms
     from backup_acts order by at, act`,
  );
  return rows.map(({ at_ms: atMs, until_ms: untilMs, ...row }) => ({
    ...row,
    atMs,
    ...(untilMs === null ? {} : { untilMs }),
  }));
}

/** What holds of a series as of a moment, by what people said of it, oldest first. */
export interface Said extends Pick<SeriesStanding, 'isPaused' | 'isRetired'> {
  /** When its size was accepted, oldest first. */
  readonly acceptedMs: readonly number[];
  /** When the pause ends by itself, milliseconds since 1970 UTC. */
  readonly pausedUntilMs?: number;
}

export function saidOf(acts: readonly StoredAct[], nowMs: number): Said {
  const pause = acts.findLast(({ act }) => act === 'pause' || act === 'resume');
  const isPaused = pause?.act === 'pause' && (pause.untilMs === undefined || pause.untilMs > nowMs);
  return {
    isPaused,
    isRetired: acts.findLast(({ act }) => act === 'retire' || act === 'expect')?.act === 'retire',
    acceptedMs: acts.filter(({ act }) => act === 'accept-size').map(({ atMs }) => atMs),
    ...(isPaused && pause.untilMs !== undefined ? { pausedUntilMs: pause.untilMs } : {}),
  };
}
