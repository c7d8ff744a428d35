import { readMigration, readSql } from '../../engine/sql-file.ts';
import type { Format } from '../format.ts';

/** Metrics of a store, a JSON object a line, as the `cloudwatch` source writes them. */
export const storeMetrics: Format = {
  name: 'store-metrics',
  title: 'store metrics',
  unit: 'line',
  parsedTable: 'store_metrics_parsed',
  parses: [{ select: readSql('parse', import.meta.url) }],
  migrations: ['001-store-metrics', '002-storage-type'].map((name) =>
    readMigration('store-metrics', name, import.meta.url),
  ),
  recognises: ({ head }) => /^\s*\{"namespace":"[^"]*","metric":"/.test(head.toString('latin1')),
};
