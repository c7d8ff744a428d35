/** The running monitor of backups when something fails, is slow, or comes in another order: nothing is lost, and nobody is woken for it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { backupsSettings } from '../src/backup-series.ts';
import { configSchema } from '../src/config/schema.ts';
import type { Engine } from '../src/engine/engine.ts';
import {
  EVENT,
  NIGHTLY,
  nights,
  type Options,
  type Section,
  type Setting,
  startSetting,
} from './backups-setting.ts';
import { bound, openStore } from './replication-store.ts';

let engine: Engine;
let store: Awaited<ReturnType<typeof openStore>>;
beforeAll(async () => {
  store = await openStore();
  ({ engine } = store);
});
afterAll(() => store.close());

const { signal } = new AbortController();

function settingOf(backups: Section, options: Partial<Options> = {}): Promise<Setting> {
  return startSetting(backups, { engine, ...options });
}

async function verdicts(): Promise<Record<string, string>> {
  const rows = await engine.query<{ series: string; verdict: string }>(
    'select series, verdict from backup_series order by series',
  );
  return Object.fromEntries(rows.map((row) => [row.series, row.verdict]));
}

async function rowsOf(table: string, but: string): Promise<unknown[]> {
  return engine.query(`select * except (${but}) from ${table} order by all`);
}

async function tables(): Promise<unknown> {
  return {
    // When a file was looked at, or missed, is a matter of when that went well.
    files: await rowsOf('backup_files', 'stored_at, looked_at, removed_at'),
    gone: await engine.query('select key from backup_files where removed_at is not null order by key'),
    runs: await rowsOf('backup_runs', 'judged_at'),
    series: await rowsOf('backup_series', 'judged_at'),
  };
}

/** The engine, but for calls of the monitor that are refused; `made` counts all. */
class Moody {
  made = 0;
  inserts = 0;
  refuses: (call: number) => boolean = () => false;
  readonly engine: Engine;

  constructor(real: Engine) {
    this.engine = {
      ...bound(real),
      query: (sql, options) => this.#call(() => real.query(sql, options)),
      insertRows: (insert, options) => {
        if (insert.table.startsWith('backup_')) this.inserts += 1;
        return this.#call(() => real.insertRows(insert, options));
      },
    };
  }

  async #call<Result>(call: () => Promise<Result>): Promise<Result> {
    this.made += 1;
    if (this.refuses(this.made)) throw new Error('refused');
    return call();
  }
}

const FOUND = { series: [NIGHTLY], discover: [{ bucket: 'vault' }] };

/** A day in the life of a monitor, whatever fails; with `isKilled` it is started anew after that. */
async function lived(moody: Moody, isKilled: boolean): Promise<unknown> {
  const objects = [...nights(12, 20), ...nights(12, 20, (day) => `db/users-2026-11-${day}.gz`)];
  let it = await settingOf(FOUND, { objects });
  await it.arrives('db/orders-2026-11-21.gz', '2026-11-21T02:05:00');
  it = await it.restarted(FOUND, { engine: moody.engine });
  for (const time of [
    '2026-11-21T12:01:00',
    '2026-11-21T12:02:00',
    '2026-11-22T12:00:00',
    '2026-11-22T12:01:00',
  ]) {
    it.at(time);
    if (time === '2026-11-22T12:00:00') objects.shift();
    const done = await Promise.allSettled([it.look(), it.turn()]);
    if (isKilled && done.some(({ status }) => status === 'rejected')) {
      moody.refuses = () => false;
      it = await it.restarted();
    }
  }
  moody.refuses = () => false;
  for (const time of ['2026-11-22T18:30:00', '2026-11-22T18:31:00']) {
    it.at(time);
    await it.look();
    await it.turn();
  }
  return tables();
}

/** Every call was tried; these take a few seconds. */
const STEP = 16;

describe('an engine that refuses', () => {
  test('once, at any call: afterwards the tables are those of an undisturbed run', {
    timeout: 120_000,
  }, async () => {
    const calm = new Moody(engine);
    const expected = await lived(calm, false);
    for (let call = 1; call <= calm.made; call += STEP) {
      const moody = new Moody(engine);
      moody.refuses = (made) => made === call;
      expect(await lived(moody, false), `call ${call}`).toEqual(expected);
    }
  });

  test('from any call on until a restart: the tables are those of an undisturbed run', {
    timeout: 120_000,
  }, async () => {
    const calm = new Moody(engine);
    const expected = await lived(calm, false);
    for (let call = 1; call <= calm.made; call += STEP) {
      const moody = new Moody(engine);
      moody.refuses = (made) => made >= call;
      expect(await lived(moody, true), `call ${call}`).toEqual(expected);
    }
  });
});

function settingsOf(backups: Section) {
  return backupsSettings(configSchema.parse({ backups }).backups);
}

describe('nobody is woken', () => {
  test('for a series that is declared in a bucket that was just listed for another', async () => {
    const users = { ...NIGHTLY, name: 'users', pattern: 'db/users-{date}.gz' };
    const objects = [...nights(1, 21), ...nights(1, 21, (day) => `db/users-2026-11-${day}.gz`)];
    const it = await settingOf({ series: [NIGHTLY] }, { objects });
    await it.turn();
    await it.look();
    await it.monitor.configure(settingsOf({ series: [NIGHTLY, users] }), signal);
    expect(await verdicts()).toEqual({ orders: 'ok', users: 'ok' });
    await it.look();
    const [row] = await engine.query(`select count() as files from backup_files where series = 'users'`);
    expect(row).toEqual({ files: 21 });
  });

  test('because only a part of the bucket was listed before a restart', async () => {
    const users = { ...NIGHTLY, name: 'users', pattern: 'web/users-{date}.gz' };
    const objects = [...nights(1, 21), ...nights(1, 21, (day) => `web/users-2026-11-${day}.gz`)];
    let isRefusing = true;
    const it = await settingOf(
      { series: [NIGHTLY, users] },
      {
        objects,
        script: (request) =>
          Promise.resolve(isRefusing && request > 1 ? { status: 403, code: 'AccessDenied' } : undefined),
      },
    );
    await it.look();
    isRefusing = false;
    const again = await it.restarted();
    await again.turn();
    expect(await verdicts()).toEqual({ orders: 'ok', users: 'ok' });
  });

  test.each([
    ['days come before months', (day: number) => [`db/${day}.11.2026.gz`, 'db/01.12.2026.gz']],
    ['numbers grow longer', (day: number) => [`db/full-${day - 21}.gz`, 'db/full-10.gz']],
  ])('where %s in names, by a listing that begins too late', async (_, names) => {
    const objects = Array.from({ length: 9 }, (_none, index) => ({
      key: names(22 + index)[0] ?? '',
      size: 1000 + index,
      etag: `e${index}`,
      modifiedMs: Date.parse(`2026-11-${22 + index}T02:05:00Z`),
    }));
    const it = await settingOf(
      { series: [{ ...NIGHTLY, pattern: 'db/*.gz' }] },
      { objects, nowMs: Date.parse('2026-11-30T12:00:00Z') },
    );
    await it.look();
    await it.turn();
    const [, key = ''] = names(0);
    objects.push({ key, size: 1000, etag: 'new', modifiedMs: Date.parse('2026-12-01T02:05:00Z') });
    objects.sort((a, b) => (a.key < b.key ? -1 : 1));
    it.at('2026-12-01T02:31:00');
    await it.turn();
    expect(await verdicts()).toEqual({ orders: 'ok' });
  });

  test('by a folder that no file was in before', async () => {
    const objects = nights(1, 21, (day) => `db/november/${day}.gz`);
    const it = await settingOf({ series: [{ ...NIGHTLY, pattern: 'db/**' }] }, { objects });
    await it.look();
    objects.push(...nights(22, 22, (day) => `db/next/${day}.gz`));
    it.at('2026-11-22T02:31:00');
    await it.turn();
    expect(await verdicts()).toEqual({ orders: 'ok' });
  });
});

describe('files', () => {
  test('are gone also when that is read before they are', async () => {
    const it = await settingOf({ series: [NIGHTLY] });
    const expired = { ...EVENT, event_name: 'LifecycleExpiration:Delete', event_time: '2026-11-21 02:20:00' };
    await it.tell([expired, EVENT]);
    await it.turn();
    const rows = await engine.query('select toString(removed_at) as at from backup_files');
    expect(rows).toEqual([{ at: '2026-11-21 02:20:00.000' }]);
  });

  test('that are of another series after a restart are stored as that', async () => {
    const it = await settingOf({ discover: [{ bucket: 'vault' }] }, { objects: nights(1, 21) });
    await it.turn();
    await it.look();
    const again = await it.restarted({ series: [NIGHTLY] });
    await again.turn();
    expect(await engine.query('select distinct series from backup_files')).toEqual([{ series: 'orders' }]);
  });

  test('of the same content, of which the first was listed and the second told, are two', async () => {
    const objects = nights(20, 20, () => 'db/orders-latest.gz');
    const it = await settingOf({ series: [{ ...NIGHTLY, pattern: 'db/orders-*.gz' }] }, { objects });
    await it.look();
    await it.arrives('db/orders-latest.gz', '2026-11-21T02:05:00', { etag: 'e20', size: 1000 });
    await it.turn();
    const rows = await engine.query('select toDate(at) as day from backup_files order by at');
    expect(rows).toEqual([{ day: '2026-11-20' }, { day: '2026-11-21' }]);
  });
});

describe('a store', () => {
  test('that is slow is asked of many series at once', async () => {
    const many = Array.from({ length: 40 }, (_, index) => ({
      ...NIGHTLY,
      name: `db${index}`,
      pattern: `db${index}/{date}.gz`,
    }));
    const waiting: (() => void)[] = [];
    // Nobody is answered before twenty ask.
    const script = async (): Promise<undefined> => {
      if (waiting.length >= 20) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.push(resolve);
      if (waiting.length === 20) for (const go of waiting) go();
      await promise;
    };
    const it = await settingOf({ series: many }, { script });
    await it.turn();
    expect(new Set(Object.values(await verdicts()))).toEqual(new Set(['missing']));
    const [row] = await engine.query(`select count() as looks from backup_looks where problem = ''`);
    expect(row).toEqual({ looks: 40 });
  });

  test('that could not be listed is not spoken of once the file came', async () => {
    const it = await settingOf(
      { series: [NIGHTLY] },
      { script: () => Promise.resolve({ status: 403, code: 'AccessDenied' }) },
    );
    await it.turn();
    await it.arrives('db/orders-2026-11-21.gz', '2026-11-21T02:05:00');
    await it.turn();
    const rows = await engine.query('select verdict, evidence from backup_series');
    expect(rows).toEqual([{ verdict: 'ok', evidence: '' }]);
  });

  test('with more files than requests of an hour is listed on from hour to hour, and nothing is taken for removed', async () => {
    const objects = Array.from({ length: 4500 }, (_, index) => ({
      key: `db/${String(index).padStart(5, '0')}.gz`,
      size: 1000,
      etag: `e${index}`,
      modifiedMs: Date.parse('2026-11-21T02:05:00Z') + index,
    }));
    const it = await settingOf({ discover: [{ bucket: 'vault' }] }, { objects, perHour: 3 });
    await it.look();
    await it.turn();
    expect(await verdicts()).toEqual({});
    it.at('2026-11-21T13:00:00');
    await it.look();
    expect(it.store.asked.map(({ after }) => after)).toEqual([
      '',
      'db/00999.gz',
      'db/01999.gz',
      'db/02999.gz',
      'db/03999.gz',
    ]);
    await it.turn();
    const [row] = await engine.query(
      'select count() as files, countIf(removed_at is not null) as gone from backup_files',
    );
    expect(row).toEqual({ files: 4500, gone: 0 });
  });
});

test('a monitor to which nothing happens writes nothing', async () => {
  const moody = new Moody(engine);
  const it = await settingOf(FOUND, { objects: nights(1, 21), engine: moody.engine });
  await it.look();
  await it.turn();
  await it.turn();
  moody.inserts = 0;
  for (let minute = 10; minute < 60; minute += 5) {
    it.at(`2026-11-21T12:${minute}:00`);
    await it.look();
    await it.turn();
  }
  expect(moody.inserts).toBe(0);
});
