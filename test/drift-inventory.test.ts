/** Inventory reports as sides of a drift audit: read from the store the way people's SQL is. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type App, openApp } from '../src/app.ts';
import { configSchema } from '../src/config/schema.ts';
import { systemClock } from '../src/lib/clock.ts';
import { silentLog } from '../src/lib/log.ts';
import type { Entry } from '../src/monitors/replication/diff/entry.ts';
import { openInventorySide } from '../src/monitors/replication/diff/inventory-side.ts';
import { keptFolder } from './temp.ts';

const OLD = '2026-11-19 00:00:00.000';
const NEW = '2026-11-20 00:00:00.000';
/** In order of their UTF-8 bytes, which is not that of JavaScript's strings: U+FFFD comes before U+1F4BE. */
const KEYS = ['a%2B b', "a'); drop", 'a/\\', 'b\n', 'ü', '\ufffd', '💾'];

let app: App;
beforeAll(async () => {
  app = await openApp(configSchema.parse({ data: keptFolder() }), {}, { clock: systemClock, log: silentLog });
  const row = {
    report: 'media/all',
    report_time: NEW,
    bucket: 'media',
    is_latest: 1,
    etag: 'e',
    size_bytes: 5,
  };
  const rows = [
    ...KEYS.map((key) => ({
      ...row,
      key: `p/${key}`,
      version_id: 'v2',
      last_modified: '2026-11-01 00:00:01.000',
    })),
    { ...row, key: 'p/a/\\', version_id: 'v1', is_latest: 0 },
    { ...row, key: 'p/gone', version_id: 'm', is_delete_marker: 1, size_bytes: null },
    { ...row, key: 'elsewhere' },
    { ...row, key: 'p/old', report_time: OLD },
    ...Array.from({ length: 40_001 }, (_, index) => ({
      ...row,
      bucket: 'many',
      key: String(index).padStart(6, '0'),
    })),
  ];
  await app.engine.insertRows({ table: 'inventory_objects', rows });
}, 60_000);
afterAll(async () => app.close());

async function entriesOf(bucketId: string, prefix: string, after = ''): Promise<Entry[]> {
  const place = { name: `inventory:${bucketId}/${prefix}`, bucketId, prefix };
  const ask = (sql: string, signal: AbortSignal) =>
    app.engine.query<Record<string, unknown>>(sql, { untrusted: true, signal });
  const entries: Entry[] = [];
  for await (const page of openInventorySide(place, ask).pages(after, AbortSignal.timeout(30_000)))
    entries.push(...page);
  return entries;
}

test('the current versions of the newest report come in order of bytes, whatever is in their keys', async () => {
  const entries = await entriesOf('media', 'p/');
  expect(entries.map(({ key }) => key)).toEqual(KEYS);
  expect(entries[0]).toEqual({
    key: 'a%2B b',
    sizeBytes: 5,
    etag: 'e',
    modifiedMs: Date.parse('2026-11-01T00:00:01Z'),
    versionId: 'v2',
  });
});

test('an audit goes on behind any key', async () => {
  for (const [place, key] of KEYS.entries())
    expect((await entriesOf('media', 'p/', key)).map((entry) => entry.key)).toEqual(KEYS.slice(place + 1));
});

test('pages follow one another to the end', async () => {
  const keys = (await entriesOf('many', '')).map(({ key }) => key);
  expect(keys.length).toBe(40_001);
  expect(keys).toEqual([...keys].sort());
});

test('a bucket without a report is not found', async () => {
  await expect(entriesOf('nowhere', '')).rejects.toThrow(
    'no inventory report of the bucket nowhere is loaded',
  );
});
