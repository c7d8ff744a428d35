import { describe, expect, test } from 'vitest';
import { type BackupFile, type DeclaredSeries, SERIES_MAX, SeriesCollector } from './series.ts';

const DAY_MS = 86_400_000;

function declared(name: string, pattern: string): DeclaredSeries {
  return {
    name,
    pattern,
    rule: { schedule: { kind: 'every', periodMs: DAY_MS }, graceMs: 0 },
    fileBytesMin: 1,
    standing: { isAccepted: true, isPaused: false, isRetired: false },
  };
}

function file(key: string, atMs = 0, sizeBytes = 100): BackupFile {
  return { key, versionId: '', atMs, sizeBytes, etag: '' };
}

function collected(collector: SeriesCollector, files: Iterable<BackupFile>): SeriesCollector {
  for (const one of files) collector.add(one);
  return collector;
}

function counts(collector: SeriesCollector): Record<string, number> {
  return Object.fromEntries(collector.series().map(({ id, files }) => [id, files]));
}

describe('SeriesCollector', () => {
  test('keeps 10,000 series that are found, tells how many files were of more, and none of those declared', () => {
    const collector = new SeriesCollector([declared('late', 'zz/{host}/{date}')], { by: 'folder', depth: 1 });
    const folders = Array.from({ length: SERIES_MAX + 7 }, (_, index) => file(`folder-${index}/a`));
    collected(collector, [...folders, file('folder-0/b'), file('zz/web/2026-11-21')]);
    expect(collector.overflow).toBe(7);
    expect(collector.series()).toHaveLength(SERIES_MAX + 1);
    expect(counts(collector)).toMatchObject({ 'folder-0': 2, 'late/web': 1 });
  });

  test('keeps the newest of each series, fewer the more series there are, and counts all', () => {
    const files = function* (): Generator<BackupFile> {
      for (let run = 0; run < 500; run += 1)
        for (let series = 0; series < 1000; series += 1)
          yield file(`${'abcdefghij'[series % 10]}${letters(series)}/x-${run}`, run);
    };
    const collector = collected(new SeriesCollector([], { by: 'folder', depth: 1 }), files());
    const series = collector.series();
    expect(series).toHaveLength(1000);
    expect(series.reduce((sum, { arrivals }) => sum + arrivals.length, 0)).toBeLessThanOrEqual(200_000);
    for (const { arrivals, files: all } of series) {
      expect(all).toBe(500);
      expect(arrivals.length).toBeGreaterThanOrEqual(100);
      expect(arrivals.map(({ atMs }) => atMs)).toEqual(
        arrivals.map((_, index) => 500 - arrivals.length + index),
      );
    }
  });

  test('keeps no part of a run of which it let go the rest', () => {
    const runs = Array.from({ length: 1500 }, (_, run) => {
      const date = new Date(run * DAY_MS).toISOString().slice(0, 10).replace('19', '20');
      return [0, 1, 2].map((member) => file(`db/${date}/${member}`, run * DAY_MS + member));
    });
    const [series] = collected(new SeriesCollector([], { by: 'stem' }), runs.flat()).series();
    const byStamp = Map.groupBy(series?.arrivals ?? [], ({ stamp }) => stamp);
    expect(byStamp.size).toBeGreaterThan(600);
    expect([...byStamp.values()].filter((files) => files.length !== 3)).toEqual([]);
  });

  test('what a declared series does not take is not of it, though its folder has its name', () => {
    const collector = new SeriesCollector([declared('web', 'web/{date}.tar')], { by: 'folder', depth: 1 });
    collected(collector, [file('web/readme.txt'), file('web/2026-11-21.tar'), file('mail/a')]);
    expect(counts(collector)).toEqual({ mail: 1, web: 1, 'web (others)': 1 });
  });

  test('nor though its folder has the name of one of its series', () => {
    const collector = new SeriesCollector([declared('web', 'w/{host}/{date}')], { by: 'folder', depth: 2 });
    collected(collector, [file('web/one/readme.txt'), file('w/one/2026-11-21')]);
    expect(counts(collector)).toEqual({ 'web/one': 1, 'web/one (others)': 1 });
  });
});

/** Letters alone: a number would be a counter. */
function letters(number: number): string {
  return String(number).replaceAll(/\d/g, (digit) => String.fromCharCode(97 + Number(digit)));
}
