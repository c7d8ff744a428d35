/** Looks at buckets in their turn: whole now and then, and a series' part before something wrong is said of it. */
import type { Engine } from '../../engine/engine.ts';
import type { Clock } from '../../lib/clock.ts';
import type { BookSeries, Change } from './book.ts';
import {
  type BucketLook,
  type BucketLookRequest,
  type BucketLooks,
  lastWholeLooks,
  type LookCause,
  saveLook,
} from './bucket-looks.ts';
import { type Desk, seriesKey } from './desk.ts';
import { seriesLook, wholeLook } from './look-plan.ts';
import type { LookOutcome } from './monitor.ts';
import { suspicion } from './suspects.ts';
import type { Judged } from './written.ts';

interface RoundsParts {
  readonly desk: Desk;
  readonly looks: BucketLooks;
  readonly engine: Engine;
  readonly clock: Clock;
}

/** A deadline does not wait longer for a store than this. */
const DEADLINE_LOOK_MS = 20_000;
/** Series of one bucket that are listed one by one; with more of them the bucket is listed whole. */
const SERIES_LOOKS_MAX = 20;
/** Keys are looked at again from so long before the run that is wrong. */
const REACH_MS = 3_600_000;

export class BucketRounds {
  readonly #parts: RoundsParts;
  /** When each bucket was last listed whole, and each series; milliseconds since 1970 UTC. */
  #whole: Map<string, number> | undefined;
  readonly #series = new Map<string, number>();

  constructor(parts: RoundsParts) {
    this.#parts = parts;
  }

  /** Lists buckets whole that were not for so long; gives whether any was asked. */
  async lookWhole(everyMs: number, signal: AbortSignal): Promise<boolean> {
    const { desk, clock } = this.#parts;
    let isAsked = false;
    for (const { bucket } of desk.book.watches()) {
      const lastMs = await this.#lastWhole(bucket);
      if (lastMs !== undefined && clock.nowMs() - lastMs < everyMs) continue;
      const { requests } = await this.lookAt(bucket, lastMs === undefined ? 'first' : 'regular', signal);
      isAsked ||= requests > 0;
    }
    return isAsked;
  }

  /** Lists a bucket, as far as its series reach. */
  async lookAt(bucket: string, cause: LookCause, signal: AbortSignal): Promise<LookOutcome> {
    const { desk, clock } = this.#parts;
    const watch = desk.book.watchOf(bucket);
    const sum = { requests: 0, keys: 0, files: 0, problem: '' };
    if (watch === undefined) return sum;
    const startMs = clock.nowMs();
    if (cause === 'first') desk.unread.add(bucket);
    try {
      for (const part of wholeLook(watch)) {
        const unseen = this.#known(bucket, part.prefix);
        const look = await this.#look({ bucket, part, cause }, { unseen, signal });
        sum.requests += look.requests;
        sum.keys += look.keys;
        sum.files += look.files;
        sum.problem ||= look.problem;
        if (look.problem === '') await this.#noteGone(bucket, unseen, startMs);
      }
    } finally {
      desk.unread.delete(bucket);
    }
    if (sum.problem === '') (await this.#wholeLooks()).set(bucket, startMs);
    if (sum.requests > 0) for (const series of desk.book.seriesOf(bucket)) desk.touch(series);
    return sum;
  }

  /** Lists what would be wrong before that is said; gives the series whose listing was tried. */
  async lookAtSuspects(judged: readonly Judged[], signal: AbortSignal): Promise<BookSeries[]> {
    const { clock } = this.#parts;
    const suspects: { series: BookSeries; cause: LookCause; sinceMs: number }[] = [];
    for (const one of judged) {
      const cause = suspicion(one, await this.#lastLook(one.series), clock.nowMs());
      if (cause === undefined) continue;
      suspects.push({ series: one.series, cause, sinceMs: one.stand.state.newest?.opensMs ?? 0 });
    }
    const tried: BookSeries[] = [];
    for (const [bucket, of] of grouped(suspects)) {
      if (of.length > SERIES_LOOKS_MAX) await this.#lookForAll(bucket, of, signal);
      else for (const one of of) await this.#lookForOne(one, signal);
      tried.push(...of.map(({ series }) => series));
    }
    return tried;
  }

  async #lookForOne(
    { series, cause, sinceMs }: { series: BookSeries; cause: LookCause; sinceMs: number },
    signal: AbortSignal,
  ): Promise<void> {
    const { desk, clock } = this.#parts;
    const key = seriesKey(series);
    const part = seriesLook(series, sinceMs - REACH_MS);
    const look = await this.#look(
      { bucket: series.bucket, part, cause, timeoutMs: DEADLINE_LOOK_MS },
      { signal },
    );
    if (look.problem === '') desk.evidence.delete(key);
    else desk.evidence.set(key, look.problem);
    this.#series.set(key, clock.nowMs());
  }

  async #lookForAll(
    bucket: string,
    of: readonly { series: BookSeries; cause: LookCause }[],
    signal: AbortSignal,
  ): Promise<void> {
    const { desk, clock } = this.#parts;
    const { problem } = await this.lookAt(bucket, of[0]?.cause ?? 'deadline', signal);
    for (const { series } of of) {
      const key = seriesKey(series);
      if (problem === '') desk.evidence.delete(key);
      else desk.evidence.set(key, problem);
      this.#series.set(key, clock.nowMs());
    }
  }

  async #look(
    request: BucketLookRequest & { readonly timeoutMs?: number },
    { unseen, signal }: { readonly unseen?: Set<string>; readonly signal: AbortSignal },
  ): Promise<BucketLook & { files: number }> {
    const { desk, looks, engine } = this.#parts;
    const changes: Change[] = [];
    let files = 0;
    const leftOutBefore = desk.book.overflow;
    const flush = async (): Promise<void> => {
      const kept = changes.splice(0);
      files += kept.filter(({ instead }) => instead === undefined).length;
      await desk.keep(kept);
    };
    const look = await looks.look(
      request,
      async (objects) => {
        for (const { key } of objects) unseen?.delete(key);
        changes.push(...desk.tellListed(request.bucket, objects));
        if (changes.length >= FLUSH_CHANGES) await flush();
      },
      signal,
    );
    await flush();
    if (look.requests > 0)
      await saveLook(request, { ...look, files, leftOut: desk.book.overflow - leftOutBefore }, engine);
    return { ...look, files };
  }

  /** Keys that are there, as far as is known. */
  #known(bucket: string, prefix: string): Set<string> {
    const files = this.#parts.desk.book.seriesOf(bucket).flatMap((series) => series.files);
    const there = files.filter(({ key, removedMs }) => removedMs === undefined && key.startsWith(prefix));
    return new Set(there.map(({ key }) => key));
  }

  /** What was there before a whole listing and is not in it was removed. */
  async #noteGone(bucket: string, unseen: ReadonlySet<string>, atMs: number): Promise<void> {
    if (unseen.size === 0) return;
    const { book } = this.#parts.desk;
    const changes = book
      .seriesOf(bucket)
      .flatMap((series) =>
        series.files
          .filter((file) => file.removedMs === undefined && file.atMs < atMs && unseen.has(file.key))
          .map((file) => book.change(series, file, { ...file, removedMs: atMs })),
      );
    await this.#parts.desk.keep(changes);
  }

  async #lastLook(series: BookSeries): Promise<number> {
    const whole = (await this.#lastWhole(series.bucket)) ?? 0;
    return Math.max(whole, this.#series.get(seriesKey(series)) ?? 0);
  }

  async #lastWhole(bucket: string): Promise<number | undefined> {
    return (await this.#wholeLooks()).get(bucket);
  }

  async #wholeLooks(): Promise<Map<string, number>> {
    this.#whole ??= await lastWholeLooks(this.#parts.engine);
    return this.#whole;
  }
}

const FLUSH_CHANGES = 10_000;

function grouped<Of extends { readonly series: BookSeries }>(all: readonly Of[]): Map<string, Of[]> {
  const groups = new Map<string, Of[]>();
  for (const one of all) {
    const { bucket } = one.series;
    groups.set(bucket, [...(groups.get(bucket) ?? []), one]);
  }
  return groups;
}
