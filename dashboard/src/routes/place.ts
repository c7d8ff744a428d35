import { useMemo, useSyncExternalStore } from 'react';

/** Where the reader is: the address bar is the only state that pages share. */
export interface Place {
  readonly path: string;
  readonly params: URLSearchParams;
}

/** Values to set in the address; null takes one out. */
type ParamChanges = Readonly<Record<string, string | null>>;

/** What stays when the reader goes to another page. */
const KEPT_PARAMS = ['bucket', 'range', 'since', 'until', 'live'] as const;

function subscribe(onChange: () => void): () => void {
  window.addEventListener('popstate', onChange);
  return () => window.removeEventListener('popstate', onChange);
}

function address(): string {
  return window.location.pathname + window.location.search;
}

function placeOf(href: string): Place {
  const url = new URL(href, window.location.origin);
  return { path: url.pathname, params: url.searchParams };
}

/** The place now; the component is drawn again whenever it changes. */
export function usePlace(): Place {
  const href = useSyncExternalStore(subscribe, address);
  return useMemo(() => placeOf(href), [href]);
}

/** The place now, for use in a handler that outlives a drawing. */
export function currentPlace(): Place {
  return placeOf(address());
}

/** The same page with some values changed. */
export function hrefWith(place: Place, changes: ParamChanges): string {
  const params = new URLSearchParams(place.params);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) params.delete(name);
    else params.set(name, value);
  }
  const query = params.toString();
  return query === '' ? place.path : `${place.path}?${query}`;
}

/** Another page, with the reader's bucket and range kept. */
export function hrefTo(place: Place, path: string, changes: ParamChanges = {}): string {
  const kept = new URLSearchParams();
  for (const name of KEPT_PARAMS) {
    const value = place.params.get(name);
    if (value !== null) kept.set(name, value);
  }
  return hrefWith({ path, params: kept }, changes);
}

/** Goes there. `replace` leaves no step for Back: for what is not worth returning to. */
export function go(href: string, { replace = false }: { readonly replace?: boolean } = {}): void {
  const isSamePage = new URL(href, window.location.origin).pathname === window.location.pathname;
  if (replace) window.history.replaceState(null, '', href);
  else window.history.pushState(null, '', href);
  window.dispatchEvent(new PopStateEvent('popstate'));
  if (!isSamePage) window.scrollTo(0, 0);
}
