/** What of backups is worth an alarm: a run that is not there, not right, or late. */
import type { AlarmDefinition } from '../../alarms/definition.ts';
import type { SeriesVerdict } from './verdict.ts';

/** Verdicts of series that are judged; of all others nothing is said. */
export const JUDGED: readonly SeriesVerdict[] = [
  'ok',
  'late',
  'missing',
  'incomplete',
  'too-small',
  'too-large',
  'duplicate',
  'wrong-content',
];

/** A word makes an alarm of one of them only: what is missing now is not too small any more. */
export const BACKUP_ALARMS: readonly AlarmDefinition[] = [
  {
    id: 'backups/missing',
    title: 'Backup {series} of {bucket} is missing or incomplete',
    severity: 'critical',
    firstStep:
      'Look whether its job ran and what it said; start it by hand if it did not. Restore nothing from {bucket} without looking at the run before.',
    labels: {},
    rule: statusRule(['missing', 'incomplete'], 'A series is missing or incomplete'),
  },
  {
    id: 'backups/wrong',
    title: 'Backup {series} of {bucket} is not right',
    severity: 'critical',
    firstStep:
      'Compare the newest files with those of the run before. If they are right as they are, accept the new size.',
    labels: {},
    rule: statusRule(
      ['too-small', 'too-large', 'duplicate', 'wrong-content'],
      'A series is too small, too large, the same as before or of wrong content',
    ),
  },
  {
    id: 'backups/late',
    title: 'Backup {series} of {bucket} came late',
    severity: 'warning',
    firstStep: 'Look how long its job takes now. If the new time is right, give its series more grace.',
    labels: {},
    rule: statusRule(['late'], 'A run came after its deadline'),
  },
];

function statusRule(alarmOn: readonly SeriesVerdict[], means: string): AlarmDefinition['rule'] {
  return { kind: 'status', alarmOn, okOn: JUDGED.filter((verdict) => !alarmOn.includes(verdict)), means };
}
