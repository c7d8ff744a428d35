import { readMigration } from '../engine/sql-file.ts';

export const NOTIFY_MIGRATIONS = ['001-notifications', '002-text'].map((step) =>
  readMigration('notify', step, import.meta.url),
);
