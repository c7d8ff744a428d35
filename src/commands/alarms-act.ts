/** `alarms ack` and `silence`: what people say of alarms. */
import type { Command } from 'commander';
import { Fault } from '../lib/fault.ts';
import type { Said, Silences } from '../serve/alarm-api.ts';
import { matchersOf, matchersText } from './alarm-name.ts';
import { ALARM_ARGUMENT, findAlarm } from './alarms-client.ts';
import { ask } from './ask.ts';
import { endOf, loginName } from './options.ts';
import { minuteText, print, printRows, visible } from './output.ts';

/** Room for labels. */
const CELL_WIDTH = 100;

interface Options {
  readonly author?: string;
  readonly reason?: string;
  readonly until?: string;
  readonly for?: string;
  readonly all?: boolean;
}

export function addAlarmsAckCommand(alarms: Command): void {
  addSayingOptions(alarms.command('ack').argument('<alarm...>', ALARM_ARGUMENT))
    .description('take an alarm on: nobody is reminded of it until it recovers')
    .option('--for <duration>', 'for so long at most: 30m, 4h, 2d; default: a week')
    .option('--until <time>', 'the same as a time, ISO 8601')
    .option('--reason <text>', 'why, for who reads it later')
    .addHelpText(
      'after',
      "\nExample:\n  bucketwatch alarms ack backups/missing series=orders --for 4h --reason 'running it again'",
    )
    .action(async (words: readonly string[], options: Options, self: Command) => {
      const body = { ...endOf(options, 'acknowledge it'), author: options.author ?? loginName() };
      await ask(self, async (client, { json }) => {
        const { alarm } = await findAlarm(words, client);
        const { reason } = options;
        const said = await client.post<Said>('/alarms/acknowledge', { ...body, alarm, reason });
        print(json === true ? JSON.stringify(said) : visible(said.sentence));
      });
    });
}

export function addSilenceCommand(root: Command): void {
  const silence = root
    .command('silence')
    .description(
      'tell nobody of some alarms for a while; they are still evaluated, and their history goes on',
    );
  addAdd(silence);
  addList(silence);
  addEnd(silence);
}

function addAdd(silence: Command): void {
  addSayingOptions(silence.command('add'))
    .description('silence alarms that have all these labels')
    .argument(
      '<label=value...>',
      'a label twice: one of its values; `*` stands for anything, a leading `!` excludes',
    )
    .option('--for <duration>', 'for how long: 30m, 2h, 7d')
    .option('--until <time>', 'the same as a time, ISO 8601')
    .requiredOption('--reason <text>', 'why, for who reads it later')
    .addHelpText(
      'after',
      `
Examples:
  bucketwatch silence add bucket=media monitor=replication --for 2h --reason 'the bucket moves'
  bucketwatch silence add 'alarm=backups/*' 'bucket=!prod-*' --for 7d --reason 'test systems are off'`,
    )
    .action(async (words: readonly string[], options: Options, self: Command) => {
      const { until } = endOf(options, 'silence alarms');
      if (until === undefined)
        throw new Fault('invalid', 'Cannot silence alarms: give --for or --until; a silence has an end.');
      const matchers = matchersOf(words);
      await ask(self, async (client, { json }) => {
        const { author = loginName(), reason } = options;
        const said = await client.post<Said>('/silences', { matchers, ends: until, author, reason });
        print(json === true ? JSON.stringify(said) : visible(`${said.sentence} Its id is ${said.id}.`));
      });
    });
}

function addList(silence: Command): void {
  silence
    .command('list', { isDefault: true })
    .description('show silences that hold or are to come')
    .option('--all', 'those that are over too')
    .addHelpText('after', '\nExample:\n  bucketwatch silence list --all')
    .action(async (options: Options, self: Command) => {
      await ask(self, async (client, { json }) => {
        const answer = await client.get<Silences>('/silences');
        const rows = answer.rows.filter(({ state }) => options.all === true || state !== 'ended');
        printRows(json === true ? rows : rows.map(silenceRow), {
          form: json === true ? 'json' : 'table',
          columns: ['id', 'state', 'alarms', 'from', 'until', 'author', 'reason'],
          empty: 'Nothing is silenced.',
          width: CELL_WIDTH,
        });
      });
    });
}

function silenceRow({ matchers, starts_at: starts, ends_at: ends, ...row }: Silences['rows'][number]) {
  return { ...row, alarms: matchersText(matchers), from: minuteText(starts), until: minuteText(ends) };
}

function addEnd(silence: Command): void {
  silence
    .command('end')
    .description('end a silence now')
    .argument('<id>', 'as silence list shows it')
    .addHelpText('after', '\nExample:\n  bucketwatch silence end 3f2a9c')
    .action(async (id: string, _options: Options, self: Command) => {
      await ask(self, async (client, { json }) => {
        const said = await client.post<Said>(`/silences/${encodeURIComponent(id)}/end`, {});
        print(json === true ? JSON.stringify(said) : visible(said.sentence));
      });
    });
}

function addSayingOptions(command: Command): Command {
  return command.option('--author <name>', 'who says it; default: the name you are logged in with');
}
