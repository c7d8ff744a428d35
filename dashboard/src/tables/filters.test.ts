import { expect, test } from 'vitest';
import { conditionOf, filterForValue, filterTextOf, relationOf } from './filters.ts';

test.each([
  ['404', { isNegated: false, text: '404' }, 'is'],
  ['!404', { isNegated: true, text: '404' }, 'is not'],
  ['4xx', { isNegated: false, text: '4xx' }, 'is like'],
  ['!logs/*', { isNegated: true, text: 'logs/*' }, 'is not like'],
  ['-', { isNegated: false, text: '' }, 'has no value'],
  ['!-', { isNegated: true, text: '' }, 'has a value'],
])(
  'conditionOf(%j) reads it as the API does, and filterTextOf() writes it back',
  (text, condition, words) => {
    expect(conditionOf(text)).toEqual(condition);
    expect(filterTextOf(condition)).toBe(text);
    expect(relationOf(condition)).toBe(words);
  },
);

test('filterForValue() asks for no value as -, and never turns a value into a negation', () => {
  expect(filterForValue('', true)).toBe('-');
  expect(filterForValue('', false)).toBe('!-');
  expect(filterForValue('!odd', true)).toBe('*odd');
  expect(filterForValue('!odd', false)).toBe('!*odd');
});
