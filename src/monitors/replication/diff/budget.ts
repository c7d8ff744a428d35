/** How many requests an audit may send, both sides together. */
import { Fault } from '../../../lib/fault.ts';

export class RequestBudget {
  readonly #max: number;
  #taken = 0;

  /** `max` is `Infinity` for as many as it takes. */
  constructor(max: number) {
    this.#max = max;
  }

  /** To be called before each request. Throws a fault for which `isSpent` is true when there is none left. */
  take(): void {
    if (this.#taken >= this.#max) throw new Spent(this.#max);
    this.#taken += 1;
  }
}

class Spent extends Fault {
  constructor(max: number) {
    super('limit', `Cannot go on: ${max} requests were allowed (--max-requests).`);
  }
}

/** Whether a failure is no more than the end of the budget. */
export function isSpent(error: unknown): boolean {
  return error instanceof Spent;
}
