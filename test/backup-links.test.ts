/** Secret links: who has one sees one series and can do nothing. */
import { get as httpGet } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Links } from '../src/serve/backup-api.ts';
import { type ActServer, NOW_MS, openActServer, storeSeries } from './backup-act-server.ts';

const TOKEN = 'a-token-of-some-length';
const HOSTILE = `</title><script>alert(1)</script>"'&\u202e\u0007<img src=x onerror=alert(2)>`;
const clock = { ms: NOW_MS, nowMs: () => clock.ms, sleep: () => Promise.resolve() };
let server: ActServer;

beforeAll(async () => {
  server = await openActServer(clock, TOKEN);
  const missing = { verdict: 'missing', sentence: 'Not there at 02:00: 3 h late.', evidence: 'denied' };
  await storeSeries(
    [
      { bucket: 'dumps', series: 'orders' },
      { bucket: 'dumps', series: 'payroll', ...missing },
      { bucket: 'other', series: 'orders', sentence: 'The other one.' },
      { bucket: 'dumps', series: HOSTILE, sentence: HOSTILE, schedule: HOSTILE },
      { bucket: 'dumps', series: 'gone', is_deleted: 1 },
      { bucket: 'dumps', series: 'renewed' },
    ],
    server.engine,
  );
  const run = { bucket: 'dumps', opens: 0, deadline: 0, since: 0, judged_at: 0, is_deleted: 0 };
  await server.engine.insertRows({
    table: 'backup_runs',
    rows: [
      {
        ...run,
        series: 'orders',
        due: '2026-11-20 01:30:00.000',
        verdict: 'too-small',
        size_bytes: 2048,
        arrived: '2026-11-20 01:31:00.000',
      },
      {
        ...run,
        series: 'orders',
        due: '2026-11-21 01:30:00.000',
        verdict: 'ok',
        size_bytes: 4096,
        arrived: '2026-11-21 01:31:00.000',
      },
      { ...run, series: 'payroll', due: '2026-11-21 02:00:00.000', verdict: 'missing' },
    ],
  });
});
afterAll(() => server.close());

const authorization = { authorization: `Bearer ${TOKEN}` };

function get(path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(server.url + path, init);
}

/** The answer to a target that is sent as it stands. */
function rawAnswer(path: string): Promise<{ status: number | undefined; body: string }> {
  const { hostname: host, port } = new URL(server.url);
  return new Promise((resolve, reject) => {
    httpGet({ host, port, path }, (answer) => {
      let body = '';
      answer.setEncoding('utf8');
      answer.on('data', (piece: string) => {
        body += piece;
      });
      answer.on('end', () => resolve({ status: answer.statusCode, body }));
    }).on('error', reject);
  });
}

async function linksOf(series: string, bucket?: string): Promise<Links> {
  const query = new URLSearchParams({ series, ...(bucket === undefined ? {} : { bucket }) });
  const response = await get(`/api/v1/backups/links?${query.toString()}`, { headers: authorization });
  expect(response.status).toBe(200);
  return (await response.json()) as Links;
}

describe('three people', () => {
  test('with the token: the links of a series, the same each time', async () => {
    const links = await linksOf('payroll');
    expect(links.status).toMatch(/^\/status\/[\w-]{32}$/);
    expect(links.badge).toBe(`${links.status.replace('status', 'badge')}.svg`);
    expect(await linksOf('payroll', 'dumps')).toEqual(links);
  });

  test('with the link: the page and the badge of that series, and of no other', async () => {
    const { status, badge } = await linksOf('orders', 'dumps');
    const page = await get(status);
    expect(page.status).toBe(200);
    const html = await page.text();
    for (const text of [
      '<h1>orders</h1>',
      '>ok<',
      'There since 01:31.',
      'every day at 01:30 UTC',
      '2026-11-22 01:30 UTC',
      'too-small',
      '2.0 KiB',
    ])
      expect(html).toContain(text);
    expect(html.indexOf('4.0 KiB')).toBeLessThan(html.indexOf('2.0 KiB'));
    for (const text of ['payroll', 'missing', 'The other one', 'other']) expect(html).not.toContain(text);
    const svg = await (await get(badge)).text();
    expect(svg).toContain('<title>backup orders: ok</title>');
    expect(svg).not.toContain('payroll');
  });

  test('with the link alone: nothing of the API, of the page, or of any other address', async () => {
    const { status } = await linksOf('orders', 'dumps');
    const token = status.slice('/status/'.length);
    for (const path of [
      '/',
      '/status',
      '/status/',
      '/badge/',
      `${status}/`,
      `${status}/x`,
      `${status}.svg`,
      `/badge/${token}`,
      `/badge/${token}.svg/x`,
      `/badge/${token}.png`,
      `//status/${token}`,
      `/status/%2e%2e/${token}`,
      '/status/../api/v1/backups/proposals',
      `/api/v1/backups/links?series=orders&bucket=dumps&token=${token}`,
      '/api/v1/status',
    ])
      expect([path, (await get(path)).status]).toEqual([path, 401]);
    const bearer = await get('/api/v1/status', { headers: { authorization: `Bearer ${token}` } });
    expect(bearer.status).toBe(401);
  });

  test('with the link alone: an address that only becomes that of a link shows no more than it', async () => {
    const { status } = await linksOf('orders', 'dumps');
    const page = await (await get(status)).text();
    for (const target of [
      `/api/v1/status/../../..${status}`,
      `/assets/..${status}`,
      `/api/v1/status/%2e%2e/%2e%2e/%2e%2e${status}`,
      `/api/v1/status/..%2f..%2f..${status}`,
      status.replaceAll('/', '\\'),
      `${status}?/../../../api/v1/status`,
    ]) {
      const answer = await rawAnswer(target);
      expect([200, 400, 401]).toContain(answer.status);
      expect([target, answer.status === 200 ? answer.body : page]).toEqual([target, page]);
    }
  });

  test('with the link: only GET', async () => {
    const { status, badge } = await linksOf('orders', 'dumps');
    for (const method of ['POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS'])
      for (const path of [status, badge]) expect((await get(path, { method })).status).toBe(401);
    expect((await get(status, { method: 'POST', headers: authorization })).status).toBe(404);
    expect(server.control.acts).toEqual([]);
  });

  test('with nothing: 401, and for a made-up link a 404 that says nothing', async () => {
    expect((await get('/api/v1/backups/links?series=orders')).status).toBe(401);
    expect((await get('/api/v1/backups/act', { method: 'POST' })).status).toBe(401);
    const { status } = await linksOf('payroll');
    const near = `${status.slice(0, -1)}${status.endsWith('A') ? 'B' : 'A'}`;
    for (const path of [near, `/status/${'A'.repeat(32)}`, `/badge/${'A'.repeat(32)}.svg`]) {
      const response = await get(path);
      expect(response.status).toBe(404);
      expect(await response.text()).toBe('Not found.\n');
    }
  });
});

describe('a link', () => {
  test('made anew takes the one before away at once, and leaves those of others', async () => {
    const [before, others] = [await linksOf('renewed'), await linksOf('orders', 'other')];
    expect((await get(before.status)).status).toBe(200);
    const done = await get('/api/v1/backups/act', {
      method: 'POST',
      headers: { ...authorization, 'content-type': 'application/json' },
      body: JSON.stringify({ series: 'renewed', act: 'renew-link', author: 'ada' }),
    });
    expect(done.status).toBe(200);
    expect((await get(before.status)).status).toBe(404);
    expect((await get(before.badge)).status).toBe(404);
    const after = await linksOf('renewed');
    expect(after.status).not.toBe(before.status);
    expect((await get(after.status)).status).toBe(200);
    expect(await linksOf('orders', 'other')).toEqual(others);
  });

  test('of a series that is gone shows nothing; one of a name in two buckets asks for the bucket', async () => {
    const gone = await get('/api/v1/backups/links?bucket=dumps&series=gone', { headers: authorization });
    expect(gone.status).toBe(404);
    const unclear = await get('/api/v1/backups/links?series=orders', { headers: authorization });
    expect(unclear.status).toBe(400);
    expect(await unclear.text()).toContain('dumps and other have one');
  });

  test('of a series that came later is found when it is asked for, and later by who has it', async () => {
    await storeSeries([{ bucket: 'dumps', series: 'later' }], server.engine);
    const { status } = await linksOf('later');
    expect((await get(status)).status).toBe(200);
    await storeSeries(
      [{ bucket: 'dumps', series: 'later', is_deleted: 1, judged_at: '2026-11-21 12:30:00.000' }],
      server.engine,
    );
    expect((await get(status)).status).toBe(404);
  });
});

describe('what a link shows', () => {
  test('is not kept, not indexed, not told to other sites, and runs nothing', async () => {
    const { status, badge } = await linksOf('payroll');
    for (const path of [status, badge]) {
      const { headers } = await get(path);
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('x-robots-tag')).toBe('noindex, nofollow');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    }
    const [page, image] = [await get(status), await get(badge)];
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(image.headers.get('content-type')).toBe('image/svg+xml; charset=utf-8');
    expect(image.headers.get('cross-origin-resource-policy')).toBe('cross-origin');
    const html = await page.text();
    expect(html).toContain('<meta name="robots" content="noindex, nofollow">');
    expect(html).not.toMatch(/<script|\son\w+=|https?:\/\//);
    expect(html).toContain('prefers-color-scheme:dark');
  });

  test('has the verdict as a word and as a colour, and says when its bucket could not be listed', async () => {
    const { status, badge } = await linksOf('payroll');
    const html = await (await get(status)).text();
    expect(html).toContain('<p class="verdict bad">missing</p>');
    expect(html).toContain('could not be listed');
    expect(html).not.toContain('denied');
    expect(await (await get(badge)).text()).toMatch(/#c0362c[\s\S]*>missing<\/text>/);
  });

  test('has names from outside as text', async () => {
    const { status, badge } = await linksOf(HOSTILE);
    const html = await (await get(status)).text();
    for (const text of ['<script', '<img', '\u202e', '\u0007']) expect(html).not.toContain(text);
    expect(html).toContain(
      '<h1>&lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;\\u202e\\u0007&lt;img',
    );
    const svg = await (await get(badge)).text();
    for (const text of ['<script', '<img', '\u202e', '\u0007']) expect(svg).not.toContain(text);
    expect(svg.match(/<(\w+)/g)?.join('')).toBe('<svg<title<clipPath<rect<g<rect<rect<g<text<text');
  });
});
