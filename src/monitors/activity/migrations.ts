import { readMigration } from '../../engine/sql-file.ts';

export const ACTIVITY_MIGRATIONS = ['001-rollups', '002-principals', '003-sample'].map((step) =>
  readMigration('activity', step, import.meta.url),
);
