import { readMigration, readSql } from '../../engine/sql-file.ts';
import type { Format } from '../format.ts';

/**
 * Data files of S3 Inventory's reports. How they read is in the report's manifest: see `manifest.ts`.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory.html
 */
export const inventory: Format = {
  name: 'inventory',
  title: 'inventory report',
  unit: 'row',
  parsedTable: 'inventory_parsed',
  parses: [{ select: readSql('parse', import.meta.url) }],
  migrations: [readMigration('inventory', '001-inventory-objects', import.meta.url)],
  recognises: ({ head }) => /^(?:PAR1|ORC)/.test(head.subarray(0, 4).toString('latin1')),
};
