/** Which alarm people mean, and what they say a silence is for. */
import { Fault } from '../lib/fault.ts';
import { nearest } from '../lib/nearest.ts';
import type { Alarm } from '../serve/alarm-api.ts';
import { visible } from './output.ts';

const NAMED_MAX = 10;

/** One that may be meant. */
type Named = Pick<Alarm, 'alarm' | 'definition' | 'labels'>;

/**
 * The alarm of that id; or the only one of that definition that has the labels, each as `label=value`.
 * Throws `not_found` when there is none, `invalid` when there are several.
 */
export function alarmNamed<Row extends Named>(words: readonly string[], rows: readonly Row[]): Row {
  const [name = '', ...labels] = words;
  const byId = rows.find(({ alarm }) => alarm === name);
  if (byId !== undefined && labels.length === 0) return byId;
  const wanted = labels.map((text) => labelOf(text));
  const fitting = rows.filter(
    (row) => row.definition === name && wanted.every(([label, value]) => row.labels[label] === value),
  );
  const [only, ...others] = fitting;
  if (only === undefined) throw unknown(words, rows);
  if (others.length === 0) return only;
  const ids = fitting.slice(0, NAMED_MAX).map(({ alarm }) => `  ${visible(alarm)}`);
  const more = fitting.length > NAMED_MAX ? `\n  and ${fitting.length - NAMED_MAX} more` : '';
  throw new Fault(
    'invalid',
    `Cannot tell which alarm "${visible(words.join(' '))}" is: ${fitting.length} are. Add a label, as bucket=media, or give the id:\n${ids.join('\n')}${more}`,
  );
}

function unknown(words: readonly string[], rows: readonly Named[]): Fault {
  const [name = ''] = words;
  const names = [...new Set(rows.flatMap(({ alarm, definition }) => [alarm, definition]))];
  const near = names.includes(name) ? undefined : nearest(name, names);
  const hint =
    near === undefined ? 'bucketwatch alarms shows those there are' : `did you mean "${visible(near)}"?`;
  return new Fault('not_found', `Cannot find the alarm "${visible(words.join(' '))}": ${hint}`);
}

/** Throws `invalid` for a text without `=`. */
function labelOf(text: string): readonly [label: string, value: string] {
  const at = text.indexOf('=');
  if (at < 1)
    throw new Fault(
      'invalid',
      `Cannot read the label "${visible(text)}": it is label=value, as bucket=media.`,
    );
  return [text.slice(0, at), text.slice(at + 1)];
}

/**
 * What a silence is for: every label has to fit, by one of its values when it is given several times.
 *
 * @example
 * matchersOf(['monitor=backups', 'bucket=a', 'bucket=b*']);
 */
export function matchersOf(words: readonly string[]): { label: string; values: string[] }[] {
  const byLabel = new Map<string, string[]>();
  for (const word of words) {
    const [label, value] = labelOf(word);
    byLabel.set(label, [...(byLabel.get(label) ?? []), value]);
  }
  return [...byLabel].map(([label, values]) => ({ label, values }));
}

/** The same as people write it: `bucket=a bucket=b*`. */
export function matchersText(
  matchers: readonly { readonly label: string; readonly values: readonly string[] }[],
): string {
  return matchers.flatMap(({ label, values }) => values.map((value) => `${label}=${value}`)).join(' ');
}
