/** The ledger: what became of every batch, in the engine's table `batches`. */
import { engineTime } from '../lib/engine-time.ts';
import type { Engine } from '../engine/engine.ts';
import type { FormatName } from '../formats/format.ts';
import type { Clock } from '../lib/clock.ts';
import type { SpooledBatch } from './spool.ts';

export type BatchState = 'loaded' | 'rejected';

const ASK_WAIT_MS = 2;

export interface Outcome {
  readonly batch: SpooledBatch;
  readonly format: FormatName | '';
  readonly state: BatchState;
  readonly reason: string;
  readonly loadedMs: number;
  readonly loadMs: number;
  readonly loadId: string;
}

export interface Tally {
  readonly batch_id: string;
  readonly facts: number;
  readonly rejects: number;
  readonly skipped: number;
  readonly first_event: string | null;
  readonly last_event: string | null;
}

export class Ledger {
  readonly #engine: Engine;
  readonly #clock: Clock;
  #asked: { readonly ids: string[]; readonly answer: Promise<Map<string, BatchState>> } | undefined;

  constructor(parts: { readonly engine: Engine; readonly clock: Clock }) {
    this.#engine = parts.engine;
    this.#clock = parts.clock;
  }

  /** The state of a batch, if it has one. Questions asked at the same time are one query. */
  async state(batchId: string): Promise<BatchState | undefined> {
    this.#asked ??= { ids: [], answer: this.#answerSoon() };
    this.#asked.ids.push(batchId);
    return (await this.#asked.answer).get(batchId);
  }

  /** The states of those batches that have one. */
  async states(batchIds: readonly string[]): Promise<Map<string, BatchState>> {
    if (batchIds.length === 0) return new Map();
    const rows = await this.#engine.query<{ id: string; state: BatchState }>(
      `select toString(batch_id) as id, state from batches where batch_id in (${batchIds.map(idLiteral).join(', ')})`,
    );
    return new Map(rows.map((row) => [row.id, row.state]));
  }

  async #answerSoon(): Promise<Map<string, BatchState>> {
    await this.#clock.sleep(ASK_WAIT_MS);
    const ids = this.#asked?.ids ?? [];
    this.#asked = undefined;
    return this.states(ids);
  }

  /** What the records of those batches became, as counted when they were inserted. */
  async tallies(batchIds: readonly string[]): Promise<Map<string, Tally>> {
    const rows = await this.#engine.query<Tally>(
      `select toString(batch_id) as batch_id, facts, rejects, skipped, first_event, last_event
       from batch_tallies
       where batch_id in (${batchIds.map(idLiteral).join(', ')})`,
    );
    return new Map(rows.map((row) => [row.batch_id, row]));
  }

  /** Writes outcomes; the same outcomes twice change nothing. */
  async record(outcomes: readonly Outcome[], token: string): Promise<void> {
    const ids = outcomes.map((outcome) => outcome.batch.batchId);
    const tallies = outcomes.some((outcome) => outcome.state === 'loaded')
      ? await this.tallies(ids)
      : new Map();
    const rows = outcomes.map((outcome) => ledgerRow(outcome, tallies.get(outcome.batch.batchId)));
    await this.#engine.insertRows({ table: 'batches', rows, token });
  }
}

function ledgerRow(outcome: Outcome, tally: Tally | undefined): Record<string, unknown> {
  const { batch } = outcome;
  return {
    batch_id: batch.batchId,
    source: batch.source,
    origin: batch.origin,
    identity: batch.identity,
    namespace: batch.namespace ?? '',
    format: outcome.format,
    state: outcome.state,
    reason: outcome.reason,
    size_bytes: batch.sizeBytes,
    content_sha256: batch.contentSha256 ?? '',
    facts: tally?.facts ?? 0,
    rejects: tally?.rejects ?? 0,
    skipped: tally?.skipped ?? 0,
    first_event: tally?.first_event ?? null,
    last_event: tally?.last_event ?? null,
    delivered_at: batch.deliveredMs === undefined ? null : engineTime(batch.deliveredMs),
    received_at: engineTime(batch.receivedMs),
    loaded_at: engineTime(outcome.loadedMs),
    load_ms: outcome.loadMs,
    load_id: outcome.loadId,
  };
}

function idLiteral(batchId: string): string {
  if (!/^\d{1,20}$/.test(batchId)) throw new Error(`not a batch id: ${batchId}`);
  return `toUInt64(${batchId})`;
}
