/** `buckets list` and `buckets show`: the estate, and how a bucket of it is configured. */
import type { Command } from 'commander';
import type { BucketConfigs, Buckets } from '../serve/bucket-api.ts';
import { bytesText } from '../lib/size-text.ts';
import { configOf, formOf, type GlobalFlags, globalFlags, reach } from './context.ts';
import { print, printRows, tableText } from './output.ts';

interface ShowFlags {
  readonly limit: string;
}

const EMPTY =
  'No buckets yet. They come from the stores of estate: in the configuration, while serve runs, and from requests.';
const COLUMNS = [
  'bucket',
  'store',
  'region',
  'created',
  'last_looked',
  'requests',
  'size',
  'objects',
  'aspects',
  'problem',
];
/** Room for a configuration. */
const CELL_WIDTH = 120;

export function addBucketsCommand(root: Command): void {
  const buckets = root.command('buckets').description('show the buckets of the estate');
  buckets
    .command('list', { isDefault: true })
    .description('list the buckets: where they are, and what could not be read of them')
    .addHelpText('after', '\nExamples:\n  bucketwatch buckets\n  bucketwatch buckets list --json')
    .action(async (_options: unknown, command: Command) => {
      await list(globalFlags(command));
    });
  buckets
    .command('show')
    .description('show how a bucket is configured, and what changed')
    .argument('<bucket>', 'bucket id: the name, after <namespace>: in a store with a namespace')
    .option('--limit <rows>', 'at most so many changes', '20')
    .addHelpText(
      'after',
      '\n--json has one object with the whole documents.\n\nExamples:\n  bucketwatch buckets show media\n  bucketwatch buckets show siteB:media --json',
    )
    .action(async (bucket: string, options: ShowFlags, command: Command) => {
      await show(bucket, options, globalFlags(command));
    });
}

async function list(flags: GlobalFlags): Promise<void> {
  const client = await reach(configOf(flags));
  try {
    const { rows } = await client.get<Buckets>('/buckets');
    const shown = flags.json === true ? rows : rows.map(forPeople);
    printRows(shown, { form: formOf(flags, {}), columns: COLUMNS, empty: EMPTY });
  } finally {
    await client.close();
  }
}

async function show(bucket: string, { limit }: ShowFlags, flags: GlobalFlags): Promise<void> {
  const client = await reach(configOf(flags));
  try {
    const answer = await client.get<BucketConfigs>(`/buckets/${encodeURIComponent(bucket)}/configs`, {
      limit,
    });
    if (flags.json === true) {
      print(JSON.stringify(answer));
      return;
    }
    const now = answer.rows.map(({ failure, reason, ...row }) => ({ ...row, reason: failure || reason }));
    print(tableText(now, ['aspect', 'state', 'observed_at', 'document', 'reason'], CELL_WIDTH));
    print('\nChanges, latest first:');
    print(tableText(answer.history, ['observed_at', 'aspect', 'state', 'document'], CELL_WIDTH));
  } finally {
    await client.close();
  }
}

/** A row of the table: counts and the first problem as text. */
function forPeople({ estate, stored, ...rest }: Buckets['rows'][number]): Record<string, unknown> {
  const bytes = stored?.bytes ?? null;
  const row = { ...rest, size: bytes === null ? '' : bytesText(bytes), objects: stored?.objects ?? '' };
  if (estate === null) return row;
  const states = Object.entries(estate.aspects).filter(([, aspects]) => aspects > 0);
  const [first, ...others] = estate.problems;
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  const problem = first === undefined ? '' : `${first.aspect} ${first.state}${more}`;
  return {
    ...row,
    ...estate,
    aspects: states.map(([state, aspects]) => `${aspects} ${state}`).join(', '),
    problem: estate.gone ? 'gone' : problem,
  };
}
