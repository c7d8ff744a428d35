import { expect, test } from 'vitest';
import { freshnessFindings } from './freshness.ts';

test.each([
  ['fresh', 'ok', false],
  ['quiet', 'ok', false],
  ['silent', 'warn', false],
  ['failing', 'failed', true],
])('a source that is %s is %s', (verdict, result, isNeeded) => {
  const row = {
    name: 'logs',
    verdict,
    verdict_reason: 'Why.',
    newest_event: '2026-03-01T09:02:00Z',
    batches: 3,
  };
  const [finding] = freshnessFindings(['logs'], [row]);
  expect(finding).toMatchObject({
    result,
    isNeeded,
    sentence: `${verdict}, newest event 2026-03-01T09:02:00Z. Why.`,
  });
});

test('a source of which nothing came, or that is not known, says so', () => {
  const row = { name: 'a', verdict: 'unknown', verdict_reason: '', newest_event: null, batches: 0 };
  const findings = freshnessFindings(['a', 'b'], [row, { ...row, name: 'c' }]);
  expect(findings.map(({ check, result }) => [check, result])).toEqual([
    ['source a: freshness', 'warn'],
    ['source b: freshness', 'warn'],
  ]);
});
