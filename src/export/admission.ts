/** Which series are published: as many as the budget and the limit allow, and those that are there already first. Pure. */
import { type Estimate, estimateOf, MONTH_MS } from './prices.ts';
import type { KnownSeries } from './progress.ts';

export interface AdmissionLimits {
  readonly budgetUsd: number;
  readonly seriesMax: number;
  /** Requests a month that are sent however few values there are. */
  readonly requestsMin: number;
}

export class Admission {
  /** Series that are not published, by why. */
  readonly leftOut = { budget: new Set<string>(), limit: new Set<string>() };
  readonly #limits: AdmissionLimits;
  readonly #series: Map<string, KnownSeries>;
  readonly #nowMs: number;
  /** Values a month. */
  #data: number;

  /** `series`: those that are published. */
  constructor(series: Map<string, KnownSeries>, limits: AdmissionLimits, nowMs: number) {
    this.#limits = limits;
    this.#series = series;
    this.#nowMs = nowMs;
    this.#data = [...series.values()].reduce((sum, { periodMs }) => sum + MONTH_MS / periodMs, 0);
  }

  /** Whether it is published; from then on it is one of those that are. */
  admits(id: string, periodMs: number): boolean {
    const known = this.#series.get(id);
    const data = this.#data + MONTH_MS / periodMs - (known === undefined ? 0 : MONTH_MS / known.periodMs);
    if (known === undefined && !this.#hasRoom(id, data)) return false;
    this.#series.set(id, { lastMs: this.#nowMs, periodMs });
    this.#data = data;
    return true;
  }

  /** What the series that are published cost. */
  estimate(): Estimate {
    return this.#estimate(this.#series.size, this.#data);
  }

  #hasRoom(id: string, data: number): boolean {
    const series = this.#series.size + 1;
    if (series > this.#limits.seriesMax) {
      this.leftOut.limit.add(id);
      return false;
    }
    if (this.#estimate(series, data).usd > this.#limits.budgetUsd) {
      this.leftOut.budget.add(id);
      return false;
    }
    return true;
  }

  #estimate(series: number, data: number): Estimate {
    return estimateOf({ series, data, requestsMin: this.#limits.requestsMin });
  }
}
