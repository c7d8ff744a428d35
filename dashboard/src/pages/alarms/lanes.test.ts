import { expect, test } from 'vitest';
import type { Alarm, AlarmTransition } from '../../lib/alarm-row.ts';
import { lanesOf, ticksOf } from './lanes.ts';

const HOUR_MS = 3_600_000;
const SINCE_MS = Date.parse('2026-11-21T00:00:00Z');
const UNTIL_MS = SINCE_MS + 24 * HOUR_MS;

function at(hour: number): string {
  return new Date(SINCE_MS + hour * HOUR_MS).toISOString();
}

function transition(alarm: string, hour: number, changes: Partial<AlarmTransition>): AlarmTransition {
  return {
    alarm,
    revision: hour,
    at: at(hour),
    since: at(hour - 1),
    from: 'OK',
    state: 'ALARM',
    title: alarm,
    severity: 'warning',
    labels: {},
    sentence: `since ${hour}`,
    evidence: [],
    first_step: '',
    ...changes,
  };
}

function alarm(id: string, state: Alarm['state'], since: string): Alarm {
  return {
    alarm: id,
    definition: id,
    kind: 'status',
    title: id,
    severity: 'warning',
    labels: {},
    state,
    since,
    sentence: 'now',
    numbers: {},
    evidence: [],
    first_step: '',
    as_of: at(24),
    evaluated_at: at(24),
    acknowledged: null,
    silences: [],
  };
}

function drawn(facts: Partial<Parameters<typeof lanesOf>[0]>): readonly string[] {
  const lanes = lanesOf({ transitions: [], alarms: [], sinceMs: SINCE_MS, untilMs: UNTIL_MS, ...facts });
  return lanes.map(({ title, spans }) => {
    const hours = (ms: number) => (ms - SINCE_MS) / HOUR_MS;
    return `${title}: ${spans.map(({ state, fromMs, untilMs }) => `${state} ${hours(fromMs)}-${hours(untilMs)}`).join(', ')}`;
  });
}

test('lanesOf() goes from what it was before the first change to the end of the window', () => {
  const transitions = [
    transition('a', 10, { from: 'ALARM', state: 'OK' }),
    transition('a', 4, { from: 'OK', state: 'ALARM' }),
  ];
  expect(drawn({ transitions })).toEqual(['a: OK 0-4, ALARM 4-10, OK 10-24']);
});

test('lanesOf() draws nothing before an alarm was there', () => {
  expect(drawn({ transitions: [transition('a', 6, { from: null, state: 'INSUFFICIENT_DATA' })] })).toEqual([
    'a: INSUFFICIENT_DATA 6-24',
  ]);
});

test('lanesOf() has what was wrong all along, not what was fine, and not what became wrong later', () => {
  const alarms = [
    alarm('wrong', 'ALARM', at(-5)),
    alarm('fine', 'OK', at(-5)),
    alarm('later', 'ALARM', at(30)),
  ];
  expect(drawn({ alarms })).toEqual(['wrong: ALARM 0-24']);
});

test('lanesOf() has what was in ALARM for longest first', () => {
  const transitions = [transition('short', 20, {}), transition('long', 2, {})];
  expect(drawn({ transitions })).toEqual(['long: OK 0-2, ALARM 2-24', 'short: OK 0-20, ALARM 20-24']);
});

test('ticksOf() gives round times within the window, no more than asked for', () => {
  const day = ticksOf(SINCE_MS + 60_000, UNTIL_MS, 8);
  expect(day.map((ms) => new Date(ms).getHours() % 3)).toEqual(Array.from(day, () => 0));
  expect(day).toHaveLength(7);
  expect(ticksOf(SINCE_MS, SINCE_MS + 90 * 24 * HOUR_MS, 8).length).toBeLessThanOrEqual(8);
});
