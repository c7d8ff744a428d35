/** `alarms`: what is wrong now and what was, taking it on, and trying what would be an alarm. */
import type { Command } from 'commander';
import { addAlarmsAckCommand } from './alarms-act.ts';
import { addAlarmsDefinitionsCommand, addAlarmsHistoryCommand, addAlarmsListCommand } from './alarms-list.ts';
import { addAlarmsShowCommand } from './alarms-show.ts';
import { addAlarmsTestCommand } from './alarms-test.ts';

const EXAMPLES = `
Examples:
  bucketwatch alarms
  bucketwatch alarms show backups/missing series=orders
  bucketwatch alarms history --since 30d
  bucketwatch alarms ack backups/missing series=orders --for 4h --reason 'running it again'
  bucketwatch alarms test alarms/*.timeline`;

export function addAlarmsCommand(root: Command): void {
  const alarms = root
    .command('alarms')
    .description('what is wrong now, and what was')
    .addHelpText('after', EXAMPLES);
  addAlarmsListCommand(alarms);
  addAlarmsShowCommand(alarms);
  addAlarmsHistoryCommand(alarms);
  addAlarmsDefinitionsCommand(alarms);
  addAlarmsAckCommand(alarms);
  addAlarmsTestCommand(alarms);
}
