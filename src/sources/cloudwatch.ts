/** What S3 counted of each bucket's requests, of its replication and of what is stored in it, from CloudWatch. */
import type { Clock } from '../lib/clock.ts';
import { reasonOf } from '../lib/fault.ts';
import type { AskedMetric, CloudWatch, StoreMetric } from '../s3/cloudwatch.ts';
import type { CursorStore } from './bucket-listing-cursor.ts';
import { MetricReader, type Pace } from './cloudwatch-reader.ts';
import type { OfferedBatch, Source, SourceRun, SourceStatus } from './source.ts';

export interface CloudWatchRequest {
  readonly name: string;
  readonly region: string;
  /** How often the metrics of each minute are read. */
  readonly pollMs: number;
  /** How far back they are read again: points come late and change. */
  readonly lookBackMs: number;
  /** How far back the first reading after a start goes, or further to where the last good one ended. */
  readonly sinceMs: number;
}

/** Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-dimensions.html */
const OF_MINUTES: ReadonlyMap<string, AskedMetric['statistic']> = new Map([
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
const OF_DAYS: ReadonlyMap<string, AskedMetric['statistic']> = new Map([
  ['BucketSizeBytes', 'Average'],
  ['NumberOfObjects', 'Average'],
]);
const DAY_MS = 86_400_000;
/** What is stored is counted once a day, and told up to two days later. */
const LATE_DAYS = 3;
/** How often it is asked which metrics there are. */
const LIST_MS = 3_600_000;

interface CloudWatchParts {
  readonly cloudWatch: CloudWatch;
  readonly clock: Clock;
  /** Where is kept when the last good readings were. */
  readonly cursors: CursorStore;
}

export function openCloudWatchMetrics(request: CloudWatchRequest, parts: CloudWatchParts): Source {
  return new CloudWatchMetrics(request, parts);
}

/** How long CloudWatch keeps points: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html */
function pacesOf({ name, lookBackMs, sinceMs }: CloudWatchRequest): readonly Pace[] {
  const minutes = { restMs: 0, lookBackMs, sinceMs, firstMs: sinceMs, keptMs: 15 * DAY_MS };
  const lateMs = LATE_DAYS * DAY_MS;
  const keptMs = 455 * DAY_MS;
  const days = { restMs: DAY_MS, lookBackMs: lateMs, sinceMs: lateMs, firstMs: keptMs, keptMs };
  return [
    { ...minutes, statistics: OF_MINUTES, periodS: 60, cursor: name },
    { ...days, statistics: OF_DAYS, periodS: DAY_MS / 1000, cursor: `${name}/days` },
  ];
}

class CloudWatchMetrics implements Source {
  readonly kind = 'cloudwatch';
  readonly name: string;
  readonly location: string;
  readonly #request: CloudWatchRequest;
  readonly #parts: CloudWatchParts;
  readonly #readers: readonly MetricReader[];
  #metrics: readonly StoreMetric[] = [];
  #listedMs = Number.NEGATIVE_INFINITY;
  #state: SourceStatus['state'] = 'idle';
  #message = '';
  #lastCheckedMs = 0;

  constructor(request: CloudWatchRequest, parts: CloudWatchParts) {
    this.name = request.name;
    this.location = `CloudWatch AWS/S3 in ${request.region}`;
    this.#request = request;
    this.#parts = parts;
    const origin = `cloudwatch:${request.region}/AWS/S3`;
    const failed = (reason: string): void => {
      this.#state = 'failing';
      this.#message = reason;
    };
    this.#readers = pacesOf(request).map((pace) => new MetricReader(pace, { ...parts, origin, failed }));
  }

  async *batches(run: SourceRun): AsyncGenerator<OfferedBatch> {
    while (!run.signal.aborted) {
      this.#state = 'reading';
      this.#message = '';
      try {
        yield* this.#look(run.signal);
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
      this.#metrics = await cloudWatch.list(signal);
      this.#listedMs = nowMs;
    }
    for (const reader of this.#readers) yield* reader.read(this.#metrics, { nowMs, signal });
  }
}
