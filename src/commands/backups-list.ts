/** `backups list`: every series with its verdict. */
import { type Command, Option } from 'commander';
import { Fault } from '../lib/fault.ts';
import { isWrong } from '../monitors/backups/check.ts';
import { type Backups, Series } from '../serve/backup-api.ts';
import { askBackups } from './backups-client.ts';
import { textOf } from './options.ts';
import { bytesText, jsonLines, minuteText, print, tableText, visible } from './output.ts';

/** Room for a sentence. */
const CELL_WIDTH = 80;

const WATCHED_HINT =
  'Watched are buckets of the estate with "backup" in their name, or as backups.discover says, and those that backups.series names. A server looks a minute after its start.';

export function addBackupsListCommand(backups: Command): void {
  backups
    .command('list', { isDefault: true })
    .description(
      'show every series of backups: its verdict and why, its last run and the next; the worst first',
    )
    .option('--bucket <bucket>', 'those in a bucket')
    .addOption(new Option('--verdict <verdict>', 'those of a verdict').choices(Series.shape.verdict.options))
    .addHelpText(
      'after',
      '\nExamples:\n  bucketwatch backups\n  bucketwatch backups list --bucket dumps --verdict late --json\n\nExit code: 1 when one of them is wrong.',
    )
    .action(async (options: Readonly<Record<string, unknown>>, self: Command) => {
      const bucket = textOf(options, 'bucket');
      const { answer, isJson } = await askBackups(self, async (client, flags) => ({
        answer: await client.get<Backups>('/backups', { bucket }),
        isJson: flags.json === true,
      }));
      if (bucket !== undefined && answer.rows.length + answer.discovering.length === 0)
        throw unwatched(bucket);
      const verdict = textOf(options, 'verdict');
      const rows = answer.rows.filter((row) => verdict === undefined || row.verdict === verdict);
      print(isJson ? jsonLines(rows) : listText({ ...answer, rows }));
      if (rows.some((row) => isWrong(row.verdict))) process.exitCode = 1;
    });
}

/** A name that is wrong is not taken for a bucket in which all is well. */
function unwatched(bucket: string): Fault {
  return new Fault(
    'not_found',
    `Cannot list the backups of "${visible(bucket)}": it is not watched. Name it in backups.series or backups.discover.`,
  );
}

function listText({ sentence, rows, discovering }: Backups): string {
  const problems = discovering
    .filter(({ problem }) => problem !== '')
    .map(({ bucket, problem }) => `${visible(bucket)} could not be listed: ${visible(problem)}`);
  const columns = ['series', 'bucket', 'verdict', 'why', 'last run', 'size', 'next due'];
  const table = rows.length === 0 ? [] : ['', tableText(rows.map(listRow), columns, CELL_WIDTH)];
  const hint = rows.length + discovering.length === 0 ? [WATCHED_HINT] : [];
  return [sentence, ...hint, ...table, ...(problems.length === 0 ? [] : ['', ...problems])].join('\n');
}

function listRow(row: Series) {
  const { series, bucket, verdict, sentence, newest, next_due: nextDue, last_at: lastAt } = row;
  return {
    series,
    bucket,
    verdict,
    why: sentence,
    'last run': minuteText(newest?.arrived ?? lastAt),
    size: newest === null || newest.arrived === null ? '' : bytesText(newest.size_bytes),
    'next due': verdict === 'retired' ? '' : minuteText(nextDue),
  };
}
