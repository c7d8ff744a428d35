/** `notify log` and `notify route`: what was told to whom, and who is told of an alarm. */
import { type Command, Option } from 'commander';
import { spanText } from '../lib/span-text.ts';
import { type Notifications, type NotifyTargets, OUTCOMES } from '../serve/notify-api.ts';
import { ALARM_ARGUMENT, findAlarm } from './alarms-client.ts';
import { ask } from './ask.ts';
import type { ApiClient } from './context.ts';
import { addLimitOption, textOf } from './options.ts';
import { minuteText, printRows } from './output.ts';

type Options = Readonly<Record<string, unknown>>;
type LogRow = Notifications['rows'][number];

/** Room for a sentence. */
const CELL_WIDTH = 100;
const PAGE_ROWS = 1000;

export function addNotifyLogCommand(notify: Command): void {
  const command = notify
    .command('log')
    .description('show what became of each message, and what was not told and why; latest first')
    .argument('[alarm...]', `those of one alarm: ${ALARM_ARGUMENT}`)
    .option('--channel <channel>', 'those of a channel')
    .addOption(new Option('--outcome <outcome>', 'those with an outcome').choices(OUTCOMES));
  addLimitOption(command)
    .addHelpText(
      'after',
      `
--json has the text of each message.

Examples:
  bucketwatch notify log --outcome failed
  bucketwatch notify log backups/missing series=orders --json`,
    )
    .action(async (words: readonly string[], options: Options, self: Command) => {
      await ask(self, async (client, flags) => {
        const alarm = words.length === 0 ? undefined : (await findAlarm(words, client)).alarm;
        const [channel, outcome] = ['channel', 'outcome'].map((name) => textOf(options, name));
        const found = await logRows({ alarm, channel, outcome }, Number(options['limit']), client);
        printRows(flags.json === true ? found : found.map(logRow), {
          form: flags.json === true ? 'json' : 'table',
          columns: ['at', 'channel', 'outcome', 'try', 'message', 'reason'],
          empty: 'Nothing was told yet.',
          width: CELL_WIDTH,
        });
      });
    });
}

/** Page after page, until there are as many as asked for. */
async function logRows(
  query: Readonly<Record<string, string | undefined>>,
  limit: number,
  client: ApiClient,
): Promise<LogRow[]> {
  const found: LogRow[] = [];
  let cursor: string | undefined;
  do {
    const rows = String(Math.min(limit - found.length, PAGE_ROWS));
    const page = await client.get<Notifications>('/notifications', { ...query, cursor, limit: rows });
    found.push(...page.rows);
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined && found.length < limit);
  return found;
}

function logRow({ at, channel, outcome, attempt, headline, alarms, reason }: LogRow) {
  return {
    at: minuteText(at),
    channel,
    outcome,
    try: attempt === 0 ? null : attempt,
    message: headline === '' ? alarms.map(({ alarm }) => alarm).join(', ') : headline,
    reason,
  };
}

export function addNotifyRouteCommand(notify: Command): void {
  notify
    .command('route')
    .description('show who is told of an alarm, and what keeps it quiet now')
    .argument('<alarm...>', ALARM_ARGUMENT)
    .addHelpText('after', '\nExample:\n  bucketwatch notify route backups/missing series=orders')
    .action(async (words: readonly string[], _options: object, self: Command) => {
      await ask(self, async (client, flags) => {
        const { alarm } = await findAlarm(words, client);
        const { rows } = await client.get<NotifyTargets>('/notifications/routes', { alarm });
        printRows(flags.json === true ? rows : rows.map(targetRow), {
          form: flags.json === true ? 'json' : 'table',
          columns: ['channel', 'kind', 'route', 'when', 'told', 'quiet', 'waits'],
          empty: 'Nobody: no route takes it.',
          width: CELL_WIDTH,
        });
      });
    });
}

function targetRow(row: NotifyTargets['rows'][number]) {
  const { channel, kind, route, told, quiet, waits } = row;
  return {
    channel,
    kind,
    route,
    when: whenText(row),
    told: told === null ? '' : `${told.state} ${minuteText(told.at)}`,
    quiet: quiet.join(', '),
    waits,
  };
}

function whenText({ after_seconds: afterSeconds, digest }: NotifyTargets['rows'][number]): string {
  const when = afterSeconds === 0 ? 'at once' : `after ${spanText(afterSeconds)}`;
  return digest === null ? when : `digest ${digest}`;
}
