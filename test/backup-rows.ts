/** Rows of backups as the monitor leaves them, for tests of what is read of them. Times are ISO 8601. */
import type { Engine } from '../src/engine/engine.ts';
import type { RunVerdict, SeriesVerdict } from '../src/monitors/backups/verdict.ts';

export interface SeriesFixture {
  readonly bucket: string;
  readonly series: string;
  readonly verdict: SeriesVerdict;
  readonly judged: string;
  readonly sentence?: string;
  readonly declared?: boolean;
  readonly pattern?: string;
  readonly schedule?: string;
  readonly nextDues?: readonly string[];
  readonly nextDeadline?: string;
  readonly rule?: unknown;
  readonly since?: string;
  readonly newestDue?: string;
  readonly files?: number;
  readonly firstAt?: string;
  readonly lastAt?: string;
  readonly keepSeconds?: number;
  readonly fit?: number;
  readonly fired?: number;
  readonly evidence?: string;
  readonly deleted?: boolean;
}

export async function storeSeries(series: readonly SeriesFixture[], engine: Engine): Promise<void> {
  await engine.insertRows({
    table: 'backup_series',
    rows: series.map((one) => ({
      bucket: one.bucket,
      series: one.series,
      is_declared: one.declared === false ? 0 : 1,
      pattern: one.pattern ?? `${one.series}/{date}.gz`,
      schedule: one.schedule ?? 'every day at 01:30 UTC',
      next_dues: (one.nextDues ?? []).map(engineTime),
      next_deadline: timeOf(one.nextDeadline),
      rule: JSON.stringify(one.rule ?? {}),
      verdict: one.verdict,
      sentence: one.sentence ?? '',
      since: timeOf(one.since),
      newest_due: timeOf(one.newestDue),
      files: one.files ?? 0,
      first_at: timeOf(one.firstAt),
      last_at: timeOf(one.lastAt),
      keep_seconds: one.keepSeconds ?? null,
      proposal_fit: one.fit ?? null,
      proposal_fired: one.fired ?? 0,
      evidence: one.evidence ?? '',
      judged_at: engineTime(one.judged),
      is_deleted: one.deleted === true ? 1 : 0,
    })),
  });
}

export interface RunFixture {
  readonly bucket: string;
  readonly series: string;
  readonly due: string;
  readonly verdict: RunVerdict;
  readonly judged: string;
  readonly sentence?: string;
  readonly arrived?: string;
  readonly bytes?: number | string;
  readonly usual?: number;
  readonly keys?: readonly string[];
  readonly deleted?: boolean;
}

export async function storeRuns(runs: readonly RunFixture[], engine: Engine): Promise<void> {
  await engine.insertRows({
    table: 'backup_runs',
    rows: runs.map((run) => ({
      bucket: run.bucket,
      series: run.series,
      due: engineTime(run.due),
      opens: engineTime(after(run.due, -360)),
      deadline: engineTime(after(run.due, 30)),
      verdict: run.verdict,
      sentence: run.sentence ?? '',
      since: engineTime(run.arrived ?? after(run.due, 30)),
      arrived: timeOf(run.arrived),
      size_bytes: run.bytes ?? 0,
      usual_bytes: run.usual ?? null,
      files: run.keys?.length ?? 0,
      keys: run.keys ?? [],
      members: run.keys?.length ?? 0,
      members_expected: null,
      judged_at: engineTime(run.judged),
      is_deleted: run.deleted === true ? 1 : 0,
    })),
  });
}

export interface FileFixture {
  readonly bucket: string;
  readonly series: string;
  readonly key: string;
  readonly at: string;
  readonly feed?: 'event' | 'listing';
  readonly etag?: string;
  readonly bytes?: number;
  readonly removed?: string;
  readonly content?: string;
  readonly lockUntil?: string;
}

export async function storeFiles(files: readonly FileFixture[], engine: Engine): Promise<void> {
  await engine.insertRows({
    table: 'backup_files',
    rows: files.map((file) => ({
      bucket: file.bucket,
      series: file.series,
      key: file.key,
      at: engineTime(file.at),
      feed: file.feed ?? 'event',
      etag: file.etag ?? file.key,
      size_bytes: file.bytes ?? 1024,
      removed_at: timeOf(file.removed),
      content: file.content ?? '',
      lock_mode: file.lockUntil === undefined ? '' : 'COMPLIANCE',
      lock_until: timeOf(file.lockUntil),
    })),
  });
}

export interface ActFixture {
  readonly bucket: string;
  readonly series: string;
  readonly at: string;
  readonly act: string;
  readonly until?: string;
  readonly author?: string;
  readonly reason?: string;
}

export async function storeActs(acts: readonly ActFixture[], engine: Engine): Promise<void> {
  await engine.insertRows({
    table: 'backup_acts',
    rows: acts.map((act) => ({
      bucket: act.bucket,
      series: act.series,
      at: engineTime(act.at),
      act: act.act,
      until: timeOf(act.until),
      author: act.author ?? '',
      reason: act.reason ?? '',
    })),
  });
}

export interface LookFixture {
  readonly bucket: string;
  readonly at: string;
  readonly prefix?: string;
  readonly cause?: string;
  readonly keys?: number;
  readonly problem?: string;
}

export async function storeLooks(looks: readonly LookFixture[], engine: Engine): Promise<void> {
  await engine.insertRows({
    table: 'backup_looks',
    rows: looks.map((look) => ({
      bucket: look.bucket,
      at: engineTime(look.at),
      prefix: look.prefix ?? '',
      cause: look.cause ?? 'regular',
      requests: 1,
      keys: look.keys ?? 0,
      files: 0,
      problem: look.problem ?? '',
    })),
  });
}

/** The time so many minutes later. */
export function after(iso: string, minutes: number): string {
  return new Date(Date.parse(iso) + minutes * 60_000).toISOString();
}

function timeOf(iso: string | undefined): string | null {
  return iso === undefined ? null : engineTime(iso);
}

/** `YYYY-MM-DD hh:mm:ss.SSS`, as the engine takes it. */
function engineTime(iso: string): string {
  return new Date(iso).toISOString().replace('T', ' ').replace('Z', '');
}
