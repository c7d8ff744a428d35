/** Looks at buckets in their turn: whole now and then, and a series' part before something wrong is said of it. */
import PQueue from 'p-queue';
import type { Engine } from '../../engine/engine.ts';
import type { Clock } from '../../lib/clock.ts';
import type { ListedObject } from '../../s3/s3.ts';
import type { BookSeries, BucketWatch } from './book.ts';
import {
  type BucketLook,
  type BucketLookRequest,
  type BucketLooks,
  lastLooks,
  type LookCause,
  saveLook,
} from './bucket-looks.ts';
import { type Desk, seriesKey, signOf } from './desk.ts';
import { type LookPart, partKey, seriesLook, wholeLook } from './look-plan.ts';
import type { LookOutcome } from './monitor.ts';
import { isMendable, suspicion } from './suspects.ts';
import type { Judged } from './written.ts';

interface RoundsParts {
  readonly desk: Desk;
  readonly looks: BucketLooks;
  readonly engine: Engine;
  readonly clock: Clock;
}

/** What is done to what is known is done in turn; asking a store is not. */
export type Turn = <Result>(work: () => Promise<Result>) => Promise<Result>;

/** How a look goes on. */
interface LookParts {
  readonly turn: Turn;
  readonly signal: AbortSignal;
}

/** A whole listing that goes on where it was cut short. */
interface WholeLook {
  readonly sign: string;
  readonly startMs: number;
  /** Keys that were there, as far as was known, and were not listed yet. */
  readonly unseen: Set<string>;
  /** How far each part was listed, by its prefix. */
  readonly parts: Map<string, { readonly isDone: boolean; readonly after: string }>;
}

interface Suspect {
  readonly series: BookSeries;
  readonly cause: LookCause;
  readonly sinceMs: number;
}

/** Deadlines do not wait longer for stores than this, all of them together. */
const DEADLINE_LOOKS_MS = 25_000;
/** Series listed at once. */
const AT_ONCE = 32;
/** Keys are looked at again from so long before the run that is wrong. */
const REACH_MS = 3_600_000;
/** What was listed is stored so many at a time. */
const STORED_AT_ONCE = 10_000;

export class BucketRounds {
  readonly #parts: RoundsParts;
  /** When each part was last listed whole by those before; by `partKey`, milliseconds since 1970 UTC. */
  #stored: Map<string, number> | undefined;
  /** When each bucket was last listed whole, and for what. */
  readonly #whole = new Map<string, { readonly sign: string; readonly atMs: number }>();
  /** When each series was last listed. */
  readonly #series = new Map<string, number>();
  readonly #underWay = new Map<string, WholeLook>();

  constructor(parts: RoundsParts) {
    this.#parts = parts;
  }

  /** Lists buckets whole that were not for so long; gives whether any was asked. */
  async lookWhole(everyMs: number, parts: LookParts): Promise<boolean> {
    const { desk, clock } = this.#parts;
    let isAsked = false;
    for (const watch of desk.book.watches()) {
      const lastMs = await this.#lastWhole(watch);
      if (lastMs !== undefined && clock.nowMs() - lastMs < everyMs) continue;
      const cause = lastMs === undefined ? 'first' : 'regular';
      const { requests } = await this.lookAt({ bucket: watch.bucket, cause }, parts);
      isAsked ||= requests > 0;
    }
    return isAsked;
  }

  /** Lists a bucket, as far as its series reach; unless somebody asked, from where it was cut short. */
  async lookAt(
    { bucket, cause }: { readonly bucket: string; readonly cause: LookCause },
    { turn, signal }: LookParts,
  ): Promise<LookOutcome> {
    const { desk } = this.#parts;
    const watch = desk.book.watchOf(bucket);
    const sum = { requests: 0, keys: 0, files: 0, problem: '' };
    if (watch === undefined) return sum;
    if (cause === 'first') desk.unread.add(bucket);
    const whole = this.#begun(watch, cause);
    try {
      for (const part of wholeLook(watch)) {
        const look = await this.#lookAtPart({ bucket, part, cause }, whole, { turn, signal });
        sum.requests += look.requests;
        sum.keys += look.keys;
        sum.files += look.files;
        sum.problem ||= look.problem;
      }
      if (sum.problem === '') await turn(() => this.#end(bucket, whole));
    } finally {
      // What is read on soon is not judged by the part of it that is known.
      const isAhead = this.#underWay.has(bucket) && isBegun(whole) && (sum.requests === 0 || sum.keys > 0);
      if (!isAhead) desk.unread.delete(bucket);
    }
    if (sum.requests > 0) for (const series of desk.book.seriesOf(bucket)) desk.touch(series);
    return sum;
  }

  /** Lists what would be wrong before that is said; gives the series whose listing was tried. */
  async lookAtSuspects(judged: readonly Judged[], signal: AbortSignal): Promise<BookSeries[]> {
    const endMs = performance.now() + DEADLINE_LOOKS_MS;
    const suspects = await this.#suspects(judged);
    const lists = new PQueue({ concurrency: AT_ONCE });
    const turns = new PQueue({ concurrency: 1 });
    const turn: Turn = (work) => turns.add(work);
    const looks = suspects.map((suspect) =>
      lists.add(() => this.#lookForOne(suspect, endMs - performance.now(), { turn, signal })),
    );
    // None goes on when this is over.
    for (const look of await Promise.allSettled(looks)) if (look.status === 'rejected') throw look.reason;
    return suspects.map(({ series }) => series);
  }

  /** Those that nobody looked for yet come first. */
  async #suspects(judged: readonly Judged[]): Promise<Suspect[]> {
    const { desk, clock } = this.#parts;
    const wholeMs = new Map<string, number>();
    const suspects: Suspect[] = [];
    for (const one of judged) {
      const { series } = one;
      if (!isMendable(one.stand.state.verdict)) continue;
      const watch = desk.book.watchOf(series.bucket);
      if (watch !== undefined && !wholeMs.has(watch.bucket))
        wholeMs.set(watch.bucket, (await this.#lastWhole(watch)) ?? 0);
      const lastMs = Math.max(wholeMs.get(series.bucket) ?? 0, this.#series.get(seriesKey(series)) ?? 0);
      const cause = suspicion(one, lastMs, clock.nowMs());
      if (cause === undefined) continue;
      suspects.push({ series, cause, sinceMs: one.stand.state.newest?.opensMs ?? 0 });
    }
    const isFirst = ({ cause }: Suspect): number => (cause === 'deadline' ? 0 : 1);
    return suspects.sort((a, b) => isFirst(a) - isFirst(b));
  }

  async #lookForOne(
    { series, cause, sinceMs }: Suspect,
    leftMs: number,
    { turn, signal }: LookParts,
  ): Promise<void> {
    const { desk, clock } = this.#parts;
    const key = seriesKey(series);
    if (leftMs <= 0) {
      desk.evidence.set(key, 'its store was too slow for all that was to be listed');
      return;
    }
    const startMs = clock.nowMs();
    const part = seriesLook(series, sinceMs - REACH_MS);
    const request = { bucket: series.bucket, part, cause, timeoutMs: Math.ceil(leftMs) };
    const look = await this.#look(request, { turn, signal });
    if (look.problem === '') desk.evidence.delete(key);
    else desk.evidence.set(key, look.problem);
    this.#series.set(key, startMs);
  }

  #begun(watch: BucketWatch, cause: LookCause): WholeLook {
    const { bucket } = watch;
    const sign = signOf(watch);
    const known = this.#underWay.get(bucket);
    if (known?.sign === sign && cause !== 'asked') return known;
    const startMs = this.#parts.clock.nowMs();
    const begun: WholeLook = { sign, startMs, unseen: this.#known(bucket), parts: new Map() };
    this.#underWay.set(bucket, begun);
    return begun;
  }

  async #end(bucket: string, whole: WholeLook): Promise<void> {
    await this.#noteGone(bucket, whole);
    this.#whole.set(bucket, { sign: whole.sign, atMs: whole.startMs });
    this.#underWay.delete(bucket);
    this.#parts.desk.news.delete(bucket);
  }

  async #lookAtPart(
    request: BucketLookRequest,
    whole: WholeLook,
    parts: LookParts,
  ): Promise<BucketLook & { readonly files: number }> {
    const { part } = request;
    const known = whole.parts.get(part.prefix) ?? { isDone: false, after: '' };
    if (known.isDone) return NOTHING_LEFT;
    const from: LookPart = known.after === '' ? part : { ...part, startAfter: known.after };
    const look = await this.#look({ ...request, part: from }, { ...parts, unseen: whole.unseen });
    const after = look.lastKey === '' ? known.after : look.lastKey;
    whole.parts.set(part.prefix, { isDone: look.problem === '', after });
    return look;
  }

  async #look(
    request: BucketLookRequest,
    { unseen, turn, signal }: LookParts & { readonly unseen?: Set<string> },
  ): Promise<BucketLook & { readonly files: number }> {
    const { desk, looks, engine } = this.#parts;
    const listed: ListedObject[] = [];
    const sum = { files: 0, leftOut: 0 };
    const store = async (): Promise<void> => {
      const objects = listed.splice(0);
      if (objects.length === 0) return;
      const { files, leftOut } = await turn(async () => {
        await desk.open();
        return desk.listed(request.bucket, objects);
      });
      for (const { key } of objects) unseen?.delete(key);
      sum.files += files;
      sum.leftOut += leftOut;
    };
    const look = await looks.look(
      request,
      async (objects) => {
        listed.push(...objects);
        if (listed.length >= STORED_AT_ONCE) await store();
      },
      signal,
    );
    await store();
    if (look.requests > 0) await saveLook(request, { ...look, ...sum }, engine);
    return { ...look, files: sum.files };
  }

  /** Keys that are there, as far as is known. */
  #known(bucket: string): Set<string> {
    const files = this.#parts.desk.book.seriesOf(bucket).flatMap((series) => series.files);
    return new Set(files.filter(({ removedMs }) => removedMs === undefined).map(({ key }) => key));
  }

  /** What was there before a whole listing and is not in it was removed. */
  async #noteGone(bucket: string, { unseen, startMs }: WholeLook): Promise<void> {
    if (unseen.size === 0) return;
    const { desk, clock } = this.#parts;
    await desk.open();
    const removedMs = clock.nowMs();
    const changes = desk.book
      .seriesOf(bucket)
      .flatMap((series) =>
        series.files
          .filter((file) => file.removedMs === undefined && file.atMs < startMs && unseen.has(file.key))
          .map((file) => desk.book.change(series, file, { ...file, removedMs })),
      );
    await desk.keep(changes);
  }

  /** When all that is looked for now was last listed: every part of it. */
  async #lastWhole(watch: BucketWatch): Promise<number | undefined> {
    const { bucket } = watch;
    const known = this.#whole.get(bucket);
    if (known !== undefined) return known.sign === signOf(watch) ? known.atMs : undefined;
    if (this.#parts.desk.news.has(bucket)) return undefined;
    this.#stored ??= await lastLooks(this.#parts.engine);
    let leastMs = Number.POSITIVE_INFINITY;
    for (const { prefix } of wholeLook(watch))
      leastMs = Math.min(leastMs, this.#stored.get(partKey(bucket, prefix)) ?? Number.NEGATIVE_INFINITY);
    return Number.isFinite(leastMs) ? leastMs : undefined;
  }
}

const NOTHING_LEFT = { atMs: 0, requests: 0, keys: 0, files: 0, lastKey: '', problem: '' } as const;

function isBegun({ parts }: WholeLook): boolean {
  return [...parts.values()].some(({ after }) => after !== '');
}
