/** Series of a bucket's keys: those that are declared, and those that its keys tell of. */
import { isPart, type KeyPattern, keyPattern } from './key-pattern.ts';
import { keyStem, leadingFolder, ROOT } from './key-stem.ts';
import type { Arrival } from './runs.ts';
import type { SeriesRule, SeriesStanding } from './verdict.ts';

/** A file of the bucket. */
export interface BackupFile {
  readonly key: string;
  readonly versionId: string;
  /** When the store had it, milliseconds since 1970 UTC. */
  readonly atMs: number;
  readonly sizeBytes: number;
  readonly etag: string;
}

/** What the configuration says of one series, or of a series for each value of a named part. */
export interface DeclaredSeries {
  readonly name: string;
  readonly pattern: string;
  readonly rule: Omit<SeriesRule, 'sinceMs'>;
  /** Smaller files do not count. */
  readonly fileBytesMin: number;
  readonly standing: SeriesStanding;
}

/** How keys that no declared series takes are grouped. */
export type Grouping =
  /** By what they have in common when dates, counters and ids are taken out. */
  | { readonly by: 'stem' }
  /** By their first folders: one system a folder. */
  | { readonly by: 'folder'; readonly depth: number }
  /** By the values of a pattern's named parts; keys it does not fit are of none. */
  | { readonly by: 'pattern'; readonly pattern: string };

export interface FoundSeries {
  /** `<name>` or `<name>/<value of each named part>` of a declared series; else stem or folder. */
  readonly id: string;
  readonly declared: DeclaredSeries | undefined;
  /** The newest, in order of time. */
  readonly arrivals: readonly Arrival[];
  /** How many files there are, those no longer in `arrivals` too. */
  readonly files: number;
}

const ARRIVALS_MAX = 2_000;
const SERIES_MAX = 10_000;

/** Which series a file is of, in one bucket. */
export class SeriesSorter<Declared extends DeclaredSeries = DeclaredSeries> {
  readonly #declared: readonly { readonly series: Declared; readonly pattern: KeyPattern }[];
  readonly #grouped: ((key: string) => Grouped | undefined) | undefined;

  /** Without a grouping only declared series are known. */
  constructor(declared: readonly Declared[], grouping?: Grouping) {
    this.#declared = declared.map((series) => ({ series, pattern: keyPattern(series.pattern) }));
    this.#grouped = grouping === undefined ? undefined : grouper(grouping);
  }

  /** Nothing for markers, parts, files that are too small, and keys of no series. */
  sort(file: BackupFile): SortedFile<Declared> | undefined {
    if (isPart(file.key, file.sizeBytes)) return undefined;
    for (const { series, pattern } of this.#declared) {
      const match = pattern.match(file.key);
      if (match === undefined) continue;
      if (file.sizeBytes < Math.max(1, series.fileBytesMin)) return undefined;
      const id = [series.name, ...pattern.names.map((name) => match.names[name] ?? '')].join('/');
      return { id, declared: series, arrival: { ...file, member: match.member, stamp: match.stamp } };
    }
    const grouped = file.sizeBytes > 0 ? this.#grouped?.(file.key) : undefined;
    if (grouped === undefined) return undefined;
    const { id, member, stamp } = grouped;
    return { id, declared: undefined, arrival: { ...file, member, stamp } };
  }
}

export interface SortedFile<Declared extends DeclaredSeries = DeclaredSeries> {
  /** `<name>` or `<name>/<value of each named part>` of a declared series; else stem, folder or values. */
  readonly id: string;
  readonly declared: Declared | undefined;
  readonly arrival: Arrival;
}

/** Sorts the files of a bucket into series; memory is bounded by the number of series, not of files. */
export class SeriesCollector {
  readonly #declared: readonly DeclaredSeries[];
  readonly #sorter: SeriesSorter;
  readonly #found = new Map<
    string,
    { declared: DeclaredSeries | undefined; arrivals: Arrival[]; files: number }
  >();
  /** Files of series beyond the largest number. */
  overflow = 0;

  constructor(declared: readonly DeclaredSeries[], grouping: Grouping) {
    this.#declared = declared;
    this.#sorter = new SeriesSorter(declared, grouping);
  }

  add(file: BackupFile): void {
    const sorted = this.#sorter.sort(file);
    if (sorted !== undefined) this.#put(sorted);
  }

  /** Every series with a file, and every declared one without, by id. */
  series(): FoundSeries[] {
    const found = [...this.#found].map(
      ([id, one]): FoundSeries => ({ id, ...one, arrivals: inOrder(one.arrivals) }),
    );
    const seen = new Set(found.map(({ declared }) => declared));
    const unseen = this.#declared
      .filter((series) => !seen.has(series))
      .map((series): FoundSeries => ({ id: series.name, declared: series, arrivals: [], files: 0 }));
    return [...found, ...unseen].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  #put({ id, arrival, declared }: SortedFile): void {
    const known = this.#found.get(id);
    if (known === undefined) {
      if (this.#found.size >= SERIES_MAX) this.overflow += 1;
      else this.#found.set(id, { declared, arrivals: [arrival], files: 1 });
      return;
    }
    known.files += 1;
    known.arrivals.push(arrival);
    if (known.arrivals.length >= ARRIVALS_MAX * 2)
      known.arrivals = inOrder(known.arrivals).slice(-ARRIVALS_MAX);
  }
}

interface Grouped {
  readonly id: string;
  readonly member: string;
  readonly stamp: string;
}

function grouper(grouping: Grouping): (key: string) => Grouped | undefined {
  switch (grouping.by) {
    case 'folder':
      return (key) => ({ id: leadingFolder(key, grouping.depth), member: '', stamp: '' });
    case 'pattern':
      return patternGrouper(keyPattern(grouping.pattern));
    case 'stem':
      return stemGroup;
  }
}

function patternGrouper(pattern: KeyPattern): (key: string) => Grouped | undefined {
  return (key) => {
    const match = pattern.match(key);
    if (match === undefined) return undefined;
    const values = pattern.names.map((name) => match.names[name] ?? '');
    const id = values.length === 0 ? pattern.prefix : values.join('/');
    return { id, member: match.member, stamp: match.stamp };
  };
}

function stemGroup(key: string): Grouped {
  const { stem, stamp, counter } = keyStem(key);
  // Files that differ in counters only are members of one run when a date tells the run, and runs when none does.
  const member = stamp === '' ? '' : counter;
  return { id: stem.includes('/') ? stem : `${ROOT} ${stem}`, member, stamp };
}

function inOrder(arrivals: readonly Arrival[]): Arrival[] {
  return [...arrivals].sort((a, b) => a.atMs - b.atMs);
}
