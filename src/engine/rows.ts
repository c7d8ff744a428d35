/** Rows from the engine's JSONEachRow text. An integer that a JavaScript number cannot hold exactly stays a string. */
export function parseRows<Row>(text: string): Row[] {
  const rows: Row[] = [];
  for (const line of text.split('\n')) {
    if (line !== '') rows.push(parseRow<Row>(line));
  }
  return rows;
}

const LONG_INTEGER = /[:[,]-?\d{16,}[,}\]]/;

function parseRow<Row>(line: string): Row {
  if (!LONG_INTEGER.test(line)) return JSON.parse(line) as Row;
  return JSON.parse(line, keepExact as (key: string, value: unknown) => unknown) as Row;
}

function keepExact(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  const isRounded = typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value);
  return isRounded && context?.source !== undefined ? context.source : value;
}
