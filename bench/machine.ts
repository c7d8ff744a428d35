/** What was measured on: the machine and the versions. */
import { readFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem, type } from 'node:os';
import { VERSION } from '../src/version.ts';
import { duckdb, goaccess, type Partner } from './partners.ts';

/** Lines for the head of the results. */
export function machineLines(): string[] {
  const [cpu] = cpus();
  const [load = 0] = loadavg();
  return [
    `- machine: ${cpu?.model ?? 'unknown'}, ${cpus().length} cores, ${(totalmem() / 2 ** 30).toFixed(1)} GiB of memory, ${type()} ${release()}, load ${load.toFixed(2)} at the start`,
    `- versions: bucketwatch ${VERSION}, node ${process.versions.node}, chdb ${chdbVersion()}, goaccess ${versionOf(goaccess())}, duckdb ${versionOf(duckdb())}`,
  ];
}

function versionOf(partner: Partner): string {
  return partner.kind === 'present' ? partner.version : 'missing';
}

function chdbVersion(): string {
  const file = new URL('../node_modules/chdb/package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
