/** The inserts with which a cluster loads what `frames.ts` sends it. */
import { ONE_BLOCK, STRETCH_ROWS } from './cluster-settings.ts';
import type { FileLoad, Parse, RowLayout } from './engine.ts';
import { ENCODINGS, ROWS_AT_ONCE, recordsOfRows, recordsOfTable, rowCheck, rowStructure } from './records.ts';

/** One parse of the load as an insert: of what `framesOf` sends, or of what a parse before left in a table. */
export function loadStatement(load: FileLoad, parse: Parse): string {
  const insertOf = (records: string): string =>
    `insert into ${load.table} ${parse.select.replace('{records}', () => `(${records})`)}`;
  if (parse.from !== undefined) return insertOf(recordsOfTable(parse.from, load));
  if (load.rows !== undefined) {
    return `${insertOf(recordsOfInput(load, load.rows))} format ${ENCODINGS[load.rows.encoding]}`;
  }
  const bodies = `input('batch_id UInt64, first_line UInt64, body String')`;
  const records =
    load.unit === 'document'
      ? `select batch_id, first_line as line_number, body as line from ${bodies}`
      : `select batch_id, line_number, line from (
        select batch_id, first_line, splitByChar('\\n', body) as lines from ${bodies}
      ) array join
        arrayMap(piece -> trimRight(piece, '\\r'), lines) as line,
        arrayMap(index -> first_line + index - 1, arrayEnumerate(lines)) as line_number
      where trimBoth(line) != ''`;
  return `${insertOf(records)} format RowBinary`;
}

function recordsOfInput(load: FileLoad, rows: RowLayout): string {
  return recordsOfRows(load, rows, `input('${rowStructure(rows)}')`);
}

/** Reads a file of rows to its end, stores nothing. */
export function checkStatement(load: FileLoad, rows: RowLayout): string {
  return `${rowCheck(recordsOfInput(load, rows))} format ${ENCODINGS[rows.encoding]}`;
}

/** Rows that are inserted at a time. */
export function blockRows(load: FileLoad): number {
  if (load.rows !== undefined) return ROWS_AT_ONCE;
  return load.large ? STRETCH_ROWS : ONE_BLOCK;
}
