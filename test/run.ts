/** `npm test`: runs every suite, says which took longest, which are left out and why, and ends with one line: N passed, N failed. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { partners } from './partners.ts';

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly success: boolean;
  readonly testResults: readonly {
    readonly name: string;
    /** Milliseconds since 1970 UTC. */
    readonly startTime: number;
    readonly endTime: number;
  }[];
}

const SLOWEST = 8;

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
    process.stdout.write(`longest: ${slowest(report).join(', ')}\n`);
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

function slowest({ testResults }: Report): string[] {
  return testResults
    .map(({ name, startTime, endTime }) => ({ name: relative(root, name), tookMs: endTime - startTime }))
    .toSorted((one, other) => other.tookMs - one.tookMs)
    .slice(0, SLOWEST)
    .map(({ name, tookMs }) => `${name} ${Math.round(tookMs / 1000)} s`);
}
