/** What S3 counted of each bucket's requests and of its replication, from CloudWatch. */
import type { Clock } from '../lib/clock.ts';
import { reasonOf } from '../lib/fault.ts';
import type { AskedMetric, CloudWatch, MetricPoint } from '../s3/cloudwatch.ts';
import type { CursorStore } from './bucket-listing-cursor.ts';
import type { OfferedBatch, Source, SourceRun, SourceStatus } from './source.ts';

export interface CloudWatchRequest {
  readonly name: string;
  readonly region: string;
  /** How often the metrics are read. */
  readonly pollMs: number;
  /** How far back they are read again: points come late and change. */
  readonly lookBackMs: number;
  /** How far back the first reading after a start goes, or further to where the last good one ended. */
  readonly sinceMs: number;
}

/**
 * The metrics that are read, and by which statistic; AWS charges for each.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-dimensions.html
 */
const STATISTICS: ReadonlyMap<string, AskedMetric['statistic']> = new Map([
  ['AllRequests', 'Sum'],
  ['4xxErrors', 'Sum'],
  ['5xxErrors', 'Sum'],
  ['BytesDownloaded', 'Sum'],
  ['BytesUploaded', 'Sum'],
  ['ReplicationLatency', 'Maximum'],
  ['BytesPendingReplication', 'Maximum'],
  ['OperationsPendingReplication', 'Maximum'],
  ['OperationsFailedReplication', 'Sum'],
]);
const PERIOD_S = 60;
const PERIOD_MS = PERIOD_S * 1000;
/** Metrics read together, which are one batch. */
const AT_ONCE = 50;
/** How often it is asked which metrics there are. */
const LIST_MS = 3_600_000;
/** CloudWatch keeps points of a minute for so long. */
const KEPT_MS = 15 * 86_400_000;

interface CloudWatchParts {
  readonly cloudWatch: CloudWatch;
  readonly clock: Clock;
  /** Where is kept when the last good reading was. */
  readonly cursors: CursorStore;
}

/** A reading: good once it is whole and all it offered is in the ledger. */
interface Reading {
  readonly endMs: number;
  isWhole: boolean;
  open: number;
}

export function openCloudWatchMetrics(request: CloudWatchRequest, parts: CloudWatchParts): Source {
  return new CloudWatchMetrics(request, parts);
}

class CloudWatchMetrics implements Source {
  readonly kind = 'cloudwatch';
  readonly name: string;
  readonly location: string;
  readonly #request: CloudWatchRequest;
  readonly #parts: CloudWatchParts;
  /** The value of each point offered and not failed, within the look-back. */
  readonly #offered = new Map<string, { readonly timeMs: number; readonly value: number }>();
  #metrics: AskedMetric[] = [];
  #listedMs = Number.NEGATIVE_INFINITY;
  #hasRead = false;
  /** End of the last good reading; 0 before it is read from where it is kept, or when there was none. */
  #goodMs = 0;
  #state: SourceStatus['state'] = 'idle';
  #message = '';
  #lastCheckedMs = 0;

  constructor(request: CloudWatchRequest, parts: CloudWatchParts) {
    this.name = request.name;
    this.location = `CloudWatch AWS/S3 in ${request.region}`;
    this.#request = request;
    this.#parts = parts;
  }

  async *batches(run: SourceRun): AsyncGenerator<OfferedBatch> {
    while (!run.signal.aborted) {
      this.#state = 'reading';
      this.#message = '';
      try {
        yield* this.#look(run.signal);
        this.#hasRead = true;
      } catch (error) {
        if (run.signal.aborted) break;
        this.#message = reasonOf(error);
        if (!run.follow) throw error;
      }
      this.#lastCheckedMs = this.#parts.clock.nowMs();
      if (!run.follow) break;
      this.#state = this.#message === '' ? 'waiting' : 'failing';
      await this.#parts.clock.sleep(this.#request.pollMs, run.signal).catch(() => undefined);
    }
    if (this.#state !== 'failing') this.#state = 'done';
  }

  status(): SourceStatus {
    return {
      state: this.#state,
      message: this.#message,
      lastCheckedMs: this.#lastCheckedMs,
      requests: { ...this.#parts.cloudWatch.requests },
    };
  }

  async *#look(signal: AbortSignal): AsyncGenerator<OfferedBatch> {
    const { cloudWatch, clock } = this.#parts;
    const nowMs = clock.nowMs();
    if (nowMs - this.#listedMs >= LIST_MS) {
      const all = await cloudWatch.list(signal);
      this.#metrics = all.flatMap((metric) => {
        const statistic = STATISTICS.get(metric.metric);
        return statistic === undefined ? [] : [{ ...metric, statistic }];
      });
      this.#listedMs = nowMs;
    }
    const startMs = await this.#startMs(nowMs);
    const reading: Reading = { endMs: nowMs, isWhole: false, open: 0 };
    for (let first = 0; first < this.#metrics.length; first += AT_ONCE) {
      const metrics = this.#metrics.slice(first, first + AT_ONCE);
      const range = { startMs, endMs: nowMs, periodS: PERIOD_S };
      const points = (await cloudWatch.read({ metrics, ...range }, signal)).filter((point) =>
        this.#isNew(point),
      );
      if (points.length > 0) yield this.#offer(points, reading);
    }
    reading.isWhole = true;
    await this.#finish(reading);
    this.#forget(nowMs - this.#request.lookBackMs - PERIOD_MS);
  }

  /** Back to the overlap before the last good reading, however long ago that was: an outage leaves no hole. */
  async #startMs(nowMs: number): Promise<number> {
    const { lookBackMs, sinceMs, name } = this.#request;
    if (this.#goodMs === 0) this.#goodMs = Number(await this.#parts.cursors.read(name)) || 0;
    const backMs = this.#hasRead ? lookBackMs : sinceMs;
    const goodMs = this.#goodMs === 0 ? nowMs : Math.min(nowMs, this.#goodMs);
    const startMs = Math.max(Math.min(nowMs - backMs, goodMs - lookBackMs), nowMs - KEPT_MS);
    return Math.floor(startMs / PERIOD_MS) * PERIOD_MS;
  }

  async #finish({ endMs, isWhole, open }: Reading): Promise<void> {
    if (!isWhole || open > 0 || endMs <= this.#goodMs) return;
    this.#goodMs = endMs;
    await this.#parts.cursors.write(this.#request.name, String(endMs));
  }

  #isNew(point: MetricPoint): boolean {
    return this.#offered.get(idOf(point))?.value !== point.value;
  }

  #offer(points: readonly MetricPoint[], reading: Reading): OfferedBatch {
    for (const { timeMs, value, ...metric } of points)
      this.#offered.set(idOf({ timeMs, value, ...metric }), { timeMs, value });
    const text = points.map((point) => lineOf(point, reading.endMs)).join('');
    reading.open += 1;
    return {
      origin: `cloudwatch:${this.#request.region}/AWS/S3`,
      format: 'store-metrics',
      content: { kind: 'stream', open: async () => once(Buffer.from(text)) },
      acknowledge: async () => {
        reading.open -= 1;
        await this.#finish(reading);
      },
      failed: (reason) => {
        for (const point of points) this.#offered.delete(idOf(point));
        this.#state = 'failing';
        this.#message = reason;
      },
    };
  }

  #forget(beforeMs: number): void {
    for (const [id, { timeMs }] of this.#offered) if (timeMs < beforeMs) this.#offered.delete(id);
  }
}

function idOf({ bucket, filterId, destinationBucket, ruleId, metric, timeMs }: MetricPoint): string {
  return JSON.stringify([bucket, filterId, destinationBucket, ruleId, metric, timeMs]);
}

/** The order of the members is what tells the format. */
function lineOf(point: MetricPoint, readMs: number): string {
  const line = {
    namespace: 'AWS/S3',
    metric: point.metric,
    bucket: point.bucket,
    filter_id: point.filterId,
    destination_bucket: point.destinationBucket,
    rule_id: point.ruleId,
    statistic: point.statistic,
    period_seconds: PERIOD_S,
    time: new Date(point.timeMs).toISOString(),
    value: point.value,
    read_at: new Date(readMs).toISOString(),
  };
  return `${JSON.stringify(line)}\n`;
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
