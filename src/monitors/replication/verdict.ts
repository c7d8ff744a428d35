/** Whether a pair keeps its promise, in one word and one sentence. */
import { bytesText } from '../../lib/size-text.ts';
import { spanText } from '../../lib/span-text.ts';

export type PairVerdict = 'ok' | 'lagging' | 'failing' | 'unknown' | 'disabled' | 'idle';

/** How a pair stands. */
export interface Standing {
  readonly isEnabled: boolean;
  readonly isGone: boolean;
  /** Why nothing can be told; empty when something can. */
  readonly blindness: string;
  readonly targetSeconds: number;
  /** Age of the oldest version that waits; undefined when none does. */
  readonly oldestSeconds?: number;
  readonly pendingObjects: number;
  readonly pendingBytes: number;
  readonly overdueObjects: number;
  readonly failedObjects: number;
  /** Cause of most of the failures, in plain words; empty when there is none or it is not known. */
  readonly failureCause: string;
  /** Versions written or arrived in the range. */
  readonly activity: number;
}

/** Failing wins over lagging; the sentence then tells of both. */
export function verdictOf(standing: Standing): { verdict: PairVerdict; sentence: string } {
  const { failedObjects, overdueObjects, pendingObjects, activity } = standing;
  if (standing.isGone) return { verdict: 'disabled', sentence: 'The rule is gone.' };
  if (!standing.isEnabled)
    return { verdict: 'disabled', sentence: `The rule is disabled.${leftBehind(standing)}` };
  const failed = `${countOf(failedObjects)} failed${standing.failureCause === '' ? '' : `: ${standing.failureCause}`}.`;
  if (failedObjects > 0) {
    const also = overdueObjects > 0 ? ` ${lag(standing)}` : '';
    return { verdict: 'failing', sentence: `${failed}${also}` };
  }
  if (standing.blindness !== '') return { verdict: 'unknown', sentence: standing.blindness };
  if (overdueObjects > 0) return { verdict: 'lagging', sentence: lag(standing) };
  if (pendingObjects === 0 && activity === 0)
    return { verdict: 'idle', sentence: 'Nothing was written in the range, and nothing waits.' };
  return { verdict: 'ok', sentence: `${rpo(standing)}.` };
}

function lag(standing: Standing): string {
  return `${rpo(standing)}: ${countOf(standing.pendingObjects)}, ${bytesText(standing.pendingBytes)} ${
    standing.pendingObjects === 1 ? 'waits' : 'wait'
  }.`;
}

function rpo({ oldestSeconds, targetSeconds }: Standing): string {
  return `RPO now ${spanText(oldestSeconds ?? 0)}, target ${spanText(targetSeconds)}`;
}

function leftBehind({ pendingObjects, failedObjects }: Standing): string {
  const left = pendingObjects + failedObjects;
  return left === 0 ? '' : ` ${countOf(left)} had not arrived.`;
}

export function countOf(objects: number): string {
  return `${objects.toLocaleString('en-US')} ${objects === 1 ? 'object' : 'objects'}`;
}

interface Judged {
  readonly verdict: PairVerdict;
  readonly rpoSeconds: number | null;
  readonly targetSeconds: number;
}

/** All pairs in a sentence, e.g. `1 of 3 pairs is failing; oldest pending 34 min, target 15 min.` */
export function summaryOf(pairs: readonly Judged[]): string {
  if (pairs.length === 0)
    return 'No replication is known: no rule was seen, and the configuration declares no pair.';
  const parts = (['failing', 'lagging', 'unknown'] as const).flatMap((verdict) => {
    const found = pairs.filter((pair) => pair.verdict === verdict).length;
    return found === 0
      ? []
      : [
          `${found} of ${pairs.length} ${pairs.length === 1 ? 'pair' : 'pairs'} ${found === 1 ? 'is' : 'are'} ${verdict}`,
        ];
  });
  const verdicts = parts.length === 0 ? calm(pairs) : parts.join(', ');
  const oldest = pairs
    .filter(({ rpoSeconds }) => rpoSeconds !== null && rpoSeconds > 0)
    .toSorted((a, b) => (b.rpoSeconds ?? 0) / b.targetSeconds - (a.rpoSeconds ?? 0) / a.targetSeconds)[0];
  if (oldest === undefined) return `${verdicts}.`;
  return `${verdicts}; oldest pending ${spanText(oldest.rpoSeconds ?? 0)}, target ${spanText(oldest.targetSeconds)}.`;
}

function calm(pairs: readonly Judged[]): string {
  const live = pairs.filter(({ verdict }) => verdict !== 'disabled').length;
  if (live === 0)
    return pairs.length === 1 ? 'The only pair is disabled' : `All ${pairs.length} pairs are disabled`;
  if (live === 1)
    return pairs.length === 1 ? 'The pair is on time' : `The only pair that is enabled is on time`;
  return `All ${live} pairs${live === pairs.length ? '' : ' that are enabled'} are on time`;
}
