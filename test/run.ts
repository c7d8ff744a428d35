/** `npm test`: runs every suite, says which are left out and why, and ends with one line: N passed, N failed. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { partners } from './partners.ts';

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly success: boolean;
}

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'bucketwatch-report-'));
const reportFile = join(folder, 'report.json');
const run = spawnSync(
  process.execPath,
  [
    join(root, 'node_modules/vitest/vitest.mjs'),
    'run',
    '--reporter=dot',
    '--reporter=json',
    `--outputFile=${reportFile}`,
    ...process.argv.slice(2),
  ],
  { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] },
);
for (const { suite, missing } of partners()) {
  if (missing !== undefined) process.stdout.write(`left out: ${suite}: ${missing}\n`);
}
process.exit(summarise());

function summarise(): number {
  try {
    const report = JSON.parse(readFileSync(reportFile, 'utf8')) as Report;
    const skipped = report.numPendingTests > 0 ? `, ${report.numPendingTests} skipped` : '';
    process.stdout.write(`${report.numPassedTests} passed, ${report.numFailedTests} failed${skipped}\n`);
    return run.status === 0 && report.success && report.numPassedTests > 0 ? 0 : 1;
  } catch {
    process.stdout.write('0 passed, 1 failed\n');
    return 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
