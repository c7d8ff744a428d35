import type { Batch, Reject } from '../../../src/serve/api.ts';

/** Names of rows of the ledger, in their order. */
export function batchRowIds(rows: readonly Batch[]): readonly string[] {
  return rows.map((row) => row.batch_id);
}

/** Names of rejects, in their order: a batch and a line. */
export function rejectRowIds(rows: readonly Reject[]): readonly string[] {
  return rows.map((row) => `${row.batch_id}:${row.line_number}`);
}
