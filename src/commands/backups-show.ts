/** `backups show`: one series closely. */
import type { Command } from 'commander';
import { yamlText } from '../config/yaml-text.ts';
import { Fault } from '../lib/fault.ts';
import { nearest } from '../lib/nearest.ts';
import type { Backups, Series, SeriesDetail } from '../serve/backup-api.ts';
import { askBackups } from './backups-client.ts';
import type { ApiClient } from './context.ts';
import { textOf } from './options.ts';
import { bytesText, countText, minuteText, print, tableText, visible } from './output.ts';

/** Of each list as many as fit a screen; --json has all. */
const ROWS_SHOWN = 15;
const CELL_WIDTH = 100;

export function addBackupsShowCommand(backups: Command): void {
  backups
    .command('show')
    .description('show one series: when it is due, what it has to be, whether it is safe, its last runs')
    .argument('<series>', 'name of the series')
    .option('--bucket <bucket>', 'its bucket: needed when several have a series of that name')
    .addHelpText(
      'after',
      '\nExamples:\n  bucketwatch backups show db/orders\n  bucketwatch backups show db/orders --bucket dumps --json',
    )
    .action(async (series: string, options: Readonly<Record<string, unknown>>, self: Command) => {
      await askBackups(self, async (client, flags) => {
        const bucket = textOf(options, 'bucket') ?? (await bucketOf(series, client));
        const detail = await client.get<SeriesDetail>('/backups/series', { bucket, series });
        print(flags.json === true ? JSON.stringify(detail) : detailText(detail));
      });
    });
}

/** The bucket of the series of that name. Throws `not_found` when there is none, `invalid` when there are several. */
async function bucketOf(name: string, client: ApiClient): Promise<string> {
  const { rows } = await client.get<Backups>('/backups');
  const buckets = rows.filter(({ series }) => series === name).map(({ bucket }) => bucket);
  const [only, ...others] = buckets.toSorted();
  if (only === undefined) {
    const near = nearest(name, [...new Set(rows.map(({ series }) => series))]);
    const hint =
      near === undefined ? 'backups list shows those there are' : `did you mean "${visible(near)}"?`;
    throw new Fault('not_found', `Cannot find the series "${visible(name)}": ${hint}`);
  }
  if (others.length === 0) return only;
  const named = [only, ...others].map((bucket) => `  --bucket ${visible(bucket)}`);
  throw new Fault(
    'invalid',
    `Cannot tell which series "${visible(name)}" is meant: ${buckets.length} buckets have one.\n${named.join('\n')}`,
  );
}

function detailText({ row, next_dues: dues, rule, runs, acts, looks }: SeriesDetail): string {
  const parts = [
    headText(row),
    section('Due', [visible(row.schedule), ...dues.map((due) => `  ${minuteText(due)}`)]),
    section('Rule', Object.keys(rule).length === 0 ? [] : yamlText(rule).split('\n').map(visible)),
    section('Safety', safetyLines(row)),
    tableOf('Runs', runs.map(runRow), ['due', 'verdict', 'arrived', 'size', 'files', 'why']),
    tableOf('Acts', acts.map(actRow), ['at', 'act', 'until', 'author', 'reason']),
    tableOf('Looks', looks.map(lookRow), ['at', 'cause', 'prefix', 'keys', 'files', 'problem']),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function headText(row: Series): string {
  const since = row.since === null ? '' : ` since ${minuteText(row.since)}`;
  const kept =
    row.files === 0
      ? 'No file is kept.'
      : `${countText(row.files)} ${row.files === 1 ? 'file is' : 'files are'} kept, of ${minuteText(row.first_at)} to ${minuteText(row.last_at)}.`;
  return [
    `${visible(row.series)} in ${visible(row.bucket)}: ${row.verdict}${since}`,
    visible(row.sentence),
    ...(row.paused === null ? [] : [pauseText(row.paused)]),
    ...(row.evidence === '' ? [] : [`The bucket could not be listed: ${visible(row.evidence)}`]),
    ...(row.proposal === null ? [] : [proposalText(row.proposal)]),
    `${row.declared ? 'Configured' : 'Found by its keys'}: ${visible(row.pattern)}`,
    kept,
  ]
    .filter((line) => line !== '')
    .join('\n');
}

function pauseText({ until, author, reason }: NonNullable<Series['paused']>): string {
  const end = until === null ? 'until somebody resumes it' : `until ${minuteText(until)}`;
  const by = author === '' ? '' : ` by ${visible(author)}`;
  return `Paused ${end}${by}${reason === '' ? '.' : `: ${visible(reason)}`}`;
}

function proposalText({ fit, fired }: NonNullable<Series['proposal']>): string {
  const times = fired === 1 ? 'once' : `${countText(fired)} times`;
  return `A proposal: ${Math.round(fit * 100)} % of its due times have exactly one run; in the last 90 days it would have fired ${times}.`;
}

function safetyLines({ safety }: Series): string[] {
  if (safety.items.length === 0) return [visible(safety.sentence)];
  return safety.items.map(({ what, state, sentence }) => `${state.padEnd(7)}  ${what}: ${visible(sentence)}`);
}

function section(title: string, lines: readonly string[]): string {
  const given = lines.filter((line) => line !== '');
  return given.length === 0 ? '' : [`${title}:`, ...given].join('\n');
}

function tableOf(
  title: string,
  rows: readonly Record<string, unknown>[],
  columns: readonly string[],
): string {
  if (rows.length === 0) return '';
  const more = rows.length - ROWS_SHOWN;
  const left = more > 0 ? [`and ${countText(more)} before; --json has them`] : [];
  return section(title, [tableText(rows.slice(0, ROWS_SHOWN), columns, CELL_WIDTH), ...left]);
}

function runRow(run: SeriesDetail['runs'][number]) {
  return {
    due: minuteText(run.due),
    verdict: run.verdict,
    arrived: minuteText(run.arrived),
    size: run.files === 0 ? '' : bytesText(run.size_bytes),
    files: run.files,
    why: run.sentence,
  };
}

function actRow(act: SeriesDetail['acts'][number]) {
  return { ...act, at: minuteText(act.at), until: minuteText(act.until) };
}

function lookRow(look: SeriesDetail['looks'][number]) {
  return { ...look, at: minuteText(look.at) };
}
