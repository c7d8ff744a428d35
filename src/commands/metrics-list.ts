/** `metrics list`, `metrics show`: the catalogue, and one metric of it closely. */
import { type Command, Option } from 'commander';
import { Fault } from '../lib/fault.ts';
import { nearest } from '../lib/nearest.ts';
import { MetricCatalogue } from '../serve/activity-api.ts';
import { ask } from './ask.ts';
import { formOf } from './context.ts';
import { textOf } from './options.ts';
import { print, printRows, visible } from './output.ts';

type Options = Readonly<Record<string, unknown>>;
type Metric = MetricCatalogue['rows'][number];

/** Room for a sentence. */
const CELL_WIDTH = 100;
const { group: GROUP } = MetricCatalogue.shape.rows.element.shape;

export function addMetricsListCommand(metrics: Command): void {
  metrics
    .command('list', { isDefault: true })
    .description('list the metrics there are')
    .addOption(new Option('--group <group>', 'those of a group').choices(GROUP.options))
    .option('--csv', 'CSV instead of a table')
    .addHelpText(
      'after',
      '\nExamples:\n  bucketwatch metrics\n  bucketwatch metrics list --group replication',
    )
    .action(async (options: Options, self: Command) => {
      await ask(self, async (client, flags) => {
        const { rows } = await client.get<MetricCatalogue>('/metrics');
        const group = textOf(options, 'group');
        const chosen = rows.filter((row) => group === undefined || row.group === group);
        const form = formOf(flags, options);
        printRows(form === 'table' ? chosen.map(listRow) : chosen, {
          form,
          columns: ['name', 'unit', 'dimensions', 'statistics', 'what'],
          empty: 'There is no metric.',
          width: CELL_WIDTH,
        });
      });
    });
}

function listRow({ name, unit, dimensions, statistics, description }: Metric) {
  return {
    name,
    unit,
    dimensions: dimensions.join(', '),
    statistics: statistics.join(', '),
    what: description,
  };
}

export function addMetricsShowCommand(metrics: Command): void {
  metrics
    .command('show')
    .description('show one metric: what it is, and how it can be asked for')
    .argument('<name>', 'its name')
    .addHelpText('after', '\nExample:\n  bucketwatch metrics show ReplicationLatency')
    .action(async (name: string, _options: object, self: Command) => {
      await ask(self, async (client, { json }) => {
        const { rows } = await client.get<MetricCatalogue>('/metrics');
        const metric = metricNamed(name, rows);
        print(json === true ? JSON.stringify(metric) : metricText(metric));
      });
    });
}

function metricNamed(name: string, rows: readonly Metric[]): Metric {
  const metric = rows.find((row) => row.name === name);
  if (metric !== undefined) return metric;
  const near = nearest(
    name,
    rows.map((row) => row.name),
  );
  const hint = near === undefined ? 'bucketwatch metrics list has them all' : `did you mean ${near}?`;
  throw new Fault(
    'not_found',
    `Cannot show the metric ${visible(name)}: there is none of this name; ${hint}`,
  );
}

function metricText(metric: Metric): string {
  const { name, unit, description, dimensions, finer_dimensions: finer, statistics } = metric;
  const facts = [
    ['unit', unit],
    ['dimensions', dimensions.join(', ')],
    ['on request', finer.join(', ')],
    ['statistics', statistics.join(', ')],
    ['says most', metric.usual_statistic],
    ['periods', `multiples of ${metric.finest_seconds} s`],
  ].filter(([, value]) => value !== '');
  const [first = 'bucket'] = dimensions;
  const query = `bucketwatch metrics query ${shellWord(name)} --where ${shellWord(`${first}=...`)}`;
  const lines = facts.map(([what = '', value = '']) => `${`${what}:`.padEnd(12)}${visible(value)}`);
  return [`${visible(name)}: ${visible(description)}`, '', ...lines, '', visible(query)].join('\n');
}

/** A word as a shell takes it. */
function shellWord(text: string): string {
  return /^[\w.=,:/-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
