/** Alarms on what a monitor says of something: the verdict of a backup, the result of a check. */
import { spanText } from '../lib/span-text.ts';
import {
  capped,
  type Evaluation,
  EVIDENCE_ROWS_MAX,
  type EvaluationTime,
  type EvidenceRow,
} from './alarm.ts';

export interface StatusRule {
  readonly kind: 'status';
  /** Words that are an alarm. */
  readonly alarmOn: readonly string[];
  /** Words that are fine; any other word says too little. */
  readonly okOn: readonly string[];
  /** How long a word has to hold before it is an alarm; default 0. */
  readonly holdMs?: number;
  /** What its words mean, e.g. `A source cannot be read`; absent: the words themselves are told. */
  readonly means?: string;
}

export interface StatusReading {
  readonly status: string;
  /** Why, in the monitor's words. */
  readonly sentence: string;
  /** From when on the status holds. */
  readonly sinceMs: number;
  readonly numbers?: Readonly<Record<string, number>>;
  readonly evidence?: readonly EvidenceRow[];
  /** It is said because something did not come, which after a start may only not be read yet. */
  readonly isAbsence?: boolean;
}

/** What the alarm is as of this time; without a reading nothing is known. */
export function evaluateStatus(
  rule: StatusRule,
  reading: StatusReading | undefined,
  time: EvaluationTime,
): Evaluation {
  const said = reading === undefined ? UNKNOWN : saidOf(rule, reading, time);
  return {
    numbers: reading?.numbers ?? {},
    evidence: (reading?.evidence ?? []).slice(-EVIDENCE_ROWS_MAX),
    asOfMs: Math.min(time.nowMs, time.completeUntilMs ?? time.nowMs),
    leansOnGaps: reading === undefined || reading.isAbsence === true,
    ...said,
    sentence: capped(said.sentence),
  };
}

type Said = Pick<Evaluation, 'state' | 'sentence' | 'sinceMs'>;

const UNKNOWN: Said = { state: 'INSUFFICIENT_DATA', sentence: 'Its status is not known.' };

function saidOf(rule: StatusRule, reading: StatusReading, { nowMs, state }: EvaluationTime): Said {
  const { status, sentence, sinceMs } = reading;
  if (rule.okOn.includes(status)) return { state: 'OK', sentence, sinceMs };
  if (!rule.alarmOn.includes(status))
    return {
      state: 'INSUFFICIENT_DATA',
      sentence: `Whether all is well cannot be told, it is "${status}": ${sentence}`,
      sinceMs,
    };
  const leftMs = sinceMs + (rule.holdMs ?? 0) - nowMs;
  if (leftMs <= 0 || state === 'ALARM') return { state: 'ALARM', sentence, sinceMs };
  return {
    state: state ?? 'OK',
    sentence: `An alarm if it is still so in ${spanText(leftMs / 1000)}: ${sentence}`,
  };
}
