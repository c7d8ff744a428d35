/** What of sources and their intake is worth an alarm: what does not come, and what came and could not be taken in. */
import type { AlarmDefinition } from '../../alarms/definition.ts';

const MINUTE_MS = 60_000;

export const INTAKE_ALARMS: readonly AlarmDefinition[] = [
  {
    id: 'intake/silent',
    title: 'Source {source} is silent',
    severity: 'warning',
    firstStep:
      'Look whether its logs are still delivered, and whether the queue or bucket is still the one they go to.',
    labels: {},
    rule: {
      kind: 'status',
      alarmOn: ['silent'],
      okOn: ['fresh', 'quiet'],
      means: 'Nothing came of a source for longer than its own rhythm explains',
    },
  },
  {
    id: 'intake/failing',
    title: 'Source {source} cannot be read',
    severity: 'critical',
    firstStep: 'Read what it says: mostly a right that is missing, or an endpoint that does not answer.',
    labels: {},
    rule: {
      kind: 'status',
      alarmOn: ['failing'],
      okOn: ['reading'],
      holdMs: 5 * MINUTE_MS,
      means: 'A source cannot be read',
    },
  },
  {
    id: 'intake/rejects',
    title: 'Records of {source} cannot be read',
    severity: 'warning',
    firstStep: 'Look at them and why: bucketwatch sql "select reason, line from rejects limit 10".',
    labels: {},
    rule: {
      kind: 'status',
      alarmOn: ['some'],
      okOn: ['none'],
      means: 'Records came in the last hour that no rule could read',
    },
  },
  {
    id: 'intake/rejected-batches',
    title: 'Whole batches of {source} cannot be read',
    severity: 'warning',
    firstStep:
      'Look at their reasons on the page of sources; they are kept, and can be tried again once it is mended.',
    labels: {},
    rule: {
      kind: 'status',
      alarmOn: ['some'],
      okOn: ['none'],
      means: 'Batches came in the last day that could not be read at all',
    },
  },
  {
    id: 'intake/parked',
    title: 'Nothing can be made of messages of {source}',
    severity: 'warning',
    firstStep:
      'Look at them on the page of sources: somebody may be sending what is meant for another queue.',
    labels: {},
    rule: {
      kind: 'status',
      alarmOn: ['some'],
      okOn: ['none'],
      means: 'Messages came in the last day of which nothing can be made',
    },
  },
  {
    id: 'intake/dead-letters',
    title: 'The queue of {source} has dead letters',
    severity: 'critical',
    firstStep:
      'Look why they could not be taken in, then send them back to the queue: until then what they told is missing.',
    labels: {},
    rule: {
      kind: 'status',
      alarmOn: ['some'],
      okOn: ['none'],
      means: 'The dead-letter queue of a source is not empty',
    },
  },
  {
    id: 'intake/spool',
    title: 'The spool is nearly full',
    severity: 'critical',
    firstStep:
      'Look whether the store takes in what arrives, and whether its disk is full; sources are held back until then.',
    labels: {},
    rule: {
      kind: 'status',
      alarmOn: ['full'],
      okOn: ['fine'],
      holdMs: 5 * MINUTE_MS,
      means: 'The spool is 90 % full',
    },
  },
];
