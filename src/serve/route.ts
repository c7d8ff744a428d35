/** What every route has: its parts, and how its answers are described. */
import { type OpenAPIHono, z } from '@hono/zod-openapi';
import type { AlarmsControl } from '../alarms/known-definition.ts';
import type { Config } from '../config/schema.ts';
import type { Engine } from '../engine/engine.ts';
import type { Publisher } from '../export/publisher.ts';
import type { HealthWatch } from '../health/health-watch.ts';
import type { IntakeCounts } from '../intake/counts.ts';
import type { Intake } from '../intake/intake.ts';
import type { Clock } from '../lib/clock.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { BackupsControl, SeriesId } from '../monitors/backups/monitor.ts';
import type { TrailKeys } from '../monitors/completeness/trails.ts';
import type { CanaryJob } from '../monitors/replication/canary.ts';
import type { Book } from '../notify/book.ts';
import type { Channel } from '../notify/channel.ts';
import type { Rules } from '../notify/rules.ts';
import type { Source } from '../sources/source.ts';
import * as shapes from './api.ts';
import type { ArrivalsCache } from './arrivals-cache.ts';

/** Who is told of what. */
export interface NotifyRules {
  readonly rules: Rules;
  readonly channels: readonly Pick<Channel, 'name' | 'kind'>[];
  book(): Promise<Book>;
}

export interface ApiParts {
  readonly engine: Engine;
  readonly intake: Intake;
  readonly sources: readonly Source[];
  readonly arrivals: ArrivalsCache;
  readonly metrics: Metrics;
  readonly trailKeys: TrailKeys;
  readonly backups: BackupsControl;
  readonly alarms: AlarmsControl;
  /** Writes what is proposed for the series into the configuration file, and watches by it. */
  readonly acceptBackups: (
    ids: readonly SeriesId[],
    signal: AbortSignal,
  ) => Promise<{ readonly file: string; readonly names: readonly string[] }>;
  /** Of 32 bytes: secret links are made with it. */
  readonly linkKey: Uint8Array;
  readonly notifications: NotifyRules;
  /** Absent: nothing is published to CloudWatch. */
  readonly publisher?: Pick<Publisher, 'look'> | undefined;
  readonly canaries: Pick<CanaryJob, 'send'>;
  /** False while what the sources had at the start is not read and judged. */
  readonly isSettled: () => boolean;
  readonly health: Pick<HealthWatch, 'look' | 'answer'>;
  /** What is missing before sources are followed, or why they no longer are; empty while they are. */
  readonly notReady: () => string;
  readonly clock: Clock;
  readonly config: Config;
  readonly isDemo: boolean;
  readonly startedMs: number;
  readonly ingest: (source: Source, signal: AbortSignal) => Promise<IntakeCounts>;
  readonly openLocation: (
    location: string,
    options: Omit<shapes.IngestRequest, 'paths' | 'retry_rejected'>,
  ) => Source;
  readonly retryRejected: (signal: AbortSignal) => Promise<IntakeCounts>;
}

export type Api = OpenAPIHono;

export const problemAnswer = {
  default: {
    description: 'A problem',
    content: { 'application/problem+json': { schema: shapes.Problem } },
  },
};

/** A route's answer: JSON of one shape, or a problem. */
export function answers<Schema extends z.ZodType>(schema: Schema, description: string) {
  return {
    200: { description, content: { 'application/json': { schema } } },
    ...problemAnswer,
  };
}

/** A `limit`-like query parameter. */
export const limitOf = (fallback: number, most: number) =>
  z.coerce.number().int().min(1).max(most).default(fallback);
