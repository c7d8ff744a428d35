/** An engine whose failures are counted. */
import type { CallOptions, Engine } from '../engine/engine.ts';
import type { Clock } from '../lib/clock.ts';
import { Fault, reasonOf } from '../lib/fault.ts';
import { ERROR_WINDOW_MS } from './store-items.ts';

export interface EngineErrors {
  /** Calls that failed in the last `ERROR_WINDOW_MS`, at most `KEPT_MAX`, and why the last did. */
  recent(): { readonly errors: number; readonly lastError: string };
}

const KEPT_MAX = 1000;
const REASON_CHARACTERS_MAX = 300;

/** The same engine; what fails is counted, but for people's own SQL and for calls that were given up. */
export function withErrorsCounted(
  engine: Engine,
  parts: { readonly clock: Clock },
): { readonly engine: Engine; readonly errors: EngineErrors } {
  const counted = new CountedErrors(parts.clock);
  const call = async <Answer>(answer: Promise<Answer>, options?: CallOptions): Promise<Answer> => {
    try {
      return await answer;
    } catch (error) {
      if (options?.untrusted !== true && options?.signal?.aborted !== true) counted.add(error);
      throw error;
    }
  };
  return {
    errors: counted,
    engine: {
      kind: engine.kind,
      query: <Row>(sql: string, options?: CallOptions) => call(engine.query<Row>(sql, options), options),
      command: (sql, options) => call(engine.command(sql, options), options),
      insertRows: (insert, options) => call(engine.insertRows(insert, options), options),
      loadFiles: (load, options) => call(engine.loadFiles(load, options), options),
      applyDdl: (statement) => call(engine.applyDdl(statement)),
      close: () => engine.close(),
    },
  };
}

class CountedErrors implements EngineErrors {
  readonly #clock: Clock;
  #atMs: number[] = [];
  #lastError = '';

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(error: unknown): void {
    // A file that cannot be read is the file's fault: its batch is rejected and counted there.
    if (error instanceof Fault && error.code === 'invalid') return;
    this.#atMs = [...this.#atMs.slice(1 - KEPT_MAX), this.#clock.nowMs()];
    this.#lastError = reasonOf(error).slice(0, REASON_CHARACTERS_MAX).toWellFormed();
  }

  recent(): { readonly errors: number; readonly lastError: string } {
    const sinceMs = this.#clock.nowMs() - ERROR_WINDOW_MS;
    const errors = this.#atMs.filter((atMs) => atMs > sinceMs).length;
    return { errors, lastError: errors === 0 ? '' : this.#lastError };
  }
}
