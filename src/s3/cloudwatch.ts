/** The metrics that S3 keeps in CloudWatch: of requests, of replication, of what is stored. */
import {
  CloudWatchClient,
  type Dimension,
  GetMetricDataCommand,
  ListMetricsCommand,
  type Metric,
} from '@aws-sdk/client-cloudwatch';
import { credentialsOf, type S3Identity } from './credentials.ts';
import { type Attempt, s3Fault } from './s3-fault.ts';

export interface CloudWatchOptions extends S3Identity {
  readonly region: string;
  /** URL of another endpoint than AWS's. */
  readonly endpoint?: string;
}

/**
 * A metric of a bucket: of its requests, or of the part of them that a configuration counts, of one of its replication rules,
 * or of what is stored in it.
 */
export interface StoreMetric {
  /** AWS's name: `AllRequests`, `ReplicationLatency`. */
  readonly metric: string;
  /** Of replication the source. */
  readonly bucket: string;
  /** Of requests; empty for others. */
  readonly filterId: string;
  /** Of replication; empty for others. */
  readonly destinationBucket: string;
  /** Of replication; empty for others. */
  readonly ruleId: string;
  /** Of what is stored: `StandardStorage`, `AllStorageTypes`; empty for others. */
  readonly storageType: string;
}

export interface AskedMetric extends StoreMetric {
  readonly statistic: 'Sum' | 'Maximum' | 'Average';
}

export interface MetricRequest {
  /** 500 at most. */
  readonly metrics: readonly AskedMetric[];
  /** Milliseconds since 1970 UTC; the end is exclusive. */
  readonly startMs: number;
  readonly endMs: number;
  readonly periodS: number;
}

export interface MetricPoint extends AskedMetric {
  /** Start of the period. */
  readonly timeMs: number;
  /** The statistic over the period. */
  readonly value: number;
}

export interface CloudWatch {
  /** The metrics there are, each once. */
  list(signal: AbortSignal): Promise<StoreMetric[]>;
  /** Statistics by the period; periods without a value are left out. */
  read(request: MetricRequest, signal: AbortSignal): Promise<MetricPoint[]>;
  /** Requests sent so far by kind, and metrics asked for, which are what AWS charges. */
  readonly requests: Readonly<Record<string, number>>;
  close(): void;
}

/** What only metrics of requests have, only those of replication, and only those of what is stored. */
const TELLING_DIMENSIONS = ['FilterId', 'RuleId', 'StorageType'];
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

  async list(signal: AbortSignal): Promise<StoreMetric[]> {
    const found = new Map<string, StoreMetric>();
    for (const dimension of TELLING_DIMENSIONS) {
      await this.#paged('ListMetrics', async (token) => {
        this.requests.LIST_METRICS += 1;
        const command = new ListMetricsCommand({
          Namespace: 'AWS/S3',
          Dimensions: [{ Name: dimension }],
          NextToken: token,
        });
        const page = await this.#client.send(command, { abortSignal: signal });
        for (const metric of (page.Metrics ?? []).map(metricOf)) {
          if (metric !== undefined) found.set(JSON.stringify(metric), metric);
        }
        return page.NextToken;
      });
    }
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
          Dimensions: dimensionsOf(metric),
        },
        Period: periodS,
        Stat: metric.statistic,
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

function metricOf({ MetricName: metric, Dimensions: dimensions = [] }: Metric): StoreMetric | undefined {
  const named = (name: string): string => dimensions.find((one) => one.Name === name)?.Value ?? '';
  const bucket = named('BucketName') || named('SourceBucket');
  if (metric === undefined || bucket === '') return undefined;
  return {
    metric,
    bucket,
    filterId: named('FilterId'),
    destinationBucket: named('DestinationBucket'),
    ruleId: named('RuleId'),
    storageType: named('StorageType'),
  };
}

function dimensionsOf(metric: StoreMetric): Dimension[] {
  const { bucket, filterId, destinationBucket, ruleId, storageType } = metric;
  if (ruleId !== '') {
    return [
      { Name: 'SourceBucket', Value: bucket },
      { Name: 'DestinationBucket', Value: destinationBucket },
      { Name: 'RuleId', Value: ruleId },
    ];
  }
  const part =
    storageType === '' ? { Name: 'FilterId', Value: filterId } : { Name: 'StorageType', Value: storageType };
  return [{ Name: 'BucketName', Value: bucket }, part];
}
