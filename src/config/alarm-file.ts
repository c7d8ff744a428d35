/** Alarms of a file, as they stand in it: to be tried before they are in the configuration. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { Fault } from '../lib/fault.ts';
import { readConfig } from './load.ts';

/** An item of `alarms.metrics`. */
export type AlarmSection = Readonly<Record<string, unknown>>;

/**
 * The items of `alarms.metrics` of a file that is a configuration, or has nothing but that section. Throws `invalid` with
 * every problem and its line.
 */
export function metricAlarmsOf(file: string): readonly AlarmSection[] {
  const reading = readConfig(file);
  if (!reading.ok) {
    const problems = reading.problems.map(({ path, message, line }) =>
      [`  ${file}`, ...(line === undefined ? [] : [line]), ` ${path} ${message}`].join(':'),
    );
    throw new Fault('invalid', `Cannot use the alarms of ${file}:\n${problems.join('\n')}`);
  }
  const document = parse(readFileSync(file, 'utf8')) as {
    readonly alarms?: { readonly metrics?: readonly AlarmSection[] };
  } | null;
  const sections = document?.alarms?.metrics ?? [];
  if (sections.length === 0)
    throw new Fault('invalid', `Cannot test the alarms of ${file}: there is none in alarms.metrics.`);
  return sections;
}
