import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Makes the entries of a folder survive a power failure. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Writes a whole file and does not return before it is on disk; the entry itself needs `syncFolder`. */
export async function writeSynced(path: string, bytes: Uint8Array | string, mode = 0o600): Promise<void> {
  const file = await open(path, 'w', 0o600);
  try {
    await file.writeFile(bytes);
    if (mode !== 0o600) await file.chmod(mode);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Puts a file in place whole or not at all. */
export async function replaceFile(path: string, bytes: Uint8Array | string, mode = 0o600): Promise<void> {
  const partial = `${path}.partial`;
  await writeSynced(partial, bytes, mode);
  await rename(partial, path);
  await syncFolder(dirname(path));
}
