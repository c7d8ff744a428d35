/** The dead man's switch against an HTTP server on loopback, with a clock of the test's. */
import { createServer } from 'node:http';
import { expect, onTestFinished, test, vi } from 'vitest';
import { type PingSettings, pingJob } from '../src/health/ping.ts';
import { judgeHealth } from '../src/health/own-health.ts';
import { parseConfig } from '../src/config/load.ts';
import { repeat } from '../src/lib/job.ts';
import type { Log } from '../src/lib/log.ts';
import { JobRecords } from '../src/lib/job-records.ts';
import { testClock } from './test-clock.ts';

const SECRET = 'b2f1c9d4-77aa-4b3e-9d1a-0c5f6e7d8a9b';
/** As soon as it is so; a busy machine may take its time. */
const SOON = { interval: 1, timeout: 20_000 };
const NOW_MS = Date.UTC(2026, 10, 1);

interface Switch {
  readonly url: string;
  readonly asked: string[];
  answer: number | 'silence';
}

async function startSwitch(): Promise<Switch> {
  const state: { asked: string[]; answer: number | 'silence'; url: string } = {
    asked: [],
    answer: 200,
    url: '',
  };
  const server = createServer((request, response) => {
    request.resume();
    state.asked.push(`${request.method ?? ''} ${request.url ?? ''}`);
    if (state.answer !== 'silence') response.writeHead(state.answer, { location: '/elsewhere' }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  state.url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/ping/${SECRET}`;
  return state;
}

function health(isAnswering: boolean) {
  return judgeHealth({
    nowMs: NOW_MS,
    engine: { isAnswering, tookMs: 1, reason: 'away', errors: 0, lastError: '' },
    disk: { freeBytes: 2 ** 40, totalBytes: 2 ** 40 },
    memory: { residentBytes: 1, availableBytes: 2 ** 40 },
    spool: { bytes: 0, bytesMax: 1, loadsWaiting: 0 },
    sources: [],
    jobs: [],
    deliveries: [],
  });
}

function setting(settings: Pick<PingSettings, 'url'> & Partial<PingSettings>) {
  const clock = testClock(NOW_MS);
  const lines: string[] = [];
  const keep =
    (level: string) =>
    (facts: object, message: string): void => {
      lines.push(`${level} ${message} ${JSON.stringify(facts)}`);
    };
  const log: Log = { debug: keep('debug'), info: keep('info'), warn: keep('warn'), error: keep('error') };
  const state = { isWell: true };
  const job = pingJob(
    { method: 'GET', everyMs: 60_000, timeoutMs: 5_000, ...settings },
    { health: { look: () => Promise.resolve(health(state.isWell)) }, clock, log },
  );
  const { signal } = new AbortController();
  const run = async (): Promise<void> => {
    let isOver = false;
    const running = job.run(signal).finally(() => {
      isOver = true;
    });
    while (!isOver) {
      await Promise.race([running, vi.waitUntil(() => isOver || clock.asleep().length > 0, SOON)]);
      clock.pass(10_000);
    }
    await running;
  };
  return { job, run, clock, lines, state, log };
}

test('the switch is asked once in each period while all is well', async () => {
  const { url, asked } = await startSwitch();
  const { job, clock, log } = setting({ url });
  const records = new JobRecords({ clock });
  const stop = new AbortController();
  const repeating = repeat(job, { clock, log, records }, stop.signal);
  for (const times of [1, 2, 3]) {
    await vi.waitUntil(() => clock.asleep().length === 1, SOON);
    expect(records.all()).toMatchObject([{ name: 'dead-man ping', runs: times, failures: 0 }]);
    expect(asked).toEqual(Array.from({ length: times }, () => `GET /ping/${SECRET}`));
    clock.pass(60_000);
  }
  await vi.waitUntil(() => asked.length === 4, SOON);
  stop.abort();
  await repeating;
});

test('the switch is left alone while the engine does not answer, and asked again when it does', async () => {
  const { url, asked } = await startSwitch();
  const { run, state, lines } = setting({ url });
  state.isWell = false;
  await run();
  expect(asked).toEqual([]);
  expect(lines.join()).toMatch(/^warn dead-man ping left out.*does not answer/);
  state.isWell = true;
  await run();
  expect(asked).toHaveLength(1);
});

test('a fail_url is asked instead, by the same method', async () => {
  const { url, asked } = await startSwitch();
  const { run, state } = setting({ url, failUrl: `${url}/fail`, method: 'POST' });
  state.isWell = false;
  await run();
  state.isWell = true;
  await run();
  expect(asked).toEqual([`POST /ping/${SECRET}/fail`, `POST /ping/${SECRET}`]);
});

test('a switch that fails is asked three times with growing pauses, then warned of', async () => {
  const server = await startSwitch();
  server.answer = 503;
  const { job, clock, lines } = setting({ url: server.url });
  const pauses: number[] = [];
  const running = job.run(new AbortController().signal);
  for (let pause = 0; pause < 2; pause += 1) {
    await vi.waitUntil(() => clock.asleep().length === 1, SOON);
    pauses.push(...clock.asleep());
    clock.pass(10_000);
  }
  await running;
  expect(pauses).toEqual([2_000, 10_000]);
  expect(server.asked).toHaveLength(3);
  expect(lines).toEqual(['warn dead-man ping does not arrive {"reason":"status 503","failures":1}']);
});

test('ever fewer warnings are given, and one word when it arrives again', async () => {
  const server = await startSwitch();
  server.answer = 500;
  const { run, lines } = setting({ url: server.url });
  for (let times = 0; times < 9; times += 1) await run();
  expect(lines.map((line) => /"failures":(\d+)/.exec(line)?.[1])).toEqual(['1', '2', '4', '8']);
  server.answer = 204;
  await run();
  expect(lines.at(-1)).toBe('info dead-man ping arrives again {"failures":9}');
});

test('a stop in the middle of a ping is no failure', async () => {
  const server = await startSwitch();
  server.answer = 'silence';
  const { job, lines } = setting({ url: server.url });
  const stop = new AbortController();
  const running = job.run(stop.signal);
  await vi.waitUntil(() => server.asked.length === 1, SOON);
  stop.abort();
  await running;
  expect(lines).toEqual([]);
});

test('no line of the log has the URL, however it fails', async () => {
  const server = await startSwitch();
  const failures: readonly (readonly [Partial<PingSettings>, Switch['answer'], RegExp])[] = [
    [{}, 500, /status 500/],
    [{}, 302, /status 302/],
    [{ timeoutMs: 20 }, 'silence', /TimeoutError/],
    [{ url: `http://127.0.0.1:1/${SECRET}` }, 200, /fetch|ECONN|TypeError/],
    [{ url: `nonsense://${SECRET}` }, 200, /Error/],
  ];
  for (const [settings, answer, reason] of failures) {
    server.answer = answer;
    const { run, lines } = setting({ url: server.url, ...settings });
    await run();
    expect(lines.join('\n')).toMatch(reason);
    expect(lines.join('\n')).not.toContain(SECRET);
  }
});

test('a URL with a token has to be a reference in the configuration, and one without need not', () => {
  const problems = (url: string) => {
    const reading = parseConfig(`health:\n  ping:\n    url: ${url}\n`, {
      environment: { PING: `https://hc.example/${SECRET}` },
      folder: '.',
    });
    return reading.ok ? [] : reading.problems;
  };
  expect(problems(`https://hc.example/${SECRET}`)).toMatchObject([
    { path: 'health.ping.url', message: expect.stringContaining('secret in clear') },
  ]);
  expect(JSON.stringify(problems(`https://hc.example/${SECRET}`))).not.toContain(SECRET);
  expect(problems('https://user:word@hc.example/ping')).toHaveLength(1);
  expect(problems('${PING}')).toEqual([]);
  expect(problems('"${PING}/fail"')).toEqual([]);
  expect(problems('http://watch.internal/bucketwatch/ping')).toEqual([]);
});
