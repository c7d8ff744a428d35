/** The request metrics S3 keeps in CloudWatch. */
import { CloudWatchClient, GetMetricDataCommand, ListMetricsCommand } from '@aws-sdk/client-cloudwatch';
import { credentialsOf, type S3Identity } from './credentials.ts';
import { type Attempt, s3Fault } from './s3-fault.ts';

export interface CloudWatchOptions extends S3Identity {
  readonly region: string;
  /** URL of another endpoint than AWS's. */
  readonly endpoint?: string;
}

/** A metric of a bucket, or of the part of it that a metrics configuration counts. */
export interface RequestMetric {
  readonly bucket: string;
  readonly filterId: string;
  /** AWS's name: `AllRequests`. */
  readonly metric: string;
}

export interface MetricRequest {
  /** 500 at most. */
  readonly metrics: readonly RequestMetric[];
  /** Milliseconds since 1970 UTC; the end is exclusive. */
  readonly startMs: number;
  readonly endMs: number;
  readonly periodS: number;
}

export interface MetricPoint extends RequestMetric {
  /** Start of the period. */
  readonly timeMs: number;
  /** Sum over the period. */
  readonly value: number;
}

export interface CloudWatch {
  /** The request metrics there are, each once. */
  list(signal: AbortSignal): Promise<RequestMetric[]>;
  /** Sums by the period; periods without a value are left out. */
  read(request: MetricRequest, signal: AbortSignal): Promise<MetricPoint[]>;
  /** Requests sent so far by kind, and metrics asked for, which are what AWS charges. */
  readonly requests: Readonly<Record<string, number>>;
  close(): void;
}

const PAGES_MAX = 1_000;
const ATTEMPTS = 3;

/** Opens a connection; nothing is sent before the first request. Failures are `Fault`s. */
export function openCloudWatch(options: CloudWatchOptions): CloudWatch {
  return new SdkCloudWatch(options);
}

class SdkCloudWatch implements CloudWatch {
  readonly requests = { LIST_METRICS: 0, GET_METRIC_DATA: 0, METRICS: 0 };
  readonly #client: CloudWatchClient;
  readonly #region: string;

  constructor(options: CloudWatchOptions) {
    const { region, endpoint } = options;
    this.#region = region;
    this.#client = new CloudWatchClient({
      region,
      credentials: credentialsOf(options),
      maxAttempts: ATTEMPTS,
      requestHandler: { connectionTimeout: 5_000, socketTimeout: 30_000 },
      ...(endpoint === undefined ? {} : { endpoint }),
    });
  }

  async list(signal: AbortSignal): Promise<RequestMetric[]> {
    const found = new Map<string, RequestMetric>();
    await this.#paged('ListMetrics', async (token) => {
      this.requests.LIST_METRICS += 1;
      // Only request metrics have a FilterId.
      const command = new ListMetricsCommand({
        Namespace: 'AWS/S3',
        Dimensions: [{ Name: 'FilterId' }],
        NextToken: token,
      });
      const page = await this.#client.send(command, { abortSignal: signal });
      for (const { MetricName: metric, Dimensions: dimensions = [] } of page.Metrics ?? []) {
        const named = (name: string): string | undefined =>
          dimensions.find((one) => one.Name === name)?.Value;
        const [bucket, filterId] = [named('BucketName'), named('FilterId')];
        if (metric !== undefined && bucket !== undefined && filterId !== undefined)
          found.set(JSON.stringify([bucket, filterId, metric]), { bucket, filterId, metric });
      }
      return page.NextToken;
    });
    return [...found.values()];
  }

  async read(request: MetricRequest, signal: AbortSignal): Promise<MetricPoint[]> {
    const { metrics, startMs, endMs, periodS } = request;
    const queries = metrics.map((metric, index) => ({
      Id: `m${index}`,
      MetricStat: {
        Metric: {
          Namespace: 'AWS/S3',
          MetricName: metric.metric,
          Dimensions: [
            { Name: 'BucketName', Value: metric.bucket },
            { Name: 'FilterId', Value: metric.filterId },
          ],
        },
        Period: periodS,
        Stat: 'Sum',
      },
    }));
    const points: MetricPoint[] = [];
    await this.#paged('GetMetricData', async (token) => {
      this.requests.GET_METRIC_DATA += 1;
      this.requests.METRICS += metrics.length;
      const command = new GetMetricDataCommand({
        MetricDataQueries: queries,
        StartTime: new Date(startMs),
        EndTime: new Date(endMs),
        ScanBy: 'TimestampAscending',
        NextToken: token,
      });
      const page = await this.#client.send(command, { abortSignal: signal });
      for (const result of page.MetricDataResults ?? []) {
        const metric = metrics[Number(result.Id?.slice(1))];
        if (metric === undefined) continue;
        (result.Timestamps ?? []).forEach((time, index) => {
          const value = result.Values?.[index];
          if (value !== undefined) points.push({ ...metric, timeMs: time.getTime(), value });
        });
      }
      return page.NextToken;
    });
    return points;
  }

  close(): void {
    this.#client.destroy();
  }

  async #paged(
    action: string,
    page: (token: string | undefined) => Promise<string | undefined>,
  ): Promise<void> {
    let token: string | undefined;
    try {
      for (let pages = 0; pages < PAGES_MAX; pages += 1) {
        token = await page(token);
        if (token === undefined) return;
      }
    } catch (error) {
      throw s3Fault(error, this.#attempt(action));
    }
  }

  #attempt(action: string): Attempt {
    return {
      what: `read the metrics of S3 in ${this.#region}`,
      action: `cloudwatch:${action}`,
      resource: '*',
    };
  }
}
