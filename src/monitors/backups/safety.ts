/** Whether what arrived would be there when it is needed. */
import type { Engine } from '../../engine/engine.ts';

export interface SafetyItem {
  readonly what: 'versioning' | 'object-lock' | 'replica' | 'lifecycle' | 'retention' | 'kept';
  readonly state: 'good' | 'warn' | 'bad' | 'unknown';
  /** What is so and why it matters; for unknown, why it is not known. */
  readonly sentence: string;
}

export interface SafetySubject {
  /** Bucket id. */
  readonly bucket: string;
  readonly series: string;
  /** Files of its newest good run, at most 20 keys. */
  readonly newestKeys: readonly string[];
  /** By when the next run has to be there, milliseconds since 1970 UTC; absent while no schedule is known. */
  readonly nextDeadlineMs?: number;
  /** How long runs are promised to be kept; absent: nothing is promised. */
  readonly keepMs?: number;
}

/** What is known of the safety of each series, by `<bucket>\n<series>`. */
export async function seriesSafety(
  _subjects: readonly SafetySubject[],
  _parts: { readonly engine: Engine; readonly nowMs: number },
): Promise<Map<string, readonly SafetyItem[]>> {
  return new Map();
}
