/** The data folder: whether it can be written, and how full its disk is. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { reasonOf } from '../lib/fault.ts';
import { diskItem } from '../health/machine-items.ts';
import { diskOf } from '../health/readings.ts';
import { type Finding, ok } from './finding.ts';

/** Writes a file there and removes it again. */
export async function folderFindings(folder: string): Promise<Finding[]> {
  const check = 'data folder';
  const path = join(folder, `doctor-${process.pid}`);
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(path, 'x');
    await rm(path, { force: true });
  } catch (error) {
    return [
      {
        check,
        result: 'denied',
        sentence: `Cannot write to ${folder}: ${reasonOf(error)}`,
        firstStep: 'Give the user who runs Bucketwatch the folder, or choose another with data or --data.',
        isNeeded: true,
      },
    ];
  }
  const { state, sentence, firstStep } = diskItem(await diskOf(folder));
  const result = { good: 'ok', warn: 'warn', bad: 'failed' } as const;
  return [
    ok(check, `${folder} can be written.`),
    { check: 'disk', result: result[state], sentence, firstStep, isNeeded: true },
  ];
}
