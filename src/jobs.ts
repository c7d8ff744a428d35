/** What runs beside the sources: the work of monitors, as configured. */
import type { Config } from './config/schema.ts';
import type { Engine } from './engine/engine.ts';
import type { Clock } from './lib/clock.ts';
import type { Job } from './lib/job.ts';
import type { Log } from './lib/log.ts';
import { openArchive } from './monitors/replication/archive.ts';
import { archivePlace } from './monitors/replication/archive-place.ts';
import { CanaryJob } from './monitors/replication/canary.ts';
import { openJudge } from './monitors/replication/judge.ts';
import { openPairsJob } from './monitors/replication/pairs-job.ts';
import type { Estate } from './s3/estate.ts';

interface JobParts {
  readonly engine: Engine;
  readonly estate: Estate;
  readonly clock: Clock;
  readonly log: Log;
}

export interface Jobs {
  readonly all: readonly Job[];
  /** One of them: canaries are also written on request. */
  readonly canaries: CanaryJob;
  /** Does now what is left to do about facts that are stored, for who asks without a server running. */
  catchUp(signal: AbortSignal): Promise<void>;
}

/** The jobs of the configuration. */
export function openJobs({ replication }: Config, parts: JobParts): Jobs {
  const pairs = openPairsJob(replication, parts);
  const judge = openJudge(parts);
  const canaries = openCanaries(replication, parts);
  return {
    all: [pairs, judge, canaries, ...archiveJobs(replication, parts)],
    canaries,
    async catchUp(signal) {
      await pairs.run(signal);
      await judge.run(signal);
    },
  };
}

function openCanaries({ canaries, target }: Config['replication'], parts: JobParts): CanaryJob {
  const settings = canaries.map((canary) => ({
    pair: canary.pair,
    source: canary.source,
    destination: canary.destination,
    everyMs: canary.every,
    prefix: canary.prefix,
    isRemovedAtDestination: canary.remove_at_destination,
    targetMs: target,
  }));
  return new CanaryJob(settings, { ...parts, stores: parts.estate });
}

function archiveJobs({ archive }: Config['replication'], { engine, estate, clock }: JobParts): Job[] {
  if (archive === undefined) return [];
  const place = archivePlace(archive.to, estate);
  return [openArchive({ format: archive.format, everyMs: archive.every }, { engine, place, clock })];
}
