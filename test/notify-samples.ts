/** Notifications that the tests of channels send, and a server that takes them. */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { Notification, NotifiedAlarm } from '../src/notify/channel.ts';

export const HOME = 'https://bw.example/';
const START_MS = Date.UTC(2026, 10, 21, 2, 30);

const ALARM: NotifiedAlarm = {
  id: 'backups/vault/db-nightly',
  newsId: '2f3c2ab1d4e5f60718293a4b5c6d7e8f',
  title: 'Backup db-nightly in vault is missing',
  state: 'ALARM',
  previousState: 'OK',
  severity: 'critical',
  labels: { monitor: 'backups', bucket: 'vault', 'tag.team': 'data & storage' },
  sentence: 'Nothing came by 02:30 UTC; it was due at 02:00 with 30 min of grace.',
  numbers: [
    { name: 'last run', value: '1.2 GiB' },
    { name: 'age', value: '24.5 h' },
  ],
  evidence: [
    '2026-11-20 02:04  db/2026-11-20/orders_v2.gz  1.2 GiB',
    '2026-11-19 02:03  db/2026-11-19/orders_v2.gz  1.2 GiB',
  ],
  firstStep: 'Look at the log of the job that writes s3://vault/db/.',
  sinceMs: START_MS,
  passed: [{ state: 'ALARM', atMs: START_MS }],
  links: {
    open: `${HOME}alarms/backups%2Fvault%2Fdb-nightly`,
    acknowledge: `${HOME}a/ack?signature=abc`,
    silence: `${HOME}a/silence?signature=abc`,
  },
};

export const ALARM_NOTIFICATION: Notification = {
  id: '0f3c2ab1d4e5f60718293a4b5c6d7e8f',
  kind: 'changes',
  group: 'monitor backups',
  createdMs: START_MS + 30_000,
  alarms: [ALARM],
  home: HOME,
};

export const RECOVERY_NOTIFICATION: Notification = {
  ...ALARM_NOTIFICATION,
  id: '1f3c2ab1d4e5f60718293a4b5c6d7e8f',
  createdMs: START_MS + 2_430_000,
  alarms: [
    {
      ...ALARM,
      state: 'OK',
      previousState: 'ALARM',
      sentence: 'It came at 03:10 UTC, 40 min late.',
      sinceMs: START_MS + 2_400_000,
      passed: [{ state: 'OK', atMs: START_MS + 2_400_000 }],
    },
  ],
};

/** What somebody may name a key who wants to be read. */
export const HOSTILE = `<script>alert(1)</script> & "q" 'a' *b* _i_ ~s~ \`c\` \`\`\`x\`\`\` [l](https://evil.example/a) <!channel> <@U1> @everyone @all @here <at>all</at> www.evil.example javascript:alert(1) #h |t| {{alarm.id}} \\ \u0000\u001b[31m\r\nBcc: a@evil.example \u202etxt.exe \u2028 \ud800 😀`;

/** Everything in it hostile, and far too long and too many. */
export function hostileNotification(alarms: number): Notification {
  const long = `${HOSTILE} ${'<@é😀"*_`'.repeat(11_000)} ${HOSTILE}`;
  const alarm: NotifiedAlarm = {
    ...ALARM,
    title: long,
    labels: Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`l${index}-${HOSTILE}`, long])),
    sentence: long,
    numbers: [{ name: long, value: long }],
    evidence: Array.from({ length: 50 }, () => long),
    firstStep: long,
    acknowledgedBy: long,
    passed: Array.from({ length: 500 }, (_, index) => ({ state: 'ALARM', atMs: START_MS + index })),
    links: { open: `${HOME}${HOSTILE}`, acknowledge: 'javascript:alert(1)', silence: 'not an address' },
  };
  return {
    ...ALARM_NOTIFICATION,
    group: long,
    alarms: Array.from({ length: alarms }, (_, index) => ({ ...alarm, id: `${HOSTILE}${index}` })),
  };
}

/** The same, not too long. */
export const HOSTILE_NOTIFICATION: Notification = {
  ...ALARM_NOTIFICATION,
  group: HOSTILE,
  alarms: [
    {
      ...ALARM,
      id: HOSTILE,
      title: HOSTILE,
      sentence: HOSTILE,
      firstStep: HOSTILE,
      labels: { bucket: HOSTILE },
      numbers: [{ name: HOSTILE, value: HOSTILE }],
      evidence: [HOSTILE],
    },
  ],
};

export interface Received {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface ReceivingServer {
  readonly url: string;
  readonly received: Received[];
  /** What is answered from now on; nothing at all keeps the request waiting. */
  answer(answer: Answer | ((received: Received) => Answer) | undefined): void;
  /** Answers those that were kept waiting. */
  answerWaiting(answer: Answer): void;
  /** Resolves when the next request is there. */
  next(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts it on a free port of 127.0.0.1. */
export async function startReceiver(): Promise<ReceivingServer> {
  const received: Received[] = [];
  let current: Answer | ((received: Received) => Answer) | undefined = { status: 200 };
  const waiting: (() => void)[] = [];
  const unanswered: ServerResponse[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const taken = { method, path: url, headers, body: Buffer.concat(chunks).toString('utf8') };
      received.push(taken);
      for (const wake of waiting.splice(0)) wake();
      const answer = typeof current === 'function' ? current(taken) : current;
      if (answer === undefined) unanswered.push(response);
      else response.writeHead(answer.status, answer.headers).end(answer.body);
    });
  }).listen(0, '127.0.0.1');
  // A test that computes for seconds on a busy machine finds its connection open all the same.
  server.keepAliveTimeout = 0;
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    received,
    answer: (answer) => {
      current = answer;
    },
    answerWaiting: ({ status, headers, body }) => {
      for (const response of unanswered.splice(0)) response.writeHead(status, headers).end(body);
    },
    next: () =>
      new Promise((resolve) => {
        waiting.push(resolve);
      }),
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
