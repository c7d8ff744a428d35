/** The command line: reads the arguments, finds the configuration, hands over to one file per command. */
import { Command, CommanderError, Option } from 'commander';
import { addActivityCommand } from './commands/activity.ts';
import { addSilenceCommand } from './commands/alarms-act.ts';
import { addAlarmsCommand } from './commands/alarms.ts';
import { addAnalysesCommand } from './commands/analyses.ts';
import { addBackupsCommand } from './commands/backups.ts';
import { addBucketsCommand } from './commands/buckets.ts';
import { addConfigCommand } from './commands/config.ts';
import { addDemoCommand } from './commands/demo.ts';
import { addDoctorCommand } from './commands/doctor.ts';
import { addIngestCommand } from './commands/ingest.ts';
import { addMetricsCommand } from './commands/metrics.ts';
import { addNotifyCommand } from './commands/notify.ts';
import { addReplicationCommand } from './commands/replication.ts';
import { addSearchCommands } from './commands/search.ts';
import { addServeCommand } from './commands/serve.ts';
import { addSourcesCommand } from './commands/sources.ts';
import { addSqlCommand } from './commands/sql.ts';
import { addTimelineCommand } from './commands/timeline.ts';
import { EXIT_CODE, Fault, reasonOf } from './lib/fault.ts';
import { VERSION } from './version.ts';

const EXIT_CODES = `
Exit codes:
  0  fine
  1  what was asked for is not so: a backup is wrong (backups list, check), a pair is failing or lagging (replication pairs
     --check), drift (replication diff), a canary that did not arrive in time (replication canary --once), an alarm that
     nobody took on (alarms list), a timeline that is not as expected (alarms test), something needed is missing (doctor)
  2  the command or the configuration is wrong
  3  something cannot be reached or used, or input was rejected
  4  a defect in Bucketwatch`;

const EXIT_DEFECT = 4;

function program(): Command {
  const root = new Command('bucketwatch')
    .description('Monitor for S3 and S3-compatible stores: who does what, and whether the logs say so.')
    .version(VERSION)
    .option('--config <file>', 'configuration file (default: bucketwatch.yaml, if there is one)')
    .option('--data <folder>', 'folder in which everything is kept (default: ./bucketwatch-data)')
    .addOption(new Option('--json', 'JSON instead of tables: lines for rows, one object for a summary'))
    .addHelpText('after', EXIT_CODES)
    .showHelpAfterError('(bucketwatch --help shows the commands)')
    .showSuggestionAfterError()
    .exitOverride();
  addServeCommand(root);
  addDemoCommand(root);
  addIngestCommand(root);
  addActivityCommand(root);
  addSearchCommands(root);
  addTimelineCommand(root);
  addAnalysesCommand(root);
  addBucketsCommand(root);
  addReplicationCommand(root);
  addSourcesCommand(root);
  addBackupsCommand(root);
  addAlarmsCommand(root);
  addSilenceCommand(root);
  addMetricsCommand(root);
  addNotifyCommand(root);
  addSqlCommand(root);
  addConfigCommand(root);
  addDoctorCommand(root);
  for (const command of root.commands) command.exitOverride().showHelpAfterError();
  return root;
}

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
