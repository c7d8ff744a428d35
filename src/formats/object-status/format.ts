import { readMigration, readSql } from '../../engine/sql-file.ts';
import type { Format } from '../format.ts';

/** What was seen of objects when they were looked up or listed, a JSON object a line. */
export const objectStatus: Format = {
  name: 'object-status',
  title: 'object status',
  unit: 'line',
  parsedTable: 'object_status_parsed',
  parses: [{ select: readSql('parse', import.meta.url) }],
  migrations: [readMigration('object-status', '001-object-status', import.meta.url)],
  recognises: ({ head }) => /^\s*\{"observed":"(?:head|listing)"/.test(head.toString('latin1')),
};
