import { readMigration } from '../../engine/sql-file.ts';

export const REPLICATION_MIGRATIONS = [
  readMigration('replication', '001-evidence', import.meta.url),
  readMigration('replication', '002-replications', import.meta.url),
  readMigration('replication', '003-feeds', import.meta.url),
  readMigration('replication', '004-inventory', import.meta.url),
  readMigration('replication', '005-canaries', import.meta.url),
  readMigration('replication', '006-audits', import.meta.url),
  readMigration('replication', '007-archive', import.meta.url),
];
