/** Commands run in this process, for tests that need no process of their own: those take a second each. */
import { Command } from 'commander';
import { type MockInstance, vi } from 'vitest';
import { runCommandLine } from '../src/commands/program.ts';

export interface CommandRun {
  readonly out: string;
  readonly code: number;
}

/** Runs one command line of the commands that `add` adds; throws what the command throws. */
export async function runCommand(add: (root: Command) => void, args: readonly string[]): Promise<CommandRun> {
  const root = new Command('bucketwatch')
    .option('--config <file>')
    .option('--data <folder>')
    .option('--json')
    .exitOverride();
  add(root);
  const texts: string[] = [];
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    texts.push(String(text));
    return true;
  });
  const before = process.exitCode;
  process.exitCode = undefined;
  try {
    await root.parseAsync(args, { from: 'user' });
    return { out: texts.join(''), code: Number(process.exitCode ?? 0) };
  } finally {
    process.exitCode = before;
    write.mockRestore();
  }
}

export interface Typed extends CommandRun {
  readonly err: string;
}

/** Runs a whole command line as the program does, but in this process. One at a time. */
export async function typed(args: readonly string[]): Promise<Typed> {
  const streams = [process.stdout, process.stderr] as const;
  const texts: [string[], string[]] = [[], []];
  const writes = streams.map((stream, index): MockInstance => {
    return vi.spyOn(stream, 'write').mockImplementation((text) => {
      texts[index]?.push(typeof text === 'string' ? text : Buffer.from(text).toString('utf8'));
      return true;
    });
  });
  const before = process.exitCode;
  process.exitCode = undefined;
  try {
    const code = await runCommandLine(args);
    return { code, out: texts[0].join(''), err: texts[1].join('') };
  } finally {
    process.exitCode = before;
    for (const write of writes) write.mockRestore();
  }
}
