import type { DeliveryReading } from './delivery-items.ts';
import { expect, test } from 'vitest';
import { evaluateStatus } from '../alarms/status-alarm.ts';
import { definitionProblems } from '../alarms/definition.ts';
import type { JobRecord } from '../lib/job-records.ts';
import { healthFeed } from './health-feed.ts';
import { HEALTH_CHECKS, type HealthItem, type HealthReadings, isAtWork, judgeHealth } from './own-health.ts';
import type { SourceReading } from './source-items.ts';

const GIB = 2 ** 30;
const NOW_MS = Date.UTC(2026, 10, 1);

const JOB: JobRecord = {
  name: 'judge',
  everyMs: 1000,
  runs: 5,
  failures: 0,
  failuresInRow: 0,
  lastSuccessMs: NOW_MS - 30_000,
  lastRunMs: 200,
  reason: '',
};
const SOURCE: SourceReading = {
  name: 'logs',
  isFailing: false,
  message: '',
  lagSeconds: 20,
  records: 10_000,
  rejects: 3,
  rejectedBatches: 0,
  queue: { oldestAgeMs: 1000, deadLetters: 0, deadLetterQueue: 'logs-dead' },
};
const HEALTHY: HealthReadings = {
  nowMs: NOW_MS,
  engine: { isAnswering: true, tookMs: 3, reason: '', errors: 0, lastError: '' },
  disk: { freeBytes: 50 * GIB, totalBytes: 100 * GIB },
  memory: { residentBytes: GIB, availableBytes: 2 * GIB },
  spool: { bytes: 0, bytesMax: 2 * GIB, loadsWaiting: 0 },
  sources: [SOURCE],
  jobs: [JOB],
  deliveries: [{ channel: 'pager', failuresInRow: 0, reason: '', triedMs: NOW_MS }],
};

function itemOf(readings: Partial<HealthReadings>, check: string): HealthItem {
  const found = judgeHealth({ ...HEALTHY, ...readings }).items.find((item) => item.check === check);
  if (found === undefined) throw new Error(`no item ${check}`);
  return found;
}

const job = (part: Partial<JobRecord>) => ({ jobs: [{ ...JOB, ...part }] });
const source = (part: Partial<SourceReading>) => ({ sources: [{ ...SOURCE, ...part }] });
const delivery = (part: Partial<DeliveryReading>) => ({
  deliveries: [{ channel: 'pager', failuresInRow: 0, reason: '', ...part }],
});
const disk = (freeGib: number, totalGib: number) => ({
  disk: { freeBytes: freeGib * GIB, totalBytes: totalGib * GIB },
});

test('judgeHealth() says of a healthy program that every check is good, and has one of each', () => {
  const health = judgeHealth(HEALTHY);
  expect(health.state).toBe('good');
  expect(health.sentence).toBe('All 12 checks of Bucketwatch itself are good.');
  expect(health.items.map(({ check }) => check)).toEqual([...HEALTH_CHECKS]);
  expect(health.items.map(({ firstStep }) => firstStep)).toEqual(HEALTH_CHECKS.map(() => ''));
});

test.each<
  readonly [what: string, check: string, readings: Partial<HealthReadings>, state: string, says: RegExp]
>([
  [
    'an engine that is silent',
    'engine',
    { engine: { ...HEALTHY.engine, isAnswering: false, reason: 'busy' } },
    'bad',
    /does not answer within a second: busy/,
  ],
  [
    'one failed call',
    'engine-errors',
    { engine: { ...HEALTHY.engine, errors: 1, lastError: 'no memory' } },
    'warn',
    /1 calls.*no memory/,
  ],
  ['ten failed calls', 'engine-errors', { engine: { ...HEALTHY.engine, errors: 10 } }, 'bad', /10 calls/],
  ['11 % free of a small disk', 'disk', disk(11, 100), 'good', /11.0 GiB of 100.0 GiB free/],
  ['9 % free of a small disk', 'disk', disk(9, 100), 'warn', /9.0 GiB/],
  ['2 % free of a small disk', 'disk', disk(2, 100), 'bad', /2.0 GiB/],
  ['1 % free of a large disk', 'disk', disk(100, 10_000), 'good', /100.0 GiB/],
  ['3 GiB free of a large disk', 'disk', disk(3, 10_000), 'bad', /3.0 GiB/],
  ['a folder that is gone', 'disk', { disk: { reason: 'ENOENT' } }, 'warn', /cannot be read: ENOENT/],
  [
    'little memory',
    'memory',
    { memory: { residentBytes: GIB, availableBytes: GIB / 8 } },
    'warn',
    /128.0 MiB are left/,
  ],
  [
    'no memory',
    'memory',
    { memory: { residentBytes: GIB, availableBytes: GIB / 32 } },
    'bad',
    /32.0 MiB are left/,
  ],
  [
    'a spool that fills',
    'spool',
    { spool: { bytes: 1.9 * GIB, bytesMax: 2 * GIB, loadsWaiting: 9 } },
    'warn',
    /9 loads/,
  ],
  [
    'a full spool',
    'spool',
    { spool: { bytes: 2 * GIB + 1, bytesMax: 2 * GIB, loadsWaiting: 9 } },
    'bad',
    /2.0 GiB of 2.0 GiB/,
  ],
  [
    'a source that fails',
    'source',
    source({ isFailing: true, message: 'denied' }),
    'bad',
    /logs cannot be read: denied/,
  ],
  ['a source that is late', 'intake-lag', source({ lagSeconds: 1000 }), 'warn', /within 16.7 min/],
  ['a source that is very late', 'intake-lag', source({ lagSeconds: 4000 }), 'bad', /within 1.1 h/],
  ['many rejects', 'rejects', source({ records: 50, rejects: 50 }), 'bad', /50 of 100 records/],
  ['some rejects', 'rejects', source({ records: 90, rejects: 10 }), 'warn', /10 of 100 records/],
  ['a single odd record', 'rejects', source({ records: 0, rejects: 1 }), 'warn', /1 of 1 records/],
  ['a rejected batch', 'rejects', source({ rejectedBatches: 1 }), 'warn', /1 batches rejected/],
  ['an old message', 'queue-age', source({ queue: { oldestAgeMs: 7_200_000 } }), 'bad', /2 h old/],
  [
    'a dead letter',
    'dead-letters',
    source({ queue: { deadLetters: 1, deadLetterQueue: 'dlq' } }),
    'warn',
    /1 messages in dlq/,
  ],
  [
    'a job that failed once',
    'job',
    job({ failuresInRow: 1, reason: 'away' }),
    'warn',
    /failed 1 times in a row, it last succeeded 30 s ago; the last time: away/,
  ],
  [
    'a job that failed three times',
    'job',
    job({ failuresInRow: 3, reason: 'away' }),
    'bad',
    /failed 3 times/,
  ],
  [
    'a job that never succeeded',
    'job',
    job({ failuresInRow: 3, lastSuccessMs: undefined as never }),
    'bad',
    /it never succeeded/,
  ],
  ['a job in a run of 50 minutes', 'job', job({ runningSinceMs: NOW_MS - 3_000_000 }), 'good', /succeeds/],
  [
    'a job in a run of two hours',
    'job',
    job({ runningSinceMs: NOW_MS - 7_200_000 }),
    'bad',
    /not come to an end for 2 h/,
  ],
  [
    'a rare job in a run of two hours',
    'job',
    job({ everyMs: 3_600_000, runningSinceMs: NOW_MS - 7_200_000 }),
    'good',
    /succeeds/,
  ],
  [
    'a channel that fails',
    'delivery',
    delivery({ failuresInRow: 3, reason: 'status 500', triedMs: NOW_MS - 7_200_000 }),
    'bad',
    /pager failed to deliver 3 times in a row, the last time 2 h ago: status 500/,
  ],
  [
    'a channel that failed, and was not tried for a day',
    'delivery',
    delivery({ failuresInRow: 3, reason: 'status 500', triedMs: NOW_MS - 86_400_000 }),
    'warn',
    /failed to deliver 3 times in a row, the last time 1 d ago/,
  ],
  [
    'a channel that failed once',
    'delivery',
    delivery({ failuresInRow: 1, reason: 'status 500', triedMs: NOW_MS }),
    'warn',
    /failed to deliver once/,
  ],
  [
    'a channel that was never tried',
    'delivery',
    delivery({}),
    'good',
    /Nothing was sent through channel pager/,
  ],
])('%s: %s', (_what, check, readings, state, says) => {
  const item = itemOf(readings, check);
  expect(item.state).toBe(state);
  expect(item.sentence).toMatch(says);
  expect(item.firstStep === '').toBe(state === 'good');
});

test('judgeHealth() puts the worst first and says it', () => {
  const health = judgeHealth({ ...HEALTHY, ...disk(9, 100), ...job({ failuresInRow: 3, reason: 'away' }) });
  expect(health.items.slice(0, 3).map(({ check, state }) => [check, state])).toEqual([
    ['job', 'bad'],
    ['disk', 'warn'],
    ['engine', 'good'],
  ]);
  expect(health.state).toBe('bad');
  expect(health.sentence).toMatch(
    /^2 of 12 checks of Bucketwatch itself need attention: Job judge failed 3 times/,
  );
});

test('isAtWork() takes a silent engine, a failing job and a failing channel for a standstill, and a full disk for none', () => {
  const isIt = (readings: Partial<HealthReadings>): boolean =>
    isAtWork(judgeHealth({ ...HEALTHY, ...readings }));
  expect(isIt({})).toBe(true);
  expect(isIt(disk(0, 100))).toBe(true);
  expect(isIt(job({ failuresInRow: 1 }))).toBe(true);
  expect(isIt(job({ failuresInRow: 3 }))).toBe(false);
  expect(isIt(delivery({ failuresInRow: 1, triedMs: NOW_MS }))).toBe(true);
  expect(isIt(delivery({ failuresInRow: 3, triedMs: NOW_MS }))).toBe(false);
  expect(isIt({ engine: { ...HEALTHY.engine, isAnswering: false } })).toBe(false);
});

function feedOf(readings: Partial<HealthReadings>) {
  const health = judgeHealth({ ...HEALTHY, ...readings });
  const items = health.items.map((item) => ({ ...item, sinceMs: NOW_MS - 3_600_000 }));
  return healthFeed({ health: { look: () => Promise.resolve({ ...health, items }) } });
}

async function alarming(readings: Partial<HealthReadings>): Promise<string[]> {
  const feed = feedOf(readings);
  const rules = new Map(feed.definitions.map(({ id, rule }) => [id, rule]));
  const said = await feed.readings(NOW_MS);
  return said.flatMap(({ definition, labels, reading }) => {
    const rule = rules.get(definition);
    if (rule?.kind !== 'status' || !('status' in reading)) throw new Error(definition);
    const { state } = evaluateStatus(rule, reading, { nowMs: NOW_MS });
    return state === 'ALARM' ? [`${definition} ${Object.values(labels).join()}`.trim()] : [];
  });
}

test('healthFeed() has definitions that can be evaluated, and is quiet on a healthy program', async () => {
  const { definitions } = feedOf({});
  expect(definitionProblems(definitions)).toEqual([]);
  expect(await alarming({})).toEqual([]);
});

test('healthFeed() gives an alarm for every check that turns bad', async () => {
  const all = await alarming({
    ...disk(1, 100),
    ...job({ failuresInRow: 3 }),
    ...source({
      isFailing: true,
      lagSeconds: 5000,
      records: 0,
      rejects: 10,
      queue: { oldestAgeMs: 7_200_000, deadLetters: 2 },
    }),
    engine: { isAnswering: false, tookMs: 1000, reason: 'busy', errors: 50, lastError: 'x' },
    memory: { residentBytes: GIB, availableBytes: 0 },
    spool: { bytes: 3 * GIB, bytesMax: 2 * GIB, loadsWaiting: 9 },
    ...delivery({ failuresInRow: 9, reason: 'x', triedMs: NOW_MS }),
  });
  expect(all).toEqual([
    'health/engine',
    'health/engine-errors',
    'health/disk',
    'health/disk-low',
    'health/memory',
    'health/intake-lag logs',
    'health/queue-age logs',
    'health/job-failing judge',
    'health/delivery pager',
  ]);
});
