/** What every command needs: the global flags, the configuration, a way to the API, output for people or programs. */
import type { Command } from 'commander';
import { type App, type AppOptions, openApp } from '../app.ts';
import { ownerOf } from '../claim.ts';
import { readConfig } from '../config/load.ts';
import type { Config } from '../config/schema.ts';
import { systemClock } from '../lib/clock.ts';
import { Fault, type FaultCode, reasonOf } from '../lib/fault.ts';
import { openLog, silentLog } from '../lib/log.ts';
import type { RowForm } from './output.ts';

export interface GlobalFlags {
  readonly config?: string;
  readonly data?: string;
  readonly json?: boolean;
}

export function globalFlags(command: Command): GlobalFlags {
  return command.optsWithGlobals<GlobalFlags>();
}

/** How rows are to be printed. */
export function formOf(flags: GlobalFlags, options: Readonly<Record<string, unknown>>): RowForm {
  if (flags.json === true) return 'json';
  return options['csv'] === true ? 'csv' : 'table';
}

/** The configuration with the flags applied. Throws `invalid` with every problem and its line. */
export function configOf(flags: GlobalFlags): Config {
  const reading = readConfig(flags.config);
  if (!reading.ok) {
    const problems = reading.problems.map(
      ({ path, message, line }) => `  ${line === undefined ? '' : `line ${line}: `}${path} ${message}`,
    );
    throw new Fault('invalid', `Cannot use the configuration ${reading.file}:\n${problems.join('\n')}`);
  }
  return flags.data === undefined ? reading.config : { ...reading.config, data: flags.data };
}

/** A way to the API: the running server's, or an app of our own in this process. */
export interface ApiClient {
  get<Answer>(path: string, query?: Readonly<Record<string, string | undefined>>): Promise<Answer>;
  post<Answer>(path: string, body: unknown): Promise<Answer>;
  /** The bytes of an answer that is no JSON, as they come. */
  stream(path: string, query?: Readonly<Record<string, string | undefined>>): AsyncIterable<Uint8Array>;
  /** The app in this process, when no server runs. */
  readonly app?: App;
  close(): Promise<void>;
}

/** Reaches the server that has the data folder, or opens the folder here, with the file that what is accepted goes to. */
export async function reach(config: Config, options: AppOptions = {}): Promise<ApiClient> {
  const owner = await ownerOf(config.data);
  if (owner?.url !== undefined) return remoteClient(owner.url, config.auth.token);
  const app = await openApp({ ...config, sources: [] }, options, {
    clock: systemClock,
    log: quietLog(config),
  });
  return clientOver(
    (request) => Promise.resolve(app.api.fetch(request)),
    'http://localhost',
    config.auth.token,
    app,
  );
}

function quietLog(config: Config) {
  return config.log === 'debug' ? openLog('debug') : silentLog;
}

function remoteClient(url: string, token: string | undefined): ApiClient {
  return clientOver((request) => fetch(request), url, token);
}

function clientOver(
  send: (request: Request) => Promise<Response>,
  base: string,
  token: string | undefined,
  app?: App,
): ApiClient {
  const answerTo = async (path: string, init: RequestInit): Promise<Response> => {
    const headers = {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    };
    const response = await send(new Request(new URL(path, base), { ...init, headers })).catch(
      (error: unknown) => {
        throw new Fault('unavailable', `Cannot reach the server at ${base}: ${reasonOf(error)}`, {
          cause: error,
        });
      },
    );
    if (response.ok) return response;
    const problem = (await response.json().catch(() => ({}))) as { detail?: string; code?: FaultCode };
    throw new Fault(
      problem.code ?? 'unavailable',
      problem.detail ?? `Cannot read the answer of ${base}: status ${response.status}.`,
    );
  };
  const call = async <Answer>(path: string, init: RequestInit): Promise<Answer> =>
    (await (await answerTo(path, init)).json()) as Answer;
  return {
    get: (path, query = {}) => call(withQuery(path, query), { method: 'GET' }),
    post: (path, body) => call(`/api/v1${path}`, { method: 'POST', body: JSON.stringify(body) }),
    async *stream(path, query = {}) {
      const { body } = await answerTo(withQuery(path, query), { method: 'GET' });
      if (body !== null) yield* body;
    },
    ...(app === undefined ? {} : { app }),
    close: async () => app?.close(),
  };
}

function withQuery(path: string, query: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return `/api/v1${path}?${new URLSearchParams(given).toString()}`;
}
