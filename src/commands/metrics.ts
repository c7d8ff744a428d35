/** `metrics`: which metrics there are, their values, and what of them is published to CloudWatch. */
import type { Command } from 'commander';
import { addMetricsListCommand, addMetricsShowCommand } from './metrics-list.ts';
import { addMetricsPublishedCommand } from './metrics-published.ts';
import { addMetricsQueryCommand } from './metrics-query.ts';

const EXAMPLES = `
Examples:
  bucketwatch metrics
  bucketwatch metrics show FirstByteLatency
  bucketwatch metrics query FirstByteLatency --stat p99 --where bucket=media --since 24h --period 5m
  bucketwatch metrics query 'stat(Sum, 5xxErrors) / AllRequests * 100' --since 7d --csv
  bucketwatch metrics published`;

export function addMetricsCommand(root: Command): void {
  const metrics = root
    .command('metrics')
    .description('metrics: which there are, and their values')
    .addHelpText('after', EXAMPLES);
  addMetricsListCommand(metrics);
  addMetricsShowCommand(metrics);
  addMetricsQueryCommand(metrics);
  addMetricsPublishedCommand(metrics);
}
