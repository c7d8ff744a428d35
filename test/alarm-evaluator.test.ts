/** Alarms as they are evaluated and stored, over the real engine. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AlarmDefinition } from '../src/alarms/definition.ts';
import type { FeedReading } from '../src/alarms/feed.ts';
import type { Engine } from '../src/engine/engine.ts';
import { type Setting, settingOf, START_MS, states, transitions } from './alarm-setting.ts';
import { bound, openStore } from './replication-store.ts';

const MINUTE_MS = 60_000;

let engine: Engine;
let store: Awaited<ReturnType<typeof openStore>>;
beforeAll(async () => {
  store = await openStore();
  ({ engine } = store);
});
afterAll(() => store.close());

const BASE = {
  title: 'Thing {thing}',
  severity: 'warning',
  firstStep: 'Look at {thing}.',
  labels: {},
} as const;
const STATUS: AlarmDefinition = {
  ...BASE,
  id: 'things/bad',
  rule: { kind: 'status', alarmOn: ['bad'], okOn: ['ok'] },
};
const DEADLINE: AlarmDefinition = { ...BASE, id: 'things/due', rule: { kind: 'deadline', graceMs: 0 } };
const METRIC: AlarmDefinition = {
  ...BASE,
  id: 'busy',
  rule: {
    kind: 'metric',
    metric: 'Load',
    statistic: 'Maximum',
    periodMs: MINUTE_MS,
    evaluationPeriods: 1,
    datapointsToAlarm: 1,
    limit: { kind: 'threshold', operator: 'GreaterThanThreshold', threshold: 80, recoveryThreshold: 60 },
    missing: 'missing',
  },
};
const composite = (id: string, rule: string): AlarmDefinition => ({
  ...BASE,
  id,
  rule: { kind: 'composite', rule },
});

function said(thing: string, status: string): FeedReading {
  return {
    definition: STATUS.id,
    labels: { thing },
    reading: { status, sentence: `${thing} is ${status}.`, sinceMs: START_MS, evidence: [{ thing }] },
  };
}

describe('a status alarm', () => {
  test('is stored with what there is to say, and each change of it', async () => {
    const it = await settingOf({ engine, definitions: [STATUS] });
    it.readings = [said('a', 'ok'), said('b', 'bad')];
    await it.at(0);
    it.readings = [said('a', 'bad'), said('b', 'ok')];
    await it.through(1, 3);
    expect(await transitions(engine)).toEqual([
      '12:00 things/bad{thing="a"} new -> OK',
      '12:00 things/bad{thing="b"} new -> ALARM',
      '12:01 things/bad{thing="a"} OK -> ALARM',
      '12:01 things/bad{thing="b"} ALARM -> OK',
    ]);
    const rows = await engine.query(
      `select title, severity, labels, state, sentence, evidence, first_step, revision, sequence
       from alarm_states where alarm = 'things/bad{thing="a"}'`,
    );
    expect(rows).toEqual([
      {
        title: 'Thing a',
        severity: 'warning',
        labels: { thing: 'a' },
        state: 'ALARM',
        sentence: 'a is bad.',
        evidence: ['{"thing":"a"}'],
        first_step: 'Look at a.',
        revision: 2,
        sequence: 3,
      },
    ]);
  });

  test('that says the same writes no row until a day is over', async () => {
    const it = await settingOf({ engine, definitions: [STATUS] });
    const written = async (): Promise<string[]> => {
      const rows = await engine.query<{ at: string }>(
        `select formatDateTime(evaluated_at, '%d %H:%i') as at from alarm_states`,
      );
      return rows.map(({ at }) => at);
    };
    it.readings = [said('a', 'bad')];
    await it.through(0, 5);
    expect(await written()).toEqual(['21 12:00']);
    await it.at(24 * 60);
    expect(await written()).toEqual(['22 12:00']);
  });

  test('of a series that is gone ends, and goes on counting when it is back', async () => {
    const it = await settingOf({ engine, definitions: [STATUS] });
    it.readings = [said('a', 'bad'), said('b', 'ok')];
    await it.at(0);
    it.readings = [];
    await it.at(1);
    expect(await states(engine)).toEqual({});
    it.readings = [said('a', 'bad')];
    await it.at(2);
    expect(await transitions(engine)).toEqual([
      '12:00 things/bad{thing="a"} new -> ALARM',
      '12:00 things/bad{thing="b"} new -> OK',
      '12:01 things/bad{thing="a"} ALARM -> OK',
      '12:02 things/bad{thing="a"} OK -> ALARM',
    ]);
    expect(await endings(engine)).toEqual([
      'It ended because it is not watched any more: what it was about is gone, or is not judged now. Whether all is well is not known.',
    ]);
    expect(await states(engine)).toEqual({ 'things/bad{thing="a"}': 'ALARM' });
  });

  test('of a definition that is turned off is gone after a restart', async () => {
    const it = await settingOf({ engine, definitions: [STATUS, DEADLINE] });
    const due = (dueMs: number): FeedReading => ({ definition: DEADLINE.id, labels: {}, reading: { dueMs } });
    it.readings = [said('a', 'ok'), due(START_MS)];
    await it.at(0);
    // What it was told as before its data was missing has to end as well.
    it.readings = [said('a', 'ok'), { definition: DEADLINE.id, labels: {}, reading: {} }];
    await it.at(1);
    expect(await states(engine)).toMatchObject({ [DEADLINE.id]: 'INSUFFICIENT_DATA' });
    const other = await settingOfSame([STATUS]);
    other.readings = [said('a', 'ok')];
    await other.at(2);
    expect(await states(engine)).toEqual({ 'things/bad{thing="a"}': 'OK' });
    expect((await transitions(engine)).at(-1)).toBe(`12:02 ${DEADLINE.id} INSUFFICIENT_DATA -> OK`);
    expect(await endings(engine)).toEqual([
      'It ended because it is not watched any more: its definition is gone or turned off. Whether all is well is not known.',
    ]);
  });
});

/** Why alarms ended that are not watched any more. */
async function endings(of: Engine): Promise<string[]> {
  const rows = await of.query<{ sentence: string }>(
    "select sentence from alarm_transitions where sentence like '%not watched any more%' order by sequence",
  );
  return rows.map(({ sentence }) => sentence);
}

/** A run with other definitions over what is stored. */
async function settingOfSame(definitions: readonly AlarmDefinition[]) {
  const kept = await engine.query<Record<string, unknown>>('select * from alarm_states');
  const changes = await engine.query<Record<string, unknown>>('select * from alarm_transitions');
  const it = await settingOf({ engine, definitions });
  await engine.insertRows({ table: 'alarm_states', rows: kept });
  await engine.insertRows({ table: 'alarm_transitions', rows: changes });
  return it;
}

describe('after a restart', () => {
  test('no change is earlier than the one before, though the clock was set back and the state was written since', async () => {
    const it = await settingOf({ engine, definitions: [STATUS] });
    it.readings = [said('a', 'bad')];
    await it.at(10);
    it.readings = it.readings.map((one) => ({ ...one, reading: { ...one.reading, sentence: 'Still bad.' } }));
    await it.at(5);
    const again = it.restarted();
    again.readings = [said('a', 'ok')];
    await again.at(6);
    expect(await transitions(engine)).toEqual([
      '12:10 things/bad{thing="a"} new -> ALARM',
      '12:10 things/bad{thing="a"} ALARM -> OK',
    ]);
  });

  test('what was told is not told again', async () => {
    const it = await settingOf({ engine, definitions: [STATUS] });
    it.readings = [said('a', 'bad'), said('b', 'ok')];
    await it.through(0, 1);
    const before = await transitions(engine);
    const again = it.restarted();
    await again.at(2);
    expect(await transitions(engine)).toEqual(before);
  });

  test('between transition and state the state is made good, and nothing is told twice', async () => {
    const it = await settingOf({ engine, definitions: [STATUS] });
    it.readings = [said('a', 'ok')];
    await it.at(0);
    const dying = it.restarted(dyingBefore('alarm_states'));
    dying.readings = [said('a', 'bad'), said('b', 'bad')];
    await expect(dying.at(1)).rejects.toThrow('killed');
    expect(await states(engine)).toEqual({ 'things/bad{thing="a"}': 'OK' });
    const again = dying.restarted(engine);
    await again.at(2);
    expect(await states(engine)).toEqual({
      'things/bad{thing="a"}': 'ALARM',
      'things/bad{thing="b"}': 'ALARM',
    });
    expect(await transitions(engine)).toEqual([
      '12:00 things/bad{thing="a"} new -> OK',
      '12:01 things/bad{thing="a"} OK -> ALARM',
      '12:01 things/bad{thing="b"} new -> ALARM',
    ]);
  });

  test('a writing that failed in one run is repeated by the next', async () => {
    const it = await settingOf({ engine, definitions: [STATUS] });
    const dying = it.restarted(dyingBefore('alarm_transitions', 1));
    dying.readings = [said('a', 'bad')];
    await expect(dying.at(0)).rejects.toThrow('killed');
    // The minute is the same: what was not stored is still due.
    await dying.at(0.2);
    await dying.at(1);
    expect(await transitions(engine)).toEqual(['12:00 things/bad{thing="a"} new -> ALARM']);
  });

  test('nothing that is missing changes a state until the program has settled', async () => {
    const first = await settingOf({ engine, definitions: [DEADLINE, METRIC, STATUS] });
    first.readings = [due(30), said('a', 'ok')];
    first.points.put({ host: 'h' }, START_MS - MINUTE_MS, 5);
    await first.at(0);
    const again = first.restarted();
    const settling = await restartedSettling(again);
    settling.readings = [due(0)];
    await settling.through(1, 6);
    expect(await states(engine)).toMatchObject({ 'busy{host="h"}': 'OK', 'things/due': 'OK' });
    await settling.at(12);
    expect(await states(engine)).toEqual({ 'busy{host="h"}': 'INSUFFICIENT_DATA', 'things/due': 'ALARM' });
  });

  /** As `restarted`, with ten minutes to settle. */
  async function restartedSettling(it: Awaited<ReturnType<typeof settingOf>>) {
    const kept = await engine.query<Record<string, unknown>>('select * from alarm_states');
    const changes = await engine.query<Record<string, unknown>>('select * from alarm_transitions');
    const settling = await settingOf({ engine, definitions: [DEADLINE, METRIC, STATUS], settle: 10 });
    expect(it.nowMs()).toBe(settling.nowMs());
    await engine.insertRows({ table: 'alarm_states', rows: kept });
    await engine.insertRows({ table: 'alarm_transitions', rows: changes });
    return settling;
  }

  function due(minutes: number): FeedReading {
    return { definition: DEADLINE.id, labels: {}, reading: { dueMs: START_MS + minutes * MINUTE_MS } };
  }
});

/** The engine of a process that is killed before it writes to the table; `times`: only so often. */
function dyingBefore(table: string, times = Number.POSITIVE_INFINITY): Engine {
  let left = times;
  return {
    kind: engine.kind,
    query: (sql, options) => engine.query(sql, options),
    command: (sql, options) => engine.command(sql, options),
    loadFiles: (load, options) => engine.loadFiles(load, options),
    applyDdl: (statement) => engine.applyDdl(statement),
    close: () => engine.close(),
    insertRows(insert, options) {
      if (insert.table !== table || left === 0) return engine.insertRows(insert, options);
      left -= 1;
      return Promise.reject(new Error('killed'));
    },
  };
}

describe('a metric alarm', () => {
  test('flaps between its threshold and its recovery threshold no more than it has to', async () => {
    const it = await settingOf({ engine, definitions: [METRIC] });
    [50, 81, 70, 81, 60, 50, 90].forEach((value, minute) =>
      it.points.put({ host: 'h' }, START_MS + (minute - 1) * MINUTE_MS, value),
    );
    await it.through(0, 6);
    expect(await transitions(engine)).toEqual([
      '12:00 busy{host="h"} new -> OK',
      '12:01 busy{host="h"} OK -> ALARM',
      '12:04 busy{host="h"} ALARM -> OK',
      '12:06 busy{host="h"} OK -> ALARM',
    ]);
  });

  test('goes on without points when its series is not there any more, and is not made anew', async () => {
    const it = await settingOf({ engine, definitions: [METRIC] });
    it.points.put({ host: 'h' }, START_MS - MINUTE_MS, 5);
    await it.through(0, 5);
    expect(await transitions(engine)).toEqual([
      '12:00 busy{host="h"} new -> OK',
      '12:03 busy{host="h"} OK -> INSUFFICIENT_DATA',
    ]);
    await it.at(8 * 24 * 60);
    expect(await states(engine)).toEqual({ busy: 'INSUFFICIENT_DATA' });
  });

  test('asks once for all definitions with the same question', async () => {
    const strict = {
      ...METRIC,
      id: 'busier',
      rule: { ...METRIC.rule, evaluationPeriods: 5 },
    } as AlarmDefinition;
    const it = await settingOf({ engine, definitions: [METRIC, strict] });
    await it.through(0, 2);
    expect(it.points.asked.map(({ startMs, endMs }) => (endMs - startMs) / MINUTE_MS)).toEqual([7, 7, 7]);
    expect(await states(engine)).toEqual({ busy: 'INSUFFICIENT_DATA', busier: 'INSUFFICIENT_DATA' });
  });

  describe('over periods that no pass looked at', () => {
    const told = async (): Promise<string[]> => {
      const rows = await engine.query<{ text: string }>(
        `select concat(formatDateTime(at, '%H:%i'), ' ', state, ' since ', formatDateTime(since, '%H:%i')) as text
         from alarm_transitions where definition = 'busy' order by sequence`,
      );
      return rows.map(({ text }) => text);
    };
    const put = (it: Setting, values: readonly (readonly [minute: number, value: number])[]): void => {
      for (const [minute, value] of values)
        it.points.put({ host: 'h' }, START_MS + minute * MINUTE_MS, value);
    };
    const upTo = (end: number, value = 5): [number, number][] =>
      Array.from({ length: end + 5 }, (_, index) => [index - 5, value]);
    const EPISODE = ['12:30 ALARM since 12:11', '12:30 OK since 12:14'];

    test('is told what began and ended in them, and when', async () => {
      const it = await settingOf({ engine, definitions: [METRIC] });
      put(
        it,
        upTo(30).map(([minute, value]) => [minute, minute >= 10 && minute <= 12 ? 90 : value]),
      );
      await it.at(0);
      await it.at(30);
      expect(await told()).toEqual(['12:00 OK since 12:00', ...EPISODE]);
      await it.at(31);
      expect(await told()).toHaveLength(3);
    });

    test('gaps in them change nothing', async () => {
      const it = await settingOf({ engine, definitions: [METRIC] });
      put(it, [...upTo(0), [10, 90], [29, 5]]);
      await it.through(0, 0);
      await it.at(30);
      expect(await told()).toEqual([
        '12:00 OK since 12:00',
        '12:30 ALARM since 12:11',
        '12:30 OK since 12:30',
      ]);
    });

    test('a restart looks at them once it has settled', async () => {
      const it = await settingOf({ engine, definitions: [METRIC], settle: 28 });
      put(it, upTo(0));
      await it.at(0);
      const again = it.restarted();
      await again.at(27);
      put(
        it,
        upTo(31)
          .slice(5)
          .map(([minute, value]) => [minute, minute >= 10 && minute <= 12 ? 90 : value]),
      );
      await again.at(30);
      expect(await told()).toEqual(['12:00 OK since 12:00', ...EPISODE]);
    });

    test('a source that is later than it seemed is not judged twice', async () => {
      const it = await settingOf({ engine, definitions: [METRIC] });
      put(
        it,
        upTo(30).map(([minute, value]) => [minute, minute === 10 ? 90 : value]),
      );
      await it.through(0, 20);
      expect((await told()).at(-1)).toBe('12:12 OK since 12:12');
      it.points.late(START_MS + 11 * MINUTE_MS);
      await it.through(21, 25);
      expect((await told()).at(-1)).toBe('12:12 OK since 12:12');
    });
  });

  test('of a source that is late asks for the points of that time', async () => {
    const it = await settingOf({ engine, definitions: [METRIC] });
    it.points.put({ host: 'h' }, START_MS - 31 * MINUTE_MS, 95);
    it.points.put({ host: 'h' }, START_MS - MINUTE_MS, 5);
    it.points.late(START_MS - 30 * MINUTE_MS);
    await it.at(0);
    expect(await states(engine)).toEqual({ 'busy{host="h"}': 'ALARM' });
  });

  test('without anybody who reads metrics says so', async () => {
    const it = await settingOf({ engine, definitions: [METRIC], isUnread: true });
    await it.at(0);
    const rows = await engine.query('select alarm, state, sentence from alarm_states');
    expect(rows).toEqual([{ alarm: 'busy', state: 'INSUFFICIENT_DATA', sentence: 'Metrics are not read.' }]);
  });
});

describe('a feed that fails', () => {
  test('leaves its alarms as they are, then says that nothing is known, and stops no other', async () => {
    const it = await settingOf({ engine, definitions: [STATUS, METRIC] });
    it.readings = [said('a', 'ok')];
    it.points.put({ host: 'h' }, START_MS, 90);
    await it.at(0);
    it.failure = new Error('no answer');
    await expect(it.at(1)).rejects.toThrow('Cannot read the alarms of things: no answer');
    expect(await states(engine)).toEqual({ 'busy{host="h"}': 'ALARM', 'things/bad{thing="a"}': 'OK' });
    await expect(it.at(6)).rejects.toThrow('no answer');
    const [row] = await engine.query(
      'select state, sentence from alarm_states where definition = {id:String}',
      {
        params: { id: STATUS.id },
      },
    );
    expect(row).toEqual({ state: 'INSUFFICIENT_DATA', sentence: 'It cannot be told: no answer' });
    it.failure = undefined;
    await it.at(7);
    expect(await states(engine)).toMatchObject({ 'things/bad{thing="a"}': 'OK' });
  });
});

describe('composites', () => {
  test('follow the others in the same pass', async () => {
    const both = composite('both', `ALARM("things/bad{thing=\\"a\\"}") AND ALARM(busy)`);
    const it = await settingOf({
      engine,
      definitions: [both, composite('page', 'ALARM(both)'), STATUS, METRIC],
    });
    it.readings = [said('a', 'ok')];
    it.points.put({ host: 'h' }, START_MS - MINUTE_MS, 90);
    await it.at(0);
    expect(await states(engine)).toMatchObject({ both: 'OK', page: 'OK' });
    it.readings = [said('a', 'bad')];
    await it.at(1);
    expect(await states(engine)).toMatchObject({ both: 'ALARM', page: 'ALARM' });
  });

  test('wait for their suppressor, and change once it is over', async () => {
    const page: AlarmDefinition = {
      ...BASE,
      id: 'page',
      rule: {
        kind: 'composite',
        rule: 'ALARM("things/bad{thing=\\"a\\"}")',
        suppressor: { alarm: 'things/bad{thing="work"}', waitMs: MINUTE_MS, extensionMs: 2 * MINUTE_MS },
      },
    };
    const it = await settingOf({ engine, definitions: [STATUS, page] });
    const say = (a: string, work: string): void => {
      it.readings = [said('a', a), said('work', work)];
    };
    say('ok', 'bad');
    await it.at(0);
    say('bad', 'bad');
    await it.through(1, 5);
    expect(await states(engine)).toMatchObject({ page: 'OK' });
    const [row] = await engine.query<{ sentence: string }>(
      "select sentence from alarm_states where alarm = 'page'",
    );
    expect(row?.sentence).toContain('Held back by things/bad{thing="work"}: Its rule holds');
    say('bad', 'ok');
    await it.through(6, 9);
    expect((await transitions(engine)).filter((line) => line.includes(' page '))).toEqual([
      '12:00 page new -> OK',
      '12:08 page OK -> ALARM',
    ]);
  });
});

test('all that a pass changes is one write: alarms, what ended, and composites over both', async () => {
  const it = await settingOf({ engine, definitions: [STATUS, composite('page', `ALARM("${STATUS.id}")`)] });
  it.readings = [said('a', 'bad'), said('b', 'ok')];
  await it.at(0);
  const writes: number[] = [];
  const again = it.restarted({
    ...bound(engine),
    insertRows: (insert) => {
      if (insert.table === 'alarm_transitions') writes.push(insert.rows.length);
      return engine.insertRows(insert);
    },
  });
  again.readings = [said('b', 'ok')];
  await again.at(1);
  expect((await transitions(engine)).slice(3)).toEqual([
    '12:01 things/bad{thing="a"} ALARM -> OK',
    '12:01 page ALARM -> OK',
  ]);
  expect(writes).toEqual([2]);
});

test('of 10,001 series the last is left out, and that is told', async () => {
  const it = await settingOf({ engine, definitions: [STATUS] });
  it.readings = Array.from({ length: 10_001 }, (_, index) => said(String(index).padStart(5, '0'), 'ok'));
  await it.at(0);
  expect(Object.keys(await states(engine))).toHaveLength(10_000);
  expect(Object.keys(await states(engine)).at(-1)).toBe('things/bad{thing="09999"}');
  expect([...it.evaluator.status().omitted]).toEqual([[STATUS.id, 1]]);
});

test('labels with anything in them come back as they were', async () => {
  const it = await settingOf({ engine, definitions: [STATUS, METRIC] });
  const hostile = [
    '"}{a="b',
    "'; drop table alarm_states; --",
    '\\',
    '\u0000\n\t',
    '<script>',
    '𝕏 \u202e',
    '',
    '__proto__',
  ];
  it.readings = hostile.map((thing) => said(thing, 'bad'));
  for (const name of hostile) it.points.put({ [name]: name, host: name }, START_MS - MINUTE_MS, 90);
  await it.at(0);
  const rows = await engine.query<{ labels: Record<string, string> }>(
    'select labels from alarm_states where definition = {id:String}',
    { params: { id: STATUS.id } },
  );
  expect(new Set(rows.map(({ labels }) => labels['thing']))).toEqual(new Set(hostile));
  const before = await states(engine);
  expect(Object.keys(before)).toHaveLength(2 * hostile.length);
  const again = it.restarted();
  await again.at(10);
  // Series without points are found again by their ids.
  expect(Object.keys(await states(engine))).toEqual(Object.keys(before));
});
