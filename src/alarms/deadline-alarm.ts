/** Alarms on what has to have happened by a time: noticed at that time, and not days later. */
import { spanText } from '../lib/span-text.ts';
import {
  capped,
  EVIDENCE_ROWS_MAX,
  type Evaluation,
  type EvaluationTime,
  type EvidenceRow,
  LATE_WAIT_MS,
  minuteText,
} from './alarm.ts';

export interface DeadlineRule {
  readonly kind: 'deadline';
  readonly graceMs: number;
  /** How long to wait for a source that is late; default 24 h. */
  readonly lateWaitMs?: number;
  /** When it is an alarm, e.g. `A canary is not there when it is expected`; absent: that it is not there when it is due. */
  readonly means?: string;
}

/** The newest thing that was to happen. */
export interface DeadlineReading {
  /** Nothing when nothing is due. */
  readonly dueMs?: number;
  /** When it happened; absent: not yet. */
  readonly metMs?: number;
  /** Why it is not there, as one or more sentences; absent or empty: not known. */
  readonly reason?: string;
  readonly evidence?: readonly EvidenceRow[];
}

/** What the alarm is as of this time; without a reading nothing is known. It ends when the thing happened, not when the next is due. */
export function evaluateDeadline(
  rule: DeadlineRule,
  reading: DeadlineReading | undefined,
  time: EvaluationTime,
): Evaluation {
  const { dueMs, metMs, reason = '', evidence = [] } = reading ?? {};
  const said = dueMs === undefined ? nothingDue(reading) : saidOf(rule, { dueMs, metMs, reason }, time);
  return {
    numbers: {
      graceSeconds: rule.graceMs / 1000,
      ...(dueMs === undefined || metMs === undefined
        ? {}
        : { lateSeconds: Math.max(0, Math.round((metMs - dueMs) / 1000)) }),
    },
    evidence: evidence.slice(-EVIDENCE_ROWS_MAX),
    asOfMs: Math.min(time.nowMs, time.completeUntilMs ?? time.nowMs),
    leansOnGaps: metMs === undefined && (reading === undefined || said.state !== 'OK'),
    ...said,
    sentence: capped(said.sentence),
  };
}

type Said = Pick<Evaluation, 'state' | 'sentence' | 'sinceMs'>;

function nothingDue(reading: DeadlineReading | undefined): Said {
  const sentence = reading === undefined ? 'Whether anything is due is not known.' : 'Nothing is due yet.';
  return { state: 'INSUFFICIENT_DATA', sentence };
}

interface Due {
  readonly dueMs: number;
  readonly metMs: number | undefined;
  readonly reason: string;
}

function saidOf(
  { graceMs, lateWaitMs }: DeadlineRule,
  { dueMs, metMs, reason }: Due,
  time: EvaluationTime,
): Said {
  const { nowMs, completeUntilMs = nowMs, state } = time;
  const deadlineMs = dueMs + graceMs;
  const due = `Due ${minuteText(dueMs)}${graceMs === 0 ? '' : ` with ${spanText(graceMs / 1000)} of grace`}`;
  if (metMs !== undefined) {
    const late = metMs > deadlineMs ? `, ${spanText((metMs - deadlineMs) / 1000)} after the deadline` : '';
    return { state: 'OK', sentence: `${due}; there at ${minuteText(metMs)}${late}.`, sinceMs: metMs };
  }
  if (nowMs < deadlineMs) {
    if (state !== 'ALARM') return { state: 'OK', sentence: `${due}; that is not past yet.` };
    return { state, sentence: `${due}; the one before was missed, and nothing came since.` };
  }
  if (completeUntilMs >= deadlineMs) {
    const why = reason === '' ? '' : ` ${reason}`;
    return { state: 'ALARM', sentence: `${due}; not there by then.${why}`, sinceMs: deadlineMs };
  }
  const blind = `${due}; its source is complete until ${minuteText(completeUntilMs)} only`;
  if (nowMs - (lateWaitMs ?? LATE_WAIT_MS) < deadlineMs)
    return { state: state ?? 'INSUFFICIENT_DATA', sentence: `${blind}: it may still be on its way.` };
  return { state: 'INSUFFICIENT_DATA', sentence: `${blind}: whether it came cannot be told.` };
}
