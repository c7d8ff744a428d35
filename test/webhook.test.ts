/** Webhooks over real HTTP: who is let in, what is answered, what is kept. */
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { type App, openApp } from '../src/app.ts';
import { configSchema } from '../src/config/schema.ts';
import { systemClock } from '../src/lib/clock.ts';
import { silentLog } from '../src/lib/log.ts';
import type { Batch, InletResult, ParkedPage, Problem, Sources, Status } from '../src/serve/api.ts';
import { listen, type Server } from '../src/serve/listen.ts';
import { accessLogLines } from './log-lines.ts';
import { notification } from './s3-messages.ts';
import { tempFolder } from './temp.ts';

const SECRET = 'secret-of-the-webhook';
const TOKEN = 'token-of-the-api';

const opened: { app: App; server: Server }[] = [];
afterEach(async () => {
  for (const { app, server } of opened.splice(0)) {
    await server.close();
    await app.close();
  }
});

interface Site {
  readonly app: App;
  readonly post: (
    body: string | Uint8Array | ReadableStream,
    headers?: Readonly<Record<string, string>>,
    name?: string,
  ) => Promise<Response>;
  readonly get: <Answer>(path: string) => Promise<Answer>;
}

async function site(settings: object = {}, config: object = {}): Promise<Site> {
  const source = { kind: 'webhook', name: 'minio', secret: SECRET, ...settings };
  const whole = configSchema.parse({
    data: join(tempFolder(), 'data'),
    auth: { token: TOKEN },
    sources: [source],
    ...config,
  });
  const app = await openApp(whole, {}, { clock: systemClock, log: silentLog });
  const server = await listen({ api: app.api, address: '127.0.0.1:0', token: whole.auth.token });
  opened.push({ app, server });
  app.follow();
  return {
    app,
    post: (body, headers = { authorization: `Bearer ${SECRET}` }, name = 'minio') =>
      fetch(`${server.url}/api/v1/ingest/${name}`, { method: 'POST', body, headers, duplex: 'half' }),
    get: async <Answer>(path: string) => {
      const headers = { authorization: `Bearer ${TOKEN}` };
      return (await (await fetch(`${server.url}/api/v1${path}`, { headers })).json()) as Answer;
    },
  };
}

/** A body whose length the sender does not tell. */
function streamOf(text: string): ReadableStream {
  return new Blob([text]).stream();
}

/** What MinIO sends about one object. */
function minioEvent(key: string): string {
  const [record] = (JSON.parse(notification({ bucket: 'shop', key })) as { Records: object[] }).Records;
  return JSON.stringify({
    EventName: 's3:ObjectCreated:Put',
    Key: `shop/${key}`,
    Records: [{ ...record, eventSource: 'minio:s3' }],
  });
}

async function problem(answer: Response): Promise<Problem> {
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  return (await answer.json()) as Problem;
}

describe('a notification', () => {
  test('is answered when it is stored, and the same body again changes nothing', async () => {
    const { app, post, get } = await site();
    const body = minioEvent('a.jpg');
    const answer = await post(body);
    expect(answer.status).toBe(200);
    const result = (await answer.json()) as InletResult;
    expect(result).toMatchObject({ facts: 1, rejects: 0, skipped: 0 });
    const rows = await app.engine.query('select key, envelope from object_events');
    expect(rows).toEqual([{ key: 'a.jpg', envelope: 'minio' }]);
    expect(await (await post(body)).json()).toEqual(result);
    const batches = await get<{ rows: Batch[] }>(`/batches?batch_id=${result.batch_id}`);
    expect(batches.rows).toMatchObject([
      { source: 'minio', origin: 'webhook:minio', format: 's3-event', facts: 1 },
    ]);
    expect((await get<{ rows: Batch[] }>('/batches')).rows).toHaveLength(1);
  });

  test('may come in a list, as lines, or in CloudEvents', async () => {
    const { app, post } = await site();
    const [one, two, three] = ['1', '2', '3'].map(minioEvent);
    expect((await post(`[${one},${two}]`)).status).toBe(200);
    expect((await post(`${minioEvent('4')}\n${minioEvent('5')}\n`)).status).toBe(200);
    const data = (JSON.parse(three ?? '') as { Records: unknown[] }).Records[0];
    expect((await post(JSON.stringify({ specversion: '1.0', id: '1', type: 'x', data }))).status).toBe(200);
    const rows = await app.engine.query<{ key: string }>('select key from object_events order by key');
    expect(rows.map(({ key }) => key)).toEqual(['1', '2', '3', '4', '5']);
  });

  test('from many senders at once is stored once each', async () => {
    const { app, post } = await site();
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, index) => post(minioEvent(`many/${index}`))),
    );
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(await app.engine.query('select count() as n from object_events')).toEqual([{ n: 60 }]);
  });
});

describe('what is no notification', () => {
  test.each([
    ['hello', 'not valid JSON'],
    ['{"text":"hi","Signature":"abc"}', 'not a message of S3'],
  ])('%s is answered 400 and parked', async (body, reason) => {
    const { post, get } = await site();
    const answer = await post(body);
    expect(answer.status).toBe(400);
    expect(await problem(answer)).toMatchObject({
      code: 'invalid',
      detail: expect.stringContaining(reason) as string,
    });
    expect((await post(body)).status).toBe(400);
    const { rows } = await get<ParkedPage>('/parked');
    expect(rows).toMatchObject([{ source: 'minio', reason, body: body.replace('abc', 'REDACTED') }]);
    expect((await get<Sources>('/sources')).rows).toMatchObject([
      { kind: 'webhook', parked: 1, queue: null },
    ]);
  });

  test('an empty body is answered 400', async () => {
    const { post } = await site();
    expect((await post('')).status).toBe(400);
  });

  test('a body beyond intake.document is answered 413, with its length told or not', async () => {
    const { post, get } = await site({}, { intake: { document: '1KiB' } });
    expect((await post('x'.repeat(1025))).status).toBe(413);
    expect((await problem(await post(streamOf('x'.repeat(2000))))).detail).toMatch(/intake\.document/);
    expect((await post(minioEvent('small.jpg'))).status).toBe(200);
    expect((await get<ParkedPage>('/parked')).rows).toEqual([]);
  });
});

describe('who is let in', () => {
  const basic = (password: string): string => `Basic ${Buffer.from(`minio:${password}`).toString('base64')}`;
  test.each([
    [{ authorization: `Bearer ${SECRET}` }, 200],
    [{ authorization: SECRET }, 200],
    [{ authorization: basic(SECRET) }, 200],
    [{ authorization: `Bearer ${TOKEN}` }, 401],
    [{ authorization: 'Bearer wrong' }, 401],
    [{ authorization: basic('wrong') }, 401],
    [{}, 401],
    [{ authorization: `Bearer ${SECRET}`, origin: 'https://elsewhere.example' }, 403],
  ])('%j is answered %i', async (headers, status) => {
    const { post } = await site();
    expect((await post(minioEvent('a.jpg'), headers as Record<string, string>)).status).toBe(status);
  });

  test('another name is answered as a wrong secret is', async () => {
    const { post } = await site();
    const wrong = await problem(await post('{}', { authorization: 'Bearer wrong' }));
    expect(await problem(await post('{}', undefined, 'nothing'))).toEqual(wrong);
  });

  test('the secret of a webhook opens nothing else', async () => {
    const { app } = await site();
    const server = opened[0]?.server.url ?? '';
    for (const path of ['/api/v1/status', '/api/v1/ingest/minio', '/']) {
      const answer = await fetch(server + path, { headers: { authorization: `Bearer ${SECRET}` } });
      expect(answer.status).toBe(401);
    }
    const ingest = await fetch(`${server}/api/v1/ingest`, {
      method: 'POST',
      body: JSON.stringify({ paths: ['/'] }),
      headers: { authorization: `Bearer ${SECRET}`, 'content-type': 'application/json' },
    });
    expect(ingest.status).toBe(401);
    expect(app.progress().offered).toBe(0);
  });

  test('without a token of the API only loopback names reach it', async () => {
    await site({}, { auth: {} });
    const url = new URL(`${opened[0]?.server.url ?? ''}/api/v1/ingest/minio`);
    const status = await new Promise((resolve, reject) => {
      const headers = { host: 'rebound.example', authorization: `Bearer ${SECRET}` };
      const sent = httpRequest(url, { method: 'POST', headers }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      });
      sent.on('error', reject).end(minioEvent('a.jpg'));
    });
    expect(status).toBe(403);
  });

  test('with hmac_header the body has to be signed, and the bare secret does not do', async () => {
    const { post } = await site({ hmac_header: 'X-Signature' });
    const body = minioEvent('a.jpg');
    const signature = createHmac('sha256', SECRET).update(body).digest('hex');
    expect((await post(body, { 'x-signature': `sha256=${signature}` })).status).toBe(200);
    expect((await post(body, { 'x-signature': signature })).status).toBe(200);
    expect((await post(`${body} `, { 'x-signature': signature })).status).toBe(401);
    expect((await post(body)).status).toBe(401);
  });
});

describe('other formats', () => {
  test('lines of access logs become requests; a body without one record is answered 400 and kept', async () => {
    const { app, post, get } = await site({ format: 'access-log' });
    const answer = await post(`${accessLogLines({ seed: 1, count: 5 })}not a record\n`);
    expect(await answer.json()).toMatchObject({ facts: 5, rejects: 1 });
    expect(await app.engine.query('select count() as n from requests')).toEqual([{ n: 5 }]);
    expect((await post('neither is this\n')).status).toBe(400);
    expect((await get<{ rows: unknown[] }>('/rejects')).rows).toHaveLength(2);
  });

  test("MinIO's audit records become requests, one in a body or a list of them", async () => {
    const { app, post } = await site({ format: 'minio-audit' });
    const fixture = new URL('../src/formats/minio-audit/fixtures/documented.log', import.meta.url);
    const record = JSON.parse(readFileSync(fixture, 'utf8').trim().split('\n')[0] ?? '') as object;
    const recordOf = (requestID: string): object => ({ ...record, requestID });
    expect(await (await post(JSON.stringify(recordOf('one')))).json()).toMatchObject({
      facts: 1,
      rejects: 0,
    });
    const list = JSON.stringify([recordOf('two'), recordOf('three')]);
    expect(await (await post(list)).json()).toMatchObject({ facts: 2, rejects: 0 });
    const rows = await app.engine.query('select request_id from requests order by request_id');
    expect(rows).toEqual(['one', 'three', 'two'].map((id) => ({ request_id: id })));
  });

  test('a body that cannot be read at all is a rejected batch', async () => {
    const { post, get } = await site({ format: 'access-log' });
    const answer = await post(Uint8Array.from([0x1f, 0x8b, 8, 0, 1, 2, 3]));
    expect(answer.status).toBe(400);
    expect((await problem(answer)).detail).toMatch(/damaged gzip/);
    expect((await get<{ rows: Batch[] }>('/batches')).rows).toMatchObject([{ state: 'rejected' }]);
  });
});

test('while the spool is full senders are asked to come again', async () => {
  const { app, post, get } = await site({ format: 'access-log' }, { intake: { spool: '0B' } });
  const sent = post(accessLogLines({ seed: 1, count: 2_000 }));
  await vi.waitFor(async () => expect((await get<Status>('/status')).spool.bytes).toBeGreaterThan(0), {
    interval: 2,
  });
  const second = await post(accessLogLines({ seed: 2, count: 5 }));
  const first = await sent;
  expect(first.status).toBe(200);
  expect(second.status).toBe(503);
  expect(Number(second.headers.get('retry-after'))).toBeGreaterThan(0);
  expect((await post(accessLogLines({ seed: 2, count: 5 }))).status).toBe(200);
  expect(await app.engine.query('select count() as n from requests')).toEqual([{ n: 2_005 }]);
});
