/** A dead man's switch: an address outside that is asked while all is well, and raises the alarm when it no longer is. */
import type { Clock } from '../lib/clock.ts';
import type { Job } from '../lib/job.ts';
import type { Log } from '../lib/log.ts';
import type { Health } from './own-health.ts';
import { isAtWork } from './own-health.ts';

export interface PingSettings {
  /** A secret: whoever knows it can keep the switch quiet. */
  readonly url: string;
  /** Asked instead while not all is well; absent: nothing is. Secret as well. */
  readonly failUrl?: string;
  readonly method: 'GET' | 'POST';
  readonly everyMs: number;
  /** How long the other side may take. */
  readonly timeoutMs: number;
}

interface PingParts {
  readonly health: { look(): Promise<Health> };
  readonly clock: Clock;
  readonly log: Log;
}

/** Pauses before it is tried again, within one run. */
const AGAIN_MS = [2_000, 10_000] as const;

/** The job that asks. It never fails: that the switch cannot be reached is a warning, and no illness of ours. */
export function pingJob(settings: PingSettings, parts: PingParts): Job {
  const ping = new Ping(settings, parts);
  return { name: 'dead-man ping', everyMs: settings.everyMs, run: (signal) => ping.run(signal) };
}

class Ping {
  readonly #settings: PingSettings;
  readonly #parts: PingParts;
  #failures = 0;

  constructor(settings: PingSettings, parts: PingParts) {
    this.#settings = settings;
    this.#parts = parts;
  }

  async run(signal: AbortSignal): Promise<void> {
    const health = await this.#parts.health.look();
    const url = isAtWork(health) ? this.#settings.url : this.#settings.failUrl;
    if (url === undefined) {
      this.#parts.log.warn({ health: health.sentence }, 'dead-man ping left out: not all is well');
      return;
    }
    const reason = await this.#insist(url, signal);
    if (!signal.aborted) this.#tell(reason);
  }

  /** Why it was in vain, after the last try; nothing when it arrived. */
  async #insist(url: string, signal: AbortSignal): Promise<string | undefined> {
    let reason = await this.#ask(url, signal);
    for (const pauseMs of AGAIN_MS) {
      if (reason === undefined || signal.aborted) return reason;
      await this.#parts.clock.sleep(pauseMs, signal).catch(() => undefined);
      if (!signal.aborted) reason = await this.#ask(url, signal);
    }
    return reason;
  }

  async #ask(url: string, signal: AbortSignal): Promise<string | undefined> {
    const { method, timeoutMs } = this.#settings;
    try {
      const answer = await fetch(url, {
        method,
        redirect: 'manual',
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      });
      await answer.body?.cancel();
      return answer.ok ? undefined : `status ${answer.status}`;
    } catch (error) {
      return wordOf(error);
    }
  }

  /** The first warning and then ever fewer: the 1st, 2nd, 4th, 8th, ... */
  #tell(reason: string | undefined): void {
    const { log } = this.#parts;
    if (reason === undefined) {
      if (this.#failures > 0) log.info({ failures: this.#failures }, 'dead-man ping arrives again');
      this.#failures = 0;
      return;
    }
    this.#failures += 1;
    if (Number.isInteger(Math.log2(this.#failures)))
      log.warn({ reason, failures: this.#failures }, 'dead-man ping does not arrive');
  }
}

/** A code or a name alone: a message may repeat the URL. */
function wordOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string') return cause.code;
  return error instanceof Error ? error.name : 'UnknownError';
}
