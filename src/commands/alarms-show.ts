/** `alarms show`: one alarm closely. */
import type { Command } from 'commander';
import type { Alarm, AlarmDetail } from '../serve/alarm-api.ts';
import { ALARM_ARGUMENT, findAlarm } from './alarms-client.ts';
import { ask } from './ask.ts';
import { minuteText, print, tableText, visible } from './output.ts';

/** Of each list as many as fit a screen; --json has all. */
const ROWS_SHOWN = 15;
const CELL_WIDTH = 100;

export function addAlarmsShowCommand(alarms: Command): void {
  alarms
    .command('show')
    .description('show one alarm: why, since when, what to do first, the rows behind it, its last changes')
    .argument('<alarm...>', ALARM_ARGUMENT)
    .addHelpText(
      'after',
      `
Examples:
  bucketwatch alarms show 'backups/missing{bucket="dumps",series="orders"}'
  bucketwatch alarms show backups/missing series=orders`,
    )
    .action(async (words: readonly string[], _options: object, self: Command) => {
      await ask(self, async (client, flags) => {
        const { alarm } = await findAlarm(words, client);
        const detail = await client.get<AlarmDetail>('/alarms/detail', { alarm });
        print(flags.json === true ? JSON.stringify(detail) : detailText(detail));
      });
    });
}

/** Everything of an alarm, for a terminal. */
export function detailText({ row, definition, transitions }: AlarmDetail): string {
  const labels = Object.entries(row.labels).map(([label, value]) => `  ${visible(label)}=${visible(value)}`);
  const numbers = Object.entries(row.numbers).map(([name, value]) => `  ${visible(name)}: ${figure(value)}`);
  const changes = transitions.map(({ at, from, state, sentence }) => ({
    at: minuteText(at),
    from: from ?? '',
    to: state,
    why: sentence,
  }));
  const rule = `Rule (${definition.kind}, ${definition.from}): ${visible(definition.rule)}`;
  const parts = [
    headText(row),
    row.first_step === '' ? '' : `First step: ${visible(row.first_step)}`,
    rule,
    section('Labels', labels.toSorted()),
    section('Numbers', numbers),
    ...evidenceTables(row.evidence),
    tableOf('Changes', changes, ['at', 'from', 'to', 'why']),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function headText(row: Alarm): string {
  return [
    `${visible(row.title)}: ${row.state} since ${minuteText(row.since)} (${row.severity})`,
    visible(row.sentence),
    visible(row.alarm),
    ...acknowledgedLines(row),
    ...(row.silences.length === 0 ? [] : [`Silenced by ${row.silences.map(visible).join(', ')}.`]),
    `Data until ${minuteText(row.as_of)}, evaluated ${minuteText(row.evaluated_at)}.`,
  ].join('\n');
}

function acknowledgedLines({ acknowledged }: Alarm): string[] {
  if (acknowledged === null) return [];
  const { author, reason, ends_at: ends } = acknowledged;
  const by = author === '' ? '' : ` by ${visible(author)}`;
  return [`Acknowledged${by} until ${minuteText(ends)}${reason === '' ? '.' : `: ${visible(reason)}`}`];
}

/** Six figures are enough to read; `--json` has all. */
function figure(value: number | null): string {
  return value === null || Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(6)));
}

/** Newest first; rows of one sort, which begin with the same name, are a table. */
function evidenceTables(rows: Alarm['evidence']): string[] {
  const sorts = Map.groupBy(rows.toReversed(), (row) => Object.keys(row)[0] ?? '');
  return [...sorts.values()].map((ours) =>
    tableOf('Evidence', ours, [...new Set(ours.toReversed().flatMap(Object.keys))]),
  );
}

function tableOf(
  title: string,
  rows: readonly Readonly<Record<string, unknown>>[],
  columns: readonly string[],
): string {
  if (rows.length === 0) return '';
  const more = rows.length - ROWS_SHOWN;
  const left = more > 0 ? [`and ${more} more; --json has them`] : [];
  return section(title, [tableText(rows.slice(0, ROWS_SHOWN), columns, CELL_WIDTH), ...left]);
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : [`${title}:`, ...lines].join('\n');
}
