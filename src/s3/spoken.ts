/** What an answer says outside of its body, which is all there is of answers to HEAD. */
import { Fault } from '../lib/fault.ts';

export interface Spoken {
  readonly status: number;
  /** By name in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Status and headers of a response of the SDK; nothing when it is none. */
export function spokenBy(response: unknown): Spoken | undefined {
  if (typeof response !== 'object' || response === null) return undefined;
  if (!('statusCode' in response) || typeof response.statusCode !== 'number') return undefined;
  const headers = 'headers' in response && isHeaders(response.headers) ? response.headers : {};
  const named = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  return { status: response.statusCode, headers: Object.fromEntries(named) };
}

/** What the store said when it refused; nothing for a fault of another kind. */
export function spokenIn(error: unknown): Spoken | undefined {
  if (!(error instanceof Fault) || !(error.cause instanceof Error)) return undefined;
  return '$response' in error.cause ? spokenBy(error.cause.$response) : undefined;
}

/** The clock of the store when it answered, from the header `Date`; milliseconds since 1970 UTC, 0 when it does not say. */
export function storeMsOf(spoken: Spoken | undefined): number {
  return Date.parse(spoken?.headers['date'] ?? '') || 0;
}

function isHeaders(value: unknown): value is Record<string, string> {
  return typeof value === 'object' && value !== null;
}
