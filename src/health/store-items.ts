/** The engine and the spool before it. */
import { bytesText } from '../lib/size-text.ts';
import { spanText } from '../lib/span-text.ts';
import { stateBy } from './machine-items.ts';
import type { HealthItem } from './own-health.ts';

export interface EngineReading {
  /** Whether it answered within a second. */
  readonly isAnswering: boolean;
  readonly tookMs: number;
  /** Why it did not answer; empty when it did. */
  readonly reason: string;
  /** Calls that failed in the last `ERROR_WINDOW_MS`, people's own SQL apart. */
  readonly errors: number;
  /** Why the last of them did; empty without one. */
  readonly lastError: string;
}

export interface SpoolReading {
  readonly bytes: number;
  readonly bytesMax: number;
  readonly loadsWaiting: number;
}

export const ERROR_WINDOW_MS = 900_000;
const ERRORS_BAD = 10;
const FILL_WARN = 0.8;

/** Whether the engine answers, and whether its calls fail. */
export function engineItems({ isAnswering, tookMs, reason, errors, lastError }: EngineReading): HealthItem[] {
  const window = spanText(ERROR_WINDOW_MS / 1000);
  return [
    {
      check: 'engine',
      of: '',
      state: stateBy(!isAnswering, false),
      sentence: isAnswering
        ? `The engine answers in ${Math.round(tookMs)} ms.`
        : `The engine does not answer within a second: ${reason}`,
      firstStep: isAnswering
        ? ''
        : 'See the log; on a cluster, whether its nodes answer. Restart if it stays so.',
      numbers: { took_ms: Math.round(tookMs) },
    },
    {
      check: 'engine-errors',
      of: '',
      state: stateBy(errors >= ERRORS_BAD, errors > 0),
      sentence:
        errors === 0
          ? `No call of the engine failed in the last ${window}.`
          : `${errors} calls of the engine failed in the last ${window}, the last: ${lastError}`,
      firstStep: errors === 0 ? '' : 'See the log for the reasons; out of memory is mended by engine.memory.',
      numbers: { errors },
    },
  ];
}

/** How full the spool is. Full, sources are held back, which is no loss and no good state to stay in. */
export function spoolItem({ bytes, bytesMax, loadsWaiting }: SpoolReading): HealthItem {
  const state = stateBy(bytes > bytesMax, bytes > bytesMax * FILL_WARN);
  return {
    check: 'spool',
    of: '',
    state,
    sentence: `The spool has ${bytesText(bytes)} of ${bytesText(bytesMax)}, ${loadsWaiting} loads wait for the engine.`,
    firstStep:
      state === 'good'
        ? ''
        : 'Sources are held back until the engine has caught up; if it does not, see its errors.',
    numbers: { bytes, bytes_max: bytesMax, loads_waiting: loadsWaiting },
  };
}
