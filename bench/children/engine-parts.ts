/**
 * What of our time the engine and the intake spend at least, each alone: reading, looking at every byte, parsing.
 * Arguments: an access log, a folder for the engine. Prints milliseconds, and how many lines the parse gave.
 */
import { stat } from 'node:fs/promises';
import { openEmbedded } from '../../src/engine/embedded.ts';
import { accessLog } from '../../src/formats/access-log/format.ts';
import { inspectFile } from '../../src/intake/inspect.ts';
import { DEFAULT_INTAKE_LIMITS } from '../../src/intake/limits.ts';

const [path = '', folder = ''] = process.argv.slice(2);
const THREADS = 2;
// `format Null` gives no rows, but the engine counts them against the limit for results.
const LIMITS = { timeMs: 600_000, resultRows: 1e15 };

const engine = openEmbedded({ folder, memoryBytesMax: 1e9 });
const file = `file('${path}', 'LineAsString', 'line String')`;
const parse = (accessLog.parses[0]?.select ?? '').replace(
  '{records}',
  () => `(select toUInt64(1) as batch_id, _row_number + 1 as line_number, line from ${file})`,
);

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}

function discard(select: string): Promise<void> {
  return engine.command(`${select} format Null settings max_threads = ${THREADS}`, { limits: LIMITS });
}

async function countRows(select: string): Promise<number> {
  const [row] = await engine.query<{ n: number }>(`select count() as n from (${select})`, { limits: LIMITS });
  return row?.n ?? 0;
}

const readMs = await timed(() => discard(`select sum(length(line)) from ${file}`));
const ordinaryMs = await timed(() => discard(parse));
const inspecting = { limits: DEFAULT_INTAKE_LIMITS, isHashed: () => false };
const inspectMs = await timed(async () => inspectFile(path, (await stat(path)).size, inspecting));
const lines = await countRows(parse);
await engine.close();
process.stdout.write(JSON.stringify({ readMs, inspectMs, ordinaryMs, lines }));
