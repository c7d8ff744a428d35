/** From what lies in a bucket to a configuration that watches it: the whole application, its monitor and its file. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openApp } from '../src/app.ts';
import { parseConfig } from '../src/config/load.ts';
import { silentLog } from '../src/lib/log.ts';
import type { Backups, Links, Proposals } from '../src/serve/backup-api.ts';
import { startListingServer } from './listing-server.ts';
import { tempFolder } from './temp.ts';

const DAY_MS = 86_400_000;
/** A Saturday, noon. */
const NOON_MS = Date.parse('2026-11-21T12:00:00Z');

/** Thirty nights of two dumps; the keys of one look like a reference to a variable. */
const OBJECTS = Array.from({ length: 30 }, (_, index) => NOON_MS - (29 - index) * DAY_MS).flatMap((ms) => {
  const day = new Date(ms).toISOString().slice(0, 10);
  const modifiedMs = Date.parse(`${day}T01:30:00Z`);
  return ['db/orders-', 'db/price-$'].map((prefix) => ({
    key: `${prefix}${day}.gz`,
    size: 10_000,
    etag: `${prefix}${day}`,
    modifiedMs,
  }));
});

test('what a bucket holds is proposed, accepted, watched by its name, paused, and shown by its link', async () => {
  const store = await startListingServer({ vault: OBJECTS });
  onTestFinished(() => store.stop());
  const folder = tempFolder();
  const file = join(folder, 'bucketwatch.yaml');
  const text = `data: ${folder}/data
estate:
  - name: main   # the only one
    endpoint: ${store.endpoint}
    region: us-east-1
    access_key_id: a
    secret_access_key: \${KEY}
backups:
  discover: [{bucket: vault}]
`;
  writeFileSync(file, text);
  process.env['KEY'] = 'the key of the store';
  onTestFinished(() => {
    delete process.env['KEY'];
  });
  const reading = parseConfig(text, { environment: process.env, folder });
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  const clock = { nowMs: () => NOON_MS, sleep: () => Promise.resolve() };
  const app = await openApp(reading.config, { configFile: file }, { clock, log: silentLog });
  onTestFinished(() => app.close());
  const ask = async <Answer>(path: string, body?: object): Promise<Answer> => {
    const init = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    };
    const response = await app.api.request(`/api/v1/backups${path}`, body === undefined ? {} : init);
    const answer: unknown = await response.json();
    expect([response.status, answer]).toEqual([200, answer]);
    return answer as Answer;
  };

  expect(await ask('/look', { bucket: 'vault' })).toMatchObject({ keys: 60, files: 60, problem: '' });
  const { rows: proposed } = await ask<Proposals>('/proposals');
  expect(proposed.map(({ series }) => series).sort()).toEqual(['db/orders-{date}.gz', 'db/price-${date}.gz']);

  const ids = proposed.map(({ bucket, series }) => ({ bucket, series }));
  const accepted = await ask<{ names: string[] }>('/accept', { ids });
  expect(accepted.names.toSorted()).toEqual(['db/orders-{date}.gz', 'db/price-$ {date}.gz']);
  expect(readFileSync(file, 'utf8')).toContain(text.trimEnd());

  const { rows: watched } = await ask<Backups>('');
  const byName = watched.toSorted((left, right) => (left.series < right.series ? -1 : 1));
  expect(byName).toMatchObject([
    { series: 'db/orders-{date}.gz', declared: true, verdict: 'ok', files: 30 },
    { series: 'db/price-$ {date}.gz', declared: true, verdict: 'ok', files: 30 },
  ]);
  expect(await ask<Proposals>('/proposals')).toMatchObject({ rows: [] });

  const series = byName[0]?.series ?? '';
  await ask('/act', { series, act: 'pause', until: '2026-11-22T00:00:00Z', author: 'ada', reason: 'moving' });
  const links = await ask<Links>(`/links?series=${encodeURIComponent(series)}`);
  const page = await (await app.api.request(links.status)).text();
  expect(page).toContain('<h1>db/orders-{date}.gz</h1>\n<p class="verdict calm">paused</p>');
  expect(page.match(/<tr><td>/g)?.length).toBe(30);

  await ask('/act', { series, act: 'renew-link' });
  expect((await app.api.request(links.status)).status).toBe(404);
});
