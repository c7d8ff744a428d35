/** A key that is not the same on both sides, as it is told to people and programs. */
import { classify, type Rules, type Verdict } from './classify.ts';
import type { Entry, Pairing, Side } from './entry.ts';

/** One row of the output: times ISO 8601 in UTC, null for what is not there or unknown. */
export interface Difference extends Verdict {
  /** Keys as the buckets have them: with the prefix of their side. */
  readonly key: string;
  readonly destination_key: string;
  readonly source_size: number | null;
  readonly destination_size: number | null;
  readonly source_modified: string | null;
  readonly destination_modified: string | null;
  readonly source_etag: string | null;
  readonly destination_etag: string | null;
  readonly source_version_id: string | null;
}

export interface Prefixes {
  readonly source: Pick<Side, 'prefix'>;
  readonly destination: Pick<Side, 'prefix'>;
}

export function differenceOf(pairing: Pairing, verdict: Verdict, sides: Prefixes): Difference {
  const { key, source, destination } = pairing;
  return {
    answer: verdict.answer,
    reason: verdict.reason,
    key: sides.source.prefix + key,
    destination_key: sides.destination.prefix + key,
    source_size: source?.sizeBytes ?? null,
    destination_size: destination?.sizeBytes ?? null,
    source_modified: modifiedOf(source),
    destination_modified: modifiedOf(destination),
    source_etag: source?.etag ?? null,
    destination_etag: destination?.etag ?? null,
    source_version_id: source?.versionId ?? null,
  };
}

function modifiedOf(entry: Entry | undefined): string | null {
  return entry === undefined || entry.modifiedMs === 0 ? null : new Date(entry.modifiedMs).toISOString();
}

/** The pairings that are to be told, with every one's verdict given to `count`. */
export function differencesIn(
  pairings: readonly Pairing[],
  judge: { readonly rules: Rules; readonly sides: Prefixes; count(pairing: Pairing, verdict: Verdict): void },
): Difference[] {
  const told: Difference[] = [];
  for (const pairing of pairings) {
    const verdict = classify(pairing, judge.rules);
    judge.count(pairing, verdict);
    if (verdict.answer === 'same' || (verdict.answer === 'extra' && judge.rules.ignoresExtra)) continue;
    told.push(differenceOf(pairing, verdict, judge.sides));
  }
  return told;
}
