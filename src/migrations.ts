/** Every step of the schema, in the order in which a new store is built. */
import { FORMAT_MIGRATIONS } from './formats/all.ts';
import type { Migration } from './engine/migrate.ts';
import { INTAKE_MIGRATIONS } from './intake/migrations.ts';
import { ALARMS_MIGRATIONS } from './alarms/migrations.ts';
import { NOTIFY_MIGRATIONS } from './notify/migrations.ts';
import { BACKUPS_MIGRATIONS } from './monitors/backups/migrations.ts';
import { COMPLETENESS_MIGRATIONS } from './monitors/completeness/migrations.ts';
import { REPLICATION_MIGRATIONS } from './monitors/replication/migrations.ts';
import { ACTIVITY_MIGRATIONS } from './monitors/activity/migrations.ts';

export const MIGRATIONS: readonly Migration[] = [
  ...INTAKE_MIGRATIONS,
  ...FORMAT_MIGRATIONS,
  ...ACTIVITY_MIGRATIONS,
  ...COMPLETENESS_MIGRATIONS,
  ...REPLICATION_MIGRATIONS,
  ...BACKUPS_MIGRATIONS,
  ...ALARMS_MIGRATIONS,
  ...NOTIFY_MIGRATIONS,
];
