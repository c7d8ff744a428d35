/** How soon an event that is sent to a queue shows in the API, and how fast a full queue is emptied. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { startFauxqs } from 'fauxqs';
import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Bench, Setup } from '../bench.ts';
import { countText, secondsText } from '../measure.ts';
import { bucketwatch, exitOf } from '../programs.ts';
import { withFolder } from '../scratch.ts';

const EVENTS = 300;
const EVERY_MS = 100;
const LOOK_MS = 50;
const P95_MS_MAX = 5_000;
/** One for so many lines of the access log. */
const LINES_EACH = 400;
const WAIT_MS_MAX = 120_000;
const CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' };

interface Measured {
  /** Milliseconds from sending to showing, sorted. */
  readonly latencies: readonly number[];
  readonly burst: number;
  readonly burstMs: number;
}

export const queue: Bench = {
  name: 'queue',
  run: (setup) =>
    withFolder(setup, async (folder) => {
      const { latencies, burst, burstMs } = await measured(folder, setup);
      const at = (share: number): number => latencies[Math.ceil(latencies.length * share) - 1] ?? 0;
      return {
        findings: [
          {
            what: 'event sent to a queue until the API shows it, p95',
            measured: secondsText(at(0.95)),
            target: `<= ${secondsText(P95_MS_MAX)}`,
            isReached: at(0.95) <= P95_MS_MAX,
          },
        ],
        details: [
          `${EVENTS} events, one every ${EVERY_MS} ms, sent to a queue of fauxqs in this process; the server is one of its own. The API is`,
          `asked every ${LOOK_MS} ms. Then ${countText(burst)} events at once, a message each, until the last one shows.`,
          '',
          '| what | p50 | p95 | max |',
          '| --- | ---: | ---: | ---: |',
          `| one by one | ${[0.5, 0.95, 1].map((share) => secondsText(at(share))).join(' | ')} |`,
          '',
          `${countText(burst)} at once: ${secondsText(burstMs)}, ${countText(Math.round((burst * 1000) / burstMs))} messages/s.`,
        ],
        leftOut: [],
      };
    }),
};

async function measured(folder: string, setup: Setup): Promise<Measured> {
  const cloud = await startFauxqs({ port: 0, logger: false });
  const { queueUrl } = cloud.createQueue('events');
  const sqs = new SQSClient({ endpoint: cloud.address, region: 'us-east-1', credentials: CREDENTIALS });
  const send = async (keys: readonly string[]): Promise<void> => {
    const entries = keys.map((key, index) => ({ Id: String(index), MessageBody: eventOf(key) }));
    await sqs.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries: entries }));
  };
  const server = await startServer(folder, { url: queueUrl, endpoint: cloud.address });
  try {
    const latencies = await oneByOne(send, server.url);
    setup.say(`${countText(EVENTS)} events one by one`);
    const burst = Math.max(1_000, Math.round(setup.lines / LINES_EACH));
    const burstMs = await atOnce(burst, send, server.url);
    setup.say(`${countText(burst)} events at once: ${secondsText(burstMs)}`);
    return { latencies, burst, burstMs };
  } finally {
    await server.stop();
    sqs.destroy();
    await cloud.stop();
  }
}

type Send = (keys: readonly string[]) => Promise<void>;

async function oneByOne(send: Send, url: string): Promise<number[]> {
  const sentMs = new Map<string, number>();
  const latencies: number[] = [];
  const sending = (async () => {
    for (let index = 0; index < EVENTS; index += 1) {
      const key = `single/${index}`;
      sentMs.set(key, performance.now());
      await send([key]);
      await sleep(EVERY_MS);
    }
  })();
  const startMs = performance.now();
  while (latencies.length < EVENTS && performance.now() - startMs < WAIT_MS_MAX) {
    const rows = await ask<{ key: string }>(url, "select key from object_events where key like 'single/%'");
    for (const { key } of rows) {
      const sent = sentMs.get(key);
      if (sent === undefined) continue;
      latencies.push(performance.now() - sent);
      sentMs.delete(key);
    }
    await sleep(LOOK_MS);
  }
  await sending;
  if (latencies.length < EVENTS) throw new Error(`only ${latencies.length} of ${EVENTS} events showed`);
  return latencies.sort((left, right) => left - right);
}

async function atOnce(count: number, send: Send, url: string): Promise<number> {
  const keys = Array.from({ length: count }, (_, index) => `burst/${index}`);
  const startMs = performance.now();
  for (let first = 0; first < count; first += 10) await send(keys.slice(first, first + 10));
  while (performance.now() - startMs < WAIT_MS_MAX) {
    const [row] = await ask<{ n: number }>(
      url,
      "select count() as n from object_events where key like 'burst/%'",
    );
    if (row?.n === count) return performance.now() - startMs;
    await sleep(LOOK_MS);
  }
  throw new Error(`not all of ${count} events showed`);
}

async function ask<Row>(url: string, query: string): Promise<Row[]> {
  const response = await fetch(`${url}/api/v1/sql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  if (!response.ok) throw new Error(`the server answered ${response.status}: ${await response.text()}`);
  return ((await response.json()) as { rows: Row[] }).rows;
}

function eventOf(key: string): string {
  const record = {
    eventVersion: '2.1',
    eventSource: 'aws:s3',
    eventTime: new Date().toISOString(),
    eventName: 'ObjectCreated:Put',
    responseElements: { 'x-amz-request-id': key },
    s3: { bucket: { name: 'bench' }, object: { key, size: 1, eTag: 'e', sequencer: '0A' } },
  };
  return JSON.stringify({ Records: [record] });
}

async function startServer(
  folder: string,
  source: { readonly url: string; readonly endpoint: string },
): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const file = join(folder, 'bucketwatch.yaml');
  const keys = { access_key_id: 'test', secret_access_key: '${BENCH_KEY}' };
  await writeFile(
    file,
    JSON.stringify({ log: 'error', sources: [{ kind: 'queue', name: 'q', ...source, ...keys }] }),
  );
  const flags = ['--config', file, '--data', join(folder, 'data')];
  const [program, ...args] = bucketwatch([...flags, 'serve', '--listen', '127.0.0.1:0']);
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, BENCH_KEY: 'test' },
  });
  const ended = exitOf(child);
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return {
    url: /http:\S+/.exec(line)?.[0] ?? '',
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
