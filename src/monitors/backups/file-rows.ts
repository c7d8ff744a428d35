/** Files as the table `backup_files` keeps them. */
import type { Engine } from '../../engine/engine.ts';
import { engineTime, engineTimeIfAny } from '../../lib/engine-time.ts';
import type { Change, Told } from './book.ts';
import type { ContentCheck } from './content.ts';
import type { FileLook } from './look.ts';
import type { BookFile } from './same-file.ts';

const ROWS_AT_ONCE = 20_000;

/** Writes what is known of files now. */
export async function saveFiles(changes: readonly Change[], engine: Engine): Promise<void> {
  for (let start = 0; start < changes.length; start += ROWS_AT_ONCE) {
    const rows = changes.slice(start, start + ROWS_AT_ONCE).flatMap(rowsOf);
    await engine.insertRows({ table: 'backup_files', rows });
  }
}

/** A row whose time or feed changed is another row: of the one before nothing is kept but that it is no more. */
function rowsOf({ series, file, instead }: Change) {
  const row = rowOf(series, file);
  const isMoved = instead !== undefined && (instead.atMs !== file.atMs || instead.feed !== file.feed);
  return isMoved ? [{ ...rowOf(series, instead), is_deleted: 1 }, row] : [row];
}

function rowOf(series: { readonly bucket: string; readonly id: string }, file: BookFile) {
  const { look } = file;
  return {
    bucket: series.bucket,
    key: file.key,
    at: engineTime(file.atMs),
    feed: file.feed,
    series: series.id,
    member: file.member,
    stamp: file.stamp,
    version_id: file.versionId,
    etag: file.etag,
    size_bytes: file.sizeBytes,
    removed_at: engineTimeIfAny(file.removedMs),
    looked_at: engineTimeIfAny(look?.atMs),
    content: look?.content?.result ?? '',
    content_note: look?.content?.sentence ?? '',
    lock_mode: look?.lock?.mode ?? '',
    lock_until: engineTimeIfAny(look?.lock?.untilMs),
    legal_hold: look?.isLegalHold === true ? 1 : 0,
    replication_status: look?.replicationStatus ?? '',
    look_problem: look?.problem ?? '',
    is_deleted: 0,
  };
}

/** A file of the table: told, and what else was known of it. */
export interface KeptFile extends Told {
  /** The series it was stored as one of. */
  readonly series: string;
  readonly removedMs?: number;
  readonly look?: FileLook;
}

interface Row {
  readonly key: string;
  readonly series: string;
  readonly at_ms: number;
  readonly feed: 'event' | 'listing';
  readonly version_id: string;
  readonly etag: string;
  readonly size: number | string;
  readonly removed_ms: number | null;
  readonly looked_ms: number | null;
  readonly content: string;
  readonly content_note: string;
  readonly lock_mode: string;
  readonly lock_until_ms: number | null;
  readonly legal_hold: number;
  readonly replication_status: string;
  readonly look_problem: string;
}

const PAGE_ROWS = 50_000;

/** The files of a bucket that were written since: pages in order of keys, each in order of time. */
export async function* keptFiles(
  { bucket, sinceMs }: { readonly bucket: string; readonly sinceMs: number },
  engine: Engine,
): AsyncGenerator<readonly KeptFile[]> {
  let after: string | undefined;
  for (;;) {
    const rows = await engine.query<Row>(
      `select
         key, series, toUnixTimestamp64Milli(at) as at_ms, toString(backup_files.feed) as feed, version_id, etag,
         size_bytes as size, toUnixTimestamp64Milli(removed_at) as removed_ms,
         toUnixTimestamp64Milli(looked_at) as looked_ms, content, content_note, lock_mode,
         toUnixTimestamp64Milli(lock_until) as lock_until_ms, legal_hold, replication_status, look_problem
       from backup_files
       where bucket = {bucket:String} and at >= {since:DateTime64(3)}
         ${after === undefined ? '' : 'and key > {after:String}'}
       order by key
       limit ${PAGE_ROWS} with ties`,
      {
        params: { bucket, since: engineTime(sinceMs), after: after ?? '' },
        limits: { resultRows: PAGE_ROWS * 4 },
      },
    );
    yield rows.map(fileOf).sort((a, b) => a.atMs - b.atMs);
    if (rows.length < PAGE_ROWS) return;
    after = rows.at(-1)?.key;
  }
}

function fileOf(row: Row): KeptFile {
  const look = row.looked_ms === null ? {} : { look: lookOf(row, row.looked_ms) };
  return {
    key: row.key,
    series: row.series,
    atMs: row.at_ms,
    feed: row.feed,
    versionId: row.version_id,
    etag: row.etag,
    sizeBytes: Number(row.size),
    ...(row.removed_ms === null ? {} : { removedMs: row.removed_ms }),
    ...look,
  };
}

function lookOf(row: Row, atMs: number): FileLook {
  const content: ContentCheck | undefined =
    row.content === 'whole' || row.content === 'wrong' || row.content === 'unknown'
      ? { kind: undefined, result: row.content, sentence: row.content_note }
      : undefined;
  const isLocked = row.lock_mode === 'GOVERNANCE' || row.lock_mode === 'COMPLIANCE';
  return {
    atMs,
    isGone: row.removed_ms !== null,
    problem: row.look_problem,
    ...(content === undefined ? {} : { content }),
    ...(isLocked && row.lock_until_ms !== null
      ? { lock: { mode: row.lock_mode as 'GOVERNANCE', untilMs: row.lock_until_ms } }
      : {}),
    isLegalHold: row.legal_hold === 1,
    replicationStatus: row.replication_status,
  };
}
