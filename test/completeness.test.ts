/** GET /completeness over logs loaded through the intake: gaps, trails, and what it says when nothing could tell. */
import { mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type App, openApp } from '../src/app.ts';
import { configSchema } from '../src/config/schema.ts';
import { systemClock } from '../src/lib/clock.ts';
import { silentLog } from '../src/lib/log.ts';
import type { Completeness } from '../src/serve/api.ts';
import { openFiles } from '../src/sources/files.ts';
import { accessLogLine } from './log-lines.ts';
import { keptFolder } from './temp.ts';

const HOUR_MS = 3_600_000;
const NOW_MS = Math.floor(systemClock.nowMs() / HOUR_MS) * HOUR_MS;
const DAYS = 5;
const folder = keptFolder();
let app: App;

function put(path: string, text: string | Buffer, deliveredMs: number): void {
  const target = join(folder, 'logs', path);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, text);
  utimesSync(target, deliveredMs / 1000, deliveredMs / 1000);
}

beforeAll(async () => {
  for (let hour = DAYS * 24; hour > 0; hour -= 1) {
    const deliveredMs = NOW_MS - hour * HOUR_MS + 1_800_000;
    const lines = (bucket: string): string => {
      return [
        accessLogLine({ bucket, timeMs: deliveredMs - 600_000 }),
        accessLogLine({ bucket, timeMs: deliveredMs - 500_000 }),
        accessLogLine({ bucket, timeMs: deliveredMs - 400_000, operation: 'REST.COPY.OBJECT_GET' }),
        '',
      ].join('\n');
    };
    put(`steady/${hour}`, lines('steady'), deliveredMs);
    if (hour > 12 || hour <= 7) put(`gap/${hour}`, lines('gap'), deliveredMs);
  }
  const data = join(folder, 'data');
  app = await openApp(configSchema.parse({ data }), {}, { clock: systemClock, log: silentLog });
  const source = openFiles({ name: 'logs', path: join(folder, 'logs'), pollMs: 0 }, { clock: systemClock });
  await app.ingest(source, new AbortController().signal);
});
afterAll(async () => {
  await app.close();
  rmSync(folder, { recursive: true, force: true });
});

async function completeness(query: Record<string, string> = {}): Promise<Completeness> {
  const until = new Date(NOW_MS).toISOString();
  const search = new URLSearchParams({ until, ...query }).toString();
  return (await (await app.api.request(`/api/v1/completeness?${search}`)).json()) as Completeness;
}

test('a bucket whose log comes as usual is unknown when nothing counts its requests', async () => {
  const { rows, trails } = await completeness({ bucket: 'steady' });
  expect(trails).toEqual([]);
  expect(rows).toEqual([
    {
      bucket: 'steady',
      delivery: { objects: 24, records: 72, gaps: [], longest_gap_seconds: 3600, usual_gap_seconds: 3600 },
      trail: {
        verdict: 'absent',
        digests: 0,
        files_listed: 0,
        files_loaded: 0,
        missing: [],
        altered: [],
        chain_breaks: [],
        signature: 'unchecked',
      },
      // Two of the three records of an hour are requests; the last hours may still come.
      requests: { logged: expect.any(Number) as number, counted: null, ratio: null },
      verdict: 'unknown',
      sentence: 'Its log comes as usual; no count of its requests and no digest says whether that is all.',
    },
  ]);
  expect(rows[0]?.requests.logged).toBe(46);
});

test('a gap well beyond the usual makes it incomplete', async () => {
  const { rows } = await completeness();
  expect(rows.map(({ bucket }) => bucket)).toEqual(['gap', 'steady']);
  const since = new Date(NOW_MS - 13 * HOUR_MS + 1_800_000).toISOString().replace('.000Z', 'Z');
  const until = new Date(NOW_MS - 7 * HOUR_MS + 1_800_000).toISOString().replace('.000Z', 'Z');
  expect(rows[0]).toMatchObject({
    delivery: { gaps: [{ since, until, seconds: 6 * 3600 }], longest_gap_seconds: 6 * 3600 },
    verdict: 'incomplete',
    sentence: `nothing was delivered for 6 h from ${since.slice(0, 16)}Z, where 1 h is usual.`,
  });
});

test('the gap is outside of a range after it', async () => {
  const since = new Date(NOW_MS - 5 * HOUR_MS).toISOString();
  const { rows } = await completeness({ since });
  expect(rows[0]).toMatchObject({ bucket: 'gap', delivery: { gaps: [] }, verdict: 'unknown' });
});
