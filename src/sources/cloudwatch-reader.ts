/** Reads the metrics of one pace: those of each minute, or those of each day. */
import type { AskedMetric, CloudWatch, MetricPoint, StoreMetric } from '../s3/cloudwatch.ts';
import type { CursorStore } from './bucket-listing-cursor.ts';
import type { OfferedBatch } from './source.ts';

export interface Pace {
  /** The metrics, and by which statistic each is read. */
  readonly statistics: ReadonlyMap<string, AskedMetric['statistic']>;
  readonly periodS: number;
  /** How long after a reading there is no other: AWS charges for each metric of each. */
  readonly restMs: number;
  /** How far back they are read again: points come late and change. */
  readonly lookBackMs: number;
  /** How far back the first reading after a start goes, or further to where the last good one ended. */
  readonly sinceMs: number;
  /** How far back the first reading of all goes. */
  readonly firstMs: number;
  /** CloudWatch keeps points of the period for so long. */
  readonly keptMs: number;
  /** Name under which is kept when the last good reading was. */
  readonly cursor: string;
}

interface ReaderParts {
  readonly cloudWatch: CloudWatch;
  readonly cursors: CursorStore;
  /** Of what is offered. */
  readonly origin: string;
  /** Called when what was offered could not be taken in. */
  readonly failed: (reason: string) => void;
}

/** A reading: good once it is whole and all it offered is in the ledger. */
interface Reading {
  readonly atMs: number;
  isWhole: boolean;
  open: number;
}

/** Metrics read together, which are one batch. */
const AT_ONCE = 50;

export class MetricReader {
  readonly #pace: Pace;
  readonly #parts: ReaderParts;
  /** The value of each point offered and not failed, within the look-back. */
  readonly #offered = new Map<string, Pick<MetricPoint, 'timeMs' | 'value'>>();
  /** When the last whole reading was; 0 when there was none since the start, or something of it failed. */
  #wholeMs = 0;
  /** When the last good reading was; 0 before it is read from where it is kept, or when there was none. */
  #goodMs = 0;

  constructor(pace: Pace, parts: ReaderParts) {
    this.#pace = pace;
    this.#parts = parts;
  }

  /** Offers what of its metrics is new or has changed, once it is time. */
  async *read(
    all: readonly StoreMetric[],
    { nowMs, signal }: { readonly nowMs: number; readonly signal: AbortSignal },
  ): AsyncGenerator<OfferedBatch> {
    const { cloudWatch, cursors } = this.#parts;
    const { cursor, lookBackMs, periodS, statistics } = this.#pace;
    const metrics = all.flatMap((metric) => {
      const statistic = statistics.get(metric.metric);
      return statistic === undefined ? [] : [{ ...metric, statistic }];
    });
    if (this.#goodMs === 0) this.#goodMs = Number(await cursors.read(cursor)) || 0;
    if (metrics.length === 0 || this.#rests(nowMs)) return;
    const range = { startMs: this.#startMs(nowMs), endMs: nowMs, periodS };
    const reading: Reading = { atMs: nowMs, isWhole: false, open: 0 };
    for (let first = 0; first < metrics.length; first += AT_ONCE) {
      const some = metrics.slice(first, first + AT_ONCE);
      const points = await cloudWatch.read({ metrics: some, ...range }, signal);
      const news = points.filter((point) => this.#offered.get(idOf(point))?.value !== point.value);
      if (news.length > 0) yield this.#offer(news, reading);
      this.#forget(nowMs - lookBackMs - periodS * 1000);
    }
    reading.isWhole = true;
    this.#wholeMs = nowMs;
    await this.#finish(reading);
  }

  #rests(nowMs: number): boolean {
    const lastMs = Math.max(this.#goodMs, this.#wholeMs);
    return lastMs <= nowMs && nowMs - lastMs < this.#pace.restMs;
  }

  /** Back to the overlap before the last good reading, however long ago that was: an outage leaves no hole. */
  #startMs(nowMs: number): number {
    const { firstMs, keptMs, lookBackMs, periodS, sinceMs } = this.#pace;
    const afterStartMs = this.#goodMs === 0 ? firstMs : sinceMs;
    const backMs = this.#wholeMs === 0 ? afterStartMs : lookBackMs;
    const goodMs = this.#goodMs === 0 ? nowMs : Math.min(nowMs, this.#goodMs);
    const startMs = Math.max(Math.min(nowMs - backMs, goodMs - lookBackMs), nowMs - keptMs);
    return Math.floor(startMs / (periodS * 1000)) * periodS * 1000;
  }

  #offer(points: readonly MetricPoint[], reading: Reading): OfferedBatch {
    for (const point of points) this.#offered.set(idOf(point), { timeMs: point.timeMs, value: point.value });
    const line = { period_seconds: this.#pace.periodS, read_at: new Date(reading.atMs).toISOString() };
    const text = points.map((point) => lineOf(point, line)).join('');
    reading.open += 1;
    return {
      origin: this.#parts.origin,
      format: 'store-metrics',
      content: { kind: 'stream', open: async () => once(Buffer.from(text)) },
      acknowledge: async () => {
        reading.open -= 1;
        await this.#finish(reading);
      },
      failed: (reason) => {
        for (const point of points) this.#offered.delete(idOf(point));
        this.#wholeMs = 0;
        this.#parts.failed(reason);
      },
    };
  }

  async #finish({ atMs, isWhole, open }: Reading): Promise<void> {
    if (!isWhole || open > 0 || atMs <= this.#goodMs) return;
    this.#goodMs = atMs;
    await this.#parts.cursors.write(this.#pace.cursor, String(atMs));
  }

  #forget(beforeMs: number): void {
    for (const [id, { timeMs }] of this.#offered) if (timeMs < beforeMs) this.#offered.delete(id);
  }
}

function idOf(point: MetricPoint): string {
  const { bucket, filterId, destinationBucket, ruleId, storageType, metric, timeMs } = point;
  return JSON.stringify([bucket, filterId, destinationBucket, ruleId, storageType, metric, timeMs]);
}

/** The order of the members is what tells the format. */
function lineOf(
  point: MetricPoint,
  { period_seconds, read_at }: { readonly period_seconds: number; readonly read_at: string },
): string {
  const line = {
    namespace: 'AWS/S3',
    metric: point.metric,
    bucket: point.bucket,
    filter_id: point.filterId,
    destination_bucket: point.destinationBucket,
    rule_id: point.ruleId,
    storage_type: point.storageType,
    statistic: point.statistic,
    period_seconds,
    time: new Date(point.timeMs).toISOString(),
    value: point.value,
    read_at,
  };
  return `${JSON.stringify(line)}\n`;
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
