import { describe, expect, test } from 'vitest';
import {
  copyRules,
  covers,
  defaultRetention,
  lifecycleRules,
  ruleMs,
  versioningStatus,
} from './bucket-rules.ts';

const DAY_MS = 86_400_000;

function rulesWith(...rules: readonly object[]): string {
  return JSON.stringify({ Rules: rules.map((rule) => ({ ID: 'x', Status: 'Enabled', ...rule })) });
}

describe('lifecycleRules()', () => {
  test.each([
    [{ Expiration: { Days: 30 } }, { kind: 'after', ms: 30 * DAY_MS }],
    [{ Expiration: { Date: '2026-12-01T00:00:00.000Z' } }, { kind: 'from', dateMs: Date.UTC(2026, 11, 1) }],
    [{ Expiration: { ExpiredObjectDeleteMarker: true } }, undefined],
    [{ NoncurrentVersionExpiration: { NoncurrentDays: 1 } }, undefined],
    [{ AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } }, undefined],
    [{ Expiration: { Days: 'many' } }, undefined],
  ])('%j expires the current version: %j', (rule, expiry) => {
    expect(lifecycleRules(rulesWith(rule))?.map((one) => one.expiry)).toEqual([expiry]);
  });

  test.each([
    [{}, { prefix: '', tags: [] }],
    [{ Filter: {} }, { prefix: '', tags: [] }],
    [{ Prefix: 'a/' }, { prefix: 'a/', tags: [] }],
    [{ Filter: { Prefix: 'b/' } }, { prefix: 'b/', tags: [] }],
    [{ Filter: { Tag: { Key: 'k', Value: 'v' } } }, { prefix: '', tags: ['k=v'] }],
    [{ Filter: { ObjectSizeGreaterThan: 10 } }, { prefix: '', tags: [], sizeBytesAbove: 10 }],
    [{ Filter: { ObjectSizeLessThan: '20' } }, { prefix: '', tags: [], sizeBytesBelow: 20 }],
    [
      {
        Filter: {
          And: {
            Prefix: 'c/',
            Tags: [
              { Key: 'k', Value: 'v' },
              { Key: 'l', Value: '' },
            ],
            ObjectSizeGreaterThan: 1,
            ObjectSizeLessThan: 9,
          },
        },
      },
      { prefix: 'c/', tags: ['k=v', 'l='], sizeBytesAbove: 1, sizeBytesBelow: 9 },
    ],
  ])('%j is the filter %j', (rule, filter) => {
    expect(lifecycleRules(rulesWith(rule))?.map((one) => one.filter)).toEqual([filter]);
  });

  test('rules that are switched off are left out; one without an id is named by its place', () => {
    const document = rulesWith({ Status: 'Disabled' }, { ID: undefined }, { ID: 'z' });
    expect(lifecycleRules(document)?.map(({ id }) => id)).toEqual(['rule-2', 'z']);
  });

  test.each(['', 'null', '[]', '{}', '{"Rules"', '"Rules"'])('%j is no such document', (document) => {
    expect(lifecycleRules(document)).toBeUndefined();
    expect(copyRules(document)).toBeUndefined();
  });

  test('only moves to what has to be restored are given, and small objects are not moved', () => {
    const Transitions = [
      { Days: 30, StorageClass: 'STANDARD_IA' },
      { Days: 60, StorageClass: 'GLACIER' },
      { Date: '2027-01-01T00:00:00Z', StorageClass: 'DEEP_ARCHIVE' },
      { Days: 90, StorageClass: 'GLACIER_IR' },
    ];
    expect(lifecycleRules(rulesWith({ Transitions }))?.[0]).toMatchObject({
      moveBytesMin: 131_072,
      moves: [
        { to: 'GLACIER', time: { kind: 'after', ms: 60 * DAY_MS } },
        { to: 'DEEP_ARCHIVE', time: { kind: 'from', dateMs: Date.UTC(2027, 0, 1) } },
      ],
    });
    const bySize = rulesWith({ Transitions, Filter: { ObjectSizeGreaterThan: 1 } });
    expect(lifecycleRules(bySize)?.[0]?.moveBytesMin).toBe(0);
    const varies = JSON.stringify({
      Rules: [{ Status: 'Enabled', Transitions }],
      TransitionDefaultMinimumObjectSize: 'varies_by_storage_class',
    });
    expect(lifecycleRules(varies)?.[0]?.moveBytesMin).toBe(0);
  });
});

test.each([
  [{ prefix: 'db/' }, 'db/a', 5, true],
  [{ prefix: 'db/' }, 'mail/a', 5, false],
  [{ prefix: 'db/a/' }, 'db/a', 5, false],
  [{ prefix: '', sizeBytesAbove: 5 }, 'a', 5, false],
  [{ prefix: '', sizeBytesAbove: 5 }, 'a', 6, true],
  [{ prefix: '', sizeBytesBelow: 5 }, 'a', 5, false],
  [{ prefix: '', sizeBytesBelow: 5 }, 'a', 4, true],
])('%j covers %s of %i bytes: %s', (filter, key, sizeBytes, isCovered) => {
  expect(covers({ tags: [], ...filter }, { key, sizeBytes })).toBe(isCovered);
});

test.each([
  // Source: the example of "Lifecycle rules: based on an object's age" in the guide of S3.
  ['2014-01-15T10:30Z', { kind: 'after', ms: 3 * DAY_MS }, '2014-01-19T00:00Z'],
  ['2026-11-21T01:30Z', { kind: 'after', ms: 1 * DAY_MS }, '2026-11-23T00:00Z'],
  ['2026-11-30T23:59Z', { kind: 'after', ms: 1 * DAY_MS }, '2026-12-02T00:00Z'],
  ['2028-02-28T12:00Z', { kind: 'after', ms: 1 * DAY_MS }, '2028-03-01T00:00Z'],
  ['2026-12-31T12:00Z', { kind: 'after', ms: 365 * DAY_MS }, '2028-01-01T00:00Z'],
  ['2026-03-28T12:00Z', { kind: 'after', ms: 1 * DAY_MS }, '2026-03-30T00:00Z'],
  ['2026-11-21T01:30Z', { kind: 'from', dateMs: Date.UTC(2026, 11, 1) }, '2026-12-01T00:00Z'],
  ['2026-11-21T01:30Z', { kind: 'from', dateMs: Date.UTC(2026, 0, 1) }, '2026-11-22T00:00Z'],
] as const)('what was written at %s is met by %j at %s', (at, time, met) => {
  expect(ruleMs(time, Date.parse(at))).toBe(Date.parse(met));
});

test.each([
  [
    { ObjectLockConfiguration: { Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 30 } } } },
    { mode: 'GOVERNANCE', ms: 30 * DAY_MS },
  ],
  [
    { ObjectLockConfiguration: { Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Years: 2 } } } },
    { mode: 'COMPLIANCE', ms: 730 * DAY_MS },
  ],
  [{ ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled' } }, undefined],
  [{}, undefined],
])('%j is the default retention %j', (document, retention) => {
  expect(defaultRetention(JSON.stringify(document))).toEqual(retention);
});

test('versioningStatus() is empty for what says nothing', () => {
  expect(['{"Status":"Enabled"}', '{"MFADelete":"Disabled"}', 'x'].map(versioningStatus)).toEqual([
    'Enabled',
    '',
    '',
  ]);
});
