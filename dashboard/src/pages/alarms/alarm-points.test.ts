import { expect, test } from 'vitest';
import type { AlarmDetail } from '../../lib/alarm-row.ts';
import { alarmPoints, valueEnds } from './alarm-points.ts';

type Facts = Parameters<typeof alarmPoints>[0];

const START_S = Date.parse('2026-11-21T12:00:00Z') / 1000;

function iso(minute: number): string {
  return new Date((START_S + minute * 60) * 1000).toISOString();
}

function point(minute: number, value: number, bounds: Partial<AlarmDetail['points'][number]> = {}) {
  return { time: iso(minute), value, lower: null, upper: null, ...bounds };
}

function change(revision: number, state: 'OK' | 'ALARM', minute: number): AlarmDetail['transitions'][number] {
  return {
    alarm: 'a',
    revision,
    at: iso(minute + 2),
    since: iso(minute),
    from: null,
    state,
    title: '',
    severity: 'info',
    labels: {},
    sentence: '',
    evidence: [],
    first_step: '',
  };
}

const ROW: AlarmDetail['row'] = {
  alarm: 'a',
  definition: 'a',
  kind: 'metric',
  title: '',
  severity: 'info',
  labels: {},
  state: 'ALARM',
  since: iso(3),
  sentence: '',
  numbers: {},
  evidence: [],
  first_step: '',
  as_of: iso(5),
  evaluated_at: iso(5),
  acknowledged: null,
  silences: [],
};

const FACTS: Facts = {
  points: [point(3, 7), point(0, 1), point(1, 2)],
  period_seconds: 60,
  transitions: [],
  row: ROW,
};

test('alarmPoints() puts points on the grid of their periods, a gap where there is none', () => {
  const { times, values, hasBand, scope } = alarmPoints(FACTS);
  expect(times).toEqual([0, 1, 2, 3].map((minute) => START_S + minute * 60));
  expect(values).toEqual([1, 2, null, 7]);
  expect(hasBand).toBe(false);
  expect([scope.since, scope.until]).toEqual([START_S, START_S + 240]);
});

test('alarmPoints() shades from the change to ALARM to the change out of it, by the data', () => {
  const transitions = [change(3, 'ALARM', 3), change(2, 'OK', 2), change(1, 'ALARM', 1)];
  expect(alarmPoints({ ...FACTS, transitions }).broken).toEqual([
    { from: START_S + 60, until: START_S + 120 },
    { from: START_S + 180, until: Number.POSITIVE_INFINITY },
  ]);
});

test('alarmPoints() without transitions shades what the alarm says of itself, and nothing that is over', () => {
  expect(alarmPoints(FACTS).broken).toEqual([{ from: START_S + 180, until: Number.POSITIVE_INFINITY }]);
  expect(alarmPoints({ ...FACTS, row: { ...ROW, state: 'OK' } }).broken).toEqual([]);
  const old = [change(2, 'OK', -10), change(1, 'ALARM', -20)];
  expect(alarmPoints({ ...FACTS, transitions: old }).broken).toEqual([]);
});

test('alarmPoints() of no points draws nothing', () => {
  expect(alarmPoints({ ...FACTS, points: [] }).times).toEqual([]);
});

test('valueEnds() has room for values, threshold, band and zero', () => {
  expect(valueEnds({ values: [1, 2], lower: [], upper: [] }, 10)).toEqual([0, 11]);
  expect(valueEnds({ values: [5, null], lower: [-10, null], upper: [20, null] }, null)).toEqual([-13, 23]);
  expect(valueEnds({ values: [0], lower: [], upper: [] }, null)).toEqual([0, 1]);
});
