import { describe, expect, test } from 'vitest';
import type { Canary } from './canary-rows.ts';
import { deadlinesOf } from './past-canaries.ts';

const SKEW_MS = 7000;

/** Sent at a second by our clock, due ten later; the clock of the source is ahead. */
function canary(sent: number, arrived: number | null, more: Partial<Canary> = {}): Canary {
  return {
    pairId: 'a>b',
    key: `canary-${sent}`,
    source: 'a',
    destination: 'b',
    matchBy: 'version',
    versionId: '',
    etag: 'e',
    sentMs: sent * 1000 + SKEW_MS,
    skewMs: SKEW_MS,
    expectedByMs: (sent + 10) * 1000,
    state: arrived === null ? 'lost' : 'arrived',
    problem: '',
    arrivedMs: arrived === null ? null : arrived * 1000 + SKEW_MS,
    uncertaintyMs: null,
    destinationVersionId: '',
    removedMs: null,
    revision: 1,
    ...more,
  };
}

/** Newest first: seconds, what was due, and when that was met. */
function told(canaries: readonly Canary[], end = 1000): readonly string[] {
  const inSeconds = (ms: number | undefined): string => (ms === undefined ? '-' : String(ms / 1000));
  return deadlinesOf(canaries, end * 1000).map(
    ({ atMs, dueMs, metMs }) => `${atMs / 1000}: ${inSeconds(dueMs)} ${inSeconds(metMs)}`,
  );
}

describe('deadlinesOf()', () => {
  test('one that arrives is met from its arrival on, by our clock', () => {
    expect(told([canary(0, 5)])).toEqual(['0: 10 -', '5: 10 5', '10: 10 5']);
  });

  test('one that is lost is due until a newer one arrives', () => {
    expect(told([canary(20, 24), canary(0, null)])).toEqual([
      '0: 10 -',
      '10: 10 -',
      '20: 10 -',
      '24: 30 24',
      '30: 30 24',
    ]);
  });

  test('nothing is known of what is to come', () => {
    expect(told([canary(20, 24), canary(0, 5)], 7)).toEqual(['0: 10 -', '5: 10 5']);
  });

  test('one that may not be written is due as others are', () => {
    expect(told([canary(20, null, { state: 'refused', etag: '' }), canary(0, 5)])).toEqual([
      '0: 10 -',
      '5: 10 5',
      '10: 10 5',
      '20: 10 5',
      '30: 30 -',
    ]);
  });

  test('is the same however many there were before', () => {
    const many = Array.from({ length: 200 }, (_, index) =>
      canary((200 - index) * 20, (200 - index) * 20 + 5),
    );
    const last = told(many, 5000).slice(-3);
    expect(last).toEqual(['4000: 3990 3985', '4005: 4010 4005', '4010: 4010 4005']);
  });
});
