/** What the doctor says of one thing, and whether it is needed. */
import { Fault, reasonOf } from '../lib/fault.ts';

/**
 * `ok`; `warn`: it works, and something is worth a look; `missing`: it is not there; `denied`: it is there, we may not;
 * `unsupported`: the other side does not offer it; `unreachable`: no answer; `untried`: trying would change something;
 * `failed`: anything else.
 */
export type Result =
  | 'ok'
  | 'warn'
  | 'missing'
  | 'denied'
  | 'unsupported'
  | 'unreachable'
  | 'untried'
  | 'failed';

export interface Finding {
  /** What was looked at: `source logs: s3:GetObject`. */
  readonly check: string;
  readonly result: Result;
  readonly sentence: string;
  /** What to do; empty when there is nothing. */
  readonly firstStep: string;
  /** Whether something configured does not work without it. */
  readonly isNeeded: boolean;
  /** IAM action that is missing, and the resource it is missing on. */
  readonly action?: string;
  readonly resource?: string;
}

const STOPS: readonly Result[] = ['missing', 'denied', 'unreachable', 'failed'];

/** Whether what is configured cannot work so. */
export function isStopping({ result, isNeeded }: Finding): boolean {
  return isNeeded && STOPS.includes(result);
}

export function ok(check: string, sentence: string): Finding {
  return { check, result: 'ok', sentence, firstStep: '', isNeeded: true };
}

/** An IAM action on a resource. */
export interface Asked {
  readonly check: string;
  readonly action: string;
  readonly resource: string;
  readonly isNeeded: boolean;
}

/** What a request that was tried says of the permission it takes. */
export async function tried(asked: Asked, attempt: () => Promise<unknown>): Promise<Finding> {
  try {
    await attempt();
    const { check, action, resource } = asked;
    return { ...ok(check, `${action} on ${resource} is granted.`), isNeeded: asked.isNeeded };
  } catch (error) {
    return refused(asked, error);
  }
}

/** What a request that failed says of the permission it takes. */
export function refused({ check, action, resource, isNeeded }: Asked, error: unknown): Finding {
  const sentence = reasonOf(error);
  const result = error instanceof Fault ? RESULTS[error.code] : 'failed';
  const base = { check, result, sentence, isNeeded };
  switch (result) {
    case 'denied':
      // Who we are is not known there, whatever may be granted: the sentence says how to mend it.
      if (!sentence.includes('it needs ')) return { ...base, firstStep: 'Mend the credentials.' };
      return { ...base, firstStep: `Grant ${action} on ${resource}.`, action, resource };
    case 'unreachable':
      return { ...base, firstStep: 'See whether the endpoint is right and this machine gets there.' };
    case 'unsupported':
      return { ...base, firstStep: 'The store does not offer it; nothing can be granted.' };
    default:
      return { ...base, firstStep: 'Mend what it says, then ask again.' };
  }
}

const RESULTS = {
  denied: 'denied',
  unavailable: 'unreachable',
  unsupported: 'unsupported',
  not_found: 'missing',
  invalid: 'failed',
  conflict: 'failed',
  limit: 'failed',
} as const satisfies Record<Fault['code'], Result>;
