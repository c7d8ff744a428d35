/** The alarms there are without any configuration. */
import type { AlarmDefinition } from '../alarms/definition.ts';
import { ACTIVITY_ALARMS } from './activity/default-alarms.ts';
import { BACKUP_ALARMS } from './backups/default-alarms.ts';
import { INTAKE_ALARMS } from './completeness/default-alarms.ts';
import { REPLICATION_ALARMS } from './replication/default-alarms.ts';

export const DEFAULT_ALARMS: readonly AlarmDefinition[] = [
  ...BACKUP_ALARMS,
  ...REPLICATION_ALARMS,
  ...ACTIVITY_ALARMS,
  ...INTAKE_ALARMS,
];
