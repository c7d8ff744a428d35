/** What runs beside the sources: the work of monitors, as configured. */
import type { Config } from './config/schema.ts';
import type { Engine } from './engine/engine.ts';
import type { Clock } from './lib/clock.ts';
import type { Job } from './lib/job.ts';
import { openJudge } from './monitors/replication/judge.ts';
import { openPairsJob } from './monitors/replication/pairs-job.ts';

interface JobParts {
  readonly engine: Engine;
  readonly clock: Clock;
}

export interface Jobs {
  readonly all: readonly Job[];
  /** Does now what is left to do about facts that are stored, for who asks without a server running. */
  catchUp(signal: AbortSignal): Promise<void>;
}

/** The jobs of the configuration. */
export function openJobs({ replication }: Config, parts: JobParts): Jobs {
  const pairs = openPairsJob(replication, parts);
  const judge = openJudge(parts);
  return {
    all: [pairs, judge],
    async catchUp(signal) {
      await pairs.run(signal);
      await judge.run(signal);
    },
  };
}
