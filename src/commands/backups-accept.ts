/** `backups accept`, and `learn` as the server knows it: from proposals to the configuration. */
import type { Command } from 'commander';
import { Fault } from '../lib/fault.ts';
import type { Accepted, Proposal, Proposals } from '../serve/backup-api.ts';
import { askBackups } from './backups-client.ts';
import { firedText, printProposed } from './backups-text.ts';
import { print, visible } from './output.ts';

interface Options {
  readonly all?: boolean;
  readonly bucket?: string;
}

export function addBackupAcceptCommand(backups: Command): void {
  backups
    .command('accept')
    .description('write what is proposed for series into the configuration, and watch by it')
    .argument('[series...]', 'names of series, as backups learn and the page show them')
    .option('--all', 'everything that is proposed')
    .option('--bucket <bucket>', 'of this bucket: needed for a name that several buckets have')
    .addHelpText(
      'after',
      `
The file is the one of --config, or bucketwatch.yaml of the folder the server was started in. What stands in it stays as
it is. A file that cannot be written is left alone, and what to add to it is shown.

Examples:
  bucketwatch backups accept 'db/{date}/orders.gz'
  bucketwatch backups accept --all --bucket nimbus-backups`,
    )
    .action(async (series: readonly string[], options: Options, command: Command) =>
      accept(series, options, command),
    );
}

async function accept(series: readonly string[], options: Options, command: Command): Promise<void> {
  if ((options.all === true) === series.length > 0)
    throw new Fault('invalid', 'Cannot accept: name the series, or say --all.');
  await askBackups(command, async (client, { json }) => {
    const { days, rows } = await client.get<Proposals>('/backups/proposals', { bucket: options.bucket });
    const chosen = options.all === true ? rows : series.map((name) => named(name, rows));
    if (chosen.length === 0) {
      print(json === true ? JSON.stringify({ names: [] }) : 'Nothing is proposed.');
      return;
    }
    const ids = chosen.map(({ bucket, series: name }) => ({ bucket, series: name }));
    const accepted = await client.post<Accepted>('/backups/accept', { ids });
    print(json === true ? JSON.stringify(accepted) : acceptedText(accepted, chosen, days));
  });
}

function named(name: string, rows: readonly Proposal[]): Proposal {
  const [first, ...others] = rows.filter(({ series }) => series === name);
  if (first === undefined)
    throw new Fault(
      'not_found',
      `Cannot accept "${visible(name)}": nothing is proposed for it; backups learn shows what is.`,
    );
  if (others.length === 0) return first;
  const buckets = [first, ...others].map(({ bucket }) => bucket).join(' and ');
  throw new Fault(
    'invalid',
    `Cannot tell which backup "${visible(name)}" is meant: ${buckets} have one. Add --bucket.`,
  );
}

function acceptedText({ file, names }: Accepted, chosen: readonly Proposal[], days: number): string {
  const lines = chosen.map(({ bucket, schedule, would_have_fired: fired }, index) => {
    const name = visible(names[index] ?? '');
    return `  ${name} (${visible(bucket)}), ${schedule}\n    ${firedText(days, fired)}`;
  });
  return [`Written to ${visible(file)} and watched from now on:`, ...lines].join('\n');
}

/** Prints what the server proposes for all it watches, as configuration. */
export async function learnFromServer(days: number, command: Command): Promise<void> {
  await askBackups(command, async (client, { json }) => {
    const { rows } = await client.get<Proposals>('/backups/proposals', { days: String(days) });
    const proposed = rows.map(({ section, would_have_fired: fired }) => ({ section, fired }));
    const empty = 'No series has enough runs to tell a schedule, or all are configured.';
    printProposed(proposed, { days, isJson: json === true, empty });
  });
}
