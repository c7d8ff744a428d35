import type { FileLoad, RowEncoding, RowLayout } from './engine.ts';

/** Records of the load that a parse before left in `table`, in an order that is the same every time. */
export function recordsOfTable(table: string, load: FileLoad): string {
  const ids = load.files.map((name) => `toUInt64(${batchIdOf(name)})`);
  return `select batch_id, line_number, line from ${table}
  where batch_id in (${ids.join(', ')})
  order by batch_id, line_number`;
}

/** What a row encoding is called by the engine. */
export const ENCODINGS: Readonly<Record<RowEncoding, string>> = {
  csv: 'CSV',
  parquet: 'Parquet',
  orc: 'ORC',
};

/**
 * Settings with which a file of rows reads. A short row has nulls, a long one is cut: what is in them the SELECT judges.
 * What comes first in the file is row 1, and it is never a header.
 */
export const ROW_SETTINGS: Readonly<Record<string, number>> = {
  input_format_csv_allow_variable_number_of_columns: 1,
  input_format_csv_detect_header: 0,
  input_format_parquet_allow_missing_columns: 1,
  input_format_orc_allow_missing_columns: 1,
  input_format_parquet_preserve_order: 1,
};

/**
 * Rows of a file of rows that are stored at a time, or what the engine reads in one piece when that is more: 65,409 of Parquet,
 * 100,000 of ORC. Rows are wide, and all that is made of them is in memory at once.
 */
export const ROWS_AT_ONCE = 65_000;

/** The columns of the file as the engine is told them. */
export function rowStructure(rows: RowLayout): string {
  return fileColumns(rows)
    .map((name) => `${name} Nullable(String)`)
    .join(', ');
}

/** Records of a file of rows; `reader` is what gives its columns. Rows are counted as they come: one thread has to read them. */
export function recordsOfRows(load: FileLoad, rows: RowLayout, reader: string): string {
  const present = new Set(fileColumns(rows));
  const columns = rows.columns.map((name) =>
    present.has(name) ? name : `cast(null as Nullable(String)) as ${name}`,
  );
  return `select toUInt64(${batchIdOf(load.files[0] ?? '')}) as batch_id, rowNumberInAllBlocks() + 1 as line_number,
    ${columns.join(', ')}
  from ${reader}`;
}

/** Reads a file of rows to its end and keeps nothing. */
export function rowCheck(records: string): string {
  return `insert into function null('is_read UInt8') select ignore(*) from (${records})`;
}

/** Names of ours alone get here; a column of CSV that is not read gets one by its place. */
function fileColumns({ encoding, columns, order }: RowLayout): readonly string[] {
  for (const name of columns) if (!/^[a-z_]+$/.test(name)) throw new Error(`not a column: ${name}`);
  if (encoding !== 'csv') return columns;
  if (order === undefined) throw new Error('CSV without the order of its columns');
  return order.map((name, index) =>
    columns.includes(name) && order.indexOf(name) === index ? name : `unread_${index + 1}`,
  );
}

function batchIdOf(file: string): string {
  return /^\d+/.exec(file)?.[0] ?? '0';
}
