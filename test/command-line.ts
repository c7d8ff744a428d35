/** Commands run in this process, for tests that need no process of their own: those take a second each. */
import { Command } from 'commander';
import { vi } from 'vitest';

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
