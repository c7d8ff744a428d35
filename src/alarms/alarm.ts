/** What alarms of every kind have in common: states, and what one evaluation says. */

export const ALARM_STATES = ['OK', 'ALARM', 'INSUFFICIENT_DATA'] as const;
export type AlarmState = (typeof ALARM_STATES)[number];

/** Which of many like it: dimensions of a metric, bucket and series of a backup. */
export type Labels = Readonly<Record<string, string>>;

export type EvidenceRow = Readonly<Record<string, string | number | null>>;

/** What is said of an alarm at one time; a state that stays as it was is said again. */
export interface Evaluation {
  readonly state: AlarmState;
  /** Why, with the numbers. */
  readonly sentence: string;
  readonly numbers: Readonly<Record<string, number>>;
  /** At most 20 rows, newest last. */
  readonly evidence: readonly EvidenceRow[];
  /** Up to when data was looked at, milliseconds since 1970 UTC. */
  readonly asOfMs: number;
  /** From when on it holds by the data; absent: from the evaluation on. */
  readonly sinceMs?: number;
  /** Whether something that is not there decided: while the program settles after a start, that changes nothing. */
  readonly leansOnGaps: boolean;
}

/** When an alarm is evaluated, and what it was before. */
export interface EvaluationTime {
  readonly nowMs: number;
  /** Up to when the source is known to be complete; absent: it is never late. */
  readonly completeUntilMs?: number;
  /** The state that stays where nothing new can be said; absent: the alarm is new. */
  readonly state?: AlarmState;
}

export const EVIDENCE_ROWS_MAX = 20;
/** How long an alarm waits for a late source before it takes what is there, unless its rule says otherwise. */
export const LATE_WAIT_MS = 86_400_000;
const SENTENCE_CHARACTERS_MAX = 1000;

/** Up to when data is looked at: where the source is complete, but at most `lateWaitMs` back. */
export function asOf({ nowMs, completeUntilMs }: EvaluationTime, lateWaitMs = LATE_WAIT_MS): number {
  return Math.min(nowMs, Math.max(completeUntilMs ?? nowMs, nowMs - lateWaitMs));
}

/** `2026-11-01T02:30Z`. */
export function minuteText(timeMs: number): string {
  return `${new Date(timeMs).toISOString().slice(0, 16)}Z`;
}

/** A sentence of bounded length. */
export function capped(sentence: string): string {
  return sentence.length <= SENTENCE_CHARACTERS_MAX
    ? sentence
    : `${sentence.slice(0, SENTENCE_CHARACTERS_MAX - 1).toWellFormed()}…`;
}
