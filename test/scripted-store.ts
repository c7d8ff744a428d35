/** A store on loopback that answers what a test says, and counts what it was asked. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

export interface ScriptedAnswer {
  readonly status: number;
  /** An XML body; an error of this code when it is a bare word. */
  readonly body?: string;
}

export interface ScriptedStore {
  readonly endpoint: string;
  /** Method, path and query of each request, in order. */
  readonly asked: string[];
  stop(): Promise<void>;
}

/** Starts it on a free port of 127.0.0.1. No answer at all cuts the connection. */
export async function startScriptedStore(
  script: (url: URL, method: string) => ScriptedAnswer | undefined,
): Promise<ScriptedStore> {
  const asked: string[] = [];
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '/', 'http://store');
    asked.push(`${request.method ?? ''} ${url.pathname}${url.search}`);
    request.resume();
    const answer = script(url, request.method ?? '');
    if (answer === undefined) {
      response.destroy();
      return;
    }
    const { status, body = '' } = answer;
    const xml = /^\w+$/.test(body) ? `<Error><Code>${body}</Code><Message>m</Message></Error>` : body;
    response.writeHead(status, { 'content-type': 'application/xml' }).end(xml);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    asked,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A page of a list of buckets. */
export function bucketsPage(names: readonly string[], next?: string): string {
  const buckets = names
    .map(
      (name) => `<Bucket><Name>${name}</Name><CreationDate>2026-01-02T03:04:05.000Z</CreationDate></Bucket>`,
    )
    .join('');
  const token = next === undefined ? '' : `<ContinuationToken>${next}</ContinuationToken>`;
  return `<?xml version="1.0"?><ListAllMyBucketsResult><Owner><ID>owner-1</ID></Owner><Buckets>${buckets}</Buckets>${token}</ListAllMyBucketsResult>`;
}
