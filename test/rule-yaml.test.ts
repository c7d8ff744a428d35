/** The rule of a backup series as the page shows it, for people to paste. */
import fc from 'fast-check';
import { parse } from 'yaml';
import { expect, test } from 'vitest';
import { yamlText } from '../dashboard/src/lib/yaml-text.ts';

test('yamlText() reads well', () => {
  const rule = {
    name: 'orders',
    pattern: 'db/{date}/orders.gz',
    schedule: { cron: '30 1 * * *', timezone: 'Europe/Lisbon' },
    size: { down: 0.5 },
    members: ['orders', 'users'],
    grace: '30m',
  };
  expect(yamlText([rule])).toBe(`- name: orders
  pattern: "db/{date}/orders.gz"
  schedule:
    cron: "30 1 * * *"
    timezone: Europe/Lisbon
  size:
    down: 0.5
  members: [orders, users]
  grace: "30m"`);
});

test('yamlText() is read back as what it was made of', () => {
  const key = fc.stringMatching(/^[a-z_]{1,12}$/);
  const leaf = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom('yes', 'null', '1', '- a', 'a: b', '#', '', ' a', 'a\nb', '0x1', '~', '2026-11-21', '.5'),
    fc.boolean(),
    fc.integer(),
    fc.constant(null),
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      leaf,
      fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: true }),
      fc.array(tie('value'), { maxLength: 4 }),
    ),
  }));
  fc.assert(
    fc.property(value, (one) => {
      expect(parse(yamlText(one))).toEqual(one);
    }),
    { numRuns: 400 },
  );
});
