import type { TopDimension } from '../../../src/serve/api.ts';

/** All dimensions in the order in which they are read: what, where, who, how. */
export const TOP_ORDER: readonly TopDimension[] = [
  'operation',
  'http_status',
  'error_code',
  'bucket',
  'prefix',
  'key',
  'requester',
  'remote_ip',
  'user_agent',
];
