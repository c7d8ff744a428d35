import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Setup } from './bench.ts';

/** Gives an empty folder to `work` and removes it afterwards. */
export async function withFolder<Result>(
  setup: Setup,
  work: (folder: string) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(setup.folder, 'scratch-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
