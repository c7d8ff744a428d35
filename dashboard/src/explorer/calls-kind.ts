import { textColumn, timeColumn } from '../tables/fact-cells.tsx';
import { CALL_FILTERS } from '../tables/filters.ts';
import type { ExplorerKind, ReadyView } from './kind.ts';

/** The palette offers these too. */
export const CALL_VIEWS: readonly ReadyView[] = [
  { title: 'Changes', filters: { access: 'write' } },
  { title: 'Bucket policies changed', filters: { event_name: '*BucketPolicy', access: 'write' } },
  { title: 'Buckets created or deleted', filters: { event_name: '*teBucket' } },
  { title: 'Denied calls', filters: { error_code: 'AccessDenied' } },
  { title: 'Failed calls', filters: { error_code: '!-' } },
  { title: 'Calls of the root user', filters: { principal_type: 'Root' } },
];

/** API calls as CloudTrail has them. */
export const CALLS_KIND: ExplorerKind = {
  route: '/calls',
  noun: 'call',
  facts: 'calls',
  feed: 'cloudtrail',
  idColumn: 'event_id',
  timeColumn: 'event_time',
  filters: CALL_FILTERS,
  columns: [
    timeColumn(['event_time', 'Time', 132]),
    textColumn(['event_name', 'Event', 150]),
    textColumn(['event_source', 'Service', 130]),
    textColumn(['bucket', 'Bucket', 130]),
    textColumn(['key', 'Key', 190]),
    textColumn(['principal_arn', 'Principal', 250]),
    textColumn(['principal_type', 'Kind of principal', 120]),
    textColumn(['user_name', 'User', 120]),
    textColumn(['source_ip_address', 'Address', 118]),
    textColumn(['error_code', 'Error', 110]),
    textColumn(['error_message', 'Message', 220]),
    textColumn(['user_agent', 'User agent', 150]),
    textColumn(['aws_region', 'Region', 96]),
    textColumn(['account_id', 'Account', 110]),
    textColumn(['access_key_id', 'Access key', 160]),
    textColumn(['request_id', 'Request id', 150]),
    textColumn(['event_id', 'Event id', 260]),
  ],
  usual: [
    'event_time',
    'event_name',
    'bucket',
    'key',
    'principal_arn',
    'source_ip_address',
    'error_code',
    'user_agent',
  ],
  facets: [
    { name: 'event_name', title: 'Event' },
    { name: 'principal_arn', title: 'Principal' },
    { name: 'bucket', title: 'Bucket' },
    { name: 'error_code', title: 'Error' },
    { name: 'source_ip_address', title: 'Address' },
    { name: 'user_agent', title: 'User agent' },
    { name: 'principal_type', title: 'Kind of principal' },
    { name: 'aws_region', title: 'Region' },
    { name: 'account_id', title: 'Account' },
    { name: 'access_key_id', title: 'Access key' },
    { name: 'key', title: 'Key' },
  ],
  views: CALL_VIEWS,
};
