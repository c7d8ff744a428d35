/** The commands that say something of a backup: `accept`, `pause` and the like, `look`, `link`. */
import type { Command } from 'commander';
import { ownerOf } from '../claim.ts';
import type { Done, Links, Look } from '../serve/backup-api.ts';
import { addBackupAcceptCommand } from './backups-accept.ts';
import { askBackups } from './backups-client.ts';
import { configOf, globalFlags } from './context.ts';
import { endOf, loginName } from './options.ts';
import { countText, print, visible } from './output.ts';

interface Options {
  readonly bucket?: string;
  readonly author?: string;
  readonly reason?: string;
  readonly until?: string;
  readonly for?: string;
  readonly renew?: boolean;
}

/** Adds everything that acts on backups. */
export function addBackupActCommands(backups: Command): void {
  addBackupAcceptCommand(backups);
  addPause(backups);
  addSaying(backups, 'resume', 'judge a paused series again');
  addSaying(backups, 'retire', 'expect a series no more; its history stays');
  addSaying(backups, 'expect', 'take retire back');
  addSaying(
    backups,
    'accept-size',
    'take the size of the newest run for right: runs before it are no measure',
  );
  addLook(backups);
  addLink(backups);
}

function addPause(backups: Command): void {
  seriesCommand(backups, 'pause', 'judge a series no more for a while: nothing of it is wrong until then')
    .option('--until <time>', 'when it ends by itself, ISO 8601; default: when somebody resumes it')
    .option('--for <duration>', 'how long from now: 30m, 2h, 7d')
    .addHelpText(
      'after',
      `
Examples:
  bucketwatch backups pause orders --for 2h --reason 'moving the database'
  bucketwatch backups pause orders --bucket nimbus-backups --until 2026-12-01T00:00:00Z`,
    )
    .action(async (series: string, options: Options, command: Command) =>
      say({ act: 'pause', series, ...endOf(options, 'pause') }, options, command),
    );
}

function addSaying(backups: Command, act: string, description: string): void {
  seriesCommand(backups, act, description)
    .addHelpText('after', `\nExample:\n  bucketwatch backups ${act} orders --bucket nimbus-backups`)
    .action(async (series: string, options: Options, command: Command) =>
      say({ act, series }, options, command),
    );
}

function seriesCommand(backups: Command, name: string, description: string): Command {
  return backups
    .command(name)
    .description(description)
    .argument('<series>', 'name of the series')
    .option('--bucket <bucket>', 'its bucket: needed when several have a series of that name')
    .option('--reason <text>', 'why, for who reads it later')
    .option('--author <name>', 'who says it; default: the name you are logged in with');
}

interface Said {
  readonly act: string;
  readonly series: string;
  readonly until?: string;
}

async function say(said: Said, { bucket, author, reason }: Options, command: Command): Promise<void> {
  await askBackups(command, async (client, { json }) => {
    const done = await client.post<Done>('/backups/act', {
      ...said,
      bucket,
      author: author ?? loginName(),
      reason,
    });
    print(json === true ? JSON.stringify(done) : visible(done.sentence));
  });
}

function addLook(backups: Command): void {
  backups
    .command('look')
    .description('list a bucket now and judge what is found')
    .argument('<bucket>', 'a bucket that is watched')
    .addHelpText('after', '\nExample:\n  bucketwatch backups look nimbus-backups')
    .action(async (bucket: string, _options: object, command: Command) => {
      await askBackups(command, async (client, { json }) => {
        const look = await client.post<Look>('/backups/look', { bucket });
        if (look.problem !== '') process.exitCode = 3;
        print(json === true ? JSON.stringify(look) : visible(lookText(bucket, look)));
      });
    });
}

function lookText(bucket: string, { requests, keys, files, problem }: Look): string {
  if (problem !== '') return `Cannot list ${bucket}: ${problem}`;
  const [found, asked] = [counted(keys, 'key'), counted(requests, 'LIST request')];
  const fresh = `${counted(files, 'file')} that ${files === 1 ? 'was' : 'were'} not known`;
  return `${bucket}: ${found} with ${asked}, ${fresh}.`;
}

function counted(count: number, what: string): string {
  return `${countText(count)} ${what}${count === 1 ? '' : 's'}`;
}

function addLink(backups: Command): void {
  backups
    .command('link')
    .description(
      'show the addresses of the status page and the badge of a series: who has them needs no token',
    )
    .argument('<series>', 'name of the series')
    .option('--bucket <bucket>', 'its bucket: needed when several have a series of that name')
    .option('--renew', 'make new ones: the ones before show nothing any more')
    .addHelpText(
      'after',
      '\nExamples:\n  bucketwatch backups link orders\n  bucketwatch backups link orders --bucket nimbus-backups --renew',
    )
    .action(async (series: string, { bucket, renew }: Options, command: Command) => {
      await showLinks({ series, bucket, isRenewed: renew === true }, command);
    });
}

interface LinkChoice {
  readonly series: string;
  readonly bucket: string | undefined;
  readonly isRenewed: boolean;
}

async function showLinks({ isRenewed, ...id }: LinkChoice, command: Command): Promise<void> {
  const owner = await ownerOf(configOf(globalFlags(command)).data);
  await askBackups(command, async (client, { json }) => {
    if (isRenewed) await client.post('/backups/act', { ...id, act: 'renew-link', author: loginName() });
    const { status, badge } = await client.get<Links>('/backups/links', id);
    const at = (path: string): string => (owner?.url === undefined ? path : new URL(path, owner.url).href);
    const links = { status: at(status), badge: at(badge) };
    print(
      json === true ? JSON.stringify(links) : `status page: ${links.status}\nbadge:       ${links.badge}`,
    );
  });
}
