/** Wires what is published to CloudWatch. */
import { join } from 'node:path';
import { publicationsOf } from './config/publications.ts';
import type { Config } from './config/schema.ts';
import { Progress } from './export/progress.ts';
import { Publisher } from './export/publisher.ts';
import type { Clock } from './lib/clock.ts';
import type { Job } from './lib/job.ts';
import type { Log } from './lib/log.ts';
import type { Metrics } from './metrics/metrics.ts';
import { openMetricSink } from './s3/metric-data-client.ts';
import { identityOf, present } from './sources/all.ts';

interface PublishingParts {
  readonly metrics: Metrics;
  /** False while what the sources had at the start is not all stored: periods are not complete. */
  readonly isSettled: () => boolean;
  readonly clock: Clock;
  readonly log: Log;
}

export interface Publishing {
  readonly publisher: Pick<Publisher, 'look'>;
  readonly job: Job;
  close(): void;
}

/** Nothing when nothing is to be published; nothing is sent yet. */
export function openPublishing(config: Config, parts: PublishingParts): Publishing | undefined {
  const { cloudwatch, backups } = config;
  if (cloudwatch === undefined) return undefined;
  const { region, endpoint, budget } = cloudwatch;
  const sink = openMetricSink({ region, ...present({ endpoint, ...identityOf(cloudwatch) }) });
  const settings = {
    publications: publicationsOf({ cloudwatch, backups }),
    everyMs: cloudwatch.every,
    delayMs: cloudwatch.delay,
    catchUpMs: cloudwatch.catch_up,
    seriesMax: cloudwatch.series,
    ...(budget === undefined ? {} : { budgetUsd: budget }),
  };
  const progress = new Progress(join(config.data, 'cloudwatch-published.json'));
  const publisher = new Publisher(settings, { ...parts, sink, progress });
  const job: Job = {
    name: 'cloudwatch',
    everyMs: cloudwatch.every,
    run: async (signal) => {
      if (parts.isSettled()) await publisher.run(signal);
    },
  };
  return { publisher, job, close: () => sink.close() };
}
