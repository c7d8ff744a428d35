/** Whether labels are the ones meant. */
import type { Transition } from './book.ts';
import type { Matcher } from './rules.ts';

type Labelled = Pick<Transition, 'alarm' | 'severity' | 'labels'>;

/** Labels of an alarm, with its severity and its id under `severity` and `alarm`. */
export function labelsOf({ alarm, severity, labels }: Labelled): Readonly<Record<string, string>> {
  return { ...labels, severity, alarm };
}

/** Whether all of them fit; a label that is not there has an empty value. */
export function fits(matchers: readonly Matcher[], labelled: Labelled): boolean {
  const labels = labelsOf(labelled);
  return matchers.every(({ label, values }) => fitsOne(values, labels[label] ?? ''));
}

function fitsOne(patterns: readonly string[], value: string): boolean {
  const excluded = patterns.filter((pattern) => pattern.startsWith('!'));
  const included = patterns.filter((pattern) => !pattern.startsWith('!'));
  if (excluded.some((pattern) => isLike(pattern.slice(1), value))) return false;
  return included.length === 0 || included.some((pattern) => isLike(pattern, value));
}

/** `*` stands for anything. Takes a time that grows with pattern times value at most. */
function isLike(pattern: string, value: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  if (rest.length === 0) return value === pattern;
  const last = rest.pop() ?? '';
  if (!value.startsWith(first) || !value.endsWith(last)) return false;
  let at = first.length;
  for (const piece of rest) {
    const found = value.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return at <= value.length - last.length;
}
