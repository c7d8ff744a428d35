/** The job that writes canaries, looks for them and removes them again. */
import type { Engine } from '../../engine/engine.ts';
import type { Clock } from '../../lib/clock.ts';
import { Fault } from '../../lib/fault.ts';
import type { Job } from '../../lib/job.ts';
import type { Log } from '../../lib/log.ts';
import { type Canary, keptCanaries, newestSent, ownSentMs, saveCanary } from './canary-rows.ts';
import { type CanaryStores, look, remove, write } from './canary-steps.ts';
import {
  type CanarySettings,
  type CanaryTarget,
  canaryTarget,
  newCanary,
  patienceMs,
} from './canary-target.ts';

export interface CanaryParts {
  readonly engine: Engine;
  readonly stores: CanaryStores;
  readonly clock: Clock;
  readonly log: Log;
}

/** Pauses between looks, the last one from then on. */
const PAUSES_MS = [1000, 2000, 5000, 10_000, 20_000, 30_000];
const PAUSE_MS_MAX = 30_000;
/** So long a canary stays once it is settled. */
const KEPT_MS = 3_600_000;
/** After a removal that failed the next is tried so much later. */
const REMOVAL_PAUSE_MS = 600_000;
const REMOVALS_AT_ONCE = 20;
/** With so many that should be gone no more are written. */
const REMAINING_MAX = 100;

interface Looks {
  readonly count: number;
  readonly nextMs: number;
  /** When the last look that did not see it began. */
  readonly missedMs?: number;
}

/**
 * Canaries of all pairs. What it knows is in the table before it counts: a canary is there before it is written, so
 * none is forgotten by a restart; only the times of looks are kept in memory alone.
 */
export class CanaryJob implements Job {
  readonly name = 'canaries';
  readonly everyMs = 1000;
  readonly #settings: readonly CanarySettings[];
  readonly #parts: CanaryParts;
  #kept: Map<string, Canary> | undefined;
  /** By pair: when one was sent or tried last, by our clock. */
  #triedMs = new Map<string, number>();
  readonly #dueMs = new Map<CanarySettings, number>();
  readonly #settingsOf = new Map<string, CanarySettings>();
  readonly #looks = new Map<string, Looks>();
  /** By bucket: until when nothing is asked of it. */
  readonly #restMs = new Map<string, number>();

  constructor(settings: readonly CanarySettings[], parts: CanaryParts) {
    this.#settings = settings;
    this.#parts = parts;
  }

  async run(signal: AbortSignal): Promise<void> {
    await this.#load();
    await Promise.all(this.#settings.map((settings) => this.#writeDue(settings, signal)));
    await this.attend(signal);
  }

  /** Looks for those under way, as far as it is time, and removes old ones. */
  async attend(signal: AbortSignal): Promise<void> {
    const kept = await this.#load();
    const destinations = new Set([...kept.values()].map(({ destination }) => destination));
    await Promise.all([...destinations].map((destination) => this.#lookFor(destination, signal)));
    await this.#removeOld(signal);
  }

  /**
   * Writes a canary now, of a pair by its id or as `<source>/<destination>`; its problem says why it could not. Throws
   * `not_found` for a pair without canaries in the configuration.
   */
  async send(pair: string, signal: AbortSignal): Promise<{ canary: Canary; targetMs: number }> {
    await this.#load();
    for (const settings of this.#settings) {
      const target = await canaryTarget(settings, this.#parts.engine);
      if (pair !== target.pairId && pair !== `${target.source}/${target.destination}`) continue;
      this.#settingsOf.set(target.pairId, settings);
      return { canary: await this.#write(target, signal), targetMs: target.targetMs };
    }
    const mend = 'add it to replication.canaries';
    throw new Fault(
      'not_found',
      `Cannot write a canary for "${pair}": no canaries are configured for it; ${mend}.`,
    );
  }

  async #load(): Promise<Map<string, Canary>> {
    if (this.#kept !== undefined) return this.#kept;
    const { engine } = this.#parts;
    const [kept, newest] = await Promise.all([keptCanaries(engine), newestSent(engine)]);
    this.#triedMs = newest;
    this.#kept = new Map(kept.map((canary) => [canary.key, canary]));
    return this.#kept;
  }

  async #writeDue(settings: CanarySettings, signal: AbortSignal): Promise<void> {
    const { clock, engine } = this.#parts;
    const nowMs = clock.nowMs();
    if (nowMs < (this.#dueMs.get(settings) ?? 0)) return;
    const target = await canaryTarget(settings, engine);
    this.#settingsOf.set(target.pairId, settings);
    const nextMs = (this.#triedMs.get(target.pairId) ?? -Infinity) + settings.everyMs;
    if (nowMs < nextMs) {
      this.#dueMs.set(settings, nextMs);
      return;
    }
    const canary = await this.#write(target, signal);
    const isWaiting = canary.state === 'under-way' && canary.etag === '';
    this.#dueMs.set(settings, nowMs + (isWaiting ? PAUSE_MS_MAX : settings.everyMs));
  }

  /** Writes a new canary, or the one that could not be written the last time. */
  async #write(target: CanaryTarget, signal: AbortSignal): Promise<Canary> {
    const { stores, clock } = this.#parts;
    const nowMs = clock.nowMs();
    const unwritten = (await this.#ofPair(target.pairId)).find(
      ({ etag, key }) => etag === '' && key.startsWith(target.folder),
    );
    const canary = unwritten ?? newCanary(target, nowMs);
    if (unwritten === undefined) await this.#save(canary);
    this.#triedMs.set(target.pairId, nowMs);
    const obstacle = target.obstacle || (await this.#remainingProblem(target.pairId, nowMs));
    if (obstacle !== '') {
      const problem = `Cannot write a canary to ${target.source}: ${obstacle}.`;
      return this.#change(canary, { ...canary, state: 'refused', problem });
    }
    const writing = {
      isRepeated: unwritten !== undefined,
      tags: target.tags,
      patienceMs: patienceMs(target),
    };
    try {
      return await this.#change(
        canary,
        await write(canary, writing, { stores, signal, nowMs: () => clock.nowMs() }),
      );
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      return this.#change(canary, {
        ...canary,
        state: error.retry ? 'under-way' : 'refused',
        problem: error.message,
      });
    }
  }

  /** Looks for all under way to one destination whose time it is, until it does not answer. */
  async #lookFor(destination: string, signal: AbortSignal): Promise<void> {
    const { clock } = this.#parts;
    for (const canary of await this.#underWayTo(destination)) {
      if (clock.nowMs() < (this.#restMs.get(destination) ?? 0)) return;
      const nextMs = this.#looks.get(canary.key)?.nextMs ?? ownSentMs(canary) + (PAUSES_MS[0] ?? 0);
      if (clock.nowMs() >= nextMs) await this.#lookAt(canary, signal);
    }
  }

  async #lookAt(canary: Canary, signal: AbortSignal): Promise<void> {
    const { stores, clock } = this.#parts;
    const before = this.#looks.get(canary.key);
    const startMs = clock.nowMs();
    try {
      const parts = { stores, signal, nowMs: () => clock.nowMs() };
      const after = await this.#change(canary, await look(canary, before?.missedMs, parts));
      this.#noteLook(after, startMs);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      const isOver = !error.retry && clock.nowMs() > canary.expectedByMs;
      await this.#change(canary, {
        ...canary,
        state: isOver ? 'refused' : 'under-way',
        problem: error.message,
      });
      this.#restMs.set(canary.destination, clock.nowMs() + PAUSE_MS_MAX);
    }
  }

  #noteLook(canary: Canary, startMs: number): void {
    if (canary.state !== 'under-way') {
      this.#looks.delete(canary.key);
      return;
    }
    const before = this.#looks.get(canary.key);
    const count = (before?.count ?? 0) + 1;
    const missedMs = canary.problem === '' ? startMs : before?.missedMs;
    this.#looks.set(canary.key, {
      count,
      nextMs: startMs + (PAUSES_MS[count] ?? PAUSE_MS_MAX),
      ...(missedMs === undefined ? {} : { missedMs }),
    });
  }

  async #removeOld(signal: AbortSignal): Promise<void> {
    const { stores, clock } = this.#parts;
    const kept = await this.#load();
    const old = [...kept.values()].filter((canary) => isOld(canary, clock.nowMs()));
    for (const canary of old.slice(0, REMOVALS_AT_ONCE)) {
      const rest = `${canary.source} ${canary.destination}`;
      if (clock.nowMs() < (this.#restMs.get(rest) ?? 0)) continue;
      const isAtDestination = this.#settingsOf.get(canary.pairId)?.isRemovedAtDestination ?? false;
      try {
        const parts = { stores, signal, nowMs: () => clock.nowMs() };
        await this.#change(canary, await remove(canary, isAtDestination, parts));
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
        await this.#change(canary, { ...canary, problem: error.message });
        this.#restMs.set(rest, clock.nowMs() + REMOVAL_PAUSE_MS);
      }
    }
  }

  /** Why no more are written: too many that should be gone are still there. */
  async #remainingProblem(pairId: string, nowMs: number): Promise<string> {
    const old = (await this.#ofPair(pairId)).filter((canary) => isOld(canary, nowMs));
    if (old.length < REMAINING_MAX) return '';
    const reason = old.find(({ problem }) => problem !== '')?.problem ?? 'their removal is under way';
    return `${old.length} canaries that should be gone are still there: ${reason}`;
  }

  async #ofPair(pairId: string): Promise<Canary[]> {
    return [...(await this.#load()).values()].filter((canary) => canary.pairId === pairId);
  }

  async #underWayTo(destination: string): Promise<Canary[]> {
    return [...(await this.#load()).values()].filter(
      (canary) => canary.destination === destination && isUnderWay(canary),
    );
  }

  /** Keeps what holds now, if it is something new, and says so once where people should know. */
  async #change(before: Canary, after: Canary): Promise<Canary> {
    if (JSON.stringify(before) === JSON.stringify(after)) return after;
    const { pairId, key, state, problem } = after;
    const isNews = problem !== '' && (problem !== before.problem || state !== before.state);
    if (isNews) this.#parts.log.warn({ pair: pairId, key, state, problem }, 'canary');
    return this.#save({ ...after, revision: Math.max(before.revision + 1, this.#parts.clock.nowMs()) });
  }

  async #save(canary: Canary): Promise<Canary> {
    await saveCanary(canary, this.#parts.engine);
    const kept = await this.#load();
    if (canary.removedMs === null) kept.set(canary.key, canary);
    else kept.delete(canary.key);
    return canary;
  }
}

function isUnderWay({ state, etag }: Canary): boolean {
  return state === 'under-way' && etag !== '';
}

/** Whether it is time that it goes. */
function isOld(canary: Canary, nowMs: number): boolean {
  const isSettled = canary.state !== 'under-way' && canary.etag !== '';
  return isSettled && nowMs - ownSentMs(canary) > KEPT_MS;
}
