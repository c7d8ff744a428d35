/** Escalation: later steps are told of what lasts, and of the end of what they were told. */
import { each, elapsedMs, isRecovery, isReminder, SEND, stateOf } from './line.ts';

export const escalate = each((line, { nowMs }) => {
  if (line.afterMs === 0 || isReminder(line) || isRecovery(line)) return SEND;
  if (stateOf(line) === 'OK') return { kind: 'settle', why: 'it was over before its step' };
  // Once told, all that follows is news; before, the time counts from where it last left OK.
  if (line.mark.toldMs !== undefined) return SEND;
  const lastOk = line.passed.findLastIndex(({ state }) => state === 'OK');
  const began = line.passed.slice(lastOk + 1).find(({ state }) => state === 'ALARM');
  if (began !== undefined && elapsedMs(began.atMs, nowMs) >= line.afterMs) return SEND;
  return { kind: 'hold', why: 'its step is not reached' };
});
