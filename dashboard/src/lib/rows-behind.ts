import type { TopDimension } from '../../../src/serve/api.ts';
import { hrefTo, type Place } from '../routes/place.ts';
import { canFilterRequests } from '../tables/filters.ts';

/** What stands in the address for the empty value. */
const EMPTY = '-';

/** How a filter says exactly this value: the API reads `*`, a leading `!` and a lone `-` in their own way. */
export function canSay(value: string): boolean {
  return !value.includes('*') && !value.startsWith('!') && value !== EMPTY;
}

/** The address of the requests that have these values; null takes what the page has kept out. */
export function requestsHref(place: Place, filters: Readonly<Record<string, string | null>>): string {
  return hrefTo(place, '/requests', filters);
}

/** The requests behind one row of a top list, null where a filter cannot say which. */
export function requestsOf(place: Place, dimension: TopDimension, value: string): string | null {
  if (!canSay(value)) return null;
  if (dimension === 'prefix') return value === '' ? null : requestsHref(place, { key: `${value}*` });
  if (dimension === 'bucket') return value === '' ? null : requestsHref(place, { bucket: value });
  if (!canFilterRequests(dimension)) return null;
  return requestsHref(place, { [dimension]: value === '' ? EMPTY : value });
}
