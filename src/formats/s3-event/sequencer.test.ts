import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compareSequencers, padSequencer } from './sequencer.ts';

it.each([
  ['0055AED6DCD90281E5', '0055AED6DCD90281E500A1', -1],
  ['0055AED6DCD90281E500A1', '0055AED6DCD90281E5', 1],
  ['0055AED6DCD90281E5', '0055AED6DCD90281E500', 0],
  ['0055aed6dcd90281e5', '0055AED6DCD90281E5', 0],
  ['0055AED6DCD90281E6', '0055AED6DCD90281E500A1', 1],
])('compareSequencers() of %s and %s is %i', (a, b, expected) => {
  expect(compareSequencers(a, b)).toBe(expected);
});

it('padSequencer() makes text that sorts as compareSequencers() says', () => {
  const sequencer = fc.stringMatching(/^[0-9A-Fa-f]{1,40}$/);
  fc.assert(
    fc.property(sequencer, sequencer, (a, b) => {
      const [left, right] = [padSequencer(a), padSequencer(b)];
      expect(left < right ? -1 : left > right ? 1 : 0).toBe(compareSequencers(a, b));
    }),
  );
});
