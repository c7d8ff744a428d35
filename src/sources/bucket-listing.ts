/**
 * Log objects in a bucket, found by listing. Keys that sort by time make a stream, and a look at a stream is one LIST
 * from shortly before its newest key; what is kept is proportional to the streams, not to the objects.
 */
import type { FormatName } from '../formats/format.ts';
import type { Clock } from '../lib/clock.ts';
import { Fault } from '../lib/fault.ts';
import type { ListedObject, ListPage, ListRequest, S3Reader } from '../s3/s3.ts';
import {
  type CursorStore,
  CursorWriter,
  type StoredCursor,
  type StoredStream,
} from './bucket-listing-cursor.ts';
import {
  compareKeys,
  endOf,
  listPrefix,
  type StreamName,
  type TimedKey,
  timedKey,
} from './bucket-listing-keys.ts';
import { type Ending, objectOffer } from './bucket-listing-offer.ts';
import { Retries, type Wanted } from './bucket-listing-retries.ts';
import { LooseObjects, type Memory, StreamProgress } from './bucket-listing-stream.ts';
import { Tally } from './bucket-listing-tally.ts';
import { walk } from './bucket-listing-walk.ts';
import { bucketPlace } from './inventory-places.ts';
import { offersOfReport, roleOf } from './inventory-report.ts';
import { ReportsSeen } from './inventory-seen.ts';
import type { OfferedBatch, Source, SourceRun, SourceStatus } from './source.ts';

export interface BucketListingRequest {
  readonly name: string;
  /** `s3://bucket/prefix/`; everything below the prefix. */
  readonly uri: string;
  readonly format?: FormatName;
  /** How often the streams are looked at. */
  readonly pollMs: number;
  /** How often new streams are looked for once there is one; default: 5 minutes, or `pollMs` when that is longer. */
  readonly discoverMs?: number;
  /** Milliseconds since 1970 UTC; objects last modified before are left alone. */
  readonly since?: number;
  /** How far before the newest key late keys are still found; default: 15 minutes. */
  readonly overlapMs?: number;
}

export interface BucketListingParts {
  /** A connection of this source alone: its requests are what the source has cost. */
  readonly s3: S3Reader;
  readonly clock: Clock;
  readonly cursors: CursorStore;
}

const MINUTE_MS = 60_000;
const STREAMS_MAX = 10_000;
const RETRIES_MAX = 1_000;
const LOOSE_MAX = 100_000;
/** Marks of settled keys kept in the cursor, for all streams together. */
const MARKS_MAX = 20_000;
const BACKOFF_MS_MAX = 5 * MINUTE_MS;
const PEEK_KEYS = 10;
const OVERLAP_MS = 15 * MINUTE_MS;
/** A key may say an earlier time than its object was written at: event days are delivered late. */
const DELIVERY_MS_MAX = 48 * 60 * MINUTE_MS;
/** Reading these needs a restore first, which is not ours to ask for. */
const ARCHIVED: ReadonlySet<string> = new Set(['GLACIER', 'DEEP_ARCHIVE']);

/**
 * A source over what is below an `s3://` URI. The origin of a batch is `s3://<bucket>/<key>` with the key as it is,
 * not encoded: up to the first `/` it is the bucket, the rest is the key. Throws a `Fault` of code `invalid` for
 * another URI.
 */
export function openBucketListing(request: BucketListingRequest, parts: BucketListingParts): Source {
  return new BucketListing(request, parts);
}

interface Reading {
  readonly progress: StreamProgress;
  /** The last key taken from a page. */
  after: string;
}

class BucketListing implements Source {
  readonly kind = 'bucket-listing';
  readonly name: string;
  readonly location: string;
  readonly #bucket: string;
  readonly #root: string;
  readonly #request: BucketListingRequest;
  readonly #parts: BucketListingParts;
  readonly #streams = new Map<string, StreamProgress>();
  /** Streams with pages to come in the look under way. */
  #readings: Reading[] = [];
  readonly #loose = new LooseObjects(LOOSE_MAX);
  readonly #retries: Retries;
  readonly #cursor: CursorWriter;
  #state: 'idle' | 'reading' | 'waiting' | 'done' = 'idle';
  #underWay = 0;
  #lastCheckedMs = 0;
  #lastWalkMs = Number.NEGATIVE_INFINITY;
  /** Of the look under way. */
  #faults: Fault[] = [];
  /** Of the last look, until a listing succeeds again. */
  #shown: Fault | undefined;
  #failedLooks = 0;
  readonly #reports = new ReportsSeen();
  readonly #archived = new Tally();
  readonly #gone = new Tally();

  constructor(request: BucketListingRequest, parts: BucketListingParts) {
    const match = /^s3:\/\/([^/]+)(?:\/(.*))?$/s.exec(request.uri);
    if (match === null)
      throw new Fault('invalid', `Cannot list: not an s3://bucket/prefix/ URI, got "${request.uri}".`);
    this.name = request.name;
    this.location = request.uri;
    this.#bucket = match[1] ?? '';
    this.#root = match[2] ?? '';
    this.#request = request;
    this.#parts = parts;
    this.#cursor = new CursorWriter({ source: request.name, location: request.uri }, parts);
    this.#retries = new Retries({ waitMs: request.pollMs, max: RETRIES_MAX });
  }

  async *batches(run: SourceRun): AsyncGenerator<OfferedBatch> {
    try {
      await this.#restore();
      while (!run.signal.aborted) {
        this.#state = 'reading';
        yield* this.#look(run);
        this.#state = 'waiting';
        await this.#cursor.save(() => this.#stored());
        const fault = this.#faults[0];
        if (!run.follow) {
          if (fault !== undefined) throw fault;
          break;
        }
        await this.#parts.clock.sleep(this.#pauseMs(), run.signal).catch(() => undefined);
      }
    } finally {
      this.#state = 'done';
      await this.#cursor.save(() => this.#stored());
    }
  }

  status(): SourceStatus {
    const problem = this.#problem();
    return {
      state: problem === '' ? this.#state : 'failing',
      message: [problem, ...this.#notes()].filter((text) => text !== '').join(' '),
      lastCheckedMs: this.#lastCheckedMs,
      requests: { LIST: 0, GET: 0, ...this.#parts.s3.requests },
    };
  }

  /** One look at everything: what failed before, new streams when it is time, then every stream page by page in turn. */
  async *#look(run: SourceRun): AsyncGenerator<OfferedBatch> {
    const { clock } = this.#parts;
    this.#faults = [];
    for (const wanted of this.#retries.takeDue(clock.nowMs())) {
      if (run.signal.aborted) return;
      yield* this.#offers(wanted, () => undefined, run);
    }
    this.#readings = [...this.#streams.values()].map(readingOf);
    if (this.#isWalkDue()) yield* this.#guarded(this.#walk(run), run);
    while (this.#readings.length > 0 && !run.signal.aborted && !this.#isStuck()) {
      const reading = this.#readings.shift();
      if (reading !== undefined) yield* this.#guarded(this.#readPage(reading, run), run);
    }
    if (this.#retries.isFull) {
      const { size, reason } = this.#retries;
      this.#faults.push(new Fault('limit', `Cannot read on: ${size} objects failed; the last: ${reason}`));
    }
    this.#shown = this.#faults[0];
    this.#failedLooks = this.#faults.length === 0 ? 0 : this.#failedLooks + 1;
    this.#lastCheckedMs = clock.nowMs();
  }

  /** A listing that fails ends for this look; the others go on, unless the store does not answer at all. */
  async *#guarded(offers: AsyncGenerator<OfferedBatch>, run: SourceRun): AsyncGenerator<OfferedBatch> {
    try {
      yield* offers;
    } catch (error) {
      if (run.signal.aborted) return;
      if (!(error instanceof Fault)) throw error;
      this.#faults.push(error);
    }
  }

  async #list(request: Omit<ListRequest, 'bucket'>, run: SourceRun): Promise<ListPage> {
    const page = await this.#parts.s3.listPage({ bucket: this.#bucket, ...request }, run.signal);
    if (this.#faults.length === 0) this.#shown = undefined;
    return page;
  }

  #isStuck(): boolean {
    return this.#retries.isFull || this.#faults.some((fault) => fault.retry);
  }

  #isWalkDue(): boolean {
    const { discoverMs, pollMs } = this.#request;
    const everyMs = discoverMs ?? Math.max(pollMs, 5 * MINUTE_MS);
    return this.#streams.size === 0 || this.#parts.clock.nowMs() - this.#lastWalkMs >= everyMs;
  }

  async *#walk(run: SourceRun): AsyncGenerator<OfferedBatch> {
    const startMs = this.#parts.clock.nowMs();
    const found = walk(this.#root, {
      listFolder: (prefix, from) => this.#list({ prefix, delimiter: '/', ...from }, run),
      peek: (prefix) => this.#list({ prefix, maxKeys: PEEK_KEYS }, run),
      isDayStream: (prefix) => this.#streams.has(streamId({ prefix, layout: 'days' })),
      isKnown: (folder) => this.#reports.isKnown(folder),
    });
    for await (const one of found) {
      if (run.signal.aborted || this.#retries.isFull) return;
      if (one.kind === 'stream') this.#addStream(one.stream, this.#beginningOf(one.stream));
      else yield* this.#take(one.object, this.#loose, run);
    }
    this.#lastWalkMs = startMs;
  }

  #beginningOf(timed: TimedKey): { readonly start: string; readonly known: readonly string[] } {
    const { since } = this.#request;
    return { start: since === undefined ? '' : timed.at(Math.max(0, since - DELIVERY_MS_MAX)), known: [] };
  }

  #addStream(stream: StreamName, at: { readonly start: string; readonly known: readonly string[] }): void {
    const id = streamId(stream);
    if (this.#streams.has(id)) return;
    if (this.#streams.size === STREAMS_MAX) {
      throw new Fault(
        'limit',
        `Cannot follow ${this.location}: more than ${STREAMS_MAX} streams of keys below it; name a longer prefix.`,
      );
    }
    const progress = new StreamProgress({
      stream: { prefix: stream.prefix, layout: stream.layout },
      root: this.#root,
      overlapMs: this.#request.overlapMs ?? OVERLAP_MS,
      start: at.start,
      known: at.known,
    });
    this.#streams.set(id, progress);
    this.#readings.push(readingOf(progress));
  }

  /** One page of a stream; when there are more, the stream queues again behind the others. */
  async *#readPage(reading: Reading, run: SourceRun): AsyncGenerator<OfferedBatch> {
    const { progress } = reading;
    const { stream } = progress;
    const before = reading.after;
    const from = before === '' ? {} : { startAfter: before };
    const page = await this.#list({ prefix: listPrefix(stream, this.#root), ...from }, run);
    for (const object of page.objects) {
      if (run.signal.aborted || this.#retries.isFull) return;
      if (compareKeys(object.key, endOf(stream)) > 0) break;
      yield* this.#takeOf(progress, object, run);
      reading.after = object.key;
    }
    progress.advance();
    const hasMore =
      page.isTruncated && (page.objects.length === 0 || page.objects.at(-1)?.key === reading.after);
    if (!hasMore) progress.endPass();
    else if (compareKeys(reading.after, before) > 0) this.#readings.push(reading);
    else throw new Fault('unavailable', `Cannot list beyond "${before}": the store gives no more keys.`);
  }

  async *#takeOf(
    progress: StreamProgress,
    object: ListedObject,
    run: SourceRun,
  ): AsyncGenerator<OfferedBatch> {
    const { stream } = progress;
    const timed = timedKey(object.key, this.#root);
    if (timed !== undefined && streamId(timed) !== streamId(stream)) {
      this.#addStream(timed, this.#beginningOf(timed));
      return;
    }
    if (timed !== undefined) progress.see(object.key, timed, this.#parts.clock.nowMs());
    yield* this.#take(object, progress, run);
  }

  async *#take(object: ListedObject, memory: Memory, run: SourceRun): AsyncGenerator<OfferedBatch> {
    const isMarker = object.key.endsWith('/') && object.sizeBytes === 0;
    if (isMarker || !memory.isNew(object)) return;
    const settle = memory.begin(object);
    const isOld = object.modifiedMs > 0 && object.modifiedMs < (this.#request.since ?? 0);
    const isArchived = ARCHIVED.has(object.storageClass);
    if (isArchived && !isOld) this.#archived.add(object.key);
    const { key, etag, modifiedMs } = object;
    if (isOld || isArchived) settle();
    else yield* this.#offers({ key, etag, modifiedMs }, settle, run);
  }

  /** What an object is offered as: itself, or the data files of the inventory report that it stands for. */
  async *#offers(wanted: Wanted, settle: () => void, run: SourceRun): AsyncGenerator<OfferedBatch> {
    const { format = 'inventory' } = this.#request;
    const role = format === 'inventory' ? roleOf(wanted.key) : undefined;
    if (role === undefined) {
      const ending = this.#begin(wanted, settle, run);
      yield objectOffer(wanted, ending, { ...this.#request, bucket: this.#bucket, s3: this.#parts.s3 });
      return;
    }
    if (role === 'data') this.#reports.pass(wanted.key);
    if (role === 'data' || role === 'checksum') {
      settle();
      return;
    }
    this.#reports.see(wanted.key);
    const { acknowledge, failed } = this.#begin(wanted, settle, run);
    const ended = async (failure: string | undefined): Promise<void> => {
      if (failure !== undefined) return failed(failure);
      this.#reports.settle(wanted.key);
      await acknowledge();
    };
    yield* offersOfReport(wanted.key, ended, bucketPlace(this.#bucket, this.#parts.s3, run.signal));
  }

  /** An object is under way from here until it is acknowledged or has failed. */
  #begin(wanted: Wanted, settle: () => void, run: SourceRun): Ending {
    this.#underWay += 1;
    const end = async (): Promise<void> => {
      this.#underWay -= 1;
      const isLast = this.#state !== 'reading' && this.#underWay === 0;
      if (isLast || this.#cursor.isDue()) await this.#cursor.save(() => this.#stored());
    };
    return {
      acknowledge: async () => {
        settle();
        this.#retries.settle(wanted);
        await end();
      },
      failed: (reason, isGone = false) => {
        // What the stop interrupts stays unacknowledged, and is no failure.
        if (!run.signal.aborted) {
          settle();
          if (isGone) this.#gone.add(wanted.key);
          if (isGone) this.#retries.settle(wanted);
          else this.#retries.failed(wanted, reason, this.#parts.clock.nowMs());
        }
        void end();
      },
    };
  }

  async #restore(): Promise<void> {
    const stored = this.#state === 'idle' ? await this.#cursor.read() : undefined;
    for (const stream of stored?.streams ?? []) this.#addStream(stream, stream);
    this.#retries.restore(stored?.retries ?? []);
  }

  /** What a restart needs. Moves the streams' starts up first. */
  #stored(): StoredCursor {
    let marksLeft = MARKS_MAX;
    const streams: StoredStream[] = [];
    for (const progress of this.#streams.values()) {
      progress.advance();
      const stored = progress.stored(marksLeft);
      marksLeft -= stored.known.length;
      streams.push(stored);
    }
    return { version: 1, location: this.location, streams, retries: this.#retries.stored() };
  }

  #pauseMs(): number {
    const { pollMs } = this.#request;
    if (this.#failedLooks === 0) return pollMs;
    return Math.min(Math.max(pollMs, BACKOFF_MS_MAX), pollMs * 2 ** (this.#failedLooks - 1));
  }

  #problem(): string {
    if (this.#shown !== undefined) return this.#shown.message;
    const { size, reason } = this.#retries;
    if (size > 0) return `${size} objects cannot be read and will be tried again; the last: ${reason}`;
    return this.#cursor.problem;
  }

  #notes(): string[] {
    return [
      this.#reports.note(),
      this.#archived.count === 0
        ? ''
        : `${this.#archived.text()} archived (GLACIER, DEEP_ARCHIVE) and left alone.`,
      this.#gone.count === 0 ? '' : `${this.#gone.text()} deleted before it could be read.`,
      this.#loose.isFull
        ? `More than ${LOOSE_MAX} keys without a time: the rest is offered again at every look.`
        : '',
    ];
  }
}

function readingOf(progress: StreamProgress): Reading {
  return { progress, after: progress.start };
}

function streamId({ prefix, layout }: StreamName): string {
  return `${layout}:${prefix}`;
}
