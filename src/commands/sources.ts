/** `sources`: where facts come from, how far each source got and what could not be read. */
import type { Command } from 'commander';
import { spanText } from '../lib/span-text.ts';
import type { BatchPage, RejectPage, Sources } from '../serve/api.ts';
import { configOf, globalFlags, reach } from './context.ts';
import { bytesText, jsonLines, print, tableText } from './output.ts';

interface SourcesFlags {
  readonly batches?: boolean;
  readonly rejects?: boolean;
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
    .option('--limit <rows>', 'at most so many rows', '50')
    .addHelpText('after', '\nExamples:\n  bucketwatch sources\n  bucketwatch sources --rejects --json')
    .action(async (options: SourcesFlags, command: Command) => {
      const flags = globalFlags(command);
      const client = await reach(configOf(flags));
      try {
        if (options.rejects === true) {
          const { rows } = await client.get<RejectPage>('/rejects', { limit: options.limit });
          show(rows, ['loaded_at', 'origin', 'line_number', 'reason', 'line'], flags.json);
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
        } else {
          const { rows } = await client.get<Sources>('/sources');
          const shown = flags.json === true ? rows : rows.map(forPeople);
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

/** A row of the table: sizes and times in units people read. */
function forPeople(row: Sources['rows'][number]): Record<string, unknown> {
  const { lateness } = row;
  return {
    ...row,
    size: bytesText(row.size_bytes),
    late_p50: lateness === null ? '' : spanText(lateness.p50_seconds),
    late_p99: lateness === null ? '' : spanText(lateness.p99_seconds),
  };
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
