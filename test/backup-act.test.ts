/** Acting on backups over HTTP and as a user types it: a server runs in this process. */
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Claim, claimFolder } from '../src/claim.ts';
import { readConfig } from '../src/config/load.ts';
import { systemClock } from '../src/lib/clock.ts';
import { linkKeyOf } from '../src/link-key.ts';
import { type ActServer, dailyProposal, NOW_MS, openActServer, storeSeries } from './backup-act-server.ts';
import { tempFolder } from './temp.ts';

const BIN = fileURLToPath(new URL('../bin/bucketwatch.js', import.meta.url));
const DAY_MS = 86_400_000;
let server: ActServer;
let claim: Claim;

beforeAll(async () => {
  server = await openActServer({ nowMs: () => NOW_MS, sleep: () => Promise.resolve() });
  claim = await claimFolder(server.folder, systemClock);
  await claim.announce(server.url);
  await storeSeries(
    [
      { bucket: 'dumps', series: 'orders' },
      { bucket: 'dumps', series: 'users' },
      { bucket: 'other', series: 'users' },
    ],
    server.engine,
  );
});
afterAll(async () => {
  await claim.release();
  await server.close();
});
beforeEach(() => {
  rmSync(server.file, { force: true });
  server.control.proposed = [
    dailyProposal('dumps', 'orders', 3),
    dailyProposal('dumps', 'users'),
    dailyProposal('other', 'users'),
  ];
  for (const list of [server.control.acts, server.control.settings, server.control.asked]) list.length = 0;
});

async function get(path: string): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${server.url}/api/v1${path}`);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function post(path: string, body: unknown): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${server.url}/api/v1${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

function namesInFile(): string[] {
  if (!existsSync(server.file)) return [];
  const reading = readConfig(server.file, {});
  return reading.ok ? reading.config.backups.series.map(({ name }) => name) : [];
}

describe('proposals', () => {
  test('are of 90 days unless asked, with what they would write and when they would have fired', async () => {
    const { body } = await get('/backups/proposals?bucket=dumps');
    expect(server.control.asked).toEqual([{ ids: [], historyMs: 90 * DAY_MS }]);
    expect(body).toMatchObject({
      days: 90,
      rows: [
        {
          bucket: 'dumps',
          series: 'orders',
          files: 29,
          section: { name: 'orders', pattern: 'orders', schedule: { cron: '35 1 * * *', timezone: 'UTC' } },
          would_have_fired: [{ due: '2026-11-18T01:35:00Z', verdict: 'missing' }],
        },
        { series: 'users', would_have_fired: [] },
      ],
    });
    expect((body['rows'] as { yaml: string }[])[0]?.yaml).toMatch(/^- name: orders\n {2}bucket: dumps\n/);
    await get('/backups/proposals?days=7');
    expect(server.control.asked.at(-1)?.historyMs).toBe(7 * DAY_MS);
    expect((await get('/backups/proposals?days=0')).status).toBe(400);
  });
});

describe('accepting', () => {
  const ids = [
    { bucket: 'dumps', series: 'users' },
    { bucket: 'other', series: 'users' },
  ];

  test('writes the file, beside what stands in it, and has the monitor watch by it', async () => {
    writeFileSync(server.file, '# ours\nbackups:\n  timezone: Europe/Lisbon # home\n');
    const { status, body } = await post('/backups/accept', { ids });
    expect(status).toBe(200);
    expect(body).toEqual({ file: server.file, names: ['users', 'other/users'] });
    expect(readFileSync(server.file, 'utf8')).toMatch(
      /^# ours\nbackups:\n {2}timezone: Europe\/Lisbon # home\n {2}series:\n {4}- name: users\n/,
    );
    expect(server.control.asked).toEqual([{ ids, historyMs: 90 * DAY_MS }]);
    expect(server.control.settings).toMatchObject([
      {
        timezone: 'Europe/Lisbon',
        expected: [
          { name: 'users', bucket: 'dumps', rule: { schedule: { kind: 'cron', cron: '35 1 * * *' } } },
          { name: 'other/users', bucket: 'other' },
        ],
      },
    ]);
  });

  test('what somebody wrote into the file since is watched, too', async () => {
    const series = '{name: mine, bucket: b, pattern: "{date}", schedule: {every: 1d}}';
    writeFileSync(server.file, `backups:\n  series:\n    - ${series}\n`);
    await post('/backups/accept', { ids: ids.slice(0, 1) });
    expect(server.control.settings[0]?.expected.map(({ name }) => name)).toEqual(['mine', 'users']);
  });

  test('twice at once writes all, and none twice', async () => {
    const [a, b] = [ids.slice(0, 1), ids];
    const answers = await Promise.all([
      post('/backups/accept', { ids: a }),
      post('/backups/accept', { ids: b }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(namesInFile()).toEqual(['users', 'other/users']);
  });

  test('of something that is not proposed writes nothing', async () => {
    const { status, body } = await post('/backups/accept', {
      ids: [...ids, { bucket: 'dumps', series: 'no' }],
    });
    expect(status).toBe(404);
    expect(body['detail']).toContain('"no" of dumps');
    expect(namesInFile()).toEqual([]);
    expect(server.control.settings).toEqual([]);
  });

  test('into a file that is read-only says so, and what to paste', async () => {
    writeFileSync(server.file, 'log: warn\n');
    chmodSync(server.file, 0o444);
    const { status, body } = await post('/backups/accept', { ids });
    expect(status).toBe(403);
    expect(body['detail']).toMatch(/read-only[\s\S]*\nbackups:\n {2}series:\n {4}- name: users\n/);
    expect(readFileSync(server.file, 'utf8')).toBe('log: warn\n');
    expect(server.control.settings).toEqual([]);
  });

  test('a key is never read as a reference to a variable or a file', async () => {
    const names = ['price-${PATH}-{date}', 'price-${date}', 'file:/etc/hostname'];
    server.control.proposed = names.map((name) => dailyProposal('dumps', name));
    const { body } = await post('/backups/accept', {
      ids: names.map((series) => ({ bucket: 'dumps', series })),
    });
    expect(body['names']).toEqual(['price-$ {PATH}-{date}', 'price-$ {date}', 'file :/etc/hostname']);
    const patterns = server.control.settings[0]?.expected.map(({ pattern }) => pattern);
    expect(patterns).toEqual(['price-$*-{date}', 'price-*{date}', 'file*/etc/hostname']);
  });
});

describe('saying', () => {
  test('goes to the monitor with its author and end; the bucket may be left out when it is clear', async () => {
    const until = '2026-11-21T14:00:00Z';
    const said = { series: 'orders', act: 'pause', until, author: 'ada', reason: 'moving' };
    const { body } = await post('/backups/act', said);
    expect(body).toEqual({ sentence: 'Paused orders of dumps until 2026-11-21T14:00:00Z.' });
    expect(server.control.acts).toEqual([
      {
        bucket: 'dumps',
        series: 'orders',
        act: 'pause',
        untilMs: Date.parse(until),
        author: 'ada',
        reason: 'moving',
      },
    ]);
    expect((await post('/backups/act', { series: 'users', act: 'retire' })).status).toBe(400);
    expect((await post('/backups/act', { series: 'none', act: 'retire' })).status).toBe(404);
    expect((await post('/backups/act', { bucket: 'other', series: 'users', act: 'retire' })).status).toBe(
      200,
    );
  });

  test.each([
    ['an end that is past', { act: 'pause', until: '2026-11-21T11:00:00Z' }, 'that is past'],
    ['an end that is none', { act: 'pause', until: 'tomorrow' }, 'not a time'],
    ['an end of something else', { act: 'resume', until: '2026-12-01T00:00:00Z' }, 'only a pause has an end'],
    ['nothing that can be said', { act: 'delete' }, 'act'],
  ])('%s is refused', async (_, said, why) => {
    const { status, body } = await post('/backups/act', { series: 'orders', ...said });
    expect(status).toBe(400);
    expect(body['detail']).toContain(why);
    expect(server.control.acts).toEqual([]);
  });

  test('looking gives what was listed', async () => {
    const { body } = await post('/backups/look', { bucket: 'dumps' });
    expect(body).toEqual({ requests: 3, keys: 2500, files: 7, problem: '' });
    expect((await post('/backups/look', { bucket: 'none' })).status).toBe(404);
  });
});

interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function run(...args: readonly string[]): Promise<Ran> {
  const child = spawn(process.execPath, [BIN, '--data', server.folder, ...args], { cwd: server.folder });
  const texts = { out: '', err: '' };
  child.stdout.on('data', (piece: Buffer) => {
    texts.out += piece.toString();
  });
  child.stderr.on('data', (piece: Buffer) => {
    texts.err += piece.toString();
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, ...texts })));
}

describe('on the command line', () => {
  test('accept shows what was written where, and when it would have fired', async () => {
    const { code, out } = await run('backups', 'accept', 'orders');
    expect(code).toBe(0);
    expect(out).toBe(
      `Written to ${server.file} and watched from now on:\n` +
        '  orders (dumps), every day at 01:35 UTC\n' +
        '    In the last 90 days this would have fired once: 2026-11-18T01:35Z missing\n',
    );
    expect(namesInFile()).toEqual(['orders']);
  });

  test('accept --all takes those of a bucket; a name of two buckets asks for one', async () => {
    const [unclear, all] = await Promise.all([
      run('backups', 'accept', 'users'),
      run('--json', 'backups', 'accept', '--all', '--bucket', 'other'),
    ]);
    expect(unclear).toMatchObject({ code: 2, err: expect.stringContaining('Add --bucket') as string });
    expect(JSON.parse(all.out)).toEqual({ file: server.file, names: ['users'] });
  });

  test('pause --until, retire, and who says it', async () => {
    const [paused, retired] = await Promise.all([
      run('backups', 'pause', 'orders', '--until', '2026-11-22T00:00:00Z', '--reason', 'moving'),
      run('backups', 'retire', 'users', '--bucket', 'other', '--author', 'ada'),
    ]);
    expect(paused.out).toBe('Paused orders of dumps until 2026-11-22T00:00:00Z.\n');
    expect(retired.out).toBe('Retired users of other: it is expected no more.\n');
    const acts = [...server.control.acts].sort((a, b) => (a.act < b.act ? -1 : 1));
    expect(acts).toMatchObject([
      { act: 'pause', reason: 'moving', author: userInfo().username },
      { act: 'retire', bucket: 'other', author: 'ada', reason: '' },
    ]);
  });

  test('link gives addresses that work, look what was listed, learn what the server proposes', async () => {
    const [link, look, learned] = await Promise.all([
      run('backups', 'link', 'orders', '--renew'),
      run('backups', 'look', 'dumps'),
      run('backups', 'learn'),
    ]);
    const [, status = '', badge = ''] =
      /^status page: (http:\S+)\nbadge: +(http:\S+\.svg)\n$/.exec(link.out) ?? [];
    expect(await (await fetch(status)).text()).toContain('<h1>orders</h1>');
    expect(await (await fetch(badge)).text()).toContain('<svg');
    expect(server.control.acts).toMatchObject([{ act: 'renew-link', series: 'orders' }]);
    expect(look.out).toBe('dumps: 2,500 keys with 3 LIST requests, 7 files that were not known.\n');
    expect(learned.out).toMatch(
      /^backups:\n {2}series:\n {4}# In the last 90 days .* fired once: .*\n {4}- name: orders\n/,
    );
    writeFileSync(
      server.file,
      learned.out.replace(/(- name: users\n {6}bucket: other)/, '- name: more\n      bucket: other'),
    );
    expect(namesInFile()).toEqual(['orders', 'users', 'more']);
  });
});

test('linkKeyOf() draws a key once, for its owner alone, and refuses what is no key', async () => {
  const folder = tempFolder();
  const key = await linkKeyOf(folder);
  expect(key.byteLength).toBe(32);
  expect(Buffer.from(await linkKeyOf(folder)).equals(key)).toBe(true);
  expect(Buffer.from(await linkKeyOf(tempFolder())).equals(key)).toBe(false);
  expect(statSync(join(folder, 'link-key')).mode & 0o777).toBe(0o600);
  writeFileSync(join(folder, 'link-key'), 'short');
  await expect(linkKeyOf(folder)).rejects.toMatchObject({ code: 'invalid' });
});
