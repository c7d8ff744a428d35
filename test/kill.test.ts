/** SIGKILL at random points, again and again, while batches load; then everything is as after one clean run. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { estateFiles } from '../src/demo/estate.ts';
import { randomOf } from '../src/demo/random.ts';
import { openEmbedded } from '../src/engine/embedded.ts';
import { accessLogLines } from './log-lines.ts';
import { keptFolder } from './temp.ts';

const LOADER = fileURLToPath(new URL('./kill/loader.ts', import.meta.url));
const KILLS = 50;
const OFFERED_BEFORE_KILL = 12;
const HOUR_MS = 3_600_000;
const seed = Number(process.env['KILL_SEED'] ?? Math.floor(Math.random() * 1e6));

const folder = keptFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test(`${KILLS} kills while batches load lose and double nothing (KILL_SEED=${seed})`, {
  timeout: 1_800_000,
}, async () => {
  const logs = join(folder, 'logs');
  const batches = writeLogs(logs);
  expect(batches).toBeGreaterThanOrEqual(200);
  // First: one that ends well keeps the code that it compiled for those that are killed.
  const clean = join(folder, 'clean');
  await runToEnd(clean, logs);
  const killed = join(folder, 'killed');
  const random = randomOf(seed);
  let kills = 0;
  let interruptedLoads = 0;
  for (let run = 0; kills < KILLS && run < KILLS * 4; run += 1) {
    if (await killOnce(killed, logs, { seed: seed + run, afterMs: 30 + random() * 700 })) kills += 1;
    interruptedLoads += readdirSync(join(killed, 'spool', 'ready')).length;
  }
  expect(kills).toBe(KILLS);
  expect(interruptedLoads).toBeGreaterThan(KILLS / 5);
  await runToEnd(killed, logs);
  const [expected, actual] = [await contentsOf(clean), await contentsOf(killed)];
  expect(expected['ledger']).toMatchObject({ rows: batches });
  expect(expected['rejects']?.rows).toBeGreaterThan(0);
  expect(actual).toEqual(expected);
});

/** Files of every format, broken ones among them, and one that is several blocks in the engine. Gives how many batches they are. */
function writeLogs(logs: string): number {
  mkdirSync(logs, { recursive: true });
  let files = 0;
  const put = (bytes: Buffer | string): void => {
    writeFileSync(join(logs, `${String(files).padStart(4, '0')}.log`), bytes);
    files += 1;
  };
  const endMs = Date.UTC(2026, 3, 20);
  for (const file of estateFiles({ seed: 7, startMs: endMs - 16 * HOUR_MS, endMs })) put(file.bytes);
  for (let index = 0; files < 215; index += 1) put(accessLogLines({ seed: index, count: 20 }));
  put(gzipSync(accessLogLines({ seed: 1000, count: 500 })));
  put(`${accessLogLines({ seed: 1001, count: 3 })}this is no record\n`);
  put(gzipSync(accessLogLines({ seed: 1002, count: 500 })).subarray(0, 2000));
  put(accessLogLines({ seed: 1003, count: 300_000 }));
  copyFileSync(join(logs, '0000.log'), join(logs, '9999.log'));
  return files;
}

/** Starts a loader and kills it; false when it had ended before. */
async function killOnce(
  data: string,
  logs: string,
  run: { seed: number; afterMs: number },
): Promise<boolean> {
  const child = spawn(process.execPath, [LOADER, data, logs, String(run.seed), String(OFFERED_BEFORE_KILL)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(child, 'exit');
  await Promise.race([once(child.stdout, 'data'), exit]);
  await new Promise((resolve) => setTimeout(resolve, run.afterMs));
  const isRunning = child.exitCode === null && child.kill('SIGKILL');
  await exit;
  return isRunning;
}

async function runToEnd(data: string, logs: string): Promise<void> {
  const child = spawn(process.execPath, [LOADER, data, logs, '1', '0'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  expect(code).toBe(0);
}

/** Count and content hash of everything a person could ask for, without the times of loading. */
const CONTENTS = {
  requests: 'select * from requests',
  api_calls: 'select * except (batch_id, record_number) from api_calls',
  object_events: 'select * except (batch_id, record_number) from object_events',
  store_metrics: 'select * except (batch_id) from store_metrics',
  trail_digests: 'select * except (batch_id) from trail_digests',
  trail_digest_files: 'select * except (batch_id) from trail_digest_files',
  requests_1m:
    'select bucket, time, operation, http_status, error_code, sum(requests), sum(requests_1m.bytes_sent), sum(bytes_sent_requests), min(bytes_sent_min), max(bytes_sent_max), sum(requests_1m.bytes_received), sum(bytes_received_requests), min(bytes_received_min), max(bytes_received_max) from requests_1m group by all',
  requests_1h:
    'select bucket, time, operation, http_status, error_code, sum(requests), sum(requests_1h.bytes_sent), sum(bytes_sent_requests), min(bytes_sent_min), max(bytes_sent_max), sum(requests_1h.bytes_received), sum(bytes_received_requests), min(bytes_received_min), max(bytes_received_max) from requests_1h group by all',
  latency_1m:
    'select kind, bucket, time, sum(requests), sum(ms), min(ms_min), max(ms_max), sumMap(histogram) from latency_1m group by all',
  latency_1h:
    'select kind, bucket, time, sum(requests), sum(ms), min(ms_min), max(ms_max), sumMap(histogram) from latency_1h group by all',
  principals_1h:
    'select bucket, time, principal, operation, access, program, sum(requests), sum(principals_1h.bytes_sent), sum(bytes_sent_outside), sum(errors), sum(denied), sum(failed), min(first_seen), max(last_seen) from principals_1h group by all',
  principals_1d:
    'select bucket, time, principal, operation, access, program, sum(requests), sum(principals_1d.bytes_sent), sum(bytes_sent_outside), sum(errors), sum(denied), sum(failed) from principals_1d group by all',
  first_seen:
    'select bucket, principal, kind, value, min(first_seen.first_seen), max(first_seen.last_seen), sum(requests) from first_seen group by all',
  first_addresses:
    'select bucket, remote_ip, min(first_addresses.first_seen), max(first_addresses.last_seen), sum(requests) from first_addresses group by all',
  request_sample: 'select * from request_sample',
  api_calls_1m:
    'select bucket, time, event_name, error_code, uniqExactMerge(calls) from api_calls_1m group by all',
  bucket_deliveries:
    'select bucket, batch_id, sum(requests), min(first_time), max(last_time) from bucket_deliveries group by all',
  rejects: 'select batch_id, line_number, format, reason, line from rejects',
  ledger:
    'select batch_id, format, state, reason, size_bytes, content_sha256, facts, rejects, skipped, first_event, last_event from batches',
} as const;

async function contentsOf(data: string): Promise<Record<string, { rows: number; hash: string }>> {
  const engine = openEmbedded({ folder: join(data, 'store'), memoryBytesMax: 2 ** 30 });
  try {
    const contents: Record<string, { rows: number; hash: string }> = {};
    for (const [name, sql] of Object.entries(CONTENTS)) {
      const [row] = await engine.query<{ rows: number; hash: string }>(
        `select count() as rows, toString(sum(cityHash64(toJSONString(tuple(*))))) as hash from (${sql})`,
      );
      if (row !== undefined) contents[name] = row;
    }
    return contents;
  } finally {
    await engine.close();
  }
}
