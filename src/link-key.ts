/** The key that secret links are made with: drawn once for each data folder. */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile } from './lib/durable.ts';
import { Fault } from './lib/fault.ts';

const KEY_BYTES = 32;

/** The key of the folder, made when it has none. Throws `invalid` when what is there is no key. */
export async function linkKeyOf(folder: string): Promise<Uint8Array> {
  const path = join(folder, 'link-key');
  const found = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new Fault('invalid', `Cannot read the key of secret links: ${error.message}`, { cause: error });
  });
  if (found === undefined) {
    const made = randomBytes(KEY_BYTES);
    await replaceFile(path, made);
    return made;
  }
  if (found.byteLength === KEY_BYTES) return found;
  throw new Fault(
    'invalid',
    `Cannot use the key of secret links ${path}: it has ${found.byteLength} bytes, not ${KEY_BYTES}. ` +
      'Remove it to have a new one; links made before show nothing any more.',
  );
}
