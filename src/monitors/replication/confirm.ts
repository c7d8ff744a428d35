/** Learns from the stores themselves what no event told: whether versions arrived. A source like others. */
import { join } from 'node:path';
import type { Engine } from '../../engine/engine.ts';
import type { Clock } from '../../lib/clock.ts';
import { reasonOf } from '../../lib/fault.ts';
import type { Estate } from '../../s3/estate.ts';
import type { OfferedBatch, Source, SourceRun, SourceStatus } from '../../sources/source.ts';
import { Asked } from './confirm-asked.ts';
import { Budget } from '../../lib/request-budget.ts';
import { type CandidatePlace, openCandidates } from './confirm-candidates.ts';
import { lookUp, requestsMax, type Subject, subjectsOf } from './confirm-heads.ts';
import { Listing, sidesOf } from './confirm-listing.ts';
import { type ConfirmPair, pairsInForce, tellingBuckets } from './confirm-pairs.ts';
import { Stores } from './confirm-stores.ts';

export interface ConfirmRequest {
  readonly name: string;
  /** Requests an hour, HEAD and LIST together; 0: none. */
  readonly requestsPerHour: number;
  /** How long a version is pending before it is looked up. */
  readonly afterMs: number;
  /** How often buckets that tell nothing of themselves are listed. */
  readonly listingMs: number;
  /** Where is kept what is left of the budget, and how far listings got. */
  readonly folder: string;
  /** List prices of 1,000 requests, US dollars. */
  readonly usdPer1000: { readonly HEAD: number; readonly LIST: number };
}

interface ConfirmParts {
  readonly engine: Engine;
  readonly estate: Pick<Estate, 'locate'>;
  readonly clock: Clock;
}

const POLL_MS = 60_000;
/** Lines of one batch. */
const LINES_MAX = 500;
/** Pages of candidates one look goes through; the next look goes on behind them. */
const PAGES_MAX = 5;

export function openConfirm(request: ConfirmRequest, parts: ConfirmParts): Source {
  return new Confirm(request, parts);
}

class Confirm implements Source {
  readonly kind = 'replication-check';
  readonly name: string;
  readonly location = 'the stores of the estate';
  readonly #request: ConfirmRequest;
  readonly #parts: ConfirmParts;
  readonly #budget: Budget;
  readonly #stores: Stores;
  readonly #listing: Listing;
  readonly #asked: Asked;
  #after: CandidatePlace | undefined;
  #state: SourceStatus['state'] = 'idle';
  #failure = '';
  #lastCheckedMs = 0;
  #offered = 0;

  constructor(request: ConfirmRequest, parts: ConfirmParts) {
    const { name, folder, requestsPerHour: perHour, listingMs: everyMs } = request;
    this.name = name;
    this.#request = request;
    this.#parts = parts;
    this.#budget = new Budget({ perHour, path: join(folder, `${name}.budget.json`) }, parts);
    this.#stores = new Stores({ ...parts, budget: this.#budget });
    const path = join(folder, `${name}.listing.json`);
    this.#listing = new Listing({ everyMs, path }, { ...parts, stores: this.#stores });
    this.#asked = new Asked(parts);
  }

  async *batches(run: SourceRun): AsyncGenerator<OfferedBatch> {
    while (!run.signal.aborted) {
      this.#state = 'reading';
      this.#failure = '';
      try {
        yield* this.#look(run.signal);
      } catch (error) {
        if (run.signal.aborted) break;
        this.#failure = reasonOf(error);
        if (!run.follow) throw error;
      }
      this.#lastCheckedMs = this.#parts.clock.nowMs();
      if (!run.follow) break;
      this.#state = this.#failure === '' && this.#stores.troubles() === '' ? 'waiting' : 'failing';
      await this.#parts.clock.sleep(POLL_MS, run.signal).catch(() => undefined);
    }
    if (this.#state !== 'failing') this.#state = 'done';
  }

  status(): SourceStatus {
    const { requests } = this.#stores;
    return {
      state: this.#state,
      message: [this.#failure, this.#stores.troubles(), this.#cost()].filter((text) => text !== '').join(' '),
      lastCheckedMs: this.#lastCheckedMs,
      requests: { ...requests },
    };
  }

  /** Listings may take half of what may be sent now, single versions the rest. */
  async *#look(signal: AbortSignal): AsyncGenerator<OfferedBatch> {
    const pairs = await pairsInForce(this.#parts.engine);
    if (pairs.length === 0 || (await this.#budget.left()) <= 0) return;
    yield* this.#list(pairs, signal);
    yield* this.#heads(pairs, signal);
  }

  async *#list(pairs: readonly ConfirmPair[], signal: AbortSignal): AsyncGenerator<OfferedBatch> {
    const ends = pairs.flatMap(({ source, destination }) => [source, destination]);
    const telling = await tellingBuckets(ends, this.#parts.engine);
    const until = Math.floor((await this.#budget.left()) / 2);
    for (const side of sidesOf(pairs, telling)) {
      if (!(await this.#listing.isDue(side))) continue;
      const pages = (await this.#budget.left()) - until;
      for await (const { lines, settle, lose } of this.#listing.look(side, pages, signal)) {
        yield this.#offer(lines, { settle, lose });
      }
    }
  }

  async *#heads(pairs: readonly ConfirmPair[], signal: AbortSignal): AsyncGenerator<OfferedBatch> {
    const parts = { stores: this.#stores, clock: this.#parts.clock, pairs };
    let lines: string[] = [];
    let subjects: Subject[] = [];
    for await (const subject of this.#due(pairs)) {
      if (requestsMax(subject) > (await this.#budget.left())) break;
      const seen = await lookUp(subject, parts, signal);
      if (seen.isAnswered) this.#asked.note(subject);
      if (seen.lines.length === 0) continue;
      lines.push(...seen.lines);
      subjects.push(subject);
      if (lines.length < LINES_MAX) continue;
      yield this.#offerHeads(lines, subjects);
      [lines, subjects] = [[], []];
    }
    if (lines.length > 0) yield this.#offerHeads(lines, subjects);
  }

  /** Versions to be looked up now, oldest first from where the last look ended. */
  async *#due(pairs: readonly ConfirmPair[]): AsyncGenerator<Subject> {
    const { clock, engine } = this.#parts;
    const byId = new Map(pairs.map((pair) => [pair.pair_id, pair]));
    for (let pages = 0; pages < PAGES_MAX; pages += 1) {
      const writtenBeforeMs = clock.nowMs() - this.#request.afterMs;
      const page = await openCandidates({ writtenBeforeMs, after: this.#after }, { engine, pairs: byId });
      yield* subjectsOf(
        page.candidates.filter((candidate) => this.#asked.isDue(candidate)),
        byId,
      );
      this.#after = page.next;
      if (page.next === undefined) return;
    }
  }

  #offerHeads(lines: readonly string[], subjects: readonly Subject[]): OfferedBatch {
    return this.#offer(lines, {
      settle: async () => {},
      lose: () => {
        for (const subject of subjects) this.#asked.forget(subject);
      },
    });
  }

  #offer(
    lines: readonly string[],
    { settle, lose }: { readonly settle: () => Promise<void>; readonly lose: () => void },
  ): OfferedBatch {
    const bytes = Buffer.from(lines.join(''));
    this.#offered += 1;
    return {
      origin: `${this.name}:${this.#parts.clock.nowMs()}-${this.#offered}`,
      format: 'object-status',
      content: { kind: 'stream', open: async () => once(bytes) },
      acknowledge: settle,
      failed: (reason) => {
        this.#failure = reason;
        this.#state = 'failing';
        lose();
      },
    };
  }

  #cost(): string {
    const { HEAD, LIST } = this.#stores.requests;
    if (HEAD + LIST === 0) return '';
    const { usdPer1000: usd } = this.#request;
    const cost = (HEAD * usd.HEAD + LIST * usd.LIST) / 1000;
    return `${HEAD} HEAD and ${LIST} LIST since the start: about ${cost.toFixed(4)} USD at AWS's list prices.`;
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
