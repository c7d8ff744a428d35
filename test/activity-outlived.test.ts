/** Sums are kept for longer than facts: what is read in facts or sample must not pass for the whole. And price classes. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type App, openApp } from '../src/app.ts';
import { configSchema } from '../src/config/schema.ts';
import { systemClock } from '../src/lib/clock.ts';
import { silentLog } from '../src/lib/log.ts';
import { keptFolder } from './temp.ts';

const OLD = 450_000;
const NEW = 20_000;
const folder = keptFolder();
let app: App;

beforeAll(async () => {
  const config = configSchema.parse({ data: join(folder, 'data'), retention: { facts: '3650d' } });
  app = await openApp(config, {}, { clock: systemClock, log: silentLog });
  await insert({ rows: OLD, since: '2026-06-10 10:00:00', key: 'old/', operation: 'REST.GET.OBJECT' });
  await insert({ rows: NEW, since: '2026-10-10 10:00:00', key: 'new/', operation: 'REST.GET.OBJECT' });
  for (const operation of ['S3.CREATE.DELETEMARKER', 'REST.POST.SELECT', 'REST.PUT.OBJECT'])
    await insert({ rows: 1000, since: '2026-11-01 10:00:00', key: 'k', operation });
  for (const table of ['requests', 'request_sample'])
    await app.engine.command(`alter table ${table} drop partition 202606`);
}, 120_000);
afterAll(async () => {
  await app.close();
  rmSync(folder, { recursive: true, force: true });
});

let batches = 0;

/** Requests spread evenly over six hours. */
async function insert(made: { rows: number; since: string; key: string; operation: string }): Promise<void> {
  batches += 1;
  await app.engine.command(
    `insert into requests (batch_id, line_number, bucket, time, requester, operation, key, http_status)
     select ${batches}, number, 'b', toDateTime('${made.since}', 'UTC') + intDiv(number * 21600, ${made.rows}),
       'somebody', '${made.operation}', concat('${made.key}', toString(number)), 200
     from numbers(${made.rows})`,
  );
}

interface Top {
  readonly estimated: boolean;
  readonly sampled_requests: number;
  readonly total_requests: number;
  readonly rows: readonly { readonly value: string; readonly requests: number }[];
}

async function ask<Answer>(path: string): Promise<Answer> {
  const response = await app.api.request(`/api/v1/activity/${path}`);
  return (await response.json()) as Answer;
}

test('requests whose sample is gone are not laid to those that are left', async () => {
  const top = await ask<Top>('top?dimension=prefix&since=2026-06-01T00:00:00Z&until=2026-10-20T00:00:00Z');
  expect(top).toMatchObject({ estimated: true, total_requests: OLD + NEW });
  expect(top.rows.map(({ value }) => value)).toEqual(['new/']);
  expect(top.rows[0]?.requests).toBeGreaterThan(NEW * 0.9);
  expect(top.rows[0]?.requests).toBeLessThan(NEW * 1.1);
});

test('few requests whose facts are gone are an estimate of what is left', async () => {
  const gone = await ask<Top>('top?dimension=key&since=2026-06-10T10:00:00Z&until=2026-06-10T10:30:00Z');
  expect(gone).toMatchObject({ estimated: true, sampled_requests: 0, rows: [] });
  const there = await ask<Top>('top?dimension=key&since=2026-10-10T10:00:00Z&until=2026-10-10T10:30:00Z');
  expect(there.estimated).toBe(false);
});

test('delete markers of a lifecycle are free, SELECT costs what GET does, PUT what PUT does', async () => {
  const { rows } = await ask<{ rows: { value: string; request_cost: number }[] }>(
    'cost?by=operation&since=2026-11-01T00:00:00Z&until=2026-11-02T00:00:00Z',
  );
  expect(Object.fromEntries(rows.map(({ value, request_cost }) => [value, request_cost]))).toEqual({
    'S3.CREATE.DELETEMARKER': 0,
    'REST.POST.SELECT': expect.closeTo(0.0004, 6) as number,
    'REST.PUT.OBJECT': expect.closeTo(0.005, 6) as number,
  });
});
