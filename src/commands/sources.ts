/** `sources`: where facts come from, how far each source got and what could not be read. */
import type { Command } from 'commander';
import { spanText } from '../lib/span-text.ts';
import type { BatchPage, Completeness, ParkedPage, RejectPage, Sources } from '../serve/api.ts';
import { type ApiClient, configOf, globalFlags, reach } from './context.ts';
import { bytesText, countText, jsonLines, print, tableText } from './output.ts';

interface SourcesFlags {
  readonly batches?: boolean;
  readonly rejects?: boolean;
  readonly parked?: boolean;
  readonly completeness?: boolean;
  readonly limit: string;
}

/** Room for a sentence. */
const CELL_WIDTH = 120;

export function addSourcesCommand(root: Command): void {
  root
    .command('sources')
    .description('show sources, the ledger of batches, and what could not be read')
    .option('--batches', 'the ledger: one row a batch, latest first')
    .option('--rejects', 'records that no rule could read, latest first')
    .option('--parked', 'messages that nothing could be made of, latest first')
    .option('--completeness', 'whether the logs of the last day are all here: one row a bucket')
    .option('--limit <rows>', 'at most so many rows', '50')
    .addHelpText('after', '\nExamples:\n  bucketwatch sources\n  bucketwatch sources --rejects --json')
    .action(async (options: SourcesFlags, command: Command) => {
      const flags = globalFlags(command);
      const client = await reach(configOf(flags));
      try {
        if (options.rejects === true) {
          const { rows } = await client.get<RejectPage>('/rejects', { limit: options.limit });
          show(rows, ['loaded_at', 'origin', 'line_number', 'reason', 'line'], flags.json);
        } else if (options.parked === true) {
          const { rows } = await client.get<ParkedPage>('/parked', { limit: options.limit });
          show(rows, ['received_at', 'source', 'reason', 'message_id', 'body'], flags.json);
        } else if (options.batches === true) {
          const { rows } = await client.get<BatchPage>('/batches', { limit: options.limit });
          show(
            rows,
            [
              'loaded_at',
              'state',
              'origin',
              'format',
              'size_bytes',
              'facts',
              'rejects',
              'skipped',
              'load_ms',
              'reason',
            ],
            flags.json,
          );
        } else if (options.completeness === true) {
          await showCompleteness(client, flags.json);
        } else {
          const { rows } = await client.get<Sources>('/sources');
          const shown = flags.json === true ? rows : rows.map(forPeople);
          const hasMessages = rows.some((row) => row.queue !== null || row.parked > 0);
          show(
            shown,
            [
              'name',
              'kind',
              'state',
              'verdict',
              'batches',
              'rejected_batches',
              'facts',
              'rejects',
              'size',
              'newest_event',
              'late_p50',
              'late_p99',
              ...(hasMessages ? ['queue', 'parked'] : []),
              'verdict_reason',
              'message',
            ],
            flags.json,
          );
        }
      } finally {
        await client.close();
      }
    });
}

/** With `--json` a row a bucket, then a row a trail. */
async function showCompleteness(client: ApiClient, isJson: boolean | undefined): Promise<void> {
  const { rows, trails } = await client.get<Completeness>('/completeness');
  if (isJson === true) {
    print(jsonLines([...rows, ...trails]));
    return;
  }
  const shown = rows.map(({ bucket, verdict, delivery, requests, trail, sentence }) => ({
    bucket,
    verdict,
    objects: delivery.objects,
    longest_gap: spanText(delivery.longest_gap_seconds),
    logged: requests.logged,
    counted: requests.counted,
    trail: trail.verdict,
    sentence,
  }));
  const columns = ['bucket', 'verdict', 'objects', 'longest_gap', 'logged', 'counted', 'trail', 'sentence'];
  show(shown, columns, isJson);
}

/** A row of the table: sizes and times in units people read. */
function forPeople(row: Sources['rows'][number]): Record<string, unknown> {
  const { lateness } = row;
  return {
    ...row,
    size: bytesText(row.size_bytes),
    queue: queueText(row.queue),
    late_p50: lateness === null ? '' : spanText(lateness.p50_seconds),
    late_p99: lateness === null ? '' : spanText(lateness.p99_seconds),
  };
}

/** `12 waiting, 3 in flight, 2 dead letters`; empty for what is no queue. */
function queueText(queue: Sources['rows'][number]['queue']): string {
  if (queue === null) return '';
  const delayed = queue.delayed > 0 ? [`${countText(queue.delayed)} delayed`] : [];
  const dead = (queue.dead_letters ?? 0) > 0 ? [`${countText(queue.dead_letters ?? 0)} dead letters`] : [];
  return [
    `${countText(queue.waiting)} waiting`,
    `${countText(queue.in_flight)} in flight`,
    ...delayed,
    ...dead,
  ].join(', ');
}

function show(
  rows: readonly Record<string, unknown>[],
  columns: readonly string[],
  isJson: boolean | undefined,
): void {
  if (isJson === true) print(jsonLines(rows));
  else
    print(
      rows.length === 0
        ? 'Nothing yet. bucketwatch ingest <file, folder or s3:// URI> loads logs.'
        : tableText(rows, columns, CELL_WIDTH),
    );
}
