/** What came of each job's runs since the program started: kept in memory, a record a job. */
import type { Clock } from './clock.ts';

export interface JobRecord {
  readonly name: string;
  /** Pause between the end of one run and the start of the next, milliseconds. */
  readonly everyMs: number;
  /** Runs that ended, those that failed included. */
  readonly runs: number;
  readonly failures: number;
  /** Failures since the last success. */
  readonly failuresInRow: number;
  /** When the run under way started, milliseconds since 1970 UTC, as all times here; absent between runs. */
  readonly runningSinceMs?: number;
  readonly lastSuccessMs?: number;
  readonly lastFailureMs?: number;
  /** How long the last run took. */
  readonly lastRunMs?: number;
  /** Why the last run failed; empty when it did not. */
  readonly reason: string;
}

/** What a job that is repeated is recorded by. */
export type JobLedger = Pick<JobRecords, 'started' | 'ended'>;

export class JobRecords {
  readonly #clock: Clock;
  readonly #records = new Map<string, JobRecord>();

  constructor(parts: { readonly clock: Clock }) {
    this.#clock = parts.clock;
  }

  /** A run starts. */
  started({ name, everyMs }: { readonly name: string; readonly everyMs: number }): void {
    const nowMs = this.#clock.nowMs();
    const begun = { name, everyMs, runs: 0, failures: 0, failuresInRow: 0, reason: '' };
    const before = this.#records.get(name) ?? begun;
    this.#records.set(name, { ...before, everyMs, runningSinceMs: nowMs });
  }

  /** The run that was started has ended; with a reason it failed. */
  ended(name: string, failure?: string): void {
    const before = this.#records.get(name);
    if (before === undefined) return;
    const nowMs = this.#clock.nowMs();
    const { runningSinceMs = nowMs, ...rest } = before;
    const ended = { ...rest, runs: before.runs + 1, lastRunMs: nowMs - runningSinceMs };
    this.#records.set(
      name,
      failure === undefined
        ? { ...ended, failuresInRow: 0, lastSuccessMs: nowMs, reason: '' }
        : {
            ...ended,
            failures: before.failures + 1,
            failuresInRow: before.failuresInRow + 1,
            lastFailureMs: nowMs,
            reason: failure,
          },
    );
  }

  /** In the order in which the jobs began. */
  all(): readonly JobRecord[] {
    return [...this.#records.values()];
  }
}
