/** What can go wrong outside of us, as few codes as callers branch on. */
export type FaultCode =
  | 'invalid' // the request or the configuration is wrong; repeating it changes nothing
  | 'not_found' // it does not exist
  | 'denied' // it exists, we may not
  | 'conflict' // somebody else holds it
  | 'limit' // a named limit was reached
  | 'unavailable' // the other side does not answer; trying again may help
  | 'unsupported'; // the other side cannot do this

interface FaultOptions {
  readonly cause?: unknown;
  /** True when the same call may succeed later. Default: only for `unavailable`. */
  readonly retry?: boolean;
}

/** A failure outside of our own code, with a message for people: *Cannot <do> <what>: <reason>*. */
export class Fault extends Error {
  override readonly name = 'Fault';
  readonly code: FaultCode;
  readonly retry: boolean;

  constructor(code: FaultCode, message: string, options: FaultOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retry = options.retry ?? code === 'unavailable';
  }
}

/** The HTTP status of each code, for the API. */
export const HTTP_STATUS = {
  invalid: 400,
  not_found: 404,
  denied: 403,
  conflict: 409,
  limit: 422,
  unavailable: 503,
  unsupported: 501,
} as const satisfies Record<FaultCode, number>;

/** The exit code of each code, for the command line: 2 usage, 3 cannot reach or do. */
export const EXIT_CODE = {
  invalid: 2,
  not_found: 2,
  denied: 3,
  conflict: 3,
  limit: 3,
  unavailable: 3,
  unsupported: 3,
} as const satisfies Record<FaultCode, number>;

/** The text of anything thrown, for messages; never the stack. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
