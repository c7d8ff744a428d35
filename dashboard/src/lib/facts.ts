import { parseTime } from './format.ts';

/** A row of the API under its columns' own names. */
export type FactRow = Readonly<Record<string, unknown>>;

/** A value as text, the way it is shown, filtered by and exported; empty for what is absent. */
export function fieldText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return JSON.stringify(value);
}

/** A column of a row as a number, null when it has none. */
export function numberField(row: FactRow, column: string): number | null {
  const value = row[column];
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || value === '') return null;
  const parsed = Number(value);
  return Number.isNaN(parsed) ? null : parsed;
}

/**
 * A name for each row that stays the same when rows are added before it. One request can leave several
 * records (a batch delete leaves one a key): the second and further get a counter.
 */
export function rowIds(rows: readonly FactRow[], column: string): readonly string[] {
  const seen = new Map<string, number>();
  return rows.map((row) => {
    const id = fieldText(row[column]);
    const count = (seen.get(id) ?? 0) + 1;
    seen.set(id, count);
    return count === 1 ? id : `${id}~${count}`;
  });
}

/** The id that a row's name was made from. */
export function idOfRow(name: string): string {
  return name.replace(/~\d+$/, '');
}

/** True for columns that hold a moment. */
export function isTime(column: string, value: unknown): boolean {
  return /(?:^|_)(?:time|at|event|checked|loaded)$/.test(column) && parseTime(value) !== null;
}
