/** Who is told of the demo's alarms: a server on loopback that takes every message and shows it to nobody. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface MessageSink {
  /** Section `notify` of the configuration: channels that lead here, and nowhere else. */
  readonly section: unknown;
  close(): void;
}

/** So that there is something to see: the first messages to the pager fail. */
const PAGER_FAILURES = 4;

/** Listens on a free port. */
export async function openMessageSink(): Promise<MessageSink> {
  let paged = 0;
  const server = createServer((request, response) => {
    request.resume();
    if (request.url === '/pager') paged += 1;
    const isAway = request.url === '/pager' && paged <= PAGER_FAILURES;
    response.statusCode = isAway ? 503 : 204;
    response.end(isAway ? 'the pager of the demo is away for maintenance' : undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    section: sectionTo(`http://127.0.0.1:${port}`),
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function sectionTo(url: string): unknown {
  const usual = { channels: ['demo-chat'], group_wait: '10s' };
  return {
    channels: [
      { kind: 'webhook', name: 'demo-chat', url: `${url}/chat` },
      { kind: 'webhook', name: 'demo-pager', url: `${url}/pager` },
    ],
    routes: [
      {
        ...usual,
        name: 'grave',
        match: { severity: 'critical' },
        escalate: [{ after: '1m', channels: ['demo-pager'] }],
      },
      { ...usual, name: 'daily', match: { severity: 'info' }, digest: { cron: '0 8 * * *' } },
      { ...usual, name: 'rest' },
    ],
  };
}
