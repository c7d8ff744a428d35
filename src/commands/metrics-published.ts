/** `metrics published`: what is published to CloudWatch, up to when, and what it costs. */
import type { Command } from 'commander';
import type { PublicationState } from '../serve/metric-api.ts';
import { ask } from './ask.ts';
import { minuteText, print, tableText, visible } from './output.ts';

/** Room for an expression. */
const CELL_WIDTH = 80;

export function addMetricsPublishedCommand(metrics: Command): void {
  metrics
    .command('published')
    .description('show what is published to CloudWatch, up to when, and what it costs a month; sends nothing')
    .addHelpText(
      'after',
      '\nExamples:\n  bucketwatch metrics published\n  bucketwatch metrics published --json',
    )
    .action(async (_options: object, self: Command) => {
      await ask(self, async (client, { json }) => {
        const state = await client.get<PublicationState>('/publication');
        print(json === true ? JSON.stringify(state) : stateText(state));
      });
    });
}

function stateText({ configured, sentence, estimate, rows }: PublicationState): string {
  if (!configured) return sentence;
  const shown = rows.map((row) => ({
    metric: `${row.namespace}/${row.name}`,
    of: `${row.statistic === '' ? '' : `${row.statistic} `}${row.metric}`,
    period_s: row.period_seconds,
    series: row.series,
    published_until: minuteText(row.published_until),
  }));
  const problems = rows.filter(({ problem }) => problem !== '');
  return [
    tableText(shown, ['metric', 'of', 'period_s', 'series', 'published_until'], CELL_WIDTH),
    ...problems.map(({ namespace, name, problem }) => visible(`${namespace}/${name}: ${problem}`)),
    '',
    sentence,
    `Prices: ${estimate.prices}.`,
  ].join('\n');
}
