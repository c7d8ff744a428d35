import { readMigration } from '../engine/sql-file.ts';

export const ALARMS_MIGRATIONS = [readMigration('alarms', '001-alarms', import.meta.url)];
