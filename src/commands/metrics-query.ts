/** `metrics query`: values of a metric, or of an expression over metrics. */
import type { Command } from 'commander';
import { parseDuration } from '../config/units.ts';
import { Fault } from '../lib/fault.ts';
import type { MetricSeries } from '../serve/metric-api.ts';
import { ask } from './ask.ts';
import { formOf } from './context.ts';
import { addRangeOptions, instantText, positiveInteger, textOf } from './options.ts';
import { csvText, jsonLines, minuteText, print, tableText, visible } from './output.ts';

type Options = Readonly<Record<string, unknown>>;

/** Lines of a table; --json and --csv have all. */
const ROWS_SHOWN = 500;

export function addMetricsQueryCommand(metrics: Command): void {
  const command = metrics
    .command('query')
    .description('show values of a metric, or of an expression over metrics')
    .argument('<metric>', 'its name, or an expression: see docs/metrics.md');
  addRangeOptions(command, '24h')
    .option('--period <duration>', 'length of the periods (1m, 5m, 1h); default: about 240 of them')
    .option('--stat <statistic>', 'Sum, Average, Minimum, Maximum, SampleCount, p99; default: what says most')
    .option(
      '--where <label=value>',
      'only series with this label; label=* splits by it; may be given again',
      collected,
    )
    .option('--by <labels>', 'split by these labels alone, joined by commas; "" is all together')
    .option('--limit <series>', 'at most so many series', positiveInteger, 100)
    .option('--csv', 'CSV instead of a table')
    .addHelpText(
      'after',
      `
Examples:
  bucketwatch metrics query AllRequests
  bucketwatch metrics query FirstByteLatency --stat p99 --where bucket=media --since 24h --period 5m
  bucketwatch metrics query AllRequests --where operation=* --by operation --period 1h
  bucketwatch metrics query 'stat(Sum, 5xxErrors) / AllRequests * 100' --since 7d --csv`,
    )
    .action(async (metric: string, options: Options, self: Command) => {
      const query = { metric, ...queryOf(options) };
      await ask(self, async (client, flags) => {
        const answer = await client.get<MetricSeries>('/metric-series', query);
        const form = formOf(flags, options);
        if (form === 'json') print(jsonLines(jsonRows(answer)));
        else if (form === 'csv') print(csvText(flatRows(answer), columnsOf(answer)));
        else print(tableOf(answer));
      });
    });
}

function queryOf(options: Options): Record<string, string | undefined> {
  const period = textOf(options, 'period');
  return {
    since: instantText(textOf(options, 'since')),
    until: instantText(textOf(options, 'until')),
    period: period === undefined ? undefined : secondsOf(period),
    statistic: textOf(options, 'stat'),
    where: whereOf(options['where']),
    by: textOf(options, 'by'),
    limit: String(options['limit']),
  };
}

function secondsOf(period: string): string {
  const ms = parseDuration(period);
  if (ms === undefined || ms === 0 || ms % 1000 !== 0)
    throw new Fault('invalid', `Cannot ask by "${period}": it is not a duration such as 1m, 5m or 1h.`);
  return String(ms / 1000);
}

function collected(word: string, before: readonly string[] = []): readonly string[] {
  return [...before, word];
}

/** Labels as JSON. */
function whereOf(words: unknown): string | undefined {
  if (!Array.isArray(words)) return undefined;
  const labels = words.map((word) => {
    const [, label, value] = /^([^=]+)=(.*)$/s.exec(String(word)) ?? [];
    if (label === undefined || value === undefined)
      throw new Fault('invalid', `Cannot limit by "${visible(String(word))}": it is not label=value.`);
    return [label, value] as const;
  });
  return JSON.stringify(Object.fromEntries(labels));
}

function jsonRows({ series }: MetricSeries) {
  return series.flatMap(({ labels, points }) => points.map(({ time, value }) => ({ time, labels, value })));
}

/** A line a value: a label that is called time or value is only in JSON. */
function flatRows({ series }: MetricSeries) {
  return series.flatMap(({ labels, points }) =>
    points.map(({ time, value }) => ({ ...labels, time, value })),
  );
}

function columnsOf({ series }: MetricSeries): string[] {
  const labels = new Set(series.flatMap((one) => Object.keys(one.labels)));
  return ['time', ...labels, 'value'];
}

function tableOf(answer: MetricSeries): string {
  const { metric, unit, since, until, complete_until: completeUntil, omitted } = answer;
  const rows = flatRows(answer).map((row) => ({
    ...row,
    time: minuteText(row.time),
    value: valueText(row.value),
  }));
  const covered = completeNote(completeUntil, until);
  if (rows.length === 0) {
    const range = `from ${minuteText(since)} to ${minuteText(until)}`;
    return `${visible(metric)} has no value ${range}.${covered} bucketwatch sources says what has been loaded.`;
  }
  const more = rows.length - ROWS_SHOWN;
  const notes = [
    `In ${unit ?? 'the unit of the expression'}, by ${answer.period_seconds} s.${covered}`,
    ...(more > 0 ? [`${more.toLocaleString('en-US')} values more: --csv and --json have them.`] : []),
    ...(omitted > 0 ? [`${omitted.toLocaleString('en-US')} series more: limit them by --where.`] : []),
  ];
  return [tableText(rows.slice(0, ROWS_SHOWN), columnsOf(answer)), '', ...notes].join('\n');
}

function completeNote(completeUntil: string | null, until: string): string {
  if (completeUntil === null) return ' How late its records are is not known.';
  return completeUntil < until ? ` Complete up to ${minuteText(completeUntil)}.` : '';
}

/** What is small keeps its digits. */
function valueText(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: Math.abs(value) < 1 ? 6 : 3 });
}
