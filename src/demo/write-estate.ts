import { mkdir, rename, utimes, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Clock } from '../lib/clock.ts';
import type { EstateDigests } from './digests.ts';
import { type EstateFile, estateFiles, liveFiles } from './estate.ts';

const DAY_MS = 86_400_000;

interface HistoryRequest {
  /** Is made when it does not exist. */
  readonly folder: string;
  readonly seed: number;
  readonly endMs: number;
  readonly days: number;
}

/**
 * Writes the days before `endMs` into the folder and gives the number of files. Throws the signal's reason
 * when it aborts, with whole files left behind. Writing the same history again replaces it by itself.
 */
export async function writeHistory(
  request: HistoryRequest,
  parts: { readonly signal: AbortSignal; readonly digests?: EstateDigests },
): Promise<{ readonly files: number }> {
  const { folder, seed, endMs, days } = request;
  let files = 0;
  for (const file of estateFiles({ seed, startMs: endMs - days * DAY_MS, endMs })) {
    parts.signal.throwIfAborted();
    await writeWhole(folder, parts.digests?.take(file) ?? file, endMs);
    files += 1;
  }
  for (const digest of parts.digests?.due(endMs) ?? []) {
    await writeWhole(folder, digest, endMs);
    files += 1;
  }
  return { files };
}

interface TrickleRequest {
  readonly folder: string;
  readonly seed: number;
  /** Traffic continues from here, a history's end; from now when absent. */
  readonly sinceMs?: number;
  readonly intervalMs: number;
}

/**
 * Writes what happened since the last time into the folder, every interval, until the signal aborts; then
 * returns. Intervals without any request leave no file; of a pause longer than a day only the last day is written.
 */
export async function trickle(
  request: TrickleRequest,
  parts: { readonly clock: Clock; readonly digests?: EstateDigests },
  signal: AbortSignal,
): Promise<void> {
  const { folder, seed, intervalMs } = request;
  const historyEndMs = request.sinceMs ?? parts.clock.nowMs();
  let sinceMs = historyEndMs;
  while (await isSlept(parts.clock, intervalMs, signal)) {
    const nowMs = parts.clock.nowMs();
    const startMs = Math.max(sinceMs, nowMs - DAY_MS);
    for (const file of liveFiles({ seed, startMs, endMs: nowMs, historyEndMs }))
      await writeWhole(folder, parts.digests?.take(file) ?? file, nowMs);
    for (const digest of parts.digests?.due(nowMs) ?? []) await writeWhole(folder, digest, nowMs);
    sinceMs = Math.max(sinceMs, nowMs);
  }
}

async function isSlept(clock: Clock, intervalMs: number, signal: AbortSignal): Promise<boolean> {
  try {
    await clock.sleep(intervalMs, signal);
    return !signal.aborted;
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  }
}

/** Through a dot-file in the same folder, so that whoever watches the folder never sees half a file. Its mtime is its delivery, not after `nowMs`. */
async function writeWhole(folder: string, file: EstateFile, nowMs: number): Promise<void> {
  const path = join(folder, file.path);
  const partial = join(dirname(path), `.${basename(path)}.partial`);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(partial, file.bytes);
  const delivered = new Date(Math.min(file.deliveredMs, nowMs));
  await utimes(partial, delivered, delivered);
  await rename(partial, path);
}
