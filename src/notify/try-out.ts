/** What is sent when somebody tries a channel. */
import { createHash } from 'node:crypto';
import type { AlarmState, Notification } from './channel.ts';

/** An alarm and its recovery, so that nothing stays open at the receiver. */
export function testNotifications(what: {
  readonly nowMs: number;
  readonly home: string;
}): readonly Notification[] {
  return [notificationOf('ALARM', 'OK', what), notificationOf('OK', 'ALARM', what)];
}

function notificationOf(
  state: AlarmState,
  previousState: AlarmState,
  { nowMs, home }: { readonly nowMs: number; readonly home: string },
): Notification {
  return {
    id: createHash('sha256').update(`test ${nowMs} ${state}`).digest('hex').slice(0, 32),
    kind: 'test',
    group: '',
    createdMs: nowMs,
    home,
    alarms: [
      {
        id: `test/${nowMs}`,
        newsId: `test-${nowMs}-${state}`,
        title: 'Notifications of Bucketwatch arrive here',
        state,
        previousState,
        severity: 'info',
        labels: { monitor: 'test' },
        sentence: 'Somebody tries this channel; nothing is wrong.',
        numbers: [],
        evidence: [],
        firstStep: '',
        sinceMs: nowMs,
        passed: [{ state, atMs: nowMs }],
        links: { open: home, acknowledge: '', silence: '' },
      },
    ],
  };
}
