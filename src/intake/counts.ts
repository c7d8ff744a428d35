/** What has come of the batches offered under one name since the program started. */
export interface IntakeCounts {
  offered: number;
  loaded: number;
  /** Batches the ledger had already. */
  known: number;
  rejected: number;
  /** Batches that could not be fetched; their source offers them again. */
  failed: number;
  facts: number;
  rejects: number;
  skipped: number;
  sizeBytes: number;
}

export const NO_COUNTS: Readonly<IntakeCounts> = {
  offered: 0,
  loaded: 0,
  known: 0,
  rejected: 0,
  failed: 0,
  facts: 0,
  rejects: 0,
  skipped: 0,
  sizeBytes: 0,
};

/** What has been added to counts since they were `before`. */
export function countsSince(before: IntakeCounts, now: IntakeCounts): IntakeCounts {
  const since = { ...now };
  for (const name of Object.keys(since) as (keyof IntakeCounts)[]) since[name] -= before[name];
  return since;
}

/** Several counts as one. */
export function sumOf(all: readonly IntakeCounts[]): IntakeCounts {
  const sum = { ...NO_COUNTS };
  for (const counts of all) {
    for (const name of Object.keys(sum) as (keyof IntakeCounts)[]) sum[name] += counts[name];
  }
  return sum;
}
