/**
 * The request metrics under AWS's names, one definition each. Source:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-dimensions.html#s3-request-cloudwatch-metrics
 */
import type { Dimension, MetricDefinition } from '../metric.ts';
import { COUNTED, type FAMILIES, isOf } from './counted.ts';
import { REQUESTS } from './facts.ts';
import { requestRows } from './metric-rows.ts';
import { type MetricKind, requestSource } from './metric-source.ts';

const BUCKET: Dimension = { name: 'bucket', column: 'bucket' };
const FINER: readonly Dimension[] = [
  { name: 'operation', column: 'operation' },
  { name: 'http_status', column: 'http_status', isNumber: true },
  { name: 'error_code', column: 'error_code' },
];

const OF_KIND: Readonly<
  Record<
    MetricKind['kind'],
    Pick<MetricDefinition, 'statistics' | 'percentileMax' | 'usualStatistic' | 'finerDimensions' | 'isShare'>
  >
> = {
  count: { statistics: ['Sum'], finerDimensions: FINER },
  ratio: {
    statistics: ['Average', 'Sum', 'Minimum', 'Maximum', 'SampleCount'],
    finerDimensions: FINER,
    isShare: true,
  },
  bytes: {
    statistics: ['Average', 'Sum', 'Minimum', 'Maximum', 'SampleCount'],
    percentileMax: 99.9,
    usualStatistic: 'Sum',
    finerDimensions: FINER,
  },
  latency: {
    statistics: ['Average', 'Sum', 'Minimum', 'Maximum', 'SampleCount'],
    percentileMax: 100,
    usualStatistic: 'p50',
  },
};

interface RequestMetric extends Pick<MetricDefinition, 'name' | 'unit' | 'description'> {
  readonly of: MetricKind;
}

function count(name: keyof typeof FAMILIES, description: string): RequestMetric {
  return { name, unit: 'Count', description, of: { kind: 'count', condition: isOf(name) } };
}

const REQUEST_METRICS: readonly RequestMetric[] = [
  {
    name: 'AllRequests',
    unit: 'Count',
    description:
      'Requests for objects, and listings; no other requests to buckets, no ACLs, nothing that S3 does by itself.',
    of: { kind: 'count', condition: COUNTED },
  },
  count('GetRequests', 'Requests that get an object or what belongs to it; no listings.'),
  count('PutRequests', 'Requests that put or copy an object or a part.'),
  count('DeleteRequests', 'Requests that delete; one that deletes many objects counts once.'),
  count('HeadRequests', 'Requests for the head of an object.'),
  count('PostRequests', 'POST requests but those that delete many objects or select from one.'),
  count('SelectRequests', 'Requests that select from the content of an object.'),
  count('ListRequests', 'Requests that list the contents of a bucket.'),
  {
    name: 'SelectBytesReturned',
    unit: 'Bytes',
    description: 'Bytes returned by requests that select; the log does not say how many were scanned.',
    of: {
      kind: 'bytes',
      column: 'bytes_sent',
      condition: isOf('SelectRequests'),
    },
  },
  {
    name: 'BytesDownloaded',
    unit: 'Bytes',
    description: 'Bytes of the responses that have a body.',
    of: { kind: 'bytes', column: 'bytes_sent', condition: COUNTED },
  },
  {
    name: 'BytesUploaded',
    unit: 'Bytes',
    description: 'Bytes of the requests that have a body: of what was put with success.',
    of: { kind: 'bytes', column: 'bytes_received', condition: COUNTED },
  },
  {
    name: '4xxErrors',
    unit: 'Count',
    description:
      'Requests answered with a status of 400 to 499. Average is the error rate, Sum the number of errors.',
    of: { kind: 'ratio', condition: 'http_status between 400 and 499' },
  },
  {
    name: '5xxErrors',
    unit: 'Count',
    description:
      'Requests answered with a status of 500 to 599. Average is the error rate, Sum the number of errors.',
    of: { kind: 'ratio', condition: 'http_status between 500 and 599' },
  },
  {
    name: 'FirstByteLatency',
    unit: 'Milliseconds',
    description:
      'From the last byte of a request to the first of its response: the turn-around time of the log.',
    of: { kind: 'latency', latency: 'turn_around_time' },
  },
  {
    name: 'TotalRequestLatency',
    unit: 'Milliseconds',
    description: 'From the first byte of a request to the last of its response: the total time of the log.',
    of: { kind: 'latency', latency: 'total_time' },
  },
];

export const ACTIVITY_METRICS: readonly MetricDefinition[] = REQUEST_METRICS.map(({ of, ...metric }) => ({
  ...metric,
  ...OF_KIND[of.kind],
  group: 'requests',
  dimensions: [BUCKET],
  finestS: 60,
  formats: REQUESTS.formats,
  source: (ask, engine) => requestSource(of, ask, engine),
  rows: (ask, engine) => requestRows(of, ask, engine),
}));
