import { describe, expect, test } from 'vitest';
import { changesOf, declaredRules, enabledSince } from './pairs-change.ts';
import type { Pair, PairRule } from './pairs.ts';

const RULE: PairRule = {
  id: 'media/copy/all',
  ruleId: 'all',
  source: 'media',
  destination: 'copy',
  prefix: '',
  tags: { a: '1', b: '2' },
  priority: 1,
  isEnabled: true,
  isDeclared: false,
  matchBy: 'version',
  takesDeleteMarkers: false,
  takesExisting: false,
  targetSeconds: 900,
};
const PAIR: Pair = { ...RULE, activeFromMs: 5000, isGone: false };
const ANSWERED = new Set(['media']);

describe('changesOf()', () => {
  const changes = (wanted: readonly PairRule[], existing: readonly Pair[], answered = ANSWERED) =>
    changesOf({ wanted, answered }, existing);

  test('a rule that was not there is a new pair', () => {
    expect(changes([RULE], [])).toEqual([{ pair: { ...RULE, activeFromMs: 0, isGone: false }, isNew: true }]);
  });

  test('nothing when nothing changed, whatever the order of tags', () => {
    expect(changes([{ ...RULE, tags: { b: '2', a: '1' } }], [PAIR])).toEqual([]);
  });

  test('a changed prefix keeps the beginning', () => {
    expect(changes([{ ...RULE, prefix: 'x/' }], [PAIR])).toEqual([
      { pair: { ...PAIR, prefix: 'x/' }, isNew: false },
    ]);
  });

  test('a rule that is disabled stays, and begins anew when it is enabled again', () => {
    const disabled = { ...RULE, isEnabled: false };
    expect(changes([disabled], [PAIR])).toEqual([{ pair: { ...PAIR, isEnabled: false }, isNew: false }]);
    expect(changes([RULE], [{ ...PAIR, isEnabled: false }])).toMatchObject([{ isNew: true }]);
    expect(changes([disabled], [])).toMatchObject([{ isNew: false }]);
  });

  test('a rule that is no more is gone once, and only when its bucket answered', () => {
    expect(changes([], [PAIR])).toEqual([{ pair: { ...PAIR, isGone: true }, isNew: false }]);
    expect(changes([], [{ ...PAIR, isGone: true }])).toEqual([]);
    expect(changes([], [PAIR], new Set())).toEqual([]);
  });

  test('a declared pair is gone when the configuration lacks it, whoever answered', () => {
    expect(changes([], [{ ...PAIR, isDeclared: true }], new Set())).toMatchObject([
      { pair: { isGone: true } },
    ]);
  });

  test('one that comes back begins anew', () => {
    expect(changes([RULE], [{ ...PAIR, isGone: true }])).toMatchObject([
      { pair: { isGone: false }, isNew: true },
    ]);
  });
});

describe('enabledSince()', () => {
  const look = (observedMs: number, isEnabled: boolean) => ({
    observedMs,
    enabled: new Set(isEnabled ? [RULE.id] : []),
  });

  test.each([
    ['at the first look', [look(10, true), look(20, true)], { afterMs: 0, byMs: 10 }],
    [
      'since it was last not enabled',
      [look(10, true), look(20, false), look(30, true)],
      { afterMs: 20, byMs: 30 },
    ],
    ['not now', [look(10, true), look(20, false)], undefined],
    ['never looked', [], undefined],
  ])('%s', (_, history, expected) => {
    expect(enabledSince(RULE.id, history)).toEqual(expected);
  });
});

describe('declaredRules()', () => {
  test('takes what exists, has its own target or the common one, and an id that is its own', () => {
    const pair = { source: 'media', destination: 'siteB:media', prefix: '', match_by: 'key' as const };
    const found = declaredRules([pair, { ...pair, prefix: 'x/', target: 3_600_000 }], 900_000);
    expect(found).toMatchObject([
      { id: 'media/siteB:media/declared', takesExisting: true, targetSeconds: 900, matchBy: 'key' },
      { id: 'media/siteB:media/declared-2', prefix: 'x/', targetSeconds: 3600 },
    ]);
  });
});
