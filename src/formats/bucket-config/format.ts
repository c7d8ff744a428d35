import { readMigration, readSql } from '../../engine/sql-file.ts';
import type { Format } from '../format.ts';

/** Configurations of buckets, a JSON object a line, as the `estate` source writes them. */
export const bucketConfig: Format = {
  name: 'bucket-config',
  title: 'bucket configuration',
  unit: 'line',
  parsedTable: 'bucket_config_parsed',
  parses: [{ select: readSql('parse', import.meta.url) }],
  migrations: [readMigration('bucket-config', '001-bucket-configs', import.meta.url)],
  recognises: ({ head }) => /^\s*\{"aspect":"[^"]*","bucket":"/.test(head.toString('latin1')),
};
