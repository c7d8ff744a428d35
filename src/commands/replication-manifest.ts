/** `replication manifest`: which versions to replicate again, for S3 Batch Replication. */
import { once } from 'node:events';
import type { Command } from 'commander';
import { addRangeOptions, rangeQueryOf, textOf } from './options.ts';
import { addPairOptions, askReplication } from './replication-client.ts';

export function addReplicationManifestCommand(replication: Command): void {
  const command = replication
    .command('manifest')
    .description('print a CSV manifest of failed versions for S3 Batch Replication; of one source bucket')
    .option('--status <names>', 'statuses joined by commas', 'FAILED')
    .option('--reason <text>', 'only failures with this reason');
  addRangeOptions(addPairOptions(command))
    .addHelpText(
      'after',
      '\nExamples:\n  bucketwatch replication manifest --pair media/media-copy/all > manifest.csv\n  bucketwatch replication manifest --bucket media --reason DstKmsKeyNotFound > manifest.csv',
    )
    .action(async (options: Readonly<Record<string, unknown>>, self: Command) => {
      await askReplication(self, async (client) => {
        const parts = client.stream('/replication/manifest', {
          ...rangeQueryOf(options),
          pair: textOf(options, 'pair'),
          bucket: textOf(options, 'bucket'),
          status: textOf(options, 'status'),
          reason: textOf(options, 'reason'),
        });
        for await (const part of parts) if (!process.stdout.write(part)) await once(process.stdout, 'drain');
      });
    });
}
