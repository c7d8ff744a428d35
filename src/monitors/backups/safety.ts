/** Whether what arrived would be there when it is needed. */
import type { Engine } from '../../engine/engine.ts';
import { safetyItems } from './safety-items.ts';
import { safetyEvidence } from './safety-evidence.ts';

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

/**
 * What is known of the safety of each series, by `<bucket>\n<series>`, worst first. It is read from what is stored: nothing is
 * asked of a store. Without a promise of how long runs are kept, nothing is said of `retention`.
 */
export async function seriesSafety(
  subjects: readonly SafetySubject[],
  parts: { readonly engine: Engine; readonly nowMs: number },
): Promise<Map<string, readonly SafetyItem[]>> {
  const evidence = await safetyEvidence(subjects, parts.engine);
  return new Map(
    evidence.map(([subject, known]) => [
      `${subject.bucket}\n${subject.series}`,
      safetyItems({ subject, evidence: known, nowMs: parts.nowMs }),
    ]),
  );
}
