import { expect, test } from 'vitest';
import type { SafetyItem } from './safety.ts';
import { safetyOf } from './series-status.ts';

type State = SafetyItem['state'];

const items = (states: readonly State[]): SafetyItem[] =>
  states.map((state, index) => ({ what: 'kept', state, sentence: `${state} ${index}` }));

test.each<[states: State[], state: State, sentence: string]>([
  [['good', 'warn', 'bad', 'unknown', 'bad'], 'bad', 'bad 2'],
  [['unknown', 'good', 'warn'], 'warn', 'warn 2'],
  [['good', 'unknown'], 'unknown', 'unknown 1'],
  [['good', 'good'], 'good', 'good 0'],
])('safety of %j is %s', (states, state, sentence) => {
  expect(safetyOf(items(states))).toEqual({ state, sentence, items: items(states) });
});

test('of nothing it is unknown, and says so', () => {
  expect(safetyOf([])).toMatchObject({
    state: 'unknown',
    sentence: expect.stringContaining('Nothing is known'),
  });
});
