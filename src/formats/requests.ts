/** The table `requests`, which the logs of all stores fill: AWS's, MinIO's and Ceph's. */
import type { Migration } from '../engine/migrate.ts';
import { readMigration } from '../engine/sql-file.ts';

/**
 * The Null table that takes what the SELECTs of these formats give, a row for each record. All of them write into this one:
 * a view for each target table is enough for them all, and rollups and tallies need not know which store it was.
 */
export const REQUESTS_PARSED = 'requests_parsed';

export const REQUESTS_MIGRATIONS: readonly Migration[] = [
  readMigration('requests', '001-requests', import.meta.url),
];
