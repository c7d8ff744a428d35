/** What S3 counted of each bucket's requests, from CloudWatch. */
import type { Clock } from '../lib/clock.ts';
import { reasonOf } from '../lib/fault.ts';
import type { CloudWatch, MetricPoint, RequestMetric } from '../s3/cloudwatch.ts';
import type { OfferedBatch, Source, SourceRun, SourceStatus } from './source.ts';

export interface CloudWatchRequest {
  readonly name: string;
  readonly region: string;
  /** How often the metrics are read. */
  readonly pollMs: number;
  /** How far back they are read again: points come late and change. */
  readonly lookBackMs: number;
  /** How far back the first reading after a start goes. */
  readonly sinceMs: number;
}

/** The metrics that are read; AWS charges for each. */
const METRICS: ReadonlySet<string> = new Set([
  'AllRequests',
  '4xxErrors',
  '5xxErrors',
  'BytesDownloaded',
  'BytesUploaded',
]);
const PERIOD_S = 60;
const PERIOD_MS = PERIOD_S * 1000;
/** Metrics read together, which are one batch. */
const AT_ONCE = 50;
/** How often it is asked which metrics there are. */
const LIST_MS = 3_600_000;

export function openCloudWatchMetrics(
  request: CloudWatchRequest,
  parts: { readonly cloudWatch: CloudWatch; readonly clock: Clock },
): Source {
  return new CloudWatchMetrics(request, parts);
}

class CloudWatchMetrics implements Source {
  readonly kind = 'cloudwatch';
  readonly name: string;
  readonly location: string;
  readonly #request: CloudWatchRequest;
  readonly #parts: { readonly cloudWatch: CloudWatch; readonly clock: Clock };
  /** The value of each point offered and not failed, within the look-back. */
  readonly #offered = new Map<string, { readonly timeMs: number; readonly value: number }>();
  #metrics: RequestMetric[] = [];
  #listedMs = Number.NEGATIVE_INFINITY;
  #hasRead = false;
  #state: SourceStatus['state'] = 'idle';
  #message = '';
  #lastCheckedMs = 0;

  constructor(request: CloudWatchRequest, parts: { readonly cloudWatch: CloudWatch; readonly clock: Clock }) {
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
      this.#metrics = all.filter(({ metric }) => METRICS.has(metric));
      this.#listedMs = nowMs;
    }
    const backMs = this.#hasRead ? this.#request.lookBackMs : this.#request.sinceMs;
    const startMs = Math.floor((nowMs - backMs) / PERIOD_MS) * PERIOD_MS;
    for (let first = 0; first < this.#metrics.length; first += AT_ONCE) {
      const metrics = this.#metrics.slice(first, first + AT_ONCE);
      const range = { startMs, endMs: nowMs, periodS: PERIOD_S };
      const points = (await cloudWatch.read({ metrics, ...range }, signal)).filter((point) =>
        this.#isNew(point),
      );
      if (points.length > 0) yield this.#offer(points, nowMs);
    }
    this.#forget(nowMs - this.#request.lookBackMs - PERIOD_MS);
  }

  #isNew(point: MetricPoint): boolean {
    return this.#offered.get(idOf(point))?.value !== point.value;
  }

  #offer(points: readonly MetricPoint[], readMs: number): OfferedBatch {
    for (const { timeMs, value, ...metric } of points)
      this.#offered.set(idOf({ timeMs, value, ...metric }), { timeMs, value });
    const text = points.map((point) => lineOf(point, readMs)).join('');
    return {
      origin: `cloudwatch:${this.#request.region}/AWS/S3`,
      format: 'store-metrics',
      content: { kind: 'stream', open: async () => once(Buffer.from(text)) },
      acknowledge: async () => {},
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

function idOf({ bucket, filterId, metric, timeMs }: MetricPoint): string {
  return `${bucket}/${filterId}/${metric}/${timeMs}`;
}

/** The order of the members is what tells the format. */
function lineOf(point: MetricPoint, readMs: number): string {
  const line = {
    namespace: 'AWS/S3',
    metric: point.metric,
    bucket: point.bucket,
    filter_id: point.filterId,
    statistic: 'Sum',
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
