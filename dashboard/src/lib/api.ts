import type { Problem } from '../../../src/serve/api.ts';

/** Values for a query string; undefined, null and empty are left out. */
export type Query = Readonly<Record<string, string | number | null | undefined>>;

/** An answer that is not the one asked for, with what a reader needs: what happened and in which request. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly title: string;
  readonly code: string;
  readonly request: string;
  /** True when the same request may succeed later. */
  readonly canRetry: boolean;

  constructor(title: string, detail: string, circumstances: Circumstances) {
    super(detail);
    this.title = title;
    this.code = circumstances.code;
    this.request = circumstances.request;
    this.canRetry = circumstances.canRetry;
  }
}

interface Circumstances {
  readonly code: string;
  readonly request: string;
  readonly canRetry: boolean;
}

const ANSWER_START_LENGTH = 200;

/** The path with its query, the way it is sent and shown. */
function requestPath(route: string, query: Query): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') params.set(name, String(value));
  }
  // A colon needs no escape in a query, and times are read more easily with it.
  const text = params.toString().replaceAll('%3A', ':');
  return `/api/v1${route}${text === '' ? '' : `?${text}`}`;
}

/** Reads one answer of our own server. Fails with an ApiProblem, or with the abort of `signal`. */
export function getJson<T>(route: string, query: Query, signal: AbortSignal): Promise<T> {
  return askJson<T>(requestPath(route, query), {
    method: 'GET',
    signal,
    headers: { accept: 'application/json' },
  });
}

/** Tells our own server something, and reads what it answers. Fails with an ApiProblem. */
export function postJson<T>(route: string, body: object): Promise<T> {
  return askJson<T>(requestPath(route, {}), {
    method: 'POST',
    headers: { accept: 'application/json', 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

type Asking = RequestInit & { readonly method: string };

async function askJson<T>(path: string, asking: Asking): Promise<T> {
  const request = `${asking.method} ${path}`;
  const response = await fetch(path, asking).catch((cause: unknown) => {
    if (asking.signal?.aborted === true) throw cause;
    const detail =
      'Nothing answers at this address. Is the server still running, and is this machine still connected to it?';
    throw new ApiProblem('The server does not answer', detail, {
      code: 'unavailable',
      request,
      canRetry: true,
    });
  });
  const text = await response.text();
  if (!response.ok) throw problemOf(response, text, request);
  const answer = parseJson(text);
  if (answer === undefined) {
    const detail = `The answer is not JSON. It begins with "${text.slice(0, ANSWER_START_LENGTH)}".`;
    throw new ApiProblem('The answer cannot be read', detail, {
      code: 'unavailable',
      request,
      canRetry: false,
    });
  }
  // The server that serves this page builds the answer from the very schema T is inferred from.
  return answer as T;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isProblem(value: unknown): value is Problem {
  return typeof value === 'object' && value !== null && 'title' in value && 'detail' in value;
}

function problemOf(response: Response, text: string, request: string): ApiProblem {
  const answer = parseJson(text);
  const canRetry = response.status === 503 || response.status === 502 || response.status === 504;
  if (isProblem(answer))
    return new ApiProblem(answer.title, answer.detail, { code: answer.code, request, canRetry });
  const detail = `HTTP ${response.status} ${response.statusText}: ${text.slice(0, ANSWER_START_LENGTH)}`;
  return new ApiProblem('The server could not answer', detail, {
    code: String(response.status),
    request,
    canRetry,
  });
}
