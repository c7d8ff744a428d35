/**
 * The way of a batch from its source into the engine: receive, group, seal, load, record, acknowledge.
 * A crash anywhere repeats steps and never loses one: nothing is acknowledged before the ledger has it.
 */
import { rm } from 'node:fs/promises';
import PQueue from 'p-queue';
import type { Engine } from '../engine/engine.ts';
import { formatNamed } from '../formats/all.ts';
import type { Format, FormatName, ParseParams } from '../formats/format.ts';
import type { Clock } from '../lib/clock.ts';
import { Fault, reasonOf } from '../lib/fault.ts';
import type { Log } from '../lib/log.ts';
import type { OfferedBatch } from '../sources/source.ts';
import { type Arrival, announcedIdentity, batchIdOf, receive } from './arrival.ts';
import { type IntakeCounts, NO_COUNTS, sumOf } from './counts.ts';
import { insertLoad, isStoppedBefore } from './insert.ts';
import { Ledger, type Outcome } from './ledger.ts';
import { type IntakeLimits, LOAD_BATCHES, LOAD_BYTES } from './limits.ts';
import type { Load, Spool, SpooledBatch } from './spool.ts';

export interface IntakeParts {
  readonly engine: Engine;
  readonly spool: Spool;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits: IntakeLimits;
  readonly parseParams: ParseParams;
}

type Readable = Extract<Arrival, { kind: 'readable' }>;
type Unreadable = Extract<Arrival, { kind: 'unreadable' }>;

interface Group {
  readonly arrivals: Readable[];
  bytes: number;
}

/** Offers whose identity is looked up in the ledger together; only then is anything fetched. */
const ASKED_AT_ONCE = 256;
/** How long a group waits for company before it is loaded, at least and at most. */
const GROUP_WAIT_MS = 200;
const GROUP_WAIT_MS_MAX = 3_000;
const LOADS_AT_ONCE = 2;

export class Intake {
  readonly #parts: IntakeParts;
  readonly #ledger: Ledger;
  readonly #stop = new AbortController();
  readonly #asking = new PQueue({ concurrency: ASKED_AT_ONCE });
  readonly #receiving: PQueue;
  readonly #loading = new PQueue({ concurrency: LOADS_AT_ONCE });
  readonly #groups = new Map<FormatName, Group>();
  readonly #counts = new Map<string, IntakeCounts>();
  /** Batches between arrival and ledger, with the offers that wait for the end. */
  readonly #underWay = new Map<string, OfferedBatch[]>();
  #spoolBytes = 0;
  #sealing: Promise<void> = Promise.resolve();

  constructor(parts: IntakeParts) {
    this.#parts = parts;
    this.#ledger = new Ledger(parts);
    this.#receiving = new PQueue({ concurrency: parts.limits.fetches });
  }

  /** Finishes what a crash or a stop left in the spool. Sources start after it. */
  async recover(): Promise<number> {
    const loads = await this.#parts.spool.open();
    for (const load of loads) {
      for (const batch of load.batches) {
        this.#spoolBytes += batch.spoolBytes;
        this.#underWay.set(batch.batchId, []);
      }
      this.#enqueue(load);
    }
    await this.#loading.onIdle();
    return loads.length;
  }

  /** Takes a batch in; resolves when there is room for the next one, which is the back-pressure. */
  async offer(offered: OfferedBatch, source: string, signal: AbortSignal): Promise<void> {
    this.counts(source).offered += 1;
    void this.#asking.add(() => this.#take(offered, source, signal));
    await this.#asking.onSizeLessThan(1);
    while (this.#isFull() && !signal.aborted) await this.#parts.clock.sleep(20);
  }

  /** Waits until everything offered so far is in the ledger. */
  async settle(): Promise<void> {
    await this.#asking.onIdle();
    this.#sealAll();
    await this.#sealing;
    await this.#loading.onIdle();
  }

  /** Stops taking in and waits for the loads under way; what is ready stays in the spool for the next start. */
  async close(): Promise<void> {
    this.#stop.abort(new Fault('unavailable', 'The intake is closing.'));
    await this.#asking.onIdle();
    await this.#sealing;
    this.#loading.clear();
    await this.#loading.onIdle();
  }

  counts(source: string): IntakeCounts {
    const known = this.#counts.get(source);
    if (known !== undefined) return known;
    const counts = { ...NO_COUNTS };
    this.#counts.set(source, counts);
    return counts;
  }

  /** The counts of all sources together. */
  total(): IntakeCounts {
    return sumOf([...this.#counts.values()]);
  }

  /** Bytes of ours in the spool and loads not yet in the engine. */
  status(): { spoolBytes: number; loadsWaiting: number } {
    return { spoolBytes: this.#spoolBytes, loadsWaiting: this.#loading.size + this.#loading.pending };
  }

  #isFull(): boolean {
    return this.#spoolBytes > this.#parts.limits.spoolBytes || this.#loading.size >= LOADS_AT_ONCE;
  }

  /** One batch from its offer into a group; whatever goes wrong outside is told to its source. */
  async #take(offered: OfferedBatch, source: string, signal: AbortSignal): Promise<void> {
    try {
      const announced = announcedIdentity(offered);
      if (announced !== undefined && (await this.#ledger.state(batchIdOf(announced))) !== undefined) {
        await this.#acknowledgeKnown(offered, source);
        return;
      }
      const arrival = await this.#receiving.add(() => receive(offered, source, this.#parts, signal));
      await this.#arrive(arrival, offered);
    } catch (error) {
      this.counts(source).failed += 1;
      this.#parts.log.warn(
        { origin: offered.origin, error: reasonOf(error) },
        'cannot take the batch in; it will be offered again',
      );
      offered.failed(reasonOf(error));
    }
  }

  async #arrive(arrival: Arrival, offered: OfferedBatch): Promise<void> {
    const { batch } = arrival;
    const others = this.#underWay.get(batch.batchId);
    if (others !== undefined) {
      others.push(offered);
      this.counts(batch.source).known += 1;
      if (batch.spoolBytes > 0) await rm(batch.path, { force: true });
      return;
    }
    this.#underWay.set(batch.batchId, [offered]);
    this.#spoolBytes += batch.spoolBytes;
    if (arrival.kind === 'unreadable') await this.#reject(arrival);
    else this.#group(arrival);
  }

  async #acknowledgeKnown(offered: OfferedBatch, source: string): Promise<void> {
    this.counts(source).known += 1;
    await offered.acknowledge();
  }

  #group(arrival: Readable): void {
    if (arrival.isLarge) {
      this.#seal([arrival]);
      return;
    }
    const { name } = arrival.format;
    const bytes = arrival.batch.expandedBytes;
    if ((this.#groups.get(name)?.bytes ?? 0) + bytes > LOAD_BYTES) this.#sealGroup(name);
    const group = this.#groups.get(name) ?? { arrivals: [], bytes: 0 };
    this.#groups.set(name, group);
    group.arrivals.push(arrival);
    group.bytes += bytes;
    if (group.arrivals.length >= LOAD_BATCHES) this.#sealGroup(name);
    else if (group.arrivals.length === 1) this.#sealLater(name, group);
  }

  /** A group goes off when the engine is free for it; while it is busy the group grows, up to its limits. */
  #sealLater(name: FormatName, group: Group, waitedMs = 0): void {
    const seal = (): void => {
      if (this.#groups.get(name) !== group) return;
      const isBusy = this.#loading.pending > 0 && waitedMs < GROUP_WAIT_MS_MAX;
      if (isBusy && !this.#stop.signal.aborted) this.#sealLater(name, group, waitedMs + GROUP_WAIT_MS);
      else this.#sealGroup(name);
    };
    this.#parts.clock.sleep(GROUP_WAIT_MS, this.#stop.signal).then(seal, seal);
  }

  #sealGroup(name: FormatName): void {
    const group = this.#groups.get(name);
    if (group === undefined) return;
    this.#groups.delete(name);
    this.#seal(group.arrivals);
  }

  #sealAll(): void {
    for (const name of this.#groups.keys()) this.#sealGroup(name);
  }

  #seal(arrivals: readonly Readable[]): void {
    this.#sealing = this.#sealing
      .then(() => this.#sealNow(arrivals))
      .catch(async (error: unknown) => {
        const reason = `cannot write to the spool: ${reasonOf(error)}`;
        this.#parts.log.error(
          { error: reasonOf(error) },
          'cannot write to the spool; the batches will be offered again',
        );
        for (const { batch } of arrivals) await this.#giveBack(batch, reason);
      });
  }

  /** Forgets a batch that did not get into a load; who offered it may offer it again. */
  async #giveBack(batch: SpooledBatch, reason: string): Promise<void> {
    const waiting = this.#underWay.get(batch.batchId);
    if (waiting === undefined) return;
    this.#underWay.delete(batch.batchId);
    this.#spoolBytes -= batch.spoolBytes;
    if (batch.spoolBytes > 0) await rm(batch.path, { force: true });
    this.counts(batch.source).failed += 1;
    for (const offered of waiting) offered.failed(reason);
  }

  async #sealNow(all: readonly Readable[]): Promise<void> {
    const arrivals = await this.#withoutLoaded(all);
    const [first] = arrivals;
    if (first === undefined) return;
    const { format, isLarge } = first;
    const load = await this.#parts.spool.seal({
      format: format.name,
      isLarge,
      batches: arrivals.map(({ batch }) => batch),
      ...(format.decode === undefined ? {} : { decode: format.decode }),
    });
    this.#enqueue(load);
  }

  /** Leaves out what the ledger has as loaded: identities that only the bytes could tell. A rejected batch is tried again. */
  async #withoutLoaded(arrivals: readonly Readable[]): Promise<Readable[]> {
    const states = await this.#ledger.states(arrivals.map(({ batch }) => batch.batchId));
    const isLoaded = ({ batch }: Readable): boolean => states.get(batch.batchId) === 'loaded';
    for (const { batch } of arrivals.filter(isLoaded)) {
      this.counts(batch.source).known += 1;
      if (batch.spoolBytes > 0) await rm(batch.path, { force: true });
      await this.#acknowledge(batch);
    }
    return arrivals.filter((arrival) => !isLoaded(arrival));
  }

  #enqueue(load: Load): void {
    this.#loading
      .add(() => this.#load(load))
      .catch((error: unknown) =>
        this.#parts.log.error(
          { load: load.loadId, error: reasonOf(error) },
          'cannot finish a load; it stays in the spool and is tried again at the next start',
        ),
      );
  }

  async #load(load: Load): Promise<void> {
    const format = formatNamed(load.format);
    const gone = await this.#parts.spool.dropChanged(load);
    const startMs = this.#parts.clock.nowMs();
    const failure = await insertLoad(load, format, { ...this.#parts, stop: this.#stop.signal });
    if (failure === 'stopped') return;
    const loadedMs = this.#parts.clock.nowMs();
    if (failure !== undefined && load.batches.length > 1) {
      await this.#loadOneByOne(load, format);
      return;
    }
    const outcomes = load.batches.map(
      (batch): Outcome => ({
        batch,
        format: format.name,
        state: failure === undefined && !gone.has(batch.batchId) ? 'loaded' : 'rejected',
        reason: gone.has(batch.batchId)
          ? 'changed or vanished before it was loaded'
          : (failure?.message ?? ''),
        loadedMs,
        loadMs: loadedMs - startMs,
        loadId: load.loadId,
      }),
    );
    await this.#finish(outcomes, load);
  }

  /**
   * The engine could not read one of the files, and a load of one block that fails has stored nothing: each batch
   * gets a load of its own, and the one at fault is rejected alone.
   */
  async #loadOneByOne(load: Load, format: Format): Promise<void> {
    for (const batch of load.batches) {
      const single = await this.#parts.spool.seal({
        // Named after the whole, so that a crash in between and a second split give the same tokens.
        loadId: `${load.loadId}-${batch.batchId}`,
        format: format.name,
        isLarge: false,
        batches: [batch],
        ...(format.decode === undefined ? {} : { decode: format.decode }),
      });
      this.#enqueue(await this.#parts.spool.withOwnPaths(single));
    }
    await this.#parts.spool.remove(load);
  }

  async #reject(arrival: Unreadable): Promise<void> {
    const { batch, format, reason } = arrival;
    const loadedMs = this.#parts.clock.nowMs();
    const loadId = `reject-${batch.batchId}`;
    await this.#finish([
      { batch, format: format?.name ?? '', state: 'rejected', reason, loadedMs, loadMs: 0, loadId },
    ]);
  }

  /** Records what became of batches until that is done: the ledger's token makes repeating harmless. */
  async #finish(outcomes: readonly Outcome[], load?: Load): Promise<void> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        await this.#record(outcomes, load);
        break;
      } catch (error) {
        this.#parts.log.warn(
          { attempt, error: reasonOf(error) },
          'cannot write the ledger, will be repeated',
        );
        if (
          this.#stop.signal.aborted ||
          (await isStoppedBefore(attempt, { ...this.#parts, stop: this.#stop.signal }))
        )
          return;
      }
    }
    for (const { batch } of outcomes) await this.#acknowledge(batch);
  }

  async #record(outcomes: readonly Outcome[], load: Load | undefined): Promise<void> {
    for (const { batch, state } of outcomes) if (state === 'rejected') await this.#keepRejected(batch);
    await this.#ledger.record(outcomes, `${outcomes[0]?.loadId ?? ''}/ledger/${outcomes[0]?.loadedMs ?? 0}`);
    await this.#count(outcomes);
    if (load !== undefined) await this.#parts.spool.remove(load);
    else for (const { batch } of outcomes) if (batch.spoolBytes > 0) await rm(batch.path, { force: true });
  }

  async #keepRejected(batch: SpooledBatch): Promise<void> {
    await this.#parts.spool.keepRejected(batch);
    const dropped = await this.#parts.spool.trimRejected(this.#parts.limits.rejectedBytes);
    if (dropped.length === 0) return;
    this.#parts.log.warn(
      { batches: dropped },
      'bytes of the oldest rejected batches dropped: intake.rejected reached',
    );
  }

  async #count(outcomes: readonly Outcome[]): Promise<void> {
    const tallies = await this.#ledger.tallies(outcomes.map(({ batch }) => batch.batchId));
    for (const { batch, state } of outcomes) {
      const counts = this.counts(batch.source);
      const tally = tallies.get(batch.batchId);
      counts.sizeBytes += batch.sizeBytes;
      if (state === 'rejected') counts.rejected += 1;
      else counts.loaded += 1;
      counts.facts += tally?.facts ?? 0;
      counts.rejects += tally?.rejects ?? 0;
      counts.skipped += tally?.skipped ?? 0;
    }
  }

  async #acknowledge(batch: SpooledBatch): Promise<void> {
    const waiting = this.#underWay.get(batch.batchId) ?? [];
    this.#underWay.delete(batch.batchId);
    this.#spoolBytes -= batch.spoolBytes;
    for (const offered of waiting) {
      try {
        await offered.acknowledge();
      } catch (error) {
        this.#parts.log.warn(
          { origin: batch.origin, error: reasonOf(error) },
          'cannot acknowledge; it will be offered again',
        );
      }
    }
  }
}
