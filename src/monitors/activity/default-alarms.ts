/** What of requests is worth an alarm: errors of the store, refusals, and answers that are slower than usual. */
import type { AlarmDefinition } from '../../alarms/definition.ts';

const MINUTE_MS = 60_000;
/** Of a hundred requests more than there were: few requests make no share worth waking anybody for. */
const DAMPED = '/ (AllRequests + 100) * 100';

export const ACTIVITY_ALARMS: readonly AlarmDefinition[] = [
  {
    id: 'activity/server-errors',
    title: 'The store answers requests to {bucket} with 5xx',
    severity: 'warning',
    firstStep:
      'Look at which requests: bucketwatch requests --status 5xx. SlowDown is too many at once for one prefix; for anything else see the status page of the store.',
    labels: {},
    where: { bucket: '*' },
    rule: {
      kind: 'metric',
      metric: `5xxErrors ${DAMPED}`,
      statistic: 'Sum',
      periodMs: 5 * MINUTE_MS,
      evaluationPeriods: 3,
      datapointsToAlarm: 3,
      limit: { kind: 'threshold', operator: 'GreaterThanThreshold', threshold: 5 },
      means: 'More than {threshold} % of the requests to a bucket are answered with 5xx',
      missing: 'notBreaching',
      recoveryPeriods: 3,
    },
  },
  {
    id: 'activity/denied',
    title: 'Requests to {bucket} are denied',
    severity: 'warning',
    firstStep:
      'Look who is denied: bucketwatch requests --status 403. When it is somebody known, see what changed of the bucket and of its callers; when it is not, see what else they ask for.',
    labels: {},
    where: { bucket: '*' },
    rule: {
      kind: 'metric',
      metric: `4xxErrors{http_status="403"} ${DAMPED}`,
      statistic: 'Sum',
      periodMs: 5 * MINUTE_MS,
      evaluationPeriods: 3,
      datapointsToAlarm: 3,
      limit: { kind: 'threshold', operator: 'GreaterThanThreshold', threshold: 25 },
      means: 'More than {threshold} % of the requests to a bucket are answered with 403',
      missing: 'notBreaching',
      recoveryPeriods: 3,
    },
  },
  {
    id: 'activity/latency',
    title: 'Requests to {bucket} are answered much slower than usual at this hour',
    severity: 'warning',
    firstStep:
      'Look which operations are slow and since when on the activity page of {bucket}; then whether the store is, or what is asked of it has changed.',
    labels: {},
    where: { bucket: '*' },
    rule: {
      kind: 'metric',
      // The floor keeps a bucket that answers within a few milliseconds from being slow at a few more.
      metric: 'band(stat(p90, FirstByteLatency) + 200, 10)',
      statistic: 'p90',
      periodMs: 15 * MINUTE_MS,
      evaluationPeriods: 4,
      datapointsToAlarm: 4,
      limit: { kind: 'band', operator: 'GreaterThanUpperThreshold' },
      means: 'The first byte takes a bucket (p90) far longer than in the same hour of the weeks before',
      missing: 'notBreaching',
      recoveryPeriods: 2,
    },
  },
];
