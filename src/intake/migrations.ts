import { readMigration } from '../engine/sql-file.ts';

export const INTAKE_MIGRATIONS = [readMigration('intake', '001-ledger', import.meta.url)];
