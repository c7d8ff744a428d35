/** The process: runs the command line that it was started with, and ends with its exit code. */
import { EXIT_DEFECT, runCommandLine } from './commands/program.ts';

// A reader that closes the pipe early (`| head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) =>
  process.exit(error.code === 'EPIPE' ? 0 : EXIT_DEFECT),
);
const code = await runCommandLine(process.argv.slice(2));
// What was written to a pipe or socket is still on its way when the command returns.
await Promise.all(
  [process.stdout, process.stderr].map((stream) => new Promise((resolve) => stream.write('', resolve))),
);
process.exit(code);
