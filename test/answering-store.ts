/** A store that answers as a test says, and keeps what it was asked. */
import { createServer } from 'node:http';
import { onTestFinished } from 'vitest';

export interface ScriptedAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface ScriptedStore {
  readonly endpoint: string;
  /** `HEAD /media/a?versionId=v1`, in order. */
  readonly asked: string[];
}

/** Starts it on a free port of 127.0.0.1 until the test is finished. */
export async function scriptedStore(
  answer: (method: string, url: URL) => ScriptedAnswer,
): Promise<ScriptedStore> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    request.resume();
    const method = request.method ?? '';
    const url = new URL(request.url ?? '/', 'http://store');
    asked.push(`${method} ${url.pathname}${url.search}`);
    const { status, headers = {}, body = '' } = answer(method, url);
    response.writeHead(status, { 'content-type': 'application/xml', ...headers });
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { endpoint: `http://127.0.0.1:${port}`, asked };
}
