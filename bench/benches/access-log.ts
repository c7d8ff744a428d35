/** One access log: our whole intake beside GoAccess, DuckDB's CSV reader, and the engine's parse alone. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ODD_PER_MILLE } from '../access-log-file.ts';
import type { Bench, Finding, Setup } from '../bench.ts';
import { ingestAlone, ingestProcess } from '../contenders.ts';
import type { Input } from '../inputs.ts';
import * as measure from '../measure.ts';
import { DUCKDB_PACKAGE, duckdb, goaccess, type Partner } from '../partners.ts';
import { runChild, runProgram } from '../programs.ts';
import { withFolder } from '../scratch.ts';

const { secondsText } = measure;
const GOACCESS_TIMES_MIN = 25;
const DUCKDB_TIMES_MIN = 1.5;
const PARSE_TIMES_MAX = 2.5;

const PROCESS = 'Bucketwatch, whole process';
const ALONE = 'Bucketwatch, ingest alone';
const GOACCESS = 'GoAccess, whole process';
const DUCKDB = 'DuckDB, load alone';
const PARSE = "the engine's parse alone";

export const accessLog: Bench = {
  name: 'access-log',
  run: async (setup) => {
    const input = await setup.inputs.accessLog();
    const partners = { goaccess: goaccess(), duckdb: duckdb() };
    const contenders = [ingestProcess(PROCESS, input, setup), ingestAlone(ALONE, input, setup)];
    if (partners.goaccess.kind === 'present')
      contenders.push(goaccessContender(input, partners.goaccess.path, setup));
    if (partners.duckdb.kind === 'present')
      contenders.push(duckdbContender(input, partners.duckdb.path, setup));
    contenders.push(parseContender(input, setup));
    const measured = await measure.takeTurns(contenders, setup);
    return {
      findings: findingsOf(measured),
      details: detailsOf(input, measured),
      leftOut: [...leftOut(GOACCESS, partners.goaccess), ...leftOut(DUCKDB, partners.duckdb)],
    };
  },
};

function leftOut(name: string, partner: Partner): string[] {
  return partner.kind === 'missing' ? [`${name}: ${partner.reason}`] : [];
}

function goaccessContender(input: Input, program: string, setup: Setup): measure.Contender {
  return {
    name: GOACCESS,
    run: () =>
      withFolder(setup, async (folder) => {
        const report = join(folder, 'report.json');
        const output = ['--output', report, '--no-global-config', '--no-progress', '--no-parsing-spinner'];
        const { ms } = await runProgram([program, input.path, '--log-format=AWSS3', ...output]);
        const { general } = JSON.parse(await readFile(report, 'utf8')) as {
          general: { total_requests: number; failed_requests: number };
        };
        return { ms, records: general.total_requests, parts: { failed: general.failed_requests } };
      }),
  };
}

function duckdbContender(input: Input, installed: string, setup: Setup): measure.Contender {
  return {
    name: DUCKDB,
    run: () =>
      withFolder(setup, async (folder) => {
        const { answer, run } = await runChild<{ ms: number; rows: number; typed: number }>(
          new URL('../children/duckdb.ts', import.meta.url),
          [input.path, join(folder, 'requests.duckdb'), DUCKDB_PACKAGE, installed],
        );
        return { ms: answer.ms, records: answer.rows, parts: { whole: run.ms, typed: answer.typed } };
      }),
  };
}

interface EngineParts {
  readonly readMs: number;
  readonly inspectMs: number;
  readonly ordinaryMs: number;
  readonly lines: number;
}

function parseContender(input: Input, setup: Setup): measure.Contender {
  return {
    name: PARSE,
    run: () =>
      withFolder(setup, async (folder) => {
        const file = new URL('../children/engine-parts.ts', import.meta.url);
        const { answer } = await runChild<EngineParts>(file, [input.path, join(folder, 'store')]);
        const { readMs, inspectMs, ordinaryMs, lines } = answer;
        return {
          ms: ordinaryMs,
          records: lines,
          parts: { readMs, inspectMs, ordinaryMs },
        };
      }),
  };
}

type Measured = ReadonlyMap<string, measure.Outcome[]>;

function findingsOf(measured: Measured): Finding[] {
  const median = (name: string): number => measure.timesOf(measured.get(name)).median;
  const findings: Finding[] = [];
  const faster = (what: string, times: number, target: number): void => {
    findings.push({
      what,
      measured: measure.ratioText(times),
      target: `>= ${target}x`,
      isReached: times >= target,
    });
  };
  if (measured.has(GOACCESS)) {
    faster(
      'access logs: times as fast as GoAccess, whole processes',
      median(GOACCESS) / median(PROCESS),
      GOACCESS_TIMES_MIN,
    );
  }
  if (measured.has(DUCKDB)) {
    faster(
      "access logs: times as fast as a table from DuckDB's CSV reader",
      median(DUCKDB) / median(ALONE),
      DUCKDB_TIMES_MIN,
    );
  }
  const parse = median(ALONE) / median(PARSE);
  findings.push({
    what: "access logs: time of the whole ingest, in times of the engine's parse alone",
    measured: measure.ratioText(parse),
    target: `<= ${PARSE_TIMES_MAX}x`,
    isReached: parse <= PARSE_TIMES_MAX,
  });
  return findings;
}

function detailsOf(input: Input, measured: Measured): string[] {
  const part = (name: string, part: string): number => measure.partsOf(measured.get(name), part).median;
  const total = measure.timesOf(measured.get(ALONE)).median;
  const reading = part(PARSE, 'readMs');
  const inspecting = part(PARSE, 'inspectMs');
  const parse = measure.timesOf(measured.get(PARSE)).median;
  const share = (ms: number): string => `${secondsText(ms)} (${Math.round((100 * ms) / total)} %)`;
  return [
    `One file of ${measure.countText(input.records)} lines, ${measure.megabytesText(input.sizeBytes)}, every key and id different,`,
    `${ODD_PER_MILLE / 10} % of the lines odd (bare dashes, a requester with spaces, a quote in the user agent).`,
    '',
    ...measure.contenderHead('lines'),
    ...[...measured].map(([name, runs]) => measure.contenderRow(name, runs)),
    '',
    '- Bucketwatch: facts, rollups, rejects and ledger, into an empty data folder. Whole process: `bucketwatch ingest`, start and',
    '  migrations included. Ingest alone: from the first batch offered to the last in the ledger.',
    ...(measured.has(GOACCESS)
      ? [
          `- GoAccess: \`--log-format=AWSS3\`, a JSON report; of the lines it read it refused ${measure.countText(part(GOACCESS, 'failed'))}.`,
        ]
      : []),
    ...(measured.has(DUCKDB)
      ? [
          `- DuckDB: one \`create table as\` over \`read_csv\`, typed columns, to disk; no rollups, sorting, decoding or deduplication; all cores.`,
          `  Of its rows ${measure.countText(input.records - part(DUCKDB, 'typed'))} lack time, status or turn-around time (odd lines and the log's own dashes).`,
          `  Its whole process took ${secondsText(part(DUCKDB, 'whole'))}.`,
        ]
      : []),
    `- The engine's parse alone: the SELECT over all lines, \`format Null\`, 2 threads: ${secondsText(part(PARSE, 'ordinaryMs'))}.`,
    `- Where the ${secondsText(total)} of our ingest go: looking at every byte (hash, longest line) ${share(inspecting)}; reading in the engine`,
    `  ${share(reading)}; parsing ${share(parse - reading)}; writing facts and rollups, and the rest, ${share(total - inspecting - parse)}.`,
    '  Each part was measured alone, writing is what remains.',
  ];
}
