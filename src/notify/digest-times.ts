/** Times at which a digest is sent. */
import { Cron } from 'croner';
import { Fault } from '../lib/fault.ts';

export interface DigestTimes {
  /** Minute, hour, day of month, month, day of week. */
  readonly cron: string;
  readonly timezone: string;
}

/** The first time after a moment, milliseconds since 1970 UTC; nothing when there is none. Throws `invalid` for what is no cron. */
export function nextDigestMs({ cron, timezone }: DigestTimes, afterMs: number): number | undefined {
  try {
    return new Cron(cron, { timezone, paused: true, mode: '5-part' }).nextRun(new Date(afterMs))?.getTime();
  } catch (cause) {
    throw new Fault(
      'invalid',
      `Cannot read the times of a digest: they are not minute, hour, day, month, weekday, got "${cron}".`,
      {
        cause,
      },
    );
  }
}
