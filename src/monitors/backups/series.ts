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

/** Of one series. */
const ARRIVALS_MAX = 2_000;
/** Of all series: about 400 bytes each. */
const ALL_ARRIVALS_MAX = 200_000;
/** Of those that are declared, and of those that are found. */
export const SERIES_MAX = 10_000;

interface DeclaredPattern<Declared extends DeclaredSeries> {
  readonly series: Declared;
  readonly pattern: KeyPattern;
}

/** Which series a file is of, in one bucket. */
export class SeriesSorter<Declared extends DeclaredSeries = DeclaredSeries> {
  readonly #declared: readonly DeclaredPattern<Declared>[];
  /** Places of patterns by what keys of theirs begin with: thousands of them cost no more than a few. */
  readonly #places = new Map<string, number[]>();
  readonly #prefixLengths: readonly number[];
  readonly #names: ReadonlySet<string>;
  /** Of these each value of a named part is a series: `<name>/<value>`. */
  readonly #namesWithParts: ReadonlySet<string>;
  readonly #grouped: ((key: string) => Grouped | undefined) | undefined;

  /** Without a grouping only declared series are known. */
  constructor(declared: readonly Declared[], grouping?: Grouping) {
    this.#declared = declared.map((series) => ({ series, pattern: keyPattern(series.pattern) }));
    for (const [place, { pattern }] of this.#declared.entries()) {
      const places = this.#places.get(pattern.prefix) ?? [];
      places.push(place);
      this.#places.set(pattern.prefix, places);
    }
    this.#names = new Set(declared.map(({ name }) => name));
    const withParts = this.#declared.filter(({ pattern }) => pattern.names.length > 0);
    this.#namesWithParts = new Set(withParts.map(({ series }) => series.name));
    this.#prefixLengths = [...new Set([...this.#places.keys()].map(({ length }) => length))];
    this.#grouped = grouping === undefined ? undefined : grouper(grouping);
  }

  #isDeclaredId(id: string): boolean {
    if (this.#names.has(id)) return true;
    if (this.#namesWithParts.size === 0) return false;
    for (let end = id.indexOf('/'); end >= 0; end = id.indexOf('/', end + 1))
      if (this.#namesWithParts.has(id.slice(0, end))) return true;
    return false;
  }

  /** Patterns that begin as the key does, in the order they were declared. */
  #candidates(key: string): DeclaredPattern<Declared>[] {
    const places = this.#prefixLengths.flatMap((length) => this.#places.get(key.slice(0, length)) ?? []);
    return places.sort((a, b) => a - b).flatMap((place) => this.#declared[place] ?? []);
  }

  /** Nothing for markers, parts, files that are too small, and keys of no series. */
  sort(file: BackupFile): SortedFile<Declared> | undefined {
    if (isPart(file.key, file.sizeBytes)) return undefined;
    for (const { series, pattern } of this.#candidates(file.key)) {
      const match = pattern.match(file.key);
      if (match === undefined) continue;
      if (file.sizeBytes < Math.max(1, series.fileBytesMin)) return undefined;
      const id = [series.name, ...pattern.names.map((name) => match.names[name] ?? '')].join('/');
      return { id, declared: series, arrival: { ...file, member: match.member, stamp: match.stamp } };
    }
    const grouped = file.sizeBytes > 0 ? this.#grouped?.(file.key) : undefined;
    if (grouped === undefined) return undefined;
    const { member, stamp } = grouped;
    const id = this.#isDeclaredId(grouped.id) ? `${grouped.id} ${OTHERS}` : grouped.id;
    return { id, declared: undefined, arrival: { ...file, member, stamp } };
  }
}

/** Ends the id of a found series that would have that of a declared one. */
export const OTHERS = '(others)';

export interface SortedFile<Declared extends DeclaredSeries = DeclaredSeries> {
  /** `<name>` or `<name>/<value of each named part>` of a declared series; else stem, folder or values. */
  readonly id: string;
  readonly declared: Declared | undefined;
  readonly arrival: Arrival;
}

interface Collected {
  readonly declared: DeclaredSeries | undefined;
  arrivals: Arrival[];
  files: number;
}

/** Sorts the files of a bucket into series; memory is bounded by the number of series, not of files. */
export class SeriesCollector {
  readonly #declared: readonly DeclaredSeries[];
  readonly #sorter: SeriesSorter;
  readonly #known = new Map<string, Collected>();
  #found = 0;
  #arrivals = 0;
  #arrivalsMax = ARRIVALS_MAX;
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
    const found = [...this.#known].map(
      ([id, one]): FoundSeries => ({ id, ...one, arrivals: inOrder(one.arrivals) }),
    );
    const seen = new Set(found.map(({ declared }) => declared));
    const unseen = this.#declared
      .filter((series) => !seen.has(series))
      .map((series): FoundSeries => ({ id: series.name, declared: series, arrivals: [], files: 0 }));
    return [...found, ...unseen].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  #put({ id, arrival, declared }: SortedFile): void {
    const known = this.#known.get(id) ?? this.#opened(id, declared);
    if (known === undefined) {
      this.overflow += 1;
      return;
    }
    known.files += 1;
    known.arrivals.push(arrival);
    this.#arrivals += 1;
    if (known.arrivals.length >= this.#arrivalsMax * 2) this.#shorten(known);
    while (this.#arrivals > ALL_ARRIVALS_MAX && this.#arrivalsMax > 1) {
      this.#arrivalsMax = Math.floor(this.#arrivalsMax / 2);
      for (const one of this.#known.values()) this.#shorten(one);
    }
  }

  /** What is found never takes the place of what is declared. */
  #opened(id: string, declared: DeclaredSeries | undefined): Collected | undefined {
    const others = declared === undefined ? this.#found : this.#known.size - this.#found;
    if (others >= SERIES_MAX) return undefined;
    if (declared === undefined) this.#found += 1;
    const opened: Collected = { declared, arrivals: [], files: 0 };
    this.#known.set(id, opened);
    return opened;
  }

  #shorten(series: Collected): void {
    const before = series.arrivals.length;
    series.arrivals = newest(series.arrivals, this.#arrivalsMax);
    this.#arrivals -= before - series.arrivals.length;
  }
}

/** So many at most, and no part of a run of which others had to go. */
function newest(arrivals: Arrival[], most: number): Arrival[] {
  if (arrivals.length <= most) return arrivals;
  const ordered = inOrder(arrivals);
  const kept = ordered.slice(-most);
  const cut = ordered.at(-most - 1)?.stamp ?? '';
  const whole = cut === '' ? kept : kept.filter(({ stamp }) => stamp !== cut);
  return whole.length === 0 ? kept : whole;
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
