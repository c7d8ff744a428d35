import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';
import type { Facet, Histogram } from '../../../src/serve/search-api.ts';
import { getJson, type ApiProblem, type Query } from '../lib/api.ts';
import { liveIntervalMs, scopeOf } from '../lib/queries.ts';
import { useView } from '../routes/view.tsx';
import { activeFilters } from '../tables/filters.ts';
import type { Analyses } from './answers.ts';
import type { ExplorerKind } from './kind.ts';

const HISTOGRAM_STEPS = 120;

/** The filters in the address, as the API takes them. */
export function useFilterQuery(kind: ExplorerKind): Readonly<Record<string, string>> {
  const { place } = useView();
  const active = activeFilters(kind.filters, place.params);
  return Object.fromEntries(active.map(([filter, value]) => [filter.name, value]));
}

interface MatchesRequest {
  readonly route: string;
  readonly query: Query;
  readonly isIdle?: boolean;
}

/** An answer about what matches the filters in the view's range; asked again while live. */
function useMatches<T>(kind: ExplorerKind, request: MatchesRequest): UseQueryResult<T, ApiProblem> {
  const view = useView();
  const filters = useFilterQuery(kind);
  const route = `${kind.route}${request.route}`;
  return useQuery<T, ApiProblem>({
    queryKey: [route, view.bucket, view.range, filters, request.query],
    queryFn: ({ signal }) =>
      getJson<T>(route, { ...scopeOf(view, Date.now()), ...filters, ...request.query }, signal),
    refetchInterval: liveIntervalMs(view),
    placeholderData: keepPreviousData,
    enabled: request.isIdle !== true,
    meta: { isHeld: !view.isLive },
  });
}

/** What matches, over time. */
export function useHistogram(kind: ExplorerKind): UseQueryResult<Histogram, ApiProblem> {
  return useMatches<Histogram>(kind, { route: '/histogram', query: { steps: HISTOGRAM_STEPS } });
}

/** The most frequent values of one dimension among what matches. */
export function useFacet(
  kind: ExplorerKind,
  {
    dimension,
    limit,
    isIdle,
  }: { readonly dimension: string; readonly limit: number; readonly isIdle: boolean },
): UseQueryResult<Facet, ApiProblem> {
  return useMatches<Facet>(kind, { route: '/top', query: { dimension, limit }, isIdle });
}

/** The questions that have a name. */
export function useAnalyses(): UseQueryResult<Analyses, ApiProblem> {
  return useQuery<Analyses, ApiProblem>({
    queryKey: ['/analyses'],
    queryFn: ({ signal }) => getJson<Analyses>('/analyses', {}, signal),
    staleTime: Number.POSITIVE_INFINITY,
    meta: { isHeld: true },
  });
}
