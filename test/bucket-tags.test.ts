/** Tags of buckets as labels of alarms, over the real engine. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AlarmStore } from '../src/alarms/alarm-store.ts';
import { openEvaluator } from '../src/alarms/evaluator.ts';
import type { Engine } from '../src/engine/engine.ts';
import { BucketTags } from '../src/monitors/bucket-tags.ts';
import { openStore } from './replication-store.ts';

const NOW_MS = Date.parse('2026-11-21T12:00:00Z');

let store: Awaited<ReturnType<typeof openStore>>;
let engine: Engine;
let nowMs = NOW_MS;
const clock = { nowMs: () => nowMs, sleep: async () => {} };

beforeAll(async () => {
  store = await openStore();
  ({ engine } = store);
});
afterAll(() => store.close());

async function tagged(bucket: string, tags: Readonly<Record<string, string>>, minute: number): Promise<void> {
  const TagSet = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  const row = {
    batch_id: minute,
    record_number: 1,
    store: 'main',
    bucket,
    aspect: 'tagging',
    state: TagSet.length === 0 ? 'absent' : 'present',
    document: TagSet.length === 0 ? '' : JSON.stringify({ TagSet }),
    observed_at: `2026-11-21 11:${minute}:00.000`,
  };
  await engine.insertRows({ table: 'bucket_configs', rows: [row] });
}

test('labels are those of the bucket, or of the source of a pair; nothing of where facts come from', async () => {
  await tagged('media', { team: 'video', 'cost centre': '12' }, 10);
  await tagged('media-copy', { team: 'storage' }, 10);
  const labelsOf = await new BucketTags({ engine, clock }).labelsOf();
  const video = { 'tag.team': 'video', 'tag.cost centre': '12' };
  expect(labelsOf({ bucket: 'media' })).toEqual(video);
  expect(labelsOf({ source: 'media', destination: 'media-copy' })).toEqual(video);
  expect(labelsOf({ source: 'media' })).toEqual({});
  expect(labelsOf({ bucket: 'other' })).toEqual({});
});

test.each(['', 'no JSON', '[]', '{"TagSet":7}', '{"TagSet":[null,{"Key":1},{"Value":"x"}]}'])(
  'a store that answers %j has none',
  async (document) => {
    const row = { bucket: 'odd', aspect: 'tagging', state: 'present', document };
    await engine.command("alter table bucket_configs delete where bucket = 'odd'");
    await engine.insertRows({
      table: 'bucket_configs',
      rows: [
        { ...row, batch_id: 7, record_number: 1, store: 'main', observed_at: '2026-11-21 11:00:00.000' },
      ],
    });
    const labelsOf = await new BucketTags({ engine, clock }).labelsOf();
    expect(labelsOf({ bucket: 'odd' })).toEqual({});
  },
);

test('they go with an alarm, change with the bucket, and are no part of its id', async () => {
  await tagged('vault', { team: 'a', monitor: 'b' }, 20);
  const definition = {
    id: 'things/bad',
    title: 'Bad',
    severity: 'warning',
    firstStep: '',
    labels: { monitor: 'things' },
    rule: { kind: 'status', alarmOn: ['bad'], okOn: ['ok'] },
  } as const;
  let status = 'ok';
  const feed = {
    name: 'things',
    definitions: [definition],
    readings: () =>
      Promise.resolve([
        {
          definition: definition.id,
          labels: { bucket: 'vault' },
          reading: { status, sentence: '', sinceMs: nowMs },
        },
      ]),
  };
  const tags = new BucketTags({ engine, clock });
  const evaluator = openEvaluator(
    { definitions: [definition], settledMs: () => 0 },
    { feeds: [feed], store: new AlarmStore(engine), clock, labelsOf: () => tags.labelsOf() },
  );
  const pass = async (): Promise<void> => {
    await evaluator.run(new AbortController().signal);
    nowMs += 60_000;
  };
  await pass();
  await tagged('vault', { team: 'c' }, 30);
  status = 'bad';
  await pass();
  const rows = await engine.query(
    'select alarm, labels, toString(state) as state from alarm_transitions order by sequence',
  );
  const alarm = 'things/bad{bucket="vault"}';
  expect(rows).toEqual([
    {
      alarm,
      state: 'OK',
      labels: { bucket: 'vault', monitor: 'things', 'tag.team': 'a', 'tag.monitor': 'b' },
    },
    { alarm, state: 'ALARM', labels: { bucket: 'vault', monitor: 'things', 'tag.team': 'c' } },
  ]);
});
