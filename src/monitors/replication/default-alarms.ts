/** What of replication is worth an alarm: pairs that fail or lag, and canaries that do not arrive. */
import type { AlarmDefinition } from '../../alarms/definition.ts';

const MINUTE_MS = 60_000;

export const REPLICATION_ALARMS: readonly AlarmDefinition[] = [
  {
    id: 'replication/failing',
    title: 'Replication of {source} to {destination} fails',
    severity: 'critical',
    firstStep:
      'Ask what failed and why: bucketwatch replication failed. Mend the cause, then replicate again what failed.',
    labels: {},
    rule: {
      kind: 'status',
      alarmOn: ['failing'],
      okOn: ['ok', 'idle', 'lagging'],
      means: 'Versions of a pair failed',
    },
  },
  {
    id: 'replication/lagging',
    title: 'Replication of {source} to {destination} is behind its target',
    severity: 'warning',
    firstStep:
      'Look whether more is written than usual, and whether the rule and the destination are as they were.',
    labels: {},
    rule: {
      kind: 'status',
      alarmOn: ['lagging'],
      okOn: ['ok', 'idle'],
      holdMs: 5 * MINUTE_MS,
      means: 'Versions of a pair wait for longer than its target',
    },
  },
  {
    id: 'replication/canary',
    title: 'The canary from {source} did not arrive at {destination}',
    severity: 'critical',
    firstStep:
      'Where it could not be written or looked for, mend that. Else look at the replication rule of {source} and at the rights of its role: what was written since the canary may be missing too.',
    labels: {},
    rule: {
      kind: 'deadline',
      graceMs: 0,
      means: 'A canary did not arrive in time, or may not be written or looked for',
    },
  },
];
