/** The files of every series that is watched, in memory: bounded, and the same in whatever order they are told. */
import { type BackupFile, type Grouping, SERIES_MAX, SeriesSorter } from './series.ts';
import type { Discovery, ExpectedSeries } from './monitor.ts';
import { type BookFile, type Feed, fuller, isSameFile } from './same-file.ts';

/** What is watched in one bucket. */
export interface BucketWatch {
  /** Bucket id. */
  readonly bucket: string;
  readonly expected: readonly ExpectedSeries[];
  /** Absent when only expected series are watched in it. */
  readonly discovery?: Discovery;
}

/** A series and its files. */
export interface BookSeries {
  readonly bucket: string;
  readonly id: string;
  /** Absent when it was found by its keys. */
  readonly expected: ExpectedSeries | undefined;
  readonly discovery: Discovery | undefined;
  /** In order of time; the newest. */
  readonly files: readonly BookFile[];
  /** Whether older ones are not kept. */
  readonly isCut: boolean;
}

/** What telling a file changed. */
export interface Change {
  readonly series: BookSeries;
  readonly file: BookFile;
  /** What was known of the same writing under another time or feed: its row is no more. */
  readonly instead?: BookFile;
}

export interface Told extends BackupFile {
  readonly feed: Feed;
}

const FILES_OF_SERIES_MAX = 2_000;
const FILES_OF_SERIES_MIN = 100;
const FILES_MAX = 200_000;

class Kept implements BookSeries {
  readonly bucket: string;
  readonly id: string;
  readonly expected: ExpectedSeries | undefined;
  readonly discovery: Discovery | undefined;
  files: BookFile[] = [];
  isCut = false;
  /** The newest of each key. */
  readonly newest = new Map<string, BookFile>();

  constructor(of: Omit<BookSeries, 'files' | 'isCut'>) {
    this.bucket = of.bucket;
    this.id = of.id;
    this.expected = of.expected;
    this.discovery = of.discovery;
  }

  /** The report of the same writing, if there was one: of several that could be, the nearest in time. */
  find(file: BookFile): BookFile | undefined {
    if (!this.newest.has(file.key)) return undefined;
    const apartMs = (known: BookFile): number => Math.abs(known.atMs - file.atMs);
    return this.files
      .filter((known) => known.key === file.key && isSameFile(known, file))
      .reduceRight<BookFile | undefined>(
        (best, known) => (best !== undefined && apartMs(best) <= apartMs(known) ? best : known),
        undefined,
      );
  }

  put(file: BookFile, instead?: BookFile): void {
    if (instead !== undefined) this.files.splice(this.files.indexOf(instead), 1);
    const place = this.files.findLastIndex(({ atMs }) => atMs <= file.atMs) + 1;
    this.files.splice(place, 0, file);
    const newest = this.newest.get(file.key);
    if (newest === undefined || newest === instead || newest.atMs <= file.atMs)
      this.newest.set(file.key, file);
  }

  cutTo(most: number): void {
    if (this.files.length <= most) return;
    this.isCut = true;
    for (const file of this.files.splice(0, this.files.length - most))
      if (this.newest.get(file.key) === file) this.newest.delete(file.key);
  }
}

interface BucketPart {
  readonly watch: BucketWatch;
  readonly sorter: SeriesSorter<ExpectedSeries>;
  readonly series: Map<string, Kept>;
}

export class Book {
  readonly #buckets = new Map<string, BucketPart>();
  #series = 0;
  #found = 0;
  /** Files of series beyond the most that are kept. */
  overflow = 0;

  /** Watches a bucket; expected series are there from the start, without files. */
  watch(watch: BucketWatch): void {
    const grouping: Grouping | undefined = watch.discovery?.grouping;
    const part: BucketPart = {
      watch,
      sorter: new SeriesSorter(watch.expected, grouping),
      series: new Map(),
    };
    this.#buckets.set(watch.bucket, part);
    // One whose pattern has named parts is a series for each of their values, once there are any.
    for (const expected of watch.expected) this.#open(part, expected.name, expected);
  }

  /** Watches a bucket no longer. */
  unwatch(bucket: string): void {
    const part = this.#buckets.get(bucket);
    if (part === undefined) return;
    const all = [...part.series.values()];
    this.#series -= all.length;
    this.#found -= all.filter(({ expected }) => expected === undefined).length;
    this.#buckets.delete(bucket);
  }

  watches(): BucketWatch[] {
    return [...this.#buckets.values()].map(({ watch }) => watch);
  }

  watchOf(bucket: string): BucketWatch | undefined {
    return this.#buckets.get(bucket)?.watch;
  }

  /** Takes in a file; nothing when it is of no series, or told before. */
  tell(bucket: string, told: Told): Change | undefined {
    const part = this.#buckets.get(bucket);
    const sorted = part?.sorter.sort(told);
    if (part === undefined) return undefined;
    // What does not count, such as an empty file, took the place of what did.
    if (sorted === undefined) return this.remove(bucket, { ...told, versionId: '' });
    if (sorted.declared === undefined && !told.key.startsWith(part.watch.discovery?.prefix ?? ''))
      return undefined;
    const series = this.#open(part, sorted.id, sorted.declared);
    if (series === undefined) return undefined;
    const file: BookFile = { ...sorted.arrival, feed: told.feed };
    const known = series.find(file);
    // A long history is cut, and what was cut off is not news when it is listed again.
    if (known === undefined && series.isCut && file.atMs < (series.files[0]?.atMs ?? 0)) return undefined;
    if (known === undefined) {
      series.put(file);
      this.#bound(series);
      return { series, file };
    }
    const better = fuller(known, file);
    if (isEqual(better, known)) return undefined;
    series.put(better, known);
    return { series, file: better, instead: known };
  }

  /** Notes that a key was removed, all of it or one version. */
  remove(
    bucket: string,
    removal: { readonly key: string; readonly versionId: string; readonly atMs: number },
  ): Change | undefined {
    const { key, versionId, atMs } = removal;
    const part = this.#buckets.get(bucket);
    const sorted = part?.sorter.sort({ ...removal, etag: '', sizeBytes: Number.MAX_SAFE_INTEGER });
    const series = sorted === undefined ? undefined : part?.series.get(sorted.id);
    if (series === undefined || !series.newest.has(key)) return undefined;
    const known = series.files.findLast(
      (file) =>
        file.key === key &&
        file.atMs <= atMs &&
        (versionId === '' || file.versionId === '' || file.versionId === versionId),
    );
    if (known === undefined || known.removedMs !== undefined) return undefined;
    return this.change(series, known, { ...known, removedMs: atMs });
  }

  /** Replaces what is known of a file. */
  change(of: BookSeries, known: BookFile, file: BookFile): Change {
    const series = this.#buckets.get(of.bucket)?.series.get(of.id);
    series?.put(file, known);
    return { series: series ?? of, file };
  }

  series(): BookSeries[] {
    return [...this.#buckets.values()].flatMap((part) => shown(part));
  }

  seriesOf(bucket: string): BookSeries[] {
    const part = this.#buckets.get(bucket);
    return part === undefined ? [] : shown(part);
  }

  find(bucket: string, id: string): BookSeries | undefined {
    return this.#buckets.get(bucket)?.series.get(id);
  }

  #open(part: BucketPart, id: string, expected: ExpectedSeries | undefined): Kept | undefined {
    const known = part.series.get(id);
    if (known !== undefined) return known;
    const isFound = expected === undefined;
    // Those that are found never push out those that are expected.
    if ((isFound ? this.#found : this.#series - this.#found) >= SERIES_MAX) {
      this.overflow += 1;
      return undefined;
    }
    const { bucket, discovery } = part.watch;
    const series = new Kept({
      bucket,
      id,
      expected,
      discovery: expected === undefined ? discovery : undefined,
    });
    part.series.set(id, series);
    this.#series += 1;
    if (isFound) this.#found += 1;
    return series;
  }

  /** Cut now and then, so that a long history costs no more than a short one. */
  #bound(series: Kept): void {
    const share = Math.floor(FILES_MAX / Math.max(1, this.#series));
    const most = Math.min(FILES_OF_SERIES_MAX, Math.max(FILES_OF_SERIES_MIN, share));
    if (series.files.length > most * 1.25) series.cutTo(most);
  }
}

/** A declaration with named parts is itself no series once it has some. */
function shown({ series }: BucketPart): Kept[] {
  const all = [...series.values()];
  const withValues = new Set(
    all.flatMap(({ id, expected }) =>
      expected !== undefined && id !== expected.name ? [expected.name] : [],
    ),
  );
  return all.filter(({ id, files }) => files.length > 0 || !withValues.has(id));
}

function isEqual(one: BookFile, other: BookFile): boolean {
  return (
    one.atMs === other.atMs &&
    one.feed === other.feed &&
    one.etag === other.etag &&
    one.versionId === other.versionId &&
    one.sizeBytes === other.sizeBytes &&
    one.removedMs === other.removedMs
  );
}
