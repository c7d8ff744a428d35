/** Reads expressions over metrics. */
import { Fault } from '../lib/fault.ts';
import type { Expression, Operator, Place } from './expression.ts';

interface Token {
  readonly kind: 'number' | 'word' | 'quoted' | 'mark';
  readonly text: string;
  readonly at: number;
}

interface Cursor {
  readonly text: string;
  readonly tokens: readonly Token[];
  at: number;
  depth: number;
}

const CHARACTERS_MAX = 4_000;
const DEPTH_MAX = 50;
const TOKEN =
  /\s*(?:(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![A-Za-z0-9_.]))|([A-Za-z0-9_][A-Za-z0-9_.]*)|("(?:[^"\\]|\\["\\])*")|([()+\-*/{}=,])|(\S))/gy;
const FUNCTIONS = ['stat', 'rate', 'fill', 'band'];

/**
 * Reads an expression: `+ - * /`, parentheses, numbers, `Name{label="value"}`, `stat(p99, Name)`, `rate(x)`,
 * `fill(x, 0)`, and as the whole `band(x, 3)`. A name or label of other characters stands in double quotes. Throws
 * `invalid` with line and column of what is wrong.
 *
 * @example
 * parseExpression('5xxErrors{bucket="media"} / AllRequests * 100');
 */
export function parseExpression(text: string): Expression {
  if (text.length > CHARACTERS_MAX)
    throw new Fault(
      'invalid',
      `Cannot read the metric: it may have ${CHARACTERS_MAX} characters, got ${text.length}.`,
    );
  const cursor: Cursor = { text, tokens: tokensOf(text), at: 0, depth: 0 };
  const expression = next(cursor)?.text === 'band' ? band(cursor) : sum(cursor);
  if (cursor.at < cursor.tokens.length) throw unexpected(cursor, 'an operator or the end');
  return expression;
}

/** The metrics of an expression as they are referred to, in their order. */
export function referencesOf(expression: Expression): Extract<Expression, { kind: 'reference' }>[] {
  switch (expression.kind) {
    case 'number':
      return [];
    case 'reference':
      return [expression];
    case 'operation':
      return [...referencesOf(expression.left), ...referencesOf(expression.right)];
    case 'rate':
    case 'fill':
    case 'band':
      return referencesOf(expression.of);
  }
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  for (const match of text.matchAll(TOKEN)) {
    const [whole, number, word, quoted, mark, stray] = match;
    const found = number ?? word ?? quoted ?? mark ?? stray ?? '';
    const at = match.index + whole.length - found.length;
    if (stray !== undefined) throw mistake(text, at, `"${stray}" is no part of one`);
    if (quoted !== undefined)
      tokens.push({ kind: 'quoted', text: quoted.slice(1, -1).replace(/\\(.)/g, '$1'), at });
    else {
      const kind = number === undefined ? (word === undefined ? 'mark' : 'word') : 'number';
      tokens.push({ kind, text: found, at });
    }
  }
  return tokens;
}

function sum(cursor: Cursor): Expression {
  return chain(cursor, ['+', '-'], product);
}

function product(cursor: Cursor): Expression {
  return chain(cursor, ['*', '/'], single);
}

function chain(
  cursor: Cursor,
  operators: readonly Operator[],
  part: (cursor: Cursor) => Expression,
): Expression {
  let left = part(cursor);
  for (;;) {
    const place = placeOf(cursor);
    const operator = operators.find((one) => takes(cursor, one));
    if (operator === undefined) return left;
    left = { kind: 'operation', operator, left, right: part(cursor), place };
  }
}

function single(cursor: Cursor): Expression {
  const place = placeOf(cursor);
  const token = next(cursor);
  if (token === undefined) throw unexpected(cursor, 'a metric, a number, a function or (');
  cursor.depth += 1;
  if (cursor.depth > DEPTH_MAX) throw mistake(cursor.text, token.at, 'it is nested too deeply');
  const found = inner(cursor, token, place);
  cursor.depth -= 1;
  return found;
}

function inner(cursor: Cursor, token: Token, place: Place): Expression {
  if (takes(cursor, '-'))
    return {
      kind: 'operation',
      operator: '-',
      left: { kind: 'number', value: 0, place },
      right: single(cursor),
      place,
    };
  if (takes(cursor, '(')) {
    const found = sum(cursor);
    needs(cursor, ')');
    return found;
  }
  if (token.kind === 'number') {
    cursor.at += 1;
    return { kind: 'number', value: Number(token.text), place };
  }
  const isCall = token.kind === 'word' && cursor.tokens[cursor.at + 1]?.text === '(';
  return isCall ? call(cursor, token.text, place) : reference(cursor);
}

function call(cursor: Cursor, name: string, place: Place): Expression {
  if (!FUNCTIONS.includes(name)) throw unexpected(cursor, `one of ${FUNCTIONS.join(', ')} before (`);
  if (name === 'band') throw unexpected(cursor, 'band(...) around the whole');
  cursor.at += 2;
  if (name === 'stat') return stat(cursor, place);
  const of = sum(cursor);
  if (name === 'rate') {
    needs(cursor, ')');
    return { kind: 'rate', of, place };
  }
  needs(cursor, ',');
  const value = number(cursor);
  needs(cursor, ')');
  return { kind: 'fill', of, value, place };
}

function stat(cursor: Cursor, place: Place): Expression {
  const statistic = next(cursor);
  if (statistic?.kind !== 'word') throw unexpected(cursor, 'a statistic');
  cursor.at += 1;
  needs(cursor, ',');
  const of = reference(cursor);
  needs(cursor, ')');
  return { ...of, statistic: statistic.text, place };
}

function band(cursor: Cursor): Expression {
  const place = placeOf(cursor);
  cursor.at += 1;
  needs(cursor, '(');
  const of = sum(cursor);
  needs(cursor, ',');
  const at = next(cursor)?.at ?? 0;
  const width = number(cursor);
  if (width <= 0) throw mistake(cursor.text, at, 'the width of a band is above 0');
  needs(cursor, ')');
  return { kind: 'band', of, width, place };
}

function reference(cursor: Cursor): Extract<Expression, { kind: 'reference' }> {
  const place = placeOf(cursor);
  const token = next(cursor);
  if (token === undefined || token.kind === 'mark' || token.kind === 'number')
    throw unexpected(cursor, 'a metric, a number, a function or (');
  cursor.at += 1;
  return { kind: 'reference', name: token.text, where: takes(cursor, '{') ? labels(cursor) : {}, place };
}

function labels(cursor: Cursor): Record<string, string> {
  const where: Record<string, string> = {};
  while (!takes(cursor, '}')) {
    const name = next(cursor);
    if (name === undefined || name.kind === 'mark') throw unexpected(cursor, 'a label or }');
    cursor.at += 1;
    needs(cursor, '=');
    const value = next(cursor);
    if (value?.kind !== 'quoted') throw unexpected(cursor, 'a value in double quotes');
    cursor.at += 1;
    where[name.text] = value.text;
    if (next(cursor)?.text !== '}') needs(cursor, ',');
  }
  return where;
}

function number(cursor: Cursor): number {
  const isNegative = takes(cursor, '-');
  const token = next(cursor);
  if (token?.kind !== 'number') throw unexpected(cursor, 'a number');
  cursor.at += 1;
  return isNegative ? -Number(token.text) : Number(token.text);
}

function next(cursor: Cursor): Token | undefined {
  return cursor.tokens[cursor.at];
}

function takes(cursor: Cursor, text: string): boolean {
  const token = next(cursor);
  if (token?.kind !== 'mark' || token.text !== text) return false;
  cursor.at += 1;
  return true;
}

function needs(cursor: Cursor, text: string): void {
  if (!takes(cursor, text)) throw unexpected(cursor, text);
}

function placeOf(cursor: Cursor): Place {
  return lineOf(cursor.text, next(cursor)?.at ?? cursor.text.length);
}

function lineOf(text: string, at: number): Place {
  const before = text.slice(0, at).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

function unexpected(cursor: Cursor, wanted: string): Fault {
  const token = next(cursor);
  const got = token === undefined ? 'the end' : `"${token.text}"`;
  return mistake(cursor.text, token?.at ?? cursor.text.length, `it needs ${wanted}, got ${got}`);
}

function mistake(text: string, at: number, what: string): Fault {
  return faultAt(lineOf(text, at), what);
}

export function faultAt({ line, column }: Place, what: string): Fault {
  return new Fault('invalid', `Cannot read the metric at line ${line}, column ${column}: ${what}.`);
}
