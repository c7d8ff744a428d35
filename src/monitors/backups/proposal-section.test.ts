import { expect, test } from 'vitest';
import { keyPattern } from './key-pattern.ts';
import { proposalSection } from './proposal-section.ts';

test.each([
  ['db/{date}/orders.gz', 'db/{date}/orders.gz'],
  ['a{b-{date}.gz', 'a*b-{date}.gz'],
  ['a}-{date}}.gz', 'a*-{date}*.gz'],
  ['{Not a name}{/{date}', '*/{date}'],
  ['$' + '{date}.gz', '*{date}.gz'],
  ['file:{n}', 'file*{n}'],
])(
  'proposalSection() makes of %s a pattern that can be read and has nothing of a key for a part: %s',
  (key, pattern) => {
    const rule = { schedule: { kind: 'every', periodMs: 60_000 }, graceMs: 0, sinceMs: 0 } as const;
    const section = proposalSection({ name: 'a', bucket: 'b', pattern: key, rule, members: undefined });
    expect(section.pattern).toBe(pattern);
    expect(() => keyPattern(section.pattern)).not.toThrow();
  },
);
