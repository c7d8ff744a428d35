/** How soon a started server answers, and how much memory it has when nothing happens. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench, Finding, Setup } from '../bench.ts';
import * as measure from '../measure.ts';
import { bucketwatch, exitOf, type Memory, memoryOf, runProgram } from '../programs.ts';
import { withFolder } from '../scratch.ts';

const START_MS_MAX = 2_000;
const IDLE_MS = 20_000;
const IDLE_BYTES_MAX = 400e6;
const RUNS = 3;
const WAIT_MS_MAX = 60_000;

interface Starts {
  readonly times: measure.Spread;
  readonly idle: Memory | undefined;
}

export const start: Bench = {
  name: 'start',
  run: (setup) =>
    withFolder(setup, async (folder) => {
      const input = await setup.inputs.accessLog();
      const data = join(folder, 'full');
      await runProgram(bucketwatch(['--data', data, '--json', 'ingest', input.path]));
      const empty = await startAll('an empty folder', setup, (run) => join(folder, `empty-${run}`));
      const full = await startAll('a folder with data', setup, () => data);
      return {
        findings: [...findingsOf('on an empty folder', empty), ...findingsOf('on a folder with data', full)],
        details: [
          'The whole process `bucketwatch serve`, from its start until `GET /` and `GET /api/v1/status` have answered; an empty folder',
          `includes all migrations, the folder with data has the ${measure.countText(input.records)} requests of the access log. Idle: ${IDLE_MS / 1000} s after that.`,
          '',
          '| folder | median | min to max | runs | idle RSS | of it allocated |',
          '| --- | ---: | ---: | ---: | ---: | ---: |',
          startRow('empty', empty),
          startRow('with data', full),
        ],
        leftOut:
          empty.idle === undefined ? ['idle memory: it is read from /proc, which is on Linux only'] : [],
      };
    }),
};

/** Starts the server once to warm up and then a few times; the last one stays a while and is looked at. */
async function startAll(what: string, setup: Setup, folder: (run: number) => string): Promise<Starts> {
  const times: number[] = [];
  let idle: Memory | undefined;
  for (let run = 0; run <= RUNS; run += 1) {
    const started = await startOnce(folder(run), run === RUNS ? IDLE_MS : 0);
    setup.say(
      `serve on ${what}, ${run === 0 ? 'first run' : `round ${run}`}: ${measure.secondsText(started.ms)}`,
    );
    if (run > 0) times.push(started.ms);
    idle = started.memory;
  }
  return { times: measure.spreadOf(times), idle };
}

async function startOnce(data: string, stayMs: number): Promise<{ ms: number; memory: Memory | undefined }> {
  const [program, ...args] = bucketwatch(['--data', data, 'serve', '--listen', '127.0.0.1:0']);
  const startMs = performance.now();
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = exitOf(child);
  try {
    const address = await Promise.race([
      addressOf(child.stdout),
      ended.then((code) => failed(`it ended with ${code}`)),
    ]);
    for (const path of ['/', '/api/v1/status']) {
      const response = await fetch(new URL(path, address), { signal: AbortSignal.timeout(WAIT_MS_MAX) });
      await response.text();
      if (!response.ok)
        failed(
          `GET ${path} answered ${response.status}${path === '/' ? ' (npm run build makes the page)' : ''}`,
        );
    }
    const ms = performance.now() - startMs;
    await sleep(stayMs);
    return { ms, memory: memoryOf(child.pid) };
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
}

/** The address in the line the server prints once it listens. */
async function addressOf(output: NodeJS.ReadableStream): Promise<string> {
  const [line] = (await once(createInterface({ input: output }), 'line', {
    signal: AbortSignal.timeout(WAIT_MS_MAX),
  })) as [string];
  return /http:\S+/.exec(line)?.[0] ?? failed(`it said "${line}"`);
}

function failed(reason: string): never {
  throw new Error(`Cannot start the server: ${reason}`);
}

function findingsOf(where: string, starts: Starts): Finding[] {
  const { times, idle } = starts;
  const first: Finding = {
    what: `start ${where} until the page and the API answer`,
    measured: measure.secondsText(times.median),
    target: `<= ${measure.secondsText(START_MS_MAX)}`,
    isReached: times.median <= START_MS_MAX,
  };
  if (idle === undefined) return [first];
  const second: Finding = {
    what: `idle server ${where}, RSS`,
    measured: measure.megabytesText(idle.rssBytes),
    target: `<= ${measure.megabytesText(IDLE_BYTES_MAX)}`,
    isReached: idle.rssBytes <= IDLE_BYTES_MAX,
  };
  return [first, second];
}

function startRow(name: string, { times, idle }: Starts): string {
  const memory =
    idle === undefined
      ? '| | |'
      : `| ${measure.megabytesText(idle.rssBytes)} | ${measure.megabytesText(idle.anonymousBytes)} |`;
  return `| ${name} | ${measure.secondsText(times.median)} | ${measure.rangeText(times)} | ${RUNS} ${memory}`;
}
