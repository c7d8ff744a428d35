/** Which periods of a publication are to be published now. Pure. */

/** CloudWatch takes what is two weeks old at most; an hour of it is for the way there. */
const CLOUDWATCH_MS_MAX = 14 * 86_400_000 - 3_600_000;
/** Periods that are read at once. */
const PERIODS_MAX = 100;

export interface StepRequest {
  readonly periodMs: number;
  /** Periods that start before it are done. */
  readonly untilMs: number;
  /** Periods that end by it are over and complete. */
  readonly closedMs: number;
  /** How far back is caught up at most. */
  readonly catchUpMs: number;
  readonly nowMs: number;
}

export interface Step {
  /** Multiples of the period; the end is exclusive. */
  readonly startMs: number;
  readonly endMs: number;
  /** How much before it will never be published, for it is too old. */
  readonly skippedMs: number;
}

/** Nothing when no period is to be published. */
export function stepOf({ periodMs, untilMs, closedMs, catchUpMs, nowMs }: StepRequest): Step | undefined {
  const oldestMs = nowMs - Math.min(catchUpMs, CLOUDWATCH_MS_MAX);
  const dueMs = Math.ceil(untilMs / periodMs) * periodMs;
  const startMs = Math.max(dueMs, Math.ceil(oldestMs / periodMs) * periodMs);
  const closedEndMs = Math.floor(closedMs / periodMs) * periodMs;
  const endMs = Math.min(closedEndMs, startMs + PERIODS_MAX * periodMs);
  return endMs <= startMs ? undefined : { startMs, endMs, skippedMs: startMs - dueMs };
}
