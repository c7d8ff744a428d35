import { getJson, type Query } from '../lib/api.ts';
import type { FactRow } from '../lib/facts.ts';
import type { CursorPage } from '../lib/pages-query.ts';

/** What a browser holds without effort. */
export const ROWS_MAX = 50_000;
const PAGE_ROWS = 5000;

/** A list of the API that has more rows than are shown. */
export interface AllRows {
  readonly route: string;
  /** The query of its first page without a limit, taken when the reading begins. */
  readonly query: () => Query;
}

interface ReadingParts {
  /** Told after every page how many rows there are. */
  readonly onRows: (count: number) => void;
  readonly signal: AbortSignal;
}

interface RowsRead {
  readonly rows: readonly FactRow[];
  /** True when the limit ended it. */
  readonly hasMore: boolean;
}

/** Reads a list to its end, or to ROWS_MAX. Fails with an ApiProblem, or with the abort of the signal. */
export async function fetchAll(
  { route, query }: AllRows,
  { onRows, signal }: ReadingParts,
): Promise<RowsRead> {
  const rows: FactRow[] = [];
  const first = query();
  let cursor: string | null = null;
  do {
    const limit = Math.min(PAGE_ROWS, ROWS_MAX - rows.length);
    const page: CursorPage = await getJson<CursorPage>(route, { ...first, limit, cursor }, signal);
    rows.push(...page.rows);
    onRows(rows.length);
    cursor = page.next_cursor;
  } while (cursor !== null && rows.length < ROWS_MAX);
  return { rows, hasMore: cursor !== null };
}
