/** The command line: global options, and one file per command. */
import { Command, CommanderError, Option } from 'commander';
import { EXIT_CODE, Fault, reasonOf } from '../lib/fault.ts';
import { VERSION } from '../version.ts';
import { addActivityCommand } from './activity.ts';
import { addSilenceCommand } from './alarms-act.ts';
import { addAlarmsCommand } from './alarms.ts';
import { addAnalysesCommand } from './analyses.ts';
import { addBackupsCommand } from './backups.ts';
import { addBucketsCommand } from './buckets.ts';
import { addConfigCommand } from './config.ts';
import { addDemoCommand } from './demo.ts';
import { addDoctorCommand } from './doctor.ts';
import { addIngestCommand } from './ingest.ts';
import { addMetricsCommand } from './metrics.ts';
import { addNotifyCommand } from './notify.ts';
import { addReplicationCommand } from './replication.ts';
import { addSearchCommands } from './search.ts';
import { addServeCommand } from './serve.ts';
import { addSourcesCommand } from './sources.ts';
import { addSqlCommand } from './sql.ts';
import { addTimelineCommand } from './timeline.ts';

/** Exit code of what nobody has to expect. */
export const EXIT_DEFECT = 4;

const EXIT_CODES = `
Exit codes:
  0  fine
  1  what was asked for is not so: a backup is wrong (backups list, check), a pair is failing or lagging (replication pairs
     --check), drift (replication diff), a canary that did not arrive in time (replication canary --once), an alarm that
     nobody took on (alarms list), a timeline that is not as expected (alarms test), something needed is missing (doctor)
  2  the command or the configuration is wrong
  3  something cannot be reached or used, or input was rejected
  4  a defect in Bucketwatch`;

/** All commands. It throws what they throw; a command line that is wrong, and help, as `CommanderError`. */
export function program(): Command {
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

/** Runs one command line, without the name of the program, and gives the exit code; what it has to say is written. */
export async function runCommandLine(args: readonly string[]): Promise<number> {
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
