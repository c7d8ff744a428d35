import { expect, test } from 'vitest';
import { fits } from './match.ts';

const ALARM = {
  alarm: 'a',
  severity: 'critical',
  labels: { bucket: 'prod-logs-eu', 'tag.team': '' },
} as const;

test.each<readonly [label: string, values: readonly string[], expected: boolean]>([
  ['bucket', ['prod-logs-eu'], true],
  ['bucket', ['prod'], false],
  ['bucket', ['*'], true],
  ['bucket', ['prod-*'], true],
  ['bucket', ['*-eu'], true],
  ['bucket', ['prod-*-eu'], true],
  ['bucket', ['*logs*'], true],
  ['bucket', ['prod-logs-eu*prod-logs-eu'], false],
  ['bucket', ['prod-logs*logs-eu'], false],
  ['bucket', ['*log*eu*s'], false],
  ['bucket', ['test-*', 'prod-*'], true],
  ['bucket', ['prod-*', '!*-eu'], false],
  ['bucket', ['!test-*'], true],
  ['bucket', ['p.od-logs-eu'], false],
  ['severity', ['critical', 'warning'], true],
  ['alarm', ['a'], true],
  ['nothing', [''], true],
  ['nothing', ['*'], true],
  ['nothing', ['!'], false],
  ['constructor', ['*function*'], false],
])('fits() of %s in %j is %s', (label, values, expected) => {
  expect(fits([{ label, values }], ALARM)).toBe(expected);
});

test('fits() wants all labels, and none is enough', () => {
  expect(fits([], ALARM)).toBe(true);
  expect(
    fits(
      [
        { label: 'bucket', values: ['prod-*'] },
        { label: 'severity', values: ['info'] },
      ],
      ALARM,
    ),
  ).toBe(false);
});
