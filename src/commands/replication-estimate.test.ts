import { describe, expect, test } from 'vitest';
import type { Place } from '../drift-audit.ts';
import { estimatedRequests, estimateText, needsConsent } from './replication-estimate.ts';

const FILE: Place = { kind: 'file', name: 'a.jsonl' };
const BUCKET: Place = { kind: 'bucket', name: 's3://a/', bucket: 'a', prefix: '', bucketId: 'a', store: {} };

describe('estimatedRequests()', () => {
  test.each<readonly [what: string, objects: readonly (number | undefined)[], requests: number | undefined]>([
    ['an empty bucket takes one', [0], 1],
    ['a full page takes one', [1000], 1],
    ['one key more takes another', [1001, 2500], 2 + 3],
    ['nothing is known when one is not', [1000, undefined], undefined],
  ])('%s', (_what, objects, requests) => {
    expect(estimatedRequests(objects.map((one) => ({ place: BUCKET, objects: one })))).toBe(requests);
  });

  test('a file takes none', () => {
    expect(
      estimatedRequests([
        { place: FILE, objects: 0 },
        { place: BUCKET, objects: 1 },
      ]),
    ).toBe(1);
  });
});

test('estimateText() has number, price and limit', () => {
  expect(estimateText(200_000, Infinity)).toBe(
    "LIST requests: about 200,000, 1.00 USD at AWS's list price, by the last audit.",
  );
  expect(estimateText(3, 2)).toContain('about 3, less than 0.01 USD');
  expect(estimateText(undefined, 500)).toMatch(/is unknown; at most 500 now \(--max-requests\)\.$/);
});

test.each<readonly [requests: number | undefined, isInteractive: boolean, yes: boolean, needs: boolean]>([
  [10_001, true, false, true],
  [10_000, true, false, false],
  [10_001, false, false, false],
  [10_001, true, true, false],
  [undefined, true, false, false],
])('needsConsent() of %s requests, on a terminal %s, --yes %s: %s', (requests, isInteractive, yes, needs) => {
  expect(needsConsent(requests, { isInteractive, yes })).toBe(needs);
});
