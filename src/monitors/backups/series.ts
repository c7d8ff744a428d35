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
  | { readonly by: 'folder'; readonly depth: number };

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

/** Sorts the files of a bucket into series; memory is bounded by the number of series, not of files. */
export class SeriesCollector {
  readonly #declared: readonly { readonly series: DeclaredSeries; readonly pattern: KeyPattern }[];
  readonly #grouping: Grouping;
  readonly #found = new Map<
    string,
    { declared: DeclaredSeries | undefined; arrivals: Arrival[]; files: number }
  >();
  /** Files of series beyond the largest number. */
  overflow = 0;

  constructor(declared: readonly DeclaredSeries[], grouping: Grouping) {
    this.#declared = declared.map((series) => ({ series, pattern: keyPattern(series.pattern) }));
    this.#grouping = grouping;
  }

  add(file: BackupFile): void {
    if (isPart(file.key, file.sizeBytes)) return;
    for (const { series, pattern } of this.#declared) {
      const match = pattern.match(file.key);
      if (match === undefined) continue;
      if (file.sizeBytes < Math.max(1, series.fileBytesMin)) return;
      const id = [series.name, ...pattern.names.map((name) => match.names[name] ?? '')].join('/');
      this.#put(id, { ...file, member: match.member, stamp: match.stamp }, series);
      return;
    }
    if (file.sizeBytes > 0) this.#put(...grouped(file, this.#grouping), undefined);
  }

  /** Every series with a file, and every declared one without, by id. */
  series(): FoundSeries[] {
    const found = [...this.#found].map(
      ([id, one]): FoundSeries => ({ id, ...one, arrivals: inOrder(one.arrivals) }),
    );
    const seen = new Set(found.map(({ declared }) => declared));
    const unseen = this.#declared
      .filter(({ series }) => !seen.has(series))
      .map(({ series }): FoundSeries => ({ id: series.name, declared: series, arrivals: [], files: 0 }));
    return [...found, ...unseen].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  #put(id: string, arrival: Arrival, declared: DeclaredSeries | undefined): void {
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

function grouped(file: BackupFile, grouping: Grouping): [id: string, arrival: Arrival] {
  const { stem, stamp, counter } = keyStem(file.key);
  if (grouping.by === 'folder')
    return [leadingFolder(file.key, grouping.depth), { ...file, member: '', stamp: '' }];
  // Files that differ in counters only are members of one run when a date tells the run, and runs when none does.
  const member = stamp === '' ? '' : counter;
  return [stem.includes('/') ? stem : `${ROOT} ${stem}`, { ...file, member, stamp }];
}

function inOrder(arrivals: readonly Arrival[]): Arrival[] {
  return [...arrivals].sort((a, b) => a.atMs - b.atMs);
}
