/** `analyses`: questions with a name, and the answer to one of them. */
import type { Command } from 'commander';
import { Fault } from '../lib/fault.ts';
import { nearest } from '../lib/nearest.ts';
import type { Analyses, AnalysisAnswer } from '../serve/analysis-api.ts';
import { ANALYSIS_CATALOGUE } from '../serve/analysis-catalogue.ts';
import { configOf, formOf, globalFlags, reach } from './context.ts';
import { coverageText } from './coverage-text.ts';
import { addLimitOption, addRangeOptions, rangeQueryOf, textOf } from './options.ts';
import { jsonLines, print, printRows, tableText } from './output.ts';
import { FILTER_OPTIONS } from './search.ts';

type Analysis = Analyses['rows'][number];
type Options = Readonly<Record<string, unknown>>;

const PARAMETERS = [
  ...new Set(ANALYSIS_CATALOGUE.flatMap(({ parameters }) => parameters.map(({ name }) => name))),
];

/** Room for a sentence. */
const CELL_WIDTH = 100;

export function addAnalysesCommand(root: Command): void {
  const command = root
    .command('analyses')
    .description('list questions with a name, or answer one of them')
    .argument('[name]', 'which question; without it they are listed');
  for (const parameter of PARAMETERS)
    command.option(`--${optionOf(parameter)} <value>`, FILTER_OPTIONS.get(parameter)?.help);
  addLimitOption(addRangeOptions(command))
    .option('--csv', 'CSV instead of a table')
    .addHelpText(
      'after',
      `
A value is matched as a filter of requests is: * stands for any text, a leading ! negates, - is the empty value.

Examples:
  bucketwatch analyses
  bucketwatch analyses object-deletions --bucket media --key 'uploads/*' --since 7d
  bucketwatch analyses requester-operations --requester '*user/dana' --csv`,
    )
    .action(async (name: string | undefined, options: Options, self: Command) => {
      if (name === undefined) list(globalFlags(self).json === true);
      else await run(analysisNamed(name), options, self);
    });
}

function list(isJson: boolean): void {
  if (isJson) {
    print(jsonLines(ANALYSIS_CATALOGUE));
    return;
  }
  const rows = ANALYSIS_CATALOGUE.map(({ name, title, parameters, description }) => ({
    name,
    'what it answers': title,
    parameters: parameters.map(parameterText).join(' '),
    description,
  }));
  print(tableText(rows, ['name', 'what it answers', 'parameters', 'description'], CELL_WIDTH));
}

async function run(analysis: Analysis, options: Options, command: Command): Promise<void> {
  const parameters = parametersOf(analysis, options);
  const flags = globalFlags(command);
  const form = formOf(flags, options);
  const client = await reach(configOf(flags));
  try {
    const { columns, rows, coverage } = await client.get<AnalysisAnswer>(`/analyses/${analysis.name}`, {
      ...parameters,
      ...rangeQueryOf(options),
      limit: String(options['limit']),
    });
    printRows(rows, { form, columns, empty: `${analysis.title}: there is nothing in this range.` });
    if (form === 'table') print(`\n${coverageText(coverage)}`);
  } finally {
    await client.close();
  }
}

function analysisNamed(name: string): Analysis {
  const analysis = ANALYSIS_CATALOGUE.find((one) => one.name === name);
  if (analysis !== undefined) return analysis;
  const names = ANALYSIS_CATALOGUE.map((one) => one.name);
  const near = nearest(name, names);
  throw new Fault(
    'not_found',
    `Cannot find the analysis "${name}"${near === undefined ? '' : `; did you mean ${near}?`}\nThere are: ${names.join(', ')}.`,
  );
}

/** What was given, by the API's names. Throws `invalid` for what it does not take, or needs and was not given. */
function parametersOf(analysis: Analysis, options: Options): Record<string, string | undefined> {
  const given = PARAMETERS.filter((name) => textOf(options, optionOf(name)) !== undefined);
  const missing = analysis.parameters.find(({ name, required }) => required && !given.includes(name));
  if (missing !== undefined) throw wrongUse(analysis, `it needs --${optionOf(missing.name)}`);
  const unknown = given.find((name) => !analysis.parameters.some((parameter) => parameter.name === name));
  if (unknown !== undefined) throw wrongUse(analysis, `it does not take --${optionOf(unknown)}`);
  return Object.fromEntries(given.map((name) => [name, textOf(options, optionOf(name))]));
}

function wrongUse({ name, parameters }: Analysis, reason: string): Fault {
  const usage = ['bucketwatch analyses', name, ...parameters.map(parameterText)].join(' ');
  return new Fault('invalid', `Cannot run ${name}: ${reason}.\nUsage: ${usage}`);
}

/** `--key <value>`, in brackets when it may be left out. */
function parameterText({ name, required }: Analysis['parameters'][number]): string {
  const text = `--${optionOf(name)} <value>`;
  return required ? text : `[${text}]`;
}

function optionOf(parameter: string): string {
  return FILTER_OPTIONS.get(parameter)?.option ?? parameter;
}
