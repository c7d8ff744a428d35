/** The one state machine of all alarms: what was stored and what is said now make a transition, or none. */
import type { AlarmState, Evaluation, EvidenceRow } from './alarm.ts';

/** An alarm as its newest transition left it. */
export interface StoredAlarm {
  readonly alarm: string;
  readonly state: AlarmState;
  /** From when on it is so, by the data. */
  readonly sinceMs: number;
  /** Why it went there. */
  readonly sentence: string;
  /** Counts the transitions of this alarm from 1: with the alarm the identity of a transition. */
  readonly revision: number;
  /** When that was noticed. */
  readonly atMs: number;
}

/** One change of state: stored before anybody is told. */
export interface Transition extends StoredAlarm {
  /** Absent: the alarm is new. */
  readonly from?: AlarmState;
  readonly numbers: Readonly<Record<string, number>>;
  readonly evidence: readonly EvidenceRow[];
  /** Up to when data was looked at. */
  readonly asOfMs: number;
  /** What to do first; empty where nothing is to be done. */
  readonly firstStep: string;
}

export interface Judged {
  readonly alarm: { readonly id: string; readonly firstStep: string };
  /** Absent: nothing is stored of it yet. */
  readonly stored?: StoredAlarm;
  readonly evaluation: Evaluation;
}

export interface TransitionTime {
  readonly nowMs: number;
  /** Until when the program settles after its start: gaps change nothing before that. */
  readonly settledMs: number;
}

/** How long after a start sources may take to catch up. */
export const SETTLE_MS = 120_000;

/**
 * The transition to store; nothing when the state is the same, or while the program settles and a gap decided.
 * Times of one alarm's transitions never go back, whatever the clock does.
 */
export function transitionOf(
  { alarm, stored, evaluation }: Judged,
  { nowMs, settledMs }: TransitionTime,
): Transition | undefined {
  const { state, leansOnGaps, sinceMs = nowMs, ...said } = evaluation;
  if (stored?.state === state || (leansOnGaps && nowMs < settledMs)) return undefined;
  const atMs = Math.max(nowMs, stored?.atMs ?? nowMs);
  return {
    ...said,
    alarm: alarm.id,
    ...(stored === undefined ? {} : { from: stored.state }),
    state,
    sinceMs: Math.min(sinceMs, atMs),
    atMs,
    revision: (stored?.revision ?? 0) + 1,
    firstStep: state === 'OK' ? '' : alarm.firstStep,
  };
}
