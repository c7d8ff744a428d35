/** A filter that the API takes on a list of facts. */
export interface Filter {
  /** Its name in the API and in the address. */
  readonly name: string;
  readonly title: string;
  /** All values there are, where they are few and known. */
  readonly values?: readonly string[];
}

const ACCESS_KINDS = ['anonymous', 'presigned', 'sigv2', 'old_tls', 'no_tls', 'acl_required'];
const ACCESS = ['read', 'write'];

/** `bucket` is not here: it is picked once for all pages. */
export const REQUEST_FILTERS = [
  { name: 'operation', title: 'Operation' },
  { name: 'http_status', title: 'Status' },
  { name: 'error_code', title: 'Error' },
  { name: 'key', title: 'Key' },
  { name: 'requester', title: 'Requester' },
  { name: 'remote_ip', title: 'Address' },
  { name: 'user_agent', title: 'User agent' },
  { name: 'request_id', title: 'Request id' },
  { name: 'authentication_type', title: 'Authentication' },
  { name: 'signature_version', title: 'Signature' },
  { name: 'tls_version', title: 'TLS' },
  { name: 'host_header', title: 'Host' },
  { name: 'version_id', title: 'Version' },
  { name: 'acl_required', title: 'ACL required' },
  { name: 'access_kind', title: 'Kind of access', values: ACCESS_KINDS },
  { name: 'access', title: 'Access', values: ACCESS },
] as const satisfies readonly Filter[];

export const CALL_FILTERS = [
  { name: 'event_name', title: 'Event' },
  { name: 'event_source', title: 'Service' },
  { name: 'principal_arn', title: 'Principal' },
  { name: 'principal_type', title: 'Kind of principal' },
  { name: 'user_name', title: 'User' },
  { name: 'error_code', title: 'Error' },
  { name: 'key', title: 'Key' },
  { name: 'source_ip_address', title: 'Address' },
  { name: 'user_agent', title: 'User agent' },
  { name: 'aws_region', title: 'Region' },
  { name: 'account_id', title: 'Account' },
  { name: 'access_key_id', title: 'Access key' },
  { name: 'event_id', title: 'Event id' },
  { name: 'request_id', title: 'Request id' },
  { name: 'access', title: 'Access', values: ACCESS },
] as const satisfies readonly Filter[];

/** `read` or `write`: not a column, and it cannot be negated. */
export const ACCESS_FILTER = 'access';

/** True for dimensions whose values lead to the requests behind them. */
export function canFilterRequests(dimension: string): boolean {
  return dimension === 'bucket' || REQUEST_FILTERS.some((filter) => filter.name === dimension);
}

/** The filters that the address holds. */
export function activeFilters(
  filters: readonly Filter[],
  params: URLSearchParams,
): readonly (readonly [Filter, string])[] {
  return filters.flatMap((filter) => {
    const value = params.get(filter.name);
    return value === null || value === '' ? [] : [[filter, value] as const];
  });
}

/** What a filter's text asks for. */
export interface Condition {
  readonly isNegated: boolean;
  /** The value or pattern, without the mark of negation; empty for records that have none. */
  readonly text: string;
}

/** Reads a filter as the API does: `!` negates, `-` is the empty value. */
export function conditionOf(filterText: string): Condition {
  const isNegated = filterText.startsWith('!');
  const text = isNegated ? filterText.slice(1) : filterText;
  return { isNegated, text: text === '-' ? '' : text };
}

/** The other way around: what the API and the address take. */
export function filterTextOf({ isNegated, text }: Condition): string {
  return `${isNegated ? '!' : ''}${text === '' ? '-' : text}`;
}

/** A filter for exactly one value. One that begins like a negation is asked for by its other characters. */
export function filterForValue(value: string, isIncluded: boolean): string {
  return filterTextOf({ isNegated: !isIncluded, text: value.replace(/^!/, '*') });
}

/** In words: "is", "is not", "is like", "has no value". */
export function relationOf({ isNegated, text }: Condition): string {
  if (text === '') return isNegated ? 'has a value' : 'has no value';
  const isPattern = text.includes('*') || /^[1-5]xx$/.test(text);
  return `${isNegated ? 'is not' : 'is'}${isPattern ? ' like' : ''}`;
}
