/** Whether labels are the ones meant. */
import type { Transition } from './book.ts';
import type { Matcher } from './rules.ts';

export type Labelled = Pick<Transition, 'alarm' | 'severity' | 'labels'>;

/** The value of a label; `severity` and `alarm`, its id, are labels too. Empty when it is not there. */
export function labelOf({ alarm, severity, labels }: Labelled, label: string): string {
  if (label === 'severity') return severity;
  if (label === 'alarm') return alarm;
  return Object.hasOwn(labels, label) ? (labels[label] ?? '') : '';
}

/** Whether all of them fit; a label that is not there has an empty value. */
export function fits(matchers: readonly Matcher[], labelled: Labelled): boolean {
  return matchers.every(({ label, values }) => fitsOne(values, labelOf(labelled, label)));
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
