/** The pipeline as timelines: at these times these alarms change; by then these channels have received exactly that. */
import { describe, expect, it, test, vi } from 'vitest';
import { silentLog } from '../src/lib/log.ts';
import type { Channel, Delivery, Notification } from '../src/notify/channel.ts';
import { Notifier } from '../src/notify/deliver.ts';
import type { Rules } from '../src/notify/rules.ts';
import { HOUR_MS, MemoryStore, MINUTE_MS, route, rules } from './notify-book.ts';

const NEVER = new AbortController().signal;
/** Monday, 00:00 UTC. */
const START_MS = Date.UTC(2026, 4, 4);
const SECOND_MS = 1000;

interface Timeline {
  readonly store: MemoryStore;
  /** What each channel has received: `08:00 ops ALARM a, OK b`. */
  readonly log: string[];
  readonly received: Notification[];
  /** Makes passes up to this time after the start, inclusive: every ten seconds for an hour, then every minute. */
  readonly until: (ms: number) => Promise<void>;
  /** An alarm changes now. */
  readonly change: (
    alarm: string,
    to: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA',
    labels?: Record<string, string>,
  ) => void;
  /** What the channels answer from now on. */
  readonly answer: (delivery: Delivery) => void;
  readonly nowMs: () => number;
  /** How often a channel said that it is free again. */
  readonly freed: () => number;
}

/** `renewMs`: of channels that forget. */
function timeline(given: Rules, renewMs?: number): Timeline {
  const store = new MemoryStore();
  // Something was told before: the first transitions of a new alarm are all of them news.
  store.entries.push({
    kind: 'settled',
    atMs: 0,
    channel: 'other',
    why: '',
    covers: [{ alarm: 'other', upTo: 0, state: 'OK' }],
  });
  let nowMs = START_MS;
  let answer: Delivery = { kind: 'delivered', id: '' };
  const log: string[] = [];
  const received: Notification[] = [];
  const clock = { nowMs: () => nowMs, sleep: () => Promise.resolve() };
  const names = given.routes.flatMap(({ channels, escalate }) => [
    ...channels,
    ...escalate.flatMap((step) => step.channels),
  ]);
  const channels = [...new Set(names)].map(
    (name): Channel => ({
      name,
      kind: 'webhook',
      ...(renewMs === undefined ? {} : { renewMs }),
      send: async (notification) => {
        received.push(notification);
        log.push(`${timeText(nowMs)} ${name} ${textOf(notification)}`);
        return answer;
      },
    }),
  );
  let freed = 0;
  const onFree = (): void => {
    freed += 1;
  };
  const notifier = new Notifier(given, { store, channels, clock, log: silentLog, onFree });
  const pass = async (): Promise<void> => {
    await notifier.pass(NEVER);
    await notifier.idle();
  };
  return {
    store,
    log,
    received,
    until: async (ms) => {
      const soonMs = nowMs + HOUR_MS;
      for (await pass(); nowMs < START_MS + ms; await pass())
        nowMs += nowMs < soonMs ? 10 * SECOND_MS : MINUTE_MS;
    },
    change: (alarm, to, labels = {}) => {
      const { severity, ...rest } = labels;
      store.change(alarm, to, {
        atMs: nowMs,
        labels: rest,
        severity: severity === 'critical' ? severity : 'warning',
      });
    },
    answer: (delivery) => {
      answer = delivery;
    },
    nowMs: () => nowMs,
    freed: () => freed,
  };
}

function timeText(ms: number): string {
  return new Date(ms).toISOString().slice(11, 19).replace(/:00$/, '');
}

function textOf({ kind, alarms }: Notification): string {
  const told = alarms.map(({ id, state, passed }) =>
    [...passed.slice(0, -1).map((one) => one.state), state, id]
      .join(' ')
      .replaceAll('INSUFFICIENT_DATA', 'NO_DATA'),
  );
  return `${kind === 'changes' ? '' : `${kind} `}${told.join(', ')}`;
}

test('an alarm is told after the wait of its group, repeated, and told again when it recovers', async () => {
  const { log, change, until } = timeline(rules());
  await until(MINUTE_MS);
  change('a', 'ALARM');
  await until(9 * HOUR_MS);
  change('a', 'OK');
  await until(20 * HOUR_MS);
  expect(log).toEqual([
    '00:01:30 ops ALARM a',
    '04:02 ops reminder ALARM a',
    '08:02 ops reminder ALARM a',
    '09:00:30 ops OK a',
  ]);
});

test('one cause is one message; what changes next waits for the interval', async () => {
  const { log, change, until } = timeline(rules({ routes: [route({ groupBy: ['monitor'] })] }));
  change('a', 'ALARM', { monitor: 'backups' });
  change('c', 'ALARM', { monitor: 'replication' });
  await until(20 * SECOND_MS);
  change('b', 'ALARM', { monitor: 'backups', severity: 'critical' });
  await until(MINUTE_MS);
  change('a', 'OK', { monitor: 'backups' });
  await until(10 * MINUTE_MS);
  expect(log).toEqual(['00:00:30 ops ALARM b, ALARM a', '00:00:30 ops ALARM c', '00:05:30 ops OK a']);
});

test('no state is skipped: what came and went before it could be told is told', async () => {
  const { log, change, until } = timeline(rules());
  change('a', 'ALARM');
  await until(10 * SECOND_MS);
  change('a', 'OK');
  await until(MINUTE_MS);
  change('a', 'ALARM');
  change('a', 'OK');
  change('a', 'ALARM');
  await until(10 * MINUTE_MS);
  expect(log).toEqual(['00:00:30 ops ALARM OK a', '00:05:30 ops ALARM OK ALARM a']);
});

describe('routes', () => {
  const backups = {
    name: 'backups',
    match: [{ label: 'monitor', values: ['backups'] }],
    channels: ['backup-team'],
  };
  const critical = {
    name: 'critical',
    match: [{ label: 'severity', values: ['critical'] }],
    channels: ['pager'],
    goesOn: true,
  };

  it('the first that fits takes it, and those after it when it says so', async () => {
    const { log, change, until } = timeline(rules({ routes: [route(critical), route(backups), route()] }));
    change('a', 'ALARM', { monitor: 'backups' });
    change('b', 'ALARM', { monitor: 'backups', severity: 'critical' });
    change('c', 'ALARM', { monitor: 'posture' });
    await until(MINUTE_MS);
    expect(log.sort()).toEqual([
      '00:00:30 backup-team ALARM b, ALARM a',
      '00:00:30 ops ALARM c',
      '00:00:30 pager ALARM b',
    ]);
  });

  it('what no route takes is recorded', async () => {
    const { log, change, until, store } = timeline(rules({ routes: [route(backups)] }));
    change('a', 'ALARM', { monitor: 'posture' });
    await until(MINUTE_MS);
    expect(log).toEqual([]);
    expect(store.entries.at(-1)).toMatchObject({
      kind: 'settled',
      channel: '',
      why: 'no route takes it',
      covers: [{ alarm: 'a', upTo: 1 }],
    });
  });

  it('a state that a route does not tell is settled, and what follows is news', async () => {
    const { log, change, until } = timeline(rules({ routes: [route({ states: ['ALARM'] })] }));
    change('a', 'ALARM');
    await until(10 * MINUTE_MS);
    change('a', 'OK');
    await until(20 * MINUTE_MS);
    change('a', 'ALARM');
    await until(30 * MINUTE_MS);
    expect(log).toEqual(['00:00:30 ops ALARM a', '00:20:30 ops ALARM a']);
  });

  it('missing data is told where it is asked for, and elsewhere changes nothing', async () => {
    const all = route({
      name: 'all',
      channels: ['all'],
      goesOn: true,
      states: ['ALARM', 'OK', 'INSUFFICIENT_DATA'],
    });
    const { log, change, until } = timeline(rules({ routes: [all, route({ name: 'usual' })] }));
    change('a', 'ALARM');
    await until(10 * MINUTE_MS);
    change('a', 'INSUFFICIENT_DATA');
    await until(20 * MINUTE_MS);
    change('a', 'ALARM');
    await until(30 * MINUTE_MS);
    expect(log.sort()).toEqual([
      '00:00:30 all ALARM a',
      '00:00:30 ops ALARM a',
      '00:10:30 all NO_DATA a',
      '00:20:30 all ALARM a',
    ]);
  });

  it('a channel that the alarm goes to no more is told the end of what it was told, and nothing else', async () => {
    const { change, until, store } = timeline(rules());
    change('a', 'ALARM');
    change('b', 'ALARM');
    await until(10 * MINUTE_MS);
    change('b', 'OK');
    await until(20 * MINUTE_MS);
    const here = { name: 'here', match: [{ label: 'alarm', values: ['z'] }] };
    const moved = timeline(rules({ routes: [route(here), route({ channels: ['others'] })] }));
    moved.store.transitions.push(...store.transitions);
    moved.store.entries.push(...store.entries);
    await moved.until(30 * MINUTE_MS);
    moved.change('a', 'OK');
    moved.change('b', 'ALARM');
    await moved.until(40 * MINUTE_MS);
    expect(moved.log.sort()).toEqual([
      '00:00:30 others ALARM a',
      '00:30:30 ops OK a',
      '00:30:30 others ALARM b, OK a',
    ]);
  });

  it('a channel that is back is told what ended and what is wrong now, and nothing of what came and went', async () => {
    const { change, until, store } = timeline(rules({ routes: [route({ channels: ['ops', 'pager'] })] }));
    for (const alarm of ['a', 'b', 'c']) change(alarm, 'ALARM');
    await until(10 * MINUTE_MS);
    change('c', 'OK');
    await until(20 * MINUTE_MS);
    const without = timeline(rules());
    without.store.transitions.push(...store.transitions);
    without.store.entries.push(...store.entries);
    await without.until(20 * MINUTE_MS);
    without.change('a', 'OK');
    without.change('c', 'ALARM');
    await without.until(30 * MINUTE_MS);
    without.change('c', 'OK');
    without.change('d', 'ALARM');
    await without.until(40 * MINUTE_MS);
    const back = timeline(rules({ routes: [route({ channels: ['ops', 'pager'] })] }));
    back.store.transitions.push(...without.store.transitions);
    back.store.entries.push(...without.store.entries);
    await back.until(HOUR_MS);
    expect(back.log.filter((line) => line.includes('pager'))).toEqual([
      expect.stringMatching(/ pager ALARM d, OK a$/),
    ]);
  });

  it('a channel that is added is told what is wrong now, and nothing of what is over', async () => {
    const { change, until, store } = timeline(rules());
    change('a', 'ALARM');
    change('b', 'ALARM');
    await until(10 * MINUTE_MS);
    change('b', 'OK');
    await until(20 * MINUTE_MS);
    const later = timeline(rules({ routes: [route({ channels: ['ops', 'new'] })] }));
    later.store.transitions.push(...store.transitions);
    later.store.entries.push(...store.entries);
    await later.until(30 * MINUTE_MS);
    expect(later.log).toEqual(['00:00:30 new ALARM a']);
  });
});

const silence = (startMs: number, endMs: number) => ({
  id: 's',
  match: [{ label: 'alarm', values: ['a*'] }],
  startMs: START_MS + startMs,
  endMs: START_MS + endMs,
  author: 'ada',
  reason: 'moving house',
});

describe('what keeps alarms quiet', () => {
  it('a silence: what lasts longer is told at its end, what came and went in it is recorded', async () => {
    const { log, change, until, store } = timeline(rules());
    store.silences = [silence(0, HOUR_MS)];
    change('a1', 'ALARM');
    change('a2', 'ALARM');
    change('b', 'ALARM');
    await until(10 * MINUTE_MS);
    change('a2', 'OK');
    await until(2 * HOUR_MS);
    expect(log).toEqual(['00:00:30 ops ALARM b', '01:00 ops ALARM a1']);
    expect(store.entries).toContainEqual(
      expect.objectContaining({
        kind: 'settled',
        why: 'silenced by ada',
        covers: [{ alarm: 'a2', upTo: 4, state: 'OK' }],
      }),
    );
  });

  it('a silence lets the end of what was told through, and no reminders', async () => {
    const { log, change, until, store } = timeline(rules());
    change('a1', 'ALARM');
    await until(HOUR_MS);
    store.silences = [silence(HOUR_MS, 9 * HOUR_MS)];
    await until(8 * HOUR_MS);
    change('a1', 'OK');
    await until(9 * HOUR_MS);
    expect(log).toEqual(['00:00:30 ops ALARM a1', '08:00:30 ops OK a1']);
  });

  it('inhibition: while the endpoint is down, its buckets are not told', async () => {
    const inhibit = [
      {
        source: [{ label: 'kind', values: ['endpoint'] }],
        target: [{ label: 'kind', values: ['!endpoint'] }],
        equal: ['store'],
      },
    ];
    const { log, change, until, store } = timeline(rules({ inhibit }));
    change('down', 'ALARM', { kind: 'endpoint', store: 'one' });
    change('bucket-1', 'ALARM', { kind: 'bucket', store: 'one' });
    change('bucket-2', 'ALARM', { kind: 'bucket', store: 'two' });
    change('bucket-3', 'ALARM', { kind: 'bucket', store: 'one' });
    await until(10 * MINUTE_MS);
    change('bucket-3', 'OK', { kind: 'bucket', store: 'one' });
    await until(20 * MINUTE_MS);
    change('down', 'OK', { kind: 'endpoint', store: 'one' });
    await until(30 * MINUTE_MS);
    expect(log).toEqual(['00:00:30 ops ALARM down, ALARM bucket-2', '00:20 ops ALARM bucket-1, OK down']);
    expect(store.entries).toContainEqual(
      expect.objectContaining({
        why: 'inhibited by down',
        covers: [{ alarm: 'bucket-3', upTo: 5, state: 'OK' }],
      }),
    );
  });

  it('inhibition holds although the clock was set back since', async () => {
    const inhibit = [
      {
        source: [{ label: 'kind', values: ['endpoint'] }],
        target: [{ label: 'kind', values: ['bucket'] }],
        equal: [],
      },
    ];
    const { log, change, until, store, nowMs } = timeline(rules({ inhibit }));
    store.change('down', 'ALARM', { atMs: nowMs() + HOUR_MS, labels: { kind: 'endpoint' } });
    change('bucket', 'ALARM', { kind: 'bucket' });
    await until(10 * MINUTE_MS);
    expect(log).toEqual(['00:00 ops ALARM down']);
  });

  it('quiet hours in a time zone: nothing is told in them, and what is left is told after them', async () => {
    const everyDay = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
    const night = { weekdays: everyDay, fromMinute: 22 * 60, toMinute: 7 * 60, timezone: 'Europe/Lisbon' };
    const { log, change, until } = timeline(
      rules({ routes: [route({ mute: ['night'], repeatIntervalMs: 0 })], muteTimes: { night: [night] } }),
    );
    change('a', 'ALARM');
    change('b', 'ALARM');
    await until(HOUR_MS);
    change('b', 'OK');
    await until(12 * HOUR_MS);
    change('c', 'ALARM');
    await until(21 * HOUR_MS + 30 * MINUTE_MS);
    change('c', 'OK');
    await until(32 * HOUR_MS);
    // Lisbon is an hour ahead of UTC in May.
    expect(log).toEqual(['06:00 ops ALARM a', '12:00:30 ops ALARM c', '06:00 ops OK c']);
  });

  it('an acknowledgement ends reminders and escalation, until it recovers', async () => {
    const steps = [{ afterMs: 15 * MINUTE_MS, channels: ['pager'] }];
    const { log, change, until, store, nowMs } = timeline(rules({ routes: [route({ escalate: steps })] }));
    change('a', 'ALARM');
    await until(5 * MINUTE_MS);
    const said = {
      alarm: 'a',
      sequence: 1,
      atMs: nowMs(),
      endMs: START_MS + 100 * HOUR_MS,
      author: 'ada',
      reason: 'on it',
    };
    store.acknowledgements = [said];
    await until(10 * HOUR_MS);
    change('a', 'OK');
    await until(11 * HOUR_MS);
    change('a', 'ALARM');
    await until(12 * HOUR_MS);
    expect(log).toEqual([
      '00:00:30 ops ALARM a',
      '10:00:30 ops OK a',
      '11:00:30 ops ALARM a',
      '11:15 pager ALARM a',
    ]);
  });
});

describe('an acknowledgement', () => {
  const said = (atMs: number) => ({
    alarm: 'a',
    sequence: 1,
    atMs,
    endMs: START_MS + 100 * HOUR_MS,
    author: 'ada',
    reason: 'on it',
  });
  const night = {
    weekdays: ['mon'] as const,
    fromMinute: 0,
    toMinute: 60,
    timezone: 'UTC',
  };

  it('is told at once, and once, where there is a notion of it', async () => {
    const { log, change, until, store, nowMs, received } = timeline(
      rules({ routes: [route({ channels: ['ops', 'pager'] })], acknowledging: ['pager'] }),
    );
    change('a', 'ALARM');
    await until(5 * MINUTE_MS);
    store.acknowledgements = [said(nowMs())];
    await until(10 * HOUR_MS);
    change('a', 'OK');
    await until(11 * HOUR_MS);
    expect(log).toEqual([
      '00:00:30 ops ALARM a',
      '00:00:30 pager ALARM a',
      '00:05 pager acknowledgement ALARM a',
      '10:00:30 ops OK a',
      '10:00:30 pager OK a',
    ]);
    expect(received[2]?.alarms).toMatchObject([{ acknowledgedBy: 'ada', acknowledgedFor: 'on it' }]);
  });

  it('is told during a silence and in mute times, and again when it failed', async () => {
    const { log, change, until, store, nowMs, answer } = timeline(
      rules({
        routes: [route({ channels: ['pager'], mute: ['night'] })],
        acknowledging: ['pager'],
        muteTimes: { night: [{ ...night, fromMinute: 2 }] },
      }),
    );
    change('a', 'ALARM');
    await until(5 * MINUTE_MS);
    const match = [{ label: 'alarm', values: ['a'] }];
    const times = { startMs: nowMs(), endMs: nowMs() + HOUR_MS };
    store.silences = [{ id: 's', match, ...times, author: 'ada', reason: 'on it' }];
    store.acknowledgements = [said(nowMs())];
    answer({ kind: 'failed', reason: 'no answer' });
    await until(5 * MINUTE_MS);
    answer({ kind: 'delivered', id: '' });
    await until(3 * HOUR_MS);
    expect(log).toEqual([
      '00:00:30 pager ALARM a',
      '00:05 pager acknowledgement ALARM a',
      '00:05:10 pager acknowledgement ALARM a',
    ]);
  });

  it('without a name is of somebody', async () => {
    const { change, until, store, received } = timeline(rules({ acknowledging: ['ops'] }));
    change('a', 'ALARM');
    await until(5 * MINUTE_MS);
    store.acknowledgements = [{ ...said(START_MS), author: '' }];
    await until(6 * MINUTE_MS);
    expect(received[1]?.alarms[0]?.acknowledgedBy).toBe('somebody');
  });

  it('of what a channel was not told is nothing to it', async () => {
    const escalate = [{ afterMs: 15 * MINUTE_MS, channels: ['pager'] }];
    const { log, change, until, store, nowMs } = timeline(
      rules({ routes: [route({ escalate })], acknowledging: ['pager'] }),
    );
    change('a', 'ALARM');
    await until(5 * MINUTE_MS);
    store.acknowledgements = [said(nowMs())];
    await until(HOUR_MS);
    expect(log).toEqual(['00:00:30 ops ALARM a']);
  });
});

test('later steps are told of what lasts, and of its end', async () => {
  const escalate = [
    { afterMs: 15 * MINUTE_MS, channels: ['pager'] },
    { afterMs: HOUR_MS, channels: ['boss'] },
  ];
  const { log, change, until } = timeline(
    rules({ routes: [route({ escalate, repeatIntervalMs: 0, groupBy: ['alarm'] })] }),
  );
  change('long', 'ALARM');
  change('short', 'ALARM');
  await until(10 * MINUTE_MS);
  change('short', 'OK');
  await until(30 * MINUTE_MS);
  change('long', 'OK');
  await until(2 * HOUR_MS);
  expect(log.sort()).toEqual([
    '00:00:30 ops ALARM long',
    '00:00:30 ops ALARM short',
    '00:10:30 ops OK short',
    '00:15 pager ALARM long',
    '00:30:30 ops OK long',
    '00:30:30 pager OK long',
  ]);
});

test('a digest tells at its times what has changed since', async () => {
  const digest = { cron: '0 8 * * 1-5', timezone: 'UTC' };
  const { log, change, until } = timeline(rules({ routes: [route({ digest })] }));
  await until(9 * HOUR_MS);
  change('a', 'ALARM');
  change('b', 'ALARM');
  await until(20 * HOUR_MS);
  change('b', 'OK');
  await until(60 * HOUR_MS);
  expect(log).toEqual(['08:00 ops digest ALARM a, ALARM OK b']);
});

test('a channel that forgets is told again of what lasts, whatever keeps it quiet, and nothing of it is recorded', async () => {
  const quiet = route({ repeatIntervalMs: 0, groupBy: ['alarm'] });
  const { log, change, until, store } = timeline(rules({ routes: [quiet] }), 20 * MINUTE_MS);
  change('a', 'ALARM');
  change('b', 'ALARM');
  await until(10 * MINUTE_MS);
  const mute = { match: [], startMs: START_MS, endMs: START_MS + 90 * MINUTE_MS, author: 'ada', reason: '' };
  store.silences = [{ id: 's', ...mute }];
  change('a', 'INSUFFICIENT_DATA');
  change('never told', 'ALARM');
  await until(11 * MINUTE_MS);
  const recorded = store.entries.length;
  await until(30 * MINUTE_MS);
  expect(store.entries).toHaveLength(recorded);
  change('b', 'OK');
  await until(50 * MINUTE_MS);
  change('a', 'OK');
  await until(80 * MINUTE_MS);
  expect(log).toEqual([
    '00:00:30 ops ALARM a',
    '00:00:30 ops ALARM b',
    '00:20 ops reminder ALARM b, ALARM a',
    '00:30:30 ops OK b',
    '00:40 ops reminder ALARM a',
    '00:50:30 ops OK a',
  ]);
});

test('what a channel that forgets does not take is sent again next time', async () => {
  const { log, change, until, answer } = timeline(
    rules({ routes: [route({ repeatIntervalMs: 0 })] }),
    20 * MINUTE_MS,
  );
  change('a', 'ALARM');
  await until(10 * MINUTE_MS);
  answer({ kind: 'failed', reason: 'no answer' });
  await until(30 * MINUTE_MS);
  answer({ kind: 'delivered', id: '' });
  await until(50 * MINUTE_MS);
  expect(log.slice(1)).toEqual(['00:20 ops reminder ALARM a', '00:40 ops reminder ALARM a']);
});

describe('many alarms of one cause', () => {
  const names = Array.from({ length: 1200 }, (_, index) => `a${index}`);

  it('are one message, and their end another', async () => {
    let linked = 0;
    const linksOf = () => {
      linked += 1;
      return { open: '', acknowledge: '', silence: '' };
    };
    const { received, change, until } = timeline(rules({ linksOf }));
    for (const name of names) change(name, 'ALARM');
    await until(10 * MINUTE_MS);
    // To sign them takes longer than all the rest.
    expect(linked).toBeLessThanOrEqual(500);
    for (const name of names) change(name, 'OK');
    await until(20 * MINUTE_MS);
    expect(received.map(({ alarms }) => alarms.length)).toEqual([1200, 1200]);
  });

  it('follow one another without a wait where each is told by itself', async () => {
    const { received, change, until } = timeline(rules({ perAlarm: ['ops'] }));
    for (const name of names) change(name, 'ALARM');
    await until(MINUTE_MS);
    expect(received.map(({ alarms }) => alarms.length)).toEqual([500, 500, 200]);
    expect(new Set(received.flatMap(({ alarms }) => alarms.map(({ id }) => id))).size).toBe(1200);
  });
});

describe('failures', () => {
  it('what was taken before a failure is not sent again, and the rest does not wait for the interval', async () => {
    const { log, change, until, answer, store } = timeline(rules());
    answer({ kind: 'failed', reason: 'HTTP 429', taken: 2 });
    for (const name of ['a', 'b', 'c']) change(name, 'ALARM');
    await until(30 * SECOND_MS);
    answer({ kind: 'delivered', id: '' });
    await until(10 * MINUTE_MS);
    expect(log).toEqual(['00:00:30 ops ALARM a, ALARM b, ALARM c', '00:00:40 ops ALARM c']);
    expect(store.entries.filter(({ kind }) => kind === 'delivered' || kind === 'failed')).toMatchObject([
      { kind: 'delivered', covers: [{ alarm: 'a' }, { alarm: 'b' }] },
      { kind: 'failed', covers: [{ alarm: 'c' }] },
      { kind: 'delivered', covers: [{ alarm: 'c' }] },
    ]);
  });

  it('is tried again later and later, and tells what is true by then', async () => {
    const { log, change, until, answer, received } = timeline(rules());
    answer({ kind: 'failed', reason: 'no answer' });
    change('a', 'ALARM');
    await until(2 * MINUTE_MS);
    expect(log).toEqual([
      '00:00:30 ops ALARM a',
      '00:00:40 ops ALARM a',
      '00:01 ops ALARM a',
      '00:01:40 ops ALARM a',
    ]);
    expect(new Set(received.map(({ id }) => id)).size).toBe(1);
    change('a', 'OK');
    answer({ kind: 'delivered', id: '' });
    await until(HOUR_MS);
    expect(log.slice(4)).toEqual(['00:03 ops ALARM OK a']);
  });

  describe('what failed may have arrived, and so its end is told', () => {
    it('by a step that is not reached any more', async () => {
      const escalate = [{ afterMs: 15 * MINUTE_MS, channels: ['pager'] }];
      const { log, change, until, answer } = timeline(rules({ routes: [route({ escalate })] }));
      change('a', 'ALARM');
      await until(14 * MINUTE_MS);
      answer({ kind: 'failed', reason: 'no answer for 10 s' });
      await until(15 * MINUTE_MS);
      change('a', 'OK');
      answer({ kind: 'delivered', id: '' });
      await until(HOUR_MS);
      expect(log.filter((line) => line.includes('pager'))).toEqual([
        '00:15 pager ALARM a',
        '00:15:10 pager ALARM OK a',
      ]);
    });

    it('in a silence', async () => {
      const { log, change, until, answer, store } = timeline(rules());
      change('a1', 'ALARM');
      answer({ kind: 'failed', reason: 'no answer for 10 s' });
      await until(30 * SECOND_MS);
      store.silences = [silence(35 * SECOND_MS, HOUR_MS)];
      await until(40 * SECOND_MS);
      change('a1', 'OK');
      answer({ kind: 'delivered', id: '' });
      await until(2 * HOUR_MS);
      expect(log).toEqual(['00:00:30 ops ALARM a1', '00:00:40 ops ALARM OK a1']);
    });
  });

  it('a channel that has taken a message is free for the next at once, one that failed is not', async () => {
    const { change, until, answer, freed } = timeline(rules());
    answer({ kind: 'failed', reason: 'no answer' });
    change('a', 'ALARM');
    await until(2 * MINUTE_MS);
    expect(freed()).toBe(0);
    answer({ kind: 'delivered', id: '' });
    await until(HOUR_MS);
    expect(freed()).toBe(1);
  });

  it('what a channel that is sending is not told of a new alarm is recorded all the same', async () => {
    const store = new MemoryStore();
    const send = (name: string): Channel['send'] =>
      name === 'slow' ? () => new Promise(() => undefined) : async () => ({ kind: 'delivered', id: '' });
    const channels = ['slow', 'fast'].map((name): Channel => ({ name, kind: 'webhook', send: send(name) }));
    const given = rules({ routes: [route({ channels: ['slow', 'fast'], groupWaitMs: 0 })] });
    const clock = { nowMs: () => START_MS, sleep: () => Promise.resolve() };
    const notifier = new Notifier(given, { store, channels, clock, log: silentLog });
    store.change('a', 'ALARM', { atMs: START_MS });
    await notifier.pass(NEVER);
    store.change('b', 'INSUFFICIENT_DATA', { atMs: START_MS });
    await notifier.pass(NEVER);
    const recorded = store.entries.filter(({ covers }) => covers.some(({ alarm }) => alarm === 'b'));
    expect(recorded.map(({ kind, channel }) => `${kind} ${channel}`)).toEqual([
      'settled slow',
      'settled fast',
    ]);
  });

  it('a refusal is recorded and not tried again', async () => {
    const { log, change, until, answer, store } = timeline(rules());
    answer({ kind: 'refused', reason: 'HTTP 404' });
    change('a', 'ALARM');
    await until(HOUR_MS);
    expect(log).toHaveLength(1);
    expect(store.entries.at(-1)).toMatchObject({
      kind: 'refused',
      reason: 'HTTP 404',
      covers: [{ alarm: 'a', upTo: 1 }],
    });
  });

  it('a provider that asks to wait for a day is asked again after an hour', async () => {
    const { log, change, until, answer } = timeline(rules());
    answer({ kind: 'failed', reason: 'HTTP 429', retryAfterMs: 24 * HOUR_MS });
    change('a', 'ALARM');
    await until(90 * MINUTE_MS);
    expect(log).toEqual(['00:00:30 ops ALARM a', '01:01 ops ALARM a']);
  });

  it('a channel that takes for ever delays no other', async () => {
    const store = new MemoryStore();
    store.entries.push({
      kind: 'settled',
      atMs: 0,
      channel: 'ops',
      why: '',
      covers: [{ alarm: 'other', upTo: 0, state: 'OK' }],
    });
    const told: string[] = [];
    const channelOf = (name: string, answer: Promise<Delivery>): Channel => ({
      name,
      kind: 'webhook',
      send: ({ alarms }) => {
        told.push(`${name} ${alarms.map(({ id }) => id).join()}`);
        return answer;
      },
    });
    const given = [route({ channels: ['stuck', 'ops'], groupBy: ['alarm'], groupWaitMs: 0 })];
    const channels = [
      channelOf('stuck', new Promise(() => undefined)),
      channelOf('ops', Promise.resolve({ kind: 'delivered', id: '' })),
    ];
    const clock = { nowMs: () => START_MS, sleep: () => Promise.resolve() };
    const notifier = new Notifier(rules({ routes: given }), { store, channels, clock, log: silentLog });
    for (const alarm of ['a', 'b']) {
      store.change(alarm, 'ALARM', { atMs: START_MS });
      await vi.waitFor(async () => {
        await notifier.pass(NEVER);
        expect(told).toContain(`ops ${alarm}`);
      });
    }
    expect(told.filter((line) => line.startsWith('stuck'))).toEqual(['stuck a']);
  });

  it('a provider that asks to wait is left alone by all groups', async () => {
    const { log, change, until, answer } = timeline(rules({ routes: [route({ groupBy: ['alarm'] })] }));
    answer({ kind: 'failed', reason: 'HTTP 429', retryAfterMs: 10 * MINUTE_MS });
    change('a', 'ALARM');
    change('b', 'ALARM');
    await until(5 * MINUTE_MS);
    answer({ kind: 'delivered', id: '' });
    await until(20 * MINUTE_MS);
    expect(log).toEqual(['00:00:30 ops ALARM a', '00:10:30 ops ALARM b', '00:10:30 ops ALARM a']);
  });
});
