import { fieldText, type FactRow } from '../lib/facts.ts';

/** A spreadsheet runs a cell that begins like this; the apostrophe makes it text. */
const FORMULA_START = /^[=+\-@\t\r\n]/;

function csvCell(value: unknown): string {
  const text = fieldText(value);
  const safe = typeof value === 'string' && FORMULA_START.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** RFC 4180 with a header; columns in the order in which the rows first name them. */
export function csvOf(rows: readonly FactRow[]): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const lines = rows.map((row) => columns.map((column) => csvCell(row[column])).join(','));
  return [columns.join(','), ...lines, ''].join('\r\n');
}

/** Hands text to the reader as a file. */
export function saveFile(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
