/** `alarms test`: timelines, here and now; or what a definition would have done over what is stored. */
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { readTimeline } from '../alarms/timeline-text.ts';
import { runTimeline } from '../alarms/timeline-run.ts';
import { metricAlarmsOf } from '../config/alarm-file.ts';
import { parseDuration } from '../config/units.ts';
import { Fault, reasonOf } from '../lib/fault.ts';
import type { BackTest } from '../serve/alarm-api.ts';
import { ask } from './ask.ts';
import { globalFlags } from './context.ts';
import { instantText, textOf } from './options.ts';
import { jsonLines, minuteText, print, tableText, visible } from './output.ts';

type Options = Readonly<Record<string, unknown>>;

const TIMELINE = /\.timeline$/;
const CONFIGURATION = /\.(ya?ml|json)$/;
const CELL_WIDTH = 100;
const ROWS_SHOWN = 50;

export function addAlarmsTestCommand(alarms: Command): void {
  alarms
    .command('test')
    .description('try alarms: run timelines, or a definition over what is stored')
    .argument(
      '<what...>',
      'files whose names end in .timeline; or the id of a definition, or a file with alarms as the configuration has them',
    )
    .option('--since <when>', 'of a definition: a duration back from now, or an ISO 8601 time; default: 30d')
    .option('--until <when>', 'the same, exclusive; default: now')
    .option('--period <duration>', 'of a definition on a metric: another period')
    .addHelpText(
      'after',
      `
Timelines need neither server nor store: docs/alarms.md says how they read.

Examples:
  bucketwatch alarms test alarms/*.timeline
  bucketwatch alarms test backups/missing --since 30d
  bucketwatch alarms test new-alarms.yaml --since 7d

Exit code: 1 when a timeline is not as expected.`,
    )
    .action(async (words: readonly string[], options: Options, self: Command) => {
      const timelines = words.filter((word) => TIMELINE.test(word));
      const [definition = '', ...others] = words.filter((word) => !TIMELINE.test(word));
      if (timelines.length === words.length) {
        testTimelines(timelines, { options, isJson: globalFlags(self).json === true });
        return;
      }
      if (timelines.length + others.length > 0)
        throw new Fault('invalid', 'Cannot test that at once: give timelines, or one definition or file.');
      await testDefinition(definition, options, self);
    });
}

function testTimelines(
  files: readonly string[],
  { options, isJson }: { readonly options: Options; readonly isJson: boolean },
): void {
  if (['since', 'until', 'period'].some((option) => textOf(options, option) !== undefined))
    throw new Fault(
      'invalid',
      'Cannot run timelines with --since, --until or --period: they have times of their own.',
    );
  const results = files.map(timelineResult);
  print(isJson ? jsonLines(results) : timelinesText(results));
  if (results.some(({ readable }) => !readable)) process.exitCode = 2;
  else if (results.some(({ problems }) => problems.length > 0)) process.exitCode = 1;
}

/** What became of a timeline. */
export interface TimelineResult {
  readonly file: string;
  /** False when what it says cannot be run. */
  readonly readable: boolean;
  readonly alarms: number;
  readonly expectations: number;
  readonly problems: readonly { readonly line: number; readonly message: string }[];
}

/** Runs the timeline of a file. Throws `not_found` when it cannot be read. */
export function timelineResult(file: string): TimelineResult {
  const text = textOfFile(file);
  const reading = readTimeline(text);
  if (!reading.ok) return { file, readable: false, alarms: 0, expectations: 0, problems: reading.problems };
  return {
    file,
    readable: true,
    alarms: reading.alarms.length,
    expectations: reading.alarms.reduce((sum, { expectations }) => sum + expectations.length, 0),
    problems: runTimeline(text).problems,
  };
}

function textOfFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Fault('not_found', `Cannot read the timeline ${visible(file)}: ${reasonOf(error)}`, {
      cause: error,
    });
  }
}

/** A line for each expectation that failed, `file:line: what`, and what it comes to. */
export function timelinesText(results: readonly TimelineResult[]): string {
  const failed = results.flatMap(({ file, problems }) =>
    problems.map(({ line, message }) => `${visible(file)}:${line}: ${visible(message)}`),
  );
  const expectations = results.reduce((sum, one) => sum + one.expectations, 0);
  const counts = `${counted(results.length, 'timeline')} with ${counted(expectations, 'expectation')}`;
  const end =
    failed.length === 0 ? `${counts}: all hold.` : `${counts}: ${counted(failed.length, 'problem')}.`;
  return [...failed, end].join('\n');
}

function counted(count: number, what: string): string {
  return count === 1 ? `1 ${what}` : `${count} ${what}s`;
}

/** Of a file each alarm on a metric, one after the other. */
async function testDefinition(word: string, options: Options, command: Command): Promise<void> {
  const asked = CONFIGURATION.test(word)
    ? metricAlarmsOf(word).map((section) => ({ section }))
    : [{ definition: word }];
  const range = {
    since: instantText(textOf(options, 'since') ?? '30d'),
    until: instantText(textOf(options, 'until')),
    period_seconds: periodSeconds(textOf(options, 'period')),
  };
  await ask(command, async (client, { json }) => {
    for (const one of asked) {
      const test = await client.post<BackTest>('/alarms/backtest', { ...one, ...range });
      const title = asked.length === 1 ? '' : `${visible(test.definition)}: `;
      print(json === true ? JSON.stringify(test) : `${title}${backTestText(test)}`);
    }
  });
}

function periodSeconds(period: string | undefined): number | undefined {
  if (period === undefined) return undefined;
  const ms = parseDuration(period);
  if (ms === undefined || ms === 0)
    throw new Fault('invalid', `Cannot test by "${period}": it is not a duration such as 1m, 5m or 1h.`);
  return ms / 1000;
}

/** What a back-test comes to, then each time in ALARM. */
export function backTestText({ sentence, note, fired, omitted }: BackTest): string {
  const more = fired.length + omitted - ROWS_SHOWN;
  const rows = fired.slice(0, ROWS_SHOWN).map(({ alarm, start, end, sentence: why }) => ({
    start: minuteText(start),
    end: end === null ? 'goes on' : minuteText(end),
    alarm,
    why,
  }));
  return [
    visible(sentence),
    ...(note === '' ? [] : [visible(note)]),
    ...(rows.length === 0 ? [] : ['', tableText(rows, ['start', 'end', 'alarm', 'why'], CELL_WIDTH)]),
    ...(more > 0 ? ['', `and ${more} more; --json has the first 1,000`] : []),
  ].join('\n');
}
