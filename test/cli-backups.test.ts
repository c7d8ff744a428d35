/** The commands that show backups as a user types them, with a server over rows as the monitor leaves them. */
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type App, openApp } from '../src/app.ts';
import { configSchema } from '../src/config/schema.ts';
import { systemClock } from '../src/lib/clock.ts';
import { silentLog } from '../src/lib/log.ts';
import { listen } from '../src/serve/listen.ts';
import { storeActs, storeLooks, storeRuns, storeSeries } from './backup-rows.ts';
import { keptFolder } from './temp.ts';

const BIN = fileURLToPath(new URL('../bin/bucketwatch.js', import.meta.url));
const NOW = '2026-11-21T12:00:00Z';
const HOSTILE = 'web\u001b[31m\u202e, red';
const folder = keptFolder();
const data = join(folder, 'data');
let app: App;
let server: Awaited<ReturnType<typeof listen>>;

async function run(...args: readonly string[]): Promise<{ out: string; err: string; code: number | null }> {
  const child = spawn(process.execPath, [BIN, '--data', data, 'backups', ...args], { cwd: folder });
  const text = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => (text.out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (text.err += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { ...text, code };
}

beforeAll(async () => {
  const clock = { ...systemClock, nowMs: () => Date.parse(NOW) };
  app = await openApp(configSchema.parse({ data }), {}, { clock, log: silentLog });
  server = await listen({ api: app.api, address: '127.0.0.1:0', token: undefined });
  await app.claim.announce(server.url);
  const { engine } = app;
  const orders = { bucket: 'dumps', series: 'orders', judged: NOW };
  const due = '2026-11-21T01:30:00Z';
  await storeSeries(
    [
      {
        ...orders,
        verdict: 'missing',
        sentence: 'Nothing came by the deadline.',
        since: '2026-11-21T02:00:00Z',
        nextDues: ['2026-11-22T01:30:00Z', '2026-11-23T01:30:00Z'],
        newestDue: due,
        files: 20,
        firstAt: '2026-11-01T01:40:00Z',
        lastAt: '2026-11-20T01:40:00Z',
        rule: { schedule: { cron: '30 1 * * *' }, size: { down: 0.5 } },
      },
      { bucket: 'calm', series: 'users', judged: NOW, verdict: 'ok', newestDue: due, sentence: '1.0 KiB.' },
      { bucket: 'calm', series: 'orders', judged: NOW, verdict: 'new' },
      { bucket: 'dumps', series: HOSTILE, judged: NOW, verdict: 'paused', sentence: 'Paused\u001b[0m.' },
    ],
    engine,
  );
  await storeRuns(
    [
      { ...orders, due, verdict: 'missing', sentence: 'Nothing came by the deadline.' },
      ...Array.from({ length: 20 }, (_, index) => {
        const date = `2026-11-${String(index + 1).padStart(2, '0')}`;
        return {
          ...orders,
          due: `${date}T01:30:00Z`,
          verdict: 'ok' as const,
          arrived: `${date}T01:40:00Z`,
          bytes: 2048,
          keys: [date],
        };
      }),
      { bucket: 'calm', series: 'users', due, verdict: 'ok', judged: NOW, arrived: due, bytes: 1024 },
    ],
    engine,
  );
  const at = '2026-11-20T09:00:00Z';
  await storeActs(
    [
      { ...orders, at, act: 'accept-size', author: 'ana', reason: 'half of it was\u0007 dropped' },
      { bucket: 'dumps', series: HOSTILE, at, act: 'pause', author: 'ana', reason: 'moves\u001b[0m' },
    ],
    engine,
  );
  await storeLooks([{ bucket: 'dumps', at, keys: 20, problem: 'AccessDenied\u001b[0m' }], engine);
}, 60_000);
afterAll(async () => {
  await server.close();
  await app.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('list', () => {
  test('is what backups alone shows: a sentence, a table the worst first, what cannot be seen; 1 when one is wrong', async () => {
    const { out, err, code } = await run();
    expect(err).toBe('');
    expect(code).toBe(1);
    expect(out).toBe(
      [
        '1 of 3 backups is missing. 1 bucket could not be listed. 1 is paused.',
        '',
        'series                  bucket  verdict  why                            last run           size     next due',
        'orders                  dumps   missing  Nothing came by the deadline.  2026-11-20T01:40Z           2026-11-22T01:30Z',
        'users                   calm    ok       1.0 KiB.                       2026-11-21T01:30Z  1.0 KiB',
        'orders                  calm    new',
        'web\\x1b[31m\\u202e, red  dumps   paused   Paused\\x1b[0m.',
        '',
        'dumps could not be listed: AccessDenied\\x1b[0m',
        '',
      ].join('\n'),
    );
  });

  test('of a bucket in which nothing is wrong ends with 0, as lines of JSON too', async () => {
    const { out, code } = await run('list', '--bucket', 'calm', '--json');
    expect(code).toBe(0);
    const rows = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(rows).toMatchObject([
      { series: 'users', verdict: 'ok', newest: { size_bytes: 1024 } },
      { series: 'orders', verdict: 'new', newest: null },
    ]);
  });

  test('of a bucket that is not watched is a mistake, and not a bucket in which all is well', async () => {
    const { out, err, code } = await run('list', '--bucket', 'dmps', '--json');
    expect({ out, code }).toEqual({ out: '', code: 2 });
    expect(err).toContain('Cannot list the backups of "dmps": it is not watched.');
  });

  test('of a verdict; one that is none is a mistake', async () => {
    const [calm, none] = await Promise.all([
      run('list', '--verdict', 'ok', '--json'),
      run('list', '--verdict', 'fine'),
    ]);
    expect(calm).toMatchObject({ code: 0, out: expect.stringMatching(/^\{.*"series":"users".*\}\n$/) });
    expect(none).toMatchObject({ code: 2, out: '' });
  });
});

describe('show', () => {
  test('tells when a series is due, what it has to be, its safety, runs, acts and looks', async () => {
    const { out, err, code } = await run('show', 'orders', '--bucket', 'dumps');
    expect(err).toBe('');
    expect(code).toBe(0);
    const lines = out.split('\n');
    expect(lines.slice(0, 4)).toEqual([
      'orders in dumps: missing since 2026-11-21T02:00Z',
      'Nothing came by the deadline.',
      'Configured: orders/{date}.gz',
      '20 files are kept, of 2026-11-01T01:40Z to 2026-11-20T01:40Z.',
    ]);
    expect(out).toContain('Due:\nevery day at 01:30 UTC\n  2026-11-22T01:30Z\n  2026-11-23T01:30Z\n');
    expect(out).toContain('Rule:\nschedule:\n  cron: 30 1 * * *\nsize:\n  down: 0.5\n');
    expect(out).toMatch(/\nSafety:\n\S+ +\S+/);
    expect(out).toMatch(/\n2026-11-21T01:30Z +missing +0 +Nothing came by the deadline\.\n/);
    expect(out).toMatch(/\n2026-11-20T01:30Z +ok +2026-11-20T01:40Z +2\.0 KiB +1\n/);
    // 21 runs, of which 15 are shown.
    expect(out).toContain('\nand 6 before; --json has them\n');
    expect(out).toMatch(/accept-size +ana +half of it was\\x07 dropped/);
    expect(out).toMatch(/regular +20 +0 +AccessDenied\\x1b\[0m/);
  });

  test('by its name alone when that is enough, whatever is in it', async () => {
    const [{ out, code }, users] = await Promise.all([run('show', HOSTILE), run('show', 'users', '--json')]);
    expect(code).toBe(0);
    expect(out).toContain('web\\x1b[31m\\u202e, red in dumps: paused\n');
    expect(out).toContain('\nPaused until somebody resumes it by ana: moves\\x1b[0m\n');
    expect(out).not.toContain('\u001b');
    expect(out).not.toContain('\u202e');
    expect(JSON.parse(users.out)).toMatchObject({
      row: { bucket: 'calm' },
      runs: [{ size_bytes: 1024 }],
    });
  });

  test('says which buckets have one of that name', async () => {
    expect(await run('show', 'orders')).toEqual({
      code: 2,
      out: '',
      err: 'Cannot tell which series "orders" is meant: 2 buckets have one.\n  --bucket calm\n  --bucket dumps\n',
    });
  });

  test('says what may have been meant when there is none', async () => {
    const [none, elsewhere] = await Promise.all([
      run('show', 'user'),
      run('show', 'users', '--bucket', 'dumps'),
    ]);
    expect(none).toEqual({
      code: 2,
      out: '',
      err: 'Cannot find the series "user": did you mean "users"?\n',
    });
    expect(elsewhere).toMatchObject({
      code: 2,
      err: expect.stringContaining('Cannot find the series "users"'),
    });
  });
});
