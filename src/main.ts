/** The process: reads its arguments, runs the command, and ends with its exit code. */
import { CommanderError } from 'commander';
import { program } from './commands/program.ts';
import { EXIT_CODE, Fault, reasonOf } from './lib/fault.ts';

const EXIT_DEFECT = 4;

/** Runs one command line and gives the exit code. */
async function main(args: readonly string[]): Promise<number> {
  try {
    await program().parseAsync(args, { from: 'user' });
    return typeof process.exitCode === 'number' ? process.exitCode : 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (error instanceof Fault) {
      process.stderr.write(`${error.message}\n`);
      return EXIT_CODE[error.code];
    }
    process.stderr.write(
      `Bucketwatch failed: ${error instanceof Error ? (error.stack ?? error.message) : reasonOf(error)}\n`,
    );
    return EXIT_DEFECT;
  }
}

// A reader that closes the pipe early (`| head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) =>
  process.exit(error.code === 'EPIPE' ? 0 : EXIT_DEFECT),
);
const code = await main(process.argv.slice(2));
// What was written to a pipe or socket is still on its way when main() returns.
await Promise.all(
  [process.stdout, process.stderr].map((stream) => new Promise((resolve) => stream.write('', resolve))),
);
process.exit(code);
