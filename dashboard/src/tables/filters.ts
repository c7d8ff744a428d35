import type { TopDimension } from '../../../src/serve/api.ts';

/** A filter that the API takes on a list of facts. */
export interface Filter {
  /** Its name in the API and in the address. */
  readonly name: string;
  readonly title: string;
  /** Where suggestions come from; absent where there are none. */
  readonly dimension?: TopDimension;
}

/** `bucket` is not here: it is picked once for all pages. */
export const REQUEST_FILTERS = [
  { name: 'operation', title: 'Operation', dimension: 'operation' },
  { name: 'http_status', title: 'Status', dimension: 'http_status' },
  { name: 'error_code', title: 'Error', dimension: 'error_code' },
  { name: 'key', title: 'Key', dimension: 'key' },
  { name: 'requester', title: 'Requester', dimension: 'requester' },
  { name: 'remote_ip', title: 'Address', dimension: 'remote_ip' },
  { name: 'request_id', title: 'Request id' },
  { name: 'access', title: 'Access' },
] as const satisfies readonly Filter[];

export const CALL_FILTERS = [
  { name: 'event_name', title: 'Event' },
  { name: 'principal_arn', title: 'Principal' },
  { name: 'error_code', title: 'Error' },
  { name: 'key', title: 'Key' },
  { name: 'source_ip_address', title: 'Address' },
  { name: 'event_id', title: 'Event id' },
  { name: 'access', title: 'Access' },
] as const satisfies readonly Filter[];

/** True for dimensions whose values lead to the requests behind them. */
export function canFilterRequests(dimension: TopDimension): boolean {
  return dimension === 'bucket' || REQUEST_FILTERS.some((filter) => filter.name === dimension);
}

/** The filters that the address holds. */
export function activeFilters(
  filters: readonly Filter[],
  params: URLSearchParams,
): readonly (readonly [Filter, string])[] {
  return filters.flatMap((filter) => {
    const value = params.get(filter.name);
    return value === null ? [] : [[filter, value] as const];
  });
}
