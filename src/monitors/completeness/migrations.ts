import { readMigration } from '../../engine/sql-file.ts';

export const COMPLETENESS_MIGRATIONS = [readMigration('completeness', '001-deliveries', import.meta.url)];
