/** Versions asked about lately: what was seen of them may not be stored yet, and a refusal leaves nothing to store. */
import type { Clock } from '../../lib/clock.ts';
import { type Candidate, isDue } from './confirm-candidates.ts';
import type { Subject } from './confirm-heads.ts';

type Version = Omit<Subject, 'open'>;

interface Asks {
  readonly asks: number;
  readonly askedMs: number;
}

const KEPT_MS = 86_400_000;
const KEPT_MAX = 100_000;

export class Asked {
  readonly #clock: Clock;
  /** Oldest first. */
  readonly #asked = new Map<string, Asks>();

  constructor(parts: { readonly clock: Clock }) {
    this.#clock = parts.clock;
  }

  isDue(candidate: Candidate): boolean {
    const { source, key, version_id: versionId, written_ms: writtenMs } = candidate;
    const id = idOf({ source, key, versionId, writtenMs });
    const { asks, askedMs } = this.#asked.get(id) ?? { asks: 0, askedMs: 0 };
    const all = { asks: Math.max(asks, candidate.asks), asked_ms: Math.max(askedMs, candidate.asked_ms) };
    return isDue(all, this.#clock.nowMs());
  }

  note(subject: Version): void {
    const id = idOf(subject);
    const asks = (this.#asked.get(id)?.asks ?? 0) + 1;
    const nowMs = this.#clock.nowMs();
    this.#asked.delete(id);
    this.#asked.set(id, { asks, askedMs: nowMs });
    for (const [oldest, { askedMs }] of this.#asked) {
      if (this.#asked.size <= KEPT_MAX && nowMs - askedMs <= KEPT_MS) break;
      this.#asked.delete(oldest);
    }
  }

  forget(subject: Version): void {
    this.#asked.delete(idOf(subject));
  }
}

function idOf({ source, key, versionId, writtenMs }: Version): string {
  return JSON.stringify([source, key, versionId, writtenMs]);
}
