/** Options that several commands take. */
import { userInfo } from 'node:os';
import { type Command, InvalidArgumentError } from 'commander';
import { parseDuration } from '../config/units.ts';
import { systemClock } from '../lib/clock.ts';
import { Fault } from '../lib/fault.ts';

/** Start and end of a range; `fallback` says where it starts when nothing is given. */
export function addRangeOptions(command: Command, fallback = 'everything'): Command {
  return command
    .option('--since <when>', `a duration back from now (24h, 7d) or an ISO 8601 time; default: ${fallback}`)
    .option('--until <when>', 'the same, exclusive; default: now');
}

export function addLimitOption(command: Command): Command {
  return command.option('--limit <rows>', 'at most so many rows', positiveInteger, 100);
}

/** The range as the API takes it: everything until now, unless the options say otherwise. */
export function rangeQueryOf(options: Readonly<Record<string, unknown>>): Record<string, string | undefined> {
  return {
    since: instantText(textOf(options, 'since') ?? '1970-01-01T00:00:00Z'),
    until: instantText(textOf(options, 'until')),
  };
}

/** The value of an option by its name on the command line, e.g. `request-id`. */
export function textOf(options: Readonly<Record<string, unknown>>, option: string): string | undefined {
  const value = options[option.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())];
  return typeof value === 'string' ? value : undefined;
}

/** A duration back from now, or the text itself, as ISO 8601. */
export function instantText(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const backMs = parseDuration(text);
  return backMs === undefined ? text : new Date(systemClock.nowMs() - backMs).toISOString();
}

/** For an option that is a whole number from 1 on. */
export function positiveInteger(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new InvalidArgumentError('It is not a positive whole number.');
}

/**
 * When something ends that was said for a time: from `--until` or `--for`, absent without them. Throws `invalid`, with
 * what was to be done (`pause`), when both are given or the length is none.
 */
export function endOf(
  { until, for: length }: { readonly until?: string; readonly for?: string },
  what: string,
): { readonly until?: string } {
  if (until !== undefined && length !== undefined)
    throw new Fault('invalid', `Cannot ${what}: give --until or --for, not both.`);
  if (length === undefined) return until === undefined ? {} : { until };
  const ms = parseDuration(length);
  if (ms === undefined || ms === 0)
    throw new Fault('invalid', `Cannot ${what} for "${length}": it is not a duration such as 30m, 2h or 7d.`);
  return { until: new Date(systemClock.nowMs() + ms).toISOString() };
}

/** Who says it, unless told otherwise; empty on a system without an entry for the user. */
export function loginName(): string {
  try {
    return userInfo().username;
  } catch {
    return '';
  }
}
