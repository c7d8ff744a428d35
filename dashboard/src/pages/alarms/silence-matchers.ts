import type { Alarm, AlarmMatcher } from '../../lib/alarm-row.ts';

/** One line of the form: the label is this value. Lines of the same label are alternatives. */
export interface MatcherLine {
  readonly label: string;
  readonly value: string;
}

/** What a silence is matched against. */
export type Labelled = Pick<Alarm, 'alarm' | 'severity' | 'labels'>;

/** Lines that fit the alarm, and of other alarms only those of its definition with the same labels. */
export function linesOf(alarm: Labelled & Pick<Alarm, 'definition'>): readonly MatcherLine[] {
  const { definition, labels } = alarm;
  const own = { label: 'alarm', value: alarm.alarm === definition ? definition : `${definition}{*` };
  // A leading `!` would exclude what it is the value of.
  const lines = Object.entries(labels).map(([label, value]) => ({ label, value: value.replace(/^!/, '*') }));
  return [own, ...lines.filter(({ value }) => value !== '')];
}

/** What the lines ask for, in their order; lines without a label or a value are left out. */
export function matchersOf(lines: readonly MatcherLine[]): readonly AlarmMatcher[] {
  const values = new Map<string, string[]>();
  for (const line of lines) {
    const label = line.label.trim();
    if (label === '' || line.value === '') continue;
    values.set(label, [...(values.get(label) ?? []), line.value]);
  }
  return [...values].map(([label, each]) => ({ label, values: each }));
}

/**
 * True when every matcher fits: one of its values does, and none that is excluded. `severity` and `alarm`, the id, are
 * labels too; one that is not there is empty.
 */
export function isFitting(matchers: readonly AlarmMatcher[], { alarm, severity, labels }: Labelled): boolean {
  const all = new Map(Object.entries({ ...labels, alarm, severity }));
  return matchers.every(({ label, values }) => {
    const value = all.get(label) ?? '';
    const excluded = values.filter((pattern) => pattern.startsWith('!')).map((pattern) => pattern.slice(1));
    const wanted = values.filter((pattern) => !pattern.startsWith('!'));
    const isWanted = wanted.length === 0 || wanted.some((pattern) => isLike(pattern, value));
    return isWanted && !excluded.some((pattern) => isLike(pattern, value));
  });
}

/** `*` stands for anything. Two pointers instead of a regular expression: patterns are anybody's. */
function isLike(pattern: string, value: string): boolean {
  const [head = '', ...parts] = pattern.split('*');
  if (parts.length === 0) return pattern === value;
  const tail = parts.pop() ?? '';
  if (!value.startsWith(head) || value.length < head.length + tail.length || !value.endsWith(tail))
    return false;
  const end = value.length - tail.length;
  let from = head.length;
  for (const part of parts) {
    const at = value.indexOf(part, from);
    if (at < 0 || at + part.length > end) return false;
    from = at + part.length;
  }
  return true;
}

/** The values in words: `media* or logs, but not media-old`. */
export function valuesText(values: AlarmMatcher['values']): string {
  const excluded = values.filter((value) => value.startsWith('!')).map((value) => value.slice(1));
  const wanted = values.filter((value) => !value.startsWith('!')).join(' or ');
  if (excluded.length === 0) return wanted;
  const not = `not ${excluded.join(' and not ')}`;
  return wanted === '' ? not : `${wanted}, but ${not}`;
}
