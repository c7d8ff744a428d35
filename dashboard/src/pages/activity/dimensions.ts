import type { TopDimension } from '../../../../src/serve/api.ts';

interface Dimension {
  readonly id: TopDimension;
  readonly title: string;
  /** What an empty value means. */
  readonly absent: string;
}

/** All dimensions in the order in which they are read: what, where, who, how. */
export const DIMENSIONS: readonly Dimension[] = [
  { id: 'operation', title: 'Operations', absent: 'no operation' },
  { id: 'http_status', title: 'Status codes', absent: 'no status' },
  { id: 'error_code', title: 'Errors', absent: 'no error' },
  { id: 'bucket', title: 'Buckets', absent: 'no bucket' },
  { id: 'prefix', title: 'Prefixes', absent: 'no prefix' },
  { id: 'key', title: 'Keys', absent: 'no key (about the bucket)' },
  { id: 'requester', title: 'Requesters', absent: 'anonymous' },
  { id: 'remote_ip', title: 'Addresses', absent: 'no address (S3 itself)' },
  { id: 'user_agent', title: 'User agents', absent: 'no user agent' },
];

/** How an empty value of a dimension is said. */
export function absentText(id: string): string {
  return DIMENSIONS.find((dimension) => dimension.id === id)?.absent ?? 'none';
}
