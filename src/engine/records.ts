import type { FileLoad } from './engine.ts';

/** Records of the load that a parse before left in `table`, in an order that is the same every time. */
export function recordsOfTable(table: string, load: FileLoad): string {
  const ids = load.files.map((name) => `toUInt64(${/^\d+/.exec(name)?.[0] ?? '0'})`);
  return `select batch_id, line_number, line from ${table}
  where batch_id in (${ids.join(', ')})
  order by batch_id, line_number`;
}
