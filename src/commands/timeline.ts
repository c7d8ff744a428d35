/** `timeline`: what access log, CloudTrail and events know of one request or one object. */
import type { Command } from 'commander';
import { Fault } from '../lib/fault.ts';
import { type Timeline, TIMELINE_ROWS_MAX } from '../serve/analysis-api.ts';
import { configOf, formOf, globalFlags, reach } from './context.ts';
import { addRangeOptions, rangeQueryOf, textOf } from './options.ts';
import { printRows } from './output.ts';

type Options = Readonly<Record<string, unknown>>;

const COLUMNS = ['time', 'feed', 'title', 'outcome', 'principal', 'remote_ip'];

export function addTimelineCommand(root: Command): void {
  const command = root
    .command('timeline')
    .description('show what all feeds know of one request or one object, oldest first')
    .argument('[request-id]', 'x-amz-request-id')
    .option('--bucket <name>', 'bucket of the object, with --key')
    .option('--key <key>', 'object key, as a whole');
  addRangeOptions(command)
    .option('--csv', 'CSV instead of a table')
    .addHelpText(
      'after',
      `
--json and --csv have the whole record of each row.

Examples:
  bucketwatch timeline 3E57427F3EXAMPLE
  bucketwatch timeline --bucket media --key uploads/a.jpg --since 7d`,
    )
    .action(async (requestId: string | undefined, options: Options, self: Command) => {
      const subject = subjectOf(requestId, options);
      const flags = globalFlags(self);
      const client = await reach(configOf(flags));
      try {
        const { rows } = await client.get<Timeline>('/timeline', { ...subject, ...rangeQueryOf(options) });
        const empty = 'Nothing is known of it. bucketwatch sources shows what has been loaded.';
        printRows(rows, { form: formOf(flags, options), columns: COLUMNS, empty });
        for (const feed of cutFeeds(rows))
          process.stderr.write(
            `Of ${feed} only the latest ${TIMELINE_ROWS_MAX} are shown; --until shows earlier ones.\n`,
          );
      } finally {
        await client.close();
      }
    });
}

function subjectOf(requestId: string | undefined, options: Options): Record<string, string> {
  const [bucket, key] = [textOf(options, 'bucket'), textOf(options, 'key')];
  if (requestId !== undefined && bucket === undefined && key === undefined) return { request_id: requestId };
  if (requestId === undefined && bucket !== undefined && key !== undefined) return { bucket, key };
  throw new Fault('invalid', 'Cannot give a timeline: it needs a request id, or --bucket and --key.');
}

function cutFeeds(rows: Timeline['rows']): string[] {
  const feeds = [...new Set(rows.map(({ feed }) => feed))];
  return feeds.filter((feed) => rows.filter((row) => row.feed === feed).length >= TIMELINE_ROWS_MAX);
}
