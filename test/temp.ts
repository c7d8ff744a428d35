import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A folder of its own for one test, removed at its end. */
export function tempFolder(): string {
  const folder = keptFolder();
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A folder of its own; whoever asks removes it. */
export function keptFolder(): string {
  return mkdtempSync(join(tmpdir(), 'bucketwatch-'));
}
