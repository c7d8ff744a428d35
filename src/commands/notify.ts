/** `notify`: which channels there are, whether they work, and what they were told. */
import type { Command } from 'commander';
import { systemClock } from '../lib/clock.ts';
import { EXIT_CODE } from '../lib/fault.ts';
import { channelRows, tryChannel } from '../notify-try.ts';
import { configOf, formOf, globalFlags } from './context.ts';
import { addNotifyLogCommand, addNotifyRouteCommand } from './notify-log.ts';
import { print, printRows, visible } from './output.ts';

const EMPTY = 'No channels: notify.channels of the configuration has none.';

export function addNotifyCommand(root: Command): void {
  const notify = root.command('notify').description('channels of notifications');
  notify
    .command('list')
    .description('list channels, and the routes that lead to them')
    .action((options: Readonly<Record<string, unknown>>, command: Command) => {
      const flags = globalFlags(command);
      const form = formOf(flags, options);
      const rows = channelRows(configOf(flags));
      const shown = rows.map(({ routes, escalations, ...row }) => {
        return { ...row, routes: routes.join(', '), escalations: escalations.join(', ') };
      });
      const columns = ['channel', 'kind', 'routes', 'escalations'];
      printRows(form === 'json' ? rows.map((row) => ({ ...row })) : shown, { form, columns, empty: EMPTY });
    });
  addNotifyLogCommand(notify);
  addNotifyRouteCommand(notify);
  notify
    .command('test')
    .description('send an alarm and its recovery to a channel, marked as a test')
    .argument('<channel>', 'its name in the configuration')
    .addHelpText(
      'after',
      `
Nothing is stored, and routes do not count. The exit code is 3 when the channel does not take it.

Examples:
  bucketwatch notify test ops
  bucketwatch notify list --json`,
    )
    .action(async (channel: string, _options: unknown, command: Command) => {
      const flags = globalFlags(command);
      const { signal } = new AbortController();
      const tried = await tryChannel(channel, { config: configOf(flags), clock: systemClock, signal });
      const { kind, outcome, reason, next_step: step } = tried;
      if (flags.json === true) print(JSON.stringify(tried));
      else if (outcome === 'delivered') print(`${channel} (${kind}) took an alarm and its recovery.`);
      else
        process.stderr.write(
          `Cannot send to ${channel} (${kind}): ${visible(reason).replace(/\.$/, '')}.${step === '' ? '' : ` ${step}`}\n`,
        );
      if (outcome !== 'delivered') process.exitCode = EXIT_CODE.unavailable;
    });
}
