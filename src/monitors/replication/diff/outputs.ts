/** Where differences are written as they are found. */
import { type FileHandle, open, stat, truncate } from 'node:fs/promises';
import { Fault, reasonOf } from '../../../lib/fault.ts';
import type { Difference } from './difference.ts';

export interface Output {
  /** Unique among the outputs of an audit. */
  readonly name: string;
  write(differences: readonly Difference[]): Promise<void>;
  /** Makes what was written survive a power failure; gives the length in bytes. */
  commit(): Promise<number>;
  close(): Promise<void>;
}

export interface FileOutputRequest {
  readonly path: string;
  /** Bytes to keep of what an audit before has written; 0 for a new file. */
  readonly keptBytes: number;
  /** A line with its end, or nothing. */
  readonly lineOf: (difference: Difference) => string;
}

/** A file that grows by a line a difference. Throws `invalid` when it cannot be written or is shorter than it was. */
export async function openFileOutput({ path, keptBytes, lineOf }: FileOutputRequest): Promise<Output> {
  const file = await openAt(path, keptBytes);
  let bytes = keptBytes;
  return {
    name: path,
    async write(differences) {
      const text = Buffer.from(differences.map(lineOf).join(''));
      if (text.byteLength === 0) return;
      await file.writeFile(text).catch((error: unknown) => failed(path, error));
      bytes += text.byteLength;
    },
    async commit() {
      await file.datasync().catch((error: unknown) => failed(path, error));
      return bytes;
    },
    close: () => file.close(),
  };
}

async function openAt(path: string, keptBytes: number): Promise<FileHandle> {
  try {
    if (keptBytes === 0) return await open(path, 'w');
    const { size } = await stat(path);
    if (size < keptBytes) throw new Error('it is shorter than the audit left it');
    await truncate(path, keptBytes);
    return await open(path, 'a');
  } catch (error) {
    throw new Fault('invalid', `Cannot write ${path}: ${reasonOf(error)}.`, { cause: error });
  }
}

function failed(path: string, error: unknown): never {
  throw new Fault('unavailable', `Cannot write ${path}: ${reasonOf(error)}.`, { cause: error });
}
