/**
 * `npm run bench [-- names...]`: measures, prints the results, and writes them to RESULTS.md when all benches ran.
 * BENCH_LINES is the size of the access log (default: 2,000,000); everything else is scaled with it, but for
 * BENCH_TRACKED, the versions of objects whose replication is asked for (default: 2,000,000).
 */
import { rmSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { reasonOf } from '../src/lib/fault.ts';
import type { Bench, Report, Setup } from './bench.ts';
import { accessLog } from './benches/access-log.ts';
import { alarms } from './benches/alarms.ts';
import { backups } from './benches/backups.ts';
import { cloudtrail } from './benches/cloudtrail.ts';
import { driftAudit } from './benches/drift-audit.ts';
import { memory } from './benches/memory.ts';
import { queue } from './benches/queue.ts';
import { smallObjects } from './benches/small-objects.ts';
import { panels } from './benches/panels.ts';
import { replication } from './benches/replication.ts';
import { start } from './benches/start.ts';
import { Inputs } from './inputs.ts';
import { machineLines } from './machine.ts';
import { countText } from './measure.ts';
import { type NamedReport, resultsText } from './results.ts';

const BENCHES: readonly Bench[] = [
  accessLog,
  smallObjects,
  cloudtrail,
  queue,
  start,
  memory,
  panels,
  driftAudit,
  replication,
  backups,
  alarms,
];
const LINES = 2_000_000;
const LINES_MIN = 1_000;
const TRACKED = 2_000_000;

process.exit(await main(process.argv.slice(2), process.env['BENCH_LINES'], process.env['BENCH_TRACKED']));

/** Gives the exit code: 0 also when a target is missed, 1 when a bench failed, 2 for wrong arguments. */
async function main(
  names: readonly string[],
  linesText: string | undefined,
  trackedText: string | undefined,
): Promise<number> {
  const lines = Number(linesText ?? LINES);
  const tracked = Number(trackedText ?? TRACKED);
  const unknown = names.find((name) => !BENCHES.some((bench) => bench.name === name));
  if (unknown !== undefined)
    return refuse(`no bench "${unknown}": there are ${BENCHES.map(({ name }) => name).join(', ')}`);
  if (!Number.isInteger(lines) || lines < LINES_MIN)
    return refuse(`BENCH_LINES is "${linesText}", not a number from ${LINES_MIN}`);
  if (!Number.isInteger(tracked) || tracked < LINES_MIN)
    return refuse(`BENCH_TRACKED is "${trackedText}", not a number from ${LINES_MIN}`);
  const chosen = names.length === 0 ? BENCHES : BENCHES.filter(({ name }) => names.includes(name));
  const head = [
    `- date: ${new Date().toISOString().slice(0, 10)}, with ${countText(lines)} lines (\`BENCH_LINES\`)`,
    ...machineLines(),
  ];
  const { reports, hasFailed } = await runAll(chosen, { lines, tracked });
  const text = resultsText(head, reports);
  process.stdout.write(`\n${text}`);
  if (names.length === 0) await writeFile(new URL('RESULTS.md', import.meta.url), text);
  return hasFailed ? 1 : 0;
}

function refuse(reason: string): number {
  process.stderr.write(`Cannot run the benches: ${reason}\n`);
  return 2;
}

async function runAll(
  benches: readonly Bench[],
  { lines, tracked }: Pick<Setup, 'lines' | 'tracked'>,
): Promise<{ reports: NamedReport[]; hasFailed: boolean }> {
  const folder = await mkdtemp(join(tmpdir(), 'bucketwatch-bench-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      remove();
      process.exit(1);
    });
  }
  const startMs = performance.now();
  const say = (text: string): void => {
    process.stdout.write(`${((performance.now() - startMs) / 1000).toFixed(0).padStart(4)} s  ${text}\n`);
  };
  const setup: Setup = { lines, tracked, folder, inputs: new Inputs(folder, lines, say), say };
  const reports: NamedReport[] = [];
  let hasFailed = false;
  try {
    for (const bench of benches) {
      say(`== ${bench.name}`);
      const report = await bench.run(setup).catch((error: unknown): Report => {
        hasFailed = true;
        say(`failed: ${reasonOf(error)}`);
        return { findings: [], details: [], leftOut: [`${bench.name}: failed: ${reasonOf(error)}`] };
      });
      reports.push({ name: bench.name, report });
    }
  } finally {
    remove();
  }
  return { reports, hasFailed };
}
