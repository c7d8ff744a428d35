import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { Fault } from '../lib/fault.ts';
import type { Expression } from './expression.ts';
import { parseExpression } from './parse-expression.ts';

/** The expression with all its parentheses. */
function shown(expression: Expression): string {
  switch (expression.kind) {
    case 'number':
      return String(expression.value);
    case 'reference': {
      const labels = Object.entries(expression.where).map(
        ([name, value]) => `${name}=${JSON.stringify(value)}`,
      );
      const name = labels.length === 0 ? expression.name : `${expression.name}{${labels.join(',')}}`;
      return expression.statistic === undefined ? name : `stat(${expression.statistic}, ${name})`;
    }
    case 'operation':
      return `(${shown(expression.left)} ${expression.operator} ${shown(expression.right)})`;
    case 'rate':
      return `rate(${shown(expression.of)})`;
    case 'fill':
      return `fill(${shown(expression.of)}, ${expression.value})`;
    case 'band':
      return `band(${shown(expression.of)}, ${expression.width})`;
  }
}

describe('parseExpression()', () => {
  test.each([
    ['A', 'A'],
    ['A-B', '(A - B)'],
    ['A - B - C', '((A - B) - C)'],
    ['A + B * C / 2', '(A + ((B * C) / 2))'],
    ['(A + B) * 1.5e3', '((A + B) * 1500)'],
    ['-A * 2', '((0 - A) * 2)'],
    ['4xxErrors / 100', '(4xxErrors / 100)'],
    ['A{bucket="a \\"b\\" \\\\",key="x"}', 'A{bucket="a \\"b\\" \\\\",key="x"}'],
    ['A{bucket="x",}', 'A{bucket="x"}'],
    ['"Our Backups"{"My System"="x"}', 'Our Backups{My System="x"}'],
    ['stat(p99.9, A{b="c"})', 'stat(p99.9, A{b="c"})'],
    ['rate(A + B)', 'rate((A + B))'],
    ['fill(A, -1)\n+ B', '(fill(A, -1) + B)'],
    ['band(rate(A), 2.5)', 'band(rate(A), 2.5)'],
    ['rate', 'rate'],
  ])('reads %s', (text, expected) => {
    expect(shown(parseExpression(text))).toBe(expected);
  });

  test.each([
    ['', 1, 1, 'a metric, a number, a function or (, got the end'],
    ['A +', 1, 4, 'got the end'],
    ['A B', 1, 3, 'an operator or the end, got "B"'],
    ['A\n+ $', 2, 3, '"$" is no part of one'],
    ['sum(A)', 1, 1, 'one of stat, rate, fill, band before (, got "sum"'],
    ['A{bucket=x}', 1, 10, 'a value in double quotes, got "x"'],
    ['A{bucket="x"', 1, 13, 'got the end'],
    ['fill(A)', 1, 7, 'it needs ,, got ")"'],
    ['1 + band(A, 3)', 1, 5, 'band(...) around the whole'],
    ['band(A, 3) * 2', 1, 12, 'an operator or the end'],
    ['band(A, 0)', 1, 9, 'above 0'],
    [`${'('.repeat(60)}A`, 1, 51, 'nested too deeply'],
  ])('says where %j goes wrong', (text, line, column, what) => {
    expect(() => parseExpression(text)).toThrow(`at line ${line}, column ${column}: `);
    expect(() => parseExpression(text)).toThrow(what);
  });

  test('refuses a text that is too long', () => {
    expect(() => parseExpression('A'.repeat(4001))).toThrow('4000 characters');
  });

  test('throws nothing but faults', () => {
    const word = fc.constantFrom(
      'A',
      '(',
      ')',
      '+',
      '-',
      '1',
      '{',
      '}',
      '=',
      ',',
      '"x"',
      'rate',
      'band',
      ' ',
      '\n',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(word).map((words) => words.join('')),
        ),
        (text) => {
          try {
            parseExpression(text);
          } catch (error) {
            expect(error).toBeInstanceOf(Fault);
          }
        },
      ),
    );
  });
});
