/** Whether logs come as they usually do. Pure. */
import type { Finding, Result } from './finding.ts';

/** What is known of a source: a row of `GET /api/v1/sources`. */
export interface SourceState {
  readonly name: string;
  readonly verdict: string;
  readonly verdict_reason: string;
  readonly newest_event: string | null;
  readonly batches: number;
}

const RESULTS: Readonly<Record<string, Result>> = {
  fresh: 'ok',
  quiet: 'ok',
  silent: 'warn',
  failing: 'failed',
  unknown: 'ok',
};
const STEPS: Readonly<Record<string, string>> = {
  silent: 'See whether logging or events are still switched on, and still go to where they are read.',
  failing: 'Mend what it says; the permissions are among the other checks.',
};

/** One finding for each configured source. */
export function freshnessFindings(configured: readonly string[], rows: readonly SourceState[]): Finding[] {
  const byName = new Map(rows.map((row) => [row.name, row]));
  return configured.map((name) => findingOf(name, byName.get(name)));
}

function findingOf(name: string, row: SourceState | undefined): Finding {
  const check = `source ${name}: freshness`;
  if (row === undefined || row.batches === 0)
    return {
      check,
      result: 'warn',
      sentence: 'Nothing has come from it yet.',
      firstStep: 'Run bucketwatch serve; logs of a bucket take hours to begin.',
      isNeeded: false,
    };
  const newest = row.newest_event === null ? 'no event yet' : `newest event ${row.newest_event}`;
  return {
    check,
    result: RESULTS[row.verdict] ?? 'ok',
    sentence: `${row.verdict}, ${newest}. ${row.verdict_reason}`.trim(),
    firstStep: STEPS[row.verdict] ?? '',
    isNeeded: row.verdict === 'failing',
  };
}
