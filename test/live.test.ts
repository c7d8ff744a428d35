/** The live stream over real HTTP: it says hello, tells of a load, and ends with the server. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { type App, openApp } from '../src/app.ts';
import { configSchema } from '../src/config/schema.ts';
import { systemClock } from '../src/lib/clock.ts';
import { silentLog } from '../src/lib/log.ts';
import { listen, type Server } from '../src/serve/listen.ts';
import { openFiles } from '../src/sources/files.ts';
import { accessLogLines } from './log-lines.ts';
import { tempFolder } from './temp.ts';

const opened: { readonly app: App; readonly server: Server }[] = [];
afterEach(async () => {
  for (const { app, server } of opened.splice(0)) {
    await server.close();
    await app.close();
  }
});

async function open(folder: string): Promise<{ app: App; server: Server }> {
  const config = configSchema.parse({ data: join(folder, 'data') });
  const app = await openApp(config, {}, { clock: systemClock, log: silentLog });
  const server = await listen({ api: app.api, address: '127.0.0.1:0', token: undefined });
  opened.push({ app, server });
  return { app, server };
}

interface LiveEvent {
  readonly event: string;
  readonly data: { readonly at: string; readonly facts: number; readonly batches: number };
}

/** The events of a stream as they come; comments are left out. */
async function* eventsOf(response: Response): AsyncGenerator<LiveEvent> {
  let pending = '';
  for await (const chunk of (response.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
    pending += chunk;
    const blocks = pending.split('\n\n');
    pending = blocks.pop() ?? '';
    for (const block of blocks) {
      const event = /^event: (.*)$/m.exec(block)?.[1];
      const data = /^data: (.*)$/m.exec(block)?.[1];
      if (event !== undefined && data !== undefined) yield { event, data: JSON.parse(data) };
    }
  }
}

async function next(events: AsyncGenerator<LiveEvent>): Promise<LiveEvent | undefined> {
  const { value, done } = await events.next();
  return done === true ? undefined : value;
}

test('a page that listens is told of a load', async () => {
  const folder = tempFolder();
  const { app, server } = await open(folder);
  const response = await fetch(`${server.url}/api/v1/events`);
  expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
  const events = eventsOf(response);
  expect(await next(events)).toMatchObject({ event: 'hello', data: { facts: 0, batches: 0 } });

  const path = join(folder, 'a.log');
  writeFileSync(path, accessLogLines({ seed: 1, count: 7 }));
  await app.ingest(
    openFiles({ name: 'a', path, pollMs: 0 }, { clock: systemClock }),
    new AbortController().signal,
  );
  expect(await next(events)).toMatchObject({ event: 'change', data: { facts: 7, batches: 1 } });
  await events.return(undefined);
});

test('a stream that is open does not keep the server from closing', async () => {
  const { app, server } = await open(tempFolder());
  opened.length = 0;
  const events = eventsOf(await fetch(`${server.url}/api/v1/events`));
  expect((await next(events))?.event).toBe('hello');
  const ended = next(events).catch(() => undefined);
  await server.close();
  await app.close();
  expect(await ended).toBeUndefined();
});
