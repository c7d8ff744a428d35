import { readMigration } from '../engine/sql-file.ts';

export const NOTIFY_MIGRATIONS = [readMigration('notify', '001-notifications', import.meta.url)];
