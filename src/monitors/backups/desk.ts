/** What the monitor knows: the book of files, what people said, and how each series stands; all of it in the store too. */
import type { Engine } from '../../engine/engine.ts';
import type { Clock } from '../../lib/clock.ts';
import type { ListedObject } from '../../s3/s3.ts';
import { readActs, saidOf, saveAct, type StoredAct } from './acts.ts';
import { Book, type BookSeries, type BucketWatch, type Change } from './book.ts';
import { eventTail, storeSeconds, type TailEvent } from './event-tail.ts';
import { keptFiles, saveFiles, type KeptFile } from './file-rows.ts';
import type { BackupsSettings } from './monitor.ts';
import type { BookFile } from './same-file.ts';
import { Calendars } from './schedule.ts';
import { HISTORY_MS, type Stand, standOf } from './stand.ts';
import { isMendable } from './suspects.ts';
import type { TailCursors } from './tail-cursors.ts';
import { knownBuckets, watchesOf } from './watch.ts';
import { type Judged, Written } from './written.ts';

/** How a series stands, and what that rests on. */
export interface Standing {
  readonly stand: Stand;
  /** When its schedule was learned, milliseconds since 1970 UTC. */
  readonly learnedMs: number;
}

interface DeskParts {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly cursors: TailCursors;
}

/** What a schedule was learned from is good for so long, whatever comes. */
const LEARNED_MS = 6 * 3_600_000;
/** Events of batches that took long to store are looked for so often. */
const WIDE_EVERY_MS = 10 * 60_000;
/** Series judged in one go; others have their turn in between. */
const AT_ONCE = 100;

export class Desk {
  book = new Book();
  /** Why a bucket could not be listed when it had to be, by series. */
  readonly evidence = new Map<string, string>();
  /** Buckets whose listing is under way for the first time: what is found in them is not judged yet. */
  readonly unread = new Set<string>();
  /** Buckets in which something is looked for since they were last listed whole. */
  readonly news = new Set<string>();
  readonly standings = new Map<string, Standing>();
  readonly #parts: DeskParts;
  readonly #written: Written;
  readonly #calendars = new Calendars();
  readonly #touched = new Set<string>();
  #settings: BackupsSettings;
  #acts = new Map<string, StoredAct[]>();
  #opened: Promise<void> | undefined;
  /** When events were last read from further back. */
  #wideMs = 0;
  /** What is watched in each bucket, as text. */
  #watched: ReadonlyMap<string, string> = new Map();

  constructor(settings: BackupsSettings, parts: DeskParts) {
    this.#settings = settings;
    this.#parts = parts;
    this.#written = new Written(parts.engine);
  }

  /** Reads what the store has, the first time. */
  async open(): Promise<void> {
    this.#opened ??= this.#open();
    try {
      await this.#opened;
    } catch (error) {
      this.#opened = undefined;
      throw error;
    }
  }

  /** Watches what the settings say now, in the buckets there are now. */
  async watch(settings: BackupsSettings = this.#settings): Promise<void> {
    const existing = await knownBuckets(this.#parts.engine);
    const watches = watchesOf(settings, existing);
    this.#settings = settings;
    const watched = new Map(watches.map((one) => [one.bucket, JSON.stringify([settings.timezone, one])]));
    const isChanged = ({ bucket }: BucketWatch): boolean => this.#watched.get(bucket) !== watched.get(bucket);
    try {
      for (const { bucket } of this.book.watches()) if (!watched.has(bucket)) this.#drop(bucket);
      for (const one of watches.filter(isChanged)) await this.#watchBucket(one);
    } catch (error) {
      this.#forget();
      throw error;
    }
    this.#watched = watched;
  }

  /** Takes in events that are stored since the last time. */
  async readEvents(): Promise<void> {
    const { engine, clock, cursors } = this.#parts;
    const now = await storeSeconds(engine);
    const isWide = clock.nowMs() - this.#wideMs >= WIDE_EVERY_MS;
    const bySince = new Map<number, BucketWatch[]>();
    for (const watch of this.book.watches()) {
      const since = await cursors.since(watch.bucket, signOf(watch), isWide ? 'wide' : 'near');
      bySince.set(since, [...(bySince.get(since) ?? []), watch]);
    }
    for (const [storedSince, watches] of bySince) {
      const buckets = watches.map(({ bucket }) => bucket);
      const sinceMs = clock.nowMs() - HISTORY_MS;
      for await (const page of eventTail({ buckets, storedSince, sinceMs }, engine))
        await this.keep(page.map((event) => this.#tellEvent(event)).filter(isChange));
      await cursors.reach(
        new Map(watches.map((watch) => [watch.bucket, { storedSince: now, watch: signOf(watch) }])),
      );
    }
    if (isWide) this.#wideMs = clock.nowMs();
  }

  /** Takes in what was listed, and stores it; gives how many files were not known, and how many are of series too many. */
  async listed(
    bucket: string,
    objects: readonly ListedObject[],
  ): Promise<{ readonly files: number; readonly leftOut: number }> {
    const before = this.book.overflow;
    const changes = objects
      .map(({ key, etag, sizeBytes, modifiedMs }) =>
        this.book.tell(bucket, { key, etag, sizeBytes, atMs: modifiedMs, versionId: '', feed: 'listing' }),
      )
      .filter(isChange);
    const leftOut = this.book.overflow - before;
    await this.keep(changes);
    return { files: changes.filter(isNews).length, leftOut };
  }

  /** Stores what changed; then it counts. */
  async keep(changes: readonly Change[]): Promise<void> {
    if (changes.length === 0) return;
    try {
      await saveFiles(changes, this.#parts.engine);
    } catch (error) {
      this.#forget();
      throw error;
    }
    for (const { series } of changes) this.touch(series);
  }

  touch({ bucket, id }: Pick<BookSeries, 'bucket' | 'id'>): void {
    this.#touched.add(seriesKey({ bucket, id }));
  }

  /** Judges what something is new of, or what time changes; gives what was judged. */
  async judge(): Promise<Judged[]> {
    const judged: Judged[] = [];
    let turn = 0;
    for (const series of this.book.series()) {
      const key = seriesKey(series);
      const known = this.standings.get(key);
      const nowMs = this.#parts.clock.nowMs();
      const isDue = known === undefined || known.stand.nextCheckMs <= nowMs || this.#touched.has(key);
      if (!isDue || (series.expected === undefined && this.unread.has(series.bucket))) continue;
      this.#touched.delete(key);
      judged.push(this.judgeOne(series));
      turn += 1;
      if (turn % AT_ONCE === 0) await othersTurn();
    }
    return judged;
  }

  /** Judges one series as of now. */
  judgeOne(series: BookSeries): Judged {
    const key = seriesKey(series);
    const nowMs = this.#parts.clock.nowMs();
    const before = this.standings.get(key);
    const isFresh = before !== undefined && nowMs - before.learnedMs < LEARNED_MS;
    const proposal = isFresh ? before.stand.proposal : undefined;
    const firstDueMs = series.expected === undefined ? undefined : this.#expectedSince(series);
    const stand = standOf(
      series,
      {
        said: saidOf(this.#acts.get(key) ?? [], nowMs),
        ...(firstDueMs === undefined ? {} : { expectedSinceMs: firstDueMs }),
        ...(proposal === undefined ? {} : { proposal }),
      },
      { nowMs, calendars: this.#calendars, timezone: this.#settings.timezone },
    );
    this.standings.set(key, {
      stand,
      learnedMs: proposal === undefined ? nowMs : (before?.learnedMs ?? nowMs),
    });
    // A bucket that could not be listed when it had to be says nothing of what came since.
    if (!isMendable(stand.state.verdict)) this.evidence.delete(key);
    return { series, stand, evidence: this.evidence.get(key) ?? '' };
  }

  /** Stores what was judged, and takes back the series there are no more; gives whether anything else is said of a series. */
  async write(judged: readonly Judged[]): Promise<boolean> {
    const nowMs = this.#parts.clock.nowMs();
    const isNews = await this.#written.write(judged, nowMs);
    await this.#written.keepOnly(this.book.series(), nowMs);
    return isNews;
  }

  /** Stores what somebody said of a series; judged the next time. */
  async say(act: StoredAct): Promise<void> {
    await saveAct(act, this.#parts.engine);
    const key = seriesKey({ bucket: act.bucket, id: act.series });
    this.#acts.set(key, [...(this.#acts.get(key) ?? []), act]);
    this.touch({ bucket: act.bucket, id: act.series });
  }

  get calendars(): Calendars {
    return this.#calendars;
  }

  get timezone(): string {
    return this.#settings.timezone;
  }

  async #open(): Promise<void> {
    await this.#written.read();
    const acts = new Map<string, StoredAct[]>();
    for (const act of await readActs(this.#parts.engine)) {
      const key = seriesKey({ bucket: act.bucket, id: act.series });
      acts.set(key, [...(acts.get(key) ?? []), act]);
    }
    this.#acts = acts;
    await this.watch();
  }

  /** What could not be stored is not known: everything is read again. */
  #forget(): void {
    this.book = new Book();
    this.standings.clear();
    this.#opened = undefined;
    this.#watched = new Map();
  }

  async #watchBucket(watch: BucketWatch): Promise<void> {
    const { bucket } = watch;
    const isKnown = this.#watched.has(bucket);
    const before = this.book.seriesOf(bucket);
    this.#drop(bucket);
    this.book.watch(watch);
    if ((await this.#parts.cursors.since(bucket, signOf(watch))) === 0) this.news.add(bucket);
    if (isKnown) await this.#retell(bucket, before);
    else await this.#readKept(bucket);
  }

  #drop(bucket: string): void {
    for (const series of this.book.seriesOf(bucket)) {
      this.standings.delete(seriesKey(series));
      this.evidence.delete(seriesKey(series));
    }
    this.book.unwatch(bucket);
  }

  async #readKept(bucket: string): Promise<void> {
    const sinceMs = this.#parts.clock.nowMs() - HISTORY_MS;
    for await (const page of keptFiles({ bucket, sinceMs }, this.#parts.engine)) {
      const told = page.map((file) => ({ file, change: this.#putBack(bucket, file) }));
      await this.keep(
        told.flatMap(({ file, change }) =>
          change !== undefined && (change.series.id !== file.series || change.instead !== undefined)
            ? [change]
            : [],
        ),
      );
    }
  }

  /** The files of a bucket sorted anew; what is of another series now is stored as that. */
  async #retell(bucket: string, before: readonly BookSeries[]): Promise<void> {
    const changes: Change[] = [];
    for (const { id, files } of before) {
      for (const file of files) {
        const change = this.#putBack(bucket, file);
        if (change !== undefined && change.series.id !== id) changes.push(change);
      }
      await othersTurn();
    }
    await this.keep(changes);
  }

  #putBack(bucket: string, file: KeptFile | BookFile): Change | undefined {
    const told = this.book.tell(bucket, file);
    if (told === undefined) return undefined;
    const { removedMs, look } = file;
    if (removedMs === undefined && look === undefined) return told;
    const whole = {
      ...told.file,
      ...(removedMs === undefined ? {} : { removedMs }),
      ...(look === undefined ? {} : { look }),
    };
    const change = this.book.change(told.series, told.file, whole);
    return told.instead === undefined ? change : { ...change, instead: told.instead };
  }

  #tellEvent(event: TailEvent): Change | undefined {
    const { bucket, kind, ...file } = event;
    if (kind === 'removed') return this.book.remove(bucket, file);
    // Without a size nothing can be said of it: a look will find it.
    if (!('sizeBytes' in event) || event.sizeBytes === undefined) return undefined;
    const { key, versionId, etag, atMs, sizeBytes } = event;
    return this.book.tell(bucket, { key, versionId, etag, atMs, sizeBytes, feed: 'event' });
  }

  /** From when on an expected series is: what was told of its first run is kept. */
  #expectedSince({ bucket, id, expected }: BookSeries): number | undefined {
    const dueMs = this.#written.firstDueMs(bucket, id);
    if (dueMs === undefined || expected === undefined) return undefined;
    const { schedule } = expected.rule;
    return schedule.kind === 'every' ? dueMs - schedule.periodMs : dueMs;
  }
}

/** One key for a series among all buckets. */
export function seriesKey({ bucket, id }: Pick<BookSeries, 'bucket' | 'id'>): string {
  return `${bucket}\n${id}`;
}

/** Lets what waits for this process have its turn. */
export function othersTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

function isChange(change: Change | undefined): change is Change {
  return change !== undefined;
}

/** Not one that is known better now, or was removed. */
function isNews({ file, instead }: Change): boolean {
  return instead === undefined && file.removedMs === undefined;
}

/** What decides which files of a bucket count. */
export function signOf({ expected, discovery }: BucketWatch): string {
  return JSON.stringify([
    expected.map(({ name, pattern, fileBytesMin }) => [name, pattern, fileBytesMin]),
    discovery === undefined ? null : [discovery.prefix, discovery.grouping],
  ]);
}
