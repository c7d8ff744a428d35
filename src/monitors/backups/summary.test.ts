import { expect, test } from 'vitest';
import { type Stand, summaryOf, type Watched, worstFirst } from './summary.ts';
import { SERIES_VERDICTS, type SeriesVerdict } from './verdict.ts';

const LISTED: Watched = { bucket: 'a', lastLookMs: 1, leftOut: 0, problem: '' };
const DENIED: Watched = { bucket: 'b', lastLookMs: 1, leftOut: 0, problem: 'AccessDenied' };
const UNSEEN: Watched = { bucket: 'c', lastLookMs: null, leftOut: 0, problem: '' };

/** So many series of each verdict; `more` is of all of them. */
function stands(counts: Partial<Record<SeriesVerdict, number>>, more: Partial<Stand> = {}): Stand[] {
  return Object.entries(counts).flatMap(([verdict, count]) =>
    Array.from({ length: count }, (_, index) => ({
      bucket: 'a',
      series: `${verdict} ${index}`,
      verdict: verdict as SeriesVerdict,
      proposalFit: null,
      evidence: '',
      ...more,
    })),
  );
}

const ready = (count: number, bucket = 'a') => stands({ learning: count }, { bucket, proposalFit: 0.9 });

type Case = [sentence: string, series: readonly Stand[], watched?: readonly Watched[]];

const CASES: readonly Case[] = [
  [
    'The only backup arrived. 12 files of more series than are kept are left out.',
    stands({ ok: 1 }),
    [{ ...LISTED, leftOut: 12 }],
  ],
  ['2 of 41 backups are late.', stands({ late: 2, ok: 39 })],
  ['1 of 41 backups is missing, 2 are late.', stands({ late: 2, ok: 37, missing: 1, new: 1 })],
  [
    '1 of 7 backups is missing, 1 has wrong content, 1 is incomplete, 1 is too small, 1 is a duplicate, 1 is too large, 1 is late.',
    stands({
      late: 1,
      'too-large': 1,
      duplicate: 1,
      'too-small': 1,
      incomplete: 1,
      'wrong-content': 1,
      missing: 1,
    }),
  ],
  ['2 of 4 backups have wrong content, 2 are duplicates.', stands({ duplicate: 2, 'wrong-content': 2 })],
  ['All 8 backups arrived.', stands({ ok: 8 })],
  ['All 1,000 backups arrived.', stands({ ok: 1000, retired: 3 })],
  ['The only backup arrived.', stands({ ok: 1 })],
  ['All 8 backups that were due arrived; 1 more is not due yet.', stands({ ok: 8, new: 1 })],
  ['The backup that was due arrived; 2 more are not due yet.', stands({ ok: 1, new: 2 })],
  ['1 backup is expected, and not due yet.', stands({ new: 1 })],
  ['2 backups are expected, and not due yet.', stands({ new: 2 })],
  [
    'All 2 backups arrived. 3 more series were found and wait to be accepted. 1 is paused.',
    [...stands({ ok: 2, paused: 1 }), ...ready(3), ...stands({ learning: 4 })],
  ],
  ['All 2 backups arrived. 1 bucket could not be listed.', stands({ ok: 2 }), [LISTED, DENIED]],
  ['All 2 backups arrived. 1 bucket could not be listed.', stands({ ok: 2 }, { evidence: 'SlowDown' })],
  [
    'The only backup arrived. 2 buckets could not be listed.',
    [...stands({ ok: 1 }, { evidence: 'x' })],
    [DENIED],
  ],
  ['All 2 backups arrived.', [...stands({ ok: 2 }), ...stands({ retired: 1 }, { evidence: 'gone' })]],
  [
    'No backup is expected yet: 12 series were found in 2 buckets and wait to be accepted.',
    [...ready(11), ...ready(1, 'b')],
  ],
  ['No backup is expected yet: 1 series was found in 1 bucket and waits to be accepted.', ready(1)],
  [
    'No backup is expected yet: 1 series was found in 1 bucket and has too few runs to tell a schedule.',
    stands({ learning: 1 }),
  ],
  [
    'No backup is expected yet: 3 series were found in 1 bucket; 1 waits to be accepted, 2 have too few runs to tell a schedule. 1 bucket could not be listed.',
    [...ready(1), ...stands({ learning: 2 })],
    [DENIED],
  ],
  ['No backup is expected. 2 are paused. 1 is retired.', stands({ paused: 2, retired: 1 })],
  ['No backup is known: no bucket is watched for backups.', [], []],
  ['No backup is known yet: 1 bucket is watched, and none was listed.', [], [UNSEEN]],
  ['No backup is known: 2 buckets are watched, and no series was found.', [], [LISTED, UNSEEN]],
  [
    'No backup is known: 2 buckets are watched, and no series was found. 1 bucket could not be listed.',
    [],
    [LISTED, DENIED],
  ],
];

test.each(CASES)('%s', (sentence, series, watched = [LISTED]) => {
  expect(summaryOf(series, watched)).toBe(sentence);
  expect(summaryOf(series.toReversed(), watched)).toBe(sentence);
});

test('worstFirst() knows every verdict, and keeps the order within one', () => {
  const all = SERIES_VERDICTS.flatMap((verdict) => stands({ [verdict]: 2 }));
  const sorted = worstFirst(all).map(({ series }) => series);
  expect(sorted.slice(0, 2)).toEqual(['missing 0', 'missing 1']);
  expect(sorted.slice(-2)).toEqual(['retired 0', 'retired 1']);
  expect(sorted.indexOf('late 0')).toBeLessThan(sorted.indexOf('ok 0'));
  expect(new Set(sorted).size).toBe(2 * SERIES_VERDICTS.length);
});
