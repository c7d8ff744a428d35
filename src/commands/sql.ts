/** `sql`: a SELECT over the tables of the store, read-only. */
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import type { SqlResult } from '../serve/api.ts';
import { configOf, globalFlags, reach } from './context.ts';
import { csvText, jsonLines, print, tableText } from './output.ts';

export function addSqlCommand(root: Command): void {
  root
    .command('sql')
    .description('run a SELECT over the tables of the store (read-only)')
    .argument('<query>', 'ClickHouse SQL, or - to read it from standard input')
    .option('--csv', 'CSV instead of a table')
    .addHelpText(
      'after',
      `
Tables: requests, api_calls, object_events, batches, rejects, requests_1m, latency_1m, principals_1h,
  first_seen, request_sample, api_calls_1m.
  SHOW TABLES and DESCRIBE <table> tell more; docs/tables.md explains every column.

Examples:
  bucketwatch sql "select requester, count() as requests from requests group by requester order by requests desc limit 10"
  bucketwatch sql "describe requests"`,
    )
    .action(async (query: string, options: { csv?: boolean }, command: Command) => {
      const flags = globalFlags(command);
      const client = await reach(configOf(flags));
      try {
        const text = query === '-' ? readFileSync(0, 'utf8') : query;
        const { columns, rows } = await client.post<SqlResult>('/sql', { query: text });
        if (flags.json === true) print(jsonLines(rows));
        else if (options.csv === true) print(csvText(rows, columns));
        else print(rows.length === 0 ? 'No rows.' : tableText(rows, columns, 80));
      } finally {
        await client.close();
      }
    });
}
