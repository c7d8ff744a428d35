/** The identity of an alarm: its definition and its labels, as one text. */
import type { Labels } from './alarm.ts';

/** What an id of a definition looks like; so it never runs into the labels. */
export const DEFINITION_ID = /^[A-Za-z0-9][A-Za-z0-9_./-]{0,199}$/;

const PLAIN_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * The id of the alarm of these labels: the same whatever their order, another for any other labels or definition.
 *
 * @example
 * alarmId('replication-failed', { rule: 'all "new"', bucket: 'a' });
 * // replication-failed{bucket="a",rule="all \"new\""}
 */
export function alarmId(definition: string, labels: Labels): string {
  const pairs = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
  if (pairs.length === 0) return definition;
  const texts = pairs.map(
    ([name, value]) => `${PLAIN_NAME.test(name) ? name : JSON.stringify(name)}=${JSON.stringify(value)}`,
  );
  return `${definition}{${texts.join(',')}}`;
}

/**
 * The labels that an id of an alarm has, which are those of its series. Of a text that is none, what can be read.
 *
 * @example
 * labelsOfId('replication-failed{bucket="a"}'); // { bucket: 'a' }
 */
export function labelsOfId(id: string): Labels {
  const begin = id.indexOf('{');
  if (begin === -1) return {};
  const pairs = id.slice(begin + 1, -1).matchAll(PAIR);
  return Object.fromEntries(
    [...pairs].map(([, name = '', value = '""']) => [unquoted(name), unquoted(value)]),
  );
}

const PAIR = /([A-Za-z_][A-Za-z0-9_]*|"(?:[^"\\]|\\.)*")=("(?:[^"\\]|\\.)*"),?/gy;

function unquoted(text: string): string {
  return text.startsWith('"') ? String(JSON.parse(text)) : text;
}
