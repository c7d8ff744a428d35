/** What the ledger says of the sources' deliveries, asked once for many answers. */
import type { Engine } from '../engine/engine.ts';
import type { Clock } from '../lib/clock.ts';
import { type Arrivals, sourceArrivals } from '../monitors/completeness/arrivals.ts';

const FRESH_MS = 2_000;
/** An answer stays fresh for so many times as long as it took. */
const FRESH_TIMES = 20;
/** An answer up to so many times as old as a fresh one is given while a new one is fetched. */
const STALE_TIMES = 3;

export class ArrivalsCache {
  readonly #parts: { readonly engine: Engine; readonly clock: Clock };
  #last: { readonly arrivals: Arrivals[]; readonly atMs: number; readonly freshMs: number } | undefined;
  #asking: Promise<Arrivals[]> | undefined;

  constructor(parts: { readonly engine: Engine; readonly clock: Clock }) {
    this.#parts = parts;
  }

  /** Every source in the ledger, a few seconds old at most while the ledger is small. */
  async get(): Promise<readonly Arrivals[]> {
    const last = this.#last;
    const ageMs = last === undefined ? Number.POSITIVE_INFINITY : this.#parts.clock.nowMs() - last.atMs;
    if (last === undefined || ageMs >= last.freshMs * STALE_TIMES) return this.#ask();
    // Who asks gets the old answer; if the new one fails, the next to ask learns why.
    if (ageMs >= last.freshMs) this.#ask().catch(() => undefined);
    return last.arrivals;
  }

  #ask(): Promise<Arrivals[]> {
    this.#asking ??= this.#fetch().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  async #fetch(): Promise<Arrivals[]> {
    const { engine, clock } = this.#parts;
    const startMs = clock.nowMs();
    const arrivals = await sourceArrivals(startMs, engine);
    const atMs = clock.nowMs();
    this.#last = { arrivals, atMs, freshMs: Math.max(FRESH_MS, (atMs - startMs) * FRESH_TIMES) };
    return arrivals;
  }
}
