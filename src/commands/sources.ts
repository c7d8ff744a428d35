/** `sources`: where facts come from, how far each source got and what could not be read. */
import type { Command } from 'commander';
import type { BatchPage, RejectPage, Sources } from '../serve/api.ts';
import { configOf, globalFlags, reach } from './context.ts';
import { bytesText, jsonLines, print, tableText } from './output.ts';

interface SourcesFlags {
  readonly batches?: boolean;
  readonly rejects?: boolean;
  readonly limit: string;
}

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
          const shown =
            flags.json === true ? rows : rows.map((row) => ({ ...row, size: bytesText(row.size_bytes) }));
          show(
            shown,
            [
              'name',
              'kind',
              'state',
              'batches',
              'rejected_batches',
              'facts',
              'rejects',
              'size',
              'newest_event',
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
        : tableText(rows, columns),
    );
}
