import { describe, expect, test } from 'vitest';
import { type Answer, classify, isDrift, type Rules } from './classify.ts';
import type { Entry } from './entry.ts';

const T = Date.UTC(2026, 4, 3);
const MD5 = 'd41d8cd98f00b204e9800998ecf8427e';
const OTHER = '9e107d9d372bb6826bd81d3542a419d6';
const RULES: Rules = {
  modifiedWindowMs: 2000,
  inFlightAfterMs: T + 3_600_000,
  ignoresExtra: false,
  hasOpaqueEtags: false,
};

function entry(given: Partial<Entry> = {}): Entry {
  return { key: 'k', sizeBytes: 10, etag: MD5, modifiedMs: T, ...given };
}

type Case = readonly [
  what: string,
  source: Partial<Entry> | undefined,
  destination: Partial<Entry> | undefined,
  answer: Answer,
  reason: string,
  rules?: Partial<Rules>,
];

const CASES: readonly Case[] = [
  ['one ETag', {}, { modifiedMs: T + 90_000 }, 'same', 'etag'],
  ['one ETag of as many parts', { etag: `${MD5}-3` }, { etag: `${MD5}-3` }, 'same', 'etag'],
  ['one ETag of an encrypted object', { encryption: 'SSE-KMS' }, {}, 'same', 'etag'],
  ['nothing at the destination', {}, undefined, 'missing', 'only at the source'],
  ['nothing at the source', undefined, {}, 'extra', 'only at the destination'],
  ['other sizes, whatever the ETag', {}, { sizeBytes: 11 }, 'size-differs', 'size'],
  ['two MD5s', {}, { etag: OTHER }, 'content-differs', 'md5'],
  ['two MD5s, whatever the time', {}, { etag: OTHER, modifiedMs: T - 9000 }, 'content-differs', 'md5'],
  ['as many parts', { etag: `${MD5}-3` }, { etag: `${OTHER}-3` }, 'content-differs', 'md5 of parts'],
  [
    'other numbers of parts',
    { etag: `${MD5}-3` },
    { etag: `${OTHER}-2` },
    'cannot-tell',
    'uploaded in other parts',
  ],
  ['parts and none', { etag: `${MD5}-3` }, {}, 'cannot-tell', 'uploaded in other parts'],
  [
    'none and parts',
    {},
    { etag: `${MD5}-3`, modifiedMs: T + 9000 },
    'cannot-tell',
    'uploaded in other parts',
  ],
  [
    'parts and none, the destination before the source',
    { etag: `${MD5}-3` },
    { modifiedMs: T - 2001 },
    'older',
    'uploaded in other parts, modified',
  ],
  ['encrypted by KMS, one time', { encryption: 'SSE-KMS' }, { etag: OTHER }, 'same', 'size and modified'],
  ['encrypted by KMS twice', {}, { etag: OTHER, encryption: 'DSSE-KMS' }, 'same', 'size and modified'],
  [
    'encrypted with the key of a customer, later',
    { encryption: 'SSE-C' },
    { etag: OTHER, modifiedMs: T + 2001 },
    'newer',
    'modified',
  ],
  ['encrypted by S3 itself', { encryption: 'SSE-S3' }, { etag: OTHER }, 'content-differs', 'md5'],
  ['no ETag, earlier', { etag: '' }, { modifiedMs: T - 2001 }, 'older', 'modified'],
  ['no ETags, later', { etag: '' }, { etag: '', modifiedMs: T + 2001 }, 'newer', 'modified'],
  ['no ETag, within the window', { etag: '' }, { modifiedMs: T - 2000 }, 'same', 'size and modified'],
  ['an ETag that is no MD5', { etag: 'v1:abc' }, { modifiedMs: T - 2001 }, 'older', 'modified'],
  ['neither ETag nor time', { etag: '' }, { modifiedMs: 0 }, 'cannot-tell', 'neither etag nor time'],
  ['opaque ETags', {}, { etag: OTHER, modifiedMs: T - 9000 }, 'older', 'modified', { hasOpaqueEtags: true }],
  [
    'missing, but just written',
    { modifiedMs: T + 3_600_001 },
    undefined,
    'in-flight',
    'missing, written lately',
  ],
  [
    'missing, written at the limit',
    { modifiedMs: T + 3_600_000 },
    undefined,
    'missing',
    'only at the source',
  ],
  ['extra, but just written', undefined, { modifiedMs: T + 3_600_001 }, 'in-flight', 'extra, written lately'],
  ['the same, just written', { modifiedMs: T + 3_600_001 }, {}, 'same', 'etag'],
];

describe('classify()', () => {
  test.each(CASES.map((one) => ({ what: one[0], one })))('$what', ({ one }) => {
    const [, source, destination, answer, reason, rules = {}] = one;
    const pairing = {
      key: 'k',
      source: source === undefined ? undefined : entry(source),
      destination: destination === undefined ? undefined : entry(destination),
    };
    expect(classify(pairing, { ...RULES, ...rules })).toEqual({ answer, reason });
  });
});

test('isDrift() takes what is certain, and extra objects unless they are to be ignored', () => {
  const drift = (ignoresExtra: boolean): string[] =>
    [...new Set(CASES.map(([, , , answer]) => answer))].filter((answer) => isDrift(answer, { ignoresExtra }));
  expect(drift(false).sort()).toEqual(['content-differs', 'extra', 'missing', 'older', 'size-differs']);
  expect(drift(true).sort()).toEqual(['content-differs', 'missing', 'older', 'size-differs']);
});
