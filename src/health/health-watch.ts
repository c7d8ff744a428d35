/** Health over time: looked at no more often than every few seconds, and since when each item is as it is. */
import type { EngineReading } from './store-items.ts';
import { type Health, type HealthItem, type HealthState, judgeHealth } from './own-health.ts';
import { engineAnswer, readHealth, type ReadingParts } from './readings.ts';

export interface StandingItem extends HealthItem {
  /** From when on its state holds, as far as anybody looked; milliseconds since 1970 UTC. */
  readonly sinceMs: number;
}

export interface StandingHealth extends Health {
  readonly items: readonly StandingItem[];
}

/** How long an answer is good for: many may ask at once, also those who are not let in. */
const GOOD_MS = 1000;

export class HealthWatch {
  readonly #parts: ReadingParts;
  readonly #since = new Map<string, { readonly state: HealthState; readonly sinceMs: number }>();
  readonly #look: Shared<StandingHealth>;
  readonly #answer: Shared<Pick<EngineReading, 'isAnswering' | 'reason'>>;

  constructor(parts: ReadingParts) {
    this.#parts = parts;
    this.#look = new Shared(() => this.#read(), parts.clock);
    this.#answer = new Shared(() => engineAnswer(parts.engine), parts.clock);
  }

  /** The health now, at most a second old. */
  look(): Promise<StandingHealth> {
    return this.#look.get();
  }

  /** Whether the engine answers, at most a second old. */
  answer(): Promise<Pick<EngineReading, 'isAnswering' | 'reason'>> {
    return this.#answer.get();
  }

  async #read(): Promise<StandingHealth> {
    const health = judgeHealth(await readHealth(this.#parts));
    const items = health.items.map((item) => ({ ...item, sinceMs: this.#sinceOf(item, health.atMs) }));
    return { ...health, items };
  }

  #sinceOf({ check, of, state }: HealthItem, nowMs: number): number {
    const id = `${check}/${of}`;
    const before = this.#since.get(id);
    if (before?.state === state) return before.sinceMs;
    this.#since.set(id, { state, sinceMs: nowMs });
    return nowMs;
  }
}

/** One question at a time, whose answer all who ask meanwhile and shortly after share. */
class Shared<Answer> {
  readonly #ask: () => Promise<Answer>;
  readonly #clock: ReadingParts['clock'];
  #last: { readonly answer: Promise<Answer>; readonly atMs: number } | undefined;
  #isUnderWay = false;

  constructor(ask: () => Promise<Answer>, clock: ReadingParts['clock']) {
    this.#ask = ask;
    this.#clock = clock;
  }

  get(): Promise<Answer> {
    const nowMs = this.#clock.nowMs();
    const ageMs = this.#last === undefined ? Infinity : Math.abs(nowMs - this.#last.atMs);
    if (this.#last !== undefined && (this.#isUnderWay || ageMs < GOOD_MS)) return this.#last.answer;
    this.#isUnderWay = true;
    const answer = this.#ask().finally(() => {
      this.#isUnderWay = false;
    });
    this.#last = { answer, atMs: nowMs };
    return answer;
  }
}
