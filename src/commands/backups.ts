/** `backups`: whether they arrived; `check` and `learn` judge what stands in a bucket, here and now. */
import { type Command, Option } from 'commander';
import { type BackupCheck, type BackupCheckRequest, checkBackups } from '../backup-check.ts';
import { systemClock } from '../lib/clock.ts';
import { type CheckedSeries, isWrong } from '../monitors/backups/check.ts';
import { CONTENT_KINDS, type ContentKind } from '../monitors/backups/content.ts';
import { type ProposedSeries, proposalSection } from '../monitors/backups/proposal-section.ts';
import { addBackupActCommands } from './backups-act.ts';
import { learnFromServer } from './backups-accept.ts';
import { printProposed } from './backups-text.ts';
import { configOf, formOf, globalFlags } from './context.ts';
import { positiveInteger } from './options.ts';
import { countText, print, printRows } from './output.ts';
import { addBackupsListCommand } from './backups-list.ts';
import { addBackupsShowCommand } from './backups-show.ts';

const EXAMPLES = `
Examples:
  bucketwatch backups
  bucketwatch backups show db/orders --bucket nimbus-backups
  bucketwatch backups check --bucket nimbus-backups
  bucketwatch backups check --bucket dumps --endpoint http://minio:9000 --content auto
  bucketwatch backups learn --bucket nimbus-backups > proposed.yaml
  bucketwatch backups accept --all --bucket nimbus-backups
  bucketwatch backups pause 'db/{date}/orders.gz' --for 2h --reason 'moving the database'

Exit code of list and check: 1 when a backup is late, missing, too small, too large, incomplete or not what it should be;
of check also when there is nothing to judge.`;

const CHECK_HELP = `
Series that the configuration has for the bucket are judged by it, and nothing else in the bucket is.

Examples:
  bucketwatch backups check --bucket nimbus-backups
  bucketwatch backups check --bucket nimbus-backups --config ci/backups.yaml --json
  bucketwatch backups check --bucket dumps --prefix db/ --endpoint http://minio:9000 --content auto

Exit code: 1 when one of them is wrong, or when there is nothing to judge; 2 or 3 when the bucket cannot be listed.`;

const LEARN_HELP = `
Examples:
  bucketwatch backups learn
  bucketwatch backups learn --bucket nimbus-backups > proposed.yaml
  bucketwatch backups learn --bucket dumps --by folder --depth 2 --endpoint http://minio:9000`;

type Options = Readonly<Record<string, string | number | undefined>>;

export function addBackupsCommand(root: Command): void {
  const backups = root
    .command('backups')
    .description('whether backups arrived, and what is expected')
    .addHelpText('after', EXAMPLES);
  addBackupsListCommand(backups);
  addBackupsShowCommand(backups);
  addStoreOptions(backups.command('check').requiredOption('--bucket <bucket>', 'the bucket'))
    .description('judge the series of a bucket: those configured, else those its keys tell of')
    .addOption(
      new Option(
        '--content <kind>',
        'read the ends of the newest files; auto: they say what they are',
      ).choices(['auto', ...CONTENT_KINDS]),
    )
    .addHelpText('after', CHECK_HELP)
    .action(async (options: Options, command: Command) => check(options, command));
  addStoreOptions(
    backups
      .command('learn')
      .option('--bucket <bucket>', 'list this bucket; default: what the server knows of all it watches'),
  )
    .description('propose series and schedules from what is there, as configuration')
    .addHelpText('after', LEARN_HELP)
    .action(async (options: Options, command: Command) => learn(options, command));
  addBackupActCommands(backups);
}

function addStoreOptions(command: Command): Command {
  return command
    .option('--prefix <prefix>', 'only keys that begin with it; default: all')
    .option('--endpoint <url>', 'endpoint of a store other than AWS')
    .option('--region <region>', 'region of the bucket')
    .option('--profile <profile>', 'profile of the AWS configuration files')
    .addOption(
      new Option(
        '--by <what>',
        'how keys make series: by what they have in common, or by their first folders',
      )
        .choices(['stem', 'folder'])
        .default('stem'),
    )
    .option('--depth <folders>', 'with --by folder: so many folders', positiveInteger, 1)
    .option('--days <days>', 'how far back history is looked at', positiveInteger, 90);
}

async function check(options: Options, command: Command): Promise<void> {
  const flags = globalFlags(command);
  const found = await run(options, command);
  const rows = found.series.map((series) => rowOf(series));
  printRows(flags.json === true ? rows : rows.map(shown), {
    form: formOf(flags, {}),
    columns: ['series', 'verdict', 'why', 'schedule', 'last_run', 'next_due', 'files'],
    empty: `No files in s3://${options['bucket'] ?? ''}/${options['prefix'] ?? ''}, and no series configured for it: nothing is backed up there.`,
  });
  const wrong = rows.filter(({ wrong: isBad }) => isBad).length;
  if (flags.json !== true && rows.length > 0) print(`\n${summary(found, wrong)}`);
  if (wrong > 0 || rows.length === 0) process.exitCode = 1;
}

function summary(found: BackupCheck, wrong: number): string {
  const series = `${countText(found.series.length)} series of ${countText(found.files)} files`;
  const requests = Object.entries(found.requests).map(([kind, count]) => `${countText(count)} ${kind}`);
  const more =
    found.overflow === 0 ? '' : ` ${countText(found.overflow)} files are of more series than can be kept.`;
  return `${series}: ${wrong === 0 ? 'nothing is wrong' : `${wrong} wrong`}. Requests: ${requests.join(', ')}.${more}`;
}

type Checked = BackupCheck['series'][number];

function rowOf(series: Checked) {
  const { newest, content, lastMs } = series;
  return {
    series: series.id,
    verdict: series.verdict,
    wrong: isWrong(series.verdict),
    why: series.sentence,
    since: isoOf(series.sinceMs === 0 ? undefined : series.sinceMs),
    learned: series.isLearned,
    schedule: series.schedule,
    last_run: isoOf(newest?.arrivedMs ?? lastMs),
    last_size_bytes: newest?.sizeBytes ?? null,
    next_due: isoOf(series.nextDueMs),
    files: series.files,
    content: content.map(({ key, kind, result, sentence }) => ({ key, kind: kind ?? '', result, sentence })),
  };
}

function shown(row: ReturnType<typeof rowOf>) {
  const minute = (time: string | null): string => (time === null ? '' : `${time.slice(0, 16)}Z`);
  return {
    ...row,
    schedule: row.learned && row.schedule !== '' ? `${row.schedule} (learned)` : row.schedule,
    last_run: minute(row.last_run),
    next_due: minute(row.next_due),
  };
}

async function learn(options: Options, command: Command): Promise<void> {
  if (options['bucket'] === undefined) return learnFromServer(Number(options['days']), command);
  const found = await run(options, command);
  const proposed = found.series.flatMap((series) => {
    const { isLearned, rule, verdict } = series;
    if (!isLearned || rule === undefined || verdict === 'retired') return [];
    const fired = series.fired.map(({ dueMs, verdict: was, sentence }) => ({
      due: new Date(dueMs).toISOString(),
      verdict: was,
      sentence,
    }));
    return [{ section: sectionOf({ ...series, rule }, options), fired }];
  });
  printProposed(proposed, {
    days: Number(options['days']),
    isJson: globalFlags(command).json === true,
    empty: `No series in ${options['bucket']} has enough runs to tell a schedule, or all are configured.`,
  });
}

function sectionOf(
  { id, rule, newest }: Pick<CheckedSeries, 'id' | 'newest'> & Pick<ProposedSeries, 'rule'>,
  options: Options,
) {
  return proposalSection({
    name: id,
    bucket: String(options['bucket']),
    pattern: patternOf(id, options),
    rule,
    members: newest?.membersExpected,
  });
}

function patternOf(id: string, options: Options): string {
  if (options['by'] === 'folder') return `${id}/**`;
  return id.replace(/^\(root\) /, '');
}

async function run(options: Options, command: Command): Promise<BackupCheck> {
  const config = configOf(globalFlags(command));
  const text = (name: string): string | undefined => {
    const value = options[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const [endpoint, region, profile, content] = ['endpoint', 'region', 'profile', 'content'].map(text);
  const request: BackupCheckRequest = {
    bucket: String(options['bucket']),
    prefix: text('prefix') ?? '',
    grouping: options['by'] === 'folder' ? { by: 'folder', depth: Number(options['depth']) } : { by: 'stem' },
    historyMs: Number(options['days']) * 86_400_000,
    ...(content === undefined ? {} : { content: content as ContentKind | 'auto' }),
    store: {
      ...(endpoint === undefined ? {} : { endpoint }),
      ...(region === undefined ? {} : { region }),
      ...(profile === undefined ? {} : { profile }),
    },
  };
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort(new Error('interrupted')));
  const isShown = process.stderr.isTTY;
  const progress = (files: number): void => {
    if (isShown && files >= 10_000) process.stderr.write(`\r${countText(files)} files listed`);
  };
  const found = await checkBackups(request, { config, clock: systemClock, signal: stop.signal, progress });
  if (isShown && found.files >= 10_000) process.stderr.write('\r\x1b[K');
  return found;
}

function isoOf(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString();
}
