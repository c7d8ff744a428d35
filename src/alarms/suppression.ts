/**
 * A composite whose actions another alarm suppresses. Source:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-suppression.html
 */
import type { AlarmState } from './alarm.ts';

export interface SuppressionRule {
  /** How long a change waits for the suppressor to go into ALARM. */
  readonly waitMs: number;
  /** How long a change that was suppressed waits after the suppressor left ALARM. */
  readonly extensionMs: number;
}

/** What is stored between two steps. */
export interface Suppression {
  readonly state: AlarmState;
  readonly isSuppressed: boolean;
  /** The newest change, not acted on yet: acts at `dueMs`, which is absent while it is suppressed. */
  readonly pending?: { readonly state: AlarmState; readonly dueMs?: number };
}

export interface SuppressionStep {
  readonly suppression: Suppression;
  /** The state to act on now. */
  readonly acts?: AlarmState;
}

export interface Suppressed {
  /** Of the composite. */
  readonly state: AlarmState;
  readonly suppressor: AlarmState;
}

/**
 * What comes of the two states at this time. A change of the composite drops a change that still waits, and its wait
 * begins anew. A suppressor that is in ALARM when a wait ends suppresses.
 */
export function suppressionStep(
  rule: SuppressionRule,
  before: Suppression,
  now: Suppressed & { readonly nowMs: number },
): SuppressionStep {
  const { state, nowMs } = now;
  const isSuppressed = now.suppressor === 'ALARM';
  const base = { state, isSuppressed };
  const isChange = state !== before.state;
  const pending = isChange ? { state, dueMs: nowMs + rule.waitMs } : before.pending;
  if (pending === undefined) return { suppression: base };
  if (isSuppressed) return { suppression: { ...base, pending: { state: pending.state } } };
  const isReleased = before.isSuppressed && !isChange;
  const dueMs = isReleased ? nowMs + rule.extensionMs : (pending.dueMs ?? nowMs + rule.extensionMs);
  if (nowMs >= dueMs) return { suppression: base, acts: pending.state };
  return { suppression: { ...base, pending: { state: pending.state, dueMs } } };
}
