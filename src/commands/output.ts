/** Rows as a table for people, JSON lines or CSV for programs. Text from outside never reaches the terminal raw. */

// oxlint-disable-next-line no-control-regex -- these are the characters this is about
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Control and direction characters made visible, e.g. an escape as `\x1b`. */
export function visible(text: string): string {
  return text.replace(UNSAFE, (character) => {
    const code = character.charCodeAt(0);
    return code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16)}`;
  });
}

type Row = Readonly<Record<string, unknown>>;

/** A table with a heading; cells longer than `width` are cut in the middle. */
export function tableText(rows: readonly Row[], columns: readonly string[], width = 48): string {
  const cells = rows.map((row) => columns.map((column) => cut(cellText(row[column]), width)));
  const widths = columns.map((column, index) =>
    Math.max(column.length, ...cells.map((line) => (line[index] ?? '').length)),
  );
  const isNumeric = columns.map(
    (column) =>
      rows.length > 0 && rows.every((row) => row[column] === null || typeof row[column] === 'number'),
  );
  const line = (values: readonly string[]): string =>
    values
      .map((value, index) =>
        isNumeric[index] === true ? value.padStart(widths[index] ?? 0) : value.padEnd(widths[index] ?? 0),
      )
      .join('  ')
      .trimEnd();
  return [line(columns), ...cells.map(line)].join('\n');
}

export function jsonLines(rows: readonly object[]): string {
  return rows.map((row) => JSON.stringify(row)).join('\n');
}

/** CSV as RFC 4180 has it, with a heading. */
export function csvText(rows: readonly Row[], columns: readonly string[]): string {
  const field = (value: unknown): string => {
    const text = plainText(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [
    columns.join(','),
    ...rows.map((row) => columns.map((column) => field(row[column])).join(',')),
  ].join('\r\n');
}

function cellText(value: unknown): string {
  if (typeof value === 'number') return value.toLocaleString('en-US');
  return visible(plainText(value));
}

function plainText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value;
  return JSON.stringify(value);
}

function cut(text: string, width: number): string {
  if (text.length <= width) return text;
  const half = Math.floor((width - 1) / 2);
  return `${text.slice(0, width - 1 - half)}…${text.slice(text.length - half)}`;
}

export { bytesText } from '../lib/size-text.ts';

export function countText(count: number): string {
  return count.toLocaleString('en-US');
}

/** A time to the minute, `2026-11-21T01:30Z`; empty when there is none. */
export function minuteText(time: string | null): string {
  return time === null ? '' : `${time.slice(0, 16)}Z`;
}

export type RowForm = 'table' | 'json' | 'csv';

/** Rows in the form asked for: JSON and CSV with all there is, a table with `columns`, or `empty`. */
export function printRows(
  rows: readonly Row[],
  as: {
    readonly form: RowForm;
    readonly columns: readonly string[];
    readonly empty: string;
    /** Of a cell of the table, at most. */
    readonly width?: number;
  },
): void {
  if (as.form === 'json') print(jsonLines(rows));
  else if (as.form === 'csv') print(csvText(rows, Object.keys(rows[0] ?? {})));
  else print(rows.length === 0 ? as.empty : tableText(rows, as.columns, as.width));
}

export function print(text: string): void {
  if (text !== '') process.stdout.write(`${text}\n`);
}
