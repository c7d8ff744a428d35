/** One HTTP request to a provider, and what its answer means. Addresses and answers never get into a reason whole. */
import type { Clock } from '../lib/clock.ts';
import type { Delivery } from './channel.ts';
import { shown } from './text.ts';

export interface HttpParts {
  readonly clock: Clock;
}

export interface Outgoing {
  readonly method?: 'POST' | 'PUT';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
  /** What must not be told, beside the address itself. */
  readonly secrets?: readonly string[];
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** The first 64 KiB. */
  readonly text: string;
}

const TIMEOUT_MS = 10_000;
const ANSWER_BYTES_MAX = 65_536;
const REASON_MAX = 300;
/** Of the id that a provider gives; PagerDuty gives our own key back. */
const ID_MAX = 255;
const RETRIED = [408, 425, 429];
/** What `fetch` says of ports such as 25. Source: https://fetch.spec.whatwg.org/#port-blocking */
const BAD_PORT = 'bad port';

/**
 * Sends it and reads the answer. `read` says what a 2xx means when that is not simply delivered; `retried` names further
 * codes that may pass. Throws the signal's reason when it aborts.
 */
export async function sendHttp(
  given: Outgoing,
  parts: HttpParts & { read?: (answer: Answer) => Delivery; retried?: readonly number[] },
  signal: AbortSignal,
): Promise<Delivery> {
  if (!URL.canParse(given.url)) return { kind: 'refused', reason: 'its address is none' };
  if (!/^https?:/i.test(given.url)) return { kind: 'refused', reason: 'its address is not of http or https' };
  const outgoing = withLogin(given);
  let answer: Answer;
  try {
    answer = await exchange(outgoing, parts.clock, signal);
  } catch (error) {
    signal.throwIfAborted();
    const cause = causeOf(error);
    if (cause === BAD_PORT) return { kind: 'refused', reason: 'its port is one of another protocol' };
    return { kind: 'failed', reason: `no answer (${cause})` };
  }
  const delivery =
    answer.status >= 200 && answer.status < 300
      ? (parts.read?.(answer) ?? { kind: 'delivered', id: '' })
      : unwelcome(answer, parts);
  return delivery.kind === 'delivered'
    ? { ...delivery, id: redacted(delivery.id, outgoing).slice(0, ID_MAX) }
    : { ...delivery, reason: redacted(delivery.reason, outgoing) };
}

/** User and password of an address as the header that they stand for: `fetch` takes no address with them. */
function withLogin(outgoing: Outgoing): Outgoing {
  const address = new URL(outgoing.url);
  const { username, password } = address;
  if (username === '' && password === '') return outgoing;
  address.username = '';
  address.password = '';
  const login = `${decoded(username)}:${decoded(password)}`;
  const authorization = `Basic ${Buffer.from(login).toString('base64')}`;
  return {
    ...outgoing,
    url: address.href,
    headers: { authorization, ...outgoing.headers },
    secrets: [...(outgoing.secrets ?? []), outgoing.url, login, decoded(password)],
  };
}

/** Headers of a JSON body. */
export const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' } as const;

/** A member of a JSON answer that is a text or a number, as text; empty when it is not there. */
export function memberOf(text: string, ...path: readonly string[]): string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return '';
  }
  for (const name of path)
    value =
      typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

async function exchange(outgoing: Outgoing, clock: Clock, signal: AbortSignal): Promise<Answer> {
  const done = new AbortController();
  const late = new AbortController();
  const timer = clock.sleep(TIMEOUT_MS, done.signal).then(
    () => late.abort(new DOMException(`nothing for ${TIMEOUT_MS / 1000} s`, 'TimeoutError')),
    () => undefined,
  );
  try {
    const response = await fetch(outgoing.url, {
      method: outgoing.method ?? 'POST',
      headers: { 'user-agent': 'bucketwatch', ...outgoing.headers },
      body: outgoing.body,
      // A secret of ours is for the host it was given for.
      redirect: 'manual',
      signal: AbortSignal.any([signal, late.signal]),
    });
    return { status: response.status, headers: response.headers, text: await beginningOf(response) };
  } finally {
    done.abort();
    await timer;
  }
}

async function beginningOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk);
    length += chunk.byteLength;
    if (length >= ANSWER_BYTES_MAX) break;
  }
  return Buffer.concat(chunks).subarray(0, ANSWER_BYTES_MAX).toString('utf8');
}

function unwelcome(answer: Answer, parts: HttpParts & { retried?: readonly number[] }): Delivery {
  const { status } = answer;
  const reason = `HTTP ${status}${answer.text.trim() === '' ? '' : `: ${answer.text.trim()}`}`;
  if (status >= 300 && status < 400)
    return {
      kind: 'refused',
      reason: `HTTP ${status}: it is somewhere else, and redirections are not followed`,
    };
  if (status < 500 && !RETRIED.includes(status) && parts.retried?.includes(status) !== true)
    return { kind: 'refused', reason };
  const retryAfterMs = retryAfter(answer, parts.clock.nowMs());
  return { kind: 'failed', reason, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}

/** Seconds or a date; Discord and Telegram say it in the body too. */
function retryAfter({ headers, text }: Answer, nowMs: number): number | undefined {
  const given =
    headers.get('retry-after') ??
    (memberOf(text, 'retry_after') || memberOf(text, 'parameters', 'retry_after'));
  if (/^\d+(\.\d+)?$/.test(given)) return Math.ceil(Number(given) * 1000);
  const atMs = Date.parse(given);
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowMs);
}

/** The system's code or the kind of error: messages of `fetch` repeat addresses. */
function causeOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string') return cause.code;
  if (cause instanceof Error && cause.message === BAD_PORT) return BAD_PORT;
  return cause instanceof Error ? cause.name : 'UnknownError';
}

/** A reason without our secrets, in whatever form an answer may repeat them. */
function redacted(reason: string, { url, secrets = [], headers = {} }: Outgoing): string {
  const told = [
    ...secrets,
    ...partsOf(url),
    ...Object.values(headers).flatMap((value) => [value, value.split(' ').at(-1) ?? '']),
  ];
  const forms = told.flatMap(formsOf);
  // The longest first, or a part would leave the rest of the whole standing.
  const sorted = [...new Set(forms)].filter((form) => form.length >= 6).sort((a, b) => b.length - a.length);
  const clean = sorted.reduce((text, form) => text.replaceAll(form, '…'), reason);
  // Only the beginning: the end may be half of a secret.
  return shown(clean.slice(0, REASON_MAX), REASON_MAX);
}

/** A secret as it may stand in an address, in JSON, or as it was meant. */
function formsOf(secret: string): string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  return [
    secret,
    decoded(secret),
    encodeURIComponent(secret),
    json,
    json.replaceAll('/', '\\/'),
    secret.replaceAll('&', '&amp;'),
  ];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The address, and the pieces of its path and query long enough to be secrets. */
function partsOf(address: string): string[] {
  const { pathname, search, searchParams } = new URL(address);
  const pieces = pathname.split('/').filter((piece) => piece.length >= 16);
  const whole = `${pathname}${search}`;
  return [address, ...(whole.length > 20 ? [whole] : []), ...pieces, ...searchParams.values()];
}
