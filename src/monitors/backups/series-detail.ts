/** One series closely: its files, what people said of it, and the looks that could have seen it. */
import type { Engine } from '../../engine/engine.ts';
import type { ActKind, SeriesId } from './monitor.ts';

/** Times in milliseconds since 1970 UTC, null where there is none; here and below. */
export interface StoredFile {
  readonly key: string;
  readonly atMs: number;
  readonly feed: 'event' | 'listing';
  readonly versionId: string;
  readonly sizeBytes: number;
  readonly member: string;
  readonly removedMs: number | null;
  readonly content: string;
  readonly contentNote: string;
  readonly lockMode: string;
  readonly lockUntilMs: number | null;
  readonly replicationStatus: string;
}

const FILES_MAX = 100;

/** The last files of a series, latest first. */
export async function seriesFiles(id: SeriesId, engine: Engine): Promise<StoredFile[]> {
  const rows = await engine.query<Omit<StoredFile, 'sizeBytes'> & { readonly sizeBytes: number | string }>(
    `select key, member, content, feed,
       toUnixTimestamp64Milli(at) as atMs,
       version_id as versionId,
       size_bytes as sizeBytes,
       toUnixTimestamp64Milli(removed_at) as removedMs,
       content_note as contentNote,
       lock_mode as lockMode,
       toUnixTimestamp64Milli(lock_until) as lockUntilMs,
       replication_status as replicationStatus
     from backup_files
     where bucket = {bucket:String} and series = {series:String}
     order by at desc, key, feed
     limit ${FILES_MAX}`,
    { params: { ...id } },
  );
  return rows.map((row) => ({ ...row, sizeBytes: Number(row.sizeBytes) }));
}

export interface StoredAct {
  readonly atMs: number;
  readonly act: ActKind;
  readonly untilMs: number | null;
  readonly author: string;
  readonly reason: string;
}

const ACTS_MAX = 200;

/** What people said of a series, latest first. */
export function seriesActs(id: SeriesId, engine: Engine): Promise<StoredAct[]> {
  return engine.query<StoredAct>(
    `select act, author, reason,
       toUnixTimestamp64Milli(at) as atMs,
       toUnixTimestamp64Milli(until) as untilMs
     from backup_acts
     where bucket = {bucket:String} and series = {series:String}
     order by at desc, act desc
     limit ${ACTS_MAX}`,
    { params: { ...id } },
  );
}

export interface StoredLook {
  readonly atMs: number;
  readonly prefix: string;
  readonly cause: string;
  readonly keys: number;
  /** Not known before. */
  readonly files: number;
  readonly problem: string;
}

const LOOKS_MAX = 50;

/** The last looks at a part of the bucket in which keys of the pattern may be, latest first. */
export function looksAt(
  { bucket, pattern }: { readonly bucket: string; readonly pattern: string },
  engine: Engine,
): Promise<StoredLook[]> {
  return engine.query<StoredLook>(
    `select prefix, cause, keys, files, problem, toUnixTimestamp64Milli(at) as atMs
     from backup_looks
     where bucket = {bucket:String}
       and (startsWith(prefix, {fixed:String}) or startsWith({fixed:String}, prefix))
     order by at desc, prefix
     limit ${LOOKS_MAX}`,
    { params: { bucket, fixed: fixedPart(pattern) } },
  );
}

/** Everything before the first part; a pattern made of keys need not be one that can be read. */
function fixedPart(pattern: string): string {
  return /^[^{*]*/.exec(pattern)?.[0] ?? '';
}
