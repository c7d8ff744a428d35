/**
 * Messages of an SQS queue: announcements of log objects, which are fetched, and events about objects, which are facts.
 * A message is deleted when everything in it is in the ledger or parked; until then it is held, and after a crash it
 * comes again and changes nothing.
 */
import { Channel } from '../lib/channel.ts';
import type { FormatName } from '../formats/format.ts';
import type { Clock } from '../lib/clock.ts';
import { Fault, reasonOf } from '../lib/fault.ts';
import type { Queue, QueueDepth, ReceivedMessage } from '../s3/queue.ts';
import { isObjectGone, isObjectReplaced, type S3Reader } from '../s3/s3.ts';
import { bucketPlace } from './inventory-places.ts';
import { offersOfReport, reportKeyOf, roleOf } from './inventory-report.ts';
import { HeldMessages } from './queue-held.ts';
import { logTest } from './queue-logs.ts';
import { type Announced, type MessageMode, planOf, type PlanRules } from './queue-message.ts';
import { Troubles } from './queue-troubles.ts';
import type { OfferedBatch, Parking, QueueStatus, Source, SourceRun, SourceStatus } from './source.ts';

export interface QueueRequest {
  readonly name: string;
  readonly messages: MessageMode;
  /** `s3://bucket/prefix` of logs; without any the key decides, or in mode `announcements` every object is one. */
  readonly logs: readonly string[];
  /** Of the announced objects; guessed when absent. */
  readonly format?: FormatName;
  /** Long polls at the same time. */
  readonly receivers: number;
  /** How long a message is held at a time; whole seconds. */
  readonly visibilityMs: number;
  /** First wait after a failure, each further one twice as long, at most 15 minutes; default: 30 s. */
  readonly backoffMs?: number;
}

export interface QueueParts {
  /** Connections of this source alone: their requests are what the source has cost. */
  readonly queue: Queue;
  readonly s3: S3Reader;
  readonly clock: Clock;
  readonly parking: Parking;
}

const ROOM_MS = 20;
const DEPTH_MS = 30_000;
const POLL_BACKOFF_MS = 1_000;
const BACKOFF_MS = 30_000;
const BACKOFF_MS_MAX = 900_000;
const DATA_FILE = 'data file of an inventory report, which its manifest offers';
/** How often an object that is replaced while it is fetched is looked up anew. */
const LOOKUPS_MAX = 3;

export function openQueueSource(request: QueueRequest, parts: QueueParts): Source {
  return new QueueSource(request, parts);
}

/** A message on its way, and how many of its parts are not settled. */
interface Work {
  readonly message: ReceivedMessage;
  readonly receivedMs: number;
  partsLeft: number;
  hasFailed: boolean;
}

class QueueSource implements Source {
  readonly kind = 'queue';
  readonly name: string;
  readonly #request: QueueRequest;
  readonly #parts: QueueParts;
  readonly #rules: PlanRules;
  readonly #held: HeldMessages;
  readonly #troubles: Troubles;
  readonly #skipped = new Map<string, number>();
  /** Announcements whose ETag is being asked for. */
  readonly #looking = new Set<Promise<void>>();
  #offers = new Channel<OfferedBatch>();
  #state: 'idle' | 'reading' | 'waiting' | 'done' = 'idle';
  #lastCheckedMs = 0;
  #pollFault: Fault | undefined;
  #depthFault: Fault | undefined;
  #depth: QueueDepth | undefined;

  constructor(request: QueueRequest, parts: QueueParts) {
    this.name = request.name;
    this.#request = request;
    this.#parts = parts;
    const { messages, logs } = request;
    const isAnyLog = messages === 'announcements' && logs.length === 0;
    this.#rules = { mode: messages, isLog: isAnyLog ? () => true : logTest(logs) };
    this.#held = new HeldMessages(request.visibilityMs, parts);
    this.#troubles = new Troubles(parts.clock);
  }

  get location(): string {
    return this.#parts.queue.location;
  }

  async *batches(run: SourceRun): AsyncGenerator<OfferedBatch> {
    const stop = new AbortController();
    const signal = AbortSignal.any([run.signal, stop.signal]);
    const offers = new Channel<OfferedBatch>();
    this.#offers = offers;
    this.#state = 'reading';
    const beside = [this.#held.keep(signal), this.#watchDepth(signal)];
    const receivers = Array.from({ length: this.#request.receivers }, () => this.#receive(run, signal));
    const received = Promise.all(receivers)
      .then(() => Promise.all(this.#looking))
      .finally(() => offers.close());
    received.catch(() => undefined);
    try {
      yield* offers.read(signal);
      await received;
    } finally {
      stop.abort();
      this.#state = 'done';
      await Promise.allSettled([...receivers, ...beside]);
    }
  }

  status(): SourceStatus {
    const fault = this.#pollFault?.message ?? this.#held.problem;
    const problem = fault === '' ? this.#troubles.text() : fault;
    return {
      state: problem === '' ? this.#state : 'failing',
      message: [problem, this.#skippedText(), this.#depthFault?.message ?? '']
        .filter((text) => text !== '')
        .join(' '),
      lastCheckedMs: this.#lastCheckedMs,
      requests: { ...this.#parts.queue.requests, ...this.#parts.s3.requests },
      ...(this.#depth === undefined ? {} : { queue: this.#queueStatus(this.#depth) }),
    };
  }

  /** The messages that the last acknowledgements finished are deleted, then the connections go. */
  async close(): Promise<void> {
    await this.#held.settle();
    this.#parts.queue.close();
    this.#parts.s3.close();
  }

  /** One of several that poll; one poll never waits for what another has brought. */
  async #receive(run: SourceRun, signal: AbortSignal): Promise<void> {
    const { queue, clock } = this.#parts;
    const visibleAfterS = Math.ceil(this.#request.visibilityMs / 1000);
    for (let failures = 0; !signal.aborted; ) {
      try {
        while (this.#held.isFull) await clock.sleep(ROOM_MS, signal);
        const messages = await queue.receive(visibleAfterS, signal);
        this.#pollFault = undefined;
        failures = 0;
        this.#lastCheckedMs = clock.nowMs();
        this.#state = messages.length === 0 ? 'waiting' : 'reading';
        for (const message of messages) if (this.#held.take(message)) this.#begin(message, run);
        if (messages.length === 0 && !run.follow) return;
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof Fault) || !run.follow) throw error;
        this.#pollFault = error;
        failures += 1;
        await clock.sleep(backoff(POLL_BACKOFF_MS, failures), signal).catch(() => undefined);
      }
    }
  }

  /** Sets every part of a message on its way. */
  #begin(message: ReceivedMessage, run: SourceRun): void {
    const plan = planOf(message.body, this.#rules);
    const work: Work = { message, receivedMs: this.#parts.clock.nowMs(), partsLeft: 1, hasFailed: false };
    for (const what of plan.skipped) this.#skip(what);
    if (plan.parked !== undefined) void this.#park(work, plan.parked);
    if (plan.batch !== undefined) this.#offerMessage(work, plan.batch, run);
    for (const announced of plan.announced) this.#announceSoon(work, announced, run);
    // The part that stands for the message itself: without it the first part could end the message before the second begins.
    this.#settle(work);
  }

  #offerMessage(work: Work, batch: { format: FormatName; text: string }, run: SourceRun): void {
    work.partsLeft += 1;
    const { messageId, sentMs } = work.message;
    this.#offers.push({
      origin: this.location,
      etag: messageId,
      format: batch.format,
      ...(sentMs > 0 ? { deliveredMs: sentMs } : {}),
      content: { kind: 'stream', open: async () => bytesOf(batch.text) },
      acknowledge: async () => this.#settle(work),
      failed: (reason) => this.#fail(work, reason, run),
    });
  }

  #announceSoon(work: Work, announced: Announced, run: SourceRun, lookups = 0): void {
    const looking = this.#announce(work, announced, run, lookups).finally(() =>
      this.#looking.delete(looking),
    );
    this.#looking.add(looking);
  }

  /** Offers an announced object under the identity that listing its bucket gives it. */
  async #announce(work: Work, announced: Announced, run: SourceRun, lookups: number): Promise<void> {
    work.partsLeft += 1;
    try {
      const { bucket, key } = announced;
      const { format = 'inventory' } = this.#request;
      const role = format === 'inventory' ? roleOf(key) : undefined;
      if (role !== undefined) {
        await this.#announceReport(work, announced, run);
        return;
      }
      const etag = announced.etag ?? (await this.#etagOf(announced, run.signal));
      if (etag === undefined) await this.#parkGone(work, announced);
      else this.#offers.push(this.#objectBatch(work, { bucket, key, etag }, run, lookups));
    } catch (error) {
      if (!(error instanceof Fault) && !run.signal.aborted) throw error;
      this.#fail(work, reasonOf(error), run);
    }
  }

  /** Offers the data files of an announced report; a data file that is announced itself waits for its manifest. */
  async #announceReport(work: Work, { bucket, key }: Announced, run: SourceRun): Promise<void> {
    const reportKey = reportKeyOf(key);
    if (reportKey === undefined) {
      this.#skip(DATA_FILE);
      this.#settle(work);
      return;
    }
    const ended = (failure: string | undefined): void =>
      failure === undefined ? this.#settle(work) : this.#fail(work, failure, run);
    const place = bucketPlace(bucket, this.#parts.s3, run.signal);
    for await (const offered of offersOfReport(reportKey, ended, place)) this.#offers.push(offered);
  }

  #objectBatch(work: Work, object: Required<Announced>, run: SourceRun, lookups: number): OfferedBatch {
    const { bucket, key, etag } = object;
    const { format } = this.#request;
    const { sentMs } = work.message;
    let cause: unknown;
    return {
      origin: `s3://${bucket}/${key}`,
      ...(etag === '' ? {} : { etag }),
      ...(format === undefined ? {} : { format }),
      ...(sentMs > 0 ? { deliveredMs: sentMs } : {}),
      content: {
        kind: 'stream',
        open: async (signal) => {
          try {
            const wanted = { bucket, key, ...(etag === '' ? {} : { etag }) };
            return (await this.#parts.s3.getObject(wanted, signal)).body;
          } catch (error) {
            cause = error;
            throw error;
          }
        },
      },
      acknowledge: async () => this.#settle(work),
      failed: (reason) => {
        if (isObjectGone(cause)) {
          void this.#parkGone(work, object);
        } else if (isObjectReplaced(cause) && lookups < LOOKUPS_MAX) {
          this.#announceSoon(work, { bucket, key }, run, lookups + 1);
          this.#settle(work);
        } else {
          this.#fail(work, reason, run);
        }
      },
    };
  }

  /** The ETag the object has now; nothing when it is gone. */
  async #etagOf({ bucket, key }: Announced, signal: AbortSignal): Promise<string | undefined> {
    const page = await this.#parts.s3.listPage({ bucket, prefix: key, maxKeys: 1 }, signal);
    return page.objects.find((object) => object.key === key)?.etag;
  }

  async #parkGone(work: Work, { bucket, key }: Announced): Promise<void> {
    await this.#park(work, `the announced object is gone: s3://${bucket}/${key}`);
    this.#settle(work);
  }

  async #park(work: Work, reason: string): Promise<void> {
    work.partsLeft += 1;
    const { messageId, body } = work.message;
    try {
      await this.#parts.parking.park({
        source: this.name,
        messageId,
        reason,
        body,
        receivedMs: work.receivedMs,
      });
      this.#settle(work);
    } catch (error) {
      this.#giveBack(work, `cannot park a message: ${reasonOf(error)}`);
    }
  }

  #settle(work: Work): void {
    work.partsLeft -= 1;
    if (work.partsLeft > 0 || work.hasFailed) return;
    const { messageId } = work.message;
    this.#troubles.end(messageId);
    this.#held.finish(messageId);
  }

  /** What the stop interrupts stays in the queue, and is no failure. */
  #fail(work: Work, reason: string, run: SourceRun): void {
    if (!run.signal.aborted) this.#giveBack(work, reason);
  }

  /** A message that fails in one part is given back whole; its other parts will be known when it comes again. */
  #giveBack(work: Work, reason: string): void {
    if (work.hasFailed) return;
    work.hasFailed = true;
    const { messageId, receiveCount } = work.message;
    const waitMs = backoff(this.#request.backoffMs ?? BACKOFF_MS, receiveCount);
    this.#troubles.begin(messageId, reason, waitMs);
    void this.#held.giveBack(messageId, waitMs);
  }

  async #watchDepth(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        this.#depth = await this.#parts.queue.depth(signal);
        this.#depthFault = undefined;
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof Fault)) throw error;
        this.#depthFault = error;
      }
      await this.#parts.clock.sleep(DEPTH_MS, signal).catch(() => undefined);
    }
  }

  #queueStatus(depth: QueueDepth): QueueStatus {
    const oldestMs = this.#held.oldestSentMs;
    if (oldestMs === undefined) return depth;
    return { ...depth, oldestAgeMs: Math.max(0, this.#parts.clock.nowMs() - oldestMs) };
  }

  #skip(what: string): void {
    this.#skipped.set(what, (this.#skipped.get(what) ?? 0) + 1);
  }

  #skippedText(): string {
    const parts = [...this.#skipped].map(([what, count]) => `${count} × ${what}`);
    return parts.length === 0 ? '' : `Left out on purpose: ${parts.join(', ')}.`;
  }
}

/** The wait after so many failures. */
function backoff(firstMs: number, failures: number): number {
  return Math.min(BACKOFF_MS_MAX, firstMs * 2 ** Math.min(failures - 1, 20));
}

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}
