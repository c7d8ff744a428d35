/**
 * The request metrics under AWS's names, one definition each. Source:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-dimensions.html#s3-request-cloudwatch-metrics
 */

/** Operations as the access log names them, by what CloudWatch counts them as. A copy writes two records and is one request. */
const FAMILIES = {
  GetRequests:
    '(REST|WEBSITE)\\\\.GET\\\\.(OBJECT|OBJECT_TAGGING|OBJECT_ATTRIBUTES|OBJECT_LEGAL_HOLD|OBJECT_RETENTION|TORRENT|UPLOAD)',
  PutRequests:
    'REST\\\\.(PUT\\\\.(OBJECT|PART|OBJECT_TAGGING|OBJECT_LEGAL_HOLD|OBJECT_RETENTION)|COPY\\\\.(OBJECT|PART))',
  DeleteRequests: 'REST\\\\.(DELETE\\\\.(OBJECT|OBJECT_TAGGING|UPLOAD)|POST\\\\.MULTI_OBJECT_DELETE)',
  HeadRequests: '(REST|WEBSITE)\\\\.HEAD\\\\.OBJECT',
  PostRequests: 'REST\\\\.POST\\\\.(OBJECT|UPLOAD|UPLOADS|RESTORE)',
  SelectRequests: 'REST\\\\.POST\\\\.SELECT',
  ListRequests: 'REST\\\\.GET\\\\.(BUCKET|BUCKETVERSIONS)',
} as const;

/** A condition on `operation`: requests that CloudWatch counts. */
export const COUNTED = `match(operation, '^(?:${Object.values(FAMILIES)
  .map((family) => `(?:${family})`)
  .join('|')})$')`;

export type MetricKind =
  /** Requests that meet a condition. */
  | { readonly kind: 'count'; readonly condition: string }
  /** 1 for each counted request that meets the condition, 0 for the others. */
  | { readonly kind: 'ratio'; readonly condition: string }
  /** Bytes of the counted requests that have any. */
  | { readonly kind: 'bytes'; readonly column: 'bytes_sent' | 'bytes_received'; readonly condition: string }
  | { readonly kind: 'latency'; readonly latency: 'total_time' | 'turn_around_time' };

export interface Metric {
  readonly name: string;
  readonly unit: 'Count' | 'Bytes' | 'Milliseconds';
  readonly description: string;
  readonly of: MetricKind;
}

export const STATISTICS: Readonly<Record<MetricKind['kind'], readonly string[]>> = {
  count: ['Sum'],
  ratio: ['Average', 'Sum', 'Minimum', 'Maximum', 'SampleCount'],
  bytes: ['Average', 'Sum', 'Minimum', 'Maximum', 'SampleCount', 'p0.0 to p99.9'],
  latency: ['Average', 'Sum', 'Minimum', 'Maximum', 'SampleCount', 'p0.0 to p100'],
};

function count(name: keyof typeof FAMILIES, description: string): Metric {
  const condition = `match(operation, '^(?:${FAMILIES[name]})$')`;
  return { name, unit: 'Count', description, of: { kind: 'count', condition } };
}

export const METRICS: readonly Metric[] = [
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
      condition: `match(operation, '^(?:${FAMILIES.SelectRequests})$')`,
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
