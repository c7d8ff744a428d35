import { expect, test } from 'vitest';
import { csvOf } from './export.ts';

test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '\n=1'])(
  'csvOf() makes text of %j, which a spreadsheet would run',
  (key) => {
    const [, line = ''] = csvOf([{ key }]).split('\r\n');
    expect(line.replace(/^"/, '').startsWith(`'${key.slice(0, 1)}`)).toBe(true);
  },
);

test('csvOf() leaves numbers as they are and quotes what holds commas, quotes and line ends', () => {
  expect(csvOf([{ bytes: -1, text: 'a "b", c\nd', none: null }])).toBe(
    'bytes,text,none\r\n-1,"a ""b"", c\nd",\r\n',
  );
});

test('csvOf() has the columns of all rows', () => {
  expect(csvOf([{ a: 1 }, { a: 2, b: true }])).toBe('a,b\r\n1,\r\n2,true\r\n');
});
