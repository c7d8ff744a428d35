import { Fault, reasonOf } from '../lib/fault.ts';

/** ClickHouse's codes for a limit reached: time, memory, rows, bytes. */
const LIMIT_CODES = new Set([158, 159, 160, 241, 307, 396]);
/** Its codes for losing the other side, or having no room to write. */
const UNAVAILABLE_CODES = new Set([209, 210, 243, 252, 999]);

/** Any error of the engine as a `Fault`, with ClickHouse's own first line. */
export function engineFault(error: unknown): Fault {
  if (error instanceof Fault) return error;
  const text = reasonOf(error);
  const code = clickhouseCode(error, text);
  const message = firstLine(text);
  if (code === undefined)
    return new Fault('unavailable', `Cannot reach the engine: ${message}`, { cause: error });
  if (LIMIT_CODES.has(code))
    return new Fault('limit', `Cannot finish the query: ${message}`, { cause: error });
  if (UNAVAILABLE_CODES.has(code)) {
    return new Fault('unavailable', `Cannot use the engine: ${message}`, { cause: error });
  }
  return new Fault('invalid', `Cannot run the query: ${message}`, { cause: error });
}

/**
 * Its codes for bytes it cannot read: broken compression, an end too early. They come from reading a file, before a load of
 * one block has stored anything.
 */
const READ_CODES = new Set([27, 32, 33, 117, 271, 354]);

/**
 * An error of loading files: `invalid` only when the bytes themselves are at fault. Anything else that the engine refuses is
 * not the batch's doing and is tried again.
 */
export function loadFault(error: unknown): Fault {
  const fault = engineFault(error);
  const code = clickhouseCode(fault.cause, reasonOf(fault.cause));
  if (fault.code !== 'invalid' || (code !== undefined && READ_CODES.has(code))) return fault;
  return new Fault('unavailable', fault.message, { cause: fault.cause });
}

/** An error of reading a file through a statement of ours before anything is stored: what is invalid then is the file. */
export function readFault(error: unknown): Fault {
  const fault = engineFault(error);
  if (fault.code !== 'invalid') return fault;
  const reason = fault.message.replace(/^Cannot run the query: /, '').replace(/:? ?\(in file\/uri .*$/, '');
  return new Fault('invalid', `Cannot read the file: ${reason}`, { cause: error });
}

function clickhouseCode(error: unknown, text: string): number | undefined {
  const known = error as { clickhouseCode?: unknown; code?: unknown };
  for (const value of [known.clickhouseCode, known.code]) {
    if (typeof value === 'number') return value;
    if (typeof value === 'string' && /^\d+$/.test(value)) return Number(value);
  }
  const match = /Code: (\d+)[.,]/.exec(text);
  return match?.[1] === undefined ? undefined : Number(match[1]);
}

function firstLine(text: string): string {
  const line = text.replace(/^(?:Code: \d+\. )?(?:DB::Exception: )?/, '').split('\n')[0] ?? '';
  return line.length > 600 ? `${line.slice(0, 600)}…` : line;
}
