/**
 * The spool: where batches wait until the engine has them. A load is a folder: the files of its batches and
 * `manifest.json`. It is built under `forming/` and moved to `ready/` in one step once everything in it is on disk;
 * from then on its membership is fixed, because the name of the folder is the token that makes inserting it twice harmless.
 */
import { randomUUID } from 'node:crypto';
import { link, mkdir, readdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { syncFolder, writeSynced } from '../lib/durable.ts';
import type { BatchDescription, FormatName } from '../formats/format.ts';

/** A batch in the spool, inspected, its bytes on disk. */
export interface SpooledBatch {
  /** First 8 bytes of the SHA-256 of the identity, in decimal. */
  readonly batchId: string;
  readonly source: string;
  readonly origin: string;
  readonly identity: string;
  readonly sizeBytes: number;
  readonly expandedBytes: number;
  readonly isCompressed: boolean;
  readonly receivedMs: number;
  /** When the store got it, if that is known. */
  readonly deliveredMs?: number;
  /** SHA-256 of the decompressed bytes in hex, for formats that somebody vouches for. */
  readonly contentSha256?: string;
  /** Of the store whose buckets its records name, if that has one. */
  readonly namespace?: string;
  /** What was known of it from beside its bytes. */
  readonly description?: BatchDescription;
  /** Where the bytes are: a file of the origin's, or one in `incoming/`. */
  readonly path: string;
  /** Bytes of ours in the spool; 0 for a file that is read in place. */
  readonly spoolBytes: number;
  /** State of a file read in place when it was inspected: it must be the same when it is loaded. */
  readonly fileStamp?: string;
}

export interface Load {
  readonly loadId: string;
  readonly format: FormatName;
  readonly isLarge: boolean;
  readonly batches: readonly SpooledBatch[];
}

export interface SealRequest {
  /** Its name, when it must be the same if this is done again; a new one when absent. */
  readonly loadId?: string;
  readonly format: FormatName;
  readonly isLarge: boolean;
  readonly batches: readonly SpooledBatch[];
  /** Decoded bytes of a batch, for formats that decode; absent when the engine reads the bytes as they are. */
  readonly decode?: (bytes: Buffer, namespace?: string) => Buffer;
}

const gunzipped = promisify(gunzip);
const BATCH_FILE = /^\d+\.batch(\.gz)?$/;

export class Spool {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * Makes the folders, forgets what was still forming, and gives the loads that were ready before a restart.
   * A ready load holds its own links to its bytes, so whatever is left in `incoming/` was never part of one.
   */
  async open(): Promise<Load[]> {
    for (const name of ['incoming', 'forming']) {
      await rm(join(this.#folder, name), { recursive: true, force: true });
    }
    for (const name of ['incoming', 'forming', 'ready', 'rejected']) {
      await mkdir(join(this.#folder, name), { recursive: true });
    }
    const ids = (await readdir(this.#readyPath())).sort();
    return Promise.all(ids.map((id) => this.#readLoad(id)));
  }

  /** A new path for bytes that are being fetched. */
  incomingPath(): string {
    return join(this.#folder, 'incoming', randomUUID());
  }

  /** Fixes which batches a load has, on disk, and gives it its name. */
  async seal(request: SealRequest): Promise<Load> {
    const loadId = request.loadId ?? randomUUID();
    const forming = join(this.#folder, 'forming', loadId);
    await rm(forming, { recursive: true, force: true });
    await mkdir(forming);
    await Promise.all(request.batches.map((batch) => placeBatch(batch, forming, request)));
    const load: Load = { loadId, format: request.format, isLarge: request.isLarge, batches: request.batches };
    await writeSynced(join(forming, 'manifest.json'), JSON.stringify(load));
    await syncFolder(forming);
    await this.#discard(load);
    await rename(forming, this.loadPath(load));
    await syncFolder(this.#readyPath());
    return load;
  }

  /** The load with what was fetched for it read from its own folder: where it was fetched to may be gone. */
  async withOwnPaths(load: Load): Promise<Load> {
    const names = new Set(await readdir(this.loadPath(load)));
    const batches = load.batches.map((batch) => {
      const name = [rawName(batch), fileName(batch)].find((candidate) => names.has(candidate));
      return batch.spoolBytes === 0 || name === undefined
        ? batch
        : { ...batch, path: join(this.loadPath(load), name) };
    });
    return { ...load, batches };
  }

  loadPath(load: Load): string {
    return join(this.#readyPath(), load.loadId);
  }

  /** Names of the load's files, as the engine takes them. */
  async files(load: Load): Promise<string[]> {
    return (await readdir(this.loadPath(load))).filter((name) => BATCH_FILE.test(name)).sort();
  }

  /** Takes files out of a load that are no longer what was inspected, and gives the ids of their batches. */
  async dropChanged(load: Load): Promise<Set<string>> {
    const gone = new Set<string>();
    for (const batch of load.batches) {
      if (batch.fileStamp === undefined || (await fileStamp(batch.path)) === batch.fileStamp) continue;
      await rm(join(this.loadPath(load), fileName(batch)), { force: true });
      gone.add(batch.batchId);
    }
    return gone;
  }

  /** Forgets a load that the engine and the ledger have. */
  async remove(load: Load): Promise<void> {
    await this.#discard(load);
    for (const batch of load.batches) if (batch.spoolBytes > 0) await rm(batch.path, { force: true });
  }

  /** Takes a load out of `ready/`, in one step, so that a kill leaves no half of one; its batches keep their own bytes. */
  async #discard(load: Load): Promise<void> {
    const leaving = join(this.#folder, 'forming', randomUUID());
    try {
      await rename(this.loadPath(load), leaving);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
      throw error;
    }
    await rm(leaving, { recursive: true, force: true });
  }

  /** Keeps the bytes of a rejected batch; gives the path, or nothing for a file that stays where it is. */
  async keepRejected(batch: SpooledBatch): Promise<string | undefined> {
    if (batch.description !== undefined) {
      await writeSynced(this.#descriptionPath(batch.batchId), JSON.stringify(batch.description));
    }
    if (batch.spoolBytes === 0) return undefined;
    const path = this.rejectedPath(batch.batchId);
    // Linked, not moved: until the ledger has the outcome, a crash must find the batch where it was.
    await rm(path, { force: true });
    await link(batch.path, path);
    return path;
  }

  rejectedPath(batchId: string): string {
    return join(this.#folder, 'rejected', batchId);
  }

  /** What was known of a rejected batch from beside its bytes. */
  async rejectedDescription(batchId: string): Promise<BatchDescription | undefined> {
    const text = await readFile(this.#descriptionPath(batchId), 'utf8').catch(() => undefined);
    return text === undefined ? undefined : (JSON.parse(text) as BatchDescription);
  }

  async forgetRejected(batchId: string): Promise<void> {
    await rm(this.rejectedPath(batchId), { force: true });
    await rm(this.#descriptionPath(batchId), { force: true });
  }

  /** Drops the oldest kept bytes beyond the limit and gives the ids of the batches they belonged to. */
  async trimRejected(bytesMax: number): Promise<string[]> {
    const folder = join(this.#folder, 'rejected');
    const kept = await Promise.all(
      (await readdir(folder)).filter(isBatchId).map(async (name) => {
        const { size, mtimeMs } = await stat(join(folder, name));
        return { name, size, mtimeMs };
      }),
    );
    kept.sort((a, b) => b.mtimeMs - a.mtimeMs);
    const dropped: string[] = [];
    let total = 0;
    for (const { name, size } of kept) {
      total += size;
      if (total <= bytesMax) continue;
      await this.forgetRejected(name);
      dropped.push(name);
    }
    return dropped;
  }

  #descriptionPath(batchId: string): string {
    return join(this.#folder, 'rejected', `${batchId}.description.json`);
  }

  #readyPath(): string {
    return join(this.#folder, 'ready');
  }

  async #readLoad(loadId: string): Promise<Load> {
    const text = await readFile(join(this.#readyPath(), loadId, 'manifest.json'), 'utf8');
    return this.withOwnPaths(JSON.parse(text) as Load);
  }
}

function isBatchId(name: string): boolean {
  return /^\d+$/.test(name);
}

/** What tells whether a file is still the one that was inspected. */
export async function fileStamp(path: string): Promise<string | undefined> {
  try {
    const found = await stat(path, { bigint: true });
    return `${found.ino}:${found.size}:${found.mtimeNs}`;
  } catch {
    return undefined;
  }
}

/** Name of a batch's bytes in a load, when they are loaded as they are. */
function fileName(batch: SpooledBatch): string {
  return `${batch.batchId}.batch${batch.isCompressed ? '.gz' : ''}`;
}

/** Name of a batch's bytes as they arrived, in a load that has them decoded. */
function rawName(batch: SpooledBatch): string {
  return `${batch.batchId}.raw`;
}

async function placeBatch(batch: SpooledBatch, folder: string, request: SealRequest): Promise<void> {
  if (request.decode !== undefined) {
    const bytes = await readFile(batch.path);
    if (batch.spoolBytes > 0) await link(batch.path, join(folder, rawName(batch)));
    const plain = batch.isCompressed ? await gunzipped(bytes) : bytes;
    await writeSynced(join(folder, `${batch.batchId}.batch`), request.decode(plain, batch.namespace));
    return;
  }
  const name = join(folder, fileName(batch));
  if (batch.spoolBytes === 0) {
    await symlink(batch.path, name);
  } else {
    // Linked, not moved: a load that fails for one batch is sealed again without it.
    await link(batch.path, name);
  }
}
