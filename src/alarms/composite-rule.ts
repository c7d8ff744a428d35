/** Rules over the states of other alarms, as CloudWatch writes them. */
import { Fault } from '../lib/fault.ts';
import type { AlarmState } from './alarm.ts';

export type CompositeExpression =
  /** An alarm, or all of a definition, is in this state. */
  | { readonly kind: 'state'; readonly state: AlarmState; readonly of: string }
  | { readonly kind: 'constant'; readonly value: boolean }
  | { readonly kind: 'not'; readonly of: CompositeExpression }
  | { readonly kind: 'and' | 'or'; readonly of: readonly CompositeExpression[] };

interface Token {
  readonly kind: 'word' | 'quoted' | 'mark';
  readonly text: string;
  /** Of its first character, from 1. */
  readonly place: number;
}

interface Cursor {
  readonly rule: string;
  readonly tokens: readonly Token[];
  at: number;
}

const CHARACTERS_MAX = 10_240;
/** Tokens; each step inwards takes one, so this limits the depth as well. */
const TOKENS_MAX = 2000;
const STATE_WORDS = ['ALARM', 'OK', 'INSUFFICIENT_DATA'] as const satisfies readonly AlarmState[];

/**
 * Reads a rule. `NOT` binds closer than `AND`, and `AND` closer than `OR`; ids with other characters than letters,
 * digits and `_-./` stand in double quotes, with `\"` and `\\` in them. Throws `invalid` with the place of what is wrong.
 *
 * @example
 * parseCompositeRule('ALARM(failed) AND NOT OK("canary{bucket=\\"a\\"}")');
 */
export function parseCompositeRule(rule: string): CompositeExpression {
  const tokens = tokensOf(rule);
  const cursor: Cursor = { rule, tokens, at: 0 };
  const expression = either(cursor);
  if (cursor.at < tokens.length) throw unexpected(cursor, 'AND, OR or the end');
  return expression;
}

/** The ids a rule names, each once, in its order. */
export function referencesOf(expression: CompositeExpression): string[] {
  switch (expression.kind) {
    case 'state':
      return [expression.of];
    case 'constant':
      return [];
    case 'not':
      return referencesOf(expression.of);
    case 'and':
    case 'or':
      return [...new Set(expression.of.flatMap(referencesOf))];
  }
}

/** Whether the rule holds; nothing when that hangs on an alarm whose state is not known. */
export function holds(
  expression: CompositeExpression,
  stateOf: (id: string) => AlarmState | undefined,
): boolean | undefined {
  switch (expression.kind) {
    case 'state': {
      const state = stateOf(expression.of);
      return state === undefined ? undefined : state === expression.state;
    }
    case 'constant':
      return expression.value;
    case 'not': {
      const inner = holds(expression.of, stateOf);
      return inner === undefined ? undefined : !inner;
    }
    case 'and':
    case 'or': {
      const decisive = expression.kind === 'or';
      const values = expression.of.map((part) => holds(part, stateOf));
      if (values.includes(decisive)) return decisive;
      return values.includes(undefined) ? undefined : !decisive;
    }
  }
}

function tokensOf(rule: string): Token[] {
  if (rule.length > CHARACTERS_MAX) {
    throw new Fault(
      'invalid',
      `Cannot read the composite rule: it may have ${CHARACTERS_MAX} characters, got ${rule.length}.`,
    );
  }
  const tokens: Token[] = [];
  const pattern = /\s*(?:([A-Za-z0-9_./-]+)|("(?:[^"\\]|\\["\\])*")|([()])|(\S))/gy;
  for (const match of rule.matchAll(pattern)) {
    const [whole, word, quoted, mark, stray] = match;
    const text = word ?? quoted ?? mark ?? stray ?? '';
    const place = match.index + whole.length - text.length + 1;
    if (stray !== undefined)
      throw new Fault(
        'invalid',
        `Cannot read the composite rule: "${stray}" at character ${place} is no part of one, got "${rule}".`,
      );
    if (quoted === undefined) tokens.push({ kind: word === undefined ? 'mark' : 'word', text, place });
    else tokens.push({ kind: 'quoted', text: quoted.slice(1, -1).replace(/\\(.)/g, '$1'), place });
  }
  if (tokens.length > TOKENS_MAX)
    throw new Fault(
      'invalid',
      `Cannot read the composite rule: it may have ${TOKENS_MAX} parts, got ${tokens.length}.`,
    );
  return tokens;
}

function either(cursor: Cursor): CompositeExpression {
  return joined(cursor, 'OR', (inner) => joined(inner, 'AND', single));
}

function joined(
  cursor: Cursor,
  word: 'AND' | 'OR',
  part: (cursor: Cursor) => CompositeExpression,
): CompositeExpression {
  const first = part(cursor);
  const parts = [first];
  while (takes(cursor, word)) parts.push(part(cursor));
  return parts.length === 1 ? first : { kind: word === 'AND' ? 'and' : 'or', of: parts };
}

function single(cursor: Cursor): CompositeExpression {
  if (takes(cursor, 'NOT')) return { kind: 'not', of: single(cursor) };
  if (takes(cursor, '(')) {
    const inner = either(cursor);
    if (!takes(cursor, ')')) throw unexpected(cursor, ')');
    return inner;
  }
  if (takes(cursor, 'TRUE')) return { kind: 'constant', value: true };
  if (takes(cursor, 'FALSE')) return { kind: 'constant', value: false };
  const state = STATE_WORDS.find((word) => takes(cursor, word));
  if (state === undefined) throw unexpected(cursor, 'ALARM(...), OK(...), INSUFFICIENT_DATA(...), NOT or (');
  if (!takes(cursor, '(')) throw unexpected(cursor, '(');
  const id = cursor.tokens[cursor.at];
  if (id === undefined || id.kind === 'mark' || id.text === '')
    throw unexpected(cursor, 'the id of an alarm');
  cursor.at += 1;
  if (!takes(cursor, ')')) throw unexpected(cursor, ')');
  return { kind: 'state', state, of: id.text };
}

function takes(cursor: Cursor, text: string): boolean {
  const token = cursor.tokens[cursor.at];
  if (token === undefined || token.kind === 'quoted' || token.text !== text) return false;
  cursor.at += 1;
  return true;
}

function unexpected({ rule, tokens, at }: Cursor, wanted: string): Fault {
  const token = tokens[at];
  const got = token === undefined ? 'the end' : `"${token.text}" at character ${token.place}`;
  return new Fault('invalid', `Cannot read the composite rule: it needs ${wanted}, got ${got} of "${rule}".`);
}
