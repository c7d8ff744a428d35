import { readMigration } from '../engine/sql-file.ts';

export const INTAKE_MIGRATIONS = ['001-ledger', '002-parked'].map((name) =>
  readMigration('intake', name, import.meta.url),
);
