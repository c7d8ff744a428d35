/** `replication objects`, `failed` and `object`: which versions, why, and what became of one. */
import type { Command } from 'commander';
import { bytesText } from '../lib/size-text.ts';
import { spanText } from '../lib/span-text.ts';
import type {
  ObjectHistory,
  ReplicationFailures,
  ReplicationObject,
  ReplicationObjects,
} from '../serve/replication-api.ts';
import type { ApiClient } from './context.ts';
import { addLimitOption, addRangeOptions, rangeQueryOf, textOf } from './options.ts';
import { jsonLines, print, printRows, tableText, visible } from './output.ts';
import { addPairOptions, askReplication } from './replication-client.ts';

type Options = Readonly<Record<string, unknown>>;

const PAGE_ROWS = 10_000;

export function addReplicationObjectCommands(replication: Command): void {
  addObjects(replication);
  addFailed(replication);
  addObject(replication);
}

function addObjects(replication: Command): void {
  const command = replication
    .command('objects')
    .description(
      'list versions and their destinations: what waits oldest first, everything else newest first',
    )
    .option(
      '--status <names>',
      'PENDING, COMPLETED, FAILED, REPLICA, NOT_TRACKED, UNKNOWN; several joined by commas',
    )
    .option('--reason <text>', 'failure reason of S3, or why it is not tracked')
    .option('--key <key>', 'one key')
    .option('--older-than <seconds>', 'only versions written at least so long ago');
  addLimitOption(addRangeOptions(addPairOptions(command)))
    .addHelpText(
      'after',
      '\nExamples:\n  bucketwatch replication objects --status PENDING --older-than 900\n  bucketwatch replication objects --bucket media --status FAILED --json',
    )
    .action(async (options: Options, self: Command) => {
      await askReplication(self, async (client, flags) => {
        const rows = await objectsOf(options, client);
        if (flags.json === true) print(jsonLines(rows));
        else
          printRows(rows.map(objectRow), {
            form: 'table',
            columns: ['written_at', 'pair', 'key', 'version_id', 'status', 'age', 'size', 'reason'],
            empty: 'No version is like that.',
          });
      });
    });
}

/** Pages until there are as many as were asked for. */
async function objectsOf(options: Options, client: ApiClient): Promise<ReplicationObject[]> {
  const limit = Number(options['limit']);
  const rows: ReplicationObject[] = [];
  let cursor: string | undefined;
  do {
    const page: ReplicationObjects = await client.get('/replication/objects', {
      ...rangeQueryOf(options),
      pair: textOf(options, 'pair'),
      bucket: textOf(options, 'bucket'),
      status: textOf(options, 'status'),
      reason: textOf(options, 'reason'),
      key: textOf(options, 'key'),
      older_than: textOf(options, 'older-than'),
      limit: String(Math.min(PAGE_ROWS, limit - rows.length)),
      cursor,
    });
    rows.push(...page.rows);
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined && rows.length < limit);
  return rows;
}

function objectRow(row: ReplicationObject): Record<string, unknown> {
  return {
    ...row,
    pair: row.pair_id === '' ? row.source : row.pair_id,
    age: spanText(row.age_seconds),
    size: bytesText(row.size_bytes),
  };
}

function addFailed(replication: Command): void {
  addRangeOptions(
    addPairOptions(
      replication.command('failed').description('show failures as they stand by reason, and what mends them'),
    ),
  )
    .addHelpText(
      'after',
      '\nExamples:\n  bucketwatch replication failed\n  bucketwatch replication failed --pair media/media-copy/all',
    )
    .action(async (options: Options, self: Command) => {
      await askReplication(self, async (client, flags) => {
        const { rows } = await client.get<ReplicationFailures>('/replication/failures', {
          ...rangeQueryOf(options),
          pair: textOf(options, 'pair'),
          bucket: textOf(options, 'bucket'),
        });
        print(flags.json === true ? jsonLines(rows) : failuresText(rows));
      });
    });
}

function failuresText(rows: ReplicationFailures['rows']): string {
  if (rows.length === 0) return 'Nothing stands failed.';
  return rows
    .map((row) =>
      [
        `${visible(row.pair_id)}: ${row.objects.toLocaleString('en-US')} failed (${bytesText(row.bytes)}), ${visible(row.reason === '' ? 'no reason told' : row.reason)}`,
        `  cause: ${visible(row.cause)}`,
        `  fix:   ${visible(row.fix)}`,
        ...(row.permission === '' ? [] : [`  missing action: ${row.permission}`]),
        `  e.g.   ${visible(row.example.key)} (version ${visible(row.example.version_id)})`,
      ].join('\n'),
    )
    .join('\n\n');
}

function addObject(replication: Command): void {
  replication
    .command('object')
    .description('tell what happened to the versions of one object, at source and destinations')
    .argument('<bucket>', 'source or destination')
    .argument('<key>', 'its key')
    .option('--version-id <id>', 'one version')
    .addHelpText('after', '\nExamples:\n  bucketwatch replication object media photos/1.jpg')
    .action(async (bucket: string, key: string, options: Options, self: Command) => {
      await askReplication(self, async (client, flags) => {
        const history = await client.get<ObjectHistory>('/replication/object', {
          bucket,
          key,
          version_id: textOf(options, 'version-id'),
        });
        print(flags.json === true ? jsonLines(history.versions) : historyText(history));
      });
    });
}

function historyText({ bucket, key, versions, has_more: hasMore }: ObjectHistory): string {
  if (versions.length === 0) return `Nothing told of ${visible(bucket)}/${visible(key)}.`;
  const parts = versions.map((version) =>
    [
      `version ${visible(version.version_id === '' ? 'null' : version.version_id)}, ${bytesText(version.size_bytes)}${version.delete_marker ? ', a delete marker' : ''}`,
      ...version.destinations.map(
        ({ destination, status, reason, latency_ms: latency }) =>
          `  ${visible(destination === '' ? 'no destination' : destination)}: ${status}${reason === '' ? '' : ` (${visible(reason)})`}${
            latency === null ? '' : `, after ${spanText(latency / 1000)}`
          }`,
      ),
      tableText([...version.steps], ['time', 'bucket', 'what', 'feed'], 80),
    ].join('\n'),
  );
  return [...parts, ...(hasMore ? ['There are more versions: --version-id names one.'] : [])].join('\n\n');
}
