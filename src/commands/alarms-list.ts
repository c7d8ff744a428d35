/** `alarms list`, `history`, `definitions`: alarms as they stand, their changes, and what they are made from. */
import { type Command, Option } from 'commander';
import { type Alarm, Alarms, type Definitions, type Transitions } from '../serve/alarm-api.ts';
import { ALARM_ARGUMENT, ALARMS_MAX, findAlarm, markOf, needsSomebody } from './alarms-client.ts';
import { ask } from './ask.ts';
import type { ApiClient } from './context.ts';
import { addLimitOption, instantText, textOf } from './options.ts';
import { countText, jsonLines, minuteText, print, printRows, tableText } from './output.ts';

type Options = Readonly<Record<string, unknown>>;

/** Room for a sentence. */
const CELL_WIDTH = 100;
/** More are not read in a terminal; --json has all. */
const ROWS_SHOWN = 100;
const PAGE_ROWS = 1000;

const { state: STATE, severity: SEVERITY } = Alarms.shape.rows.element.shape;

export function addAlarmsListCommand(alarms: Command): void {
  alarms
    .command('list', { isDefault: true })
    .description('show every alarm: its state and why; the worst first')
    .addOption(new Option('--state <state>', 'those in a state').choices(STATE.options))
    .addOption(new Option('--severity <severity>', 'those of a severity').choices(SEVERITY.options))
    .option('--monitor <monitor>', 'those of a monitor: backups, replication, activity')
    .addHelpText(
      'after',
      `
Examples:
  bucketwatch alarms
  bucketwatch alarms list --state ALARM --monitor backups --json

Exit code: 1 when one of them is in ALARM, and neither silenced nor acknowledged.`,
    )
    .action(async (options: Options, self: Command) => {
      await ask(self, async (client, flags) => {
        const [state, severity, monitor] = ['state', 'severity', 'monitor'].map((name) =>
          textOf(options, name),
        );
        const answer = await client.get<Alarms>('/alarms', { state, severity, monitor, limit: ALARMS_MAX });
        print(flags.json === true ? jsonLines(answer.rows) : listText(answer));
        if (answer.rows.some(needsSomebody)) process.exitCode = 1;
      });
    });
}

function listText({ sentence, evaluated_at: evaluatedAt, omitted, rows }: Alarms): string {
  const when = evaluatedAt === null ? '' : ` Evaluated ${minuteText(evaluatedAt)}.`;
  const more = rows.length - ROWS_SHOWN;
  const columns = ['state', 'severity', 'alarm', 'since', 'why', 'marked'];
  return [
    `${sentence}${when}`,
    ...(rows.length === 0
      ? []
      : ['', tableText(rows.slice(0, ROWS_SHOWN).map(listRow), columns, CELL_WIDTH)]),
    ...(more > 0 ? ['', `and ${countText(more)} more; --json has them`] : []),
    ...(omitted > 0 ? ['', `${countText(omitted)} more are left out by limits.`] : []),
  ].join('\n');
}

function listRow(row: Alarm) {
  const { state, severity, alarm, since, sentence } = row;
  return { state, severity, alarm, since: minuteText(since), why: sentence, marked: markOf(row) };
}

export function addAlarmsHistoryCommand(alarms: Command): void {
  const command = alarms
    .command('history')
    .description('show changes of state, latest first')
    .argument('[alarm...]', `those of one alarm: ${ALARM_ARGUMENT}`)
    .option('--since <when>', 'a duration back from now (24h, 7d) or an ISO 8601 time', '7d');
  addLimitOption(command)
    .addHelpText(
      'after',
      '\nExamples:\n  bucketwatch alarms history --since 30d\n  bucketwatch alarms history backups/missing series=orders --json',
    )
    .action(async (words: readonly string[], options: Options, self: Command) => {
      await ask(self, async (client, flags) => {
        const alarm = words.length === 0 ? undefined : (await findAlarm(words, client)).alarm;
        const since = instantText(textOf(options, 'since'));
        const found = await transitions({ alarm, since, limit: Number(options['limit']) }, client);
        const rows = flags.json === true ? found : found.map(historyRow);
        printRows(rows, {
          form: flags.json === true ? 'json' : 'table',
          columns: ['at', 'change', 'severity', 'alarm', 'why'],
          empty: 'No alarm changed its state.',
          width: CELL_WIDTH,
        });
      });
    });
}

interface Wanted {
  readonly alarm: string | undefined;
  readonly since: string | undefined;
  readonly limit: number;
}

/** Page after page, until there are as many as asked for. */
async function transitions(
  { alarm, since, limit }: Wanted,
  client: ApiClient,
): Promise<Transitions['rows'][number][]> {
  const found: Transitions['rows'][number][] = [];
  let cursor: string | undefined;
  do {
    const rows = String(Math.min(limit - found.length, PAGE_ROWS));
    const page = await client.get<Transitions>('/alarms/transitions', { alarm, since, cursor, limit: rows });
    found.push(...page.rows);
    cursor = page.rows.length === 0 ? undefined : (page.next_cursor ?? undefined);
  } while (cursor !== undefined && found.length < limit);
  return found.slice(0, limit);
}

function historyRow({ at, from, state, severity, alarm, sentence }: Transitions['rows'][number]) {
  const change = from === null ? `new: ${state}` : `${from} to ${state}`;
  return { at: minuteText(at), change, severity, alarm, why: sentence };
}

export function addAlarmsDefinitionsCommand(alarms: Command): void {
  alarms
    .command('definitions')
    .description('show what alarms are made from: the rule in words, and how many alarms it makes')
    .addHelpText('after', '\nExample:\n  bucketwatch alarms definitions')
    .action(async (_options: object, self: Command) => {
      await ask(self, async (client, flags) => {
        const { rows } = await client.get<Definitions>('/alarms/definitions');
        printRows(rows, {
          form: flags.json === true ? 'json' : 'table',
          columns: ['id', 'kind', 'severity', 'from', 'enabled', 'alarms', 'rule'],
          empty: 'There is no definition.',
          width: CELL_WIDTH,
        });
      });
    });
}
