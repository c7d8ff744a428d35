import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ALARM_STATES, type Evaluation } from './alarm.ts';
import { type StoredAlarm, transitionOf } from './state.ts';

const ALARM = { id: 'failed{bucket="a"}', firstStep: 'Look at the role.' };
const SETTLED = { nowMs: 1000, settledMs: 0 };

function evaluation(state: Evaluation['state'], more: Partial<Evaluation> = {}): Evaluation {
  return {
    state,
    sentence: `It is ${state}.`,
    numbers: { breaching: 3 },
    evidence: [{ value: 5 }],
    asOfMs: 900,
    leansOnGaps: false,
    ...more,
  };
}

const STORED: StoredAlarm = {
  alarm: ALARM.id,
  state: 'OK',
  sinceMs: 100,
  sentence: 'It was.',
  revision: 4,
  atMs: 200,
};

describe('transitionOf()', () => {
  test('the first evaluation is one, from nothing', () => {
    expect(transitionOf({ alarm: ALARM, evaluation: evaluation('ALARM') }, SETTLED)).toEqual({
      alarm: ALARM.id,
      state: 'ALARM',
      sinceMs: 1000,
      atMs: 1000,
      asOfMs: 900,
      revision: 1,
      sentence: 'It is ALARM.',
      numbers: { breaching: 3 },
      evidence: [{ value: 5 }],
      firstStep: 'Look at the role.',
    });
  });

  test('another state is one, with the next revision', () => {
    expect(
      transitionOf(
        { alarm: ALARM, stored: STORED, evaluation: evaluation('ALARM', { sinceMs: 700 }) },
        SETTLED,
      ),
    ).toMatchObject({ from: 'OK', state: 'ALARM', revision: 5, sinceMs: 700, atMs: 1000 });
  });

  test('back at OK nothing is to be done', () => {
    const stored = { ...STORED, state: 'ALARM' } as const;
    expect(transitionOf({ alarm: ALARM, stored, evaluation: evaluation('OK') }, SETTLED)).toMatchObject({
      firstStep: '',
    });
  });

  test('a state that somebody set lasts to the next evaluation', () => {
    const stored = { ...STORED, state: 'ALARM', sentence: 'Set by hand.' } as const;
    expect(transitionOf({ alarm: ALARM, stored, evaluation: evaluation('OK') }, SETTLED)).toMatchObject({
      from: 'ALARM',
      state: 'OK',
    });
  });

  test.each(ALARM_STATES)('while the program settles a gap does not lead to %s', (state) => {
    const other = { ...STORED, state: state === 'OK' ? 'ALARM' : 'OK' } as const;
    const gap = evaluation(state, { leansOnGaps: true });
    for (const stored of [{ stored: other }, {}]) {
      const what = { alarm: ALARM, ...stored };
      expect(transitionOf({ ...what, evaluation: gap }, { nowMs: 999, settledMs: 1000 })).toBeUndefined();
      expect(transitionOf({ ...what, evaluation: gap }, { nowMs: 1000, settledMs: 1000 })?.state).toBe(state);
      const real = evaluation(state);
      expect(transitionOf({ ...what, evaluation: real }, { nowMs: 999, settledMs: 1000 })?.state).toBe(state);
    }
  });
});

test('any evaluations at any times: revisions count on, times never go back, no state follows itself', () => {
  const step = fc.record({
    state: fc.constantFrom(...ALARM_STATES),
    nowMs: fc.integer({ min: 0, max: 100 }),
    sinceMs: fc.option(fc.integer({ min: 0, max: 200 }), { nil: undefined }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      let stored: StoredAlarm | undefined;
      for (const { state, nowMs, sinceMs } of steps) {
        const said = evaluation(state, sinceMs === undefined ? {} : { sinceMs });
        const judged = { alarm: ALARM, evaluation: said, ...(stored === undefined ? {} : { stored }) };
        const transition = transitionOf(judged, { nowMs, settledMs: 0 });
        expect(transition === undefined).toBe(stored?.state === state);
        if (transition === undefined) continue;
        expect(transition.revision).toBe((stored?.revision ?? 0) + 1);
        expect(transition.atMs).toBeGreaterThanOrEqual(stored?.atMs ?? 0);
        expect(transition.sinceMs).toBeLessThanOrEqual(transition.atMs);
        expect(transition.from).toBe(stored?.state);
        stored = transition;
        const again = { alarm: ALARM, evaluation: said, stored };
        expect(transitionOf(again, { nowMs, settledMs: 0 })).toBeUndefined();
      }
    }),
  );
});
