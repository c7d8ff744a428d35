/** Alarms over HTTP: what they are, what people say of them, and that it ends. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { AlarmStore } from '../src/alarms/alarm-store.ts';
import type { AlarmState } from '../src/alarms/alarm.ts';
import { type Alarm, expand } from '../src/alarms/definition.ts';
import { type ActServer, NOW_MS, openActServer } from './backup-act-server.ts';

const HOUR_MS = 3_600_000;
let nowMs = NOW_MS;
let server: ActServer;
let store: AlarmStore;
beforeAll(async () => {
  server = await openActServer({ nowMs: () => nowMs, sleep: async () => {} });
});
afterAll(() => server.close());
beforeEach(async () => {
  nowMs = NOW_MS;
  for (const table of ['alarm_states', 'alarm_transitions', 'silences', 'alarm_acknowledgements'])
    await server.engine.command(`truncate table ${table}`);
  store = new AlarmStore(server.engine);
  await store.read();
});

async function ask(path: string, body?: unknown): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${server.url}/api/v1${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

function alarmOf(bucket: string, severity: Alarm['severity'] = 'warning'): Alarm {
  const { alarms } = expand(
    {
      id: 'backups/missing',
      title: 'Backup of {bucket} is not there',
      severity,
      firstStep: 'Look.',
      labels: { monitor: bucket === 'other' ? 'intake' : 'backups' },
      rule: { kind: 'status', alarmOn: ['missing'], okOn: ['ok'] },
    },
    [{ bucket }],
  );
  const [alarm] = alarms;
  if (alarm === undefined) throw new Error('no alarm');
  return alarm;
}

async function becomes(alarm: Alarm, state: AlarmState, sentence = `It is ${state}.`): Promise<void> {
  const evaluation = {
    state,
    sentence,
    numbers: { age: 3 },
    evidence: [{ due: 'today', files: 0 }],
    asOfMs: nowMs,
    leansOnGaps: false,
  };
  await store.write({ said: [{ alarm, evaluation }] }, { nowMs, settledMs: 0 });
}

describe('GET /alarms', () => {
  test('without any says so', async () => {
    const { body } = await ask('/alarms');
    expect(body).toEqual({
      sentence: 'There are no alarms yet.',
      evaluated_at: null,
      counts: { OK: 0, ALARM: 0, INSUFFICIENT_DATA: 0 },
      omitted: 0,
      rows: [],
    });
  });

  test('gives the worst first, with a sentence about all', async () => {
    await becomes(alarmOf('fine'), 'OK');
    await becomes(alarmOf('bad'), 'ALARM', 'Nothing came.');
    await becomes(alarmOf('worse', 'critical'), 'ALARM');
    await becomes(alarmOf('other'), 'INSUFFICIENT_DATA');
    const { body } = await ask('/alarms');
    expect(body['sentence']).toBe(
      '2 alarms need attention, 1 of them critical. Of 1 alarm too little is known.',
    );
    const rows = body['rows'] as Record<string, unknown>[];
    expect(rows.map(({ alarm }) => alarm)).toEqual(
      ['worse', 'bad', 'other', 'fine'].map((bucket) => `backups/missing{bucket="${bucket}"}`),
    );
    expect(rows[1]).toEqual({
      alarm: 'backups/missing{bucket="bad"}',
      definition: 'backups/missing',
      kind: 'status',
      title: 'Backup of bad is not there',
      severity: 'warning',
      labels: { bucket: 'bad', monitor: 'backups' },
      state: 'ALARM',
      since: '2026-11-21T12:00:00Z',
      sentence: 'Nothing came.',
      numbers: { age: 3 },
      evidence: [{ due: 'today', files: 0 }],
      first_step: 'Look.',
      as_of: '2026-11-21T12:00:00Z',
      evaluated_at: expect.stringMatching(/^2026-11-21T12:00:00/),
      acknowledged: null,
      silences: [],
    });
  });

  test('keeps to a state, a severity and a monitor, and tells what its limit leaves out', async () => {
    await becomes(alarmOf('bad'), 'ALARM');
    await becomes(alarmOf('worse', 'critical'), 'ALARM');
    await becomes(alarmOf('other'), 'OK');
    const found = async (query: string): Promise<unknown[]> => {
      const { body } = await ask(`/alarms?${query}`);
      const rows = body['rows'] as { labels: Record<string, string> }[];
      return [rows.map(({ labels }) => labels['bucket']), body['omitted']];
    };
    expect(await found('state=ALARM')).toEqual([['worse', 'bad'], 0]);
    expect(await found('severity=critical')).toEqual([['worse'], 0]);
    expect(await found('monitor=intake')).toEqual([['other'], 0]);
    expect(await found('limit=1')).toEqual([['worse'], 2]);
    expect((await ask('/alarms?state=LOUD')).status).toBe(400);
  });
});

describe('GET /alarms/transitions', () => {
  test('gives the latest first, page by page', async () => {
    const alarm = alarmOf('a');
    for (const state of ['OK', 'ALARM', 'OK', 'ALARM'] as const) {
      await becomes(alarm, state);
      nowMs += HOUR_MS;
    }
    await becomes(alarmOf('b'), 'ALARM');
    const revisions = async (query: string): Promise<[number[], string | null]> => {
      const { body } = await ask(`/alarms/transitions?${query}`);
      return [
        (body['rows'] as { revision: number }[]).map(({ revision }) => revision),
        body['next_cursor'] as string,
      ];
    };
    const [first, cursor] = await revisions('limit=3');
    expect(first).toEqual([1, 4, 3]);
    expect(await revisions(`limit=3&cursor=${cursor}`)).toEqual([[2, 1], null]);
    const id = encodeURIComponent(alarm.id);
    expect(await revisions(`alarm=${id}&since=2026-11-21T13:00:00Z&until=2026-11-21T15:00:00Z`)).toEqual([
      [3, 2],
      null,
    ]);
    expect((await ask('/alarms/transitions?cursor=x')).status).toBe(400);
  });
});

describe('an acknowledgement', () => {
  test('holds while the alarm comes and goes without recovering, and ends when it is OK', async () => {
    const alarm = alarmOf('a');
    await becomes(alarm, 'ALARM');
    const said = await ask('/alarms/acknowledge', { alarm: alarm.id, author: 'ann', reason: 'on it' });
    expect(said.body).toEqual({
      sentence: 'Acknowledged Backup of a is not there: until it recovers, at most until 2026-11-28T12:00Z.',
      id: alarm.id,
    });
    const acknowledged = async (): Promise<unknown> => {
      const { body } = await ask('/alarms');
      const [row] = body['rows'] as { acknowledged: unknown }[];
      return row?.acknowledged;
    };
    const held = {
      author: 'ann',
      reason: 'on it',
      at: '2026-11-21T12:00:00Z',
      ends_at: '2026-11-28T12:00:00Z',
    };
    expect(await acknowledged()).toEqual(held);
    expect((await ask('/alarms')).body['sentence']).toBe(
      '1 alarm is silenced or acknowledged. No other alarm needs attention.',
    );
    await becomes(alarm, 'INSUFFICIENT_DATA');
    await becomes(alarm, 'ALARM');
    expect(await acknowledged()).toEqual(held);
    await becomes(alarm, 'OK');
    await becomes(alarm, 'ALARM');
    expect(await acknowledged()).toBeNull();
  });

  test('ends at its time', async () => {
    const alarm = alarmOf('a');
    await becomes(alarm, 'ALARM');
    await ask('/alarms/acknowledge', { alarm: alarm.id, until: '2026-11-21T13:00:00Z' });
    nowMs += HOUR_MS - 1;
    expect((await ask('/alarms')).body).toMatchObject({ rows: [{ acknowledged: { author: '' } }] });
    nowMs += 1;
    expect((await ask('/alarms')).body).toMatchObject({ rows: [{ acknowledged: null }] });
  });

  test.each([
    ['of an alarm that is not there', { alarm: 'none' }, 404],
    ['of one that is OK', { alarm: 'backups/missing{bucket="fine"}' }, 409],
    [
      'until a time that is past',
      { alarm: 'backups/missing{bucket="bad"}', until: '2026-11-21T12:00:00Z' },
      400,
    ],
    ['until no time', { alarm: 'backups/missing{bucket="bad"}', until: 'friday' }, 400],
  ])('%s is refused', async (_what, body, status) => {
    await becomes(alarmOf('fine'), 'OK');
    await becomes(alarmOf('bad'), 'ALARM');
    expect((await ask('/alarms/acknowledge', body)).status).toBe(status);
  });
});

describe('a silence', () => {
  test('holds from its start to its end, or until somebody ends it', async () => {
    await becomes(alarmOf('a'), 'ALARM');
    await becomes(alarmOf('b'), 'ALARM');
    const made = await ask('/silences', {
      matchers: [{ label: 'bucket', values: ['a*'] }],
      starts: '2026-11-21T13:00:00Z',
      ends: '2026-11-21T15:00:00Z',
      author: 'ann',
      reason: 'move',
    });
    expect(made.body['sentence']).toBe(
      'Silenced from 2026-11-21T13:00Z until 2026-11-21T15:00Z: 1 alarm fits now.',
    );
    const id = String(made.body['id']);
    const state = async (): Promise<unknown[]> => {
      const { body } = await ask('/silences');
      const rows = (await ask('/alarms')).body['rows'] as { silences: string[] }[];
      return [(body['rows'] as { state: string }[])[0]?.state, rows.map(({ silences }) => silences.length)];
    };
    expect(await state()).toEqual(['pending', [0, 0]]);
    nowMs += HOUR_MS;
    expect(await state()).toEqual(['active', [1, 0]]);
    expect((await ask('/alarms')).body['sentence']).toBe(
      '1 alarm needs attention. 1 alarm is silenced or acknowledged.',
    );
    expect((await ask(`/silences/${id}/end`, {})).body).toMatchObject({ id });
    expect(await state()).toEqual(['ended', [0, 0]]);
    expect((await ask(`/silences/${id}/end`, {})).status).toBe(409);
    expect((await ask('/silences/none/end', {})).status).toBe(404);
  });

  test.each([
    ['that ends before it starts', { starts: '2026-11-22T00:00:00Z', ends: '2026-11-21T23:00:00Z' }],
    ['that is over', { ends: '2026-11-21T11:00:00Z' }],
    ['of years', { ends: '2030-01-01T00:00:00Z' }],
    ['without a reason', { ends: '2026-11-22T00:00:00Z', reason: '' }],
    ['of everything', { ends: '2026-11-22T00:00:00Z', matchers: [] }],
  ])('%s is refused', async (_what, change) => {
    const body = { matchers: [{ label: 'bucket', values: ['a'] }], reason: 'r', ...change };
    expect((await ask('/silences', body)).status).toBe(400);
  });
});
