/** `activity`: what happened, on one screen. */
import type { Command } from 'commander';
import { systemClock } from '../lib/clock.ts';
import { askActivity } from './activity-summary.ts';
import { activityText } from './activity-text.ts';
import { configOf, globalFlags, reach } from './context.ts';
import { addRangeOptions, instantText, textOf } from './options.ts';
import { print } from './output.ts';

const DEFAULT_SINCE = '24h';

export function addActivityCommand(root: Command): void {
  const command = root
    .command('activity')
    .description('sum up the requests: errors, latency, bytes, who, what stands out, what it costs')
    .option('--bucket <name>', 'one bucket; default: all');
  addRangeOptions(command, DEFAULT_SINCE)
    .addHelpText(
      'after',
      '\nExamples:\n  bucketwatch activity\n  bucketwatch activity --bucket media --since 1h --json',
    )
    .action(async (options: Readonly<Record<string, unknown>>, self: Command) => {
      const flags = globalFlags(self);
      const client = await reach(configOf(flags));
      try {
        // One range for all the questions, however long they take.
        const summary = await askActivity(
          {
            bucket: textOf(options, 'bucket'),
            since: instantText(textOf(options, 'since') ?? DEFAULT_SINCE),
            until: instantText(textOf(options, 'until')) ?? new Date(systemClock.nowMs()).toISOString(),
          },
          client,
        );
        print(flags.json === true ? JSON.stringify(summary) : activityText(summary));
      } finally {
        await client.close();
      }
    });
}
