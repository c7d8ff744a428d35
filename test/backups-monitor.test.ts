/** The running monitor of backups: what it says of series, files, people and looks. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { backupsSettings } from '../src/backup-series.ts';
import { configSchema } from '../src/config/schema.ts';
import type { Engine } from '../src/engine/engine.ts';
import {
  DAY_MS,
  EVENT,
  HOUR_MS,
  NIGHTLY,
  nights,
  NOON_MS,
  type Options,
  type Section,
  type Setting,
  startSetting,
} from './backups-setting.ts';
import { openStore } from './replication-store.ts';

let engine: Engine;
let store: Awaited<ReturnType<typeof openStore>>;
beforeAll(async () => {
  store = await openStore();
  ({ engine } = store);
});
afterAll(() => store.close());

function settingOf(backups: Section, options: Omit<Options, 'engine'> = {}): Promise<Setting> {
  return startSetting(backups, { engine, ...options });
}

interface SeriesRow {
  readonly series: string;
  readonly verdict: string;
  readonly sentence: string;
  readonly evidence: string;
  readonly since: string | null;
}

async function series(): Promise<Record<string, string>> {
  const rows = await engine.query<SeriesRow>('select series, verdict from backup_series order by series');
  return Object.fromEntries(rows.map((row) => [row.series, row.verdict]));
}

async function only(name: string): Promise<SeriesRow> {
  const [row] = await engine.query<SeriesRow>(
    'select series, verdict, sentence, evidence, toString(since) as since from backup_series where series = {name:String}',
    { params: { name } },
  );
  if (row === undefined) throw new Error(`no series ${name}`);
  return row;
}

async function runs(name: string): Promise<string[]> {
  const rows = await engine.query<{ day: string; verdict: string }>(
    `select formatDateTime(due, '%m-%d %H:%i') as day, verdict from backup_runs where series = {name:String} order by due`,
    { params: { name } },
  );
  return rows.map(({ day, verdict }) => `${day} ${verdict}`);
}

describe('an expected series', () => {
  test('that a notification told is ok, and its bucket is not listed for that', async () => {
    const it = await settingOf({ series: [NIGHTLY] });
    await it.arrives('db/orders-2026-11-21.gz', '2026-11-21T02:05:00');
    await it.turn();
    expect(await series()).toEqual({ orders: 'ok' });
    expect(it.store.asked).toEqual([]);
  });

  test('says so when its verdict changes, and only then', async () => {
    let said = 0;
    const onVerdicts = (): void => {
      said += 1;
    };
    const it = await settingOf({ series: [NIGHTLY] }, { objects: nights(1, 21), onVerdicts });
    await it.look();
    await it.turn();
    await it.turn();
    expect(said).toBe(1);
    it.at('2026-11-22T02:30:00');
    await it.turn();
    await it.turn();
    expect(said).toBe(2);
  });

  test('is listed once at its deadline, and missing to the minute when nothing is there', async () => {
    const it = await settingOf({ series: [NIGHTLY] }, { objects: nights(1, 21) });
    await it.look();
    await it.turn();
    expect(await series()).toEqual({ orders: 'ok' });
    const asked = it.store.asked.length;
    it.at('2026-11-22T02:29:59');
    await it.turn();
    expect(await series()).toEqual({ orders: 'ok' });
    expect(it.store.asked).toHaveLength(asked);
    it.at('2026-11-22T02:30:00');
    await it.turn();
    expect(it.store.asked).toHaveLength(asked + 1);
    expect(await only('orders')).toMatchObject({
      verdict: 'missing',
      since: '2026-11-22 02:30:00.000',
      evidence: '',
    });
  });

  test('that came without anybody telling is found at the deadline', async () => {
    const it = await settingOf({ series: [NIGHTLY] }, { objects: nights(1, 21) });
    await it.look();
    it.objects.push(...nights(22, 22));
    it.at('2026-11-22T02:30:10');
    await it.turn();
    expect(await series()).toEqual({ orders: 'ok' });
    // Names rise from day to day: only what is new is listed.
    expect(it.store.asked.at(-1)).toEqual({ bucket: 'vault', after: 'db/orders-2026-11-21.gz' });
  });

  test('that was never seen is told', async () => {
    const it = await settingOf({ series: [NIGHTLY] });
    await it.turn();
    expect(await only('orders')).toMatchObject({
      verdict: 'missing',
      sentence: 'Nothing came by the deadline.',
    });
    expect(await runs('orders')).toEqual(['11-20 02:00 missing', '11-21 02:00 missing']);
  });

  test('that was never seen stays expected from then on, across restarts', async () => {
    const first = await settingOf({ series: [NIGHTLY] });
    await first.turn();
    first.at('2026-11-23T12:00:00');
    const again = await first.restarted();
    await again.turn();
    await again.arrives('db/orders-2026-11-24.gz', '2026-11-24T02:01:00');
    again.at('2026-11-24T02:02:00');
    await again.turn();
    expect(await runs('orders')).toEqual([
      '11-20 02:00 missing',
      '11-21 02:00 missing',
      '11-22 02:00 missing',
      '11-23 02:00 missing',
      '11-24 02:00 ok',
    ]);
    expect(await series()).toEqual({ orders: 'ok' });
  });

  test('that comes late without an event is found within five minutes, and was late', async () => {
    const it = await settingOf({ series: [NIGHTLY] }, { objects: nights(1, 21) });
    await it.look();
    it.at('2026-11-22T02:31:00');
    await it.turn();
    it.objects.push({
      key: 'db/orders-2026-11-22.gz',
      size: 1000,
      etag: 'e22',
      modifiedMs: Date.parse('2026-11-22T02:33:00Z'),
    });
    it.at('2026-11-22T02:35:00');
    await it.turn();
    expect(await series()).toEqual({ orders: 'missing' });
    it.at('2026-11-22T02:36:05');
    await it.turn();
    expect(await series()).toEqual({ orders: 'late' });
  });

  test('a restart across its deadline says the same as no restart', async () => {
    const first = await settingOf({ series: [NIGHTLY] }, { objects: nights(1, 21) });
    await first.look();
    await first.turn();
    first.at('2026-11-22T03:00:00');
    const again = await first.restarted();
    await again.turn();
    expect(await only('orders')).toMatchObject({ verdict: 'missing', since: '2026-11-22 02:30:00.000' });
    expect((await runs('orders')).at(-1)).toBe('11-22 02:00 missing');
  });

  test('in a bucket that refuses is missing all the same, and why it could not be listed is said', async () => {
    const it = await settingOf(
      { series: [NIGHTLY] },
      { script: () => Promise.resolve({ status: 403, code: 'AccessDenied' }) },
    );
    await it.turn();
    const row = await only('orders');
    expect(row.verdict).toBe('missing');
    expect(row.evidence).toMatch(/s3:ListBucket/);
  });

  test('nothing is said while what waits at the start is not read, but for no longer than ten minutes', async () => {
    const it = await settingOf({ series: [NIGHTLY] }, { isTakenIn: () => false });
    await it.turn();
    expect(await series()).toEqual({});
    it.at('2026-11-21T12:10:00');
    await it.turn();
    expect(await series()).toEqual({ orders: 'missing' });
  });

  test('without any request allowed events alone tell', async () => {
    const it = await settingOf({ series: [NIGHTLY] }, { objects: nights(1, 21), perHour: 0 });
    await it.look();
    await it.turn();
    expect(it.store.asked).toEqual([]);
    expect(await only('orders')).toMatchObject({ verdict: 'missing', evidence: '' });
  });
});

describe('files', () => {
  test('told by an event and a listing are one, and the event knows when it was whole', async () => {
    // LastModified of a multipart upload is its start.
    const objects = nights(20, 21).map((file) => ({ ...file, etag: `${file.etag}-12` }));
    const it = await settingOf({ series: [NIGHTLY] }, { objects });
    await it.look();
    await it.arrives('db/orders-2026-11-21.gz', '2026-11-21T03:10:00', { etag: 'e21-12', size: 1001 });
    await it.turn();
    const files = await engine.query(
      'select key, toString(at) as at, toString(backup_files.feed) as feed from backup_files order by at desc limit 1',
    );
    expect(files).toEqual([{ key: 'db/orders-2026-11-21.gz', at: '2026-11-21 03:10:00.000', feed: 'event' }]);
    expect(await series()).toEqual({ orders: 'late' });
    it.at('2026-11-21T19:00:00');
    await it.look();
    const [count] = await engine.query('select count() as files from backup_files');
    expect(count).toEqual({ files: 2 });
  });

  test('that a whole listing no longer has were removed', async () => {
    const it = await settingOf({ series: [NIGHTLY] }, { objects: nights(18, 21) });
    await it.look();
    it.objects.shift();
    it.at('2026-11-21T19:00:00');
    await it.look();
    const gone = await engine.query(
      'select key, toString(removed_at) as at from backup_files where removed_at is not null',
    );
    expect(gone).toEqual([{ key: 'db/orders-2026-11-18.gz', at: '2026-11-21 19:00:00.000' }]);
    await it.turn();
    expect((await runs('orders'))[0]).toBe('11-18 02:00 ok');
  });

  test('that an event says are removed are known to be', async () => {
    const it = await settingOf({ series: [NIGHTLY] });
    await it.arrives('db/orders-2026-11-21.gz', '2026-11-21T02:05:00');
    await it.arrives('db/orders-2026-11-21.gz', '2026-11-21T09:00:00', { event: 'ObjectRemoved:Delete' });
    await it.turn();
    const [row] = await engine.query('select toString(removed_at) as at from backup_files');
    expect(row).toEqual({ at: '2026-11-21 09:00:00.000' });
  });

  test('that an empty one took the place of are gone', async () => {
    const it = await settingOf({ series: [NIGHTLY] });
    await it.arrives('db/orders-2026-11-21.gz', '2026-11-21T02:05:00');
    await it.arrives('db/orders-2026-11-21.gz', '2026-11-21T02:20:00', { size: 0, etag: 'empty' });
    await it.turn();
    const [row] = await engine.query('select toString(removed_at) as at from backup_files');
    expect(row).toEqual({ at: '2026-11-21 02:20:00.000' });
    expect(await series()).toEqual({ orders: 'missing' });
  });

  test('whose ends are wrong make the run wrong, and are read once', async () => {
    const body = Buffer.from('<html>502 Bad Gateway</html>');
    const [file] = nights(21, 21).map((one) => ({ ...one, size: body.length, body }));
    if (file === undefined) throw new Error('no file');
    const it = await settingOf({ series: [{ ...NIGHTLY, content: 'gzip' }] }, { objects: [file] });
    await it.arrives(file.key, '2026-11-21T02:05:00', { size: body.length });
    await it.turn();
    expect(await only('orders')).toMatchObject({ verdict: 'wrong-content' });
    file.body.fill(0);
    const again = await it.restarted();
    await again.turn();
    expect(await series()).toEqual({ orders: 'wrong-content' });
  });

  test('are read again from the beginning when what is looked for changes', async () => {
    const it = await settingOf({ series: [NIGHTLY] });
    await it.arrives('db/users-2026-11-21.gz', '2026-11-21T02:05:00');
    await it.turn();
    const users = { ...NIGHTLY, name: 'users', pattern: 'db/users-{date}.gz' };
    const again = await it.restarted({ series: [NIGHTLY, users] });
    await again.turn();
    expect(await series()).toEqual({ orders: 'missing', users: 'ok' });
  });
});

describe('found series', () => {
  const found = { discover: [{ bucket: 'vault' }] };
  const STEM = 'db/orders-{date}.gz';

  test('raise no alarm on a first start, whatever their history, and say what they propose', async () => {
    const objects = [...nights(1, 10), ...nights(13, 21), { key: 'loose.txt', size: 5, modifiedMs: NOON_MS }];
    const it = await settingOf(found, { objects });
    await it.look();
    await it.turn();
    expect(await series()).toEqual({ [STEM]: 'learning', '(root) loose.txt': 'learning' });
    expect((await only(STEM)).sentence).toBe(
      'Found, every day at 02:10 UTC: accept it to be told. In the last 90 days it would have fired 2 times.',
    );
    const [proposal] = await it.monitor.proposals({ ids: [], historyMs: 90 * DAY_MS });
    expect(proposal).toMatchObject({ bucket: 'vault', series: STEM, pattern: STEM, files: 19 });
  });

  test('that are accepted keep their files and their name, and are told from then on', async () => {
    const it = await settingOf(found, { objects: nights(1, 21) });
    await it.look();
    await it.turn();
    const expected = { ...NIGHTLY, name: STEM, pattern: STEM };
    const config = configSchema.parse({ backups: { ...found, series: [expected] } });
    await it.monitor.configure(backupsSettings(config.backups), new AbortController().signal);
    expect(await series()).toEqual({ [STEM]: 'ok' });
    it.at('2026-11-22T02:30:00');
    await it.turn();
    expect(await series()).toEqual({ [STEM]: 'missing' });
  });

  test('that are declared under another name are no more', async () => {
    const it = await settingOf(found, { objects: nights(1, 21) });
    await it.look();
    await it.turn();
    const config = configSchema.parse({ backups: { ...found, series: [NIGHTLY] } });
    await it.monitor.configure(backupsSettings(config.backups), new AbortController().signal);
    expect(await series()).toEqual({ orders: 'ok' });
    expect(await runs(STEM)).toEqual([]);
    expect(await engine.query('select distinct series from backup_files')).toEqual([{ series: 'orders' }]);
  });

  test('are told at once where that is configured', async () => {
    const it = await settingOf(
      { discover: [{ bucket: 'vault', accept: 'auto' }] },
      { objects: nights(1, 20) },
    );
    await it.look();
    await it.turn();
    expect(await series()).toEqual({ [STEM]: 'missing' });
  });

  test('buckets whose name tells are found by the events of them, without any configuration', async () => {
    const it = await settingOf({});
    const told = (bucket: string) => ({ ...EVENT, bucket, key: 'web/site-2026-11-21.tar' });
    await it.tell([told('acme-backups'), told('acme-media')]);
    await it.turn();
    expect(await engine.query('select bucket, series from backup_series')).toEqual([
      { bucket: 'acme-backups', series: 'web/site-{date}.tar' },
    ]);
  });
});

describe('what people say', () => {
  const { signal } = new AbortController();
  const say = { bucket: 'vault', series: 'orders', author: 'ana', reason: 'moving house' } as const;

  test('a pause ends by itself, or when somebody says so, also after a restart', async () => {
    const it = await settingOf({ series: [NIGHTLY] });
    await it.turn();
    await it.monitor.act({ ...say, act: 'pause', untilMs: NOON_MS + HOUR_MS }, signal);
    expect(await series()).toEqual({ orders: 'paused' });
    const again = await it.restarted();
    await again.turn();
    expect(await series()).toEqual({ orders: 'paused' });
    again.at('2026-11-21T13:00:00');
    await again.turn();
    expect(await series()).toEqual({ orders: 'missing' });
    await again.monitor.act({ ...say, act: 'pause' }, signal);
    await again.monitor.act({ ...say, act: 'resume' }, signal);
    expect(await series()).toEqual({ orders: 'missing' });
  });

  test('retired means nothing is expected, and that can be taken back', async () => {
    const it = await settingOf({ series: [NIGHTLY] });
    await it.turn();
    expect(await runs('orders')).toEqual(['11-20 02:00 missing', '11-21 02:00 missing']);
    await it.monitor.act({ ...say, act: 'retire' }, signal);
    expect(await series()).toEqual({ orders: 'retired' });
    expect(await runs('orders')).toEqual([]);
    it.at('2026-11-21T12:01:00');
    await it.monitor.act({ ...say, act: 'expect' }, signal);
    expect(await series()).toEqual({ orders: 'missing' });
  });

  test('an accepted size is the new baseline, and the runs before keep their verdicts', async () => {
    const shrunk = nights(20, 21).map((file) => ({ ...file, size: 100 }));
    const it = await settingOf(
      { series: [{ ...NIGHTLY, size: { down: 0.5 } }] },
      { objects: [...nights(10, 19), ...shrunk] },
    );
    await it.look();
    await it.turn();
    expect((await runs('orders')).slice(-3)).toEqual([
      '11-19 02:00 ok',
      '11-20 02:00 too-small',
      '11-21 02:00 too-small',
    ]);
    await it.monitor.act({ ...say, act: 'accept-size' }, signal);
    expect((await runs('orders')).slice(-2)).toEqual(['11-20 02:00 too-small', '11-21 02:00 ok']);
    expect(await series()).toEqual({ orders: 'ok' });
  });

  test('of a series there is none of is refused', async () => {
    const it = await settingOf({ series: [NIGHTLY] });
    await expect(it.monitor.act({ ...say, series: 'users', act: 'pause' }, signal)).rejects.toThrow(/users/);
  });
});

describe('looks', () => {
  test('of a bucket with many series that are wrong are one', async () => {
    const many = Array.from({ length: 30 }, (_, index) => ({
      ...NIGHTLY,
      name: `db${index}`,
      pattern: `db${index}/{date}.gz`,
    }));
    const it = await settingOf({ series: many });
    await it.turn();
    expect(Object.values(await series())).toEqual(Array.from({ length: 30 }, () => 'missing'));
    expect(it.store.asked.length).toBeLessThanOrEqual(30);
    const [row] = await engine.query('select count() as looks, sum(requests) as requests from backup_looks');
    expect(row).toEqual({ looks: 30, requests: 30 });
  });

  test('are written down, with what they cost and found', async () => {
    const it = await settingOf({ series: [NIGHTLY] }, { objects: nights(1, 21) });
    await it.look();
    const [row] = await engine.query(
      'select bucket, prefix, cause, requests, keys, files, problem from backup_looks',
    );
    expect(row).toEqual({
      bucket: 'vault',
      prefix: 'db/orders-',
      cause: 'first',
      requests: 1,
      keys: 21,
      files: 21,
      problem: '',
    });
  });

  test('asked for by a person go to the store at once; of a bucket that is not watched they are refused', async () => {
    const it = await settingOf({ series: [NIGHTLY] }, { objects: nights(21, 21) });
    const { signal } = new AbortController();
    expect(await it.monitor.look('vault', signal)).toEqual({ requests: 1, keys: 1, files: 1, problem: '' });
    expect(await series()).toEqual({ orders: 'ok' });
    await expect(it.monitor.look('cellar', signal)).rejects.toThrow(/not watched/);
  });
});
