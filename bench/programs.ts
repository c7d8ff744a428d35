/** Runs programs: how long they took, what they said, how much memory they had. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { reasonOf } from '../src/lib/fault.ts';

/** Memory of a process in bytes. */
export interface Memory {
  /** All of it that is in RAM, pages of the program's own file included. */
  readonly rssBytes: number;
  /** The most `rssBytes` has been. */
  readonly rssBytesMax: number;
  /** What it allocated: without pages of files. */
  readonly anonymousBytes: number;
}

export interface ProgramRun {
  readonly ms: number;
  readonly output: string;
  /** The most it had, looked at every 50 ms; absent where there is no /proc. */
  readonly peak: Memory | undefined;
}

const LOOK_MS = 50;
const PROGRAM = fileURLToPath(new URL('../bin/bucketwatch.js', import.meta.url));

/** Our own command line, started as people start it. */
export function bucketwatch(args: readonly string[]): readonly [program: string, ...args: string[]] {
  return [process.execPath, PROGRAM, ...args];
}

/** Runs a program to its end. Throws when it cannot be started or does not exit with 0. */
export async function runProgram(command: readonly [string, ...string[]]): Promise<ProgramRun> {
  const [program, ...args] = command;
  const startMs = performance.now();
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const output = textOf(child.stdout);
  const complaint = textOf(child.stderr);
  const peak = watchMemory(child);
  const code = await exitOf(child);
  const ms = performance.now() - startMs;
  if (code !== 0)
    throw new Error(`Cannot run ${program}: it ended with ${code}: ${(await complaint).slice(-2000).trim()}`);
  return { ms, output: await output, peak: peak() };
}

/** Runs a file of `children/` in a process of its own and gives what it prints, which is one JSON object. */
export async function runChild<Answer>(
  file: URL,
  args: readonly string[],
  nodeFlags: readonly string[] = [],
): Promise<{ answer: Answer; run: ProgramRun }> {
  const run = await runProgram([process.execPath, ...nodeFlags, fileURLToPath(file), ...args]);
  return { answer: JSON.parse(run.output) as Answer, run };
}

/** The end of a process: its exit code, or the signal that ended it. */
export function exitOf(child: ChildProcess): Promise<number | string> {
  return new Promise((resolve, reject) => {
    child.once('error', (error) =>
      reject(new Error(`Cannot start ${child.spawnfile}: ${reasonOf(error)}`, { cause: error })),
    );
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'nothing'));
  });
}

/** Memory of a running process; undefined where there is no /proc, or no such process any more. */
export function memoryOf(pid: number | undefined): Memory | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const bytes = (name: string): number =>
      1024 * Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]);
    const memory = {
      rssBytes: bytes('VmRSS'),
      rssBytesMax: bytes('VmHWM'),
      anonymousBytes: bytes('RssAnon'),
    };
    return Number.isNaN(memory.rssBytesMax + memory.anonymousBytes) ? undefined : memory;
  } catch {
    return undefined;
  }
}

/** Looks at a process until it ends; the answer gives the most it had of everything. */
function watchMemory(child: ChildProcess): () => Memory | undefined {
  let peak: Memory | undefined;
  const timer = setInterval(() => {
    const now = memoryOf(child.pid);
    if (now === undefined) return;
    peak = {
      rssBytes: Math.max(now.rssBytes, peak?.rssBytes ?? 0),
      rssBytesMax: Math.max(now.rssBytesMax, peak?.rssBytesMax ?? 0),
      anonymousBytes: Math.max(now.anonymousBytes, peak?.anonymousBytes ?? 0),
    };
  }, LOOK_MS);
  child.once('close', () => clearInterval(timer));
  child.once('error', () => clearInterval(timer));
  return () => peak;
}

async function textOf(stream: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
