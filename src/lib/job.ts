/** Work that is done again and again beside everything else. */
import type { Clock } from './clock.ts';
import { reasonOf } from './fault.ts';
import type { Log } from './log.ts';

export interface Job {
  /** For log and page. */
  readonly name: string;
  /** Pause between the end of one run and the start of the next, milliseconds. */
  readonly everyMs: number;
  /** One run; repeating it after a crash is harmless. */
  run(signal: AbortSignal): Promise<void>;
}

/** Runs the job until the signal aborts. A run that fails is logged and tried again after the pause. */
export async function repeat(
  job: Job,
  parts: { readonly clock: Clock; readonly log: Log },
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await job.run(signal);
    } catch (error) {
      if (!signal.aborted) parts.log.error({ job: job.name, error: reasonOf(error) }, 'job failed');
    }
    await parts.clock.sleep(job.everyMs, signal).catch(() => undefined);
  }
}
