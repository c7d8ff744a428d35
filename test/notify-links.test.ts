/** Links in messages: one act with one alarm, asked before it is done, until it is over. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { alarmLinks, alarmToken, linkOf } from '../src/serve/alarm-links.ts';
import { type ActServer, LINK_KEY, NOW_MS, openActServer } from './backup-act-server.ts';
import { storeTransition } from './alarm-table-rows.ts';

const TOKEN = 'a-token-of-some-length';
const HOSTILE = `</title><script>alert(1)</script>"'&\u202e<img src=x onerror=alert(2)>`;
const ALARM = 'backup-missing{bucket="vault"}';
const DAY_MS = 86_400_000;
const clock = { ms: NOW_MS, nowMs: () => clock.ms, sleep: () => Promise.resolve() };
let server: ActServer;

beforeAll(async () => {
  server = await openActServer(clock, TOKEN);
  const { engine } = server;
  const at = { atMs: NOW_MS - 60_000, from: 'OK', to: 'ALARM' } as const;
  await storeTransition(
    { ...at, sequence: 1, alarm: ALARM, title: 'Backup of vault', sentence: HOSTILE },
    engine,
  );
  await storeTransition({ ...at, sequence: 2, alarm: 'calm' }, engine);
  await storeTransition({ ...at, sequence: 3, alarm: 'calm', from: 'ALARM', to: 'OK' }, engine);
  await storeTransition({ ...at, sequence: 4, alarm: 'pattern{bucket="*"}' }, engine);
});
afterAll(() => server.close());
beforeEach(async () => {
  clock.ms = NOW_MS;
  for (const table of ['silences', 'alarm_acknowledgements'])
    await server.engine.command(`truncate table ${table}`);
});

/** The path of the link to an alarm. */
function pathTo(act: 'open' | 'acknowledge' | 'silence', alarm = ALARM): string {
  const links = alarmLinks({ home: `${server.url}/`, key: LINK_KEY, clock })(alarm);
  return new URL(links[act]).pathname;
}

function get(path: string): Promise<Response> {
  return fetch(server.url + path);
}

function post(path: string, fields: Readonly<Record<string, string>>, headers = {}): Promise<Response> {
  return fetch(server.url + path, { method: 'POST', body: new URLSearchParams(fields), headers });
}

async function said(): Promise<{ silences: unknown[]; acknowledgements: unknown[] }> {
  const { engine } = server;
  return {
    silences: await engine.query(
      "select matchers, author, reason, dateDiff('hour', starts_at, ends_at) as hours from silences",
    ),
    acknowledgements: await engine.query(
      'select alarm, sequence, author, reason from alarm_acknowledgements',
    ),
  };
}

const NOTHING = { silences: [], acknowledgements: [] };

describe('who has a link', () => {
  test('sees the alarm, as text, and no script', async () => {
    const response = await get(pathTo('open'));
    expect(response.status).toBe(200);
    const html = await response.text();
    expect(html).toContain('<h1>Backup of vault</h1>');
    expect(html).toContain('&lt;script&gt;');
    expect(html).not.toMatch(/<script|<img|<form|\u202e/);
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  test.each(['acknowledge', 'silence'] as const)('is asked before it %ss', async (act) => {
    const response = await get(pathTo(act));
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('<form method="post">');
    expect(response.headers.get('referrer-policy')).toBe('same-origin');
    expect(await said()).toEqual(NOTHING);
  });

  test('acknowledges that alarm', async () => {
    const response = await post(pathTo('acknowledge'), { author: ' Alice ', reason: HOSTILE });
    expect([response.status, await response.text()]).toMatchObject([200, /Acknowledged/]);
    expect(await said()).toEqual({
      silences: [],
      acknowledgements: [{ alarm: ALARM, sequence: 1, author: 'Alice', reason: HOSTILE }],
    });
  });

  test('silences that alarm for the time chosen', async () => {
    expect((await post(pathTo('silence'), { author: 'Alice', reason: 'a move', time: '4h' })).status).toBe(
      200,
    );
    expect(await said()).toEqual({
      silences: [
        { matchers: [{ label: 'alarm', values: [ALARM] }], author: 'Alice', reason: 'a move', hours: 4 },
      ],
      acknowledgements: [],
    });
  });

  test.each([
    ['without a name', { author: ' ', reason: 'a move' }],
    ['without a reason', { author: 'Alice', reason: ' ' }],
    ['for ever', { author: 'Alice', reason: 'a move', time: '999d' }],
  ])('says nothing %s', async (_what, fields) => {
    expect((await post(pathTo('silence'), fields)).status).toBe(400);
    expect(await said()).toEqual(NOTHING);
  });

  test('does not acknowledge what is OK, nor silence more than one alarm', async () => {
    expect((await post(pathTo('acknowledge', 'calm'), { author: 'Alice' })).status).toBe(409);
    expect((await post(pathTo('silence', 'pattern{bucket="*"}'), { author: 'Alice' })).status).toBe(409);
    expect(await said()).toEqual(NOTHING);
  });

  test('is let in to nothing else', async () => {
    const token = pathTo('open').split('/').at(-1) ?? '';
    for (const path of ['/api/v1/status', `/api/v1/status?${token}`, `/alarm/open/${token}/x`, '/'])
      expect((await get(path)).status).toBe(401);
  });
});

describe('a link is nothing', () => {
  const good = { act: 'silence', alarm: ALARM, endMs: NOW_MS + DAY_MS } as const;
  const token = alarmToken(good, LINK_KEY);

  test('for another act', async () => {
    for (const act of ['open', 'acknowledge']) expect((await get(`/alarm/${act}/${token}`)).status).toBe(404);
    expect((await post(`/alarm/acknowledge/${token}`, { author: 'Mallory' })).status).toBe(404);
    expect((await post(`/alarm/open/${token}`, { author: 'Mallory' })).status).toBe(404);
    expect(await said()).toEqual(NOTHING);
  });

  test('for another alarm, another end or another key', () => {
    const [alarm, end, mac] = token.split('.');
    const other = Buffer.from('calm').toString('base64url');
    const key = { key: LINK_KEY, nowMs: NOW_MS };
    expect(linkOf({ act: 'silence', token }, key)).toEqual(good);
    for (const forged of [`${other}.${end}.${mac}`, `${alarm}.${end}1.${mac}`, `${alarm}.${end}.`, '..', ''])
      expect(linkOf({ act: 'silence', token: forged }, key)).toBeUndefined();
    expect(linkOf({ act: 'silence', token }, { ...key, key: new Uint8Array(32) })).toBeUndefined();
  });

  test('once it is over', async () => {
    const path = pathTo('silence');
    clock.ms = NOW_MS + 7 * DAY_MS;
    expect((await get(path)).status).toBe(200);
    clock.ms = NOW_MS + 8 * DAY_MS;
    expect((await get(path)).status).toBe(404);
    expect((await post(path, { author: 'Alice' })).status).toBe(404);
    expect(await said()).toEqual(NOTHING);
  });

  test('to a page of another site, but to ours in front of a proxy', async () => {
    const fields = { author: 'Alice' };
    const path = pathTo('acknowledge');
    expect((await post(path, fields, { origin: 'https://evil.example' })).status).toBe(403);
    expect((await post(path, fields, { origin: 'null' })).status).toBe(403);
    expect(await said()).toEqual(NOTHING);
    expect((await post(path, fields, { origin: 'https://bw.example' })).status).toBe(200);
    expect((await post(path, fields, { origin: server.url })).status).toBe(200);
  });

  test('without an address to begin with, or for an id that is too long', () => {
    const none = { open: '', acknowledge: '', silence: '' };
    expect(alarmLinks({ home: '', key: LINK_KEY, clock })(ALARM)).toEqual(none);
    const home = 'https://bw.example/';
    const long = alarmLinks({ home, key: LINK_KEY, clock })('x'.repeat(1001));
    expect(long).toEqual({ ...none, open: home });
  });
});
