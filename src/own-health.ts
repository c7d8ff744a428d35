/** Wires the health of the program itself. */
import type { AlarmFeed } from './alarms/feed.ts';
import type { Config } from './config/schema.ts';
import type { Engine } from './engine/engine.ts';
import type { DeliveryReading } from './health/delivery-items.ts';
import type { EngineErrors } from './health/engine-errors.ts';
import { healthFeed } from './health/health-feed.ts';
import { HealthWatch } from './health/health-watch.ts';
import { pingJob } from './health/ping.ts';
import { processMemory } from './health/readings.ts';
import type { Intake } from './intake/intake.ts';
import type { Clock } from './lib/clock.ts';
import type { Job } from './lib/job.ts';
import { JobRecords } from './lib/job-records.ts';
import type { Log } from './lib/log.ts';
import type { Source } from './sources/source.ts';

interface OwnHealthParts {
  readonly engine: Engine;
  readonly errors: EngineErrors;
  readonly intake: Pick<Intake, 'status'>;
  readonly sources: readonly Source[];
  /** How each channel does. */
  readonly deliveries: () => readonly DeliveryReading[];
  readonly clock: Clock;
  readonly log: Log;
}

export interface OwnHealth {
  readonly watch: HealthWatch;
  /** What jobs are recorded in while they are repeated. */
  readonly records: JobRecords;
  readonly jobs: readonly Job[];
  readonly feed: AlarmFeed;
}

export function openOwnHealth(config: Config, parts: OwnHealthParts): OwnHealth {
  const records = new JobRecords(parts);
  const watch = new HealthWatch({
    ...parts,
    folder: config.data,
    spool() {
      const { spoolBytes, loadsWaiting } = parts.intake.status();
      return { bytes: spoolBytes, bytesMax: config.intake.spool, loadsWaiting };
    },
    jobs: () => records.all(),
    memory: processMemory,
  });
  return {
    watch,
    records,
    jobs: pingJobs(config, { ...parts, health: watch }),
    feed: healthFeed({ health: watch }),
  };
}

function pingJobs(
  { health: { ping } }: Config,
  parts: { readonly health: HealthWatch; readonly clock: Clock; readonly log: Log },
): Job[] {
  if (ping === undefined) return [];
  const { url, fail_url: failUrl, method, every, timeout } = ping;
  const settings = { url, method, everyMs: every, timeoutMs: timeout };
  return [pingJob(failUrl === undefined ? settings : { ...settings, failUrl }, parts)];
}
