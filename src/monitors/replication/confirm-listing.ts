/** Lists buckets that tell nothing of themselves, and gives what is not known of them yet. */
import type { Engine } from '../../engine/engine.ts';
import type { Clock } from '../../lib/clock.ts';
import type { ListedVersion, VersionMarker } from '../../s3/s3.ts';
import { listedLine } from './confirm-observation.ts';
import type { ConfirmPair } from './confirm-pairs.ts';
import { Progress } from './confirm-progress.ts';
import type { Stores } from './confirm-stores.ts';

/** A part of a bucket that is listed. */
export interface Side {
  readonly bucket: string;
  readonly prefix: string;
  /** Objects written before are of no interest; milliseconds since 1970 UTC. */
  readonly fromMs: number;
}

export interface ListedBatch {
  readonly side: Side;
  readonly lines: readonly string[];
  readonly settle: () => Promise<void>;
  readonly lose: () => void;
}

interface ListingParts {
  readonly stores: Stores;
  readonly engine: Engine;
  readonly clock: Clock;
}

interface Page {
  readonly versions: readonly ListedVersion[];
  readonly next?: VersionMarker;
}

const SECOND_MS = 1000;

/** Both ends of each pair, without those that tell of their objects themselves; each part of a bucket once. */
export function sidesOf(pairs: readonly ConfirmPair[], telling: ReadonlySet<string>): Side[] {
  const sides = new Map<string, Side>();
  for (const { source, destination, prefix, active_from_ms: fromMs } of pairs) {
    if (telling.has(destination) && telling.has(source)) continue;
    for (const bucket of [source, destination].filter((end) => !telling.has(end))) {
      const side = { bucket, prefix, fromMs };
      const known = sides.get(idOf(side));
      sides.set(idOf(side), known === undefined || fromMs < known.fromMs ? side : known);
    }
  }
  return [...sides.values()];
}

export class Listing {
  readonly #everyMs: number;
  readonly #parts: ListingParts;
  readonly #progress: Progress;
  /** Buckets of stores that list no versions. */
  readonly #plain = new Set<string>();

  constructor(request: { readonly everyMs: number; readonly path: string }, parts: ListingParts) {
    this.#everyMs = request.everyMs;
    this.#parts = parts;
    this.#progress = new Progress(request.path);
  }

  /** Whether a side is to be listed now: its time has come, or it was left in the middle. */
  async isDue(side: Side): Promise<boolean> {
    if (this.#progress.isUnderWay(idOf(side))) return false;
    const walk = await this.#progress.walkOf(idOf(side));
    return walk === undefined || !walk.isEnded || this.#parts.clock.nowMs() - walk.startedMs >= this.#everyMs;
  }

  /** Lists a side up to so many pages, from where it was left; what is new comes a page a batch. */
  async *look(side: Side, pages: number, signal: AbortSignal): AsyncGenerator<ListedBatch> {
    const id = idOf(side);
    const left = await this.#progress.walkOf(id);
    const startedMs = left === undefined || left.isEnded ? this.#parts.clock.nowMs() : left.startedMs;
    let after = left?.isEnded === true ? undefined : left?.after;
    for (let page = 0; page < pages; page += 1) {
      const found = await this.#page(side, after, signal);
      if (found === undefined) return;
      after = found.next;
      const walk = { startedMs, isEnded: after === undefined, ...(after === undefined ? {} : { after }) };
      const step = this.#progress.step(id, walk);
      const fresh = await this.#fresh(side, found.versions);
      const nowMs = this.#parts.clock.nowMs();
      const lines = fresh.map((version) => listedLine(side.bucket, version, nowMs));
      if (lines.length === 0) await step.settle();
      else yield { side, lines, ...step };
      if (after === undefined) return;
    }
  }

  /** A page with versions where the store lists them, else of keys; nothing when it does not answer now. */
  async #page(side: Side, after: VersionMarker | undefined, signal: AbortSignal): Promise<Page | undefined> {
    const { bucket, prefix } = side;
    if (!this.#plain.has(bucket)) {
      const page = await this.#parts.stores.versions(
        { bucket, prefix, ...(after === undefined ? {} : { after }) },
        signal,
      );
      if (!('kind' in page)) {
        if (page.versions.length > 0 || after !== undefined) return page;
      } else if (page.kind !== 'refused') return undefined;
      // Some stores refuse, and some answer with a list that has no versions in it.
      this.#plain.add(bucket);
    }
    const startAfter = after === undefined ? {} : { startAfter: after.key };
    const page = await this.#parts.stores.keys({ bucket, prefix, ...startAfter }, signal);
    if ('kind' in page) return undefined;
    if (page.objects.length === 0) this.#plain.delete(bucket);
    const last = page.objects.at(-1);
    return {
      versions: page.objects.map((found) => ({
        ...found,
        versionId: '',
        isLatest: true,
        isDeleteMarker: false,
      })),
      ...(page.isTruncated && last !== undefined ? { next: { key: last.key, versionId: '' } } : {}),
    };
  }

  /** What of a page is not known: LastModified of a copy is that of its original, and tells nothing about when it came. */
  async #fresh(side: Side, versions: readonly ListedVersion[]): Promise<ListedVersion[]> {
    const wanted = versions.filter(({ modifiedMs }) => modifiedMs === 0 || modifiedMs >= side.fromMs);
    const [first, last] = [wanted[0]?.key, wanted.at(-1)?.key];
    if (first === undefined || last === undefined) return [];
    const rows = await this.#parts.engine.query<{ key: string; version_id: string; modified_ms: number }>(
      `select key, version_id, toUnixTimestamp64Milli(max(assumeNotNull(modified))) as modified_ms
       from object_versions
       where bucket = {bucket:String} and key between {first:String} and {last:String} and modified is not null
       group by key, version_id
       settings final = 0`,
      { params: { bucket: side.bucket, first, last } },
    );
    const known = new Map(rows.map((row) => [JSON.stringify([row.key, row.version_id]), row.modified_ms]));
    return wanted.filter(({ key, versionId, modifiedMs }) => {
      const knownMs = known.get(JSON.stringify([key, versionId]));
      // Answers to HEAD have whole seconds, listings may have more.
      return knownMs === undefined || Math.floor(modifiedMs / SECOND_MS) > Math.floor(knownMs / SECOND_MS);
    });
  }
}

function idOf({ bucket, prefix }: Pick<Side, 'bucket' | 'prefix'>): string {
  return JSON.stringify([bucket, prefix]);
}
