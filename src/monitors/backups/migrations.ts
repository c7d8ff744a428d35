import { readMigration } from '../../engine/sql-file.ts';

export const BACKUPS_MIGRATIONS = [readMigration('backups', '001-backups', import.meta.url)];
