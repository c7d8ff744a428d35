/** What is said of buckets now, from answers that stores gave over time. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rmSync } from 'node:fs';
import { type App, openApp } from '../src/app.ts';
import { configSchema } from '../src/config/schema.ts';
import { systemClock } from '../src/lib/clock.ts';
import { silentLog } from '../src/lib/log.ts';
import {
  bucketAnswers,
  bucketHistory,
  bucketSummaries,
  latestConfigs,
} from '../src/monitors/bucket-configs.ts';
import { keptFolder } from './temp.ts';

const folder = keptFolder();
let app: App;
/** Bucket, aspect, state, document or reason, minute after nine. */
const ANSWERS = [
  ['media', 'replication', 'present', '{"Rules":[1]}', 1],
  ['media', 'replication', 'present', '{"Rules":[2]}', 3],
  ['media', 'replication', 'absent', '', 2],
  ['flaky', 'replication', 'present', '{"Rules":[]}', 1],
  ['flaky', 'replication', 'failed', 'busy', 2],
  ['silent', 'replication', 'failed', 'busy', 2],
  ['closed', 'replication', 'present', '{}', 1],
  ['closed', 'replication', 'denied', 'it needs s3:GetReplicationConfiguration', 2],
  ['siteB:media', 'replication', 'unsupported', 'not offered', 1],
  ['gone', 'bucket', 'present', '{}', 1],
  ['gone', 'replication', 'present', '{}', 1],
  ['gone', 'bucket', 'absent', '', 5],
  ['again', 'bucket', 'absent', '', 1],
  ['again', 'bucket', 'present', '{}', 2],
  ['again', 'replication', 'absent', '', 2],
  ['media', 'versioning', 'present', '{"Status":"Enabled"}', 9],
] as const;

beforeAll(async () => {
  const config = configSchema.parse({ data: join(folder, 'data') });
  app = await openApp(config, {}, { clock: systemClock, log: silentLog });
  const rows = ANSWERS.map(([bucket, aspect, state, text, minute], index) => ({
    batch_id: 1,
    record_number: index,
    store: 'main',
    bucket,
    aspect,
    state,
    document: state === 'present' ? text : '',
    reason: state === 'present' ? '' : text,
    observed_at: `2026-03-01 09:0${minute}:00.000`,
  }));
  await app.engine.insertRows({ table: 'bucket_configs', rows });
});
afterAll(async () => {
  await app.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('latestConfigs()', () => {
  const minute = (minutes: number): number => Date.UTC(2026, 2, 1, 9, minutes);

  test.each([
    ['media', { state: 'present', document: '{"Rules":[2]}', observedMs: minute(3) }],
    ['flaky', { state: 'present', document: '{"Rules":[]}', observedMs: minute(1) }],
    ['silent', { state: 'failed', reason: 'busy', document: '' }],
    ['closed', { state: 'denied', reason: 'it needs s3:GetReplicationConfiguration', document: '' }],
    ['siteB:media', { state: 'unsupported', reason: 'not offered' }],
    ['gone', { state: 'absent', document: '', reason: 'the bucket is gone', observedMs: minute(5) }],
    ['again', { state: 'absent', reason: '', observedMs: minute(2) }],
  ])('the newest answer of %s that is one', async (bucket, expected) => {
    const latest = await latestConfigs({ aspect: 'replication' }, app.engine);
    expect(latest.get(bucket)).toMatchObject(expected);
  });

  test('only the buckets that are named, and only the aspect', async () => {
    const named = await latestConfigs({ aspect: 'replication', buckets: ['gone', 'flaky', 'x'] }, app.engine);
    expect([...named.keys()]).toEqual(['flaky', 'gone']);
    expect([...(await latestConfigs({ aspect: 'versioning' }, app.engine)).keys()]).toEqual(['media']);
  });
});

test('bucketSummaries() counts the last answers and names what is denied or had none', async () => {
  const summaries = new Map((await bucketSummaries(app.engine)).map((summary) => [summary.bucket, summary]));
  expect([...summaries.keys()]).toEqual([
    'again',
    'closed',
    'flaky',
    'gone',
    'media',
    'silent',
    'siteB:media',
  ]);
  expect(summaries.get('flaky')).toMatchObject({
    store: 'main',
    isGone: false,
    aspects: { present: 0, absent: 0, denied: 0, unsupported: 0, failed: 1 },
    problems: [{ aspect: 'replication', state: 'failed', reason: 'busy' }],
  });
  expect(summaries.get('closed')?.problems).toMatchObject([{ state: 'denied' }]);
  expect(summaries.get('gone')).toMatchObject({ isGone: true, observedMs: Date.UTC(2026, 2, 1, 9, 5) });
  expect(summaries.get('media')).toMatchObject({ aspects: { present: 2 }, problems: [] });
});

test('bucketAnswers() gives the newest answer, and why there was none since', async () => {
  expect(await bucketAnswers('flaky', app.engine)).toEqual([
    {
      aspect: 'replication',
      state: 'present',
      document: '{"Rules":[]}',
      reason: '',
      failure: 'busy',
      observedMs: Date.UTC(2026, 2, 1, 9, 1),
    },
  ]);
  expect(await bucketAnswers('closed', app.engine)).toMatchObject([{ state: 'denied', failure: '' }]);
});

test('bucketHistory() leaves out what says the same again', async () => {
  const minutes = ['0', '1', '2', '3', '4'];
  const states = ['absent', 'absent', 'present', 'present', 'absent'];
  const rows = minutes.map((minute, index) => ({
    batch_id: 2,
    record_number: index,
    store: 'main',
    bucket: 'changing',
    aspect: 'cors',
    state: states[index],
    document: states[index] === 'present' ? '{}' : '',
    observed_at: `2026-03-02 09:0${minute}:00.000`,
  }));
  await app.engine.insertRows({ table: 'bucket_configs', rows });
  const changes = async (limit: number) =>
    (await bucketHistory({ bucket: 'changing', limit }, app.engine)).map(({ state, observedMs }) => [
      state,
      new Date(observedMs).getUTCMinutes(),
    ]);
  expect(await changes(10)).toEqual([
    ['absent', 4],
    ['present', 2],
    ['absent', 0],
  ]);
  expect(await changes(1)).toEqual([['absent', 4]]);
});
