import { readMigration } from '../../engine/sql-file.ts';

export const ACTIVITY_MIGRATIONS = [readMigration('activity', '001-rollups', import.meta.url)];
