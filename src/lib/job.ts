/** Work that is done again and again beside everything else. */
import { Bell } from './bell.ts';
import type { Clock } from './clock.ts';
import { reasonOf } from './fault.ts';
import type { JobLedger } from './job-records.ts';
import type { Log } from './log.ts';

export interface Job {
  /** For log and page. */
  readonly name: string;
  /** Pause between the end of one run and the start of the next, milliseconds. */
  readonly everyMs: number;
  /** Ends that pause early. */
  readonly bell?: Bell;
  /** One run; repeating it after a crash is harmless. */
  run(signal: AbortSignal): Promise<void>;
}

interface RepeatParts {
  readonly clock: Clock;
  readonly log: Log;
  /** Where its runs are recorded; absent: nowhere. */
  readonly records?: JobLedger;
}

/** Runs the job until the signal aborts. A run that fails is recorded, logged and tried again after the pause. */
export async function repeat(job: Job, parts: RepeatParts, signal: AbortSignal): Promise<void> {
  const bell = job.bell ?? new Bell(parts);
  while (!signal.aborted) {
    parts.records?.started(job);
    const failure = await failureOf(job, signal);
    // A run that a stop cut short says nothing of the job.
    if (signal.aborted) return;
    if (failure !== undefined) parts.log.error({ job: job.name, error: failure }, 'job failed');
    parts.records?.ended(job.name, failure);
    await bell.pause(job.everyMs, signal);
  }
}

async function failureOf(job: Job, signal: AbortSignal): Promise<string | undefined> {
  try {
    await job.run(signal);
    return undefined;
  } catch (error) {
    return reasonOf(error);
  }
}
